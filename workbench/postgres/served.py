"""Which load a database serves, and what state it is in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from workbench.engines import SCHEMA, connect_postgres, server_label
from workbench.errors import CannotRun, DatabaseUnreachable
from workbench.schema.tables import SCHEMA_VERSION
from workbench.snapshot import Manifest

__all__ = ["DatabaseStatus", "ServedLoad", "database_status", "served_load"]

_NEWEST = (
    f"SELECT load_number, schema_version, manifest, loaded_at, seconds FROM {SCHEMA}.workbench_loads"
    " ORDER BY load_number DESC LIMIT 1"
)
_SIZES = """
SELECT coalesce(parent.relname, child.relname) AS name, sum(pg_total_relation_size(child.oid))::bigint AS bytes
FROM pg_class child
LEFT JOIN pg_inherits ON pg_inherits.inhrelid = child.oid
LEFT JOIN pg_class parent ON parent.oid = pg_inherits.inhparent
WHERE child.relnamespace = to_regnamespace(%(schema)s) AND child.relkind IN ('r', 'p')
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class ServedLoad:
    """The newest finished load of a database.

    Attributes:
        number: counts the loads of this database; part of the id of what it serves.
        manifest: of the snapshot that was loaded: rows, totals, days, when it was published.
        schema_version: of the tables in the database.
        loaded_at: when it was finished, UTC.
        seconds: how long it took.
    """

    number: int
    manifest: Manifest
    schema_version: int
    loaded_at: datetime
    seconds: float

    @property
    def id(self) -> str:
        """Id of the data there, for cache keys: another load is another id, also of the same snapshot."""
        return f"pg{self.number}-{self.manifest.id}"


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What ``workbench db status`` says.

    Attributes:
        server: database and host, without user and password.
        version: of the server, such as ``16.4``.
        initialised: whether the analytics schema is there.
        load: what it serves; None before the first load.
        rows: table → rows, as loaded.
        bytes: table → size with indexes and partitions.
    """

    server: str
    version: str
    initialised: bool
    load: ServedLoad | None
    rows: dict[str, int]
    bytes: dict[str, int]


def served_load(url: str) -> ServedLoad:
    """The load a database serves.

    Raises:
        DatabaseUnreachable: no server answers, or it refuses the user.
        CannotRun: the analytics schema is not there, has another version, or nothing has been loaded.
    """
    with connect_postgres(url, autocommit=True) as connection:
        found = _newest(connection, url)
    if found is None:
        raise CannotRun(
            f"Nothing has been loaded into {server_label(url)}",
            hint="Load the current snapshot with: workbench db load",
        )
    if found.schema_version != SCHEMA_VERSION:
        raise CannotRun(
            f"The tables in {server_label(url)} are of schema version {found.schema_version}",
            detail=f"This program reads version {SCHEMA_VERSION}",
            hint="Load them again with: workbench db load",
        )
    return found


def database_status(url: str) -> DatabaseStatus:
    """State of a database, also of one without the analytics schema.

    Raises:
        DatabaseUnreachable: no server answers, or it refuses the user.
    """
    with connect_postgres(url, autocommit=True) as connection:
        version = connection.info.parameter_status("server_version") or "unknown"
        try:
            load, initialised = _newest(connection, url), True
        except CannotRun:
            load, initialised = None, False
        sizes = dict(connection.execute(_SIZES, {"schema": SCHEMA}).fetchall())
    return DatabaseStatus(
        server=server_label(url),
        version=version.split()[0],
        initialised=initialised,
        load=load,
        rows=dict(load.manifest.rows) if load else {},
        bytes={name: int(size) for name, size in sizes.items()},
    )


def _newest(connection: psycopg.Connection[tuple[Any, ...]], url: str) -> ServedLoad | None:
    try:
        row = connection.execute(_NEWEST).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        raise CannotRun(
            f"{server_label(url)} has no analytics tables", hint="Make them with: workbench db init"
        ) from None
    except psycopg.errors.InsufficientPrivilege as exc:
        raise CannotRun(
            f"This user may not read {server_label(url)}",
            detail=str(exc).splitlines()[0],
            hint=f"Grant it the role finops_reader, or USAGE on schema {SCHEMA}",
        ) from exc
    except psycopg.OperationalError as exc:
        raise DatabaseUnreachable(
            f"PostgreSQL went away: {server_label(url)}", detail=str(exc).splitlines()[0]
        ) from exc
    if row is None:
        return None
    number, schema_version, raw, loaded_at, seconds = row
    manifest = Manifest.from_json(json.loads(raw))
    return ServedLoad(number, manifest, schema_version, loaded_at.replace(tzinfo=UTC), seconds)
