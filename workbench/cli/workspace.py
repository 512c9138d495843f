"""``workbench workspace``: back up, restore, export and check what people wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workbench.workspace import Workspace

__all__ = ["register"]

_BROKEN, _NOTHING_TO_DO = 1, 4

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        name="workspace",
        help="Back up, restore, export and check decisions, notes, budgets and the audit log.",
        no_args_is_help=True,
    )
    group.command()(backup)
    group.command()(restore)
    group.command()(export)
    group.command()(check)
    group.command()(access)
    group.command()(activity)
    app.add_typer(group)


def backup(
    file: Annotated[Path | None, typer.Argument(help="New file; default: backups/ in the home folder.")] = None,
    json: _Json = False,
) -> None:
    """Write everything people wrote to one file, also while others work.

    The file is a SQLite database, whichever engine the workspace is in; it can be restored into either.

    Exit codes: 0 done, 1 failed.
    """
    from workbench.cli.console import emit_json

    made = _workspace().back_up(file or _new_file("backup"))
    if json:
        emit_json(made)
    else:
        print(f"Backed up to {made.path}: {made.bytes:,} bytes, {made.entries:,} audit entries, head {made.head}")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: _Json = False,
) -> None:
    """Put a backup in the place of everything that is there now.

    The backup is checked first; what is there now is backed up beside it.

    Exit codes: 0 done, 1 failed: nothing was changed, 4 not confirmed.
    """
    from workbench.cli.console import emit_json, remark

    workspace = _workspace()
    if not yes and not typer.confirm(f"Replace everything in {workspace.database.name}?", err=True):
        remark("Nothing was changed")
        raise typer.Exit(_NOTHING_TO_DO)
    keep = _new_file("before-restore")
    restored = workspace.restore(file, keep=keep)
    kept = keep if keep.exists() else None
    if json:
        emit_json({"restored": restored, "kept": kept})
    else:
        print(f"Restored {restored.path}: {restored.entries:,} audit entries, head {restored.head}")
        if kept:
            print(f"What was there is in {kept}")


def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="New folder for one CSV a table; default: JSON on stdout.")
    ] = None,
    json: _Json = False,
) -> None:
    """Give out every table: as one JSON document on stdout, or as CSV files in a new folder.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 4 nobody has written anything yet.
    """
    from workbench.cli.console import emit_json, remark
    from workbench.errors import StorageError
    from workbench.export.rows import csv_text

    if output is not None and json:
        raise typer.BadParameter("--output and --json cannot be given together")
    tables = list(_workspace().export())
    if output is None:
        emit_json({name: [dict(zip(columns, row, strict=True)) for row in rows] for name, columns, rows in tables})
    else:
        try:
            output.mkdir(parents=True)
        except OSError as exc:
            raise StorageError(f"{output} cannot be made", detail=exc.strerror or str(exc)) from exc
        for name, columns, rows in tables:
            (output / f"{name}.csv").write_text(csv_text(columns, rows), encoding="utf-8-sig", newline="")
        remark(f"Wrote {len(tables)} tables to {output}")
    if not any(rows for _, _, rows in tables):
        remark("Nobody has written anything yet")
        raise typer.Exit(_NOTHING_TO_DO)


def check(
    contains: Annotated[
        str | None, typer.Option(help="Hash of an audit entry noted down earlier, which must still be there.")
    ] = None,
    json: _Json = False,
) -> None:
    """Verify the file, the chain of the audit log, and that every state follows from its history.

    Note the printed head of the chain somewhere else: given back with --contains, it proves that nothing up to that
    entry was changed or cut off since.

    Exit codes: 0 all is well, 1 something is wrong.
    """
    from workbench.cli.console import emit_json

    report = _workspace().check(contains=contains)
    if json:
        emit_json({**_fields(report), "whole": report.whole})
    else:
        for problem in report.problems:
            print(f"{problem.area}: {problem.message}")
        if report.whole:
            counted = f"{report.entries:,} audit entries, {report.recommendations:,} recommendations"
            print(f"{report.place} is whole: {counted}, head {report.head or 'none'}")
    if not report.whole:
        raise typer.Exit(_BROKEN)


def access(json: _Json = False) -> None:
    """Say who you are here, what you may do, and why.

    Exit codes: 0 done.
    """
    from workbench.cli.console import emit_json, print_table
    from workbench.workspace import Permission, why

    principal = _workspace().principal
    verdicts = {permission: why(principal, permission) for permission in Permission}
    if json:
        emit_json({"name": principal.name, "roles": sorted(principal.roles), "permissions": verdicts})
    else:
        rows = [(one, "yes" if verdict.allowed else "no", verdict.reason) for one, verdict in verdicts.items()]
        print_table(("Permission", "Allowed", "Why"), rows)


def activity(
    actor: Annotated[str | None, typer.Option(help="Only what this person did.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, such as recommendation.reject.")] = None,
    text: Annotated[str, typer.Option(help="Only entries whose values contain this.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    json: _Json = False,
) -> None:
    """Show the audit log, newest first.

    Exit codes: 0 done, 4 there is nothing.
    """
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.workspace import EntryFilter

    entries = _workspace().activity(EntryFilter(actor=actor, action=action, text=text), limit=limit)
    if json:
        emit_json(entries)
    elif entries:
        rows = [(one.id, f"{one.at:%Y-%m-%d %H:%M:%S}", one.actor, one.action, one.object_id) for one in entries]
        print_table(("Entry", "UTC", "Who", "Action", "Of"), rows, right=("Entry",))
    if not entries:
        remark("Nothing was written that matches")
        raise typer.Exit(_NOTHING_TO_DO)


def _workspace() -> Workspace:
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    return Workspace(load_settings())


def _new_file(name: str) -> Path:
    from workbench import clock
    from workbench.settings import load_settings

    return load_settings().home / "backups" / f"workspace-{name}-{clock.now():%Y%m%dT%H%M%SZ}.db"


def _fields(report: object) -> dict[str, object]:
    import dataclasses

    return {field.name: getattr(report, field.name) for field in dataclasses.fields(report)}  # type: ignore[arg-type]
