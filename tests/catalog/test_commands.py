"""``workbench catalog`` as people type it."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import PublishBill
from tests.support.bills import charge
from tests.support.price_api import PriceApi, cache_node, machine
from workbench.catalog.kept import kept_lists
from workbench.cli.main import main
from workbench.settings import Settings

pytestmark = pytest.mark.usefixtures("settings", "small_reference")


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-20T09:00:00Z")


@pytest.fixture(autouse=True)
def _address(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of the server, the way a site sets another one once and for all."""
    if "api" in request.fixturenames:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", request.getfixturevalue("api").url)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert main(["catalog", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out, parse_float=Decimal)


def test_status_says_how_old_the_prices_are(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "status")
    assert (told["today"], told["old_after_days"], told["updates"]) == ("2026-11-20", 90, 0)
    compute = next(one for one in told["prices"] if one["service"] == "compute")
    assert (compute["types"], compute["newest"], compute["age_days"], compute["state"]) == (2, "2026-07-20", 123, "old")
    assert {"provider": "AWS", "service": "compute", "types": 2} in told["types"]

    assert main(["catalog", "status"]) == 0
    out, err = capsys.readouterr()
    assert "2026-07-20" in out
    assert "123 days" in out
    assert "older than 90 days are old" in err
    assert "No prices were fetched from AWS yet" in err

    assert main(["catalog", "status", "--region", "eu-west-1", "--region", "eu-moon-1", "--csv"]) == 0
    found = {row["service"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert (found["compute"]["prices"], found["compute"]["newest"]) == ("2", "2025-04-04")
    assert answer(capsys, "status", "--region", "eu-moon-1")["unpriced_regions"] == ["eu-moon-1"]


def test_ninety_days_are_not_old_and_ninety_one_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, state, old in (("2026-10-18", "partly old", 60), ("2026-10-19", "old", 62)):
        monkeypatch.setenv("WORKBENCH_NOW", f"{day}T00:00:00Z")
        compute = answer(capsys, "status")["prices"][0]
        assert compute["state"] == state
        assert compute["old"] == old, "two of them are of July"


def test_show_says_what_a_type_is_and_costs(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "show", "m5.xlarge", "--region", "us-east-1")
    assert (told["type"]["vcpu"], told["type"]["memory_mib"]) == (4, 16384)
    (price,) = told["prices"]
    assert (price["amount"], price["currency"], price["price_date"]) == (Decimal("0.192"), "USD", "2026-07-20")
    assert {(one["term_months"], one["offering_class"]) for one in told["reserved_rates"]} == {
        (12, "standard"), (12, "convertible"), (36, "standard"), (36, "convertible")
    }  # fmt: skip

    assert main(["catalog", "show", "m5.xlarge", "--region", "us-east-1"]) == 0
    out = capsys.readouterr().out
    for part in ("16 GiB", "x86_64", "1,150 Mbit/s", "0.192", "2026-07-20", "karpenter"):
        assert part in out


def test_show_lists_every_region_and_engine_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "show", "db.m5.large", "--deployment", "Multi-AZ", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["software"] for row in rows} == {"mariadb", "mysql", "postgresql"}
    assert len({row["region"] for row in rows}) > 25
    assert {row["terms"] for row in rows} == {"multi-az"}
    one = answer(capsys, "show", "db.m5.large", "--os", "postgres", "--region", "us-east-1")["prices"]
    assert [(row["software"], row["amount"]) for row in one] == [("postgresql", Decimal("0.178"))]


def test_show_knows_block_storage(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "show", "gp3", "--region", "us-east-1")
    assert told["type"] is None
    assert [(row["amount"], row["unit"]) for row in told["prices"]] == [(Decimal("0.08"), "GiB-month")]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("m5.xlarge", "--region", "us-east-1", "--os", "Windows"), "of this type only linux is listed"),
        (("m5.xlarge", "--licence", "byol"), "it is listed under another licence"),
        (("m5.xlarge", "--region", "eu-moon-1"), "it is not listed in this region"),
        (("Standard_D4s_v5",), "the catalogue has no prices of Microsoft"),
    ],
)
def test_a_price_that_is_not_known_is_said(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], reason: str
) -> None:
    told = answer(capsys, "show", *arguments)
    assert told["type"] is not None
    assert [(row["status"], row["amount"], row["reason"]) for row in told["prices"]] == [
        ("price_missing", None, reason)
    ]
    assert main(["catalog", "show", *arguments]) == 0
    assert reason in capsys.readouterr().out


def test_a_type_nobody_knows_is_an_error_that_helps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "show", "m5.xlrge"]) == 1
    err = capsys.readouterr().err
    assert "does not know m5.xlrge" in err
    assert "Similar: m5.xlarge" in err


