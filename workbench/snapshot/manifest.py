"""What is known about one published snapshot, and the pointer to the one being served."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.errors import SnapshotCorrupt

__all__ = ["SNAPSHOT_ID", "Manifest", "Pointer", "next_id"]

SNAPSHOT_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published snapshot.

    Attributes:
        id: sorts by time of publishing, such as ``20261120T090000Z-ab12cd``.
        file: the DuckDB file, relative to the home folder.
        sha256: of that file.
        bytes: size of that file.
        created_at: when it was published, UTC.
        schema_version: of the analytics tables.
        rows: table → rows.
        totals: currency → cost → sum over ``charges`` as decimal text; None when no line has the cost.
        first_day: earliest UTC charge day; None for a snapshot without charges.
        last_day: latest UTC charge day, as ``first_day``.
        currencies: billing currencies, sorted.
        sources: source files whose rows are in it.
        note: what made it, one line.
        parent: the snapshot it was built on; None when built from nothing.
        origin: for a copy of a database: ``server`` and ``mark``, which says in what state that was; else empty.
    """

    id: str
    file: str
    sha256: str
    bytes: int
    created_at: datetime
    schema_version: int
    rows: Mapping[str, int]
    totals: Mapping[str, Mapping[str, str | None]]
    first_day: date | None
    last_day: date | None
    currencies: tuple[str, ...]
    sources: int
    note: str = ""
    parent: str | None = None
    origin: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            **asdict(self),
            "created_at": self.created_at.isoformat(),
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "currencies": list(self.currencies),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Manifest:
        """From what :meth:`to_json` gives; raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
        return cls(
            **{
                **raw,
                "created_at": datetime.fromisoformat(raw["created_at"]),
                "first_day": date.fromisoformat(raw["first_day"]) if raw["first_day"] else None,
                "last_day": date.fromisoformat(raw["last_day"]) if raw["last_day"] else None,
                "currencies": tuple(raw["currencies"]),
            }
        )

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read ``<id>.json``.

        Raises:
            SnapshotCorrupt: the file is missing or is not a manifest.
        """
        try:
            manifest = cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise SnapshotCorrupt(
                f"The manifest of snapshot {path.stem} cannot be read", detail=f"{path}: {exc}"
            ) from exc
        if manifest.id != path.stem:
            raise SnapshotCorrupt(f"{path} is the manifest of another snapshot", detail=manifest.id)
        return manifest


@dataclass(frozen=True, slots=True)
class Pointer:
    """``CURRENT.json``: the snapshot being served.

    Attributes:
        id: its id.
        file: its file, relative to the home folder.
        newest: greatest id ever served. A greater one on disk was never finished; a smaller ``id`` means a rollback.
            None when the file was written by hand and does not say.
    """

    id: str
    file: str
    newest: str | None

    @classmethod
    def read(cls, path: Path) -> Pointer | None:
        """Read ``CURRENT.json``; None when there is none.

        Raises:
            SnapshotCorrupt: it is there and is not a pointer.
        """
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            pointer = cls(str(raw["id"]), str(raw["file"]), raw.get("newest"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise SnapshotCorrupt(f"{path} cannot be read", detail=str(exc)) from exc
        for one in (pointer.id, pointer.newest or pointer.id):
            if not SNAPSHOT_ID.fullmatch(one):
                raise SnapshotCorrupt(f"{path} names no snapshot", detail=one)
        return pointer


def next_id(now: datetime, taken: Iterable[str]) -> str:
    """A new id greater than all ``taken``, so that ids sort by order of publishing.

    The stamp is ``now`` unless the newest taken one is later (a fixed or set-back clock); within one second the suffix
    grows. It begins random in the lower half, so that copies of one home folder on two machines do not collide.
    """
    stamp, suffix = now.astimezone(UTC).strftime(_STAMP), secrets.randbelow(0x800000)
    newest = max(taken, default="")
    if newest[:16] >= stamp:
        stamp, suffix = newest[:16], int(newest[17:], 16) + 1 + secrets.randbelow(0x100)
        if suffix > 0xFFFFFF:
            stamp = (datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC) + timedelta(seconds=1)).strftime(_STAMP)
            suffix = secrets.randbelow(0x800000)
    return f"{stamp}-{suffix:06x}"
