"""``workbench views``: saved views, listed, shown and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workbench.workspace import Workspace
    from workbench.workspace.note_records import SavedView

__all__ = ["register"]

_NOTHING_TO_DO = 4

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Id = Annotated[int, typer.Argument(help="Number of the view.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(name="views", help="Saved views: named addresses of pages.", no_args_is_help=True)
    group.command("list")(list_views)
    group.command()(show)
    group.command()(delete)
    app.add_typer(group)


def list_views(json: _Json = False) -> None:
    """List your own views and those others share, by name.

    Exit codes: 0 done, 4 there are none.
    """
    from workbench.cli.console import emit_json, print_table, remark

    views = _workspace().views.list()
    if json:
        emit_json(views)
    elif views:
        rows = [
            (
                one.id,
                one.view.name,
                one.view.page,
                one.owner,
                "yes" if one.view.shared else "no",
                "yes" if one.view.start else "no",
                f"{one.updated_at:%Y-%m-%d %H:%M}",
            )
            for one in views
        ]
        print_table(
            ("Number", "Name", "Page", "Whose", "Shared", "Start page", "Changed (UTC)"), rows, right=("Number",)
        )
    if not views:
        remark("There are no saved views")
        raise typer.Exit(_NOTHING_TO_DO)


def show(id: _Id, json: _Json = False) -> None:
    """Show a view: the address after the name of the server.

    Exit codes: 0 done, 1 there is none with this number that you may see.
    """
    from workbench.cli.console import emit_json, printable

    one = _view(_workspace(), id)
    if json:
        emit_json(one)
    else:
        print(printable(f"{one.view.name} ({one.owner})"))
        print(printable(f"/{one.view.page}" + (f"?{one.view.query}" if one.view.query else "")))


def delete(id: _Id, json: _Json = False) -> None:
    """Take a view of your own away; the audit log keeps it.

    Exit codes: 0 done, 1 there is none with this number, or it belongs to someone else.
    """
    from workbench.cli.console import emit_json

    _workspace().views.delete(id, None)
    if json:
        emit_json({"deleted": id})
    else:
        print(f"Deleted view {id}")


def _view(workspace: Workspace, id: int) -> SavedView:
    from workbench.errors import Conflict

    found = next((one for one in workspace.views.list() if one.id == id), None)
    if found is None:
        raise Conflict(f"There is no view {id}", hint="See those there are with: workbench views list")
    return found


def _workspace() -> Workspace:
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    return Workspace(load_settings())
