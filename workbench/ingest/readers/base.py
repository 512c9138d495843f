"""What a reader is: names of a file's columns in, SQL expressions for each ``charges`` column out.

A reader never opens a file. The sniffer describes one file as a :class:`Probe`; the reader says whether it knows these
columns (:class:`Match`) and how they map to ``charges`` (:class:`Projection`). CSV and Parquet share one mapping: the
helpers of :mod:`workbench.ingest.readers.source` know the physical type of each column. The pipeline runs two passes
over ``probe.relation``: one that counts every check and sums every control total, and the insert itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from workbench.schema.model import literal, quote

__all__ = [
    "MAX_LINE_BYTES",
    "Check",
    "CsvDialect",
    "Match",
    "Probe",
    "Projection",
    "Reader",
    "SourceColumn",
    "unique_columns",
]


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column of a file.

    ``name`` is the name in the file; ``ref`` the name in the relation, which differs only where two names collide
    (DuckDB compares names without case); ``type`` is DuckDB's type, ``VARCHAR`` for every CSV column. ``clean`` is set
    when the file's own statistics prove that no cell holds a spelling of null, which saves looking at each.
    """

    name: str
    ref: str
    type: str = "VARCHAR"
    clean: bool = False

    @property
    def sql(self) -> str:
        """The column as a quoted identifier."""
        return quote(self.ref)


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How a text file is written, as found by the sniffer; always UTF-8 (other encodings are converted first).

    ``header_lines`` are skipped: 1, more when a quoted header name contains a line break, 0 when a manifest names the
    columns. ``quote`` is empty for Hive text, which knows no quotes.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    header_lines: int = 1
    compression: Literal["none", "gzip"] = "none"


@dataclass(frozen=True, slots=True)
class Probe:
    """One file, sniffed: where it is, how it is written and what its columns are called.

    ``path`` is the file to open (a temporary copy when it was inside an archive or had to be decoded);
    ``label`` is what messages and ``source_files.path`` show.
    """

    path: Path
    label: str
    kind: Literal["csv", "parquet"]
    columns: tuple[SourceColumn, ...]
    dialect: CsvDialect | None = None
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Column names as in the file."""
        return tuple(column.name for column in self.columns)

    @property
    def relation(self) -> str:
        """The file as an SQL table function; every CSV column is text, named by its ``ref``."""
        return self.relation_with()

    def relation_with(self, *, row_numbers: bool = False) -> str:
        """The relation; with ``row_numbers`` a Parquet file also gives ``file_row_number`` (from 0)."""
        path = literal(str(self.path))
        if self.kind == "parquet":
            numbers = ", file_row_number = true" if row_numbers else ""
            return f"read_parquet({path}, hive_partitioning = false{numbers})"
        dialect = self.dialect or CsvDialect()
        columns = ", ".join(f"{literal(column.ref)}: 'VARCHAR'" for column in self.columns)
        options = {
            "auto_detect": "false",
            "columns": "{" + columns + "}",
            "header": "false",
            "skip": str(dialect.header_lines),
            "delim": literal(dialect.delimiter),
            "quote": literal(dialect.quote),
            "escape": literal(dialect.escape),
            "compression": literal(dialect.compression),
            "nullstr": "''",
            "max_line_size": str(MAX_LINE_BYTES),
            "hive_partitioning": "false",
        }
        return f"read_csv({path}, {', '.join(f'{key} = {value}' for key, value in options.items())})"


MAX_LINE_BYTES = 4 * 1024 * 1024
"""Longest line of a text file that is read; a FOCUS line with 50 long tags has about 10 kB."""


def unique_columns(names: Sequence[str], types: Sequence[str]) -> tuple[SourceColumn, ...]:
    """Columns whose ``ref`` is unique without regard to case."""
    seen: set[str] = set()
    columns = []
    for position, (name, kind) in enumerate(zip(names, types, strict=True), start=1):
        ref = name or f"column_{position}"
        while ref.casefold() in seen:
            ref = f"{ref}_{position}"
        seen.add(ref.casefold())
        columns.append(SourceColumn(name, ref, kind))
    return tuple(columns)


@dataclass(frozen=True, slots=True)
class Match:
    """How well a header fits a format.

    ``score`` is the share (0-1) of the format's identifying columns that are there: 0.5 and more with nothing
    ``missing`` is loaded; less is used to name the closest format in a refusal.
    """

    format: str
    score: float
    version: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on one source row, counted in the first pass.

    ``bad`` is true (never null) on rows that break it. ``fatal`` refuses the file with row-level reasons; the others
    become quality findings under ``rule``. ``column`` is the name in the file and ``value`` the SQL of the value shown.
    """

    column: str
    bad: str
    value: str
    reason: str
    fatal: bool = True
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """How one file becomes ``charges`` rows.

    Args:
        format: reader's format name, kept in ``source_files.format``.
        version: version of the format as detected from the columns.
        expressions: charges column → SQL over ``probe.relation``; columns left out are null. Expressions never
            raise: unreadable cells give null and a fatal check names them. ``x_source_id`` is set by the pipeline.
        currency: SQL of the row's billing currency, the group of the control totals.
        controls: cost column → SQL over the source giving the row's cost as DECIMAL(38, 12), written from the raw
            column, summed per currency and compared with the loaded sum (1e-6). Only costs the format states.
        checks: conditions counted in the first pass.
        kept: source columns kept in ``x_attributes``.
        missing: columns the format's version has and the file lacks.
    """

    format: str
    version: str
    expressions: Mapping[str, str]
    currency: str
    controls: Mapping[str, str]
    checks: tuple[Check, ...] = ()
    kept: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Reader(Protocol):
    """One bill format."""

    @property
    def format(self) -> str:
        """Stable name: ``focus``, ``aws-cur``, ``aws-cur2``."""

    def recognise(self, columns: Sequence[str]) -> Match:
        """How well these column names fit the format; score 0 when not at all."""

    def select(self, probe: Probe) -> Projection:
        """The mapping for one file.

        Raises:
            BadFile: two columns of the file claim the same meaning.
        """
