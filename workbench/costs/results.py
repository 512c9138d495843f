"""What the questions of this room answer with: frozen, with money as ``Decimal`` and rows as ``pyarrow.Table``.

Money columns are ``decimal128(38, 12)`` in the view's currency; percentages are 0-100; None (null) is unknown, never
zero. Every result carries the queries it came from ("show the query").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa

from workbench.engines import Query
from workbench.formats import plural
from workbench.schema.model import MONEY_SCALE

__all__ = [
    "MONEY",
    "Breakdown",
    "Change",
    "LinesPage",
    "OtherRow",
    "Series",
    "Totals",
    "Tree",
    "Values",
    "change_of",
    "unknown_cost",
]

MONEY = pa.decimal128(38, MONEY_SCALE)
"""Arrow type of every money column."""


@dataclass(frozen=True, slots=True)
class Change:
    """Current and compared cost.

    Attributes:
        current: cost of the period; zero without charge lines, None when no line states a cost on this basis.
        previous: the same of the comparison, or what was planned for the period; None also when there is neither, or
            data does not cover it.
        delta: current - previous; None when either is.
        percent: delta in percent of previous; None unless previous is above zero.
    """

    current: Decimal | None
    previous: Decimal | None
    delta: Decimal | None
    percent: Decimal | None


def change_of(current: Decimal | None, previous: Decimal | None) -> Change:
    """The change between two costs."""
    if current is None or previous is None:
        return Change(current, previous, None, None)
    delta = current - previous
    return Change(current, previous, delta, delta / previous * 100 if previous > 0 else None)


def unknown_cost(lines: int, where: str = "") -> str:
    """What is said beside figures that leave out charge lines without a cost."""
    return f"Cannot tell the cost of {plural(lines, 'charge line')}{where}: the bill states none on this basis"


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of the whole view.

    Attributes:
        change: cost against the comparison.
        lines: charge lines in the period (a spread fee counts on its first day).
        previous_lines: charge lines in the comparison; None without one.
        lines_without_basis: lines of the period that state no cost on this basis: their cost cannot be told.
        previous_lines_without_basis: the same in the comparison.
        unknown: why the change cannot be told, or None.
        queries: in the order they ran.
    """

    change: Change
    lines: int
    previous_lines: int | None
    lines_without_basis: int
    previous_lines_without_basis: int
    unknown: str | None
    queries: tuple[Query, ...]

    @property
    def cost(self) -> Decimal | None:
        """Cost of the period; None when no line states one on this basis."""
        return self.change.current

    @property
    def notices(self) -> tuple[str, ...]:
        """What must be said beside these figures."""
        said = []
        for lines, where in (
            (self.lines_without_basis, "this period"),
            (self.previous_lines_without_basis, "the comparison"),
        ):
            if lines:
                said.append(unknown_cost(lines, f" in {where}"))
        return tuple(said)


@dataclass(frozen=True, slots=True)
class Series:
    """Cost over time, at most five groups and Other.

    Attributes:
        table: ``bucket`` (date, first day), ``key`` (text, null: without a value or Other), ``label`` (text), ``other``
            (bool), ``cost``, ``cumulative`` (both decimal). Every bucket of the period times every group, groups in
            order of size, Other last. A bucket on whose days the bill has no charge at all is null, not zero.
        groups: (key, label, other) in the order of the table.
        previous: the comparison laid over the buckets by position: ``bucket`` (null beyond the last bucket of the
            period), ``compared`` (first day of the bucket compared), ``cost``, ``cumulative``; or what was planned
            for the shown days of each bucket; empty without either.
        partial_buckets: first days of buckets of which the period or the bill covers only a part.
        total: sum of the cost column (unknown costs left out); equals ``Totals.cost``.
        queries: in the order they ran.
    """

    table: pa.Table
    groups: tuple[tuple[str | None, str, bool], ...]
    previous: pa.Table
    partial_buckets: tuple[date, ...]
    total: Decimal
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class OtherRow:
    """The groups a table leaves out, as one row."""

    groups: int
    change: Change
    lines: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Cost by group, largest first.

    Attributes:
        table: per grouping dimension n (1 first): ``key_n`` (null: without a value) and ``label_n``; then ``cost``,
            ``previous``, ``delta`` (decimal), ``delta_percent``, ``share`` (double; percent of the total, negative for
            credits, null unless the total is above zero), ``state`` (``new``, ``gone``, ``both``; null when it cannot
            be told), ``lines`` (integer) and ``spark`` (list of double, one a bucket of ``spark_buckets``).
        by: the grouping dimensions.
        other: the groups beyond the limit; None when all are shown.
        groups: number of all groups.
        shown: number of groups in the table.
        coverage: percent of absolute cost that is in the table (equals percent of cost when none is negative).
        change: the whole view: sum of the rows and Other; equals ``Totals.change``. Only the whole has a budget.
        spark_buckets: first days of the sparkline's buckets.
        queries: in the order they ran.
    """

    table: pa.Table
    by: tuple[str, ...]
    other: OtherRow | None
    groups: int
    shown: int
    coverage: float | None
    change: Change
    spark_buckets: tuple[date, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Cost as a hierarchy for a treemap.

    Attributes:
        table: ``id`` (unique text), ``parent`` (id, empty at the top), ``label``, ``key`` (null: without a value or
            Other), ``level`` (1 outermost), ``other`` (bool), ``cost`` (decimal), ``share`` (double, percent). The
            children of a node add up to it, the top nodes to ``total``.
        by: the grouping dimensions.
        total: equals ``Totals.cost``.
        queries: in the order they ran.
    """

    table: pa.Table
    by: tuple[str, ...]
    total: Decimal
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """Values of one dimension for a picker, largest cost of the period first.

    Attributes:
        table: ``value`` (null: without a value), ``label``, ``cost``, ``lines``.
        total: number of values that match the search, shown or not.
        query: the query.
    """

    table: pa.Table
    total: int
    query: Query


@dataclass(frozen=True, slots=True)
class LinesPage:
    """Some charge lines of the view, largest absolute cost first.

    Attributes:
        table: columns of ``charge_days`` (``explore.LINE_COLUMNS``).
        total: number of lines in the view; a spread fee has one a day here.
        offset: position of the first line of this page.
        query: the query.
    """

    table: pa.Table
    total: int
    offset: int
    query: Query
