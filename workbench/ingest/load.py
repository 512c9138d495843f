"""Loads one delivery in one transaction: survey, insert, control totals, overlap, quality, books."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb

from workbench.errors import BadFile
from workbench.ingest.deliveries import Delivery
from workbench.ingest.digest import Digest
from workbench.ingest.failures import reading_failure
from workbench.ingest.ledger import (
    Books,
    LoadedFile,
    SourceRecord,
    record_findings,
    record_source,
)
from workbench.ingest.overlap import find_overlap
from workbench.ingest.quality import findings
from workbench.ingest.readers.base import MAX_LINE_BYTES, Probe, Projection
from workbench.ingest.report import FileResult, Totals
from workbench.ingest.survey import Survey, refuse_bad_rows, survey
from workbench.progress import Progress
from workbench.schema.charges import CONTROL_TOLERANCE, COSTS

__all__ = ["OnOverlap", "Prepared", "load_delivery"]

OnOverlap = Literal["refuse", "replace", "add"]
"""What to do with a bill whose lines are loaded from another path: refuse it, replace that one, or keep both."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One file of a delivery, recognised and ready to read."""

    probe: Probe
    projection: Projection
    digest: Digest


@dataclass(frozen=True, slots=True)
class _Inserted:
    source_id: int
    rows: int
    found: Survey
    totals: Totals
    seconds: float


