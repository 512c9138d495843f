"""Everything computed from ``charges`` when a snapshot is built.

===========================  =======================================================================
``charge_spreads``           daily parts of spread commitment fees (``spreads.py``)
``charge_days`` (view)       every charge on the UTC day it belongs to; the base of all daily questions
``promoted_tags``            tag keys kept in ``daily_costs`` (``promoted_tags.py``)
``daily_costs``              day x dimensions x promoted tags
``daily_resource_costs``     day x resource
``dimension_labels``         newest display name of accounts, regions and resources
===========================  =======================================================================

Sums are DECIMAL; a sum over lines of which none has the cost is null (unknown), not zero.
"""

from __future__ import annotations

import duckdb

from workbench.progress import Progress
from workbench.schema import CHARGES
from workbench.schema.charges import COSTS
from workbench.schema.model import quote
from workbench.schema.tables import (
    DAILY_COSTS,
    DAILY_RESOURCE_COSTS,
    MAX_PROMOTED_TAGS,
    ROLLUP_DIMENSIONS,
)
from workbench.settings import Settings
from workbench.snapshot.promoted_tags import fill_promoted_tags
from workbench.snapshot.spreads import fill_charge_spreads

__all__ = ["CREATE_CHARGE_DAYS", "build_rollups"]

CREATE_CHARGE_DAYS = (
    "CREATE OR REPLACE VIEW charge_days AS"
    " SELECT CAST(charge_period_start AS DATE) AS charge_date, * FROM charges WHERE NOT x_spread"
    " UNION ALL BY NAME SELECT * FROM charge_spreads"
)

# (dimension, id column, name column, kind column) of dimension_labels.
_LABELLED = (
    ("account", "sub_account_id", "sub_account_name", "NULL"),
    ("billing_account", "billing_account_id", "billing_account_name", "NULL"),
    ("region", "region_id", "region_name", "NULL"),
    ("resource", "resource_id", "resource_name", "resource_type"),
)


def build_rollups(connection: duckdb.DuckDBPyConnection, settings: Settings, progress: Progress) -> None:
    """Fill every table computed from ``charges``; safe to run again.

    Args:
        connection: read-write on a snapshot under construction with the schema present.
        settings: ``promoted_tags`` and ``promoted_tag_limit`` are used.
        progress: told of each table.
    """
    progress.step("Roll up", total=5)
    fill_charge_spreads(connection)
    connection.execute(CREATE_CHARGE_DAYS)
    progress.advance(detail="commitment fees spread over their days")
    fill_promoted_tags(connection, settings.promoted_tags, settings.promoted_tag_limit)
    progress.advance(detail="tag keys chosen")
    _fill_daily_costs(connection)
    progress.advance(detail="daily costs")
    _fill_daily_resource_costs(connection)
    progress.advance(detail="daily resource costs")
    _fill_dimension_labels(connection)
    progress.advance(detail="display names")


# A spread fee has a row a day in charge_days but is one line: it counts on its first day.
_CHARGE_COUNT = "count(*) FILTER (charge_date = CAST(charge_period_start AS DATE)) AS charge_count"
_COST_SUMS = ", ".join(f"sum({cost}) AS {cost}" for cost in COSTS)


def _fill_daily_costs(connection: duckdb.DuckDBPyConnection) -> None:
    dimensions = ", ".join(ROLLUP_DIMENSIONS)
    tags = ", ".join(f"tag_{i}" for i in range(1, MAX_PROMOTED_TAGS + 1))
    connection.execute(f"DELETE FROM {DAILY_COSTS.name}")
    connection.execute(
        f"""
        INSERT INTO {DAILY_COSTS.name} BY NAME
        SELECT charge_date, CAST(date_trunc('month', billing_period_start) AS DATE) AS billing_month,
            {dimensions}, consumed_unit, {tags}, {_COST_SUMS},
            sum(consumed_quantity) AS consumed_quantity, {_CHARGE_COUNT}
        FROM charge_days LEFT JOIN tag_values USING (tags)
        GROUP BY ALL ORDER BY charge_date
        """
    )


def _fill_daily_resource_costs(connection: duckdb.DuckDBPyConnection) -> None:
    keys = ", ".join(name for name in DAILY_RESOURCE_COSTS.names if name in CHARGES.names and name not in COSTS)
    connection.execute(f"DELETE FROM {DAILY_RESOURCE_COSTS.name}")
    connection.execute(
        f"""
        INSERT INTO {DAILY_RESOURCE_COSTS.name} BY NAME
        SELECT charge_date, {keys}, {_COST_SUMS}, {_CHARGE_COUNT}
        FROM charge_days GROUP BY ALL ORDER BY charge_date
        """
    )


def _fill_dimension_labels(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("DELETE FROM dimension_labels")
    for dimension, value, label, kind in _LABELLED:
        connection.execute(
            f"""
            INSERT INTO dimension_labels BY NAME
            SELECT $dimension AS dimension, {quote(value)} AS value,
                arg_max({quote(label)}, charge_period_start) AS label,
                arg_max({kind}, charge_period_start) AS kind
            FROM charges WHERE {quote(value)} IS NOT NULL AND {quote(label)} IS NOT NULL
            GROUP BY {quote(value)}
            """,
            {"dimension": dimension},
        )
