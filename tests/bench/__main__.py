"""``make bench``: load, then ask. Prints a table and writes ``build/bench.json``; fails only when something breaks.

    python -m tests.bench [--rows 10000000] [--folder build/bench]

The load is compared with the least DuckDB can do with the same files in the same run: ``CREATE TABLE AS SELECT *``
into a file, once before and once after, with the same threads and memory limit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import explore_bench
from tests.bench.generate import generate
from tests.bench.measure import Cost, run_measured
from workbench.settings import PROJECT_ROOT

_RATIO, _PEAK_BYTES = 2.0, 4 * 2**30

_RAW_LOAD = """
import sys, duckdb
target, *files = sys.argv[1:]
with duckdb.connect(target, config={"threads": 2, "memory_limit": "3GB"}) as connection:
    connection.execute("SET enable_progress_bar = false")
    connection.execute("CREATE TABLE raw AS SELECT * FROM read_parquet($files)", {"files": files})
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result; ``target`` in words, ``met`` None when there is none."""

    what: str
    value: float
    unit: str
    target: str = ""
    met: bool | None = None


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Speed and memory of the workbench")
    parser.add_argument("--rows", type=int, default=10_000_000, help="charge lines to generate")
    parser.add_argument("--folder", type=Path, default=PROJECT_ROOT / "build" / "bench", help="where files are kept")
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    print(f"Generating {options.rows:,} charge lines (kept for the next run)", file=sys.stderr)
    files = generate(folder / f"bills-{options.rows}", options.rows)
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    figures = [*_load(files, home, folder), *_ask(home)]
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "system": platform.platform()},
        "python": platform.python_version(),
        "rows": options.rows,
        "bytes": sum(file.stat().st_size for file in files),
        "figures": [asdict(figure) for figure in figures],
    }
    result = PROJECT_ROOT / "build" / "bench.json"
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps(report, indent=2) + "\n")
    for figure in figures:
        verdict = "" if figure.met is None else ("met" if figure.met else "MISSED")
        print(f"{figure.what:<58} {figure.value:>9.2f} {figure.unit:<3} {figure.target:<10} {verdict}")
    print(f"Written to {result}")


def _load(files: list[Path], home: Path, folder: Path) -> list[Figure]:
    print("Loading: raw, workbench ingest, raw again", file=sys.stderr)
    before = _raw_load(files, folder / "raw.duckdb")
    ingest = run_measured(
        [sys.executable, "-m", "workbench.cli.main", "ingest", "--json", str(files[0].parent)],
        {"WORKBENCH_HOME": str(home)},
    )
    after = _raw_load(files, folder / "raw.duckdb")
    raw = (before.seconds + after.seconds) / 2
    processor = (before.processor_seconds + after.processor_seconds) / 2
    return [
        Figure("Raw DuckDB load of the same files", raw, "s"),
        Figure("Bill to published snapshot with rollups", ingest.seconds, "s"),
        Figure("Ratio to the raw load", ingest.seconds / raw, "x", f"≤ {_RATIO}", ingest.seconds / raw <= _RATIO),
        # The same in processor time, which other work on the machine disturbs less.
        Figure("Ratio to the raw load in processor time", ingest.processor_seconds / processor, "x"),
        Figure("Peak memory of the load", ingest.peak_bytes / 2**30, "GiB", "≤ 4", ingest.peak_bytes <= _PEAK_BYTES),
    ]


def _raw_load(files: list[Path], target: Path) -> Cost:
    target.unlink(missing_ok=True)
    cost = run_measured([sys.executable, "-c", _RAW_LOAD, str(target), *(str(file) for file in files)])
    target.unlink()
    return cost


def _ask(home: Path) -> list[Figure]:
    print("Asking: Explore's questions, and the same group-bys in pandas", file=sys.stderr)
    return [Figure(*figure) for figure in explore_bench.figures(explore_bench.measure(home))]


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
