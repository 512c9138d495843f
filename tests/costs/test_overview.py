"""The figures of the Overview page on hand-checkable bills."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.bills import charge
from tests.support.memory import MemoryEngine
from workbench.costs.overview import Overview, overview
from workbench.costs.resolve import resolve
from workbench.costs.url import parse
from workbench.settings import Settings

Row = dict[str, Any]


def on(day: str, cost: str, **overrides: Any) -> Row:
    return charge(cost, charge_period_start=datetime.fromisoformat(day), **overrides)


@pytest.fixture
def ask(settings: Settings) -> Iterator[Callable[..., Overview]]:
    opened: list[MemoryEngine] = []

    def asked(*rows: Row, **params: Any) -> Overview:
        opened.append(MemoryEngine(rows, settings))
        view, _ = parse(params)
        return overview(opened[-1], resolve(opened[-1], view, today=date(2030, 1, 1)))

    yield asked
    for engine in opened:
        engine.close()


def test_spend_to_date_and_the_month_before_are_calendar_months_whatever_the_view_shows(
    ask: Callable[..., Overview],
) -> None:
    bill = [
        on("2026-09-01", "7"),
        on("2026-10-03", "10"),
        on("2026-10-25", "5"),
        on("2026-11-03", "12"),
        on("2026-11-20", "1"),
    ]
    found = ask(*bill, range="90d", cmp="2026-09-01..2026-09-02")
    assert found.month.label == "1–20 Nov 2026, 20 of 30 days"
    assert (found.to_date.change.current, found.to_date.change.previous) == (Decimal(13), Decimal(10))
    assert found.last_month.label == "October 2026"
    assert (found.last_month_totals.change.current, found.last_month_totals.change.previous) == (
        Decimal(15),
        Decimal(7),
    )
    assert found.daily.total == Decimal(13)


def test_movers_go_both_ways_and_stop_where_nothing_moved(ask: Callable[..., Overview]) -> None:
    bill = [on("2026-10-01", "1", service_name="Edge"), on("2026-11-20", "1", service_name="Edge")]
    for name, before, now in (("A", "10", "4"), ("B", "1", "9"), ("C", "5", "5")):
        bill += [on("2026-10-02", before, service_name=name), on("2026-11-02", now, service_name=name)]
    found = ask(*bill).movers
    assert [(row["label_1"], row["delta"]) for row in found.up.to_pylist()] == [("B", Decimal(8))]
    assert [(row["label_1"], row["delta"]) for row in found.down.to_pylist()] == [("A", Decimal(-6))]


def test_movers_cannot_be_told_without_data_for_the_comparison(ask: Callable[..., Overview]) -> None:
    found = ask(on("2026-11-01", "1"), on("2026-11-20", "1")).movers
    assert found.unknown == "no data before 2026-11-01"
    assert found.up.num_rows == found.down.num_rows == 0


def test_untagged_is_cost_without_any_promoted_key(ask: Callable[..., Overview]) -> None:
    found = ask(
        on("2026-11-01", "60", tags='{"team": "a"}'),
        on("2026-11-02", "30", tags=None),
        on("2026-11-03", "10", tags='{"team": null}'),
    ).tagging
    assert found.keys == ("team",)
    assert (found.untagged, found.cost, found.percent) == (Decimal(40), Decimal(100), 40.0)


def test_a_bill_without_tags_has_no_untagged_share(ask: Callable[..., Overview]) -> None:
    found = ask(on("2026-11-01", "60")).tagging
    assert (found.keys, found.untagged, found.percent) == ((), None, None)


def test_commitments_are_counted_in_effective_cost_whatever_the_basis(ask: Callable[..., Overview]) -> None:
    found = ask(
        on("2026-11-01", "30", billed_cost=0, commitment_discount_status="Used"),
        on("2026-11-02", "10", billed_cost=0, commitment_discount_status="Unused"),
        on("2026-11-02", "70"),
        on("2026-11-02", "40", effective_cost=0, charge_category="Purchase"),
        basis="billed",
    ).commitments
    assert found.present
    assert (found.used, found.unused, found.usage) == (Decimal(30), Decimal(10), Decimal(100))
    assert (found.utilisation, found.covered) == (75.0, 30.0)


def test_a_bill_without_commitments_says_so(ask: Callable[..., Overview]) -> None:
    found = ask(on("2026-11-01", "1")).commitments
    assert not found.present
    assert found.utilisation is None


def test_too_short_a_history_has_no_outlook_and_says_what_it_needs(ask: Callable[..., Overview]) -> None:
    found = ask(on("2026-11-19", "1"), on("2026-11-20", "1"))
    assert found.outlook is None
    assert found.outlook_refusal == (
        "No outlook: it needs every day from 2026-06-26 on, and the bill has it from 2026-11-19 on"
    )


def test_a_steady_bill_is_expected_to_go_on(ask: Callable[..., Overview]) -> None:
    first = date(2026, 6, 1)
    days = [(first + timedelta(days=n)).isoformat() for n in range((date(2026, 11, 20) - first).days + 1)]
    found = ask(*(on(day, "2") for day in days))
    assert found.outlook is not None
    assert (found.outlook.low, found.outlook.expected, found.outlook.high) == (60.0, 60.0, 60.0)


def test_filters_that_match_nothing_leave_nothing_to_project(ask: Callable[..., Overview]) -> None:
    found = ask(on("2026-11-20", "1"), f=["bogus:1"])
    assert found.to_date.lines == 0
    assert found.outlook_refusal == "No outlook: no charge matches the filters"
