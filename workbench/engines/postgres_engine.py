"""PostgreSQL as an engine: canonical SQL translated, answers as Arrow tables of the same types a snapshot gives."""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pyarrow as pa
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import TextLoader

from workbench.engines.base import Query
from workbench.engines.translate import to_postgres
from workbench.errors import CannotRun, DatabaseUnreachable, QueryFailed, QueryTimeout, WorkbenchError
from workbench.schema.model import MONEY_SCALE

__all__ = ["SCHEMA", "PostgresEngine", "connect_postgres", "server_label"]

SCHEMA = "finops"
"""Schema of the analytics tables in every database."""

_CONNECT_SECONDS = 10
_IDLE_KEPT = 4

# Type name in PostgreSQL → Arrow type, as DuckDB gives for the same logical type. Every NUMERIC is money: canonical SQL
# casts sums of whole numbers to BIGINT.
_TYPES: dict[str, pa.DataType] = {
    "numeric": pa.decimal128(38, MONEY_SCALE),
    "text": pa.string(),
    "varchar": pa.string(),
    "json": pa.string(),
    "jsonb": pa.string(),
    "name": pa.string(),
    "uuid": pa.string(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float64(),
    "float8": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}


def server_label(url: str) -> str:
    """Database and host of a connection string, without user and password: for headers, messages and logs."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        return urlsplit(url).hostname or "PostgreSQL"
    return f"{parts.get('dbname') or 'postgres'} on {parts.get('host') or 'localhost'}"


def connect_postgres(url: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection that works in UTC and looks in the analytics schema first; the caller closes it.

    Raises:
        DatabaseUnreachable: no server answers, or it refuses the user; the message never holds the password.
    """
    try:
        connection = psycopg.connect(
            url,
            autocommit=autocommit,
            connect_timeout=_CONNECT_SECONDS,
            application_name="workbench",
            options=f"-c timezone=UTC -c search_path={SCHEMA}",
        )
    except psycopg.Error as exc:
        raise DatabaseUnreachable(
            f"PostgreSQL cannot be reached: {server_label(url)}",
            detail=_without_password(str(exc).strip().splitlines()[-1] if str(exc).strip() else "no reason given", url),
            hint="Check WORKBENCH_POSTGRES_URL and that the server is running",
        ) from None  # the chain would show the connection string
    for name in ("json", "jsonb", "uuid"):
        connection.adapters.register_loader(name, TextLoader)  # as text, like a snapshot has them
    return connection


class PostgresEngine:
    """Runs queries on the analytics schema of a database, read-only; safe to share between threads.

    Args:
        url: connection string; use the reader role.
        snapshot_id: id of the data there, from :func:`workbench.postgres.served_load`.
        timeout: seconds after which the server cancels a query.
    """

    def __init__(self, url: str, snapshot_id: str, *, timeout: float = 30.0) -> None:
        self._url = url
        self.snapshot_id = snapshot_id
        self.timeout = timeout
        self._idle: list[psycopg.Connection[tuple[Any, ...]]] = []
        self._lock = threading.Lock()
        # The app drops an engine when other data is served, while queries may still run on it.
        weakref.finalize(self, _close_all, self._idle)

    @property
    def name(self) -> str:
        """Which engine answers, for the header strip."""
        return f"PostgreSQL, {server_label(self._url)}"

    def run(self, query: Query, *, timeout: float | None = None) -> pa.Table:
        """Run one statement; see :class:`workbench.engines.base.Engine`."""
        limit = self.timeout if timeout is None else timeout
        statement = to_postgres(query.sql)
        try:
            with self._connection() as connection, connection.transaction(), connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {max(1, int(limit * 1000))}")
                cursor.execute(statement, query.named)
                return _arrow(cursor)
        except psycopg.Error as exc:
            raise _translated(exc, query, limit, self._url) from exc

    def close(self) -> None:
        """Close the connections that are idle."""
        with self._lock:
            _close_all(self._idle)

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """An idle connection that still works, or a new one; a broken one is not kept."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is not None and not _alive(connection):
            connection.close()
            connection = None
        connection = connection or connect_postgres(self._url, autocommit=True)
        try:
            yield connection
        finally:
            with self._lock:
                keep = not connection.broken and len(self._idle) < _IDLE_KEPT
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()


def _close_all(connections: list[psycopg.Connection[tuple[Any, ...]]]) -> None:
    while connections:
        connections.pop().close()


def _alive(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Whether the server still answers: it may have been restarted since the last question."""
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _arrow(cursor: psycopg.Cursor[tuple[Any, ...]]) -> pa.Table:
    rows = cursor.fetchall()
    described = cursor.description or ()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(described)
    types = psycopg.adapters.types
    arrays = []
    for column, values in zip(described, columns, strict=True):
        known = types.get(column.type_code)
        arrays.append(_array(values, known.name if known else "text"))
    return pa.table(arrays, names=[column.name for column in described])


def _array(values: Sequence[Any], type_name: str) -> pa.Array:
    found = _TYPES.get(type_name)
    return (
        pa.array(values, type=found) if found is not None else pa.array([None if v is None else str(v) for v in values])
    )


def _translated(exc: psycopg.Error, query: Query, limit: float, url: str) -> WorkbenchError:
    first_line = _without_password(str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__, url)
    if isinstance(exc, psycopg.errors.QueryCanceled):
        return QueryTimeout(
            f"{query.title} took longer than {limit:g} s", hint="Choose a shorter period or add a filter"
        )
    if isinstance(
        exc, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn | psycopg.errors.InvalidSchemaName
    ):
        return CannotRun(f"{query.title} cannot run", detail=first_line, hint="Load the data with: workbench db load")
    if isinstance(exc, psycopg.errors.InsufficientPrivilege):
        return CannotRun(
            f"{query.title} cannot run", detail=first_line, hint="Grant the reader role with: workbench db init"
        )
    if isinstance(exc, psycopg.OperationalError):
        return DatabaseUnreachable(
            f"PostgreSQL went away: {server_label(url)}", detail=first_line, hint="Try again when the server is back"
        )
    return QueryFailed(f"{query.title} failed", detail=first_line)


def _without_password(text: str, url: str) -> str:
    try:
        secret = conninfo_to_dict(url).get("password")
    except psycopg.Error:
        return re.sub(r"://[^@\s]*@", "://", text)
    return text.replace(str(secret), "***") if secret else text