def load_delivery(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    version: str,
    files: Sequence[Prepared],
    books: Books,
    progress: Progress,
    *,
    home: Path,
    on_overlap: OnOverlap,
) -> tuple[FileResult, ...]:
    """Load all files of ``delivery`` or none, replacing its earlier version.

    Args:
        connection: a snapshot under construction.
        delivery: what is loaded.
        version: its version, as kept in the books.
        files: its files, prepared.
        books: the books as they are now.
        progress: told of each file.
        home: where the snapshot is written, to tell a full disk from a bad file.
        on_overlap: see :data:`OnOverlap`.

    Raises:
        BadFile: a row cannot be loaded, totals do not match, or the lines are loaded already; nothing was changed.
    """
    connection.execute("BEGIN TRANSACTION")
    try:
        earlier = books.versions_of(delivery.dataset, delivery.billing_month)
        others = _others(connection, delivery, earlier, books)
        replaced = _remove(connection, earlier)
        inserted = []
        for position, file in enumerate(files):
            progress.advance(0, detail=file.probe.label)
            inserted.append(_insert(connection, file, books.next_source + position, home))
        replaced += _settle_overlap(connection, delivery, inserted, others, on_overlap)
        results = tuple(
            _finish(connection, delivery, version, file, one, books.next_load, replaced if first else 0)
            for first, file, one in zip([True] + [False] * len(files), files, inserted, strict=False)
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return results


def _remove(connection: duckdb.DuckDBPyConnection, earlier: Sequence[LoadedFile]) -> int:
    """Take out the rows of earlier versions; their entries stay, marked as replaced."""
    if not earlier:
        return 0
    sources = {"sources": [file.source_id for file in earlier]}
    among = "source_id IN (SELECT unnest($sources))"
    connection.execute(f"DELETE FROM charges WHERE x_{among}", sources)
    connection.execute(f"DELETE FROM quality_findings WHERE {among}", sources)
    connection.execute(f"UPDATE source_files SET status = 'replaced' WHERE {among}", sources)
    return sum(file.rows for file in earlier)


def _insert(connection: duckdb.DuckDBPyConnection, file: Prepared, source_id: int, home: Path) -> _Inserted:
    started = time.perf_counter()
    probe, projection = file.probe, file.projection
    try:
        found = survey(connection, probe, projection)
        refuse_bad_rows(connection, probe, found)
        columns = ", ".join(projection.expressions)
        values = ", ".join(projection.expressions.values())
        connection.execute(
            f"INSERT INTO charges (x_source_id, {columns}) SELECT {source_id}, {values} FROM {probe.relation}"
        )
    except duckdb.Error as exc:
        raise reading_failure(exc, probe, home) from exc
    if not found.rows and file.digest.content_bytes > MAX_LINE_BYTES and probe.kind == "csv":
        raise BadFile(
            f"{probe.label}: no line ends within {MAX_LINE_BYTES // 1024 // 1024} MB after the header",
            hint="This is not a bill; export it again",
        )
    rows, totals = _loaded_totals(connection, source_id)
    _compare(probe, projection, found, rows, totals)
    return _Inserted(source_id, rows, found, totals, time.perf_counter() - started)


def _loaded_totals(connection: duckdb.DuckDBPyConnection, source_id: int) -> tuple[int, Totals]:
    sums = ", ".join(f"sum({cost})" for cost in COSTS)
    groups = connection.execute(
        f"SELECT billing_currency, count(*), {sums} FROM charges WHERE x_source_id = $source GROUP BY 1 ORDER BY 1",
        {"source": source_id},
    ).fetchall()
    totals = {group[0]: dict(zip(COSTS, group[2:], strict=True)) for group in groups}
    return sum(group[1] for group in groups), totals


def _compare(probe: Probe, projection: Projection, found: Survey, rows: int, totals: Totals) -> None:
    """Rows and control totals in the file against those loaded: they differ only when the file changed meanwhile."""
    differences = [] if rows == found.rows else [f"{found.rows:,} rows in the file, {rows:,} loaded"]
    for currency, costs in found.totals.items():
        for cost in projection.controls:
            stated, loaded = costs[cost], totals.get(currency, {}).get(cost)
            gap = abs((stated or Decimal(0)) - (loaded or Decimal(0)))
            if (stated is None) != (loaded is None) or gap > CONTROL_TOLERANCE:
                differences.append(f"{cost} in {currency}: {stated} in the file, {loaded} loaded")
    if differences:
        raise BadFile(
            f"{probe.label}: control totals do not match ({differences[0]})",
            detail="; ".join(differences[1:]),
            hint="The file may have changed while it was read; load it again",
        )


def _others(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, earlier: Sequence[LoadedFile], books: Books
) -> list[LoadedFile]:
    """Files of other datasets that must not share lines with this delivery.

    Those that share lines with its earlier version were let in beside it (``--add``), and are again.
    """
    others = [file for file in books.loaded if (file.dataset, file.billing_month) != _place(delivery)]
    allowed = find_overlap(connection, [file.source_id for file in earlier], [file.source_id for file in others])
    return [file for file in others if file.source_id not in {overlap.source_id for overlap in allowed}]


def _settle_overlap(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    inserted: Sequence[_Inserted],
    others: Sequence[LoadedFile],
    on_overlap: OnOverlap,
) -> int:
    """Refuse or replace another dataset that holds the same lines; returns the rows replaced.

    Raises:
        BadFile: the lines are loaded already and ``on_overlap`` is ``refuse``.
    """
    if on_overlap == "add":
        return 0
    overlaps = find_overlap(connection, [one.source_id for one in inserted], [file.source_id for file in others])
    if not overlaps:
        return 0
    sources = {overlap.source_id for overlap in overlaps}
    if on_overlap == "replace":
        places = {(file.dataset, file.billing_month) for file in others if file.source_id in sources}
        return _remove(connection, [file for file in others if (file.dataset, file.billing_month) in places])
    worst = overlaps[0]
    other = next(file for file in others if file.source_id == worst.source_id)
    raise BadFile(
        f"{delivery.dataset}: {worst.lines:,} of its lines ({worst.share:.0%}) are already loaded from {other.path}",
        hint="Give --replace if this is a newer export of the same bill, --add if it is a different part of it",
    )


def _place(delivery: Delivery) -> tuple[str, object]:
    return delivery.dataset, delivery.billing_month


def _finish(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    version: str,
    file: Prepared,
    inserted: _Inserted,
    load_id: int,
    replaced: int,
) -> FileResult:
    probe, projection = file.probe, file.projection
    found = findings(connection, inserted.source_id, projection, inserted.found)
    [(first, last)] = connection.execute(
        "SELECT min(charge_period_start), max(coalesce(charge_period_end, charge_period_start))"
        " FROM charges WHERE x_source_id = $source",
        {"source": inserted.source_id},
    ).fetchall()
    record_source(
        connection,
        SourceRecord(
            inserted.source_id,
            load_id,
            probe.label,
            delivery.dataset,
            delivery.billing_month,
            version,
            file.digest.sha256,
            file.digest.size,
            "loaded",
            projection.format,
            projection.version,
            rows_in=inserted.found.rows,
            rows_loaded=inserted.rows,
            controls=(inserted.found.totals, inserted.totals),
            projection=projection,
            first_charge=first,
            last_charge=last,
            seconds=inserted.seconds,
        ),
    )
    record_findings(connection, inserted.source_id, found)
    notes = list(probe.notes)
    if not inserted.rows:
        notes.append("The file has a header and no rows")
    return FileResult(
        probe.label,
        delivery.dataset,
        "loaded",
        projection.format,
        projection.version,
        delivery.billing_month,
        inserted.rows,
        replaced,
        inserted.totals,
        notes=tuple(notes),
        findings=len(found),
        seconds=inserted.seconds,
    )
