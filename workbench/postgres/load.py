"""Copy a snapshot into PostgreSQL: beside the tables being read, checked, then swapped in with one rename.

The tables are filled in a schema of their own. Readers go on with the old ones until the new ones have the rows and
totals of the snapshot's manifest; then the schemas change names in one transaction. A load that dies leaves only that
private schema, which the next one drops. An advisory lock keeps two loads apart.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as adbc
import duckdb
import psycopg

from workbench import clock
from workbench.engines import SCHEMA, connect, connect_postgres, server_label
from workbench.errors import CannotRun, Conflict, DatabaseUnreachable, DataError
from workbench.postgres.ddl import PARTITIONED, init_statements, load_order, month_partition
from workbench.postgres.served import ServedLoad, served_load
from workbench.progress import Progress
from workbench.schema import Kind, table
from workbench.schema.charges import COSTS
from workbench.schema.model import literal, quote
from workbench.schema.tables import SCHEMA_VERSION
from workbench.settings import Settings
from workbench.snapshot import Manifest

__all__ = ["LoadResult", "load_snapshot"]

_NEXT = f"{SCHEMA}_next"
_OLD = f"{SCHEMA}_old"
_LOCK = 6_277_101_735  # any number, the same for every load
_BATCH = 50_000

_DEPENDENT_VIEWS = """
SELECT DISTINCT outside.nspname || '.' || view.relname
FROM pg_depend
JOIN pg_rewrite ON pg_rewrite.oid = pg_depend.objid AND pg_depend.classid = 'pg_rewrite'::regclass
JOIN pg_class view ON view.oid = pg_rewrite.ev_class
JOIN pg_namespace outside ON outside.oid = view.relnamespace
JOIN pg_class read ON read.oid = pg_depend.refobjid AND pg_depend.refclassid = 'pg_class'::regclass
WHERE read.relnamespace = to_regnamespace(%(schema)s) AND view.relnamespace <> read.relnamespace
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did.

    Attributes:
        load: what the database serves now.
        changed: False when it served this snapshot already and nothing was done.
        rows: rows copied, all tables together.
        seconds: how long it took.
    """

    load: ServedLoad
    changed: bool
    rows: int
    seconds: float


def load_snapshot(
    url: str, file: Path, manifest: Manifest, settings: Settings, progress: Progress, *, again: bool = False
) -> LoadResult:
    """Copy the snapshot in ``file`` into the database; what is read there changes in one moment, or not at all.

    Args:
        url: connection string of a user that may create schemas (member of the owner role).
        file: the snapshot file.
        manifest: of that snapshot; rows and totals are compared with it.
        settings: threads and memory.
        progress: told of each table.
        again: load it even when the database serves this snapshot already.

    Raises:
        DatabaseUnreachable: no server answers, it refuses the user, or it went away amid the load.
        Conflict: another load is running, or views outside of the schema read the old tables.
        CannotRun: the schema is not there, or the snapshot is of another schema version.
        DataError: the rows or totals there are not those of the manifest; the old tables stay.
    """
    started = time.perf_counter()
    if manifest.schema_version != SCHEMA_VERSION:
        raise CannotRun(
            f"Snapshot {manifest.id} has schema version {manifest.schema_version}, the database needs {SCHEMA_VERSION}",
            hint="Load any bill, or run: workbench refresh. The new snapshot has the present schema",
        )
    with _exclusive(url) as connection:
        if connection.execute(f"SELECT to_regclass('{SCHEMA}.workbench_loads')").fetchone() == (None,):
            raise CannotRun(f"{server_label(url)} has no analytics tables", hint="Make them with: workbench db init")
        if not again and (now := _serving(url, manifest.id)):
            return LoadResult(now, False, 0, time.perf_counter() - started)
        _refuse_dependent_views(connection)
        snapshot = connect(threads=settings.threads, memory_limit=settings.memory_limit)
        try:
            # Attached to a database of its own: this process may be serving the same file with other settings.
            snapshot.execute(f"ATTACH {literal(str(file))} AS snapshot (READ_ONLY)")
            snapshot.execute("USE snapshot")
            rows = _fill(connection, url, snapshot, manifest, settings, progress)
        finally:
            snapshot.close()
        progress.step("Check rows and totals")
        _check(connection, manifest)
        progress.step("Make it the one being read")
        _swap(connection, manifest, time.perf_counter() - started)
    return LoadResult(served_load(url), True, rows, time.perf_counter() - started)


@contextmanager
def _exclusive(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection that holds the lock of loads for as long as it is open."""
    with connect_postgres(url, autocommit=True) as connection:
        try:
            [(free,)] = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchall()
            if not free:
                raise Conflict("Another load into this database is running", hint="Wait until it is done")
            yield connection
        except psycopg.errors.InsufficientPrivilege as exc:
            raise CannotRun(
                "This user may not load into the database",
                detail=str(exc).splitlines()[0],
                hint="Use a member of the role finops_owner; it needs CREATE on the database",
            ) from exc
        except (psycopg.OperationalError, adbc_driver_manager.Error) as exc:
            raise DatabaseUnreachable(
                f"The load into {server_label(url)} broke off",
                detail=str(exc).strip().splitlines()[0],
                hint="What was being read there is unchanged. Run the load again",
            ) from exc


def _serving(url: str, snapshot_id: str) -> ServedLoad | None:
    try:
        now = served_load(url)
    except CannotRun:
        return None
    return now if now.manifest.id == snapshot_id else None


