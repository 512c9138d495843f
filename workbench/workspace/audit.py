"""The audit log: what was changed, by whom, from what to what, in a chain that shows every later tampering.

Each entry holds the hash of the one before it, so an entry cannot be altered, removed or put in without breaking the
chain from there on. Entries are numbered without gaps. They are written in the transaction of the change itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from workbench.json_text import json_text
from workbench.workspace.models import AuditRow
from workbench.workspace.models.base import storable

__all__ = ["ANY", "Broken", "Entry", "EntryFilter", "NewEntry", "append", "chain_head", "entries", "verify_chain"]

_FIRST = "0" * 64
"""What the first entry has in place of an earlier hash."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A change to log: values are anything with a JSON form, None means "was not there" or "is gone"."""

    action: str
    object_kind: str
    object_id: int | str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A logged change; ``at`` is UTC, ``before`` and ``after`` are JSON documents."""

    id: int
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str
    before: Any
    after: Any
    request_id: str
    hash: str


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to read; None and empty mean any. ``until`` is exclusive, ``text`` is looked for in the values."""

    actor: str | None = None
    action: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


ANY = EntryFilter()


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry at which the chain does not hold."""

    entry: int
    reason: str


def append(session: Session, new: list[NewEntry], *, actor: str, at: datetime, request_id: str) -> list[int]:
    """Add entries at the end of the chain; their numbers. The caller holds the write lock."""
    number, previous = chain_head(session)
    rows = []
    for one in new:
        number += 1
        row: dict[str, Any] = {
            "id": number,
            "at": at,
            "actor": storable(actor),
            "action": one.action,
            "object_kind": one.object_kind,
            "object_id": storable(str(one.object_id)),
            "before": _text(one.before),
            "after": _text(one.after),
            "request_id": request_id,
            "previous_hash": previous,
        }
        row["hash"] = previous = _hash(row)
        rows.append(row)
    if rows:
        session.execute(insert(AuditRow), rows)
    return [row["id"] for row in rows]


def chain_head(session: Session) -> tuple[int, str]:
    """Number and hash of the last entry; 0 and zeros when there is none."""
    last = session.execute(select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)).first()
    return (last.id, last.hash) if last else (0, _FIRST)


def verify_chain(session: Session) -> Broken | None:
    """Compute every hash again; None when the chain is whole."""
    expected, previous = 1, _FIRST
    everything = select(AuditRow.__table__).order_by(AuditRow.id).execution_options(yield_per=2_000)
    with session.execute(everything) as rows:
        for row in map(dict, rows.mappings()):
            if row["id"] != expected:
                return Broken(expected, f"entry {expected} is missing")
            if row["previous_hash"] != previous:
                return Broken(expected, f"entry {expected} does not follow the one before it")
            if row["hash"] != _hash(row):
                return Broken(expected, f"entry {expected} was altered")
            expected, previous = expected + 1, row["hash"]
    return None


def entries(session: Session, wanted: EntryFilter, limit: int, before: int | None = None) -> tuple[Entry, ...]:
    """The newest entries first.

    Args:
        session: reading.
        wanted: which ones.
        limit: how many.
        before: only entries with a smaller number: the next page.
    """
    kind = AuditRow
    found = select(kind).order_by(kind.id.desc()).limit(limit)
    if before is not None:
        found = found.where(kind.id < before)
    for name in ("actor", "action", "object_kind", "object_id"):
        if (value := getattr(wanted, name)) is not None:
            found = found.where(getattr(kind, name) == value)
    if wanted.since is not None:
        found = found.where(kind.at >= wanted.since)
    if wanted.until is not None:
        found = found.where(kind.at < wanted.until)
    if wanted.text:
        found = found.where(
            or_(*(column.icontains(wanted.text, autoescape=True) for column in (kind.before, kind.after)))
        )
    return tuple(_entries(session, found))


def _entries(session: Session, found: Any) -> Iterator[Entry]:
    for row in session.scalars(found):
        yield Entry(
            row.id,
            row.at,
            row.actor,
            row.action,
            row.object_kind,
            row.object_id,
            _document(row.before),
            _document(row.after),
            row.request_id,
            row.hash,
        )


def _document(text: str | None) -> Any:
    return None if text is None else json.loads(text, parse_float=Decimal)


def _text(value: Any) -> str | None:
    return None if value is None else storable(json_text(value))


def _hash(row: Mapping[str, Any]) -> str:
    covered = [
        row["id"],
        row["at"].replace(tzinfo=None).isoformat(timespec="microseconds"),
        *(row[name] for name in ("actor", "action", "object_kind", "object_id", "before", "after", "request_id")),
        row["previous_hash"],
    ]
    return hashlib.sha256(json.dumps(covered, separators=(",", ":")).encode("ascii")).hexdigest()
