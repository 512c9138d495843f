"""Backup, restore and export: a backup is a SQLite workspace file, whichever engine it is taken from or put back into.

So a backup of a file can be restored into PostgreSQL and the other way round, which is how a workspace moves.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from workbench.errors import BadFile, StorageError
from workbench.workspace import audit
from workbench.workspace.access import Permission, require
from workbench.workspace.changes import Desk
from workbench.workspace.check import CheckReport, check
from workbench.workspace.database import SCHEMA, Database
from workbench.workspace.failures import plain_errors
from workbench.workspace.migrations import HEAD, upgrade
from workbench.workspace.models import Base

__all__ = ["Backup", "ExportedTable", "back_up", "export", "restore"]

_BATCH = 2_000

ExportedTable = tuple[str, tuple[str, ...], list[tuple[Any, ...]]]
"""Name, columns, rows."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written or put back; ``head`` is the hash of the last audit entry in it."""

    path: Path
    bytes: int
    entries: int
    head: str


def back_up(desk: Desk, target: Path) -> Backup:
    """Write a consistent copy of everything to ``target``, while others go on reading and writing.

    Raises:
        AccessDenied: the principal may not.
        StorageError: there is nothing yet, ``target`` exists, or it cannot be written.
    """
    require(desk.principal, Permission.BACK_UP)
    if target.exists():
        raise StorageError(f"{target} is there already", hint="Name a new file; a backup never overwrites one")
    with plain_errors(str(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            made = Path(folder) / "workspace.db"
            _copy_out(desk, made)
            with Database(made).reading() as copy:
                entries, head = audit.chain_head(copy) if copy else (0, "")
            # One file alone, which can be copied and opened read-only.
            with closing(sqlite3.connect(made)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")
            with made.open("rb") as written:
                os.fsync(written.fileno())
            made.rename(target)
    return Backup(target, target.stat().st_size, entries, head)


def restore(desk: Desk, source: Path, keep: Path) -> Backup:
    """Put a backup in the place of everything there is now; what there was is first backed up to ``keep``.

    Raises:
        AccessDenied: the principal may not.
        BadFile: ``source`` is no backup, or a damaged one; nothing was changed.
        StorageError: the workspace cannot be written.
    """
    require(desk.principal, Permission.RESTORE)
    with tempfile.TemporaryDirectory(prefix="workbench-restore-") as folder:
        # Checking and upgrading happen on a copy: the backup stays as it is.
        copy = Path(folder) / "workspace.db"
        report = _checked_copy(desk, source, copy)
        kept = keep if _keep_present(desk, keep) else None
        _copy_in(desk.database, copy)
    with desk.changing(Permission.RESTORE) as change:
        head = {"entries": report.entries, "head": report.head}
        change.log("workspace.restore", "workspace", source.name, before={"kept": kept}, after=head)
    return Backup(source, source.stat().st_size, report.entries, report.head)


def export(desk: Desk) -> Iterator[ExportedTable]:
    """Every table with its column names and all rows, in one consistent view.

    Raises:
        AccessDenied: the principal may not.
    """
    with desk.reading(Permission.EXPORT) as session:
        for table in Base.metadata.sorted_tables:
            rows = [] if session is None else session.execute(select(table).order_by(*table.primary_key)).all()
            yield table.name, tuple(table.columns.keys()), [tuple(row) for row in rows]


def _keep_present(desk: Desk, keep: Path) -> bool:
    """Back up what is there, if anything; a file too damaged for that is moved away."""
    try:
        with desk.reading() as session:
            present = session is not None
        if present:
            back_up(desk, keep)
    except StorageError:
        place = desk.database.place
        if not isinstance(place, Path) or keep.exists():
            raise
        for suffix in ("", "-wal", "-shm"):
            part = place.with_name(place.name + suffix)
            if part.exists():
                part.rename(keep.with_name(keep.name + suffix))
        return True
    return present


def _checked_copy(desk: Desk, source: Path, copy: Path) -> CheckReport:
    try:
        address = f"{source.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as backup, closing(sqlite3.connect(copy)) as target:
            backup.backup(target)
        report = check(Desk(Database(copy), desk.principal))
    except (sqlite3.Error, StorageError, OSError) as exc:
        raise BadFile(f"{source} is not a backup of a workspace", detail=str(exc), hint="Nothing was changed") from exc
    if report.revision is None or not report.whole:
        why = report.problems[0].message if report.problems else "It has no tables of a workspace"
        raise BadFile(f"{source} cannot be restored", detail=why, hint="Nothing was changed; choose another backup")
    return report


def _copy_out(desk: Desk, made: Path) -> None:
    with desk.reading() as session:
        if session is None:
            raise StorageError("There is nothing to back up yet", detail=desk.database.name)
        if isinstance(desk.database.place, Path):
            with closing(sqlite3.connect(desk.database.place)) as source, closing(sqlite3.connect(made)) as target:
                source.backup(target)
            return
        with _writing(Database(made)) as target_connection:
            upgrade(target_connection)
            _copy_rows(session.connection(), target_connection)


def _copy_in(database: Database, copy: Path) -> None:
    with plain_errors(database.name):
        if isinstance(database.place, Path):
            database.place.parent.mkdir(parents=True, exist_ok=True)
            with (
                closing(sqlite3.connect(copy)) as source,
                closing(sqlite3.connect(database.place, timeout=30)) as target,
            ):
                source.backup(target)
            return
        with Session(Database(copy).engine) as source, _writing(database) as target_connection:
            target_connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
            target_connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
            upgrade(target_connection, HEAD)
            _copy_rows(source.connection(), target_connection)


@contextmanager
def _writing(database: Database) -> Iterator[Connection]:
    with database.writer().begin() as connection:
        yield connection


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        with source.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=_BATCH)) as rows:
            for part in rows.mappings().partitions():
                target.execute(insert(table), [dict(row) for row in part])
        if target.dialect.name == "postgresql" and table.autoincrement_column is not None:
            column = table.autoincrement_column.name
            # The next number follows the largest that was copied.
            target.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column}'),"
                    f" coalesce((SELECT max({column}) FROM {table.name}), 0) + 1, false)"
                )
            )
