"""What must be true of a snapshot file before it is published, and when it is verified later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from workbench.engines import connect
from workbench.errors import SnapshotCorrupt
from workbench.schema import TABLES
from workbench.schema.charges import COSTS
from workbench.schema.model import literal, quote
from workbench.settings import Settings

__all__ = ["Contents", "read_file"]

_Totals = dict[str, dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a full read of a snapshot file found.

    Attributes:
        rows: table → rows.
        totals: currency → cost → sum over ``charges`` as decimal text; None when no line has the cost.
        first_day: earliest UTC charge day, None without charges.
        last_day: latest UTC charge day.
        sources: source files whose rows are in it.
    """

    rows: Mapping[str, int]
    totals: Mapping[str, Mapping[str, str | None]]
    first_day: date | None
    last_day: date | None
    sources: int


def read_file(path: Path, settings: Settings, *, tables: Iterable[str] | None = None) -> Contents:
    """Read every column of every table of a file and check that the rollups add up to the charges.

    ``tables``: those the file has; default: all of the present schema.

    DuckDB notices a damaged block only when it reads it, hence every column.

    Raises:
        SnapshotCorrupt: the file cannot be read; or, per currency and cost, ``charges``, ``charge_days``,
            ``daily_costs`` and ``daily_resource_costs`` differ in a sum, to the last decimal, or in the count of lines.
    """
    # Attached to a database of its own: this process may be serving the same file with other settings.
    connection = connect(threads=settings.threads, memory_limit=settings.memory_limit)
    try:
        connection.execute(f"ATTACH {literal(str(path))} AS snapshot (READ_ONLY)")
        connection.execute("USE snapshot")
        return _read(connection, [table.name for table in TABLES] if tables is None else list(tables))
    except duckdb.Error as exc:
        raise SnapshotCorrupt(f"Snapshot {path.stem} cannot be read", detail=str(exc).splitlines()[0]) from exc
    finally:
        connection.close()


def _read(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> Contents:
    rows = {name: _scan(connection, name) for name in tables}
    charges, lines = _totals(connection, "charges", "count(*)")
    for relation, count in (
        ("charge_days", "count(*) FILTER (charge_date = CAST(charge_period_start AS DATE))"),
        ("daily_costs", "sum(charge_count)"),
        ("daily_resource_costs", "sum(charge_count)"),
    ):
        _compare(relation, *_totals(connection, relation, count), charges, lines)
    [(first, last)] = connection.sql("SELECT min(charge_date), max(charge_date) FROM daily_costs").fetchall()
    [(sources,)] = connection.sql("SELECT count(*) FROM source_files WHERE status = 'loaded'").fetchall()
    return Contents(rows, charges, first, last, sources)


def _scan(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    # any_value reads each vector yet does next to nothing with it; count(column) would be answered from statistics.
    [(rows, *_)] = connection.sql(f"SELECT count(*), any_value(COLUMNS(*)) FROM {quote(table)}").fetchall()
    return int(rows)


def _totals(connection: duckdb.DuckDBPyConnection, relation: str, count: str) -> tuple[_Totals, dict[str, int]]:
    sums = ", ".join(f"CAST(sum({cost}) AS VARCHAR)" for cost in COSTS)
    found = connection.sql(
        f"SELECT billing_currency, CAST({count} AS BIGINT), {sums} FROM {relation} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    totals = {currency: dict(zip(COSTS, costs, strict=True)) for currency, _, *costs in found}
    return totals, {currency: lines for currency, lines, *_ in found}


def _compare(relation: str, totals: _Totals, lines: dict[str, int], expected: _Totals, counted: dict[str, int]) -> None:
    problems = [
        f"{relation} has {cost} {totals.get(currency, {}).get(cost)} {currency}, charges has {costs[cost]}"
        for currency, costs in expected.items()
        for cost in COSTS
        if totals.get(currency, {}).get(cost) != costs[cost]
    ]
    if lines != counted:
        problems.append(f"{relation} counts {lines} lines, charges has {counted}")
    if problems:
        raise SnapshotCorrupt("A rollup does not add up to the charges", detail="; ".join(problems))