@pytest.mark.parametrize("command", [("status",), ("show", "m5.xlarge")])
def test_two_formats_at_once_are_refused(capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    assert main(["catalog", *command, "--json", "--csv"]) == 2
    assert "cannot be given together" in capsys.readouterr().err


def test_update_fetches_the_regions_of_the_bill(
    api: PriceApi, publish_bill: PublishBill, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_bill([charge(1, region_id=region) for region in ("eu-west-1", "us-east-1", "global", None, "westeurope")])
    api.products = [machine(price="0.2"), machine(price="0.3", region="eu-west-1"), cache_node("cache.m5.large", "0.1")]
    told = answer(capsys, "update", "--service", "ec2")
    assert [(one["region"], one["status"], one["changed"]) for one in told["lists"]] == [
        ("eu-west-1", "added", 1), ("us-east-1", "added", 1)
    ]  # fmt: skip
    assert len(kept_lists(settings.home)) == 2
    price = answer(capsys, "show", "m5.xlarge", "--region", "eu-west-1")["prices"][0]
    assert (price["amount"], price["price_date"]) == (Decimal("0.3"), "2026-11-18")
    assert answer(capsys, "status")["updated_at"] == "2026-11-20T09:00:00Z"

    again = answer(capsys, "update", "--service", "ec2", code=4)
    assert {one["status"] for one in again["lists"]} == {"unchanged"}


def test_update_says_what_is_missing(api: PriceApi, capsys: pytest.CaptureFixture[str]) -> None:
    api.products = [machine(price="0.2")]
    assert main(["catalog", "update", "--service", "ec2", "--service", "rds", "--region", "us-east-1"]) == 3
    out, err = capsys.readouterr()
    assert "added" in out
    assert "AWS lists no price of rds in us-east-1" in out
    assert "with the next load" in err


def test_update_without_bill_and_region_asks_for_a_region(api: PriceApi, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "update"]) == 2
    assert "--region us-east-1" in capsys.readouterr().err
    assert api.asked == []


def test_update_refused_by_aws_names_the_permission(api: PriceApi, capsys: pytest.CaptureFixture[str]) -> None:
    api.answers = [(400, b'{"__type": "AccessDeniedException", "message": "not authorized"}')]
    assert main(["catalog", "update", "--region", "us-east-1"]) == 1
    assert "pricing:GetProducts" in capsys.readouterr().err


def test_interrupted_between_two_lists_the_first_is_kept_and_said(
    api: PriceApi, settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.catalog import update

    real = update.read_entries

    def stop_at_the_second(offer: Any, region: str, entries: Any) -> Any:
        if region == "eu-west-1":
            raise KeyboardInterrupt
        return real(offer, region, entries)

    monkeypatch.setattr(update, "read_entries", stop_at_the_second)
    api.products = [machine(price="0.2")]
    regions = ("--region", "us-east-1", "--region", "eu-west-1")
    assert main(["catalog", "update", "--service", "ec2", *regions]) == 3
    assert "Interrupted; 1 of 2 price lists are kept" in capsys.readouterr().err
    assert [one.region for one in kept_lists(settings.home)] == ["us-east-1"]


def test_history_and_prune(api: PriceApi, capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    for amount, day in (("0.3", "2026-09-01"), ("0.25", "2026-10-01")):
        api.products = [machine(price=amount, published=f"{day}T00:00:00Z")]
        assert main(["catalog", "update", "--service", "ec2", "--region", "us-east-1"]) == 0
    capsys.readouterr()
    history = answer(capsys, "show", "m5.xlarge", "--region", "us-east-1", "--history")["prices"]
    assert [(row["price_date"], row["amount"]) for row in history] == [
        ("2026-07-20", Decimal("0.192")), ("2026-09-01", Decimal("0.3")), ("2026-10-01", Decimal("0.25"))
    ]  # fmt: skip
    removed = answer(capsys, "prune", "--keep", "1")["removed"]
    assert removed == ["2026-11-20T090000Z_ec2_us-east-1.parquet"]
    assert len(kept_lists(settings.home)) == 1
    assert answer(capsys, "show", "m5.xlarge", "--region", "us-east-1")["prices"][0]["amount"] == Decimal("0.25")
    assert answer(capsys, "prune", code=4) == {"removed": []}


def test_a_damaged_list_is_named(api: PriceApi, capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    from workbench.catalog import lookup

    api.products = [machine(price="0.3")]
    assert main(["catalog", "update", "--service", "ec2", "--region", "us-east-1"]) == 0
    (one,) = kept_lists(settings.home)
    one.path.write_bytes(b"half")
    lookup._load.cache_clear()  # as in another process
    capsys.readouterr()
    assert main(["catalog", "status"]) == 0
    assert f"{one.path.name} cannot be read and is left out" in capsys.readouterr().err
