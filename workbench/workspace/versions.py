"""Rows that several people change: what was on the screen must be what is there, and a delete keeps the row."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from workbench.errors import Conflict
from workbench.workspace.changes import Change
from workbench.workspace.models.versioned import Versioned

__all__ = ["begin", "changed_meanwhile", "end", "present", "touch"]

Row = TypeVar("Row", bound=Versioned)


def begin(change: Change, row: Row) -> Row:
    """A new row's author and first version."""
    row.version = 1
    row.created_at = row.updated_at = change.now
    row.created_by = row.updated_by = change.actor
    row.deleted_at = None
    change.session.add(row)
    return row


def present(session: Session, kind: type[Row], id: int, version: int | None, what: str) -> Row:
    """The row ``id`` as it was in ``version``; None takes it as it is, to overwrite it.

    Raises:
        Conflict: it was changed or deleted since, or was never there.
    """
    row = session.get(kind, id)
    if row is None:
        raise Conflict(f"{what} is not there", hint="Reload to see the present state")
    if row.deleted_at is not None or (version is not None and row.version != version):
        raise changed_meanwhile(what, deleted=row.deleted_at is not None, by=row.updated_by, at=row.updated_at)
    return row


def touch(change: Change, row: Versioned) -> None:
    """The row was changed, by whom and when."""
    row.version += 1
    row.updated_at, row.updated_by = change.now, change.actor


def end(change: Change, row: Versioned) -> None:
    """The row is deleted, but kept."""
    row.deleted_at = change.now
    touch(change, row)


def changed_meanwhile(what: str, *, deleted: bool, by: str, at: datetime) -> Conflict:
    """The conflict of a second writer, who sees what happened and can choose."""
    return Conflict(
        f"{what} was {'deleted' if deleted else 'changed'} by {by} at {at:%Y-%m-%d %H:%M:%S} UTC",
        detail="Nothing of this save was stored",
        hint="Reload to see their change, or reload and enter yours again to overwrite it",
    )
