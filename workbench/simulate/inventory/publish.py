"""From staged resources to the inventory tables and ``resource_plan``.

A module stages a kind as ``staged_<table>``: the columns of the inventory table, and for the plan ``account_id``,
``account_number``, ``region``, ``env``, ``team``, ``project``, ``tags``, ``created_on`` and ``deleted_on``,
the first day on which it is no longer there (null: never removed).
"""

from __future__ import annotations

import duckdb

from workbench.schema.inventory import inventory_table
from workbench.schema.model import literal, quote
from workbench.simulate.ground import RESOURCE_ID

__all__ = ["PLAN_COLUMNS", "create_plan", "publish", "republish", "tag_resources"]

PLAN_COLUMNS = {
    "id": "VARCHAR",
    "resource_type": "VARCHAR",
    "resource_id": "VARCHAR",
    "resource_name": "VARCHAR",
    "account_id": "VARCHAR",
    "account_number": "VARCHAR",
    "region": "VARCHAR",
    "env": "VARCHAR",
    "team": "VARCHAR",
    "app": "VARCHAR",
    "tags": "VARCHAR",
    "created_on": "DATE",
    "deleted_on": "DATE",
}
"""Column → DuckDB type of ``resource_plan``, one row a resource that exists or existed up to the last day."""


def create_plan(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty ``resource_plan``."""
    columns = ", ".join(f"{name} {kind}" for name, kind in PLAN_COLUMNS.items())
    connection.execute(f"CREATE TEMP TABLE resource_plan ({columns})")


def publish(connection: duckdb.DuckDBPyConnection, table: str, name: str = "name") -> None:
    """Insert ``staged_<table>`` into the inventory (what is there on the last day) and into the plan (all of it).

    ``name`` is the staged column shown as the resource's name on the bill.
    """
    staged = {row[0] for row in connection.execute(f"DESCRIBE staged_{table}").fetchall()}
    columns = ", ".join(quote(column) for column in inventory_table(table).names if column in staged)
    connection.execute(
        f"""
        INSERT INTO {quote(table)} BY NAME
        SELECT {columns}, 'AWS' AS provider FROM staged_{table}
        WHERE created_on <= last_day() AND coalesce(deleted_on > last_day(), TRUE) ORDER BY created_on, id
        """
    )
    connection.execute(
        f"""
        INSERT INTO resource_plan BY NAME
        SELECT id, {literal(table)} AS resource_type, {RESOURCE_ID[table]} AS resource_id, {name} AS resource_name,
               account_id, account_number, region, env, team, project AS app, tags, created_on, deleted_on
        FROM staged_{table} WHERE created_on <= last_day() ORDER BY created_on, id
        """
    )


def republish(connection: duckdb.DuckDBPyConnection, table: str, name: str = "name") -> None:
    """Publish ``staged_<table>`` again after it was changed."""
    connection.execute(f"DELETE FROM {quote(table)}")
    connection.execute(f"DELETE FROM resource_plan WHERE resource_type = {literal(table)}")
    publish(connection, table, name)


def tag_resources(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``resource_tags`` from the tags of the resources that are there on the last day."""
    connection.execute("DELETE FROM resource_tags")
    connection.execute(
        """
        INSERT INTO resource_tags BY NAME
        SELECT uid('tag/' || p.id || '/' || key) AS id, p.account_id, p.resource_type, p.resource_id, key,
               json_extract_string(p.tags, '$."' || key || '"') AS value, 'AWS' AS provider
        FROM (SELECT *, unnest(json_keys(tags)) AS key FROM resource_plan
              WHERE tags IS NOT NULL AND resource_type <> 'container_nodes'
                AND coalesce(deleted_on > last_day(), TRUE)) p
        ORDER BY p.resource_type, p.resource_id, key
        """
    )
