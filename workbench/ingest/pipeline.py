"""Bills in, one published snapshot out: discover → compare with the books → load each delivery → publish.

Start with :func:`ingest`. No snapshot is built when everything given is already loaded, and none is published when
nothing changed.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from workbench import clock
from workbench.catalog import fill_catalog_tables, load_catalog
from workbench.engines import Query, connect
from workbench.errors import BadFile, SnapshotCorrupt, SnapshotMissing
from workbench.ingest.discover import discover
from workbench.ingest.inventory import PreparedTable, load_inventory, prepare_inventory
from workbench.ingest.ledger import Books, SourceRecord, read_books, record_rejections, record_source
from workbench.ingest.load import OnOverlap, Prepared, load_delivery
from workbench.ingest.prepare import Offer, prepare, refusal, unchanged
from workbench.ingest.report import FileResult, LoadReport
from workbench.log import get_logger
from workbench.progress import Progress, Silent
from workbench.settings import Settings
from workbench.snapshot import SnapshotBuild, SnapshotStore, storage_error

__all__ = ["ingest"]

_log = get_logger(__name__)
_STALE_SECONDS = 24 * 3600

_Results = tuple[FileResult, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One delivery: already settled by ``results``, or ready to load."""

    offer: Offer
    results: _Results = ()
    files: tuple[Prepared, ...] = ()
    tables: tuple[PreparedTable, ...] = ()


def ingest(
    paths: Sequence[str | Path],
    settings: Settings,
    progress: Progress | None = None,
    *,
    on_overlap: OnOverlap = "refuse",
    fresh: bool = False,
) -> LoadReport:
    """Load bills into a new snapshot and publish it.

    Each delivery (a file, or all files of a manifest or partition) is loaded in one transaction or refused as a whole
    with the rows at fault; the others go on. The same content again is left alone, a newer version replaces the older.

    Args:
        paths: files, folders, globs, ZIP and tar archives; their order does not matter.
        settings: ``home`` says where the snapshots are.
        progress: told of each step.
        on_overlap: what to do with a file whose lines are already loaded from another path.
        fresh: leave out everything loaded so far.

    Raises:
        SnapshotBusy: another refresh is running.
        StorageError: the disk is full; nothing was changed.
    """
    progress = progress or Silent()
    started = time.perf_counter()
    with _work_folder(settings) as work:
        progress.step("Find bills")
        found = discover(paths, work)
        problems = tuple(
            FileResult(
                problem.title.partition(": ")[0],
                "",
                "refused",
                reason=problem.title.partition(": ")[2],
                hint=problem.hint,
            )
            for problem in found.problems
        )
        store = SnapshotStore(settings)
        books = Books() if fresh else _current_books(store)
        progress.step("Look at bills", total=len(found.deliveries))
        with closing(connect(threads=1)) as connection:
            plans = []
            for delivery in found.deliveries:
                plans.append(_plan(Offer.of(delivery), books, connection, work))
                progress.advance(1, detail=delivery.dataset)
        news = any(plan.files or plan.tables for plan in plans) or _new_refusals(plans, books, store)
        if not news:
            results = problems + tuple(result for plan in plans for result in plan.results)
            _tell(progress, results)
            return LoadReport(results, None, time.perf_counter() - started)
        with store.build(progress, fresh=fresh) as build:
            results = problems + _load_all(build, plans, settings, progress, on_overlap)
            _tell(progress, results)
            if build.base is None and not any(result.status == "loaded" for result in results):
                return LoadReport(results, None, time.perf_counter() - started)
            report = LoadReport(results, build.id, time.perf_counter() - started)
            _record_run(build.connection, report)
            fill_catalog_tables(build.connection, load_catalog(settings.home))
            build.publish(note=_note(report))
        return LoadReport(results, report.snapshot_id, time.perf_counter() - started)


@contextmanager
def _work_folder(settings: Settings) -> Iterator[Path]:
    """A folder for unpacked and converted files beside the snapshots, where there is room; left-overs are removed."""
    parent = settings.home / "ingest"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for old in parent.iterdir():
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=parent) as name:
            yield Path(name)
    except OSError as exc:
        if storage := storage_error(exc, settings.home):
            raise storage from exc
        raise


