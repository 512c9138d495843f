"""``workbench annotations``: what people wrote, searched, added, changed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import date

    from workbench.workspace import Workspace
    from workbench.workspace.note_records import SavedAnnotation

__all__ = ["register"]

_NOTHING_TO_DO = 4
_COLUMNS = (
    "id", "subject", "subject_id", "first_day", "last_day", "text", "created_at", "created_by", "updated_at",
    "updated_by", "version",
)  # fmt: skip

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Id = Annotated[int, typer.Argument(help="Number of the annotation.")]
_Text = Annotated[str, typer.Argument(help="What to write; - reads it from stdin.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        name="annotations",
        help="What people wrote on recommendations, resources, days and more.",
        no_args_is_help=True,
    )
    for command in (search, add, change, delete):
        group.command()(command)
    app.add_typer(group)


def search(
    words: Annotated[list[str] | None, typer.Argument(help="Words that must all occur, in any case.")] = None,
    about: Annotated[
        str | None, typer.Option(help="Only on: recommendation, resource, date_range, anomaly or saved_view.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 100,
    json: _Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print a CSV file.")] = False,
) -> None:
    """Find annotations by their words, newest first.

    Exit codes: 0 done, 2 wrong usage, 4 none matches.
    """
    import sys

    from workbench.cli.console import emit_json, print_table, remark
    from workbench.export.rows import csv_text
    from workbench.workspace.note_records import Subject

    if json and csv:
        raise typer.BadParameter("--json and --csv cannot be given together")
    subject = None
    if about is not None:
        if about not in list(Subject):
            raise typer.BadParameter(f"{about!r} is none of {', '.join(Subject)}", param_hint="--about")
        subject = Subject(about)
    found = _workspace().annotations.search(" ".join(words or ()), subject=subject, limit=limit)
    if json:
        emit_json(found)
    elif csv:
        rows = [_flat(one) for one in found]
        sys.stdout.write(csv_text(_COLUMNS, ([row[name] for name in _COLUMNS] for row in rows)))
    elif found:
        print_table(
            ("Number", "Changed (UTC)", "Who", "On", "Text"),
            [(one.id, f"{one.updated_at:%Y-%m-%d %H:%M}", one.updated_by, _on(one), _cut(one)) for one in found],
            right=("Number",),
        )
    if not found:
        remark("No annotation matches")
        raise typer.Exit(_NOTHING_TO_DO)


def add(
    text: _Text,
    resource: Annotated[str | None, typer.Option(help="On this resource, by its id.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="On days: the first, such as 2026-11-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="On days: the last, included; without it the first.")] = None,
    about: Annotated[str, typer.Option(help="With --from: the account or service it is about, in words.")] = "",
    json: _Json = False,
) -> None:
    """Write an annotation on a resource or on days.

    Those on recommendations are written with `workbench recommendations annotate`.
    Exit codes: 0 done, 2 wrong usage.
    """
    from workbench.cli.console import emit_json
    from workbench.workspace.note_records import Annotation, Subject

    if (resource is None) == (first is None):
        raise typer.BadParameter("give either --resource or --from")
    if resource is not None and (last is not None or about):
        raise typer.BadParameter("--to and --about belong to --from")
    if resource is not None:
        written = Annotation(Subject.RESOURCE, _body(text), resource)
    else:
        begin = _day(first, "--from")
        written = Annotation(Subject.DATES, _body(text), about, begin, _day(last, "--to") or begin)
    kept = _workspace().annotations.add(written)
    if json:
        emit_json(kept)
    else:
        print(f"Annotation {kept.id}")


def change(id: _Id, text: _Text, json: _Json = False) -> None:
    """Put another text in its place; the audit log keeps what it said.

    Exit codes: 0 done, 1 there is none with this number, or someone else wrote it, 2 wrong usage.
    """
    from dataclasses import replace

    from workbench.cli.console import emit_json

    desk = _workspace().annotations
    before = desk.get(id)
    kept = desk.change(id, before.version, replace(before.annotation, body=_body(text)))
    if json:
        emit_json(kept)
    else:
        print(f"Changed annotation {id}")


def delete(id: _Id, json: _Json = False) -> None:
    """Take one away; the audit log keeps what it said.

    Exit codes: 0 done, 1 there is none with this number, or someone else wrote it.
    """
    from workbench.cli.console import emit_json

    _workspace().annotations.delete(id, None)
    if json:
        emit_json({"deleted": id})
    else:
        print(f"Deleted annotation {id}")


def _body(text: str) -> str:
    import sys

    return sys.stdin.read() if text == "-" else text


def _day(text: str | None, option: str) -> date | None:
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day: write 2026-12-01", param_hint=option) from None


def _on(one: SavedAnnotation) -> str:
    written = one.annotation
    if written.first_day is not None:
        days = f"{written.first_day} to {written.last_day}"
        return f"{days}, {written.subject_id}" if written.subject_id else days
    return f"{written.subject.replace('_', ' ')} {written.subject_id}"


def _cut(one: SavedAnnotation) -> str:
    body = " ".join(one.annotation.body.split())
    return body if len(body) <= 200 else f"{body[:199]}…"


def _flat(one: SavedAnnotation) -> dict[str, Any]:
    written = one.annotation
    return {
        "id": one.id,
        "subject": written.subject,
        "subject_id": written.subject_id,
        "first_day": written.first_day,
        "last_day": written.last_day,
        "text": written.body,
        "created_at": one.created_at,
        "created_by": one.created_by,
        "updated_at": one.updated_at,
        "updated_by": one.updated_by,
        "version": one.version,
    }


def _workspace() -> Workspace:
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    return Workspace(load_settings())
