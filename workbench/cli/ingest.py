"""``workbench ingest``: load bills and say, file by file, what became of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.ingest import FileResult, LoadReport

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest")(_ingest)


def _ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, globs, ZIP or tar archives.", show_default=False)],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="A bill loaded from another path with the same lines gives way to this one."),
    ] = False,
    add: Annotated[
        bool, typer.Option("--add", help="Load even when lines look the same: this is a different part of the bill.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Load bills (FOCUS, AWS CUR, CUR 2.0; CSV or Parquet) into a new snapshot.

    The format is detected. A file with bad rows is refused with its rows and reasons, the others are loaded; the
    same bill again changes nothing; a newer version of a month replaces the older one.
    """
    from workbench.cli.console import emit_json, watch
    from workbench.ingest import ingest
    from workbench.settings import load_settings

    if replace and add:
        raise typer.BadParameter("--replace and --add exclude each other")
    settings = load_settings()
    with watch(quiet=as_json) as progress:
        report = ingest(paths, settings, progress, on_overlap="replace" if replace else "add" if add else "refuse")
    if as_json:
        emit_json(_document(report))
    else:
        _show(report)
    raise typer.Exit(report.exit_code)


def _show(report: LoadReport) -> None:
    from workbench.cli.console import print_table, printable
    from workbench.formats import count, duration

    print_table(
        ("File", "Format", "Rows", "Billed", "Effective", "Status", "Remark"),
        [
            (
                _short(file.path),
                " ".join(part for part in (file.format, file.format_version) if part) or None,
                count(file.rows) if file.status == "loaded" else None,
                _money(file, "billed_cost"),
                _money(file, "effective_cost"),
                file.status,
                _remark(file) or None,
            )
            for file in report.files
        ],
        right=("Rows", "Billed", "Effective"),
    )
    parts = [f"{report.count('loaded')} loaded", f"{report.count('unchanged')} unchanged"]
    parts += [f"{report.count('refused')} refused", f"{count(report.rows_loaded)} lines"]
    if report.rows_replaced:
        parts.append(f"{count(report.rows_replaced)} lines of earlier versions replaced")
    served = f"snapshot {report.snapshot_id}" if report.snapshot_id else "no new snapshot"
    print(printable(f"{', '.join(parts)} in {duration(report.seconds)}; {served}"))


def _short(path: str) -> str:
    """The path from the current folder, where that is shorter."""
    here = f"{Path.cwd()}/"
    return path.removeprefix(here)


def _money(file: FileResult, cost: str) -> str | None:
    from workbench.formats import money

    if file.status != "loaded":
        return None
    return ", ".join(money(costs.get(cost), currency) for currency, costs in file.totals.items()) or None


def _remark(file: FileResult) -> str:
    from workbench.formats import plural

    parts = [f"{file.reason}. {file.hint}".rstrip(". ") if file.reason else "", *file.notes]
    if file.findings:
        parts.append(f"{plural(file.findings, 'quality finding')} (see Data health)")
    return "; ".join(part for part in parts if part)


def _document(report: LoadReport) -> dict[str, Any]:
    return {
        "status": report.status,
        "snapshot": report.snapshot_id,
        "seconds": round(report.seconds, 3),
        "files_loaded": report.count("loaded"),
        "files_unchanged": report.count("unchanged"),
        "files_refused": report.count("refused"),
        "rows_loaded": report.rows_loaded,
        "rows_replaced": report.rows_replaced,
        "files": report.files,
    }
