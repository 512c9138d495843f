"""Rightsizing: how long deciding about a large fleet takes, against the bare quantiles in SQL.

    python -m tests.bench.rightsizing_bench [--machines 5000] [--days 32] [--folder build/bench]

Five-minute CPU, memory and network of all machines lie in a DuckDB file, which is made first and kept. Four runs, each
in a process of its own with two threads: the bare SQL (six percentiles of three metrics), decisions from the samples
(``models.rightsizing.many``), the same with the stability over parts of the window, and decisions from percentiles and
daily sums computed by DuckDB (``models.rightsizing.columns``). Targets: 60 s and 4 GiB.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from models.rightsizing.candidates import Catalogue
from models.rightsizing.columns import Columns, demands_of
from models.rightsizing.decide import Decision, decide
from models.rightsizing.facts import Hours, Machine, Resource
from models.rightsizing.many import Block, decide_many
from models.rightsizing.policy import Policy
from models.rightsizing.samples import PERCENTS
from tests.bench.measure import run_measured
from workbench.catalog import load_catalog
from workbench.catalog.machines import machines_of
from workbench.settings import PROJECT_ROOT

SECONDS, PEAK = 60.0, 4 * 2**30
END = datetime(2026, 11, 1, tzinfo=UTC)
STEPS_A_DAY = 288
AT_ONCE = 200
TYPES = ("m5.xlarge", "m5.2xlarge", "c5.2xlarge", "r5.xlarge", "t3.large", "m6i.4xlarge", "m6g.xlarge", "c6i.large")
METRICS = ("cpu", "memory", "network")
ASKED = "[0.5, 0.9, 0.95, 0.99, 0.995, 1.0]"


def main() -> None:
    """Make the data, run each way in a process, print a line each."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.rightsizing_bench", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--machines", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=32)
    parser.add_argument("--folder", type=Path, default=PROJECT_ROOT / "build" / "bench", help="where the file is kept")
    parser.add_argument("--only", choices=WAYS, help="run this way here, used for the processes")
    given = parser.parse_args()
    file = given.folder.resolve() / f"metrics-{given.machines}x{given.days}.duckdb"
    if given.only:
        print(WAYS[given.only](file, given.machines, given.days), file=sys.stderr)
        return
    generate(file, given.machines, given.days)
    points = given.machines * given.days * STEPS_A_DAY
    print(f"{given.machines:,} machines, {given.days} days, {points:,} samples of each of {len(METRICS)} metrics")
    size = ["--machines", str(given.machines), "--days", str(given.days), "--folder", str(given.folder)]
    bare = None
    for way in WAYS:
        cost = run_measured([sys.executable, "-m", "tests.bench.rightsizing_bench", *size, "--only", way])
        bare = bare or cost
        met = "met" if cost.seconds <= SECONDS and cost.peak_bytes <= PEAK else "MISSED"
        ratios = cost.seconds / bare.seconds, cost.processor_seconds / bare.processor_seconds
        ratio = "" if cost is bare else f"ratio {ratios[0]:.2f} ({ratios[1]:.2f}), target 60 s and 4 GiB {met}"
        used = f"{cost.seconds:6.1f} s ({cost.processor_seconds:6.1f} s of processors)"
        print(f"{way:12} {used}, peak {cost.peak_bytes / 2**30:5.2f} GiB  {ratio}", flush=True)


