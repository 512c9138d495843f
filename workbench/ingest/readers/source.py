"""Reading cells whatever their physical type: text, money, numbers, times, booleans and JSON from CSV or Parquet.

A reader makes one :class:`Source` per file and asks it for SQL by name. The source remembers which columns were used
(the rest can be kept in ``x_attributes``) and which cells can be unreadable (the checks), so that a mapping says each
column once.

>>> from pathlib import Path
>>> from workbench.ingest.readers.base import Probe, unique_columns
>>> probe = Probe(Path("bill.csv"), "bill.csv", "csv", unique_columns(["BilledCost"], ["VARCHAR"]))
>>> source = Source(probe, key=str.casefold)
>>> source.money("missing")
'NULL'
>>> [check.column for check in (source.money("billedcost"), source.checks)[1] if check.fatal]
['BilledCost']
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from workbench.errors import BadFile
from workbench.ingest.readers.base import Check, Probe, Projection, SourceColumn
from workbench.schema import CHARGES, Kind, duckdb_type
from workbench.schema.model import literal

__all__ = ["MONEY", "NULL_TEXTS", "Source", "is_null_text", "json_members", "json_of"]

MONEY = duckdb_type(Kind.MONEY)
_MONEY_LIMIT = "1e26"  # digits before the point of a DECIMAL(38, 12)

NULL_TEXTS = ("", "NULL", "null", "Null", "None", "none", "NaN", "nan", "\\N")
"""Spellings of "no value" seen on real bills; a bill that uses them is reported, and loaded as null."""

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMERIC = ("DOUBLE", "FLOAT", "DECIMAL", *_INTEGERS, *(f"U{name}" for name in _INTEGERS))


def is_null_text(sql: str) -> str:
    """SQL: the text cell is one of the null spellings; null when the cell is."""
    # Not IN (...): planning a query with many of those takes DuckDB time in the cube of their number.
    return "(" + " OR ".join(f"{sql} = {literal(text)}" for text in NULL_TEXTS) + ")"


def _has_text(sql: str) -> str:
    return "(" + " AND ".join(f"{sql} <> {literal(text)}" for text in NULL_TEXTS) + ")"


class Source:
    """The columns of one file, looked up by ``key(name)``.

    Args:
        probe: the sniffed file.
        key: brings a file's column name and a reader's name to one spelling, such as ``schema.snake``.
        report_null_texts: whether null spellings are worth a finding; False for formats that write nulls as text.

    Raises:
        BadFile: only when a column asked for is in the file twice under the same key.
    """

    def __init__(self, probe: Probe, *, key: Callable[[str], str], report_null_texts: bool = True) -> None:
        self.probe = probe
        self._report_null_texts = report_null_texts
        self._key = key
        self._by_key: dict[str, list[SourceColumn]] = {}
        for column in probe.columns:
            self._by_key.setdefault(key(column.name), []).append(column)
        self._used: set[str] = set()
        self._checks: dict[tuple[str, str], Check] = {}

    # -- finding ----------------------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """Whether the file has the column."""
        return self._key(name) in self._by_key

    def find(self, name: str) -> SourceColumn | None:
        """The column, marked as used; None when the file lacks it."""
        found = self._by_key.get(self._key(name), [])
        if len(found) > 1:
            places = " and ".join(str(self.probe.columns.index(column) + 1) for column in found)
            raise BadFile(
                f"{self.probe.label}: two columns are called {found[0].name}",
                detail=f"columns {places} of the header",
                hint="Remove or rename one of them",
            )
        if not found:
            return None
        self._used.add(found[0].ref)
        return found[0]

    def first(self, *names: str) -> str | None:
        """The first of ``names`` that the file has."""
        return next((name for name in names if self.has(name)), None)

    # -- cells ------------------------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Text, null spellings as null; ``NULL`` when the file lacks the column."""
        column = self.find(name)
        return "NULL" if column is None else self._text(column)

    def money(self, name: str) -> str:
        """A cost as DECIMAL(38, 12), exact for text (E notation included), rounded at 12 decimals for doubles."""
        return self._parsed(name, MONEY, "a plain number such as 12.34")

    def number(self, name: str) -> str:
        """A quantity or unit price as DOUBLE."""
        return self._parsed(name, "DOUBLE", "a plain number such as 12.34")

    def timestamp(self, name: str) -> str:
        """A time in UTC without zone; text must be ISO 8601, an offset is converted, no offset means UTC."""
        column = self.find(name)
        if column is None:
            return "NULL"
        if column.type != "VARCHAR":
            parsed = _instant(column)
            if not column.type.startswith(("TIMESTAMP", "DATE")):
                self.add_check(
                    Check(
                        column.name,
                        f"{column.sql} IS NOT NULL",
                        column.sql,
                        f"is {column.type} where a time is expected",
                    )
                )
            return parsed
        text = self._text(column)
        # The year-first guard keeps DuckDB from reading 9/1/24 as the year 9; TIMESTAMPTZ applies the offset.
        parsed = (
            f"CASE WHEN {column.sql}[5] = '-' THEN make_timestamp(epoch_us(TRY_CAST({column.sql} AS TIMESTAMPTZ))) END"
        )
        self.add_check(
            Check(
                column.name,
                f"({text}) IS NOT NULL AND ({parsed}) IS NULL",
                column.sql,
                "is not a time such as 2026-05-01T00:00:00Z",
            )
        )
        self.add_check(
            Check(
                column.name,
                f"({parsed}) IS NOT NULL AND NOT (contains({column.sql}, 'T') AND suffix({column.sql}, 'Z'))",
                column.sql,
                "written without T or Z; read as UTC",
                fatal=False,
                rule="time-spelling",
            )
        )
        return parsed

    def json(self, name: str) -> str:
        """A JSON object as text: JSON text as it is, a MAP or STRUCT converted; empty objects are null."""
        column = self.find(name)
        if column is None:
            return "NULL"
        if column.type == "VARCHAR":
            return f"nullif({self._text(column)}, '{{}}')"
        return f"nullif(CAST(to_json({column.sql}) AS VARCHAR), '{{}}')"

    # -- the result -------------------------------------------------------------------------------------------

    @property
    def checks(self) -> tuple[Check, ...]:
        """Checks of all cells asked for so far, in order of first use."""
        return tuple(self._checks.values())

    def unused(self) -> tuple[SourceColumn, ...]:
        """Columns nothing has asked for yet."""
        return tuple(column for column in self.probe.columns if column.ref not in self._used)

    def attributes(self, columns: Iterable[SourceColumn]) -> str:
        """``x_attributes``: a JSON object of the columns that have a value, null when none has; no cost when empty."""
        return json_of(json_members({column.name: self._text(column) for column in columns}))

    def projection(
        self,
        format_name: str,
        version: str,
        expressions: Mapping[str, str],
        *,
        currency: str,
        controls: Mapping[str, str],
        missing: tuple[str, ...] = (),
        origins: Mapping[str, str] | None = None,
    ) -> Projection:
        """Put the mapping together: unused columns go to ``x_attributes``, required columns get a "no value" check.

        Args:
            format_name: the reader's format.
            version: detected version.
            expressions: charges column → SQL, from the helpers above.
            currency: see :class:`Projection`.
            controls: see :class:`Projection`.
            missing: see :class:`Projection`.
            origins: required charges column → file's column name to blame when it has no value.
        """
        kept = self.unused()
        mapped = {**expressions, "x_attributes": self.attributes(kept)}
        for column in CHARGES.columns:
            if not column.required or column.name in ("x_source_id", "x_spread"):
                continue
            sql = mapped.get(column.name, "NULL")
            self.add_check(
                Check((origins or {}).get(column.name, column.name), f"({sql}) IS NULL", "NULL", "has no value")
            )
        return Projection(
            format_name,
            version,
            {name: sql for name, sql in mapped.items() if sql != "NULL"},
            currency,
            dict(controls),
            self.checks,
            tuple(column.name for column in kept),
            missing,
        )

    # -- inside -----------------------------------------------------------------------------------------------

    def add_check(self, check: Check) -> None:
        """Register a check; the first one of a column and reason stays."""
        self._checks.setdefault((check.column, check.reason), check)

    def _text(self, column: SourceColumn) -> str:
        if column.type != "VARCHAR":
            return f"CAST({column.sql} AS VARCHAR)"
        if column.clean:
            return column.sql
        if self._report_null_texts:
            self.add_check(
                Check(
                    column.name,
                    f"coalesce({is_null_text(column.sql)}, false)",
                    column.sql,
                    "written as text where the value is null",
                    fatal=False,
                    rule="null-spelling",
                )
            )
        return f"CASE WHEN {_has_text(column.sql)} THEN {column.sql} END"

    def _parsed(self, name: str, target: str, expected: str) -> str:
        column = self.find(name)
        if column is None:
            return "NULL"
        cell = column.sql
        parsed = f"TRY_CAST({cell} AS {target})"
        unreadable = f"{cell} IS NOT NULL AND ({parsed}) IS NULL"
        if column.type == "VARCHAR":
            self._text(column)
            # DuckDB reads 1_000 as a number and overflows to infinity; a bill that says either is not understood.
            finite = f" AND isfinite({parsed})" if target == "DOUBLE" else ""
            parsed = f"CASE WHEN NOT contains({cell}, '_'){finite} THEN {parsed} END"
            unreadable = f"{_has_text(cell)} AND ({parsed}) IS NULL"
        elif column.type in ("DOUBLE", "FLOAT"):
            # Said without the cast: its null test is folded away by Parquet statistics, which leave NaN out. A missing
            # quantity is often written as NaN by data frame tools; a cost that is no number is not guessed at.
            if target == "DOUBLE":
                parsed, unreadable = f"CASE WHEN isfinite({cell}) THEN {cell} END", f"isinf({cell})"
            else:
                unreadable = f"NOT isfinite({cell}) OR abs({cell}) >= {_MONEY_LIMIT}"
        elif not column.type.startswith(_NUMERIC):
            parsed = f"TRY_CAST(CAST({cell} AS VARCHAR) AS {target})"
            unreadable = f"{cell} IS NOT NULL AND ({parsed}) IS NULL"
        if column.type == "VARCHAR" or not column.type.startswith(_NUMERIC) or _may_overflow(column.type):
            self.add_check(Check(column.name, f"coalesce({unreadable}, false)", cell, f"is not {expected}"))
        return parsed


