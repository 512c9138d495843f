"""Moving an estate on: the same company some days later, with the past as it was."""

from __future__ import annotations

import filecmp
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

from workbench.errors import Conflict
from workbench.progress import Progress
from workbench.settings import Settings
from workbench.simulate.build import Simulation, put_in_place, read_plan, simulate

__all__ = ["advance"]


def advance(
    folder: Path, days: int, settings: Settings, progress: Progress, *, truth: Path | None = None
) -> Simulation:
    """Move the estate in ``folder`` ``days`` days on.

    The whole estate is made again from its plan with a later last day. Months that were closed come out the same and
    keep their files; the month that was open is restated, later ones are new. Inventory, metrics and answers are those
    of the new last day; ``resource_change_events`` has what changed in between.

    Args:
        folder: an estate that ``simulate`` wrote.
        days: how many days.
        settings: threads and memory.
        progress: told of each stage.
        truth: folder of the answers; default: ``<folder>.truth`` beside it.

    Raises:
        BadFile: there is no simulated estate in the folder.
        Conflict: a closed month would change, because another release wrote the estate. Nothing is changed then.
        StorageError: the disk is full; what was there is untouched.
    """
    folder = folder.resolve()
    truth = (truth or folder.with_name(f"{folder.name}.truth")).resolve()
    plan = read_plan(folder)
    work = folder.with_name(f".{folder.name}.advanced")
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir()
        made = simulate(plan.advanced(days), work / "estate", settings, progress, truth=work / "truth")
        for month in _closed(folder, plan.last_day):
            old, new = folder / "bill" / f"{month}.parquet", work / "estate" / "bill" / f"{month}.parquet"
            if not filecmp.cmp(old, new, shallow=False):
                raise Conflict(
                    f"The closed month {month} would change: another release wrote this estate",
                    hint=f"Make it anew: workbench simulate --out {folder} --force",
                )
            # The old file with its time of writing: a refresh by file sees that nothing is new.
            shutil.move(old, new)
        put_in_place(work / "truth", truth)
        put_in_place(work / "estate", folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Simulation(folder, truth, made.lines, made.resources, made.totals)


def _closed(folder: Path, last_day: date) -> list[str]:
    """Billing months of the estate that ended on or before ``last_day``, as ``YYYY-MM``."""
    months = json.loads((folder / "simulation.json").read_text(encoding="utf-8"))["totals"]
    following = f"{last_day + timedelta(days=1):%Y-%m}"
    return sorted(month for month in months if month < following)
