"""A small simulated company with its cases, metrics and answers, in memory and written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from workbench.progress import Silent
from workbench.schema.ddl import create_table
from workbench.schema.inventory import INVENTORY
from workbench.schema.reference import REFERENCE
from workbench.settings import Settings
from workbench.simulate.build import Simulation, simulate
from workbench.simulate.cases import apply_cases
from workbench.simulate.ground import begin
from workbench.simulate.inventory import build_inventory
from workbench.simulate.metrics import daily_levels, fill_averages
from workbench.simulate.plan import SimulationPlan
from workbench.simulate.skus import create_skus
from workbench.simulate.truth import build_findings, build_sizes

__all__ = ["PLAN", "picked", "with_cases", "written"]

PLAN = SimulationPlan(last_day=date(2026, 11, 20), accounts=40, days=120)


def picked(plan: SimulationPlan = PLAN) -> duckdb.DuckDBPyConnection:
    """A connection with the inventory, its plan and the cases; no prices, no metrics."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in (*INVENTORY, *REFERENCE):
        connection.execute(create_table(table))
    begin(connection, plan.span)
    create_skus(connection)
    build_inventory(connection, plan)
    apply_cases(connection)
    return connection


def with_cases(plan: SimulationPlan = PLAN, days: int = 32) -> duckdb.DuckDBPyConnection:
    """The same with metric columns, true sizes and expected findings."""
    connection = picked(plan)
    daily_levels(connection, days)
    fill_averages(connection)
    build_sizes(connection)
    build_findings(connection)
    return connection


def written(folder: Path, plan: SimulationPlan = PLAN) -> Simulation:
    """The estate of ``plan`` written into ``folder``, the answers beside it."""
    return simulate(plan, folder, Settings(home=folder.parent / "home"), Silent())
