"""How fast Explore answers on a published snapshot, and the same group-bys in pandas in the same run.

    python -m tests.bench.explore_bench HOME [--repeats 20]

``HOME`` is a ``WORKBENCH_HOME`` with a published snapshot. Every question is asked ``--repeats`` times, through the
engine the app uses but without the app's cache of answers; the first time (cold) is listed apart. For the pandas side
the columns a question needs are read into a DataFrame of all charge lines first, which is not counted: only the mask of
days and the group-by are.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.costs import explore
from workbench.costs.drivers import drivers
from workbench.costs.overview import overview
from workbench.costs.plan import Statement
from workbench.costs.resolve import ResolvedView, resolve
from workbench.costs.url import parse
from workbench.engines import DuckDBEngine, Engine, Query
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

__all__ = ["Timing", "figures", "measure"]

ROLLUP, RESOURCE, OTHER = "rollup", "resource", "other"
_LIMITS = {ROLLUP: 100.0, RESOURCE: 500.0}
_LEAST_RATIO = 20.0

# Address of a view and the level it is answered at; one place for what "the Explore query set" means.
_VIEWS: tuple[tuple[str, dict[str, str | list[str]]], ...] = (
    (ROLLUP, {"range": "mtd"}),
    (ROLLUP, {"range": "last_month", "by": "account"}),
    (ROLLUP, {"range": "90d", "by": "service,region", "grain": "week"}),
    (ROLLUP, {"range": "12m", "by": "category", "grain": "month"}),
    (ROLLUP, {"range": "last_month", "by": "charge_category", "basis": "list"}),
    (RESOURCE, {"range": "last_month", "by": "resource"}),
    (RESOURCE, {"range": "30d", "by": "resource"}),
    (RESOURCE, {"range": "last_month", "by": "usage_type"}),
)
_QUESTIONS: tuple[tuple[str, Callable[[Engine, ResolvedView], object]], ...] = (
    ("totals", explore.totals),
    ("series", explore.series),
    ("breakdown", explore.breakdown),
    ("tree", explore.tree),
)


@dataclass(frozen=True, slots=True)
class Timing:
    """One question; milliseconds.

    Attributes:
        level: ``rollup``, ``resource`` or ``other``.
        question: what was asked.
        cold: the first time.
        warm: all further times.
        queries: the further times of each query in it.
        pandas: times of the same group-by in pandas; empty when there is none.
    """

    level: str
    question: str
    cold: float
    warm: tuple[float, ...]
    queries: tuple[float, ...]
    pandas: tuple[float, ...] = ()

    @property
    def ratio(self) -> float | None:
        """How many times as long pandas takes, medians compared."""
        return statistics.median(self.pandas) / statistics.median(self.warm) if self.pandas else None


class _Stopwatch:
    """An engine that notes how long each query took."""

    def __init__(self, engine: DuckDBEngine) -> None:
        self._engine = engine
        self.name, self.snapshot_id = engine.name, engine.snapshot_id
        self.times: list[float] = []

    def run(self, query: Query, *, timeout: float | None = None) -> object:
        began = time.perf_counter()
        table = self._engine.run(query, timeout=timeout)
        self.times.append((time.perf_counter() - began) * 1000)
        return table


def measure(home: Path, repeats: int = 20) -> list[Timing]:
    """Ask every question of the set on the current snapshot of ``home``."""
    snapshot = SnapshotStore(Settings(home=home)).open()
    try:
        watch = _Stopwatch(snapshot.engine)
        timings = []
        for level, address in _VIEWS:
            view = resolve(watch, parse(address)[0])
            name = " ".join(f"{key}={value}" for key, value in address.items())
            for question, ask in _QUESTIONS:
                timing = _timed(
                    level, f"{question} {name}", lambda ask=ask, view=view: ask(watch, view), watch, repeats
                )
                timings.append(timing)
            timings.append(_group_by(level, name, view, watch, repeats))
        view = resolve(watch, parse({"range": "last_month"})[0])
        lines = view.with_spec(filters=())
        timings.append(
            _timed(OTHER, "a page of charge lines", lambda: explore.charge_lines(watch, lines), watch, repeats)
        )
        timings.append(_timed(OTHER, "drivers, month against month", lambda: drivers(watch, view), watch, repeats))
        timings.append(_timed(OTHER, "overview, all figures", lambda: overview(watch, view), watch, repeats))
        return timings
    finally:
        snapshot.close()


def _timed(level: str, question: str, ask: Callable[[], object], watch: _Stopwatch, repeats: int) -> Timing:
    cold = _milliseconds(ask)
    watch.times.clear()
    warm = tuple(_milliseconds(ask) for _ in range(repeats))
    return Timing(level, question, cold, warm, tuple(watch.times))


def _group_by(level: str, name: str, view: ResolvedView, watch: _Stopwatch, repeats: int) -> Timing:
    """Cost by group in the period: one query here, one mask and group-by over all charge lines in pandas."""
    statement = Statement(view, view.spec.by)
    keys = [statement.column(key) for key in view.spec.by]
    query = statement.query(
        "Group-by",
        f"SELECT {', '.join(keys)}, SUM({statement.cost}) AS cost FROM {statement.table}"
        f" WHERE {statement.where_now()} GROUP BY {', '.join(keys)}",
    )
    ours = _timed(level, f"group-by {name}", lambda: watch.run(query), watch, repeats)
    lines = watch._engine.run(
        Query(
            "Charge lines for pandas",
            f"SELECT charge_date, {', '.join(keys)}, CAST({view.basis.column} AS DOUBLE) AS cost FROM charge_days",
        )
    ).to_pandas()
    lines["charge_date"] = pd.to_datetime(lines["charge_date"])
    first, last = pd.Timestamp(view.period.first), pd.Timestamp(view.period.last)

    def in_pandas() -> object:
        shown = lines[(lines["charge_date"] >= first) & (lines["charge_date"] <= last)]
        return shown.groupby(keys, dropna=False)["cost"].sum()

    in_pandas()
    return Timing(
        ours.level, ours.question, ours.cold, ours.warm, ours.queries, tuple(_milliseconds(in_pandas) for _ in range(3))
    )


def _milliseconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def p95(times: list[float] | tuple[float, ...]) -> float:
    """The 95th percentile, by nearest rank."""
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def figures(timings: list[Timing]) -> list[tuple[str, float, str, str, bool]]:
    """The targets: (what, value, unit, target, met)."""
    found = []
    for level, limit in _LIMITS.items():
        worst = p95([time for timing in timings if timing.level == level for time in timing.queries])
        found.append((f"Explore queries at {level} level, p95", worst, "ms", f"≤ {limit:g}", worst <= limit))
    # The slowest question of each level counts, not a mean that quick ones would lift.
    for level in _LIMITS:
        slowest = min(timing.ratio for timing in timings if timing.level == level and timing.ratio is not None)
        name = f"Explore group-bys at {level} level against pandas, slowest"
        found.append((name, slowest, "x", f"≥ {_LEAST_RATIO:g}", slowest >= _LEAST_RATIO))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.explore_bench", description="Speed of Explore")
    parser.add_argument("home", type=Path, help="WORKBENCH_HOME with a published snapshot")
    parser.add_argument("--repeats", type=int, default=20, help="times each question is asked")
    options = parser.parse_args()
    timings = measure(options.home.resolve(), options.repeats)
    print(f"{'question':<62} {'cold':>7} {'min':>7} {'median':>7} {'p95':>7} {'pandas':>8} {'ratio':>7}   (ms)")
    for timing in timings:
        pandas = f"{statistics.median(timing.pandas):8.0f} {timing.ratio:6.0f}x" if timing.pandas else ""
        print(
            f"{timing.question:<62} {timing.cold:7.1f} {min(timing.warm):7.1f} {statistics.median(timing.warm):7.1f}"
            f" {p95(timing.warm):7.1f} {pandas}"
        )
    for what, value, unit, target, met in figures(timings):
        print(f"{what:<62} {value:9.1f} {unit:<3} {target:<8} {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    main()
