"""Opening the workspace, transactions, and upgrades: the same for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from workbench.errors import BadSetting, StorageError
from workbench.settings import Settings
from workbench.workspace.failures import plain_errors
from workbench.workspace.migrations import HEAD, upgrade
from workbench.workspace.sums import add_functions

__all__ = ["SCHEMA", "Database", "open_database"]

SCHEMA = "workspace"
"""PostgreSQL schema that holds the tables."""

_WRITES = "workbench_writes"
# Any number no other program of the database uses; writers queue on it, as they do on SQLite's write lock.
_WRITE_LOCK = 0x0F1A_0B5C


def open_database(settings: Settings) -> Database:
    """The workspace that the settings name: ``workspace_url``, else ``<home>/workspace.db``.

    Raises:
        BadSetting: ``workspace_url`` is no PostgreSQL address.
    """
    address = settings.workspace_url.get_secret_value()
    return Database(_postgres_url(address) if address else settings.home / "workspace.db")


class Database:
    """One SQLite file in WAL mode, or the schema ``workspace`` of a PostgreSQL database.

    A connection per transaction, so one object may be shared between threads and survives a fork.

    Args:
        place: the file, made on the first write; or the address.
        busy_seconds: how long to wait for another writer.
    """

    def __init__(self, place: Path | URL, *, busy_seconds: float = 30.0) -> None:
        self.place = place
        self.engine = (
            _sqlite_engine(place, busy_seconds) if isinstance(place, Path) else _postgres_engine(place, busy_seconds)
        )
        self._current = False

    @property
    def name(self) -> str:
        """The file, or the address without its password."""
        return str(self.place) if isinstance(self.place, Path) else self.place.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        """A consistent view; None while nobody has written anything. Tables of an earlier version are upgraded first.

        Raises:
            StorageError: the workspace is damaged, locked, cannot be read or is from a newer version.
        """
        if isinstance(self.place, Path) and not self.place.exists():
            yield None
            return
        with plain_errors(self.name):
            if not self._current:
                with self.engine.connect() as connection:
                    revision = _revision(connection)
                if revision is None:
                    yield None
                    return
                if revision != HEAD:
                    with self.writing():
                        pass
                self._current = True
            with Session(self.engine) as session:
                yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that holds the write lock from its first moment; all of it is saved or nothing.

        Taking the lock first means that what the block reads cannot change before it writes.

        Raises:
            StorageError: the workspace is damaged or locked, the disk is full or the place cannot be written.
        """
        with plain_errors(self.name):
            if isinstance(self.place, Path):
                self.place.parent.mkdir(parents=True, exist_ok=True)
            with Session(self.writer()) as session, session.begin():
                if not self._current:
                    self._upgrade(session.connection())
                yield session
            self._current = True

    def writer(self) -> Engine:
        """The engine whose transactions hold the write lock from their first moment."""
        return self.engine.execution_options(**{_WRITES: True})

    def _upgrade(self, connection: Connection) -> None:
        revision = _revision(connection)
        if revision == HEAD:
            return
        if revision is not None and revision > HEAD:
            raise StorageError(
                "The workspace was written by a newer version of the workbench",
                detail=f"{self.name} is at revision {revision}, this version knows {HEAD}",
                hint="Install the newer version, or restore a backup made with this one",
            )
        if isinstance(self.place, Path):
            if revision is not None:
                _keep_copy(self.place, f"{self.place.name}.before-{HEAD}")
        elif revision is None:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        has_version = inspect(connection).has_table("alembic_version")
        upgrade(connection, stamp=None if revision is None or has_version else revision)


def _revision(connection: Connection) -> str | None:
    """Revision of the tables; None when there are none. The first release made its table without saying so."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found
    return "0001" if "expected_invoices" in tables else None


def _keep_copy(path: Path, name: str) -> None:
    """Keep the file as it was before an upgrade, once."""
    target = path.with_name(name)
    if target.exists():
        return
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _postgres_url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError as exc:
        raise BadSetting("workspace_url is not a PostgreSQL address", hint=_ADDRESS_HINT) from exc
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise BadSetting(
            f"workspace_url is not a PostgreSQL address: it begins with {url.drivername}", hint=_ADDRESS_HINT
        )
    return url.set(drivername="postgresql+psycopg")


_ADDRESS_HINT = "Write postgresql://user:password@host:5432/database, or leave it empty for a file"


def _sqlite_engine(path: Path, busy_seconds: float) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        # None hands BEGIN to us; the driver would begin a deferred transaction, which can fail at its first write.
        connection.isolation_level = None
        # FULL: a saved change survives a power cut. Few rows are written here, so it costs nothing that is noticed.
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        add_functions(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(url: URL, busy_seconds: float) -> Engine:
    engine = create_engine(
        url,
        poolclass=NullPool,
        connect_args={
            "options": f"-csearch_path={SCHEMA} -clock_timeout={int(busy_seconds * 1000)} -ctimezone=UTC",
            "application_name": "workbench",
            "connect_timeout": 10,
        },
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES, False):
            # After the lock every statement sees what earlier writers committed: the same order as in SQLite.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return engine
