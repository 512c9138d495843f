"""The whole simulated company in one run: inventory, cases, prices, use, bill, metrics, and the answers beside them.

The stages share one DuckDB connection; each is a module of its own. Months are billed one after the other, so memory
does not grow with the length of the history. Everything is written into a folder beside the target and put in its place
by renaming at the end: an interrupted run leaves what was there.
"""

from __future__ import annotations

import calendar
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from workbench.engines import connect
from workbench.errors import BadFile, Conflict
from workbench.progress import Progress
from workbench.schema import create_table
from workbench.schema.inventory import INVENTORY
from workbench.schema.model import literal, quote
from workbench.schema.reference import REFERENCE
from workbench.settings import Settings
from workbench.simulate.bill import create_cells, write_month
from workbench.simulate.cases import apply_cases
from workbench.simulate.coverage import create_coverage, fill_utilization, month_lines
from workbench.simulate.drift import write_change_events
from workbench.simulate.ground import begin
from workbench.simulate.inventory import build_inventory
from workbench.simulate.metrics import daily_levels, fill_averages, series_sql, write_daily
from workbench.simulate.plan import SimulationPlan
from workbench.simulate.prices import price_inventory
from workbench.simulate.single_lines import add_closing, add_commitments, add_occasional, create_commitment_cells
from workbench.simulate.skus import create_skus
from workbench.simulate.streams import create_streams
from workbench.simulate.truth import build_findings, build_sizes, write_truth
from workbench.simulate.truth_costs import build_anomalies, build_budgets
from workbench.simulate.usage_days import create_usage, fill_daily_tables, month_usage
from workbench.snapshot import storage_error

__all__ = ["DAILY_METRIC_DAYS", "Simulation", "put_in_place", "read_plan", "simulate"]

DAILY_METRIC_DAYS = 60
"""Days for which ``metrics_daily`` has rows, at most."""

