"""Two real months of a legacy CUR in one snapshot, against published totals and an oracle written in pandas."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.support.aws_bill import ask, load
from workbench.ingest import LoadReport
from workbench.settings import Settings

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

TOLERANCE = 1e-6
ORACLE_COLUMNS = [
    "line_item_line_item_type",
    "line_item_usage_start_date",
    "line_item_usage_end_date",
    "line_item_unblended_cost",
    "reservation_effective_cost",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
    "reservation_unused_recurring_fee",
    "resource_tags_user_cost_center",
]


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, Any]:
    return json.loads((shared_data / "expected" / "workshop_cur_oct_nov.json").read_text())


@pytest.fixture(scope="module")
def months(shared_data: Path) -> list[Path]:
    return [shared_data / "aws-cur" / f"{month}2018-WorkshopCUR-00001.snappy.parquet" for month in ("Oct", "Nov")]


@pytest.fixture(scope="module")
def bill(months: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[LoadReport]]:
    """October, October again, then November into October's table."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    october, november = months
    return settings, [load(settings, october), load(settings, october), load(settings, november)]


@pytest.fixture(scope="module")
def home(bill: tuple[Settings, list[LoadReport]]) -> Settings:
    return bill[0]


@pytest.fixture(scope="module")
def oracle(months: list[Path]) -> pd.DataFrame:
    """The amortised cost by the published formula, and the same with the fee spread over its own period."""
    lines = pd.concat([pd.read_parquet(month, columns=ORACLE_COLUMNS) for month in months], ignore_index=True)
    lines.columns = pd.Index(["kind", "start", "end", "unblended", "covered", "upfront", "recurring", "cost_center"])
    lines["amortised"] = lines["unblended"]
    lines.loc[lines.kind == "DiscountedUsage", "amortised"] = lines["covered"]
    lines.loc[lines.kind == "RIFee", "amortised"] = lines["upfront"] + lines["recurring"]
    return lines


def _near(found: float | Decimal, wanted: float) -> bool:
    return abs(float(found) - wanted) <= TOLERANCE


def test_loading_october_twice_changes_nothing(bill: tuple[Settings, list[LoadReport]]) -> None:
    _, (first, second, third) = bill
    assert [file.status for file in (*first.files, *second.files, *third.files)] == ["loaded", "unchanged", "loaded"]
    assert (first.rows_loaded, second.snapshot_id, third.rows_loaded) == (119_307, None, 124_340)


def test_both_months_tie_to_the_published_totals(home: Settings, expected: dict[str, Any]) -> None:
    rows = ask(
        home,
        "SELECT strftime(billing_period_start, '%Y-%m') AS month, count(*) AS rows, sum(billed_cost) AS unblended,"
        " sum(effective_cost) AS amortised, sum(list_cost) AS public_on_demand,"
        " count(DISTINCT resource_id) AS distinct_resources, count(DISTINCT sub_account_id) AS accounts,"
        " count(DISTINCT service_name) AS products, count_if(billed_cost = 0) AS zero_cost_rows,"
        " count_if(resource_id IS NULL) AS rows_without_resource_id, count_if(x_charge_type = 'RIFee') AS rifee_rows"
        " FROM charges GROUP BY 1 ORDER BY 1",
    )
    assert len(rows) == len(expected["monthly"])
    for row, wanted in zip(rows, expected["monthly"], strict=True):
        for name, value in row.items():
            assert value == wanted[name] if isinstance(wanted[name], int | str) else _near(value, wanted[name]), name
    [total] = ask(
        home,
        "SELECT count(*) AS rows, sum(billed_cost) AS unblended, sum(effective_cost) AS amortised,"
        " sum(list_cost) AS public_on_demand, count(DISTINCT resource_id) AS distinct_resources,"
        " count(DISTINCT region_id) AS distinct_regions_incl_global FROM charges",
    )
    assert all(_near(total[name], wanted) for name, wanted in expected["totals"].items())


@pytest.mark.parametrize(
    ("list_name", "key", "sql"),
    [
        ("by_line_type", ("line_item_type",), "x_charge_type"),
        ("by_account_month", ("month", "account"), "strftime(billing_period_start, '%Y-%m'), sub_account_id"),
        (
            "by_service_month",
            ("month", "product_code"),
            "strftime(billing_period_start, '%Y-%m'), x_attributes->>'line_item_product_code'",
        ),
    ],
)
def test_totals_by_line_type_account_and_service(
    home: Settings, expected: dict[str, Any], list_name: str, key: tuple[str, ...], sql: str
) -> None:
    names = ", ".join(f"{part} AS {name}" for part, name in zip(_split(sql), key, strict=True))
    rows = ask(
        home, f"SELECT {names}, sum(billed_cost) AS billed, sum(effective_cost) AS effective FROM charges GROUP BY ALL"
    )
    found = {tuple(row[name] for name in key): (row["billed"], row["effective"]) for row in rows}
    wanted = {tuple(one[name] for name in key): (one["unblended"], one["amortised"]) for one in expected[list_name]}
    assert found.keys() == wanted.keys()
    assert all(_near(a, b) for name in wanted for a, b in zip(found[name], wanted[name], strict=True))


