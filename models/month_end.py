"""Month-end outlook: cost to date plus, for each day left, the median of the same weekday over the last eight weeks.

Deliberately simple, so that a reader can redo it by hand. The rule knows no growth and no month-end charge; its errors
on the same day of earlier months correct it: their median is added, and the range spans them.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

__all__ = ["HISTORY_DAYS", "MONTHS_TESTED", "MonthEnd", "NotEnoughHistory", "project_month_end"]

HISTORY_DAYS = 56
"""Days the weekday medians are taken over; every one of them must be known."""

MONTHS_TESTED = (3, 6)
"""Fewest and most earlier months the range is taken from."""


class NotEnoughHistory(ValueError):
    """There is too little history for an honest range.

    Args:
        needed_from: first day from which every day would have to be known.
        known_from: first day of the unbroken history there is.
    """

    def __init__(self, needed_from: date, known_from: date | None) -> None:
        super().__init__(f"needs every day from {needed_from} on, known from {known_from}")
        self.needed_from = needed_from
        self.known_from = known_from


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The outlook for one month, in the unit of the input.

    Attributes:
        to_date: cost from the first of the month to ``as_of``.
        projected: the whole month by the rule alone.
        expected: projected plus the median error of the tested months.
        low, high: projected plus the smallest and the largest error of the tested months.
        errors: (first of month, actual - projected) of the tested months, newest first.
        as_of: last known day.
    """

    to_date: float
    projected: float
    expected: float
    low: float
    high: float
    errors: tuple[tuple[date, float], ...]
    as_of: date


def project_month_end(daily: Mapping[date, float], as_of: date) -> MonthEnd:
    """Project the month of ``as_of`` to its end.

    Args:
        daily: day → cost; a day that is not in it is unknown.
        as_of: last day to use.

    Raises:
        NotEnoughHistory: not every day is known back to eight weeks before the same day three months ago.
    """
    fewest, most = MONTHS_TESTED
    needed_from = _same_day(as_of, fewest) - timedelta(days=HISTORY_DAYS - 1)
    needed_from = min(needed_from, _same_day(as_of, fewest).replace(day=1))
    known_from = _known_from(daily, as_of)
    if known_from is None or known_from > needed_from:
        raise NotEnoughHistory(needed_from, known_from)
    to_date, projected = _project(daily, as_of)
    errors: list[tuple[date, float]] = []
    for months in range(1, most + 1):
        day = _same_day(as_of, months)
        if min(day - timedelta(days=HISTORY_DAYS - 1), day.replace(day=1)) < known_from:
            break
        actual = sum(daily[each] for each in _days(day.replace(day=1), _month_end(day)))
        errors.append((day.replace(day=1), actual - _project(daily, day)[1]))
    sizes = [error for _, error in errors]
    return MonthEnd(
        to_date=to_date,
        projected=projected,
        expected=projected + median(sizes),
        low=projected + min(sizes),
        high=projected + max(sizes),
        errors=tuple(errors),
        as_of=as_of,
    )


def _project(daily: Mapping[date, float], day: date) -> tuple[float, float]:
    to_date = sum(daily[each] for each in _days(day.replace(day=1), day))
    history = _days(day - timedelta(days=HISTORY_DAYS - 1), day)
    usual = {weekday: median(daily[d] for d in history if d.weekday() == weekday) for weekday in range(7)}
    rest = _days(day + timedelta(days=1), _month_end(day))
    return to_date, to_date + sum(usual[each.weekday()] for each in rest)


def _known_from(daily: Mapping[date, float], as_of: date) -> date | None:
    """First day of the unbroken run of known days that ends at ``as_of``."""
    day = as_of
    while day in daily:
        day -= timedelta(days=1)
    return None if day == as_of else day + timedelta(days=1)


def _same_day(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier; the last one of a shorter month, and month end for month end."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, length if day == _month_end(day) else min(day.day, length))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
