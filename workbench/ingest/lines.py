"""Which line of a text file a record begins on: quoted values may contain line breaks."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from typing import IO, cast

from workbench.ingest.readers.base import CsvDialect, Probe

__all__ = ["line_of_data_rows", "line_of_record"]

_MOST_RECORDS = 3_000_000
"""Records read to find a line, some ten seconds; behind that the record number stands for the line number."""


def line_of_data_rows(probe: Probe, rows: Iterable[int]) -> dict[int, int]:
    """Data row (first = 1, blank lines not counted) → line of the file (header = 1)."""
    wanted = set(rows)
    found: dict[int, int] = {}
    header = 1 if _dialect(probe).header_lines else 0
    position = 0
    for line, record in _records(probe):
        if not record:
            continue
        position += 1
        if position - header in wanted:
            found[position - header] = line
            if len(found) == len(wanted):
                break
    return {row: found.get(row, row + header) for row in wanted}


def line_of_record(probe: Probe, record: int) -> int:
    """Record (header and blank lines counted, first = 1) → line of the file."""
    for position, (line, _) in enumerate(_records(probe), start=1):
        if position == record:
            return line
    return record


def _records(probe: Probe) -> Iterator[tuple[int, list[str]]]:
    dialect = _dialect(probe)
    opener = gzip.open if dialect.compression == "gzip" else open
    with cast(IO[str], opener(probe.path, "rt", encoding="utf-8-sig", errors="replace", newline="")) as text:
        reader = csv.reader(
            text,
            delimiter=dialect.delimiter,
            quotechar=dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
            escapechar="\\" if dialect.escape == "\\" else None,
            doublequote=dialect.escape != "\\",
        )
        start = 1
        try:
            for position, record in enumerate(reader):
                if position > _MOST_RECORDS:
                    return
                yield start, record
                start = reader.line_num + 1
        except (csv.Error, OSError, EOFError):
            return


def _dialect(probe: Probe) -> CsvDialect:
    return probe.dialect or CsvDialect()
