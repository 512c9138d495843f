"""Prices fetched from a real HTTP server that answers as the AWS Price List API does."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.focus_bill import csv_text, focus_row
from tests.support.price_api import MOMENT, PriceApi, cache_node, database, fetch, machine, price, volume
from workbench.catalog import Price, PriceMissing, load_catalog, lookup
from workbench.catalog.kept import folder_of, kept_lists, prune
from workbench.catalog.sources import read_history
from workbench.catalog.update import update_prices
from workbench.engines import Query
from workbench.errors import AccessDenied, BadEntry, DataError, StorageError
from workbench.ingest import ingest
from workbench.progress import Silent
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

pytestmark = pytest.mark.usefixtures("small_reference")

THROTTLED = (400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}')


def test_a_price_of_each_operating_system_and_licence_is_known_afterwards(api: PriceApi, tmp_path: Path) -> None:
    api.products = [
        machine(price="0.2000000000"),
        machine(price="0.3760000000", system="Windows"),
        machine(price="0.1920000000", system="Windows", licence="Bring your own license"),
        machine(price="0.2520000000", system="RHEL"),
        machine(price="0.2480000000", system="SUSE"),
        machine(price="9.9000000000", tenancy="Dedicated"),
        machine(price="9.9000000000", preInstalledSw="SQL Std", system="Windows"),
        machine(price="9.9000000000", capacitystatus="UnusedCapacityReservation"),
        machine(price="9.9000000000", marketoption="CapacityBlock"),
    ]
    (done,) = fetch(api, tmp_path).lists
    # The Linux price was 0.192 before; the others are new.
    assert (done.status, done.prices, done.changed, done.new, done.types) == ("added", 5, 1, 4, 1)
    assert done.price_date == date(2026, 11, 18)
    key = ("us-east-1", "m5.xlarge")
    assert {
        (system, licence): price(tmp_path, *key, system, licence).amount
        for system, licence in (
            ("linux", "included"), ("Windows", "included"), ("windows", "byol"),
            ("Red Hat Enterprise Linux", "included"), ("suse", "included"),
        )
    } == {
        ("linux", "included"): Decimal("0.2"),
        ("Windows", "included"): Decimal("0.376"),
        ("windows", "byol"): Decimal("0.192"),
        ("Red Hat Enterprise Linux", "included"): Decimal("0.252"),
        ("suse", "included"): Decimal("0.248"),
    }  # fmt: skip
    now = price(tmp_path, *key)
    assert (now.as_of, now.source) == (date(2026, 11, 18), "AWS Price List API, update of 2026-11-20")
    asked = {one["Field"]: one["Value"] for one in api.asked[0]["Filters"]}
    assert asked == {"regionCode": "us-east-1", "tenancy": "Shared", "capacitystatus": "Used", "preInstalledSw": "NA"}


def test_every_page_is_read(api: PriceApi, tmp_path: Path) -> None:
    api.page = 3
    api.products = [machine(f"m99.{size}xlarge", f"{size}.5") for size in range(1, 11)]
    (done,) = fetch(api, tmp_path).lists
    assert (done.prices, len(api.asked)) == (10, 4)
    assert [one.get("NextToken") for one in api.asked] == [None, "3", "6", "9"]
    assert price(tmp_path, "us-east-1", "m99.10xlarge").amount == Decimal("10.5")


def test_a_type_not_known_before_comes_with_its_facts(api: PriceApi, tmp_path: Path) -> None:
    said = {"memory": "1,952.5 GiB", "vcpu": "128", "physicalProcessor": "AWS Graviton9 Processor", "gpu": "2"}
    api.products = [machine("m99g.large", "0.1", **said)]
    fetch(api, tmp_path)
    found = load_catalog(tmp_path).type("AWS", "m99g.large")
    assert found is not None
    assert (found.vcpu, found.memory_mib, found.architecture, found.gpu_count) == (128, 1_999_360, "arm64", 2)
    assert (found.family, found.source, found.as_of) == ("m99g", "AWS Price List API", "2026-11-20")


def test_databases_caches_and_block_storage_have_their_own_keys(api: PriceApi, tmp_path: Path) -> None:
    api.products = [
        database(price="0.21"),
        database(price="0.42", deployment="Multi-AZ"),
        database(price="0.63", deployment="Multi-AZ (readable standbys)"),
        database(price="0.9", engine="Oracle", databaseEdition="Standard Two", licence="License included"),
        database(price="0.5", engine="Oracle", databaseEdition="Standard Two", licence="Bring your own license"),
        database(price="1.1", engine="SQL Server", databaseEdition="Web", licence="License included",
                 deployment="Multi-AZ (SQL Server Mirror)"),
        database(price="9", engine="Aurora MySQL", usagetype="InstanceUsageIOOptimized:db.m5.large"),
        cache_node("cache.m5.large", "0.16"),
        volume("EBS:VolumeUsage.gp3", "0.081", region="us-east-1"),
        volume("EBS:VolumeP-Throughput.gp3", "49.152", family="Provisioned Throughput", unit="GiBps-mo",
               region="us-east-1"),
        volume("EBS:VolumeUsage.unheard-of", "5", region="us-east-1"),
    ]  # fmt: skip
    report = fetch(api, tmp_path, "rds", "elasticache", "ebs")
    assert [(one.service, one.status, one.prices) for one in report.lists] == [
        ("rds", "added", 6), ("elasticache", "added", 1), ("ebs", "added", 2)
    ]  # fmt: skip
    key = ("us-east-1", "db.m5.large")
    assert price(tmp_path, *key, "postgres").amount == Decimal("0.21")
    assert price(tmp_path, *key, "postgres", "Multi-AZ").amount == Decimal("0.42")
    assert price(tmp_path, *key, "postgres", "multi-az-readable-standbys").amount == Decimal("0.63")
    assert price(tmp_path, *key, "oracle-se2").amount == Decimal("0.9")
    assert price(tmp_path, *key, "oracle-se2", "single-az-byol").amount == Decimal("0.5")
    assert price(tmp_path, *key, "sqlserver-web", "multi-az").amount == Decimal("1.1")
    assert price(tmp_path, "us-east-1", "cache.m5.large", "redis").amount == Decimal("0.16")
    catalog = load_catalog(tmp_path)
    per_mib = catalog.storage_price("AWS", "us-east-1", "gp3-throughput")
    assert isinstance(per_mib, Price)
    assert (per_mib.amount, per_mib.unit) == (Decimal("0.048"), "MiB/s-month")
    assert isinstance(catalog.price("AWS", *key, "aurora-mysql"), PriceMissing)


def test_an_upfront_part_is_spread_over_the_term(api: PriceApi, tmp_path: Path) -> None:
    api.products = [
        machine(
            reserved={
                ("1yr", "standard", "No Upfront"): ("0.1210000000", ""),
                ("1yr", "standard", "Partial Upfront"): ("0.0580000000", "508.08"),
                ("3yr", "convertible", "All Upfront"): ("", "2102.4"),
            }
        )
    ]
    (done,) = fetch(api, tmp_path).lists
    assert done.rates == 3
    catalog = load_catalog(tmp_path)

    def rate(months: int, offering: str, payment: str) -> Decimal:
        found = catalog.reserved_rate(
            "AWS", "us-east-1", "m5.xlarge", term_months=months, offering_class=offering, payment=payment
        )
        assert isinstance(found, Price), found
        return found.amount

    assert rate(12, "standard", "no_upfront") == Decimal("0.121")
    assert rate(12, "standard", "partial_upfront") == Decimal("0.058") + Decimal("508.08") / 8760
    assert rate(36, "convertible", "all_upfront") == Decimal("0.08")


def test_prices_of_china_stay_in_their_currency(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="1.4960000000", region="cn-north-1", currency="CNY")]
    fetch(api, tmp_path, regions=("cn-north-1",))
    found = price(tmp_path, "cn-north-1", "m5.xlarge")
    assert (found.amount, found.currency) == (Decimal("1.496"), "CNY")


def test_a_product_without_a_price_is_missing_and_never_free(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine("m99.large", None), machine("m98.large", "0.0000000000"), machine("m97.large", "0.1")]
    (done,) = fetch(api, tmp_path).lists
    assert (done.prices, done.unpriced) == (1, 2)
    catalog = load_catalog(tmp_path)
    for name in ("m99.large", "m98.large"):
        missing = catalog.price("AWS", "us-east-1", name)
        assert isinstance(missing, PriceMissing)
        assert missing.reason == "no region lists a price of this type"


def test_entries_that_contradict_each_other_give_no_price(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine("m99.large", "0.1"), machine("m99.large", "0.2", extra="1"), machine("m98.large", "0.3")]
    (done,) = fetch(api, tmp_path).lists
    assert (done.prices, done.ambiguous) == (1, 1)
    assert isinstance(load_catalog(tmp_path).price("AWS", "us-east-1", "m99.large"), PriceMissing)


def test_what_lies_elsewhere_is_not_taken_for_the_region(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.2"), machine(price="0.9", locationType="AWS Local Zone", location="Los Angeles")]
    (done,) = fetch(api, tmp_path).lists
    assert (done.prices, done.ambiguous) == (1, 0)
    assert price(tmp_path, "us-east-1", "m5.xlarge").amount == Decimal("0.2")


def test_throttling_and_server_errors_are_tried_again(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.2")]
    api.answers = [THROTTLED, THROTTLED, (500, b"{}"), None]
    assert fetch(api, tmp_path).exit_code == 0
    assert len(api.asked) == 4
    assert price(tmp_path, "us-east-1", "m5.xlarge").amount == Decimal("0.2")


def test_endless_throttling_ends_with_a_reason_and_the_other_lists_come(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.2"), cache_node("cache.m5.large", "0.16")]
    api.answers = [THROTTLED] * 8
    report = fetch(api, tmp_path, "ec2", "elasticache")
    assert [(one.service, one.status) for one in report.lists] == [("ec2", "refused"), ("elasticache", "added")]
    assert "Rate exceeded" in report.lists[0].reason
    assert report.exit_code == 3


@pytest.mark.parametrize(
    "broken",
    [
        b"<html>proxy error</html>",
        b'{"FormatVersion": "aws_v1", "PriceList": ["{\\"product\\": "]}',
        b'{"FormatVersion": "aws_v1", "PriceList": ["{}"]}',
        b'{"FormatVersion": "aws_v1"}',
    ],
    ids=["no JSON", "cut off", "no product", "no list"],
)
def test_a_broken_page_is_asked_for_again_and_else_nothing_is_kept(
    api: PriceApi, tmp_path: Path, broken: bytes
) -> None:
    api.page = 1
    api.products = [machine("m99.large", "0.1"), machine("m98.large", "0.2")]
    api.answers = [None, (200, broken), (200, broken), (200, broken)]
    report = fetch(api, tmp_path)
    assert (report.lists[0].status, report.exit_code) == ("refused", 1)
    assert "3 tries" in report.lists[0].reason
    assert kept_lists(tmp_path) == ()
    assert list(folder_of(tmp_path).rglob("*.parquet")) == []

    api.answers = [None, (200, broken), None]
    assert fetch(api, tmp_path).lists[0].prices == 2


@pytest.mark.parametrize("amount", ["-1", "NaN", "a lot"])
def test_an_amount_that_is_no_price_refuses_the_list(api: PriceApi, tmp_path: Path, amount: str) -> None:
    api.products = [machine("m99.large", "0.1"), machine("m98.large", amount)]
    (done,) = fetch(api, tmp_path).lists
    assert (done.status, f"{amount!r} is not a price" in done.reason) == ("refused", True)
    assert kept_lists(tmp_path) == ()


def test_a_server_that_turns_in_circles_is_left(api: PriceApi, tmp_path: Path) -> None:
    circle = json.dumps({"FormatVersion": "aws_v1", "PriceList": [json.dumps(machine())], "NextToken": "1"}).encode()
    api.answers = [(200, circle)] * 3
    (done,) = fetch(api, tmp_path).lists
    assert (done.status, done.reason) == ("refused", "AWS gave the same page twice")


def test_a_region_without_prices_is_refused_with_a_reason(api: PriceApi, tmp_path: Path) -> None:
    (done,) = fetch(api, tmp_path, regions=("us-moon-1",)).lists
    assert (done.status, done.reason) == ("refused", "AWS lists no price of ec2 in us-moon-1")


def test_the_newest_list_wins_and_the_history_stays(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.3", published="2026-08-01T00:00:00Z"), machine("m4.large", "0.11")]
    fetch(api, tmp_path, moment=datetime(2026, 8, 2, tzinfo=UTC))
    api.products = [machine(price="0.25", published="2026-11-18T00:00:00Z")]
    (done,) = fetch(api, tmp_path).lists
    assert (done.status, done.changed, done.new) == ("added", 1, 0)
    assert price(tmp_path, "us-east-1", "m5.xlarge").amount == Decimal("0.25")
    # What the newer list no longer has is still known from the older one.
    assert price(tmp_path, "us-east-1", "m4.large").amount == Decimal("0.11")
    wanted = {"service": "compute", "region": "us-east-1", "instance_type": "m5.xlarge", "variant": "linux"}
    history = read_history(kept_lists(tmp_path), {**wanted, "option": "included"}).to_pylist()
    assert [(row["price_date"], row["amount"]) for row in history] == [
        (date(2026, 7, 20), Decimal("0.192")),
        (date(2026, 8, 1), Decimal("0.3")),
        (date(2026, 11, 18), Decimal("0.25")),
    ]


def test_a_list_older_than_what_is_known_does_not_win(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.5", published="2026-07-19T00:00:00Z")]
    fetch(api, tmp_path)
    assert price(tmp_path, "us-east-1", "m5.xlarge").amount == Decimal("0.192")


def test_the_same_list_again_is_not_kept_twice(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.3")]
    fetch(api, tmp_path)
    again = fetch(api, tmp_path, moment=datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert (again.lists[0].status, again.exit_code, len(kept_lists(tmp_path))) == ("unchanged", 4, 1)


def test_two_lists_of_one_second_are_two_lists(api: PriceApi, tmp_path: Path) -> None:
    for amount in ("0.3", "0.4"):
        api.products = [machine(price=amount)]
        fetch(api, tmp_path)
    assert [one.fetched_at.second for one in kept_lists(tmp_path)] == [0, 1]
    assert price(tmp_path, "us-east-1", "m5.xlarge").amount == Decimal("0.4")


def test_the_next_load_brings_new_prices_into_the_tables_in_usd(api: PriceApi, settings: Settings) -> None:
    api.products = [
        machine(price="0.2", reserved={("1yr", "standard", "No Upfront"): ("0.111", "")}),
        machine(price="0.4", system="Windows"),
        machine(price="0.3", system="Windows", licence="Bring your own license"),
        machine(price="1.5", region="cn-north-1", currency="CNY"),
    ]
    fetch(api, settings.home, regions=("us-east-1", "cn-north-1"))
    bill = settings.home / "bill.csv"
    bill.write_text(csv_text([focus_row("i-1")]))
    assert ingest([str(bill)], settings).exit_code == 0
    prices = Query("prices", "SELECT * FROM instance_catalog WHERE instance_type = 'm5.xlarge' AND price IS NOT NULL")
    rates = Query("rates", "SELECT * FROM commitment_rates WHERE instance_type = 'm5.xlarge' AND rate = 0.111")
    with SnapshotStore(settings).open() as snapshot:
        found = snapshot.engine.run(prices).to_pylist()
        assert snapshot.engine.run(rates).num_rows == 1
    ours = {row["operating_system"]: row["price"] for row in found if row["region"] == "us-east-1"}
    assert ours == {"linux": Decimal("0.2"), "windows": Decimal("0.4"), "windows, byol": Decimal("0.3")}
    assert not any(row["region"] == "cn-north-1" for row in found)


def test_a_home_folder_that_cannot_be_written_is_named(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.2")]
    folder_of(tmp_path).write_text("a file where the folder should be")
    with pytest.raises(StorageError, match=str(tmp_path)):
        fetch(api, tmp_path)


def test_old_lists_go_and_the_newest_of_each_place_stays(api: PriceApi, tmp_path: Path) -> None:
    for day in (1, 2, 3):
        api.products = [machine(price=f"0.{day}"), machine(price=f"0.{day}", region="eu-west-1")]
        fetch(api, tmp_path, regions=("us-east-1", "eu-west-1"), moment=datetime(2026, 11, day, tzinfo=UTC))
    removed = prune(tmp_path, 1)
    assert [one.fetched_at.day for one in removed] == [1, 2, 1, 2]
    assert {(one.region, one.fetched_at.day) for one in kept_lists(tmp_path)} == {("us-east-1", 3), ("eu-west-1", 3)}
    assert price(tmp_path, "eu-west-1", "m5.xlarge").amount == Decimal("0.3")
    with pytest.raises(ValueError, match="newest"):
        prune(tmp_path, 0)


def test_without_credentials_it_says_what_to_set(
    api: PriceApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(AccessDenied, match="no AWS credentials") as caught:
        fetch(api, tmp_path)
    assert "AWS_PROFILE" in caught.value.hint
    assert "pricing:GetProducts" in caught.value.hint
    assert api.asked == []


def test_refused_credentials_name_the_permission(api: PriceApi, tmp_path: Path) -> None:
    api.answers = [(400, b'{"__type": "AccessDeniedException", "message": "User is not authorized"}')]
    with pytest.raises(AccessDenied, match="User is not authorized") as caught:
        fetch(api, tmp_path)
    assert "pricing:GetProducts" in caught.value.hint


def test_without_network_it_says_so_and_stops_at_once(
    api: PriceApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "url", "http://127.0.0.1:9")
    with pytest.raises(DataError, match="cannot be reached") as caught:
        fetch(api, tmp_path, regions=("us-east-1", "eu-west-1"))
    assert "Prices known before stay in use" in caught.value.hint


def test_when_the_network_goes_amid_it_what_came_is_kept(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.2")]
    api.answers = [None, (400, b'{"__type": "ExpiredTokenException", "message": "The token has expired"}')]
    report = fetch(api, tmp_path, "ec2", "rds", "ebs")
    assert [one.status for one in report.lists] == ["added", "refused", "refused"]
    assert report.exit_code == 3
    assert price(tmp_path, "us-east-1", "m5.xlarge").amount == Decimal("0.2")


def test_china_refusing_credentials_of_elsewhere_stops_no_other_region(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.2"), cache_node("cache.m5.large", "0.16")]
    api.answers = [(400, b'{"__type": "UnrecognizedClientException", "message": "The security token is invalid"}')]
    report = fetch(api, tmp_path, "ec2", "elasticache", regions=("cn-north-1", "us-east-1"))
    assert [(one.region, one.status) for one in report.lists] == [
        ("cn-north-1", "refused"), ("cn-north-1", "refused"), ("us-east-1", "added"), ("us-east-1", "added")
    ]  # fmt: skip
    assert (report.exit_code, len(api.asked)) == (3, 3)
    assert "security token is invalid" in report.lists[0].reason


@pytest.mark.parametrize(("services", "regions"), [(["lambda"], ["us-east-1"]), (["ec2"], [])])
def test_wrong_questions_are_refused_before_anything_is_asked(
    api: PriceApi, tmp_path: Path, services: list[str], regions: list[str]
) -> None:
    with pytest.raises(BadEntry):
        update_prices(tmp_path, services, regions, Silent(), moment=MOMENT, endpoint=api.url)
    assert api.asked == []


def test_a_damaged_list_is_left_out_and_named(api: PriceApi, tmp_path: Path) -> None:
    api.products = [machine(price="0.2")]
    fetch(api, tmp_path)
    api.products = [machine(price="0.3", region="eu-west-1")]
    fetch(api, tmp_path, regions=("eu-west-1",))
    (broken,) = [one for one in kept_lists(tmp_path) if one.region == "us-east-1"]
    broken.path.write_bytes(b"half a file")
    lookup._load.cache_clear()  # as in another process
    catalog = load_catalog(tmp_path)
    assert [one.region for one in catalog.damaged] == ["us-east-1"]
    found = catalog.price("AWS", "us-east-1", "m5.xlarge")
    assert isinstance(found, Price)
    assert found.amount == Decimal("0.192")
    assert price(tmp_path, "eu-west-1", "m5.xlarge").amount == Decimal("0.3")