def generate(file: Path, machines: int, days: int) -> None:
    """Loads with a day's and a week's rhythm, noise, spikes and gaps, in order of machine and time."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    steps = days * STEPS_A_DAY
    at = np.arange(steps)
    with duckdb.connect(str(draft)) as connection:
        connection.execute("CREATE TABLE samples (machine INT, step INT, cpu FLOAT, memory FLOAT, network FLOAT)")
        for first in range(0, machines, AT_ONCE):
            print(f"Generating machine {first:,} of {machines:,}", file=sys.stderr, end="\r")
            rng = np.random.default_rng(first)
            count = min(AT_ONCE, machines - first)
            shape = (count, steps)
            rhythm = 1 + 0.5 * np.sin(2 * np.pi * (at / STEPS_A_DAY + rng.random((count, 1)))) * (at // 2016 % 7 < 5)
            cpu = rng.gamma(1.5, 8.0, (count, 1)) * rhythm + rng.normal(0, 2, shape)
            cpu[rng.random(shape) < 0.001] += 50
            memory = rng.uniform(10, 85, (count, 1)) + np.cumsum(rng.normal(0, 0.02, shape), axis=1)
            network = rng.gamma(1.2, 60.0, (count, 1)) * rhythm * rng.uniform(0.8, 1.2, shape)
            cpu[rng.random(shape) < 0.002] = np.nan
            columns = [np.clip(cpu, 0.1, 100).round(2), np.clip(memory, 1, 100).round(2), network.round(3)]
            table = pa.table(
                {
                    "machine": np.repeat(np.arange(first, first + count, dtype=np.int32), steps),
                    "step": np.tile(at.astype(np.int32), count),
                    **{
                        name: pa.array(values.astype(np.float32).ravel(), from_pandas=True)
                        for name, values in zip(METRICS, columns, strict=True)
                    },
                }
            )
            connection.register("made", table)
            connection.execute("INSERT INTO samples SELECT * FROM made")
            connection.unregister("made")
    draft.rename(file)


def connect(file: Path) -> duckdb.DuckDBPyConnection:
    """The file, read with two threads."""
    connection = duckdb.connect(str(file), read_only=True, config={"threads": 2, "memory_limit": "3GB"})
    connection.execute("SET enable_progress_bar = false")
    return connection


def bare(file: Path, machines: int, days: int) -> str:
    """Six percentiles of each metric, nothing else."""
    with connect(file) as connection:
        parts = ", ".join(f"quantile_cont({name}, {ASKED})" for name in METRICS)
        rows = connection.execute(f"SELECT machine, {parts} FROM samples GROUP BY machine").fetchall()
    return f"{len(rows)} rows"


def fleet(machines: int, days: int) -> tuple[list[Resource], Catalogue, dict[str, Hours]]:
    """Resources, all sizes of one region, and hours on demand."""
    sizes = machines_of(load_catalog(), provider="AWS", region="us-east-1")
    known: dict[str, Machine] = {each.instance_type: each for each in sizes}
    resources = [
        Resource(f"i-{n}", TYPES[n % len(TYPES)], known[TYPES[n % len(TYPES)]], launched=END - timedelta(days=99))
        for n in range(machines)
    ]
    hours = {each.resource_id: Hours(window=24.0 * days, on_demand=24.0 * days) for each in resources}
    return resources, Catalogue(sizes), hours


def blocks(file: Path, machines: int, days: int) -> Iterator[tuple[int, Block]]:
    """Samples of ``AT_ONCE`` machines at a time."""
    steps = days * STEPS_A_DAY
    with connect(file) as connection:
        for first in range(0, machines, AT_ONCE):
            last = min(machines, first + AT_ONCE)
            found = connection.execute(
                "SELECT cpu, memory, network FROM samples WHERE machine >= ? AND machine < ? ORDER BY machine, step",
                [first, last],
            ).fetchnumpy()
            tables = [
                np.ma.filled(found[name].astype(np.float64), np.nan).reshape(last - first, steps) for name in METRICS
            ]
            start = END - timedelta(days=days)
            yield first, Block(start, 5.0, tables[0], tables[1], network_mbit_s=tables[2])


def from_samples(file: Path, machines: int, days: int, *, stability: bool = False) -> str:
    """Read, measure and decide."""
    resources, catalogue, hours = fleet(machines, days)
    found: list[Decision] = []
    for first, block in blocks(file, machines, days):
        these = resources[first : first + AT_ONCE]
        found.extend(
            decide_many(block, these, catalogue, Policy(), now=END, hours=hours, stability=stability)
        )  # fmt: skip
    return summary(found)


def from_percentiles(file: Path, machines: int, days: int) -> str:
    """Percentiles and daily sums in SQL, then decide."""
    resources, catalogue, hours = fleet(machines, days)
    parts = ", ".join(f"{each / 100:.6f}" for each in PERCENTS)
    asked = ", ".join(
        f"quantile_cont({name}, [{parts}]) AS {name}, count({name}) AS n_{name}, avg({name}) AS m_{name}"
        for name in METRICS
    )
    busy = ", ".join(f"avg(({name} >= 90)::INT) AS busy_{name}" for name in ("cpu", "memory"))
    with connect(file) as connection:
        whole = connection.sql(
            f"SELECT {asked}, {busy} FROM samples GROUP BY machine ORDER BY machine"
        ).to_arrow_table()
        daily = connection.sql(
            f"SELECT avg(cpu) AS cpu, sum(network) * 300 / 8 AS mb FROM samples"
            f" GROUP BY machine, step // {STEPS_A_DAY} ORDER BY machine, step // {STEPS_A_DAY}"
        ).to_arrow_table()

    def column(name: str) -> np.ndarray:
        return whole[name].to_numpy().astype(np.float64)

    columns = Columns(
        END - timedelta(days=days), END, 5.0,
        levels={
            name: whole[name].combine_chunks().flatten().to_numpy().astype(np.float64).reshape(machines, -1)
            for name in METRICS
        },
        samples={name: whole[f"n_{name}"].to_numpy() for name in METRICS},
        means={name: column(f"m_{name}") for name in METRICS},
        running=np.full(machines, days * STEPS_A_DAY),
        busy_share={name: column(f"busy_{name}") for name in ("cpu", "memory")},
        network_mb_day=daily["mb"].to_numpy().reshape(machines, days),
        cpu_mean_day=daily["cpu"].to_numpy().reshape(machines, days),
    )  # fmt: skip
    demands = zip(resources, demands_of(columns, resources, END), strict=True)
    return summary(
        [
            decide(each, demand, catalogue, Policy(), now=END, hours=hours[each.resource_id], rejections=False)
            for each, demand in demands
        ]
    )


def summary(found: list[Decision]) -> str:
    """Findings and the saving of what counts."""
    saved = sum(each.headline.savings.today or 0.0 for each in found if each.headline)
    return f"{dict(Counter(each.finding for each in found))}, {saved:,.0f} USD a month"


WAYS = {
    "bare SQL": bare,
    "samples": from_samples,
    "with parts": lambda file, machines, days: from_samples(file, machines, days, stability=True),
    "percentiles": from_percentiles,
}

if __name__ == "__main__":
    main()
