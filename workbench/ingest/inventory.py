"""Inventory: a folder of ``<table>.parquet`` or ``<table>.csv``, one file a table of the schema, loaded together.

Names of files are those of the tables (``instances.parquet``, ``volumes.csv``; ``resource_metrics.1.parquet`` for one
of several), names of columns those of the declaration. The folder is the dataset: a newer version of it replaces the
earlier one whole, so that a table missing from it is empty afterwards. Reading of cells, null spellings and row-level
refusals are those of bills.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from workbench.errors import BadFile
from workbench.ingest.deliveries import BillFile, Delivery, Resolution
from workbench.ingest.digest import Digest
from workbench.ingest.failures import RefusedRows, reading_failure
from workbench.ingest.ledger import Books, LoadedFile, SourceRecord, record_source
from workbench.ingest.prepare import Offer
from workbench.ingest.readers.base import Check, Probe, Projection
from workbench.ingest.readers.registry import recognise
from workbench.ingest.readers.source import Source
from workbench.ingest.report import FileResult, RejectedRow
from workbench.ingest.sniff import sniff
from workbench.ingest.survey import refuse_bad_rows, survey
from workbench.progress import Progress
from workbench.schema import Column, Kind, Table, snake
from workbench.schema.model import literal, quote
from workbench.schema.reference import FEEDS

__all__ = ["FORMAT", "InventoryResolver", "PreparedTable", "load_inventory", "prepare_inventory"]

FORMAT = "inventory"

_TABLES = {table.name: table for table in FEEDS}
_NAME = re.compile(r"^(?P<table>[a-z][a-z0-9_]*?)([._-]\d+)?\.(parquet|pq|csv|csv\.gz)$", re.IGNORECASE)
_SHOWN_DUPLICATES = 20
_BILL_SCORE = 0.5


class InventoryResolver:
    """Files named like a table: one delivery a folder."""

    def resolve(self, files: Sequence[BillFile]) -> Resolution:
        """See :class:`workbench.ingest.deliveries.LayoutResolver`."""
        folders: dict[str, list[BillFile]] = {}
        rest = []
        for file in files:
            if _table_of(file.label) is None:
                rest.append(file)
            else:
                folders.setdefault(file.label.rpartition("/")[0], []).append(file)
        return Resolution(
            tuple(Delivery(folder, tuple(members), kind="inventory") for folder, members in sorted(folders.items())),
            tuple(rest),
        )


def _table_of(label: str) -> Table | None:
    name = re.split(r"[/!]", label)[-1]
    found = _NAME.match(name)
    return _TABLES.get(found["table"].lower()) if found else None


@dataclass(frozen=True, slots=True)
class PreparedTable:
    """One file of an inventory, ready to read into ``table``; ``ignored`` are columns that are kept nowhere."""

    table: Table
    probe: Probe
    projection: Projection
    digest: Digest
    ignored: tuple[str, ...]


def prepare_inventory(offer: Offer, connection: duckdb.DuckDBPyConnection, work: Path) -> tuple[PreparedTable, ...]:
    """Sniff and map every file of an inventory.

    Raises:
        BadFile: a file cannot be read, or lacks a column that is never null.
    """
    if offer.problem is not None:
        raise offer.problem
    prepared = []
    for file, digest in zip(offer.delivery.files, offer.digests, strict=True):
        table = _table_of(file.label)
        assert table is not None  # the resolver took only such files  # noqa: S101
        probe = sniff(file, connection, work)
        prepared.append(_mapped(table, probe, digest))
    return tuple(prepared)


def _mapped(table: Table, probe: Probe, digest: Digest) -> PreparedTable:
    source = Source(probe, key=snake, report_null_texts=False)
    wanted = [column for column in table.columns if column.name not in ("x_source_id", "provider_attributes")]
    missing = [column.name for column in wanted if column.required and not source.has(column.name)]
    if missing:
        bill, match = recognise(probe.names)
        raise BadFile(
            f"{probe.label}: {table.name} without {', '.join(missing)}",
            hint=f"It looks like a {bill.format} bill: give the file a name that is no inventory table"
            if match.score >= _BILL_SCORE
            else f"The columns of {table.name} are listed in the data dictionary",
        )
    expressions = {column.name: _cell(source, column) for column in wanted if source.has(column.name)}
    for column in wanted:
        if column.required:
            source.add_check(Check(column.name, f"({expressions[column.name]}) IS NULL", "NULL", "has no value"))
    ignored: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    if "provider_attributes" in table.names:
        given = source.has("provider_attributes")
        own = _cell(source, table.column("provider_attributes")) if given else "NULL"
        rest = source.unused()
        kept = tuple(column.name for column in rest)
        more = source.attributes(rest)
        expressions["provider_attributes"] = (
            f"coalesce(json_merge_patch({own}, {more}), {own}, {more})" if rest else own
        )
    else:
        ignored = tuple(column.name for column in source.unused())
    return PreparedTable(
        table,
        probe,
        Projection(
            FORMAT,
            table.name,
            {name: sql for name, sql in expressions.items() if sql != "NULL"},
            currency="'USD'",
            controls={},
            checks=tuple(check for check in source.checks if check.fatal),
            kept=kept,
            missing=tuple(column.name for column in wanted if not source.has(column.name)),
        ),
        digest,
        ignored,
    )


def _cell(source: Source, column: Column) -> str:
    match column.kind:
        case Kind.TEXT:
            return source.text(column.name)
        case Kind.MONEY:
            return source.money(column.name)
        case Kind.NUMBER:
            return source.number(column.name)
        case Kind.INTEGER:
            number = source.number(column.name)
            _expect(source, column, f"({number}) <> trunc({number})", "is not a whole number")
            return f"CAST({number} AS BIGINT)"
        case Kind.BOOLEAN:
            text = source.text(column.name)
            parsed = f"TRY_CAST({text} AS BOOLEAN)"
            _expect(source, column, f"({text}) IS NOT NULL AND ({parsed}) IS NULL", "is not true or false")
            return parsed
        case Kind.DATE:
            return f"CAST({source.timestamp(column.name)} AS DATE)"
        case Kind.TIMESTAMP:
            return source.timestamp(column.name)
        case Kind.JSON:
            json = source.json(column.name)
            _expect(source, column, f"NOT json_valid({json})", "is not JSON")
            return json


def _expect(source: Source, column: Column, bad: str, reason: str) -> None:
    found = source.find(column.name)
    if found is not None:
        source.add_check(Check(found.name, f"coalesce({bad}, false)", f"CAST({found.sql} AS VARCHAR)", reason))


def load_inventory(
    connection: duckdb.DuckDBPyConnection,
    offer: Offer,
    files: Sequence[PreparedTable],
    books: Books,
    progress: Progress,
    *,
    home: Path,
) -> tuple[FileResult, ...]:
    """Load all tables of an inventory or none, replacing its earlier version whole.

    Raises:
        BadFile: a row cannot be loaded, or an id is there twice; nothing was changed.
    """
    delivery = offer.delivery
    earlier = books.versions_of(delivery.dataset, delivery.billing_month)
    connection.execute("BEGIN TRANSACTION")
    try:
        replaced = _remove(connection, earlier)
        results = []
        for position, file in enumerate(files):
            progress.advance(0, detail=file.probe.label)
            source_id = books.next_source + position
            results.append(_insert(connection, offer, file, source_id, books.next_load, home))
        for table in {file.table.name: file.table for file in files}.values():
            _refuse_duplicates(connection, table, files, books.next_source)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return (
        replace(results[0], rows_replaced=replaced, notes=(*results[0].notes, *_emptied(earlier, files))),
        *results[1:],
    )


def _emptied(earlier: Sequence[LoadedFile], files: Sequence[PreparedTable]) -> tuple[str, ...]:
    """A notice of tables that the earlier version had and this one has not: their rows are gone with it."""
    now = {file.table.name for file in files}
    before = {table.name for file in earlier if (table := _table_of(file.path)) is not None}
    gone = sorted(before - now)
    return (f"Not in this version, so nothing of it is left in: {', '.join(gone)}",) if gone else ()


def _remove(connection: duckdb.DuckDBPyConnection, earlier: Sequence[LoadedFile]) -> int:
    if not earlier:
        return 0
    among = f"({', '.join(str(file.source_id) for file in earlier)})"
    for name in _TABLES:
        connection.execute(f"DELETE FROM {quote(name)} WHERE x_source_id IN {among}")
    connection.execute(f"UPDATE source_files SET status = 'replaced' WHERE source_id IN {among}")
    return sum(file.rows for file in earlier)


def _insert(
    connection: duckdb.DuckDBPyConnection, offer: Offer, file: PreparedTable, source_id: int, load_id: int, home: Path
) -> FileResult:
    started = time.perf_counter()
    probe, projection, table = file.probe, file.projection, file.table
    try:
        found = survey(connection, probe, projection)
        refuse_bad_rows(connection, probe, found)
        columns = ", ".join(quote(name) for name in projection.expressions)
        values = ", ".join(projection.expressions.values())
        [(rows,)] = connection.execute(
            f"INSERT INTO {quote(table.name)} (x_source_id, {columns})"
            f" SELECT {source_id}, {values} FROM {probe.relation}"
        ).fetchall()
    except duckdb.Error as exc:
        raise reading_failure(exc, probe, home) from exc
    if rows != found.rows:
        raise BadFile(
            f"{probe.label}: {found.rows:,} rows in the file, {rows:,} loaded",
            hint="The file may have changed while it was read; load it again",
        )
    seconds = time.perf_counter() - started
    record_source(
        connection,
        SourceRecord(
            source_id,
            load_id,
            probe.label,
            offer.delivery.dataset,
            offer.delivery.billing_month,
            offer.version,
            file.digest.sha256,
            file.digest.size,
            "loaded",
            FORMAT,
            table.name,
            rows_in=found.rows,
            rows_loaded=rows,
            projection=projection,
            seconds=seconds,
        ),
    )
    notes = list(probe.notes)
    if projection.kept:
        notes.append(f"Columns kept in provider_attributes: {', '.join(projection.kept)}")
    if file.ignored:
        notes.append(f"Columns not kept: {', '.join(file.ignored)}")
    return FileResult(
        probe.label,
        offer.delivery.dataset,
        "loaded",
        FORMAT,
        table.name,
        offer.delivery.billing_month,
        rows,
        notes=tuple(notes),
        seconds=seconds,
    )


def _refuse_duplicates(
    connection: duckdb.DuckDBPyConnection, table: Table, files: Sequence[PreparedTable], first_source: int
) -> None:
    """An id is there once, also beside other inventories."""
    if "id" not in table.names:
        return
    doubles = connection.execute(
        f"SELECT id, max(x_source_id) FROM {quote(table.name)} GROUP BY id HAVING count(*) > 1"
        f" ORDER BY id LIMIT {_SHOWN_DUPLICATES}"
    ).fetchall()
    if doubles:
        label = files[doubles[0][1] - first_source].probe.label
        raise RefusedRows(
            f"{label}: {table.name} has the id {literal(doubles[0][0])} more than once",
            hint="An id names one row; ids of another inventory that is loaded count too",
            rows=tuple(RejectedRow(None, "id", one, "there is another row with this id") for one, _ in doubles),
        )
