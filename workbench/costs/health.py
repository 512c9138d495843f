"""Is the bill all there, and is it fresh? Completeness per day and provider, months covered, ages.

A day is judged by its number of charge lines against the same weekday in the weeks around it: cost may be zero on a
quiet day, lines are not. Corrections are left out, because they carry days of closed periods. Pure: an engine in,
frozen results out.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import groupby
from statistics import median

from workbench.engines import Engine, Query

__all__ = [
    "LAST_DAY_SHARE",
    "LOW_SHARE",
    "MIN_USUAL",
    "Completeness",
    "Day",
    "DayState",
    "Freshness",
    "MonthCover",
    "ProviderDays",
    "completeness",
    "day_runs",
    "freshness",
]

LOW_SHARE = 0.5
"""A day with fewer lines than this share of its usual number is marked."""

LAST_DAY_SHARE = 0.9
"""The last day is often delivered in part, so it is marked sooner."""

MIN_USUAL = 10
"""Where fewer lines a day are usual, their number says nothing: such a day is only ever missing or complete."""

_WEEKS_EACH_WAY = 4
_DAILY_SHARE = 0.5  # of the days of the months it bills: a provider below that is not billed by the day


class DayState(Enum):
    """How complete a day looks."""

    COMPLETE = "complete"
    LOW = "fewer lines than usual"
    PARTIAL = "last day, incomplete so far"
    MISSING = "no charges"


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC charge day of one provider.

    ``rows`` counts charge lines of every currency; ``cost`` is the effective cost in the currency asked for, None when
    it has none; ``usual`` is the median number of lines on the same weekday around it, None when there are fewer than
    two such days.
    """

    day: date
    rows: int
    cost: Decimal | None
    usual: float | None
    state: DayState


@dataclass(frozen=True, slots=True)
class MonthCover:
    """How much of a calendar month a provider's charge days cover."""

    provider: str
    month: date
    days: int
    of_days: int
    rows: int


@dataclass(frozen=True, slots=True)
class ProviderDays:
    """Every day between a provider's first and last charge day.

    ``daily`` is False when most days of its billed months have no lines: such a provider is billed by the month or now
    and then, and its empty days are then not called missing.
    """

    provider: str
    days: tuple[Day, ...]
    daily: bool

    def in_state(self, state: DayState) -> tuple[date, ...]:
        """The days in one state, in order."""
        return tuple(day.day for day in self.days if day.state is state)


@dataclass(frozen=True, slots=True)
class Completeness:
    """All providers of the bill, by name."""

    currency: str
    providers: tuple[ProviderDays, ...]
    months: tuple[MonthCover, ...]
    queries: tuple[Query, ...]

    @property
    def gaps(self) -> int:
        """Days of any provider that are missing or low."""
        wrong = (DayState.MISSING, DayState.LOW)
        return sum(len(one.in_state(state)) for one in self.providers for state in wrong)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the data is at the moment it was asked.

    ``last_days`` is (provider, last charge day); ``loaded_at`` is when a file was last loaded, None when none was.
    """

    last_days: tuple[tuple[str, date], ...]
    published_at: datetime
    snapshot_age: timedelta
    loaded_at: datetime | None
    queries: tuple[Query, ...]


def completeness(engine: Engine, currency: str) -> Completeness:
    """Completeness of every charge day.

    Args:
        engine: the snapshot.
        currency: of the costs beside the number of lines.
    """
    query = _days_query(currency)
    rows = engine.run(query).to_pylist()
    providers = tuple(
        _provider_days(provider, [(row["charge_date"], row["row_count"], row["cost"]) for row in group])
        for provider, group in groupby(rows, key=lambda row: str(row["provider"]))
    )
    months = tuple(cover for provider in providers for cover in _months(provider))
    return Completeness(currency, providers, months, (query,))


def freshness(engine: Engine, published_at: datetime, now: datetime) -> Freshness:
    """How old the data is; both times aware UTC."""
    last = engine.run(LAST_DAYS).to_pylist()
    loaded = engine.run(LAST_LOAD).to_pylist()[0]["loaded_at"]
    return Freshness(
        last_days=tuple((row["provider"], row["last_day"]) for row in last),
        published_at=published_at,
        snapshot_age=max(now - published_at, timedelta(0)),
        loaded_at=loaded,
        queries=(LAST_DAYS, LAST_LOAD),
    )


def day_runs(days: Sequence[date]) -> tuple[tuple[date, date], ...]:
    """Consecutive days as (first, last): 3, 4, 5 and 9 October are two runs."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return tuple(runs)


