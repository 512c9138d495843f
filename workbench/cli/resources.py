"""``workbench resources``: find a resource of bill or inventory, and show what is known about one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.costs.resources import Resource

__all__ = ["register"]

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(name="resources", help="Resources of bill and inventory.", no_args_is_help=True)
    group.command("list")(list_resources)
    group.command()(show)
    app.add_typer(group)


def list_resources(
    search: Annotated[
        str, typer.Option(help="Text in id, name, type or tags; key=value for one tag.", show_default=False)
    ] = "",
    resource_type: Annotated[
        str | None, typer.Option("--type", help="Only this type, such as instances.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="Most rows.")] = 50,
    json: _Json = False,
) -> None:
    """List resources, the costliest of the last 30 complete days first."""
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.costs.resources import find_resources
    from workbench.formats import count, money
    from workbench.postgres import open_data
    from workbench.settings import load_settings

    with open_data(load_settings()) as data:
        if data.notice:
            remark(data.notice)
        found = find_resources(data.engine, search=search, resource_type=resource_type, limit=limit)
        snapshot = data.manifest.id
    rows = found.table.to_pylist()
    if json:
        emit_json({"snapshot": snapshot, "total": found.total, "resources": rows})
        return
    print_table(
        ("Id", "Name", "Type", "Account", "Region", "30 days"),
        [
            (
                row["resource_id"],
                row["name"],
                row["resource_type"],
                row["account_name"] or row["account_number"],
                row["region"],
                None if row["cost_30d"] is None else money(row["cost_30d"], row["cost_currency"]),
            )
            for row in rows
        ],
        right=("30 days",),
    )
    remark(f"{count(len(rows))} of {count(found.total)} resources")


def show(
    resource_id: Annotated[str, typer.Argument(metavar="ID", help="The provider's id.", show_default=False)],
    json: _Json = False,
) -> None:
    """Show what bill and inventory know about a resource: attributes, tags, related resources, changes."""
    from workbench.cli.console import emit_json, remark
    from workbench.costs.resource_facts import changes, relations
    from workbench.costs.resources import resource_of
    from workbench.errors import CannotRun
    from workbench.postgres import open_data
    from workbench.settings import load_settings

    with open_data(load_settings()) as data:
        if data.notice:
            remark(data.notice)
        found = resource_of(data.engine, resource_id)
        if found is None:
            raise CannotRun(
                f"Neither the bill nor the inventory has a resource {resource_id}",
                hint="Find it with: workbench resources list --search TEXT",
            )
        related = relations(data.engine, resource_id).table.to_pylist()
        changed = changes(data.engine, resource_id).table.to_pylist()
        snapshot = data.manifest.id
    document = _document(found, related, changed)
    if json:
        emit_json({"snapshot": snapshot, **document})
    else:
        _print(document)


def _document(found: Resource, related: list[dict[str, Any]], changed: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "resource_id": found.resource_id,
        "on_bill": found.on_bill,
        "in_inventory": found.in_inventory,
        "cost_days": list(found.window) if found.window else None,
        "entries": [{"facts": entry.facts, "attributes": entry.attributes} for entry in found.entries],
        "tags": [{"key": key, "value": value, "source": source} for key, value, source in found.tags],
        "related": related,
        "changes": changed,
    }


def _print(document: dict[str, Any]) -> None:
    from workbench.cli.console import print_table

    for entry in document["entries"]:
        facts = {**entry["facts"], **entry["attributes"]}
        print_table(
            ("Fact", "Value"),
            [(name, value) for name, value in facts.items() if value is not None and name not in ("tags", "id")],
        )
    for heading, columns in (
        ("tags", ("key", "value", "source")),
        ("related", ("relation", "resource_type", "resource_id", "name", "state", "size")),
        ("changes", ("changed_at", "field_name", "old_value", "new_value", "change_source")),
    ):
        if rows := document[heading]:
            print(heading.capitalize())
            print_table(columns, [[row[name] for name in columns] for row in rows])
