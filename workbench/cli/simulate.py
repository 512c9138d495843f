"""``workbench simulate``: a company that does not exist, with its inventory, metrics and bill."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]

_INTERVALS = {"1h": 3600, "5m": 300}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(simulate)


def simulate(
    out: Annotated[Path, typer.Option("--out", help="Folder to write; load it with: workbench ingest FOLDER.")],
    seed: Annotated[int, typer.Option(help="Another number is another company.")] = 7,
    accounts: Annotated[int, typer.Option(help="Accounts of the company.")] = 12,
    days: Annotated[int, typer.Option(help="Days of history.")] = 120,
    scale: Annotated[float, typer.Option(help="Resources of each account, against the usual number.")] = 1.0,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; default: yesterday.", show_default=False)
    ] = None,
    metric_days: Annotated[int, typer.Option("--metric-days", help="Last days with hourly series.")] = 14,
    interval: Annotated[str, typer.Option(help="Of those series: 1h or 5m.")] = "1h",
    advance: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Move the estate in the folder N days on instead.", show_default=False),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Folder of the answers; default: FOLDER.truth beside it.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the folder though it holds something else.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write a simulated estate: inventory, metrics and a FOCUS bill that follows from them, with cases to be found.

    The same numbers give the same estate. What is wasteful, wrong in size or out of the ordinary in it is written into
    a separate folder, for scoring checks and models; nothing of the workbench reads it.
    """
    from datetime import timedelta

    from workbench import clock
    from workbench.cli.console import emit_json, remark, watch
    from workbench.formats import count
    from workbench.settings import load_settings
    from workbench.simulate.advance import advance as move_on
    from workbench.simulate.build import read_plan
    from workbench.simulate.build import simulate as build
    from workbench.simulate.plan import SimulationPlan

    if interval not in _INTERVALS:
        raise typer.BadParameter("choose 1h or 5m", param_hint="--interval")
    settings = load_settings()
    with watch(quiet=json) as progress:
        if advance is not None:
            made = move_on(out, advance, settings, progress, truth=truth)
            plan = read_plan(out)
        else:
            last: date = until.date() if until else clock.now().date() - timedelta(days=1)
            plan = SimulationPlan(last, seed, accounts, days, scale, metric_days, _INTERVALS[interval])
            made = build(plan, out, settings, progress, truth=truth, force=force)
    if json:
        emit_json(
            {
                "folder": str(made.folder),
                "truth": str(made.truth),
                "first_day": plan.first_day,
                "last_day": plan.last_day,
                "lines": made.lines,
                "resources": made.resources,
                "totals": made.totals,
            }
        )
    else:
        remark(
            f"{count(made.lines)} charge lines of {count(made.resources)} resources from {plan.first_day} to"
            f" {plan.last_day}. Load them with: workbench ingest {out}"
        )
