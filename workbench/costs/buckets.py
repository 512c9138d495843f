"""Days, weeks and months of a period, and on which of its days the bill has charges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workbench.costs.view import Grain, Period
from workbench.engines import Engine, Query

__all__ = ["bucket_sql", "buckets_of", "days_with_charges", "first_day", "spark_grain"]


def bucket_sql(grain: Grain) -> str:
    """Expression: first day of the bucket a charge day is in."""
    return "charge_date" if grain is Grain.DAY else f"CAST(DATE_TRUNC('{grain.value}', charge_date) AS DATE)"


def first_day(day: date, grain: Grain) -> date:
    """First day of the bucket ``day`` is in; weeks begin on Monday."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return day - timedelta(days=day.weekday())
        case Grain.MONTH:
            return day.replace(day=1)


def buckets_of(period: Period, grain: Grain) -> list[Period]:
    """Every bucket that touches ``period``, whole (the outer ones may reach beyond it)."""
    return list(_buckets(period, grain))


def _buckets(period: Period, grain: Grain) -> Iterator[Period]:
    first = first_day(period.first, grain)
    while first <= period.last:
        # 31 days on is always in the next month.
        step = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 31}[grain]
        following = first_day(first + timedelta(days=step), grain)
        yield Period(first, following - timedelta(days=1))
        first = following


def spark_grain(period: Period) -> Grain:
    """The finest grain that gives a sparkline at most about 50 points."""
    return Grain.DAY if period.days <= 45 else Grain.WEEK if period.days <= 350 else Grain.MONTH


def days_with_charges(engine: Engine, period: Period) -> tuple[frozenset[date], Query]:
    """Days of ``period`` on which the bill has any charge line, whatever the filters and currency.

    A day without one is unknown, not zero: the export may be incomplete.
    """
    query = Query(
        "Days with charges",
        "SELECT DISTINCT charge_date FROM daily_costs WHERE charge_count > 0"
        " AND charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE)",
        (("first", period.first), ("last", period.last)),
    )
    return frozenset(engine.run(query).column("charge_date").to_pylist()), query