_PROVIDER = "coalesce(provider_name, 'Provider not stated')"
_NOT_CORRECTION = "charge_class IS DISTINCT FROM 'Correction'"

LAST_DAYS = Query(
    "Last charge day by provider",
    f"""
SELECT {_PROVIDER} AS provider, max(charge_date) AS last_day
FROM daily_costs
WHERE {_NOT_CORRECTION} AND charge_count > 0
GROUP BY ALL
ORDER BY provider
""".strip(),
)

LAST_LOAD = Query("Last load", "SELECT max(loaded_at) AS loaded_at FROM source_files WHERE status = 'loaded'")


def _days_query(currency: str) -> Query:
    return Query(
        "Charge lines and cost by day and provider",
        f"""
SELECT
  {_PROVIDER} AS provider,
  charge_date,
  CAST(sum(charge_count) AS BIGINT) AS row_count,
  sum(effective_cost) FILTER (billing_currency = $currency) AS cost
FROM daily_costs
WHERE {_NOT_CORRECTION}
GROUP BY ALL
ORDER BY provider, charge_date
""".strip(),
        (("currency", currency),),
    )


def _provider_days(provider: str, found: Sequence[tuple[date, int, Decimal | None]]) -> ProviderDays:
    by_day = {day: (rows, cost) for day, rows, cost in found}
    # A fee spread into days after the last line does not make them delivered.
    counted = [day for day, (rows, _) in by_day.items() if rows > 0]
    first, last = min(counted, default=found[0][0]), max(counted, default=found[-1][0])
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    rows_of = {day: by_day.get(day, (0, None))[0] for day in span}
    present = [day for day, rows in rows_of.items() if rows]
    billed_months = {(day.year, day.month) for day in present}
    in_billed_months = sum(1 for day in span if (day.year, day.month) in billed_months)
    daily = len(present) >= _DAILY_SHARE * in_billed_months
    days = []
    for day in span:
        usual = _usual(rows_of, day)
        state = _state(rows_of[day], usual, last=day == last) if daily else DayState.COMPLETE
        days.append(Day(day, rows_of[day], by_day.get(day, (0, None))[1], usual, state))
    return ProviderDays(provider, tuple(days), daily)


def _usual(rows_of: dict[date, int], day: date) -> float | None:
    around = [
        rows_of.get(day + timedelta(weeks=week), 0) for week in range(-_WEEKS_EACH_WAY, _WEEKS_EACH_WAY + 1) if week
    ]
    present = [rows for rows in around if rows]
    return float(median(present)) if len(present) >= 2 else None


def _state(rows: int, usual: float | None, *, last: bool) -> DayState:
    if rows == 0:
        return DayState.MISSING
    if usual is None or usual < MIN_USUAL:
        return DayState.COMPLETE
    if last and rows < LAST_DAY_SHARE * usual:
        return DayState.PARTIAL
    if rows < LOW_SHARE * usual:
        return DayState.LOW
    return DayState.COMPLETE


def _months(provider: ProviderDays) -> list[MonthCover]:
    covers = []
    for month, group in groupby(provider.days, key=lambda day: day.day.replace(day=1)):
        days = list(group)
        covers.append(
            MonthCover(
                provider=provider.provider,
                month=month,
                days=sum(1 for day in days if day.rows),
                of_days=calendar.monthrange(month.year, month.month)[1],
                rows=sum(day.rows for day in days),
            )
        )
    return covers
