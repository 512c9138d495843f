"""``workbench demo``: an invented company to look around in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workbench.ingest import LoadReport
    from workbench.settings import Settings

__all__ = ["build_demo", "register"]

FOLDER = "demo"
"""Folder of the demo's files under the home folder."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    force: Annotated[bool, typer.Option("--force", help="Add it even where real bills are loaded.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Load the demo.

    The bill, inventory and metrics of a simulated company: this month and the three before it, up to yesterday.
    Building it again replaces the earlier demo.
    Where real bills are loaded it is refused, because their numbers would be mixed; give it a folder of its own with
    WORKBENCH_HOME.
    """
    from workbench.cli.console import emit_json, remark
    from workbench.settings import load_settings

    settings = load_settings()
    report = build_demo(settings, force=force, quiet=json)
    if json:
        emit_json(report)
    else:
        remark("The demo is loaded. Look around with: workbench run")


def build_demo(settings: Settings, *, force: bool = False, quiet: bool = False) -> LoadReport:
    """Write the demo company under the home folder and load it through the ordinary ingest.

    Raises:
        Conflict: bills that are not the demo are loaded and ``force`` is not given.
    """
    from datetime import timedelta

    from workbench.cli.console import watch
    from workbench.clock import today
    from workbench.errors import Conflict
    from workbench.ingest import ingest
    from workbench.simulate import demo_plan, simulate

    folder = settings.home / FOLDER
    if (others := _real_bills(settings)) and not force:
        raise Conflict(
            "Real bills are loaded here; the demo would be added to their numbers",
            detail=f"{others} other files are loaded in {settings.home}",
            hint="Use another folder: WORKBENCH_HOME=/some/folder workbench demo",
        )
    with watch(quiet=quiet) as progress:
        simulate(demo_plan(today() - timedelta(days=1)), folder, settings, progress, force=True)
        return ingest([folder], settings, progress, fresh=not others)


def _real_bills(settings: Settings) -> int:
    """How many loaded files are not the demo's."""
    from workbench.engines import Query
    from workbench.snapshot import SnapshotStore

    store = SnapshotStore(settings)
    if not store.ids():
        return 0
    count = Query(
        "Files that are not the demo",
        "SELECT count(*) FROM source_files WHERE status = 'loaded' AND NOT starts_with(path, $demo)",
        (("demo", f"{settings.home / FOLDER}/"),),
    )
    with store.open() as snapshot:
        return int(snapshot.engine.run(count).column(0)[0].as_py())
