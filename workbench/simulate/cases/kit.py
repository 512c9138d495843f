"""How a case is declared, and how it is put into the healthy estate.

A case belongs to one check. It picks resources of one table for several roles and says what each pick changes. Nothing
here loops over resources: a pick is one INSERT of the chosen rows and one UPDATE a table.

Picks are stable: only resources that exist on the first simulated day and are never removed take part, ranked by a
number drawn from the seed, the check and the id. A longer horizon therefore picks the same resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb

from workbench.schema.model import literal, quote

__all__ = [
    "CONTROLS", "RESOURCE_ID", "Case", "Pick", "Span", "begin", "choose", "guard", "unchosen",
]  # fmt: skip

CONTROLS = ("near_miss", "unknown", "excluded", "trap")
"""Roles whose resource must not be reported by the check of the case."""

RESOURCE_ID = {
    "api_clients": "id",
    "autoscaling_groups": "name",
    "cache_clusters": "cluster_id",
    "commitments": "id",
    "container_clusters": "name",
    "container_nodes": "instance_id",
    "container_services": "name",
    "elastic_ips": "allocation_id",
    "instances": "instance_id",
    "lambda_functions": "name",
    "load_balancers": "lb_arn",
    "log_groups": "name",
    "managed_services": "name",
    "nat_gateways": "nat_gateway_id",
    "rds_instances": "db_instance_id",
    "s3_buckets": "name",
    "snapshots": "snapshot_id",
    "streaming_clusters": "name",
    "volumes": "volume_id",
}
"""The column of each table that holds the provider's id, as on the bill; keys of work tables are the table's ``id``."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is simulated: a seed and the first and last charge day, both inclusive (UTC)."""

    seed: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Pick:
    """Resources of one role.

    ``sets``, ``profile`` and ``plan`` map columns of the inventory table, of ``profiles`` and of ``resource_plan`` to
    SQL expressions over that table's own columns. ``also`` names further checks that report the same resource for the
    same reason. ``share`` of the eligible rows are picked, at least ``least``, at most ``most``.
    """

    role: str
    why: str
    sets: Mapping[str, str] = field(default_factory=dict)
    profile: Mapping[str, str] = field(default_factory=dict)
    plan: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    size: str = ""
    where: str = "TRUE"
    share: float = 0.01
    least: int = 3
    most: int = 60


@dataclass(frozen=True, slots=True)
class Case:
    """The picks of one check in one table; ``eligible`` is a condition on ``r``, a row of the table."""

    check: str
    table: str
    picks: tuple[Pick, ...]
    eligible: str = "TRUE"


def begin(connection: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Create the macros that declarations use and the empty table of picks.

    ``last_day()``; ``as_of()``, the end of the last day, which is "now" for every age; ``chance(key)``, a number in
    [0, 1) that belongs to the seed and the key; ``between(low, high, key)``, the same on another range.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP MACRO first_day() AS DATE '{span.first_day}';
        CREATE OR REPLACE TEMP MACRO last_day() AS DATE '{span.last_day}';
        CREATE OR REPLACE TEMP MACRO as_of() AS TIMESTAMP '{span.last_day}' + INTERVAL 1 DAY;
        CREATE OR REPLACE TEMP MACRO chance(key) AS
            (md5_number_lower(concat('{span.seed}/', key)) & 9007199254740991) / 9007199254740992.0;
        CREATE OR REPLACE TEMP MACRO between_(low, high, key) AS low + (high - low) * chance(key);
        CREATE OR REPLACE TEMP TABLE picks (
            check_id VARCHAR, resource_type VARCHAR, id VARCHAR, role VARCHAR, why VARCHAR, pick VARCHAR,
            also VARCHAR[], size VARCHAR);
        """
    )


def choose(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    """Pick the resources of ``case`` and make the changes; a resource is picked once at most."""
    for number, pick in enumerate(case.picks):
        name = f"{case.check}/{case.table}/{number}"
        connection.execute(
            f"""
            INSERT INTO picks
            WITH free AS (
                SELECT r.id, row_number() OVER (ORDER BY chance({literal(name)} || r.id), r.id) AS place,
                       count(*) OVER () AS n
                FROM {quote(case.table)} r
                JOIN resource_plan p ON p.id = r.id AND p.resource_type = {literal(case.table)}
                WHERE ({case.eligible}) AND ({pick.where})
                  AND p.created_on <= first_day() AND p.deleted_on IS NULL AND {unchosen(case.table)})
            SELECT ?, ?, id, ?, ?, ?, ?, ? FROM free WHERE place <= least(?, greatest(?, ceil(? * n))) ORDER BY place
            """,
            [
                case.check,
                case.table,
                pick.role,
                pick.why,
                name,
                list(pick.also),
                pick.size,
                pick.most,
                pick.least,
                pick.share,
            ],
        )
        for table, changes in (
            (case.table, pick.sets),
            ("profiles", pick.profile),
            ("resource_plan", pick.plan),
        ):
            if changes:
                assigned = ", ".join(f"{quote(column)} = {value}" for column, value in changes.items())
                own = "" if table == case.table else f" AND resource_type = {literal(case.table)}"
                connection.execute(
                    f"UPDATE {quote(table)} SET {assigned} WHERE id IN (SELECT id FROM picks WHERE pick = ?){own}",
                    [name],
                )


def unchosen(table: str, row: str = "r") -> str:
    """The condition that ``row`` of ``table`` is in no pick."""
    return f"{row}.id NOT IN (SELECT id FROM picks WHERE resource_type = {literal(table)})"


def guard(
    connection: duckdb.DuckDBPyConnection, checks: tuple[str, ...], table: str, pattern: str, changes: Mapping[str, str]
) -> None:
    """Move every row of ``table`` that was not picked for one of ``checks`` out of ``pattern``."""
    assigned = ", ".join(f"{quote(column)} = {value}" for column, value in changes.items())
    names = ", ".join(literal(check) for check in checks)
    connection.execute(
        f"""
        UPDATE {quote(table)} AS r SET {assigned}
        WHERE ({pattern}) AND r.id NOT IN (
            SELECT id FROM picks WHERE resource_type = {literal(table)}
              AND (check_id IN ({names}) OR list_has_any(also, [{names}])))
        """
    )
