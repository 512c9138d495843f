"""Waste checks: how long a scan of a large company takes, against its own SQL run bare.

    python -m tests.bench.scan_bench [--home FOLDER] [--accounts 200] [--days 400]

The reference is the same statements on the same DuckDB file, fetched one after the other without anything else: no
shared facts, no verdicts read, no money. The first scan reads the file from disk and is reported as such; the ratio is
that of a second scan to the statements, both with the file in memory. ``--home`` takes a home folder that already
holds a snapshot.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from workbench.checks.ground import read_ground
from workbench.checks.registry import Check, load_checks
from workbench.checks.scan import ScanResult, run_scan
from workbench.engines import Engine
from workbench.ingest import ingest
from workbench.progress import Silent
from workbench.schema.resources import KINDS
from workbench.settings import Settings
from workbench.simulate.build import simulate
from workbench.simulate.plan import SimulationPlan
from workbench.snapshot import SnapshotStore

_LAST = date(2026, 11, 20)
_SLOWEST = 8


def main() -> None:
    """Run it and print a figure a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scan_bench", description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="home folder with a snapshot; default: a simulated company")
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--days", type=int, default=400)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wb-scan-") as folder:
        settings = Settings(home=given.home or Path(folder) / "home", query_timeout_seconds=300)
        if given.home is None:
            plan = SimulationPlan(last_day=_LAST, accounts=given.accounts, days=given.days)
            simulate(plan, Path(folder) / "company", settings, Silent())
            ingest([Path(folder) / "company"], settings)
        _measure(settings)


def _measure(settings: Settings) -> None:
    checks = load_checks()
    with SnapshotStore(settings).open() as opened:
        rows = opened.manifest.rows
        resources = sum(rows.get(kind.table, 0) for kind in KINDS)
        print(f"{rows['charges']:,} charge lines, {resources:,} resources, {len(checks)} checks")
        cold, result, _ = _scan(opened.engine, checks)
        queries = [one.judged.query for one in result.results if one.judged.table is not None]
        started = time.perf_counter()
        for query in queries:
            if query is not None:
                opened.engine.run(query)
        bare = time.perf_counter() - started
        whole, _, shared = _scan(opened.engine, checks)
    print(f"first scan {cold:.1f} s (target 20); {len(result.found):,} findings")
    print(f"second scan {whole:.1f} s, of it shared facts {shared:.1f} s")
    print(f"bare SQL of the checks {bare:.1f} s; ratio {whole / bare:.2f} (target 1.3)")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    slowest = sorted(result.results, key=lambda one: -one.judged.seconds)[:_SLOWEST]
    print("slowest: " + ", ".join(f"{one.judged.check.id} {one.judged.seconds:.2f} s" for one in slowest))


def _scan(engine: Engine, checks: Sequence[Check]) -> tuple[float, ScanResult, float]:
    """Seconds of a whole scan, its result, and seconds of its shared facts."""
    started = time.perf_counter()
    ground = read_ground(engine)
    shared = time.perf_counter() - started
    result = run_scan(engine, checks, ground=ground)
    return time.perf_counter() - started, result, shared


if __name__ == "__main__":
    main()
