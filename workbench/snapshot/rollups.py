"""Everything computed from ``charges`` when a snapshot is built.

===========================  =======================================================================
``charge_spreads``           daily parts of spread commitment fees (``spreads.py``)
``charge_days`` (view)       every charge on the UTC day it belongs to; the base of all daily questions
``promoted_tags``            tag keys kept in ``daily_costs`` (``promoted_tags.py``)
``daily_costs``              day x dimensions x promoted tags
``daily_resource_costs``     day x resource
``dimension_labels``         newest display name of accounts, regions and resources
``resource_costs``           resource, with its row in the inventory (``resources.py``)
``services`` and the like    place of each service in FOCUS (``services.py``)
===========================  =======================================================================

Sums are DECIMAL; a sum over lines of which none has the cost is null (unknown), not zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from workbench.progress import Progress
from workbench.schema import CHARGES
from workbench.schema.charges import COSTS
from workbench.schema.tables import DAILY_RESOURCE_COSTS, MAX_PROMOTED_TAGS, ROLLUP_DIMENSIONS
from workbench.schema.views import charge_days_sql
from workbench.settings import Settings
from workbench.snapshot.promoted_tags import drop_tag_tables, fill_promoted_tags
from workbench.snapshot.resources import fill_resource_costs
from workbench.snapshot.services import fill_services
from workbench.snapshot.spreads import fill_charge_spreads

__all__ = ["build_rollups"]

# Charge lines aggregated at a time. Bounds the memory (about 1 GB when every line is a group of its own), and because
# the slices are written day after day, a question about a month reads only the row groups of its slices.
_LINES_PER_SLICE = 2_000_000

# (dimension, id column, name column, kind column) of dimension_labels.
_LABELLED = (
    ("account", "sub_account_id", "sub_account_name", "NULL"),
    ("billing_account", "billing_account_id", "billing_account_name", "NULL"),
    ("region", "region_id", "region_name", "NULL"),
    ("resource", "resource_id", "resource_name", "resource_type"),
)


_TAGS = ", ".join(f"tag_{position}" for position in range(1, MAX_PROMOTED_TAGS + 1))
_DIMENSIONS = ", ".join((*ROLLUP_DIMENSIONS, "consumed_unit"))
_RESOURCE_KEYS = ", ".join(name for name in DAILY_RESOURCE_COSTS.names if name in CHARGES.names and name not in COSTS)


def _sums(names: Iterable[str]) -> str:
    return ", ".join(f"sum({name}) AS {name}" for name in names)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the lines of a slice (``$first`` <= day < ``$after``) come from, and how to count them.

    Bounds are on the stored column, whose statistics let DuckDB skip row groups.
    """

    days: str
    count: str


_PLAIN = _Source(
    "SELECT CAST(charge_period_start AS DATE) AS charge_date, * FROM charges"
    " WHERE charge_period_start >= $first AND charge_period_start < $after",
    "count(*)",
)
_WITH_SPREADS = _Source(
    charge_days_sql(
        of_charges=" AND charge_period_start >= $first AND charge_period_start < $after",
        of_spreads=" AND charge_date >= $first AND charge_date < $after",
    ),
    # A spread fee has a row a day but is one line: it counts on its first day.
    "count(*) FILTER (charge_date = CAST(charge_period_start AS DATE))",
)


def _insert_daily_costs(source: _Source) -> str:
    # Summed per tag text first: joining and grouping the promoted tags then meets far fewer rows than there are lines.
    return f"""
        INSERT INTO daily_costs BY NAME
        WITH per_text AS (
            SELECT charge_date, CAST(date_trunc('month', billing_period_start) AS DATE) AS billing_month,
                {_DIMENSIONS}, tags, {_sums((*COSTS, "consumed_quantity"))}, {source.count} AS charge_count
            FROM ({source.days}) GROUP BY ALL
        )
        SELECT charge_date, billing_month, {_DIMENSIONS}, {_TAGS},
            {_sums((*COSTS, "consumed_quantity", "charge_count"))}
        FROM per_text LEFT JOIN tag_values USING (tags)
        GROUP BY ALL
    """


def _insert_daily_resource_costs(source: _Source) -> str:
    return f"""
        INSERT INTO daily_resource_costs BY NAME
        SELECT charge_date, {_RESOURCE_KEYS}, {_sums(COSTS)}, {source.count} AS charge_count
        FROM ({source.days}) GROUP BY ALL
    """


def build_rollups(connection: duckdb.DuckDBPyConnection, settings: Settings, progress: Progress) -> None:
    """Fill every table computed from ``charges``; safe to run again.

    Args:
        connection: read-write on a snapshot under construction with the schema present.
        settings: ``promoted_tags`` and ``promoted_tag_limit`` are used.
        progress: told of each slice of days.
    """
    fill_charge_spreads(connection)
    fill_promoted_tags(connection, settings.promoted_tags, settings.promoted_tag_limit)
    connection.execute("DELETE FROM daily_costs")
    connection.execute("DELETE FROM daily_resource_costs")
    slices = _slices(connection)
    # A bill without spread fees, the usual case, is read without the union: about a sixth faster.
    [(spread,)] = connection.sql("SELECT count(*) > 0 FROM charge_spreads").fetchall()
    source = _WITH_SPREADS if spread else _PLAIN
    progress.step("Roll up", total=sum(lines for _, _, lines in slices))
    for first, after, lines in slices:
        bounds = {"first": first, "after": after}
        connection.execute(_insert_daily_costs(source), bounds)
        connection.execute(_insert_daily_resource_costs(source), bounds)
        progress.advance(lines, detail=f"{first} to {after - timedelta(days=1)}")
    _fill_dimension_labels(connection)
    drop_tag_tables(connection)
    progress.step("Resources and services")
    fill_resource_costs(connection)
    fill_services(connection)


def _slices(connection: duckdb.DuckDBPyConnection) -> list[tuple[date, date, int]]:
    """Runs of days as (first day, day after the last, lines), each of about ``_LINES_PER_SLICE`` lines."""
    days = connection.sql("SELECT charge_date, count(*) FROM charge_days GROUP BY 1 ORDER BY 1").fetchall()
    slices: list[tuple[date, date, int]] = []
    for day, lines in days:
        after = day + timedelta(days=1)
        if slices and slices[-1][2] + lines <= _LINES_PER_SLICE:
            first, _, sofar = slices.pop()
            slices.append((first, after, sofar + lines))
        else:
            slices.append((day, after, lines))
    return slices


def _fill_dimension_labels(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("DELETE FROM dimension_labels")
    for dimension, value, label, kind in _LABELLED:
        # Names are made distinct before the newest is chosen; among equally new ones the greatest, so that a build
        # of the same bill gives the same labels.
        connection.execute(
            f"""
            INSERT INTO dimension_labels BY NAME
            WITH names AS (
                SELECT {value} AS value, {label} AS label, {kind} AS kind, max(charge_period_start) AS seen
                FROM charges WHERE {value} IS NOT NULL GROUP BY ALL
            )
            SELECT $dimension AS dimension, value, coalesce(max_by(label, (seen, label)), value) AS label,
                max_by(kind, (seen, kind)) AS kind
            FROM names GROUP BY value
            """,
            {"dimension": dimension},
        )
