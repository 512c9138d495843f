"""``workbench queries``: list, show and run stored SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.queries import StoredAnswer, StoredQuery
    from workbench.snapshot import Manifest

__all__ = ["register"]

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Name = Annotated[str, typer.Argument(help="Name as listed, such as costs/by_day.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(name="queries", help="List, show and run stored SQL.", no_args_is_help=True)
    group.command("list")(list_queries)
    group.command()(show)
    group.command()(run)
    app.add_typer(group)


def list_queries(json: _Json = False) -> None:
    """List the stored queries."""
    from workbench.cli.console import emit_json, print_table
    from workbench.queries import load_queries

    stored = load_queries()
    if json:
        emit_json([_document(one) for one in stored])
        return
    print_table(("Name", "Title", "One row is"), [(one.name, one.header.title, one.header.grain) for one in stored])


def show(name: _Name, json: _Json = False) -> None:
    """Show what a stored query is for, its parameters, its columns and its SQL."""
    from workbench.cli.console import emit_json, print_table
    from workbench.queries import find_query

    stored = find_query(name)
    if json:
        emit_json({**_document(stored), "sql": stored.sql})
        return
    header = stored.header
    print(f"{header.title}\n{header.purpose}\nOne row is: {header.grain}")
    if header.parameters:
        print_table(
            ("Parameter", "Type", "Default", "Meaning"),
            [(p.name, p.kind, p.default, p.text) for p in header.parameters],
        )
    if header.columns:
        print_table(
            ("Column", "Type", "Unit", "Meaning"), [(c.name, c.kind, c.unit or None, c.text) for c in header.columns]
        )
    print(stored.sql)


def run(
    name: _Name,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter; again for more.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write: csv, xlsx, parquet or json.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file when it is there.")] = False,
    json: _Json = False,
) -> None:
    """Run a stored query on the snapshot, or on the database when the setting source says so."""
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.formats import plural
    from workbench.postgres import open_data
    from workbench.queries import find_query, run_stored
    from workbench.settings import load_settings

    stored = find_query(name)
    with open_data(load_settings()) as data:
        if data.notice:
            remark(data.notice)
        found = run_stored(data.engine, stored, _given(parameters or []))
        manifest = data.manifest
    if output is not None:
        _write(output, found, manifest, force=force)
    if json:
        emit_json(
            {
                "query": stored.name,
                "snapshot": manifest.id,
                "parameters": found.values,
                "columns": found.table.column_names,
                "rows": found.table.to_pylist() if output is None else found.table.num_rows,
            }
        )
    elif output is not None:
        print(f"{output}: {stored.header.title}, {plural(found.table.num_rows, 'row')}")
    else:
        names = found.table.column_names
        figures = [column.name for column in stored.header.columns if column.kind in ("money", "number", "integer")]
        print_table(names, [[row[name] for name in names] for row in found.table.to_pylist()], right=figures)
        remark(plural(found.table.num_rows, "row"))


def _given(parameters: list[str]) -> dict[str, str]:
    given = {}
    for text in parameters:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(f"“{text}” is not NAME=VALUE", param_hint="--param")
        given[name.strip()] = value
    return given


def _write(output: Path, found: StoredAnswer, manifest: Manifest, *, force: bool) -> None:
    from workbench.cli.files import write_table
    from workbench.export import stored_provenance

    write_table(output, found.table, stored_provenance(found, manifest), force=force)


def _document(stored: StoredQuery) -> dict[str, Any]:
    header = stored.header
    return {
        "name": stored.name,
        "title": header.title,
        "purpose": header.purpose,
        "grain": header.grain,
        "parameters": header.parameters,
        "columns": header.columns,
        "requires": header.requires,
    }
