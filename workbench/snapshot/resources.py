"""``resource_costs``: what each resource of the bill cost, and which row of the inventory it is.

Bill and inventory meet on the provider's id. An id is usually the whole world's; one that the bill or the inventory
has in several accounts (names of functions, log groups) also needs the same account. Where an inventory has several
rows for one id, such as a machine that is a node of a cluster, the cost goes to one of them, in the order of
``schema.resources.KINDS``.
"""

from __future__ import annotations

import duckdb

from workbench.schema.charges import COSTS
from workbench.schema.resources import inventory_sql

__all__ = ["WINDOW_DAYS", "fill_resource_costs"]

WINDOW_DAYS = 30

# The last charge day counts as complete when a usage charge of it runs to its end. Corrections and the later parts of
# spread fees say nothing about how far a bill reaches.
_LAST_COMPLETE_DAY = """
    SELECT CASE WHEN EXISTS (
            SELECT 1 FROM charges
            WHERE charge_period_start >= last_day AND charge_period_start < last_day + 1
                AND charge_period_end >= last_day + 1 AND charge_category = 'Usage' AND charge_class IS NULL
        ) THEN last_day ELSE last_day - 1 END
    FROM (
        SELECT coalesce(max(charge_date) FILTER (charge_class IS NULL), max(charge_date)) AS last_day
        FROM daily_costs WHERE charge_count > 0
    )
"""

_COSTS_OF_RESOURCES = f"""
    CREATE OR REPLACE TEMP TABLE billed_resources AS
    WITH places AS (
        SELECT resource_id, sub_account_id, billing_currency, provider_name, service_category, service_name, region_id,
            min(charge_date) AS first_day, max(charge_date) AS last_day,
            {", ".join(f"sum({cost}) FILTER (charge_date BETWEEN $first AND $last) AS {cost}_30d" for cost in COSTS)},
            count(*) FILTER (charge_date BETWEEN $first AND $last) AS days_30d,
            sum(effective_cost) AS effective_cost, coalesce(sum(abs(effective_cost)), 0) AS size,
            sum(charge_count) AS charge_count
        FROM daily_resource_costs WHERE resource_id IS NOT NULL GROUP BY ALL
    )
    SELECT resource_id, sub_account_id, billing_currency,
        max_by(provider_name, (size, provider_name)) AS provider_name,
        max_by(service_category, (size, service_category)) AS service_category,
        max_by(service_name, (size, service_name)) AS service_name,
        max_by(region_id, (size, region_id)) AS region_id,
        min(first_day) AS first_charge_date, max(last_day) AS last_charge_date,
        {", ".join(f"CASE WHEN sum(days_30d) = 0 THEN 0 ELSE sum({cost}_30d) END AS {cost}_30d" for cost in COSTS)},
        sum(effective_cost) AS effective_cost, sum(size) AS size, sum(charge_count) AS charge_count
    FROM places GROUP BY ALL
"""

# Texts are made distinct before the newest is chosen; among equally new ones the greatest, as for the labels.
_NEWEST_TAGS = """
    CREATE OR REPLACE TEMP TABLE newest_tags AS
    WITH texts AS (
        SELECT resource_id, sub_account_id, tags, max(charge_period_start) AS seen
        FROM charges WHERE resource_id IS NOT NULL AND tags IS NOT NULL GROUP BY ALL
    )
    SELECT resource_id, sub_account_id, max_by(tags, (seen, tags)) AS tags
    FROM texts WHERE CASE WHEN json_valid(tags) THEN json_type(tags) = 'OBJECT' END GROUP BY ALL
"""

_MATCHES = f"""
    CREATE OR REPLACE TEMP TABLE inventory_matches AS
    WITH held AS (
        SELECT resource_id, inventory_table, inventory_id, kind_order, account_number
        FROM ({inventory_sql()}) AS item LEFT JOIN cloud_accounts AS account ON account.id = item.account_id
    ), billed AS (
        SELECT DISTINCT resource_id, sub_account_id FROM billed_resources
    ), in_several_accounts AS (
        SELECT resource_id FROM billed GROUP BY resource_id HAVING count(*) > 1
        UNION
        SELECT resource_id FROM held GROUP BY resource_id HAVING count(DISTINCT coalesce(account_number, '')) > 1
    ), keyed_held AS (
        SELECT held.*, CASE WHEN several.resource_id IS NULL THEN '' ELSE coalesce(account_number, '') END AS account
        FROM held LEFT JOIN in_several_accounts AS several USING (resource_id)
        QUALIFY row_number() OVER (PARTITION BY resource_id, account ORDER BY kind_order, inventory_id) = 1
    ), keyed_billed AS (
        SELECT billed.*, CASE WHEN several.resource_id IS NULL THEN '' ELSE coalesce(sub_account_id, '') END AS account
        FROM billed LEFT JOIN in_several_accounts AS several USING (resource_id)
    )
    SELECT keyed_billed.resource_id, sub_account_id, inventory_table, inventory_id
    FROM keyed_billed JOIN keyed_held USING (resource_id, account)
"""

_INSERT = """
    INSERT INTO resource_costs BY NAME
    SELECT billed.* EXCLUDE (size), coalesce(account.label, billed.sub_account_id) AS sub_account_name,
        coalesce(label.label, billed.resource_id) AS resource_name, label.kind AS resource_type, newest_tags.tags,
        CAST($first AS DATE) AS window_first, CAST($last AS DATE) AS window_last,
        count(*) OVER resource AS currencies,
        row_number() OVER (resource ORDER BY size DESC, billed.billing_currency) = 1 AS main_currency,
        inventory_table, inventory_id
    FROM billed_resources AS billed
    LEFT JOIN newest_tags ON newest_tags.resource_id = billed.resource_id
        AND newest_tags.sub_account_id IS NOT DISTINCT FROM billed.sub_account_id
    LEFT JOIN inventory_matches AS match ON match.resource_id = billed.resource_id
        AND match.sub_account_id IS NOT DISTINCT FROM billed.sub_account_id
    LEFT JOIN dimension_labels AS label ON label.dimension = 'resource' AND label.value = billed.resource_id
    LEFT JOIN dimension_labels AS account ON account.dimension = 'account' AND account.value = billed.sub_account_id
    WINDOW resource AS (PARTITION BY billed.resource_id, billed.sub_account_id)
"""


def fill_resource_costs(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``resource_costs`` (grain: resource id x sub-account x currency) from the rollups and the inventory.

    Args:
        connection: a snapshot under construction; ``daily_resource_costs`` and ``dimension_labels`` are filled.
    """
    connection.execute("DELETE FROM resource_costs")
    [(last,)] = connection.execute(_LAST_COMPLETE_DAY).fetchall()
    if last is None:
        return
    [(first,)] = connection.execute(f"SELECT CAST($last AS DATE) - {WINDOW_DAYS - 1}", {"last": last}).fetchall()
    window = {"first": first, "last": last}
    connection.execute(_COSTS_OF_RESOURCES, window)
    connection.execute(_NEWEST_TAGS)
    connection.execute(_MATCHES)
    connection.execute(_INSERT, window)
    for name in ("billed_resources", "newest_tags", "inventory_matches"):
        connection.execute(f"DROP TABLE temp.{name}")
