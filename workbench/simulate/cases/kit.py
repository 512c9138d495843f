"""How a case is declared, and how it is put into the healthy estate.

A case belongs to one check. It picks resources of one table for several roles and says what each pick changes. Nothing
here loops over resources: a pick is one INSERT of the chosen rows and one UPDATE a table.

Picks are stable: only resources that exist on the first simulated day and are never removed take part, ranked by a
number drawn from the seed, the check and the id. A longer horizon therefore picks the same resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from workbench.schema.model import literal, quote

__all__ = ["CONTROLS", "Case", "Pick", "choose", "create_picks", "guard", "unchosen"]

CONTROLS = ("near_miss", "unknown", "excluded", "trap")
"""Roles whose resource must not be reported by the check of the case."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Resources of one role.

    ``sets``, ``profile`` and ``levels`` map columns of the inventory table, of ``profiles`` and of the work table with
    the daily use of such resources (``Case.levels``) to SQL expressions over that table's own columns. ``also`` names
    further checks that report the same resource for the same reason. ``size`` says what the best size of the machine is
    (see ``truth``): over_1 and over_2, one and two sizes too large; under; right; fixed, the same size of a family
    without CPU credits. ``share`` of the eligible rows are picked, at least ``least``, at most ``most``.
    """

    role: str
    why: str
    sets: Mapping[str, str] = field(default_factory=dict)
    profile: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    size: str = ""
    where: str = "TRUE"
    share: float = 0.01
    least: int = 2
    most: int = 60


@dataclass(frozen=True, slots=True)
class Case:
    """The picks of one check in one table; ``eligible`` is a condition on ``r``, a row of the table.

    ``lasting``: picks only resources that are there on every simulated day. A case that changes nothing on the bill
    need not last, and may pick among what is there on the last day.
    """

    check: str
    table: str
    picks: tuple[Pick, ...]
    eligible: str = "TRUE"
    levels: str = ""
    lasting: bool = True


def create_picks(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table ``picks``: one row a resource that was picked, for which check and in which role."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE picks (
            check_id VARCHAR, resource_type VARCHAR, id VARCHAR, role VARCHAR, why VARCHAR, pick VARCHAR,
            also VARCHAR[], size VARCHAR)
        """
    )


def choose(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    """Pick the resources of ``case`` and make the changes; a resource is picked once at most."""
    lasting = "p.created_on <= first_day() AND p.deleted_on IS NULL" if case.lasting else "TRUE"
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
                  AND {lasting} AND {unchosen(case.table)})
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
            (case.levels, pick.levels),
        ):
            if changes:
                assigned = ", ".join(f"{quote(column)} = {value}" for column, value in changes.items())
                own = f" AND resource_type = {literal(case.table)}" if table == "profiles" else ""
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
