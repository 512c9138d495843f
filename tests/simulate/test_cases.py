"""Cases in a healthy estate: each behaves as its role says, and what nobody picked is far from every threshold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from tests.support.small_estate import PLAN, picked, with_cases
from workbench.simulate.cases import CASES
from workbench.simulate.expected import EXPECTED
from workbench.simulate.metrics import write_daily

FROM_THE_BILL = {"s3_storage_class", "log_verbose_nonprod", "commitment_underused"}
"""Checks on daily use and coverage, which exist only once the bill is made (see ``test_truth``)."""


@pytest.fixture(scope="module")
def estate() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = with_cases()
    write_daily(connection)
    yield connection
    connection.close()


def ids(estate: duckdb.DuckDBPyConnection, sql: str, *parameters: str) -> set[str]:
    return {row[0] for row in estate.execute(sql, list(parameters)).fetchall()}


def test_every_pick_behaves_as_its_role_says(estate):
    wrong = estate.execute(
        """SELECT p.check_id, p.resource_type, p.id, p.role, p.why
           FROM picks p LEFT JOIN truth_findings f ON f.check_id = p.check_id AND f.id = p.id
             AND f.resource_type = p.resource_type
           WHERE p.check_id IN (SELECT unnest(?)) AND p.role NOT IN ('scheduled', 'changed')
             AND f.why IS DISTINCT FROM 'The account is frozen'
             AND CASE p.role WHEN 'positive' THEN NOT coalesce(f.expected, FALSE)
                             WHEN 'excluded' THEN NOT coalesce(f.matches, FALSE) OR f.expected
                             WHEN 'trap' THEN coalesce(f.expected, FALSE)
                             WHEN 'unknown' THEN coalesce(f.expected, FALSE)
                             ELSE coalesce(f.matches, FALSE) END""",
        [[expected.check for expected in EXPECTED if expected.check not in FROM_THE_BILL]],
    ).fetchall()
    assert wrong == []


def test_further_checks_of_a_pick_match_as_declared(estate):
    missing = estate.execute(
        """SELECT * FROM (SELECT unnest(also) AS check_id, id FROM picks WHERE role <> 'scheduled')
           ANTI JOIN (SELECT check_id, id FROM truth_findings WHERE matches) USING (check_id, id)"""
    ).fetchall()
    assert missing == []


def test_nothing_is_expected_that_nobody_made(estate):
    assert ids(estate, "SELECT DISTINCT role FROM truth_findings WHERE expected") == {"positive", "population"}


def test_a_check_has_one_case_a_table():
    assert len({(case.check, case.table) for case in CASES}) == len(CASES)


def test_a_resource_is_picked_once(estate):
    twice = "SELECT id FROM picks GROUP BY resource_type, id HAVING count(*) > 1"
    assert ids(estate, twice) == set()


def test_each_case_found_resources_for_each_of_its_roles(estate):
    counts = dict(estate.execute("SELECT pick, count(*) FROM picks GROUP BY pick").fetchall())
    empty = [
        f"{case.check}/{case.table}/{number}"
        for case in CASES
        for number in range(len(case.picks))
        if not counts.get(f"{case.check}/{case.table}/{number}")
    ]
    assert empty == []


def test_unknown_is_not_waste(estate):
    assert ids(estate, "SELECT id FROM truth_findings WHERE role = 'unknown' AND expected") == set()
    nulls = "SELECT count(*) FROM instances i JOIN picks p USING (id) WHERE p.role = 'unknown' AND avg_cpu_7d IS NULL"
    assert estate.execute(nulls).fetchone()[0] >= 2


# Column, the threshold of its check, and how far beyond it every machine that nobody picked must be.
MARGINS = [
    ("instances", "avg_cpu_7d", 20, 1.7),
    ("autoscaling_groups", "current_utilization", 30, 1.3),
    ("container_nodes", "avg_cpu_7d", 30, 1.4),
    ("rds_instances", "avg_cpu_7d", 20, 1.8),
    ("rds_instances", "avg_connections_7d", 10, 3.5),
    ("cache_clusters", "avg_cpu_7d", 10, 2.5),
    ("cache_clusters", "avg_memory_7d", 20, 2.4),
    ("managed_services", "avg_cpu_7d", 20, 1.9),
    ("load_balancers", "avg_request_count_7d", 1, 1000),
]


@pytest.mark.parametrize(("table", "column", "threshold", "times"), MARGINS)
def test_healthy_resources_are_far_from_the_threshold(estate, table, column, threshold, times):
    lowest = estate.execute(
        f"""SELECT min({column}) FROM {table} WHERE id NOT IN (SELECT id FROM picks WHERE resource_type = '{table}')
            {"AND cluster_id NOT IN (SELECT id FROM picks)" if table == "container_nodes" else ""}
            {"AND autoscaling_group_id IS NULL" if table == "instances" else ""}
            {"AND name NOT LIKE '%-nodes'" if table == "autoscaling_groups" else ""}"""
    ).fetchone()[0]
    assert lowest > threshold * times


def test_a_frozen_account_expects_nothing_and_an_ended_freeze_does_not_protect(estate):
    frozen, ended = estate.execute(
        """SELECT any_value(id) FILTER (freeze_optimizations_until > TIMESTAMP '2026-11-21'),
                  any_value(id) FILTER (freeze_optimizations_until < TIMESTAMP '2026-11-21') FROM cloud_accounts"""
    ).fetchone()
    owners = ids(estate, "SELECT DISTINCT account_id FROM truth_findings WHERE expected")
    assert frozen not in owners
    assert ended in owners
    assert ids(estate, "SELECT DISTINCT role FROM truth_findings WHERE matches AND account_id = ?", frozen) == {
        "excluded"
    }


PICKED = "SELECT check_id, resource_type, id, role FROM picks WHERE pick SIMILAR TO '[a-z0-9_]+/[a-z0-9_]+/[0-9]+'"


def test_the_same_seed_picks_the_same_resources_over_a_longer_time(estate):
    """Of the cases that last; the others change nothing on the bill."""
    lasting = {case.check + case.table for case in CASES if case.lasting}

    def rows(plan):
        with picked(plan) as connection:
            return {row for row in connection.execute(PICKED).fetchall() if row[0] + row[1] in lasting}

    now = {row for row in estate.execute(PICKED).fetchall() if row[0] + row[1] in lasting}
    assert rows(PLAN.advanced(70)) == now
    assert rows(replace(PLAN, seed=8)) != now
