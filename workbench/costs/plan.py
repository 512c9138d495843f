"""From a resolved view to SQL: which table answers, which rows count, which expression is a group.

The smallest table that has every dimension of the question is used: ``daily_costs`` (rollup), then
``daily_resource_costs``, then ``charge_days`` (every charge line on its day). All three agree on every total, because
the rollups are sums of ``charge_days``.

Identifiers come only from ``dimensions.py`` and ``workbench/schema``; every value, tag keys included, is a parameter.
A :class:`Statement` collects them; equal questions give equal text and parameters, whatever the order of filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from workbench.costs.dimensions import Dimension, dimension, is_dimension
from workbench.costs.view import Filter, Period
from workbench.engines import Query
from workbench.engines.base import Value
from workbench.schema import Kind, duckdb_type

if TYPE_CHECKING:
    from workbench.costs.resolve import ResolvedView

__all__ = ["CHARGE_LINES", "MONEY_TYPE", "Statement", "choose_table", "containing"]

CHARGE_LINES = "charge_days"
MONEY_TYPE = duckdb_type(Kind.MONEY)


def choose_table(keys: Iterable[str], promoted: Iterable[str]) -> str:
    """The smallest table that has every dimension in ``keys``; ``promoted`` are the tag keys in ``daily_costs``."""
    dimensions = [dimension(key) for key in keys if is_dimension(key)]
    kept = set(promoted)
    if all(item.daily or item.tag in kept for item in dimensions):
        return "daily_costs"
    if all(item.resource_daily for item in dimensions):
        return "daily_resource_costs"
    return CHARGE_LINES


def containing(text: str) -> str:
    """Pattern for ``LOWER(x) LIKE ... ESCAPE '\\'``: ``text`` anywhere, in any case, ``%`` and ``_`` as they are."""
    plain = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


class Statement:
    """One statement in the making, over the table that answers ``keys`` together with the filters of ``view``.

    Args:
        view: resolved view; its currency and filters restrict the rows.
        keys: further dimensions the question needs (groups).
        table: use this table whatever the dimensions, for questions that need charge lines.
        without: a dimension whose filters are left out (pickers list its other values too).
        without_cost: keep only the rows that state no cost on the view's basis.
    """

    def __init__(
        self,
        view: ResolvedView,
        keys: Iterable[str] = (),
        *,
        table: str | None = None,
        without: str | None = None,
        without_cost: bool = False,
    ) -> None:
        self._view = view
        self._without_cost = without_cost
        self._filters = tuple(item for item in view.spec.filters if item.dimension != without)
        self._promoted = dict(view.promoted)
        self._params: dict[str, Value] = {}
        needed = [*keys, *(item.dimension for item in self._filters)]
        self.table = table or choose_table(needed, self._promoted)

    @property
    def lines(self) -> str:
        """Expression: number of charge lines."""
        if self.table == CHARGE_LINES:
            # A spread fee has a row a day in charge_days but is one line: it counts on its first day.
            return "COUNT(*) FILTER (WHERE charge_date = CAST(charge_period_start AS DATE))"
        return "CAST(COALESCE(SUM(charge_count), 0) AS BIGINT)"

    @property
    def cost(self) -> str:
        """Column of the shown cost."""
        return self._view.basis.column

    def bind(self, value: Value) -> str:
        """A placeholder for ``value``; the same value (of the same type) has the same placeholder."""
        for name, known in self._params.items():
            if known == value and type(known) is type(value):
                return f"${name}"
        name = f"p{len(self._params) + 1}"
        self._params[name] = value
        return f"${name}"

    def column(self, key: str) -> str:
        """Expression of a dimension in the chosen table."""
        item = dimension(key)
        if item.tag is None:
            return item.column
        position = self._promoted.get(item.tag)
        if position is not None and self.table == "daily_costs":
            return f"tag_{position}"
        return self._tag_member(item)

    def within(self, period: Period) -> str:
        """Condition: the charge day lies in ``period``."""
        return f"charge_date BETWEEN {self._day(period.first)} AND {self._day(period.last)}"

    def where(self, *periods: Period) -> str:
        """Condition: the currency, one of ``periods`` (none: any day), and every filter of the view."""
        parts = [f"billing_currency = {self.bind(self._view.currency)}"]
        if periods:
            parts.append(self._any(self.within(period) for period in periods))
        if self._without_cost:
            parts.append(f"{self.cost} IS NULL")
        if self._view.matches_nothing:
            parts.append("FALSE")
        else:
            parts.extend(self._conditions())
        return " AND ".join(parts)

    def where_now(self) -> str:
        """Condition of the rows of the period shown."""
        return self.where(self._view.period)

    def compared(self, keys: Sequence[str] = ()) -> str:
        """Common table expression ``compared``: groups of ``keys`` (``key_1``, ...) with the figures of both periods.

        Columns: ``cost`` and ``previous`` (zero without rows, null when no row states a cost), ``is_now`` and
        ``was_before`` (whether the period has any row of the group), ``lines`` and ``previous_lines``. Two narrow scans
        read less than one over both periods, because the tables are in order of days.
        """
        names = [f"key_{n}" for n in range(1, len(keys) + 1)]
        expressions = [f"{self.column(key)} AS {name}" for key, name in zip(keys, names, strict=True)]
        grouping = f" GROUP BY {', '.join(str(n) for n in range(1, len(keys) + 1))}" if keys else ""
        comparison = self._view.comparison
        periods = [("TRUE", self._view.period), *([("FALSE", comparison.period)] if comparison else [])]
        scans = [
            f"SELECT {', '.join([*expressions, f'{flag} AS is_now', f'SUM({self.cost}) AS cost'])},"
            f" {self.lines} AS lines, COUNT(*) AS charge_rows FROM {self.table} WHERE {self.where(period)}{grouping}"
            for flag, period in periods
        ]
        figures = [
            f"CASE WHEN {self._rows_of(flag)} > 0 THEN SUM(cost) FILTER (WHERE {flag})"
            f" ELSE CAST(0 AS {MONEY_TYPE}) END AS {name}"
            for flag, name in (("is_now", "cost"), ("NOT is_now", "previous"))
        ]
        figures += [f"{self._rows_of('is_now')} > 0 AS is_now", f"{self._rows_of('NOT is_now')} > 0 AS was_before"]
        figures += [
            f"CAST(COALESCE(SUM(lines) FILTER (WHERE {flag}), 0) AS BIGINT) AS {name}"
            for flag, name in (("is_now", "lines"), ("NOT is_now", "previous_lines"))
        ]
        union = "\n  UNION ALL\n  ".join(scans)
        return (
            f"scans AS (\n  {union}\n), compared AS (\n"
            f"  SELECT {', '.join([*names, *figures])}\n  FROM scans{grouping}\n)"
        )

    def wanted(self, keys: Sequence[str], groups: Iterable[tuple[int, Sequence[str | None]]]) -> tuple[str, str]:
        """A table ``wanted`` of chosen groups (``place``, ``key_1``, ...) and the condition that joins rows to it."""
        texts = [
            f"({', '.join([str(place), *(f'CAST({self.bind(value)} AS VARCHAR)' for value in values)])})"
            for place, values in groups
        ]
        names = [f"key_{n}" for n in range(1, len(keys) + 1)]
        matches = " AND ".join(
            f"{self.column(key)} IS NOT DISTINCT FROM wanted.{name}" for key, name in zip(keys, names, strict=True)
        )
        return f"(VALUES {', '.join(texts)}) AS wanted({', '.join(['place', *names])})", matches

    def query(self, title: str, sql: str) -> Query:
        """The finished query."""
        return Query(title, sql, tuple(self._params.items()))

    def _conditions(self) -> list[str]:
        by_dimension: dict[str, list[Filter]] = {}
        for item in self._filters:
            by_dimension.setdefault(item.dimension, []).append(item)
        conditions = []
        for key in sorted(by_dimension):
            column = self.column(key)
            positive = [item.value for item in by_dimension[key] if not item.negated]
            negative = [item.value for item in by_dimension[key] if item.negated]
            if positive:
                conditions.append(self._any(self._is(column, positive)))
            if None in negative:
                conditions.append(f"{column} IS NOT NULL")
            unwanted = sorted(value for value in negative if value is not None)
            if unwanted:
                # Null-safe: leaving out team=web keeps the charges without a team.
                conditions.append(f"({column} IS NULL OR {column} NOT IN ({self._list(unwanted)}))")
        return conditions

    def _is(self, column: str, values: list[str | None]) -> list[str]:
        wanted = sorted(value for value in values if value is not None)
        parts = [f"{column} IN ({self._list(wanted)})"] if wanted else []
        if None in values:
            parts.append(f"{column} IS NULL")
        return parts

    def _tag_member(self, item: Dimension) -> str:
        # A JSON pointer has no wildcards, so any key is plain after these two escapes (RFC 6901).
        pointer = "/" + str(item.tag).replace("~", "~0").replace("/", "~1")
        # A text that is not JSON carries no tags, as in the rollup; extracting from it would fail the query.
        return f"json_extract_string(CASE WHEN json_valid(tags) THEN tags END, {self.bind(pointer)})"

    def _list(self, values: list[str]) -> str:
        return ", ".join(self.bind(value) for value in values)

    def _day(self, day: date) -> str:
        return f"CAST({self.bind(day)} AS DATE)"

    @staticmethod
    def _rows_of(flag: str) -> str:
        return f"COALESCE(SUM(charge_rows) FILTER (WHERE {flag}), 0)"

    @staticmethod
    def _any(parts: Iterable[str]) -> str:
        alternatives = list(parts)
        return alternatives[0] if len(alternatives) == 1 else f"({' OR '.join(alternatives)})"
