"""What time charts draw: periods on the x axis, at most five named series and the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Literal

import pyarrow as pa

from workbench.ui.charts.palette import MAX_SERIES

__all__ = ["Comparison", "Grain", "Note", "Series", "TimeSeries", "time_series"]

Grain = Literal["day", "week", "month"]
Amount = Decimal | None


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its name as on the bill and one amount a period; None is unknown and leaves a gap."""

    name: str
    values: tuple[Amount, ...]
    rest: bool = False


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
    to show (``20 of 30 days``).
    """

    periods: tuple[date, ...]
    series: tuple[Series, ...]
    currency: str
    grain: Grain = "day"
    comparison: Comparison | None = None
    partial: tuple[tuple[date, str], ...] = ()
    notes: tuple[Note, ...] = ()

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
    table: pa.Table,
    *,
    currency: str,
    grain: Grain = "day",
    period: str = "period",
    name: str = "name",
    value: str = "cost",
    rest: str | None = None,
    comparison: Comparison | None = None,
    partial: tuple[tuple[date, str], ...] = (),
    notes: tuple[Note, ...] = (),
) -> TimeSeries:
    """A long table (one row a period and name) as series, largest first, the sixth and later folded into the rest.

    Args:
        table: columns ``period`` (date), ``name`` (text) and ``value`` (decimal); several rows of one cell are added.
        currency: ISO code of the amounts.
        grain: length of a period.
        period: column of the first day.
        name: column of the series name.
        value: column of the amounts.
        rest: a name that already is the sum of what is not shown; it stays grey and last.
        comparison: totals of the comparison period.
        partial: incomplete periods and the words for them.
        notes: ruled annotations.
    """
    rows = zip(table[period].to_pylist(), table[name].to_pylist(), table[value].to_pylist(), strict=True)
    cells: dict[str, dict[date, Amount]] = {}
    for day, series_name, amount in rows:
        row = cells.setdefault(series_name, {})
        row[day] = _sum((row.get(day), amount))
    periods = tuple(sorted({day for row in cells.values() for day in row}))
    named = sorted((key for key in cells if key != rest), key=lambda key: (-_size(cells[key].values()), key))
    shown, folded = named[:MAX_SERIES], named[MAX_SERIES:]
    # A name without a row in a period that others have was charged nothing; a row without an amount is unknown.
    result = [Series(key, tuple(cells[key].get(day, Decimal(0)) for day in periods)) for key in shown]
    remainder = [*folded, *([rest] if rest in cells else [])]
    if remainder:
        label = rest if rest in cells else f"Other ({len(folded)})"
        values = tuple(_sum(cells[key].get(day, Decimal(0)) for key in remainder) for day in periods)
        result.append(Series(label or "", values, rest=True))
    return TimeSeries(periods, tuple(result), currency, grain, comparison, partial, notes)


def _sum(amounts: Iterable[Amount]) -> Amount:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _size(amounts: Iterable[Amount]) -> Decimal:
    return sum((abs(amount) for amount in amounts if amount is not None), Decimal(0))


def _running(values: tuple[Amount, ...]) -> tuple[Amount, ...]:
    sums = accumulate(amount if amount is not None else Decimal(0) for amount in values)
    return tuple(None if amount is None else sum_ for amount, sum_ in zip(values, sums, strict=True))
