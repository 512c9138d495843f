"""What a run of ingest answers with; shown by the CLI and by *Data health*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

__all__ = ["FileResult", "LoadReport", "RejectedRow", "Status", "Totals"]

Totals = Mapping[str, Mapping[str, Decimal | None]]
"""Currency → cost column → sum; None where no line has that cost."""

Status = Literal["loaded", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that made a file be refused.

    ``row_number`` is the line of a text file (header = 1) or the row of a Parquet file (first = 1); None when unknown.
    """

    row_number: int | None
    column: str | None
    value: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file.

    ``totals`` are sums of the loaded lines per currency; ``reason`` and ``hint`` say why a file was refused or left
    alone and what to do; ``notes`` are remarks worth a line; ``findings`` is the number of quality rules broken.
    """

    path: str
    dataset: str
    status: Status
    format: str | None = None
    format_version: str | None = None
    billing_month: date | None = None
    rows: int = 0
    rows_replaced: int = 0
    totals: Totals = field(default_factory=dict)
    reason: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    findings: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LoadReport:
    """One run: every file in order, and the snapshot it published (None when nothing changed)."""

    files: tuple[FileResult, ...]
    snapshot_id: str | None
    seconds: float

    def count(self, status: Status) -> int:
        """Files with this status."""
        return sum(file.status == status for file in self.files)

    @property
    def rows_loaded(self) -> int:
        """Charge lines added."""
        return sum(file.rows for file in self.files if file.status == "loaded")

    @property
    def rows_replaced(self) -> int:
        """Charge lines of earlier versions removed."""
        return sum(file.rows_replaced for file in self.files)

    @property
    def status(self) -> Literal["done", "partial", "failed", "unchanged"]:
        """How the run went as a whole."""
        if self.count("refused"):
            return "partial" if self.count("loaded") or self.count("unchanged") else "failed"
        return "done" if self.count("loaded") else "unchanged"

    @property
    def exit_code(self) -> int:
        """0 done, 1 failed, 3 partly done, 4 nothing new."""
        return {"done": 0, "failed": 1, "partial": 3, "unchanged": 4}[self.status]
