"""``workbench snapshots``: list, verify, roll back and prune what was published."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workbench.snapshot import Manifest, SnapshotStore

__all__ = ["register"]

_FAILED, _NOTHING_TO_DO = 1, 4

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        name="snapshots", help="List, verify, roll back and prune snapshots of the data.", no_args_is_help=True
    )
    group.command("list")(list_snapshots)
    group.command()(verify)
    group.command()(rollback)
    group.command()(prune)
    app.add_typer(group)


def list_snapshots(json: _Json = False) -> None:
    """List the snapshots, newest first; * marks the one being served.

    Exit codes: 0 done, 4 there is none.
    """
    from workbench.cli.console import emit_json, print_table, remark

    store = _store()
    served, manifests = store.served_id(), store.list()
    unreadable = [one for one in store.ids() if one not in {manifest.id for manifest in manifests}]
    if json:
        emit_json(
            {
                "served": served,
                "snapshots": [{**manifest.to_json(), "served": manifest.id == served} for manifest in manifests],
                "unreadable": unreadable,
            }
        )
    elif manifests:
        print_table(
            ("", "Snapshot", "Published", "Charge days", "Charge lines", "Effective cost", "Size", "Note"),
            [_row(manifest, served) for manifest in manifests],
            right=("Charge lines", "Effective cost", "Size"),
        )
    for one in unreadable:
        remark(f"The manifest of snapshot {one} cannot be read")
    if not manifests:
        remark("There are no snapshots. Load a bill with: workbench ingest PATH")
        raise typer.Exit(_NOTHING_TO_DO)


def _row(manifest: Manifest, served: str | None) -> tuple[str | None, ...]:
    from workbench.formats import count, file_size, money, timestamp

    costs = [
        money(Decimal(total), currency)
        for currency, totals in manifest.totals.items()
        if (total := totals["effective_cost"]) is not None
    ]
    return (
        "*" if manifest.id == served else "",
        manifest.id,
        timestamp(manifest.created_at),
        f"{manifest.first_day} to {manifest.last_day}" if manifest.first_day else None,
        count(manifest.rows["charges"]),
        ", ".join(costs) or None,
        file_size(manifest.bytes),
        manifest.note,
    )


def verify(
    snapshot: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Snapshot to verify; default: the served one.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Verify every snapshot.")] = False,
    json: _Json = False,
) -> None:
    """Read snapshots again: checksum, every column, row counts and control totals, rollups against charges.

    Exit codes: 0 all good, 1 at least one is damaged, 2 wrong usage.
    """
    from workbench.cli.console import emit_json, print_table
    from workbench.errors import SnapshotMissing
    from workbench.formats import duration

    if snapshot and all_:
        raise typer.BadParameter("give an ID or --all, not both")
    store = _store()
    chosen = store.ids() if all_ else tuple(filter(None, [snapshot or store.served_id()]))
    if not chosen:
        raise SnapshotMissing("There is no snapshot to verify", hint="Load a bill with: workbench ingest PATH")
    reports = [store.verify(one) for one in chosen]
    if json:
        emit_json(
            [{"id": one.id, "ok": one.ok, "problem": one.problem, "seconds": round(one.seconds, 3)} for one in reports]
        )
    else:
        print_table(
            ("Snapshot", "Result", "Problem", "Took"),
            [(one.id, "good" if one.ok else "damaged", one.problem, duration(one.seconds)) for one in reports],
            right=("Took",),
        )
    if not all(one.ok for one in reports):
        raise typer.Exit(_FAILED)


def rollback(
    snapshot: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Snapshot to serve; default: the one before the served one.")
    ] = None,
    json: _Json = False,
) -> None:
    """Serve an older snapshot. Nothing is deleted; the next ingest builds on the one rolled back to.

    Exit codes: 0 done, 1 failed (the served snapshot is unchanged), 4 it is already being served.
    """
    from workbench.cli.console import emit_json, remark

    store = _store()
    before = store.served_id()
    now = store.rollback(snapshot).id
    if json:
        emit_json({"served": now, "before": before})
    elif now == before:
        remark(f"Snapshot {now} is already being served")
    else:
        print(f"Now serving snapshot {now}, before: {before or 'none that could be read'}")
        print("The next ingest builds on it; what is only in later snapshots has to be loaded again")
    if now == before:
        raise typer.Exit(_NOTHING_TO_DO)


def prune(
    keep: Annotated[
        int | None, typer.Option(min=1, help="How many to keep; default: the setting snapshots_kept.")
    ] = None,
    json: _Json = False,
) -> None:
    """Remove the oldest snapshots. The one being served always stays.

    Exit codes: 0 done, 1 failed, 4 there was nothing to remove.
    """
    from workbench.cli.console import emit_json, remark
    from workbench.settings import load_settings

    settings = load_settings()
    store = _store()
    removed = store.prune(keep or settings.snapshots_kept)
    if json:
        emit_json({"removed": removed, "kept": store.ids()})
    elif removed:
        for one in removed:
            print(f"Removed snapshot {one}")
    else:
        remark("There is nothing to remove")
    if not removed:
        raise typer.Exit(_NOTHING_TO_DO)


def _store() -> SnapshotStore:
    from workbench.settings import load_settings
    from workbench.snapshot import SnapshotStore

    return SnapshotStore(load_settings())