def _current_books(store: SnapshotStore) -> Books:
    try:
        with store.open() as snapshot:
            return read_books(
                lambda sql: [
                    tuple(row.values()) for row in snapshot.engine.run(Query("Books of ingest", sql)).to_pylist()
                ]
            )
    except (SnapshotMissing, SnapshotCorrupt):
        return Books()  # the build begins from nothing, too, and says so


def _plan(offer: Offer, books: Books, connection: duckdb.DuckDBPyConnection, work: Path) -> _Plan:
    known = unchanged(offer, books)
    if known is not None:
        return _Plan(offer, known)
    try:
        if offer.delivery.kind == "inventory":
            return _Plan(offer, tables=prepare_inventory(offer, connection, work))
        return _Plan(offer, files=prepare(offer, connection, work))
    except BadFile as problem:
        return _Plan(offer, refusal(offer, problem))


def _new_refusals(plans: Sequence[_Plan], books: Books, store: SnapshotStore) -> bool:
    """Whether a snapshot exists that does not yet tell of these refusals."""
    if store.served_id() is None:
        return False
    return any(
        result.status == "refused" and (result.path, one.sha256, result.reason) not in books.refused
        for plan in plans
        for result, one in zip(plan.results, plan.offer.digests, strict=False)
    )


def _load_all(
    build: SnapshotBuild, plans: Sequence[_Plan], settings: Settings, progress: Progress, on_overlap: OnOverlap
) -> _Results:
    connection = build.connection
    results: list[FileResult] = []
    progress.step("Load bills", total=len(plans))
    for plan in plans:
        # Read again for each: an earlier delivery of this run, or another run before the lock, may have loaded it.
        books = read_books(lambda sql: connection.execute(sql).fetchall())
        outcome = plan.results or unchanged(plan.offer, books)
        if outcome is None:
            try:
                outcome = _load(connection, plan, books, settings, progress, on_overlap)
            except BadFile as problem:
                _log.warning("delivery refused", dataset=plan.offer.delivery.dataset, reason=str(problem))
                outcome = refusal(plan.offer, problem)
        if any(result.status == "refused" for result in outcome):
            _record_refusal(connection, plan.offer, outcome, books)
        results.extend(outcome)
        progress.advance(1, detail=plan.offer.delivery.dataset)
    return tuple(results)


def _load(
    connection: duckdb.DuckDBPyConnection,
    plan: _Plan,
    books: Books,
    settings: Settings,
    progress: Progress,
    on_overlap: OnOverlap,
) -> _Results:
    if plan.tables:
        return load_inventory(connection, plan.offer, plan.tables, books, progress, home=settings.home)
    return load_delivery(
        connection,
        plan.offer.delivery,
        plan.offer.version,
        plan.files,
        books,
        progress,
        home=settings.home,
        on_overlap=on_overlap,
    )


def _record_refusal(connection: duckdb.DuckDBPyConnection, offer: Offer, outcome: _Results, books: Books) -> None:
    connection.execute("BEGIN TRANSACTION")
    for position, (result, one) in enumerate(zip(outcome, offer.digests, strict=False)):
        source_id = books.next_source + position
        record_source(
            connection,
            SourceRecord(
                source_id,
                books.next_load,
                result.path,
                result.dataset,
                result.billing_month,
                offer.version,
                one.sha256,
                one.size,
                "refused",
                reason=result.reason,
            ),
        )
        record_rejections(connection, source_id, result.rejected)
    connection.execute("COMMIT")


def _record_run(connection: duckdb.DuckDBPyConnection, report: LoadReport) -> None:
    connection.execute(
        "INSERT INTO loads SELECT coalesce(max(load_id), 0) + 1, $started, $seconds, $status, $loaded, $unchanged,"
        " $refused, $rows, $replaced FROM loads",
        {
            "started": clock.now().replace(tzinfo=None),
            "seconds": report.seconds,
            "status": report.status,
            "loaded": report.count("loaded"),
            "unchanged": report.count("unchanged"),
            "refused": report.count("refused"),
            "rows": report.rows_loaded,
            "replaced": report.rows_replaced,
        },
    )


def _note(report: LoadReport) -> str:
    parts = [f"{report.count('loaded')} loaded", f"{report.rows_loaded:,} lines"]
    if report.count("refused"):
        parts.append(f"{report.count('refused')} refused")
    return "ingest: " + ", ".join(parts)


def _tell(progress: Progress, results: _Results) -> None:
    for result in results:
        if result.status == "refused":
            progress.message(f"{result.path}: {result.reason}. {result.hint}".rstrip(". ") + ".")