def json_members(cells: Mapping[str, str], *, encoded: bool = False) -> list[str]:
    """SQL of the members of a JSON object: key → SQL of a text cell, or of JSON text when ``encoded``."""
    values = {key: sql if encoded else f"CAST(to_json({sql}) AS VARCHAR)" for key, sql in cells.items()}
    return [f"{literal(json.dumps(key, ensure_ascii=False) + ':')} || {sql}" for key, sql in values.items()]


def json_of(members: Sequence[str]) -> str:
    """SQL of a JSON object as text out of its members; those without a value are left out, null when none has one."""
    if not members:
        return "NULL"
    # concat_ws leaves out nulls, so that a bill with a hundred mostly empty columns stays small.
    return f"'{{' || nullif(concat_ws(',', {', '.join(members)}), '') || '}}'"


def _may_overflow(duckdb_type: str) -> bool:
    return duckdb_type in ("DOUBLE", "FLOAT", "HUGEINT", "UHUGEINT") or duckdb_type.startswith("DECIMAL(38")


def _instant(column: SourceColumn) -> str:
    if column.type in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"):
        return f"make_timestamp(epoch_us(CAST({column.sql} AS TIMESTAMPTZ)))"
    return f"TRY_CAST({column.sql} AS TIMESTAMP)"