def _refuse_dependent_views(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    found = [name for (name,) in connection.execute(_DEPENDENT_VIEWS, {"schema": SCHEMA}).fetchall()]
    if found:
        raise Conflict(
            "Views of others read the tables that would be replaced",
            detail=", ".join(found),
            hint="Drop these views, load, and create them again; or put them in a table of their own",
        )


def _fill(
    connection: psycopg.Connection[tuple[Any, ...]],
    url: str,
    snapshot: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    settings: Settings,
    progress: Progress,
) -> int:
    tables = load_order(manifest.rows)
    progress.step("Make the tables")
    connection.execute(f"DROP SCHEMA IF EXISTS {_NEXT} CASCADE")
    statements = init_statements(reader_timeout_seconds=settings.query_timeout_seconds, roles=_has_roles(connection))
    indexes = [one for one in statements if one.startswith("CREATE INDEX")]
    for statement in statements:
        if statement not in indexes:
            connection.execute(_in_next(statement))
    for name in set(tables) & PARTITIONED.keys():
        _make_partitions(connection, snapshot, name)
    progress.step("Copy the tables", total=sum(manifest.rows[name] for name in tables))
    copied = 0
    with adbc.connect(url) as target:
        for name in tables:
            if manifest.rows[name]:
                copied += _copy(target, snapshot, name, progress)
        target.commit()
    progress.step("Build the indexes", total=len(indexes))
    for statement in indexes:
        connection.execute(statement)
        progress.advance(1)
    for name in tables:
        connection.execute(f"ANALYZE {quote(name)}")
    return copied


def _in_next(statement: str) -> str:
    return (
        statement.replace(f"SCHEMA IF NOT EXISTS {SCHEMA}", f"SCHEMA IF NOT EXISTS {_NEXT}")
        .replace(f"search_path = {SCHEMA}", f"search_path = {_NEXT}")
        .replace(f"SCHEMA {SCHEMA} ", f"SCHEMA {_NEXT} ")
    )


def _has_roles(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Whether ``db init`` made the roles; without them there is nothing to grant."""
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'finops_reader'").fetchone() is not None


def _make_partitions(
    connection: psycopg.Connection[tuple[Any, ...]], snapshot: duckdb.DuckDBPyConnection, name: str
) -> None:
    months = snapshot.sql(
        f"SELECT DISTINCT CAST(date_trunc('month', {quote(PARTITIONED[name])}) AS DATE) FROM {quote(name)} ORDER BY 1"
    ).fetchall()
    for (month,) in months:
        connection.execute(month_partition(name, month))


def _copy(target: adbc.Connection, snapshot: duckdb.DuckDBPyConnection, name: str, progress: Progress) -> int:
    columns = ", ".join(_selected(quote(column.name), column.kind) for column in table(name).columns)
    reader = snapshot.sql(f"SELECT {columns} FROM {quote(name)}").to_arrow_reader(_BATCH)
    rows = 0
    with target.cursor() as cursor:
        for batch in reader:
            cursor.adbc_ingest(name, batch, mode="append", db_schema_name=_NEXT)
            rows += batch.num_rows
            progress.advance(batch.num_rows, detail=name)
    return rows


def _selected(column: str, kind: Kind) -> str:
    if kind is not Kind.JSON:
        return column
    # A text that is not JSON, which a bill may hold, is kept as a JSON text: the column takes nothing else.
    return f"CASE WHEN json_valid({column}) THEN {column} ELSE to_json({column}) END AS {column}"


def _check(connection: psycopg.Connection[tuple[Any, ...]], manifest: Manifest) -> None:
    """Compare every count and every control total with the manifest."""
    problems = []
    for name in load_order(manifest.rows):
        [(rows,)] = connection.execute(f"SELECT count(*) FROM {_NEXT}.{quote(name)}").fetchall()
        if rows != manifest.rows[name]:
            problems.append(f"{name} has {rows} rows, the snapshot {manifest.rows[name]}")
    sums = ", ".join(f"sum({cost})::text" for cost in COSTS)
    found = connection.execute(f"SELECT billing_currency, {sums} FROM {_NEXT}.charges GROUP BY 1").fetchall()
    totals = {currency: dict(zip(COSTS, costs, strict=True)) for currency, *costs in found}
    if totals != {currency: dict(costs) for currency, costs in manifest.totals.items()}:
        problems.append(f"the totals of charges are {totals}, those of the snapshot {dict(manifest.totals)}")
    if problems:
        raise DataError("The tables in the database are not those of the snapshot", detail="; ".join(problems))


def _swap(connection: psycopg.Connection[tuple[Any, ...]], manifest: Manifest, seconds: float) -> None:
    with connection.transaction():
        connection.execute(
            f"INSERT INTO {_NEXT}.workbench_loads OVERRIDING SYSTEM VALUE SELECT * FROM {SCHEMA}.workbench_loads"
        )
        connection.execute(
            f"INSERT INTO {_NEXT}.workbench_loads OVERRIDING SYSTEM VALUE SELECT"
            f" coalesce(max(load_number), 0) + 1, %s, %s, %s, %s, %s FROM {_NEXT}.workbench_loads",
            (
                manifest.id,
                SCHEMA_VERSION,
                json.dumps(manifest.to_json()),
                clock.now().astimezone(UTC).replace(tzinfo=None),
                seconds,
            ),
        )
        connection.execute(f"DROP SCHEMA IF EXISTS {_OLD} CASCADE")
        connection.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {_OLD}")
        connection.execute(f"ALTER SCHEMA {_NEXT} RENAME TO {SCHEMA}")
        connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS {literal(f'FinOps Workbench, snapshot {manifest.id}')}")
        connection.execute(f"DROP SCHEMA {_OLD} CASCADE")
