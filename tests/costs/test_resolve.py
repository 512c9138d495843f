"""Dates, comparison, currency and what must be said about a view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest

from tests.support.bills import charge
from tests.support.memory import MemoryEngine
from workbench.costs.resolve import ResolvedView, add_months, resolve
from workbench.costs.url import parse
from workbench.costs.view import Period
from workbench.errors import CannotRun
from workbench.settings import Settings

Asker = Callable[..., ResolvedView]


def on(day: str, cost: str = "1", **overrides: Any) -> dict[str, Any]:
    return charge(cost, charge_period_start=datetime.fromisoformat(day), **overrides)


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.fixture
def ask(settings: Settings) -> Iterator[Callable[..., Asker]]:
    opened: list[MemoryEngine] = []

    def bill(*rows: dict[str, Any]) -> Asker:
        engine = MemoryEngine(rows, settings)
        opened.append(engine)

        def asked(today: str = "2030-01-01", **params: Any) -> ResolvedView:
            keys = {"first": "from", "last": "to"}
            view, _ = parse({keys.get(name, name): value for name, value in params.items()})
            return resolve(engine, view, today=date.fromisoformat(today))

        return asked

    yield bill
    for engine in opened:
        engine.close()


@pytest.fixture
def two_years(ask: Callable[..., Asker]) -> Asker:
    """A bill from 1 January 2025 to 20 November 2026, with a charge on the 1st and the 20th of each month."""
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]
    return ask(*(on(f"{month}-{day}") for month in months[:-1] for day in ("01", "20")))


@pytest.mark.parametrize(
    ("chosen", "shown", "compared"),
    [
        ("mtd", ("2026-11-01", "2026-11-20"), ("2026-10-01", "2026-10-20")),
        ("last_month", ("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")),
        ("30d", ("2026-10-22", "2026-11-20"), ("2026-09-17", "2026-10-16")),
        ("90d", ("2026-08-23", "2026-11-20"), ("2026-05-24", "2026-08-21")),
        ("12m", ("2025-12-01", "2026-11-20"), ("2024-12-01", "2025-11-20")),
    ],
)
def test_relative_ranges_end_at_the_last_charge_day(
    two_years: Asker, chosen: str, shown: tuple[str, str], compared: tuple[str, str]
) -> None:
    view = two_years(range=chosen)
    assert view.period == period(*shown)
    assert view.comparison is not None
    assert view.comparison.period == period(*compared)


@pytest.mark.parametrize("chosen", ["30d", "90d"])
def test_rolling_ranges_are_compared_with_the_same_weekdays_and_do_not_overlap(two_years: Asker, chosen: str) -> None:
    view = two_years(range=chosen)
    assert view.comparison is not None
    assert (view.period.first - view.comparison.period.first).days % 7 == 0
    assert view.comparison.period.last < view.period.first
    assert view.comparison.period.days == view.period.days
    assert "weekdays aligned" in view.comparison.label


def test_a_future_last_charge_day_does_not_move_the_anchor_past_today(two_years: Asker) -> None:
    assert two_years(today="2026-11-10").period == period("2026-11-01", "2026-11-10")


def test_a_partial_month_says_how_much_of_it_is_there(two_years: Asker) -> None:
    view = two_years()
    assert view.label == "1–20 Nov 2026, 20 of 30 days"
    assert view.partial
    assert view.comparison is not None
    assert view.comparison.label == "same days of the previous month"


def test_a_whole_explicit_month_is_cut_at_the_last_charge_day_and_compared_like_with_like(two_years: Asker) -> None:
    view = two_years(first="2026-11-01", last="2026-11-30")
    assert view.period == period("2026-11-01", "2026-11-20")
    assert view.comparison is not None
    assert view.comparison.period == period("2026-10-01", "2026-10-20")


@pytest.mark.parametrize(
    ("last_charge", "compared"),
    [
        ("2026-03-30", ("2026-02-01", "2026-02-28")),  # a day February lacks is cut off
        ("2026-03-31", ("2026-02-01", "2026-02-28")),  # a whole month against a whole month
        ("2026-02-28", ("2026-01-01", "2026-01-31")),
        ("2026-02-27", ("2026-01-01", "2026-01-27")),
        ("2026-01-15", ("2025-12-01", "2025-12-15")),
    ],
)
def test_months_of_different_length_are_compared_like_with_like(
    ask: Callable[..., Asker], last_charge: str, compared: tuple[str, str]
) -> None:
    view = ask(on("2025-01-01"), on(last_charge))()
    assert view.comparison is not None
    assert view.comparison.period == period(*compared)


def test_comparing_periods_of_different_length_is_said(ask: Callable[..., Asker]) -> None:
    view = ask(on("2025-01-01"), on("2026-01-31"), on("2026-02-28"))()
    assert view.notices == ("28 days are compared with 31 days",)


@pytest.mark.parametrize(
    ("first", "last", "compared"),
    [
        ("2024-02-29", "2024-02-29", ("2023-02-28", "2023-02-28")),
        ("2025-02-01", "2025-02-28", ("2024-02-01", "2024-02-29")),  # whole months stay whole
        ("2024-02-01", "2024-02-29", ("2023-02-01", "2023-02-28")),
        ("2025-03-05", "2025-03-09", ("2024-03-05", "2024-03-09")),
    ],
)
def test_the_previous_year_has_the_same_dates(
    ask: Callable[..., Asker], first: str, last: str, compared: tuple[str, str]
) -> None:
    view = ask(on("2022-01-01"), on("2026-11-20"))(first=first, last=last, cmp="prev_year")
    assert view.comparison is not None
    assert view.comparison.period == period(*compared)


def test_a_comparison_before_the_first_charge_day_cannot_tell_a_change(ask: Callable[..., Asker]) -> None:
    view = ask(on("2026-10-05"), on("2026-11-20"))()
    assert view.comparison is not None
    assert view.comparison.unknown == "no data before 2026-10-05"
    assert any("cannot be told" in notice for notice in view.notices)


def test_a_comparison_after_the_last_charge_day_cannot_tell_a_change(two_years: Asker) -> None:
    view = two_years(range="last_month", cmp="2026-11-15..2026-11-25")
    assert view.comparison is not None
    assert view.comparison.unknown == "no data after 2026-11-20"


def test_a_month_that_is_not_loaded_is_unknown_not_zero(ask: Callable[..., Asker]) -> None:
    correction = on("2026-10-07", charge_class="Correction")
    bill = ask(on("2026-09-01"), on("2026-09-30"), on("2026-11-01"), on("2026-11-20"), correction)
    november, october = bill(), bill(range="last_month")
    assert november.comparison is not None
    assert november.comparison.unknown == "no data from 2026-10-01 to 2026-10-20"
    assert october.comparison is not None
    assert october.comparison.unknown == "no data from 2026-10-01 to 2026-10-31"
    assert "No data in this period: the bill has no charge on these days, corrections aside" in october.notices


def test_corrections_of_old_periods_do_not_count_as_data_for_their_days(ask: Callable[..., Asker]) -> None:
    view = ask(on("2024-01-01", charge_class="Correction"), on("2026-10-05"), on("2026-11-20"))()
    assert view.coverage.first == date(2026, 10, 5)


def test_days_a_commitment_fee_is_spread_over_do_not_move_the_anchor(ask: Callable[..., Asker]) -> None:
    fee = on("2026-11-01", "30", x_spread=True, charge_period_end=datetime(2026, 12, 1), commitment_discount_id="ri")
    assert ask(on("2026-10-01"), fee, on("2026-11-20"))().coverage.last == date(2026, 11, 20)


def test_without_a_budget_nothing_is_compared(two_years: Asker) -> None:
    view = two_years(cmp="budget")
    assert view.comparison is None
    assert view.notices == ("Not compared with a budget: no budget is planned yet",)


def test_the_currency_with_most_absolute_cost_is_shown_and_the_others_are_named(ask: Callable[..., Asker]) -> None:
    bill = ask(
        on("2026-11-01", "5", billing_currency="NOK"),
        on("2026-11-02", "-9", billing_currency="EUR"),
        on("2026-11-02", "1", billing_currency="USD"),
    )
    view = bill(cmp="none")
    assert view.currency == "EUR"
    assert view.notices == ("EUR, NOK and USD are kept apart: amounts are in EUR only",)
    assert bill(ccy="NOK", cmp="none").currency == "NOK"


def test_an_unknown_currency_is_kept_and_said(two_years: Asker) -> None:
    view = two_years(ccy="XXX")
    assert view.currency == "XXX"
    assert any("XXX" in notice for notice in view.notices)


@pytest.mark.parametrize(
    "written", ["service:Amazon EC2x", "resource:i-9", "usage_type:x", "tag.zz:1", "service:!gone"]
)
def test_a_value_no_charge_has_is_said(two_years: Asker, written: str) -> None:
    view = two_years(f=[written])
    assert len(view.notices) == 1
    assert view.notices[0].startswith("No charge has ")


def test_known_values_and_absence_need_no_notice(two_years: Asker) -> None:
    assert (
        two_years(f=["service:Amazon Elastic Compute Cloud", "resource:i-1", "tag.team:∅", "usage_type:!∅"]).notices
        == ()
    )


@pytest.mark.parametrize(
    "params", [{"f": ["bogus:1"]}, {"f": ["bogus:!1"]}, {"range": "7d"}, {"first": "x", "last": "y"}]
)
def test_what_cannot_be_understood_matches_nothing(two_years: Asker, params: dict[str, Any]) -> None:
    assert two_years(**params).matches_nothing is not None


def test_a_period_outside_the_bill_says_where_the_data_is(two_years: Asker) -> None:
    view = two_years(first="2020-01-01", last="2020-01-31", cmp="none")
    assert view.notices == ("No data in this period: the bill has charges from 2025-01-01 to 2026-11-20",)


def test_an_empty_snapshot_cannot_answer(ask: Callable[..., Asker]) -> None:
    with pytest.raises(CannotRun, match="no charges"):
        ask()()


def test_a_resolved_view_is_a_cache_key(two_years: Asker) -> None:
    assert hash(two_years(f=["service:A"])) == hash(two_years(f=["service:A"]))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-03-31", -1, "2026-02-28"), ("2024-02-29", -12, "2023-02-28"), ("2026-01-15", -1, "2025-12-15")],
)
def test_months_are_added_on_the_calendar(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)
