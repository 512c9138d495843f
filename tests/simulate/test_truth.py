"""The answers of a written estate, worked out a second time from its files.

The conditions are typed here as the requirement prints them ("now" is the end of the last simulated day) and run on the
Parquet files alone, so they share nothing with ``workbench.simulate.expected``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from tests.support.small_estate import PLAN, written
from workbench.schema.inventory import INVENTORY
from workbench.settings import PROJECT_ROOT
from workbench.simulate.cases.anomalies import KINDS

NOW = "TIMESTAMP '2026-11-21'"
NEED = (
    "JOIN (SELECT cluster_id, count(*) AS n, avg(avg_cpu_7d) AS cpu, avg(avg_memory_7d) AS mem FROM container_nodes"
    " WHERE state = 'running' GROUP BY cluster_id) k ON k.cluster_id = c.id"
)
TRANSFER = """SELECT account_id || '/' || direction FROM data_transfer_daily
    WHERE date > (SELECT max(date) FROM data_transfer_daily) - 30 AND direction = '{0}'
    GROUP BY account_id, direction HAVING sum(estimated_transfer_cost) > 10"""
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
    "s3_storage_class": """SELECT bucket_id FROM (
        SELECT bucket_id, avg(storage_gb_standard) AS gb, sum(requests_count) AS req FROM s3_bucket_usage_daily
        WHERE date > (SELECT max(date) FROM s3_bucket_usage_daily) - 30 GROUP BY bucket_id) x
        WHERE gb >= 100 AND req < 10 * gb""",
    "log_verbose_nonprod": """SELECT g.id FROM log_groups g JOIN (
        SELECT log_group_id, sum(ingested_gb) AS gb FROM log_group_usage_daily
        WHERE date > (SELECT max(date) FROM log_group_usage_daily) - 30 GROUP BY log_group_id) u
        ON u.log_group_id = g.id WHERE g.env IN ('dev', 'staging', 'preview') AND u.gb > 10""",
    "commitment_underused": """SELECT c.id FROM commitments c JOIN commitment_utilization_daily cud
        ON c.id = cud.commitment_id WHERE cud.utilization_percent < 80 AND cud.date = DATE '2026-11-20'""",
    "commitment_expiring": """SELECT id FROM commitments
        WHERE end_date BETWEEN DATE '2026-10-21' AND DATE '2027-01-19'""",
    "lb_consolidation": """SELECT account_id || '/' || region || '/' || env FROM (
        SELECT account_id, region, env, count(*) AS n FROM load_balancers WHERE type = 'application' GROUP BY 1, 2, 3)
        WHERE n >= 3""",
    "cross_az_traffic": TRANSFER.format("cross-az"),
    "cross_region_traffic": TRANSFER.format("cross-region"),
    "internet_egress": TRANSFER.format("egress"),
    "ebs_gp2_to_gp3": "SELECT id FROM volumes WHERE volume_type = 'gp2'",
    "tag_untagged_spend": """SELECT i.id FROM instances i WHERE (SELECT count(DISTINCT t.key) FROM resource_tags t
        WHERE t.resource_id = i.instance_id AND t.key IN ('env', 'team', 'project')) < 3""",
}


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Views over the files: inventory tables by name, ``charges``, and ``truth_<name>``."""
    folder = tmp_path_factory.mktemp("estate") / "company"
    written(folder, PLAN)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table in INVENTORY:
            connection.execute(
                f"CREATE VIEW {table.name} AS FROM read_parquet('{folder}/inventory/{table.name}.parquet')"
            )
        connection.execute(f"CREATE VIEW charges AS FROM read_parquet('{folder}/bill/*.parquet')")
        for path in (folder.parent / "company.truth").glob("*.parquet"):
            connection.execute(f"CREATE VIEW truth_{path.stem} AS FROM read_parquet('{path}')")
        yield connection