def _split(sql: str) -> list[str]:
    return sql.rsplit(", ", 1) if "), " in sql else [sql]


def test_every_service_has_one_name_and_one_category(home: Settings) -> None:
    rows = ask(
        home,
        "SELECT x_attributes->>'line_item_product_code' AS code, count(DISTINCT service_name) AS names,"
        " count(DISTINCT service_category) AS categories, bool_or(service_category = 'Other') AS other"
        " FROM charges GROUP BY code",
    )
    assert len(rows) == 17
    assert all((row["names"], row["categories"], row["other"]) == (1, 1, False) for row in rows)


def test_the_daily_rollup_follows_the_published_series(home: Settings, expected: dict[str, Any]) -> None:
    rows = ask(
        home,
        "SELECT charge_date, sum(billed_cost) AS billed, sum(effective_cost) AS effective FROM daily_costs"
        " GROUP BY charge_date ORDER BY charge_date",
    )
    daily = {day: values for day, values in expected["daily"].items() if isinstance(values, list)}
    assert [row["charge_date"].isoformat() for row in rows] == sorted(daily)
    for row in rows:
        unblended, _, spread = daily[row["charge_date"].isoformat()]
        assert _near(row["billed"], unblended), row
        assert _near(row["effective"], spread), row


def test_the_daily_rollup_follows_the_oracle(home: Settings, oracle: pd.DataFrame) -> None:
    wanted: dict[date, float] = {}
    fees = oracle[oracle.kind == "RIFee"]
    for day, cost in (
        oracle[oracle.kind != "RIFee"].groupby(lambda i: oracle.start[i].date())["amortised"].sum().items()
    ):
        wanted[day] = cost
    for fee in fees.itertuples():
        start, end = fee.start, fee.end + pd.Timedelta(seconds=1)
        day = start.normalize()
        while day < end:
            covered = min(end, day + pd.Timedelta(days=1)) - max(start, day)
            wanted[day.date()] = wanted.get(day.date(), 0.0) + fee.amortised * (covered / (end - start))
            day += pd.Timedelta(days=1)
    rows = ask(home, "SELECT charge_date, sum(effective_cost) AS cost FROM daily_costs GROUP BY 1")
    found = {row["charge_date"]: row["cost"] for row in rows}
    assert found.keys() == wanted.keys()
    assert all(_near(found[day], wanted[day]) for day in wanted)


def test_no_false_spike_on_the_first_of_a_month(home: Settings) -> None:
    rows = ask(home, "SELECT charge_date, sum(effective_cost) AS cost FROM daily_costs GROUP BY 1")
    cost = {row["charge_date"]: float(row["cost"]) for row in rows}
    for first in (date(2018, 10, 1), date(2018, 11, 1)):
        assert cost[first] < 1.02 * cost[first + timedelta(days=1)]


def test_cost_by_tag(home: Settings, expected: dict[str, Any]) -> None:
    rows = ask(
        home,
        "SELECT coalesce(tags->>'cost_center', '(untagged)') AS value, count(*) AS rows, sum(billed_cost) AS unblended,"
        " sum(effective_cost) AS amortised FROM charges GROUP BY 1",
    )
    found = {row["value"]: row for row in rows}
    for wanted in expected["tags"]["cost_center"]:
        row = found[wanted["value"]]
        assert row["rows"] == wanted["rows"]
        assert _near(row["unblended"], wanted["unblended"])
        assert _near(row["amortised"], wanted["amortised"])


def test_reservations_show_their_fee_and_what_was_unused(home: Settings, expected: dict[str, Any]) -> None:
    rows = ask(
        home,
        "SELECT commitment_discount_id AS arn, sum(commitment_discount_quantity) AS unused_hours,"
        " sum(billed_cost) AS fee, sum(effective_cost) AS waste,"
        " sum((x_attributes->>'reservation_total_reserved_units')::DOUBLE) AS reserved_hours"
        " FROM charges WHERE commitment_discount_status = 'Unused' GROUP BY arn",
    )
    found = {row["arn"]: row for row in rows}
    assert len(found) == len(expected["reservations"]) == 9
    for wanted in expected["reservations"]:
        row = found[wanted["reservation_arn"]]
        assert _near(row["unused_hours"], wanted["unused_hours"])
        assert _near(row["reserved_hours"], wanted["reserved_hours"])
        assert _near(row["fee"], wanted["recurring_fee_billed"])
        assert _near(row["waste"], wanted["waste"])


def test_columns_that_came_with_november_are_reported(home: Settings, expected: dict[str, Any]) -> None:
    rows = ask(
        home, "SELECT path, columns_new, columns_missing FROM source_files WHERE status = 'loaded' ORDER BY path"
    )
    november, october = (set(json.loads(row["columns_new"])) for row in rows)
    assert november - october == set(expected["columns_only_in_nov"])
    assert october - november == set()
    assert all("bill_invoicing_entity" in row["columns_missing"] for row in rows)


def test_nothing_is_wrong_with_these_bills(home: Settings) -> None:
    assert ask(home, "SELECT * FROM rejected_rows") == []
    errors = ask(home, "SELECT rule, rows, examples FROM quality_findings WHERE severity = 'error'")
    assert errors == []
