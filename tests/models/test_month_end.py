"""The month-end outlook, redone by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.month_end import NotEnoughHistory, project_month_end


def daily(first: date, last: date, weekday: float = 10.0, weekend: float = 4.0) -> dict[date, float]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: weekend if day.weekday() >= 5 else weekday for day in days}


def test_each_day_left_costs_what_its_weekday_usually_does() -> None:
    found = project_month_end(daily(date(2026, 3, 1), date(2026, 11, 20)), date(2026, 11, 20))
    # November 2026 has 21 weekdays and 9 weekend days; 15 and 5 of them are over.
    assert found.to_date == 15 * 10 + 5 * 4
    assert found.expected == 21 * 10 + 9 * 4
    assert (found.low, found.high) == (found.expected, found.expected)


def test_one_odd_day_does_not_move_the_outlook_but_is_in_the_cost_to_date() -> None:
    costs = daily(date(2026, 3, 1), date(2026, 11, 20))
    plain = project_month_end(costs, date(2026, 11, 20)).expected
    costs[date(2026, 11, 3)] += 1000
    assert project_month_end(costs, date(2026, 11, 20)).expected == plain + 1000


def test_the_range_spans_the_errors_of_earlier_months() -> None:
    costs = daily(date(2026, 3, 1), date(2026, 11, 20))
    costs[date(2026, 10, 31)] += 70  # a month-end charge the rule did not see coming
    costs[date(2026, 9, 30)] -= 5
    found = project_month_end(costs, date(2026, 11, 20))
    assert dict(found.errors)[date(2026, 10, 1)] == pytest.approx(70)
    assert dict(found.errors)[date(2026, 9, 1)] == pytest.approx(-5)
    assert found.high - found.projected == pytest.approx(70)
    assert found.projected - found.low == pytest.approx(5)
    assert found.expected == found.projected  # the median of 70, -5 and four times 0


def test_an_error_the_rule_makes_every_month_corrects_it() -> None:
    costs = daily(date(2026, 3, 1), date(2026, 11, 20))
    for month in range(3, 11):
        costs[(date(2026, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)] += 50
    found = project_month_end(costs, date(2026, 11, 20))
    assert found.projected == 21 * 10 + 9 * 4
    assert (found.low, found.expected, found.high) == (found.projected + 50,) * 3


def test_a_month_that_is_over_is_its_own_outlook() -> None:
    found = project_month_end(daily(date(2026, 3, 1), date(2026, 10, 31)), date(2026, 10, 31))
    assert found.low == found.expected == found.high == found.to_date


@pytest.mark.parametrize("missing", [date(2026, 6, 26), date(2026, 8, 1), date(2026, 11, 19)])
def test_a_gap_in_the_history_is_refused_with_what_is_needed(missing: date) -> None:
    costs = daily(date(2026, 3, 1), date(2026, 11, 20))
    del costs[missing]
    with pytest.raises(NotEnoughHistory) as refused:
        project_month_end(costs, date(2026, 11, 20))
    assert refused.value.needed_from == date(2026, 6, 26)  # eight weeks before 20 August
    assert refused.value.known_from == missing + timedelta(days=1)


def test_exactly_enough_history_is_enough() -> None:
    found = project_month_end(daily(date(2026, 6, 26), date(2026, 11, 20)), date(2026, 11, 20))
    assert [month for month, _ in found.errors] == [date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 1)]


def test_no_known_day_is_refused() -> None:
    with pytest.raises(NotEnoughHistory) as refused:
        project_month_end({}, date(2026, 11, 20))
    assert refused.value.known_from is None


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.integers(1, 1000))
def test_a_steady_cost_is_projected_without_error(as_of: date, cost: int) -> None:
    costs = daily(as_of - timedelta(days=400), as_of, float(cost), float(cost))
    found = project_month_end(costs, as_of)
    length = ((as_of.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
    assert found.low == found.expected == found.high == cost * length
