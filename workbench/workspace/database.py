"""Opening the workspace database, transactions, and SQLite's errors in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from workbench.errors import StorageError
from workbench.workspace.models import Base

__all__ = ["Database"]

_WRITES = "workbench_writes"


class Database:
    """One SQLite file in WAL mode; a connection per transaction, so it may be shared between threads.

    Args:
        path: the file; made on the first write.
        busy_seconds: how long to wait for another writer.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 10.0) -> None:
        self.path = path
        self._engine = _engine(path, busy_seconds)
        self._has_tables = False

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        """A consistent view of the file; None while nobody has written to it.

        Raises:
            StorageError: the file is damaged, locked or cannot be read.
        """
        if not self.path.exists():
            yield None
            return
        with _plain_errors(self.path), Session(self._engine) as session:
            # Another program may have made the file and not yet its tables.
            yield session if inspect(session.connection()).get_table_names() else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that holds the write lock from its first moment; all of it is saved or nothing.

        Taking the lock first means that what the block reads cannot change before it writes.

        Raises:
            StorageError: the file is damaged or locked, the disk is full or the folder cannot be written.
        """
        with _plain_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            writer = self._engine.execution_options(**{_WRITES: True})
            with Session(writer) as session, session.begin():
                if not self._has_tables:
                    Base.metadata.create_all(session.connection())
                yield session
            self._has_tables = True


def _engine(path: Path, busy_seconds: float) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        # None hands BEGIN to us; the driver would begin a deferred transaction, which can fail at its first write.
        connection.isolation_level = None
        # FULL: a saved change survives a power cut. Few rows are written here, so it costs nothing that is noticed.
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, StatementError) as exc:
        cause = exc.orig
        if isinstance(cause, sqlite3.Error) and not isinstance(cause, sqlite3.IntegrityError):
            raise _storage_error(cause, path) from exc
        raise
    except (sqlite3.Error, OSError) as exc:
        raise _storage_error(exc, path) from exc


def _storage_error(exc: BaseException, path: Path) -> StorageError:
    text = str(exc).lower()
    detail = f"{path}: {exc}"
    if "malformed" in text or "not a database" in text:
        return StorageError(
            "The workspace file is damaged",
            detail=detail,
            hint="Move it away (with its -wal and -shm files) and restore it from a backup",
        )
    if "locked" in text or "busy" in text:
        return StorageError(
            "The workspace is in use by another program",
            detail=detail,
            hint="Nothing was changed; try again in a moment",
        )
    if "full" in text or "no space" in text:
        return StorageError(
            "The disk is full", detail=detail, hint="Nothing was changed; free some space and try again"
        )
    if "readonly" in text or "read-only" in text or "unable to open" in text or "permission" in text:
        return StorageError(
            "The workspace cannot be written here",
            detail=detail,
            hint=f"Make {path.parent} writable, or set WORKBENCH_HOME to another folder",
        )
    return StorageError("The workspace cannot be used", detail=detail)
