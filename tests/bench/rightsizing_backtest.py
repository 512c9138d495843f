"""Rightsizing: advice of two weeks of real machines, replayed on the two weeks after, for every preset and 16 windows.

    python -m tests.bench.rightsizing_backtest [FOLDER]

FOLDER holds the traces (default: those of the shared reference data). Prints, for each preset, how many machines were
decided and advised, how many of them needed more than the target has at P99.5 later (goal: 2 %), what was saved and
kept, and the share of later samples above a size's capacity by band of risk (goals 0.5, 1 and 3 %).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from models.rightsizing.policy import PRESETS, Policy
from tests.support.vm_traces import Replay, read_traces, replayed
from workbench.settings import PROJECT_ROOT

BANDS = ("very low", "low", "medium", "high")


def main(folder: Path) -> None:
    """Replay and print."""
    traces = read_traces(folder)
    print(f"{len(traces)} machines")
    for name, preset in PRESETS.items():
        for label, firsts in (("first window", range(1)), ("16 windows", range(16))):
            found = [replayed(trace, Policy(preset=preset), first=first) for first in firsts for trace in traces]
            print(f"{name:16} {label:13} {line([each for each in found if each is not None])}")


def line(replays: list[Replay]) -> str:
    """Figures of one preset."""
    advised = [each for each in replays if each.decision.headline]
    failed = Counter(each.trace.trace_id for each in advised if not each.held())
    saved = sum(each.saving for each in advised)
    kept = sum(each.saving for each in advised if each.held())
    above: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for replay in replays:
        for candidate, share in replay.judged:
            if candidate.machine.vcpu < replay.trace.vcpu:
                above[candidate.risk.band].append((share, len(replay.later)))
    bands = ", ".join(
        f"{band} {100 * np.average([s for s, _ in above[band]], weights=[n for _, n in above[band]]):.2f} %"
        f" of {len(above[band])}"
        for band in BANDS
        if above[band]
    )
    cost = sum(each.cost for each in replays)
    return (
        f"{len(replays)} decided, {len(advised)} advised; too small later {failed.total()} "
        f"({failed.total() / len(replays):.2%}) {dict(failed)}; saved {saved / cost:.1%} of cost, "
        f"kept {kept / saved:.1%}; above capacity: {bands}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT_ROOT.parent / "shared" / "data" / "vm-traces")