_LEAST_METRIC_DAYS = 32  # what the true sizes and the means of the inventory are taken from
_ABOUT = "simulation.json"


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was written.

    Attributes:
        folder: ``bill/`` and ``inventory/``, ready for ingest.
        truth: folder of the answers, which nothing but tests may read.
        lines: charge lines.
        resources: resources named on the bill.
        totals: billing month → cost → sum in USD as decimal text; equal for equal plans.
    """

    folder: Path
    truth: Path
    lines: int
    resources: int
    totals: dict[str, dict[str, str]]


def simulate(
    plan: SimulationPlan,
    folder: Path,
    settings: Settings,
    progress: Progress,
    *,
    truth: Path | None = None,
    force: bool = False,
) -> Simulation:
    """Write the estate of ``plan`` into ``folder``, replacing an estate written there before.

    Args:
        plan: what to simulate.
        folder: made when missing.
        settings: threads and memory.
        progress: told of each stage.
        truth: folder of the answers; default: ``<folder>.truth`` beside it.
        force: replace the folder even when it holds something else.

    Raises:
        Conflict: the folder holds something that is not a simulated estate.
        StorageError: the disk is full; what was there is untouched.
    """
    folder = folder.resolve()
    truth = (truth or folder.with_name(f"{folder.name}.truth")).resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / _ABOUT).is_file() and not force:
        raise Conflict(
            f"{folder} holds something that is not a simulated estate", hint="Choose another folder, or give --force"
        )
    work = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(work, ignore_errors=True)
    try:
        (work / "estate" / "bill").mkdir(parents=True)
        (work / "estate" / "inventory").mkdir()
        with closing(_connection(work, settings)) as connection:
            _build(connection, plan, work, progress)
            lines, resources, totals = _totals(connection, work / "estate")
        about = {"plan": asdict(plan), "lines": lines, "resources": resources, "totals": totals}
        (work / "estate" / _ABOUT).write_text(json.dumps(about, indent=2, default=str) + "\n", encoding="utf-8")
        put_in_place(work / "truth", truth)
        put_in_place(work / "estate", folder)
    except Exception as exc:
        if storage := storage_error(exc, folder.parent):
            raise storage from exc
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Simulation(folder, truth, lines, resources, totals)


def read_plan(folder: Path) -> SimulationPlan:
    """The plan an estate was made by.

    Raises:
        BadFile: there is no simulated estate in the folder.
    """
    path = folder / _ABOUT
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))["plan"]
        return SimulationPlan(**{**raw, "last_day": date.fromisoformat(raw["last_day"])})
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise BadFile(
            f"{folder}: there is no simulated estate", detail=str(exc), hint="Make one first: workbench simulate --out"
        ) from exc


def _connection(work: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    connection = connect(
        threads=settings.threads, memory_limit=settings.memory_limit, temp_directory=str(work / "spill")
    )
    connection.execute("SET TimeZone = 'UTC'")
    for table in (*INVENTORY, *REFERENCE):
        connection.execute(create_table(table))
    return connection


def _build(connection: duckdb.DuckDBPyConnection, plan: SimulationPlan, work: Path, progress: Progress) -> None:
    progress.step("Build the company")
    begin(connection, plan.span)
    create_skus(connection)
    build_inventory(connection, plan)
    progress.step("Put the cases in")
    apply_cases(connection)
    price_inventory(connection)
    create_streams(connection)
    create_usage(connection)
    create_coverage(connection)
    create_cells(connection)
    create_commitment_cells(connection)
    progress.step("Bill the months", total=plan.days)
    for month, first, last in _months(plan):
        _bill(connection, plan, month, first, last, work / "estate" / "bill")
        progress.advance((last - first).days + 1, detail=f"{month:%Y-%m}")
    fill_utilization(connection)
    progress.step("Measure the machines")
    days = min(plan.days, max(DAILY_METRIC_DAYS, _LEAST_METRIC_DAYS, plan.metric_days))
    daily_levels(connection, days)
    fill_averages(connection)
    write_daily(connection)
    write_change_events(connection)
    progress.step("Write the answers")
    build_sizes(connection)
    build_findings(connection)
    build_anomalies(connection)
    bills = literal(str(work / "estate" / "bill" / "*.parquet"))
    build_budgets(
        connection,
        "SELECT SubAccountId AS account_number, date_trunc('month', ChargePeriodStart)::DATE AS month,"
        f" sum(EffectiveCost) AS cost FROM read_parquet({bills}) WHERE SubAccountId IS NOT NULL GROUP BY 1, 2",
    )
    write_truth(connection, work / "truth")
    progress.step("Write the inventory")
    _write_inventory(connection, plan, work / "estate" / "inventory")


def _months(plan: SimulationPlan) -> Iterator[tuple[date, date, date]]:
    """(first of the month, first and last simulated day in it)."""
    month = plan.first_day.replace(day=1)
    while month <= plan.last_day:
        end = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        yield month, max(month, plan.first_day), min(end, plan.last_day)
        month = end + timedelta(days=1)


def _bill(
    connection: duckdb.DuckDBPyConnection, plan: SimulationPlan, month: date, first: date, last: date, folder: Path
) -> None:
    first_n, last_n = (first - plan.first_day).days, (last - plan.first_day).days
    closed = (last + timedelta(days=1)).month != month.month
    month_usage(connection, first_n, last_n)
    fill_daily_tables(connection)
    month_lines(connection, first_n, last_n)
    add_commitments(connection, month, first_n, last_n)
    add_occasional(connection, month, first_n, last_n)
    if closed:
        add_closing(connection, month, last)
    write_month(connection, month, folder / f"{month:%Y-%m}.parquet", closed=closed)


def _write_inventory(connection: duckdb.DuckDBPyConnection, plan: SimulationPlan, folder: Path) -> None:
    tables = {
        table.name: f"SELECT {', '.join(quote(name) for name in table.names if name != 'x_source_id')}"
        f" FROM {quote(table.name)} ORDER BY id"
        for table in INVENTORY
    }
    if plan.metric_days:
        tables["resource_metrics"] = series_sql(min(plan.metric_days, plan.days), plan.interval_seconds)
    for name, sql in tables.items():
        target = literal(str(folder / f"{name}.parquet"))
        connection.execute(f"COPY ({sql}) TO {target} (FORMAT parquet, COMPRESSION zstd)")


def _totals(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[int, int, dict[str, dict[str, str]]]:
    """Lines, resources and control totals of the bill as written."""
    bills = literal(str(folder / "bill" / "*.parquet"))
    months = connection.execute(
        f"""
        SELECT strftime(BillingPeriodStart, '%Y-%m'), count(*), sum(BilledCost), sum(EffectiveCost),
               sum(ContractedCost), sum(ListCost)
        FROM read_parquet({bills}) GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    [(resources,)] = connection.execute(f"SELECT count(DISTINCT ResourceId) FROM read_parquet({bills})").fetchall()
    names = ("lines", "billed_cost", "effective_cost", "contracted_cost", "list_cost")
    totals = {month: dict(zip(names, map(str, figures), strict=True)) for month, *figures in months}
    return sum(int(month[1]) for month in months), int(resources), totals


def put_in_place(source: Path, target: Path) -> None:
    """Put a finished folder in the place of the earlier one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    source.rename(target)
    shutil.rmtree(old, ignore_errors=True)
