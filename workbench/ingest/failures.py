"""DuckDB's reading errors in plain words: which line, what is wrong, what to do."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from workbench.errors import BadFile
from workbench.ingest.lines import line_of_record
from workbench.ingest.readers.base import MAX_LINE_BYTES, Probe
from workbench.ingest.report import RejectedRow
from workbench.snapshot import storage_error

__all__ = ["RefusedRows", "reading_failure"]

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_FIELDS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_TOO_LONG = f"longer than {MAX_LINE_BYTES // 1024 // 1024} MB"
_AGAIN = "Download or export the file again"


class RefusedRows(BadFile):
    """A file is refused because of particular rows.

    Args:
        title: one sentence naming the file, the first row and what is wrong.
        hint: what to do.
        rows: the rows, at most some dozen.
    """

    def __init__(self, title: str, *, hint: str, rows: tuple[RejectedRow, ...]) -> None:
        super().__init__(title, hint=hint)
        self.rows = rows


def reading_failure(exc: duckdb.Error, probe: Probe, home: Path) -> Exception:
    """What to raise for an error met while reading ``probe``: ``RefusedRows``, ``StorageError`` or the error itself."""
    storage = storage_error(exc, home)
    if storage is not None:
        return storage
    if isinstance(exc, duckdb.InterruptException | duckdb.OutOfMemoryException | duckdb.TransactionException):
        return exc
    text = str(exc)
    found = _LINE.search(text)
    line = line_of_record(probe, int(found[1])) if found and probe.kind == "csv" else None
    what, hint = _explained(text, probe)
    where = f"line {line} " if line else ""
    return RefusedRows(f"{probe.label}: {where}{what}", hint=hint, rows=(RejectedRow(line, None, None, what),))


def _explained(text: str, probe: Probe) -> tuple[str, str]:
    if probe.kind == "parquet":
        return "the Parquet file is cut off or damaged", _AGAIN
    fields = _FIELDS.search(text)
    if fields:
        return (
            f"has {fields[2]} fields where the header has {fields[1]}",
            "Export the file again; a value that contains the delimiter or a quote must be quoted",
        )
    if "GZIP" in text or "gzip" in text:
        return "the gzip file is cut off or damaged", _AGAIN
    if "unterminated quote" in text:
        return "opens a quote that is not closed", "Export the file again with quotes doubled inside values"
    if "unicode" in text or "utf-8" in text.lower():
        return "is not UTF-8 text", "Save the file as CSV in UTF-8 (in Excel: CSV UTF-8)"
    if "Maximum line size" in text or "Parallel CSV Reader" in text:
        return f"is {_TOO_LONG}" if _LINE.search(
            text
        ) else f"a line is {_TOO_LONG}", "This is not a bill; export it again"
    if "invalid state" in text:
        return "quotes or line ends are not used the same way throughout", _AGAIN
    if "No such file" in text or "Cannot open file" in text or "No files found" in text:
        return "the file is no longer there", "Check the path and load it again"
    return f"cannot be read: {text.splitlines()[0]}", _AGAIN
