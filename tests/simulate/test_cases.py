"""Cases in a healthy estate: each is found by the requirement's own condition, and nothing else is.

The conditions are typed here as the requirement prints them ("now" is the end of the last simulated day), so that the
expected findings are worked out a second time, independently of ``workbench.simulate.expected``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from tests.support.small_estate import PLAN, picked, with_cases
from workbench.simulate.cases import CASES
from workbench.simulate.expected import EXPECTED
from workbench.simulate.metrics import write_daily

NOW = "TIMESTAMP '2026-11-21'"
NEED = (
    "JOIN (SELECT cluster_id, count(*) AS n, avg(avg_cpu_7d) AS cpu, avg(avg_memory_7d) AS mem FROM container_nodes"
    " WHERE state = 'running' GROUP BY cluster_id) k ON k.cluster_id = c.id"
)

PRINTED = {
    "ec2_idle": "SELECT id FROM instances WHERE state = 'running' AND avg_cpu_7d < 5",
    "ec2_gpu_idle": """SELECT i.id FROM instances i JOIN metrics_daily m ON m.resource_id = i.instance_id
        WHERE has_gpu AND state = 'running' AND date > DATE '2026-11-06' GROUP BY i.id
        HAVING max((metric_payload->>'gpu_util')::DOUBLE) < 1""",
    "ebs_low_usage": """SELECT v.id FROM volumes v JOIN metrics_daily m ON m.resource_id = v.volume_id
        WHERE state = 'in-use' AND date > DATE '2026-10-21' GROUP BY v.id
        HAVING avg((metric_payload->>'read_ops')::DOUBLE + (metric_payload->>'write_ops')::DOUBLE) <= 100""",
    "ebs_on_stopped_instance": """SELECT v.id FROM volumes v JOIN instances i
        ON i.instance_id = v.attached_instance_id WHERE i.state = 'stopped' AND v.state = 'in-use'""",
    "ebs_io1_to_io2": "SELECT id FROM volumes WHERE volume_type = 'io1'",
    "rds_idle": "SELECT id FROM rds_instances WHERE state = 'available' AND avg_connections_7d = 0",
    "rds_storage_overprovisioned": """SELECT r.id FROM rds_instances r JOIN metrics_daily m
        ON m.resource_id = r.db_instance_id WHERE allocated_storage_gib > 100 AND date > DATE '2026-11-13'
        GROUP BY r.id, allocated_storage_gib
        HAVING min((metric_payload->>'free_storage')::DOUBLE) > 0.5 * allocated_storage_gib""",
    "elasticache_idle": "SELECT id FROM cache_clusters WHERE avg_cpu_7d < 5",
    "lambda_unused": "SELECT id FROM lambda_functions WHERE invocations_7d = 0",
    "ec2_stopped_storage": "SELECT id FROM instances WHERE state = 'stopped'",
    "ec2_rightsize": """SELECT id FROM instances WHERE state = 'running' AND avg_cpu_7d >= 5 AND avg_cpu_7d < 20
        AND split_part(instance_type, '.', 2) NOT IN ('nano', 'micro', 'small', 'medium')""",
    "ec2_off_hours_schedule": """SELECT id FROM instances WHERE state = 'running'
        AND env IN ('dev', 'staging', 'preview')""",
    "asg_min_too_high": """SELECT id FROM autoscaling_groups WHERE min_size > 1 AND current_utilization < 30
        AND ceil(desired_capacity * current_utilization / 60.0) < min_size""",
    "asg_low_utilisation": "SELECT id FROM autoscaling_groups WHERE current_utilization < 30",
    "lambda_provisioned_concurrency": """SELECT id FROM lambda_functions WHERE provisioned_concurrency > 0
        AND coalesce(invocations_7d, 0) * coalesce(avg_duration_ms_7d, 0) / 1000.0 / 604800
            < 0.5 * provisioned_concurrency""",
    "lambda_memory": """SELECT id FROM lambda_functions WHERE memory_mb >= 1024
        AND avg_duration_ms_7d < 0.3 * timeout_seconds * 1000""",
    "lambda_timeout_setting": "SELECT id FROM lambda_functions WHERE timeout_seconds = 900",
    "k8s_cluster_overprovisioned": f"""SELECT c.id FROM container_clusters c {NEED}
        WHERE c.desired_nodes > 1.5 * greatest(1, ceil(k.n * greatest(k.cpu, k.mem) / 70.0))""",
    "k8s_min_nodes_high": f"""SELECT c.id FROM container_clusters c {NEED}
        WHERE c.min_nodes > greatest(1, ceil(k.n * greatest(k.cpu, k.mem) / 70.0))""",
    "k8s_node_oversized": "SELECT id FROM container_nodes WHERE avg_cpu_7d < 30",
    "k8s_node_stopped": """SELECT id FROM container_nodes n WHERE n.state = 'stopped' AND EXISTS (
        SELECT 1 FROM container_nodes o WHERE o.cluster_id = n.cluster_id AND o.state = 'running')""",
    "k8s_node_gpu_unused": "SELECT id FROM container_nodes WHERE has_gpu AND avg_cpu_7d < 5",
    "k8s_request_cpu": "SELECT id FROM container_services WHERE requested_cpu > 2 * avg_cpu_7d",
    "k8s_request_memory": "SELECT id FROM container_services WHERE requested_memory_mb > 1.5 * avg_memory_7d",
    "k8s_replicas_excess": """SELECT id FROM container_services WHERE replica_count > 2
        AND avg_cpu_7d < 0.2 * requested_cpu""",
    "ebs_unattached": "SELECT id FROM volumes WHERE state = 'available'",
    "ebs_io_to_gp3": "SELECT id FROM volumes WHERE volume_type IN ('io1', 'io2')",
    "instance_forgotten_preview": f"""SELECT id FROM instances WHERE env = 'preview'
        AND launch_time < {NOW} - INTERVAL 7 DAY""",
    "ebs_snapshot_orphan": """SELECT s.id FROM snapshots s LEFT JOIN volumes v ON s.source_volume_id = v.volume_id
        WHERE v.id IS NULL""",
    "ebs_snapshot_old": f"SELECT id FROM snapshots WHERE created_at < {NOW} - INTERVAL 90 DAY",
    "ebs_snapshot_duplicates": """SELECT id FROM (SELECT id, count(*) OVER day AS n, row_number() OVER (
            PARTITION BY source_volume_id, date_trunc('day', created_at) ORDER BY created_at DESC) AS place
        FROM snapshots WHERE source_volume_id IS NOT NULL
        WINDOW day AS (PARTITION BY source_volume_id, date_trunc('day', created_at))) WHERE n > 1 AND place > 1""",
    "ebs_stale": f"SELECT id FROM volumes WHERE last_used_at < {NOW} - INTERVAL 30 DAY",
    "s3_no_lifecycle": """SELECT id FROM s3_buckets WHERE lifecycle_policy IS NULL
        OR lifecycle_policy IN ('{}', '{"Rules":[]}')""",
    "rds_rightsize": "SELECT id FROM rds_instances WHERE avg_cpu_7d < 20 AND state = 'available'",
    "rds_low_connections": "SELECT id FROM rds_instances WHERE avg_connections_7d < 10",
    "rds_stopped": "SELECT id FROM rds_instances WHERE state = 'stopped'",
    "cache_oversized": "SELECT id FROM cache_clusters WHERE avg_cpu_7d < 10 OR avg_memory_7d < 20",
    "cache_ha_nonprod": "SELECT id FROM cache_clusters WHERE num_nodes > 1 AND env IN ('dev', 'staging')",
    "lb_idle": "SELECT id FROM load_balancers WHERE avg_request_count_7d < 1",
    "eip_unattached": "SELECT id FROM elastic_ips WHERE state = 'unassociated'",
    "nat_idle": "SELECT id FROM nat_gateways WHERE gb_processed_7d = 0",
    "log_no_retention": "SELECT id FROM log_groups WHERE retention_days IS NULL",
    "managed_service_oversized": "SELECT id FROM managed_services WHERE avg_cpu_7d < 20",
    "managed_service_ha_nonprod": "SELECT id FROM managed_services WHERE node_count > 1 AND env IN ('dev', 'staging')",
    "managed_service_always_on_nonprod": "SELECT id FROM managed_services WHERE env IN ('dev', 'staging', 'preview')",
    "stream_overprovisioned": """SELECT id FROM streaming_clusters
        WHERE avg_usage_mbps_7d < 0.3 * provisioned_throughput_mbps""",
    "stream_too_many_shards": """SELECT id FROM streaming_clusters WHERE engine = 'kinesis'
        AND shard_count > 2 * greatest(1, ceil(avg_usage_mbps_7d))""",
    "stream_retention": "SELECT id FROM streaming_clusters WHERE retention_hours >= 168",
    "api_key_unused": f"SELECT id FROM api_clients WHERE last_used_at < {NOW} - INTERVAL 90 DAY",
}


@pytest.fixture(scope="module")
def estate() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = with_cases()
    write_daily(connection)
    yield connection
    connection.close()


def ids(estate: duckdb.DuckDBPyConnection, sql: str, *parameters: str) -> set[str]:
    return {row[0] for row in estate.execute(sql, list(parameters)).fetchall()}


@pytest.mark.parametrize("check", sorted(PRINTED))
def test_the_truth_holds_exactly_what_the_printed_condition_finds(estate, check):
    listed = ids(estate, "SELECT id FROM truth_findings WHERE check_id = ? AND matches", check)
    assert listed == ids(estate, PRINTED[check])
    assert listed


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
        [
            [
                expected.check
                for expected in EXPECTED
                if expected.check not in ("s3_storage_class", "log_verbose_nonprod")
            ]
        ],
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
