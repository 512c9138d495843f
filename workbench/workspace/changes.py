"""The one way to read and to write: permission, lock, change and audit entry in a single transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench import clock
from workbench.log import reference_id
from workbench.workspace import audit
from workbench.workspace.access import Permission, Principal, require
from workbench.workspace.database import Database

__all__ = ["Change", "Desk"]


class Change:
    """A write under way: everything done through ``session`` and logged here is saved together or not at all."""

    def __init__(self, session: Session, principal: Principal, request_id: str) -> None:
        self.session = session
        self.principal = principal
        self.actor = principal.name
        self.now: datetime = clock.now()
        self.request_id = request_id
        self._entries: list[audit.NewEntry] = []

    def log(self, action: str, object_kind: str, object_id: int | str, *, before: Any, after: Any) -> None:
        """Add an audit entry; it is written with the change."""
        self._entries.append(audit.NewEntry(action, object_kind, object_id, before, after))

    def write_log(self) -> list[int]:
        """Write the entries logged so far; their numbers."""
        written = audit.append(self.session, self._entries, actor=self.actor, at=self.now, request_id=self.request_id)
        self._entries = []
        return written


class Desk:
    """What every part of the workspace works at: the database, who acts, and for which request."""

    def __init__(self, database: Database, principal: Principal, request_id: str | None = None) -> None:
        self.database = database
        self.principal = principal
        self._request_id = request_id

    @contextmanager
    def reading(self, permission: Permission = Permission.READ) -> Iterator[Session | None]:
        """A consistent view; None while nobody has written anything.

        Raises:
            AccessDenied: the principal may not.
            StorageError: the workspace cannot be read.
        """
        require(self.principal, permission)
        with self.database.reading() as session:
            yield session

    @contextmanager
    def changing(self, permission: Permission) -> Iterator[Change]:
        """One transaction that holds the write lock; leaving it writes the audit entries and commits.

        Raises:
            AccessDenied: the principal may not; asked before anything is touched.
            StorageError: the workspace cannot be written.
        """
        require(self.principal, permission)
        with self.database.writing() as session:
            change = Change(session, self.principal, self._request_id or reference_id())
            yield change
            session.flush()
            change.write_log()
