"""PostgreSQL: how fast a snapshot is loaded and refreshed, against the least ADBC and DuckDB can do, and asked live.

    python -m tests.bench.postgres_bench [--rows 3000000] [--folder build/bench]

A bill is generated and ingested, loaded into a PostgreSQL of its own, and refreshed into an empty home folder. The
reference is the same transfer without the workbench, in the same run: every column of ``charges`` read through ADBC and
inserted into a DuckDB file, costs as DECIMAL. The refreshed snapshot is compared with the first one row for row. Then
the questions of Overview and Explore are asked of both engines.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.explore_bench import p95
from tests.bench.generate import generate
from workbench.costs import explore
from workbench.costs.overview import overview
from workbench.costs.resolve import resolve
from workbench.costs.url import parse
from workbench.engines import Engine, PostgresEngine, connect, connect_postgres
from workbench.ingest import ingest
from workbench.postgres import init_statements, load_snapshot, start_trial
from workbench.progress import Silent
from workbench.refresh import refresh
from workbench.refresh.database import open_database
from workbench.schema import Kind, create_table, duckdb_type, table
from workbench.schema.model import literal, quote
from workbench.settings import PROJECT_ROOT, Settings
from workbench.snapshot import SnapshotStore

_VIEWS = (
    {"range": "mtd"},
    {"range": "last_month", "by": "account"},
    {"range": "90d", "by": "service,region", "grain": "week"},
    {"range": "12m", "by": "category", "grain": "month"},
    {"range": "last_month", "by": "charge_category", "basis": "list"},
)
_REPEATS = 5


def main() -> None:
    """Run it and print a figure a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.postgres_bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3_000_000, help="charge lines to generate")
    parser.add_argument("--folder", type=Path, default=PROJECT_ROOT / "build" / "bench", help="where files are kept")
    options = parser.parse_args()
    folder: Path = options.folder.resolve() / "postgres"
    shutil.rmtree(folder, ignore_errors=True)
    files = generate(options.folder.resolve() / f"bills-{options.rows}", options.rows)
    first, second = Settings(home=folder / "first"), Settings(home=folder / "second")
    _said("Ingest", lambda: ingest(files, first))
    with tempfile.TemporaryDirectory(prefix="wb-pg-") as place, start_trial(Path(place) / "data") as server:
        with connect_postgres(server.url, autocommit=True) as connection:
            for statement in init_statements():
                connection.execute(statement)
        opened = SnapshotStore(first).open()
        load, seconds = _said(
            "db load", lambda: load_snapshot(server.url, opened.engine.path, opened.manifest, first, Silent())
        )
        lines = opened.manifest.rows["charges"]
        print(f"db load: {load.rows:,} rows in {seconds:.1f} s, {lines / seconds:,.0f} charge lines a second")
        before = _raw(server.url, folder / "raw.duckdb")
        _, seconds = _said("refresh", lambda: refresh([server.url], second))
        after = _raw(server.url, folder / "raw.duckdb")
        raw = (before + after) / 2
        columns = len(table("charges").columns)
        print(f"raw ADBC to DuckDB, {columns} columns: {before:.1f} s and {after:.1f} s, {lines / raw:,.0f} lines/s")
        print(f"refresh, end to end with rollups, checks, publish: {seconds:.1f} s, {lines / seconds:,.0f} lines/s")
        print(f"ratio to raw: {seconds / raw:.2f} (target 1.3)")
        refreshed = SnapshotStore(second).open()
        print(f"rows that differ between the first and the refreshed snapshot: {_different(opened, refreshed)}")
        live = PostgresEngine(server.url, load.load.id)
        times = {name: _asked(engine) for name, engine in (("snapshot", opened.engine), ("live", live))}
        for name, found in times.items():
            print(f"{name}: p95 {p95(found):.0f} ms, slowest {max(found):.0f} ms of {len(found)} statements")
        print(f"live to snapshot, sum of all: {sum(times['live']) / sum(times['snapshot']):.1f}")
        for one in (live, opened, refreshed):
            one.close()


def _said(what: str, work):
    print(f"{what} …", file=sys.stderr)
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _raw(url: str, target: Path) -> float:
    """Seconds for every column of charges through ADBC into a DuckDB file."""
    target.unlink(missing_ok=True)
    charges = table("charges")
    columns = ", ".join(
        f"CAST({quote(c.name)} AS {duckdb_type(c.kind)})" if c.kind is Kind.MONEY else quote(c.name)
        for c in charges.columns
    )
    began = time.perf_counter()
    connection = connect(target, threads=2, memory_limit="3GB", preserve_insertion_order=False)
    with open_database(url) as database:
        connection.execute(create_table(charges))
        connection.register("incoming", database.read(charges))
        connection.execute(f"INSERT INTO charges SELECT {columns} FROM incoming")
    connection.execute("CHECKPOINT")
    connection.close()
    return time.perf_counter() - began


def _different(first, second) -> int:
    """Charge rows in one snapshot and not in the other, counted as many times as they are there."""
    connection = connect(threads=2, memory_limit="8GB")
    try:
        for name, opened in (("a", first), ("b", second)):
            connection.execute(f"ATTACH {literal(str(opened.engine.path))} AS {name} (READ_ONLY)")
        hashes = ", ".join(quote(column.name) for column in table("charges").columns)
        [(found,)] = connection.sql(
            f"""
            SELECT count(*) FROM (
                SELECT hash({hashes}) AS h, count(*) AS n FROM a.charges GROUP BY 1
            ) AS x FULL JOIN (
                SELECT hash({hashes}) AS h, count(*) AS n FROM b.charges GROUP BY 1
            ) AS y USING (h) WHERE x.n IS DISTINCT FROM y.n
            """
        ).fetchall()
        return int(found)
    finally:
        connection.close()


class _Timed:
    """Runs on an engine and keeps the milliseconds of each statement."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.times, self.by_title = engine, [], {}
        self.name, self.snapshot_id = engine.name, engine.snapshot_id

    def run(self, query, *, timeout=None):
        began = time.perf_counter()
        found = self._engine.run(query)
        self.times.append((time.perf_counter() - began) * 1000)
        self.by_title.setdefault(query.title, []).append(self.times[-1])
        return found


def _asked(engine: Engine) -> list[float]:
    timed = _Timed(engine)
    for _ in range(_REPEATS):
        for address in _VIEWS:
            view = resolve(timed, parse(address)[0])
            for question in (explore.totals, explore.series, explore.breakdown, explore.tree, overview):
                question(timed, view)
    slow = sorted(timed.by_title.items(), key=lambda item: -max(item[1]))[:5]
    print(", ".join(f"{title} {max(found):.0f} ms" for title, found in slow), file=sys.stderr)
    return timed.times


if __name__ == "__main__":
    main()
