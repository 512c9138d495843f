"""Waste checks: how long a scan of a large company takes, against its own SQL run bare.

    python -m tests.bench.scan_bench [--home FOLDER] [--accounts 200] [--days 400]

The reference is the same statements on the same DuckDB file, fetched one after the other without anything else: no
shared facts, no verdicts read, no money. ``--home`` takes a home folder that already holds a snapshot.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

from workbench.checks.ground import read_ground
from workbench.checks.registry import load_checks
from workbench.checks.scan import run_scan
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
        run_scan(opened.engine, checks[:1])  # libraries are read, the file is in memory: both runs begin alike
        started = time.perf_counter()
        ground = read_ground(opened.engine)
        shared = time.perf_counter() - started
        result = run_scan(opened.engine, checks, ground=ground)
        whole = time.perf_counter() - started
        queries = [one.judged.query for one in result.results if one.judged.table is not None]
        started = time.perf_counter()
        for query in queries:
            if query is not None:
                opened.engine.run(query)
        bare = time.perf_counter() - started
    print(f"scan {whole:.1f} s (target 20), of it shared facts {shared:.1f} s; {len(result.found):,} findings")
    print(f"bare SQL of the checks {bare:.1f} s; ratio {whole / bare:.2f} (target 1.3)")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    slowest = sorted(result.results, key=lambda one: -one.judged.seconds)[:_SLOWEST]
    print("slowest: " + ", ".join(f"{one.judged.check.id} {one.judged.seconds:.2f} s" for one in slowest))


if __name__ == "__main__":
    main()
