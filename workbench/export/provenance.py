"""Where the numbers in a file come from: enough to ask the same question again and get the same answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import workbench
from workbench import clock
from workbench.engines import Query

__all__ = ["Provenance"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Travels inside every exported file.

    Attributes:
        title: what the file shows.
        period: first and last charge day, both included, in words.
        basis: cost basis: effective, billed, contracted or list.
        currency: ISO code of every amount in the file.
        view: the view as the query string of the app's address; opens the same view again.
        filters: one text a filter.
        queries: every statement behind the numbers, with its parameters.
        snapshot_id: the data that answered.
        snapshot_sha256: checksum of the snapshot file.
        as_of: last charge day in the snapshot.
        created_at: when the file was made, UTC.
        notes: what a reader must know: cut rows, shortened texts.
    """

    title: str
    period: str
    basis: str
    currency: str
    view: str
    filters: tuple[str, ...]
    queries: tuple[Query, ...]
    snapshot_id: str
    snapshot_sha256: str
    as_of: date | None
    created_at: datetime
    notes: tuple[str, ...] = ()

    @property
    def tool(self) -> str:
        """Program and version that made the file."""
        return f"finops-workbench {workbench.__version__}"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Everything but the queries as label and text, in reading order."""
        return (
            ("Title", self.title),
            ("Period", self.period),
            ("Cost basis", self.basis),
            ("Currency", self.currency),
            ("Filters", "; ".join(self.filters) or "none"),
            ("View", self.view),
            ("Snapshot", self.snapshot_id),
            ("Snapshot SHA-256", self.snapshot_sha256),
            ("Data as of", self.as_of.isoformat() if self.as_of else "unknown"),
            ("Created", self.created_text),
            ("Made by", self.tool),
            *(("Note", note) for note in self.notes),
        )

    @property
    def created_text(self) -> str:
        """``2026-11-20T09:00:00Z``."""
        return self.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def summary(self) -> str:
        """One line for the foot of a picture."""
        made = f"snapshot {self.snapshot_id} · made {self.created_text}"
        return f"{self.period} · {self.basis} cost · {self.currency} · {made}"

    def document(self) -> dict[str, Any]:
        """The same as plain values for JSON; parameters that are dates become ISO text."""
        return {
            "title": self.title,
            "period": self.period,
            "basis": self.basis,
            "currency": self.currency,
            "view": self.view,
            "filters": list(self.filters),
            "queries": [
                {
                    "title": query.title,
                    "sql": query.sql,
                    "params": {name: _plain(value) for name, value in query.params},
                }
                for query in self.queries
            ],
            "snapshot_id": self.snapshot_id,
            "snapshot_sha256": self.snapshot_sha256,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "created_at": self.created_text,
            "tool": self.tool,
            "notes": list(self.notes),
        }

    def json(self) -> str:
        """The document as JSON text."""
        return json.dumps(self.document(), ensure_ascii=False, indent=2)

    @staticmethod
    def now() -> datetime:
        """The moment to write into ``created_at``."""
        return clock.now().replace(microsecond=0)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