def ids(estate: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> set[str]:
    return {row[0] for row in estate.execute(sql, list(parameters)).fetchall()}


@pytest.mark.parametrize("check", sorted(PRINTED))
def test_the_truth_holds_exactly_what_the_printed_condition_finds(estate, check):
    listed = ids(estate, "SELECT id FROM truth_findings WHERE check_id = ? AND matches", check)
    assert listed == ids(estate, PRINTED[check])
    assert listed


def test_every_check_of_the_truth_is_worked_out_here(estate):
    assert ids(estate, "SELECT DISTINCT check_id FROM truth_findings") <= set(PRINTED)


def test_the_page_lists_every_check_with_known_answers():
    page = (PROJECT_ROOT / "docs" / "SIMULATED_ESTATE.md").read_text(encoding="utf-8")
    assert {check for check in PRINTED if f"`{check}`" not in page} == set()


def test_what_is_expected_was_made(estate):
    assert ids(estate, "SELECT DISTINCT role FROM truth_findings WHERE expected") == {"positive", "population"}


def test_each_role_is_what_it_says(estate):
    wrong = ids(
        estate,
        """SELECT check_id || ' ' || role || ' ' || resource_id FROM truth_findings
           WHERE CASE role WHEN 'positive' THEN NOT expected WHEN 'population' THEN FALSE
                           WHEN 'near_miss' THEN matches WHEN 'excluded' THEN NOT matches OR expected
                           ELSE expected END""",
    )
    assert wrong == set()
    assert ids(estate, "SELECT DISTINCT role FROM truth_findings") >= {
        "positive", "near_miss", "unknown", "excluded", "trap", "population",
    }  # fmt: skip


def test_savings_never_exceed_the_price_of_the_resource(estate):
    """A machine, a database or a volume cannot save more than it costs in a month."""
    for table, price in (
        ("instances", "(hourly_cost + gpu_hourly_cost) * 730"),
        ("rds_instances", "hourly_cost * 730 + storage_monthly_cost"),
        ("volumes", "monthly_cost"),
        ("load_balancers", "hourly_cost * 730"),
    ):
        worse = ids(
            estate,
            f"""SELECT f.id FROM truth_findings f JOIN {table} r USING (id)
                WHERE f.resource_type = '{table}' AND f.check_id <> 'ec2_stopped_storage'
                  AND f.saving_month > {price} + 0.001""",
        )
        assert worse == set()


def test_all_kinds_of_anomalies_are_on_the_bill(estate):
    kinds = ids(estate, "SELECT DISTINCT kind FROM truth_anomalies")
    assert kinds == {kind.name for kind in KINDS}
    signs = dict(estate.execute("SELECT kind, bool_and(list_cost > 0) FROM truth_anomalies GROUP BY kind").fetchall())
    assert {kind for kind, positive in signs.items() if not positive} == {"drop"}


def test_a_new_service_costs_what_its_lines_say(estate):
    """The account has no other line for the functions that call the model: the anomaly is the sum of those lines."""
    rows = estate.execute(
        """SELECT a.anomaly_id, a.list_cost, (
                  SELECT sum(ListCost) FROM charges c
                  WHERE c.ServiceName = 'Amazon Bedrock' AND c.ResourceId IS NOT NULL
                    AND c.SubAccountId = a.account_number
                    AND c.ChargePeriodStart::DATE BETWEEN a.first_day AND a.last_day)
           FROM truth_anomalies a WHERE kind = 'new_service'"""
    ).fetchall()
    assert rows
    assert all(abs(Decimal(cost) - lines) < Decimal("0.000001") for _, cost, lines in rows)


def test_a_spike_stands_out_of_its_neighbours(estate):
    """Log ingestion of the account: on the two days about fourteen times the week before; the surplus is the answer."""
    for account, first, last, cost in estate.execute(
        "SELECT account_number, first_day, last_day, contracted_cost FROM truth_anomalies WHERE kind = 'spike'"
    ).fetchall():
        days = dict(
            estate.execute(
                """SELECT ChargePeriodStart::DATE, sum(ContractedCost) FROM charges
                   WHERE SubAccountId = ? AND x_UsageType LIKE '%DataProcessing-Bytes'
                     AND ChargePeriodStart::DATE BETWEEN ?::DATE - 14 AND ?::DATE GROUP BY ALL""",
                [account, first, last],
            ).fetchall()
        )
        during = [spent for day, spent in days.items() if first <= day <= last]
        before = sorted(spent for day, spent in days.items() if day < first)
        ordinary = before[len(before) // 2]
        assert min(during) > 6 * ordinary
        assert abs((sum(during) - 2 * ordinary) / Decimal(cost) - 1) < Decimal("0.2")


def test_budgets_compare_with_the_bill(estate):
    wrong = estate.execute(
        """WITH costs AS (
               SELECT SubAccountId AS account_number, date_trunc('month', ChargePeriodStart)::DATE AS month,
                      sum(EffectiveCost) AS cost FROM charges GROUP BY ALL)
           SELECT * FROM truth_budgets b LEFT JOIN costs c USING (account_number, month)
           WHERE abs(b.cost - c.cost) > 0.01 OR c.cost IS NULL OR b.breached <> (c.cost > b.amount)"""
    ).fetchall()
    assert wrong == []
    assert ids(estate, "SELECT DISTINCT breached FROM truth_budgets") == {True, False}
