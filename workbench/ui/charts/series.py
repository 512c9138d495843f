"""What time charts draw: periods on the x axis, at most five named series and Other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Literal

from workbench.costs.labels import OTHER
from workbench.costs.results import Series as Answer
from workbench.ui.charts.palette import MAX_SERIES

__all__ = ["Comparison", "Grain", "Note", "Series", "TimeSeries", "time_series"]

Grain = Literal["day", "week", "month"]
Amount = Decimal | None

# "Other" is also a FOCUS service category.
ALL_OTHERS = "All others"


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its name as on the bill and one amount a period; None is unknown and leaves a gap."""

    name: str
    values: tuple[Amount, ...]
    other: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Totals of the comparison period, aligned by position with the periods they are compared with."""

    label: str
    periods: tuple[date, ...]
    values: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A ruled line in the chart, numbered as in the list of annotations beside it."""

    day: date
    number: int


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """Amounts over time in one currency.

    ``periods`` are first days in order; ``partial`` names the periods the data covers only in part, with the words
    to show (``partial week``).

    Raises:
        ValueError: more than five named series: fold the others first, a sixth colour cannot be told apart.
    """

    periods: tuple[date, ...]
    series: tuple[Series, ...]
    currency: str
    grain: Grain = "day"
    comparison: Comparison | None = None
    partial: tuple[tuple[date, str], ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        named = sum(not one.other for one in self.series)
        if named > MAX_SERIES:
            raise ValueError(f"{named} series cannot be told apart; the most is {MAX_SERIES} and Other")

    @property
    def totals(self) -> tuple[Amount, ...]:
        """Sum of the series a period; None where every series is unknown."""
        return tuple(_sum(column) for column in zip(*(one.values for one in self.series), strict=True))

    @property
    def total(self) -> Decimal:
        """Sum of everything drawn."""
        return sum((amount for amount in self.totals if amount is not None), Decimal(0))

    @property
    def has_negative(self) -> bool:
        """Whether any amount is below zero, so that stacks grow both ways."""
        return any(amount is not None and amount < 0 for one in self.series for amount in one.values)

    @property
    def empty(self) -> bool:
        """Nothing to draw: the block shows its empty state instead of a chart."""
        return all(amount is None for amount in self.totals)

    def cumulated(self) -> TimeSeries:
        """The running sums; unknown amounts add nothing but keep their gap."""
        comparison = self.comparison
        return replace(
            self,
            series=tuple(replace(one, values=_running(one.values)) for one in self.series),
            comparison=comparison and replace(comparison, values=_running(comparison.values)),
        )


def time_series(
    answer: Answer, *, currency: str, grain: Grain, compared: str = "", notes: tuple[Note, ...] = ()
) -> TimeSeries:
    """The answer of ``costs.explore.series`` as something to draw.

    Args:
        answer: groups over time, at most five and Other.
        currency: ISO code of its amounts.
        grain: width of its buckets.
        compared: legend of the comparison, such as ``Previous month``; empty: do not draw it.
        notes: ruled annotations.
    """
    buckets = answer.table["bucket"].to_pylist()
    periods = tuple(dict.fromkeys(sorted(buckets)))
    cells = {
        (bucket, key, other): cost
        for bucket, key, other, cost in zip(
            buckets,
            answer.table["key"].to_pylist(),
            answer.table["other"].to_pylist(),
            answer.table["cost"].to_pylist(),
            strict=True,
        )
    }
    taken = any(label == OTHER and not other for _, label, other in answer.groups)
    series = tuple(
        Series(ALL_OTHERS if other and taken else label, tuple(cells[bucket, key, other] for bucket in periods), other)
        for key, label, other in answer.groups
    )
    unknown = {
        bucket for bucket in periods if all(cells[bucket, key, other] is None for key, _, other in answer.groups)
    }
    partial = tuple((day, "no data" if day in unknown else f"partial {grain}") for day in answer.partial_buckets)
    return TimeSeries(periods, series, currency, grain, _comparison(answer, compared), partial, notes)


def _comparison(answer: Answer, label: str) -> Comparison | None:
    """The comparison as far as the period reaches; both begin at the first bucket."""
    rows = [row for row in answer.previous.to_pylist() if row["bucket"] and row["compared"]] if label else []
    if not rows:
        return None
    return Comparison(label, tuple(row["compared"] for row in rows), tuple(row["cost"] for row in rows))


def _sum(amounts: Iterable[Amount]) -> Amount:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _running(values: tuple[Amount, ...]) -> tuple[Amount, ...]:
    sums = accumulate(amount if amount is not None else Decimal(0) for amount in values)
    return tuple(None if amount is None else running for amount, running in zip(values, sums, strict=True))
