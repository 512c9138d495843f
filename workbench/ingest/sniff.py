"""Looks at one file with bounded reads: what it is, how it is written, what its columns are called.

At most the first megabyte is read here, whatever the size of the file or of its first line, and the content decides,
never the name. A file that cannot be a bill is refused with one line that says what it is instead.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from workbench.errors import BadFile
from workbench.ingest.deliveries import BillFile
from workbench.ingest.parquet import parquet_columns
from workbench.ingest.readers.base import MAX_LINE_BYTES, CsvDialect, Probe, unique_columns
from workbench.ingest.readers.registry import recognise
from workbench.snapshot import storage_error

__all__ = ["sniff"]

_HEAD_BYTES = 1024 * 1024
_SAMPLE_ROWS = 50
_DELIMITERS = (",", ";", "\t", "|", "\x01")
_DELIMITER_NAMES = {";": "semicolon", "\t": "tab", "|": "vertical bar", "\x01": "Ctrl-A character"}

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "Ask the provider for the CSV or Parquet export of the bill"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Rename a ZIP to .zip; save a workbook as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Office document", "Save it as CSV"),
    (b"BZh", "compressed with bzip2", "Unpack it, or compress it with gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard", "Unpack it, or compress it with gzip"),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it first"),
    (b"ORC", "an ORC file", "Export it as CSV or Parquet"),
    (b"Obj\x01", "an Avro file", "Export it as CSV or Parquet"),
    (b"SQLite format 3", "an SQLite database", "Export the bill as CSV or Parquet"),
    (b"\x89PNG", "a PNG picture", "Give the bill itself"),
)
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def sniff(file: BillFile, connection: duckdb.DuckDBPyConnection, work: Path) -> Probe:
    """Describe ``file``.

    Args:
        file: the file to look at.
        connection: any DuckDB connection; only metadata is read with it.
        work: an existing folder for a converted copy of a file that is not UTF-8.

    Raises:
        BadFile: the file is empty, unreadable, truncated, or not text and not Parquet.
        StorageError: there is no room for the converted copy.
    """
    try:
        size = file.local.stat().st_size
        with file.local.open("rb") as handle:
            raw = handle.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise _refused(file.label, "the file is no longer there", "Check the path and load it again") from None
    except OSError as exc:
        reason = exc.strerror or "the file cannot be read"
        raise _refused(file.label, reason, "Check the permissions of the file") from exc
    if size == 0:
        raise _refused(file.label, "the file is empty (0 bytes)", "Export or download it again")
    if raw.startswith(b"PAR1"):
        return Probe(file.local, file.label, "parquet", parquet_columns(file, connection))
    compressed = raw.startswith(b"\x1f\x8b")
    head = _inflated(raw, file.label) if compressed else raw
    if not head.strip():
        raise _refused(file.label, "the file holds only blank lines", "Export or download it again")
    _refuse_other_kinds(head, file.label)
    path, notes = file.local, []
    encoding = _encoding(head, file.label)
    if encoding != "utf-8":
        path, head = _converted(file, encoding, compressed, work)
        compressed = False
        notes.append(f"Converted from {encoding.upper()}")
    if file.columns and not _has_header(head, file.columns):
        dialect, columns = _headless(head, file, compressed)
    else:
        dialect, columns, remarks = _text_layout(head, file, compressed)
        notes.extend(remarks)
    return Probe(path, file.label, "csv", unique_columns(columns, ["VARCHAR"] * len(columns)), dialect, tuple(notes))


def _refused(label: str, what: str, hint: str) -> BadFile:
    return BadFile(f"{label}: {what}", hint=hint)


def _inflated(raw: bytes, label: str) -> bytes:
    try:
        head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(raw, _HEAD_BYTES)
    except zlib.error as exc:
        raise _refused(label, "the gzip data is damaged", "Download it again") from exc
    if not head:
        raise _refused(label, "the gzip file holds no data or is cut off", "Download it again")
    return head


def _refuse_other_kinds(head: bytes, label: str) -> None:
    for signature, what, hint in _SIGNATURES:
        if head.startswith(signature):
            raise _refused(label, f"this is {what}, not a CSV or Parquet bill", hint)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise _refused(
            label, "this is a web page, not a bill", "A login or error page was saved; download the file again"
        )
    if start.startswith(b"<?xml"):
        raise _refused(label, "this is an XML document, not a CSV or Parquet bill", "Export it as CSV")
    if start.startswith((b"{", b"[{", b"[\n")):
        raise _refused(label, "this is JSON, not a CSV or Parquet bill", "Export it as CSV or Parquet")


def _encoding(head: bytes, label: str) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[:4000]
    if b"\0" in sample:
        # English headers in UTF-16 without a mark have a zero in every second byte.
        odd, even = sample[1::2].count(0), sample[::2].count(0)
        if max(odd, even) > 0.3 * len(sample):
            return "utf-16-le" if odd > even else "utf-16-be"
        raise _refused(
            label, f"not a text file: a zero byte at position {sample.index(0)}", "Export or download it again"
        )
    return "utf-8"


def _converted(file: BillFile, encoding: str, compressed: bool, work: Path) -> tuple[Path, bytes]:
    target = work / f"utf8-{abs(hash(file.label)):x}.csv"
    opener = gzip.open if compressed else open
    try:
        with (
            opener(file.local, "rt", encoding=encoding, newline="") as source,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            while chunk := source.read(_HEAD_BYTES):
                out.write(chunk)
    except (UnicodeError, EOFError, OSError) as exc:
        if storage := storage_error(exc, work):
            raise storage from exc
        raise _refused(file.label, f"cannot be read as {encoding.upper()}: {exc}", "Save it as CSV in UTF-8") from exc
    with target.open("rb") as handle:
        return target, handle.read(_HEAD_BYTES)


@dataclass(frozen=True, slots=True)
class _Header:
    """One way to read the first record."""

    delimiter: str
    names: list[str]
    lines: int


def _text_layout(head: bytes, file: BillFile, compressed: bool) -> tuple[CsvDialect, list[str], list[str]]:
    text, cut = _decoded(head), len(head) >= _HEAD_BYTES
    escape = "\\" if '\\"' in text and '""' not in text else '"'
    headers = [header for delimiter in _DELIMITERS if (header := _read_header(text, delimiter, escape, cut=cut))]
    if not headers:
        raise _refused(
            file.label,
            f"line 1 is longer than {MAX_LINE_BYTES // 1024 // 1024} MB or has an open quote",
            "This is not a CSV bill; export it again",
        )
    header = max(headers, key=lambda header: (recognise(header.names)[1].score, len(header.names)))
    notes = []
    if header.delimiter in _DELIMITER_NAMES and header.delimiter != "\x01":
        notes.append(f"Fields are separated by {_DELIMITER_NAMES[header.delimiter]}s")
    names = header.names
    quote = "" if header.delimiter == "\x01" else '"'
    widths = {len(row) for row in _sample(text, header, escape, cut=cut)}
    if len(widths) == 1 and (width := widths.pop()) < len(names):
        notes.append(
            f"The header has {len(names)} names, the rows have {width} fields; read without: {', '.join(names[width:])}"
        )
        names = names[:width]
    dialect = CsvDialect(header.delimiter, quote, escape if quote else "", header.lines, _compression(compressed))
    return dialect, names, notes


def _has_header(head: bytes, columns: Sequence[str]) -> bool:
    """Whether the first line holds the names a manifest gives; AWS writes both, Athena and Hive only the rows."""
    first_line = _decoded(head).partition("\n")[0].casefold()
    return 2 * sum(name.casefold() in first_line for name in columns) > len(columns)


def _headless(head: bytes, file: BillFile, compressed: bool) -> tuple[CsvDialect, Sequence[str]]:
    """A file whose names come from a manifest: the delimiter that gives as many fields as there are names."""
    text = _decoded(head)
    for delimiter in _DELIMITERS:
        first = _read_header(text, delimiter, '"', cut=False)
        if first is not None and len(first.names) == len(file.columns):
            quote = "" if delimiter == "\x01" else '"'
            return CsvDialect(delimiter, quote, quote, 0, _compression(compressed)), file.columns
    raise _refused(
        file.label, f"the rows do not have the {len(file.columns)} fields of the manifest", "Download the export again"
    )


def _compression(compressed: bool) -> Literal["none", "gzip"]:
    return "gzip" if compressed else "none"


def _decoded(head: bytes) -> str:
    return head.decode("utf-8-sig", errors="replace")


def _read_header(text: str, delimiter: str, escape: str, *, cut: bool) -> _Header | None:
    reader = _reader(text, delimiter, escape)
    try:
        names = next(reader)
    except (csv.Error, StopIteration):
        return None
    consumed = sum(len(line) for line in text.splitlines(keepends=True)[: reader.line_num])
    if cut and consumed >= len(text):
        return None
    return _Header(delimiter, [name.strip() for name in names], reader.line_num)


def _sample(text: str, header: _Header, escape: str, *, cut: bool) -> list[list[str]]:
    """Complete rows after the header; the last one may be cut off and is left out."""
    rows = []
    reader = _reader(text, header.delimiter, escape)
    try:
        next(reader)
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                break
    except (csv.Error, StopIteration):
        return []
    return rows[:-1] if cut and len(rows) <= _SAMPLE_ROWS else rows


def _reader(text: str, delimiter: str, escape: str):  # type: ignore[no-untyped-def]  # the class is private to csv
    csv.field_size_limit(2 * MAX_LINE_BYTES)
    if delimiter == "\x01":
        return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    if escape == "\\":
        return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, escapechar="\\", doublequote=False)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
