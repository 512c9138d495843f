"""Spread commitment fees: parts that add up exactly, in proportion to the seconds of each day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import PublishBill
from tests.support.bills import charge, insert_charges
from workbench.engines import Query
from workbench.schema import CHARGES, create_table
from workbench.schema.tables import CHARGE_SPREADS
from workbench.snapshot.spreads import fill_charge_spreads

_SMALLEST = Decimal("0.000000000001")


Parts = list[tuple[date, Decimal]]


@pytest.fixture(scope="module")
def parts_of() -> Iterator[Callable[[dict], Parts]]:
    """The daily parts of one charge line."""
    with duckdb.connect() as connection:
        for table in (CHARGES, CHARGE_SPREADS):
            connection.execute(create_table(table))

        def compute(row: dict) -> Parts:
            connection.execute("DELETE FROM charges")
            insert_charges(connection, [row])
            fill_charge_spreads(connection)
            return connection.sql("SELECT charge_date, effective_cost FROM charge_spreads ORDER BY 1").fetchall()

        yield compute


def fee(cost: str | Decimal, start: datetime, end: datetime | None) -> dict:
    return charge(cost, x_spread=True, charge_category="Purchase", charge_period_start=start, charge_period_end=end)


moments = st.datetimes(datetime(2019, 1, 1), datetime(2027, 12, 31), allow_imaginary=False)
costs = st.decimals(min_value=-(10**12), max_value=10**12, places=12).filter(bool)


@settings(deadline=None, max_examples=60)
@given(cost=costs, start=moments, seconds=st.integers(1, 40 * 86_400))
def test_parts_add_up_and_follow_the_seconds_of_each_day(
    parts_of, cost: Decimal, start: datetime, seconds: int
) -> None:
    end = start + timedelta(seconds=seconds)
    parts = parts_of(fee(cost, start, end))

    assert sum(part for _, part in parts) == cost
    last = (end - timedelta(microseconds=1)).date()
    assert [day for day, _ in parts] == [
        start.date() + timedelta(days=i) for i in range((last - start.date()).days + 1)
    ]
    for day, part in parts:
        midnight = datetime.combine(day, datetime.min.time())
        covered = min(end, midnight + timedelta(days=1)) - max(start, midnight)
        share = Fraction(cost) * Fraction(covered // timedelta(microseconds=1), seconds * 1_000_000)
        assert abs(Fraction(part) - share) < Fraction(_SMALLEST)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (datetime(2024, 2, 1), datetime(2024, 3, 1), 29),
        (datetime(2023, 2, 1), datetime(2023, 3, 1), 28),
        (datetime(2026, 3, 1), datetime(2026, 4, 1), 31),  # the clocks change in this month; UTC does not
        (datetime(2023, 6, 1), datetime(2026, 6, 1), 1096),
    ],
)
def test_whole_days_have_equal_parts(parts_of, start: datetime, end: datetime, days: int) -> None:
    parts = parts_of(fee(Decimal(days), start, end))
    assert [part for _, part in parts] == [Decimal(1)] * days


def test_the_first_and_last_day_owe_only_the_hours_they_cover(parts_of) -> None:
    assert parts_of(fee("48", datetime(2026, 10, 1, 18), datetime(2026, 10, 3, 18))) == [
        (date(2026, 10, 1), Decimal(6)),
        (date(2026, 10, 2), Decimal(24)),
        (date(2026, 10, 3), Decimal(18)),
    ]


def test_a_third_is_cut_without_losing_the_last_decimal(parts_of) -> None:
    parts = [part for _, part in parts_of(fee("1", datetime(2026, 10, 1), datetime(2026, 10, 4)))]
    assert parts == [Decimal("0.333333333333"), Decimal("0.333333333333"), Decimal("0.333333333334")]


@pytest.mark.parametrize(
    ("cost", "end"),
    [
        ("5", datetime(2026, 10, 2)),  # one day
        ("5", None),  # no period stated
        ("5", datetime(2026, 10, 1)),  # an empty period
        ("0", datetime(2026, 11, 1)),  # nothing to spread
    ],
)
def test_a_fee_that_cannot_be_spread_stays_whole(parts_of, cost: str, end: datetime | None) -> None:
    assert parts_of(fee(cost, datetime(2026, 10, 1), end)) == [(date(2026, 10, 1), Decimal(cost))]


def test_only_the_accrued_cost_is_spread(publish_bill: PublishBill) -> None:
    row = fee("30", datetime(2026, 10, 1), datetime(2026, 10, 4)) | {"list_cost": None, "consumed_quantity": 72.0}
    snapshot = publish_bill([row])
    found = snapshot.engine.run(
        Query(
            "days",
            "SELECT charge_date, billed_cost, effective_cost, contracted_cost, list_cost, consumed_quantity,"
            " charge_count FROM daily_costs ORDER BY 1",
        )
    ).to_pylist()
    assert [tuple(one.values()) for one in found] == [
        (date(2026, 10, 1), Decimal(30), Decimal(10), Decimal(30), None, 72.0, 1),
        (date(2026, 10, 2), Decimal(0), Decimal(10), Decimal(0), None, 0.0, 0),
        (date(2026, 10, 3), Decimal(0), Decimal(10), Decimal(0), None, 0.0, 0),
    ]
