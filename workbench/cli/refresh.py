"""``workbench refresh``: a new snapshot from a database, folders or S3, once or on a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.refresh import RefreshReport
    from workbench.settings import Settings

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(refresh)


def refresh(
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="postgresql://…, a folder, or s3://bucket/prefix; again for more. Default: the setting refresh_from.",
            show_default=False,
        ),
    ] = None,
    repeat: Annotated[
        str | None,
        typer.Option("--every", metavar="6h", help="Go on refreshing; stop with Ctrl+C.", show_default=False),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read a database whole, also what has not changed.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="What is served may give way to it, though it came from elsewhere.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document; with --every one a line.")] = False,
) -> None:
    """Publish a new snapshot when the sources have something new; the app shows it without a restart.

    Reading S3 costs money: a request a thousand objects listed, one an object fetched, and traffic outside its region.

    Exit codes: 0 done, 1 failed and nothing changed, 3 some files were refused, 4 nothing new.
    """
    from workbench.cli.console import remark, watch
    from workbench.refresh import every, interval
    from workbench.refresh import refresh as refresh_now
    from workbench.settings import load_settings

    settings = load_settings()
    given = tuple(sources or settings.refresh_sources)
    seconds = interval(repeat) if repeat is not None else None

    def work() -> RefreshReport:
        with watch(quiet=json) as progress:
            report = refresh_now(given, settings, progress, full=full, replace=replace)
        if seconds is not None and report.snapshot_id:
            _prune(settings)
        _show(report, json=json)
        return report

    if seconds is None:
        raise typer.Exit(work().exit_code)
    every(seconds, work, tell=remark)


def _prune(settings: Settings) -> None:
    from workbench.snapshot import SnapshotStore

    SnapshotStore(settings).prune(settings.snapshots_kept)


def _show(report: RefreshReport, *, json: bool) -> None:
    from workbench.cli.console import emit_json, remark
    from workbench.formats import count, file_size

    if json:
        emit_json(_document(report))
        return
    for url, mirror in report.mirrors.items():
        remark(
            f"{url}: {count(mirror.listed)} objects, {count(mirror.fetched)} fetched ({file_size(mirror.bytes)}),"
            f" {count(mirror.removed)} gone"
        )
    if report.database is not None and report.snapshot_id:
        remark(
            f"{report.database.server}: {count(report.database.rows_read)} charge lines read,"
            f" {count(report.database.rows_kept)} kept; counts and totals agree"
        )
    if report.load is not None:
        for file in report.load.files:
            if file.status == "refused":
                remark(f"Refused {file.path}: {file.reason}. {file.hint}")
        remark(
            f"{report.load.count('loaded')} files loaded, {report.load.count('unchanged')} unchanged,"
            f" {report.load.count('refused')} refused"
        )
    served = f"Snapshot {report.snapshot_id} is served" if report.snapshot_id else "Nothing new"
    print(f"{served} ({report.seconds:.1f} s)")


def _document(report: RefreshReport) -> dict[str, Any]:
    return {
        "status": report.status,
        "snapshot": report.snapshot_id,
        "seconds": round(report.seconds, 3),
        "database": report.database,
        "mirrors": {
            url: {"listed": one.listed, "fetched": one.fetched, "removed": one.removed, "bytes": one.bytes}
            for url, one in report.mirrors.items()
        },
        "files": report.load.files if report.load else [],
    }
