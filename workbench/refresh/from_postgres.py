"""A snapshot that is a copy of a PostgreSQL database, row for row.

Everything is read in one transaction. Charges of source files that have not changed since the served snapshot was taken
from the same database are kept; those of new, changed or removed files are read or dropped. Before the snapshot is
published, its counts and its totals per source file and currency are compared with those of the database.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import pyarrow as pa

from workbench.errors import Conflict, DataError
from workbench.progress import Progress
from workbench.refresh.database import COPIED, Contents, Database, SourceTotals, open_database
from workbench.schema import Kind, Table, duckdb_type, table
from workbench.schema.charges import COSTS
from workbench.schema.model import quote
from workbench.schema.tables import SCHEMA_VERSION
from workbench.settings import Settings
from workbench.snapshot import Manifest, SnapshotBuild, SnapshotStore

__all__ = ["DatabaseResult", "refresh_from_postgres"]


@dataclass(frozen=True, slots=True)
class DatabaseResult:
    """What a refresh from a database did.

    Attributes:
        server: database and host.
        snapshot_id: the new snapshot; None when the served one is that copy already.
        rows_read: charge lines read.
        rows_kept: charge lines of unchanged files kept from the served snapshot.
        seconds: how long it took.
    """

    server: str
    snapshot_id: str | None
    rows_read: int
    rows_kept: int
    seconds: float


def refresh_from_postgres(
    url: str, settings: Settings, progress: Progress, *, full: bool = False, replace: bool = False
) -> DatabaseResult:
    """Make the served snapshot a copy of the database.

    Args:
        url: connection string; read access is enough.
        settings: where the snapshots are.
        progress: told of each table.
        full: read everything again, also what has not changed.
        replace: do it even where the served snapshot holds bills that were not taken from this database.

    Raises:
        DatabaseUnreachable: it does not answer, or went away; the served snapshot stays.
        CannotRun: tables or columns are missing there, by name.
        Conflict: the served snapshot is not a copy of this database and holds charges.
        DataError: what arrived is not what the database said; nothing is published.
        SnapshotBusy, StorageError: as in :meth:`SnapshotStore.build`.
    """
    started = time.perf_counter()
    store = SnapshotStore(settings)
    with open_database(url) as database:
        progress.step(f"Look at {database.server}")
        contents = database.contents()
        served = _served(store)
        copy = served is not None and served.origin.get("server") == database.server
        if copy and served is not None and served.origin.get("mark") == contents.mark and not full:
            return DatabaseResult(database.server, None, 0, 0, time.perf_counter() - started)
        if served is not None and not copy and served.rows.get("charges") and not replace:
            raise Conflict(
                f"The served snapshot holds bills that were not taken from {database.server}",
                detail=f"Snapshot {served.id} would give way to a copy of the database",
                hint="Run it again with --replace, or use another folder with WORKBENCH_HOME",
            )
        fresh = full or not copy or (served is not None and served.schema_version != SCHEMA_VERSION)
        with store.build(progress, fresh=fresh) as build:
            changed = _changed(build, contents)
            kept = _drop_charges(build.connection, changed)
            read = _copy(build.connection, database, contents, changed, progress)
            progress.step("Compare with the database")
            _check(build.connection, contents)
            manifest = build.publish(
                note=f"copy of {database.server}", origin={"server": database.server, "mark": contents.mark}
            )
    return DatabaseResult(database.server, manifest.id, read, kept, time.perf_counter() - started)


def _served(store: SnapshotStore) -> Manifest | None:
    served = store.served_id()
    return next((manifest for manifest in store.list() if manifest.id == served), None)


def _totals(connection: duckdb.DuckDBPyConnection) -> tuple[SourceTotals, ...]:
    sums = ", ".join(f"sum({cost})" for cost in COSTS)
    found = connection.sql(
        f"SELECT x_source_id, billing_currency, count(*), {sums} FROM charges GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    return tuple(SourceTotals(source, currency, lines, tuple(costs)) for source, currency, lines, *costs in found)


def _changed(build: SnapshotBuild, contents: Contents) -> frozenset[int]:
    """Source files to read: their lines or totals differ, or their version does; also those gone from the database."""
    return frozenset(one.source_id for one in set(_totals(build.connection)) ^ set(contents.totals))


def _drop_charges(connection: duckdb.DuckDBPyConnection, sources: frozenset[int]) -> int:
    if sources:
        connection.execute(f"DELETE FROM charges WHERE x_source_id IN ({_listed(sources)})")
    [(kept,)] = connection.sql("SELECT count(*) FROM charges").fetchall()
    return int(kept)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    database: Database,
    contents: Contents,
    changed: frozenset[int],
    progress: Progress,
) -> int:
    lines = sum(one.lines for one in contents.totals if one.source_id in changed)
    progress.step("Read the database", total=lines + sum(n for name, n in contents.rows.items() if name != "charges"))
    for declared in COPIED:
        if declared.name == "charges":
            continue
        connection.execute(f"DELETE FROM {quote(declared.name)}")
        if contents.rows[declared.name]:
            _insert(connection, database, declared, "", progress)
    if lines:
        everything = lines == contents.rows["charges"]
        where = "" if everything else f" WHERE x_source_id IN ({_listed(changed)})"
        _insert(connection, database, table("charges"), where, progress)
    return lines


def _insert(
    connection: duckdb.DuckDBPyConnection, database: Database, declared: Table, where: str, progress: Progress
) -> None:
    incoming = _counted(database.read(declared, where), declared.name, progress)
    columns = ", ".join(
        f"CAST({quote(column.name)} AS {duckdb_type(column.kind)})" if column.kind is Kind.MONEY else quote(column.name)
        for column in declared.columns
    )
    connection.register("incoming", incoming)
    try:
        connection.execute(f"INSERT INTO {quote(declared.name)} SELECT {columns} FROM incoming")
    finally:
        connection.unregister("incoming")


def _counted(reader: pa.RecordBatchReader, name: str, progress: Progress) -> pa.RecordBatchReader:
    """The same batches; ``progress`` hears of each."""

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            progress.advance(batch.num_rows, detail=name)
            yield batch

    return pa.RecordBatchReader.from_batches(reader.schema, batches())


def _check(connection: duckdb.DuckDBPyConnection, contents: Contents) -> None:
    problems = []
    for name, expected in contents.rows.items():
        [(rows,)] = connection.sql(f"SELECT count(*) FROM {quote(name)}").fetchall()
        if rows != expected:
            problems.append(f"{name} has {rows} rows, the database {expected}")
    wrong = set(_totals(connection)) ^ set(contents.totals)
    problems += [f"source file {one.source_id} in {one.currency}: {_costs(one.costs)}" for one in _in_order(wrong)]
    if problems:
        raise DataError("The copy is not what the database holds", detail="; ".join(problems[:10]))


def _in_order(totals: Iterable[SourceTotals]) -> list[SourceTotals]:
    return sorted(totals, key=lambda one: (one.source_id, one.currency, one.lines))


def _costs(costs: tuple[Decimal | None, ...]) -> str:
    return ", ".join(f"{name} {cost}" for name, cost in zip(COSTS, costs, strict=True))


def _listed(sources: Iterable[int]) -> str:
    return ", ".join(str(int(source)) for source in sorted(sources))
