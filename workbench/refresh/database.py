"""Reading a PostgreSQL analytics schema at one moment: what is there, and the rows as Arrow batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa

from workbench.engines import SCHEMA, connect_postgres, server_label
from workbench.errors import CannotRun, DatabaseUnreachable
from workbench.schema import TABLES, Kind, Table
from workbench.schema.charges import COSTS
from workbench.schema.model import quote
from workbench.schema.tables import ROLLUPS

__all__ = ["COPIED", "Contents", "Database", "SourceTotals", "open_database"]

COPIED: tuple[Table, ...] = tuple(table for table in TABLES if table.name not in ROLLUPS)
"""Tables taken from a database; the rollups are computed again from its charges."""


@dataclass(frozen=True, slots=True)
class SourceTotals:
    """Charges of one source file in one currency: lines and the sum of each cost, in the order of ``COSTS``."""

    source_id: int
    currency: str
    lines: int
    costs: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds at one moment.

    Attributes:
        rows: table → rows.
        totals: of ``charges``, by source file and currency; the control totals of a refresh.
        load: number of its newest load by ``workbench db load`` and of its newest run of ingest, as text.
    """

    rows: dict[str, int]
    totals: tuple[SourceTotals, ...]
    load: str

    @property
    def mark(self) -> str:
        """Equal marks: nothing has been loaded in between."""
        return hashlib.sha256(repr((sorted(self.rows.items()), self.totals, self.load)).encode()).hexdigest()


class Database:
    """One read-only transaction that sees the database as it was when it began; see :func:`open_database`."""

    def __init__(self, connection: adbc.Connection, server: str) -> None:
        self._connection = connection
        self.server = server

    def contents(self) -> Contents:
        """Count rows and sum the costs of ``charges``.

        Raises:
            CannotRun: a table or column of the schema is missing; all that are missing are named.
        """
        self._check_schema()
        rows = {}
        counted = [table.name for table in COPIED if table.name != "charges"]
        union = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {SCHEMA}.{quote(name)}" for name in counted)
        rows = {name: int(count) for name, count in self._rows(union)}
        sums = ", ".join(f"sum({cost})::text" for cost in COSTS)
        found = self._rows(
            f"SELECT x_source_id, billing_currency, count(*), {sums} FROM {SCHEMA}.charges GROUP BY 1, 2 ORDER BY 1, 2"
        )
        totals = tuple(
            SourceTotals(int(source), currency, int(lines), tuple(None if c is None else Decimal(c) for c in costs))
            for source, currency, lines, *costs in found
        )
        rows["charges"] = sum(one.lines for one in totals)
        return Contents(rows, totals, self._load())

    def read(self, table: Table, where: str = "") -> pa.RecordBatchReader:
        """The rows of a table in batches; money and JSON as text, exactly as in the database."""
        columns = ", ".join(_selected(quote(column.name), column.kind) for column in table.columns)
        cursor = self._connection.cursor()
        cursor.execute(f"SELECT {columns} FROM {SCHEMA}.{quote(table.name)}{where}")
        reader = cursor.fetch_record_batch()
        schema = pa.schema([(field.name, _plain_type(field.type)) for field in reader.schema])

        def batches() -> Iterator[pa.RecordBatch]:
            try:
                for batch in reader:
                    yield pa.RecordBatch.from_arrays([_plain(column) for column in batch.columns], schema=schema)
            finally:
                cursor.close()

        return pa.RecordBatchReader.from_batches(schema, batches())

    def _check_schema(self) -> None:
        found = self._rows(
            "SELECT table_name::text, column_name::text FROM information_schema.columns"
            f" WHERE table_schema = '{SCHEMA}'"
        )
        present: dict[str, set[str]] = {}
        for table, column in found:
            present.setdefault(table, set()).add(column)
        missing = [f"table {table.name}" for table in COPIED if table.name not in present]
        missing += [
            f"column {table.name}.{name}"
            for table in COPIED
            if table.name in present
            for name in table.names
            if name not in present[table.name]
        ]
        if missing:
            more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
            raise CannotRun(
                f"{self.server} lacks what a snapshot needs",
                detail=", ".join(missing[:8]) + more,
                hint="Make the tables with: workbench db init",
            )

    def _load(self) -> str:
        [(books,)] = self._rows(f"SELECT to_regclass('{SCHEMA}.workbench_loads')::text")
        number = 0 if books is None else self._rows(f"SELECT max(load_number) FROM {SCHEMA}.workbench_loads")[0][0]
        [(run,)] = self._rows(f"SELECT max(load_id) FROM {SCHEMA}.loads")
        return f"{number or 0}/{run or 0}"

    def _rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            found: Sequence[tuple[Any, ...]] = cursor.fetchall()
            return found


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    """Begin one REPEATABLE READ READ ONLY transaction: whatever others write meanwhile, all reads agree.

    Raises:
        DatabaseUnreachable: no server answers, it refuses the user, or it went away; the message holds no password.
    """
    label = server_label(url)
    connect_postgres(url).close()  # its errors say why calmly
    try:
        with adbc.connect(url) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield Database(connection, label)
            connection.rollback()
    except adbc_driver_manager.Error as exc:
        raise DatabaseUnreachable(
            f"Reading from {label} broke off",
            detail=_first_line(exc),
            hint="Nothing was changed. Run the refresh again when the server is back",
        ) from exc


def _selected(column: str, kind: Kind) -> str:
    return f"{column}::text AS {column}" if kind is Kind.JSON else column


def _plain_type(found: pa.DataType) -> pa.DataType:
    return found.storage_type if isinstance(found, pa.BaseExtensionType) else found


def _plain(column: pa.Array) -> pa.Array:
    """NUMERIC comes as an extension type over its text."""
    return column.storage if isinstance(column, pa.ExtensionArray) else column


def _first_line(exc: Exception) -> str:
    lines = str(exc).strip().splitlines()
    return lines[0] if lines else type(exc).__name__
