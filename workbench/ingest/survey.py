"""The first pass over a file: rows, control totals from the raw columns, and every check, counted at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from workbench.ingest.failures import RefusedRows
from workbench.ingest.lines import line_of_data_rows
from workbench.ingest.readers.base import Check, Probe, Projection
from workbench.ingest.report import RejectedRow, Totals

__all__ = ["Survey", "refuse_bad_rows", "survey"]

_SHOWN_ROWS = 20
_VALUE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first pass found: ``totals`` of the source, and per check and per rule the rows that break it."""

    rows: int
    totals: Totals
    broken: tuple[tuple[Check, int], ...]
    broken_rules: tuple[tuple[str, int], ...]

    @property
    def fatal(self) -> tuple[Check, ...]:
        """Checks that refuse the file."""
        return tuple(check for check, _ in self.broken if check.fatal)


def survey(connection: duckdb.DuckDBPyConnection, probe: Probe, projection: Projection) -> Survey:
    """Read the file once and count.

    Raises:
        duckdb.Error: the file cannot be read to its end.
    """
    checks = projection.checks
    rules = sorted({check.rule for check in checks if check.rule})
    counted = [f"sum({sql})" for sql in projection.controls.values()]
    counted += [f"count_if({check.bad})" for check in checks]
    counted += [
        f"count_if({' OR '.join(f'({check.bad})' for check in checks if check.rule == rule)})" for rule in rules
    ]
    columns = ", ".join([f"{projection.currency} AS currency", "count(*)", *counted])
    groups = connection.execute(f"SELECT {columns} FROM {probe.relation} GROUP BY 1").fetchall()
    costs = list(projection.controls)
    first_check, first_rule = 2 + len(costs), 2 + len(costs) + len(checks)
    totals: dict[str, dict[str, Decimal | None]] = {
        str(group[0]): dict(zip(costs, group[2:first_check], strict=True)) for group in sorted(groups, key=str)
    }
    counts = [sum(group[position] for group in groups) for position in range(first_check, first_rule + len(rules))]
    return Survey(
        sum(group[1] for group in groups),
        totals,
        tuple((check, count) for check, count in zip(checks, counts, strict=False) if count),
        tuple((rule, count) for rule, count in zip(rules, counts[len(checks) :], strict=True) if count),
    )


def refuse_bad_rows(connection: duckdb.DuckDBPyConnection, probe: Probe, found: Survey) -> None:
    """Raise when a fatal check is broken, with the first rows that break one.

    Raises:
        RefusedRows: names the file, the first row, its column and value, and how many rows there are in all.
    """
    fatal = found.fatal
    if not fatal:
        return
    cells = _bad_cells(connection, probe, fatal)
    if probe.kind == "csv":
        lines = line_of_data_rows(probe, {row for row, *_ in cells})
        cells = [(lines[row], column, value, reason) for row, column, value, reason in cells]
    rows = tuple(RejectedRow(*cell) for cell in cells)
    first = rows[0]
    total = max(count for check, count in found.broken if check.fatal)
    value = f" {first.value!r}" if first.value else ""
    more = f" (and {total - 1:,} more such rows)" if total > 1 else ""
    place = "line" if probe.kind == "csv" else "row"
    raise RefusedRows(
        f"{probe.label}: {place} {first.row_number}, column {first.column}:{value} {first.reason}{more}",
        hint="Correct the file at its source and load it again; nothing of it was loaded",
        rows=rows,
    )


def _bad_cells(
    connection: duckdb.DuckDBPyConnection, probe: Probe, checks: Sequence[Check]
) -> list[tuple[int, str, str | None, str]]:
    """The first bad cells in file order: row (first = 1), column, value, reason."""
    number = "file_row_number + 1" if probe.kind == "parquet" else "row_number() OVER ()"
    flags = ", ".join(f"{check.bad} AS bad_{i}" for i, check in enumerate(checks))
    values = ", ".join(
        f"left(CAST({check.value} AS VARCHAR), {_VALUE_LENGTH}) AS value_{i}" for i, check in enumerate(checks)
    )
    some = " OR ".join(f"bad_{i}" for i in range(len(checks)))
    [(ordered,)] = connection.execute("SELECT current_setting('preserve_insertion_order')").fetchall()
    connection.execute("SET preserve_insertion_order = true")  # row numbers are those of the file
    try:
        rows = connection.execute(
            f"SELECT * FROM (SELECT {number} AS n, {flags}, {values}"
            f" FROM {probe.relation_with(row_numbers=True)}) WHERE {some} ORDER BY n LIMIT {_SHOWN_ROWS}"
        ).fetchall()
    finally:
        connection.execute(f"SET preserve_insertion_order = {str(ordered).lower()}")
    size = len(checks)
    return [
        (row[0], check.column, row[1 + size + i], check.reason)
        for row in rows
        for i, check in enumerate(checks)
        if row[1 + i]
    ][:_SHOWN_ROWS]
