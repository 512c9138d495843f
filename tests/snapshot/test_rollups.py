"""The rollups of tiny bills, computed by hand or by pandas."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.conftest import PublishBill
from tests.support.bills import charge
from workbench.engines import Query
from workbench.schema.tables import DAILY_COSTS, DAILY_RESOURCE_COSTS
from workbench.snapshot import OpenSnapshot, rollups


def rows(snapshot: OpenSnapshot, sql: str) -> list[tuple]:
    return [tuple(row.values()) for row in snapshot.engine.run(Query("test", sql)).to_pylist()]


def test_daily_costs_sum_the_charges_of_a_day_to_the_last_decimal(publish_bill: PublishBill) -> None:
    snapshot = publish_bill(
        [
            charge("1.25"),
            charge("0.000000000001", charge_period_start=datetime(2026, 10, 1, 23, 59, 59)),
            charge("-5", charge_period_start=datetime(2026, 10, 2), charge_category="Usage"),
        ]
    )
    assert rows(snapshot, "SELECT charge_date, effective_cost, charge_count FROM daily_costs ORDER BY 1") == [
        (date(2026, 10, 1), Decimal("1.250000000001"), 2),
        (date(2026, 10, 2), Decimal(-5), 1),
    ]


def test_a_cost_no_line_has_is_unknown_not_zero(publish_bill: PublishBill) -> None:
    snapshot = publish_bill(
        [
            charge(1, list_cost=None),
            charge(2, list_cost=None, contracted_cost=None),
            charge(3, charge_period_start=datetime(2026, 10, 2), list_cost=None),
            charge(4, charge_period_start=datetime(2026, 10, 2)),
        ]
    )
    expected = [(None, Decimal(1)), (Decimal(4), Decimal(7))]
    for table in ("daily_costs", "daily_resource_costs"):
        assert rows(snapshot, f"SELECT list_cost, contracted_cost FROM {table} ORDER BY charge_date") == expected
    assert snapshot.manifest.totals["USD"]["list_cost"] == "4.000000000000"


def test_currencies_are_never_added(publish_bill: PublishBill) -> None:
    snapshot = publish_bill([charge(1), charge(2, billing_currency="EUR")])
    assert rows(snapshot, "SELECT billing_currency, billed_cost FROM daily_resource_costs ORDER BY 1") == [
        ("EUR", Decimal(2)),
        ("USD", Decimal(1)),
    ]
    assert snapshot.manifest.currencies == ("EUR", "USD")


def test_a_correction_keeps_the_month_it_is_invoiced_in(publish_bill: PublishBill) -> None:
    snapshot = publish_bill(
        [charge(1), charge(-1, charge_class="Correction", billing_period_start=datetime(2026, 11, 1))]
    )
    assert rows(snapshot, "SELECT billing_month, charge_date, billed_cost FROM daily_costs ORDER BY 1") == [
        (date(2026, 10, 1), date(2026, 10, 1), Decimal(1)),
        (date(2026, 11, 1), date(2026, 10, 1), Decimal(-1)),
    ]


@pytest.mark.parametrize("lines_per_slice", [1, 7, 1000])
def test_slices_do_not_change_the_rollups(
    publish_bill: PublishBill, monkeypatch: pytest.MonkeyPatch, lines_per_slice: int
) -> None:
    monkeypatch.setattr(rollups, "_LINES_PER_SLICE", lines_per_slice)
    start = datetime(2026, 10, 1)
    bill = [
        charge(hour, charge_period_start=start + timedelta(hours=hour), resource_id=f"i-{hour % 3}", tags=tags)
        for hour, tags in zip(range(96), ['{"team":"a"}', '{"team":"b"}', None, "{broken"] * 24, strict=True)
    ]
    fee = charge(
        30,
        x_spread=True,
        charge_period_start=start,
        charge_period_end=start + timedelta(days=30),
        commitment_discount_id="ri-1",
    )
    snapshot = publish_bill([*bill, fee])
    for table in (DAILY_COSTS, DAILY_RESOURCE_COSTS):
        first_cost = table.names.index("billed_cost")
        grain = ", ".join(table.names[:first_cost])
        [(total, groups)] = rows(snapshot, f"SELECT count(*), count(DISTINCT ({grain})) FROM {table.name}")
        assert total == groups, f"{table.name} repeats a group"
    assert rows(snapshot, "SELECT sum(effective_cost), sum(charge_count) FROM daily_costs") == [
        (Decimal(sum(range(96)) + 30), 97)
    ]
    assert (
        rows(
            snapshot,
            "SELECT effective_cost FROM daily_resource_costs WHERE charge_date >= '2026-10-05' ORDER BY charge_date",
        )
        == [(Decimal(1),)] * 26
    )


def test_charge_days_agree_with_both_rollups(publish_bill: PublishBill) -> None:
    fee = charge(31, x_spread=True, charge_period_end=datetime(2026, 11, 1))
    snapshot = publish_bill([fee, charge("0.5"), charge(2, charge_period_start=datetime(2026, 10, 31))])
    per_day = [
        rows(snapshot, f"SELECT charge_date, sum(effective_cost) FROM {relation} GROUP BY 1 ORDER BY 1")
        for relation in ("charge_days", "daily_costs", "daily_resource_costs")
    ]
    assert per_day[0] == per_day[1] == per_day[2]
    assert per_day[0][0] == (date(2026, 10, 1), Decimal("1.5"))
    assert per_day[0][30] == (date(2026, 10, 31), Decimal(3))


def test_the_newest_display_name_wins(publish_bill: PublishBill) -> None:
    later = datetime(2026, 10, 9)
    snapshot = publish_bill(
        [
            charge(1, sub_account_name="Renamed", charge_period_start=later, resource_name="web", resource_type="VM"),
            charge(1, sub_account_name="Old", resource_name=None, resource_type="Disk"),
            charge(
                1, resource_id="i-2", resource_name=None, resource_type="Disk", region_id=None, sub_account_name="Old"
            ),
            charge(1, resource_id=None),
        ]
    )
    assert rows(snapshot, "SELECT dimension, value, label, kind FROM dimension_labels ORDER BY 1, 2") == [
        ("account", "000000000002", "Renamed", None),
        ("billing_account", "000000000001", "Payer", None),
        ("region", "us-east-1", "US East (N. Virginia)", None),
        ("resource", "i-1", "web", "VM"),
        ("resource", "i-2", "i-2", "Disk"),
    ]


def test_a_bill_without_lines_has_empty_rollups(publish_bill: PublishBill) -> None:
    snapshot = publish_bill([])
    assert (snapshot.manifest.rows["daily_costs"], snapshot.manifest.first_day, snapshot.manifest.totals) == (
        0,
        None,
        {},
    )
