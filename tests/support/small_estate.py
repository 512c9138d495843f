"""A healthy estate of a few hundred resources in every inventory table, written by hand, to put cases into."""

from __future__ import annotations

from datetime import date

import duckdb

from workbench.schema.ddl import create_table
from workbench.schema.inventory import INVENTORY
from workbench.schema.reference import REFERENCE
from workbench.simulate.cases import Span, apply_cases
from workbench.simulate.metrics import daily_levels, fill_averages
from workbench.simulate.truth import build_findings, build_sizes

__all__ = ["SPAN", "healthy", "with_cases"]

SPAN = Span(seed=7, first_day=date(2026, 8, 1), last_day=date(2026, 11, 20))
_ACCOUNT = "'a' || (i % 9) AS account_id"
_PLACE = "['prod', 'prod', 'dev', 'staging'][1 + i % 4] AS env, 'us-east-1' AS region"
_TYPES = "['m5.xlarge', 'm5.2xlarge', 't3.large', 't3.medium', 'c5.4xlarge'][1 + i % 5] AS instance_type"

# Table → number of rows and columns, over the row number i.
_ROWS: dict[str, tuple[int, str]] = {
    "cloud_accounts": (9, "'a' || i AS id, 'account ' || i AS name"),
    "autoscaling_groups": (
        60,
        f"'asg' || i AS id, {_ACCOUNT}, 'asg-' || i AS name, 2 AS min_size, 10 AS max_size, 4 AS desired_capacity,"
        f" 'm5.large' AS instance_type, {_PLACE}",
    ),
    "instances": (
        480,
        f"'ins' || i AS id, {_ACCOUNT}, 'i-' || i AS instance_id, {_TYPES}, {_PLACE}, 'running' AS state,"
        " CASE WHEN i % 7 = 0 THEN 'asg' || (i % 60) END AS autoscaling_group_id, 0.2 AS hourly_cost,"
        " TIMESTAMP '2026-01-01' AS launch_time, i % 11 = 0 AS has_gpu",
    ),
    "lambda_functions": (
        120,
        f"'fn' || i AS id, {_ACCOUNT}, 'fn-' || i AS name, {_PLACE}, 512 AS memory_mb, 30 AS timeout_seconds,"
        " 0 AS provisioned_concurrency, 900.0 AS avg_duration_ms_7d",
    ),
    "container_clusters": (
        40,
        f"'cl' || i AS id, {_ACCOUNT}, 'cl-' || i AS name, {_PLACE}, 'm5.xlarge' AS node_instance_type,"
        " 4 AS desired_nodes, 2 AS min_nodes, 10 AS max_nodes",
    ),
    "container_nodes": (
        160,
        "'no' || i AS id, 'cl' || (i % 40) AS cluster_id, 'i-n' || i AS instance_id, 'running' AS state,"
        " i % 13 = 0 AS has_gpu, 0.2 AS hourly_cost, 1.0 AS gpu_hourly_cost",
    ),
    "container_services": (
        120,
        "'sv' || i AS id, 'cl' || (i % 40) AS cluster_id, 'service-' || i AS name, 1.0 AS requested_cpu,"
        " 2048 AS requested_memory_mb, 3 AS replica_count",
    ),
    "volumes": (
        300,
        f"'vo' || i AS id, {_ACCOUNT}, 'vol-' || i AS volume_id, 100 AS size_gib, 'gp3' AS volume_type,"
        " 'in-use' AS state, 'i-' || i AS attached_instance_id, 8.0 AS monthly_cost",
    ),
    "s3_buckets": (
        60,
        f"'b' || i AS id, {_ACCOUNT}, 'bucket-' || i AS name, {_PLACE},"
        ' \'{"Rules":[{"ID":"tiering"}]}\' AS lifecycle_policy',
    ),
    "rds_instances": (
        90,
        f"'db' || i AS id, {_ACCOUNT}, 'db-' || i AS db_instance_id, 'postgres' AS engine,"
        f" 'db.r5.xlarge' AS instance_class, 500 AS allocated_storage_gib, {_PLACE}, 'available' AS state,"
        " 0.5 AS hourly_cost, 57.5 AS storage_monthly_cost",
    ),
    "cache_clusters": (
        60,
        f"'cc' || i AS id, {_ACCOUNT}, 'cc-' || i AS cluster_id, 'redis' AS engine, 'cache.r6g.large' AS node_type,"
        f" 2 AS num_nodes, {_PLACE}, 0.2 AS hourly_cost",
    ),
    "load_balancers": (
        90,
        f"'lb' || i AS id, {_ACCOUNT}, 'arn:lb/' || i AS lb_arn, 'network' AS type, {_PLACE}, 0.0225 AS hourly_cost",
    ),
    "elastic_ips": (
        60,
        f"'ip' || i AS id, {_ACCOUNT}, 'eipalloc-' || i AS allocation_id, 'associated' AS state, 0.005 AS hourly_cost",
    ),
    "nat_gateways": (
        40,
        f"'ng' || i AS id, {_ACCOUNT}, 'nat-' || i AS nat_gateway_id, {_PLACE}, 'available' AS state,"
        " 0.045 AS hourly_cost",
    ),
    "log_groups": (60, f"'lg' || i AS id, {_ACCOUNT}, '/lg/' || i AS name, {_PLACE}, 30 AS retention_days"),
    "managed_services": (
        60,
        f"'ms' || i AS id, {_ACCOUNT}, 'opensearch' AS service_type, 'search-' || i AS name, {_PLACE},"
        " 'r6g.large.search' AS instance_type, 2 AS node_count, 0.2 AS hourly_cost",
    ),
    "streaming_clusters": (
        60,
        f"'st' || i AS id, {_ACCOUNT}, 'stream-' || i AS name, ['kinesis', 'msk'][1 + i % 2] AS engine, {_PLACE},"
        " 4 AS shard_count, 24 AS retention_hours, 4.0 AS provisioned_throughput_mbps, 0.06 AS hourly_cost",
    ),
    "api_clients": (60, f"'key' || i AS id, {_ACCOUNT}, 'client ' || i AS name"),
}


def _owner(name: str) -> str:
    if name == "cloud_accounts":
        return "id"
    if name in ("container_nodes", "container_services"):
        return f"(SELECT c.account_id FROM container_clusters c WHERE c.id = {name}.cluster_id)"
    return "account_id"


def healthy() -> duckdb.DuckDBPyConnection:
    """A connection with the estate and its plan: everything exists since before the first day and is never removed."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in (*INVENTORY, *REFERENCE):
        connection.execute(create_table(table))
    for name, (count, columns) in _ROWS.items():
        connection.execute(f"INSERT INTO {name} BY NAME SELECT {columns}, 'AWS' AS provider FROM range({count}) t(i)")
    plan = " UNION ALL ".join(
        f"SELECT '{name}' AS resource_type, id, {_owner(name)} AS account_id, DATE '2026-01-01' AS created_on,"
        f" NULL::DATE AS deleted_on FROM {name}"
        for name in _ROWS
    )
    connection.execute(f"CREATE TEMP TABLE resource_plan AS {plan}")
    return connection


def with_cases(span: Span = SPAN, days: int = 32) -> duckdb.DuckDBPyConnection:
    """The estate with cases, metric columns, true sizes and expected findings."""
    connection = healthy()
    apply_cases(connection, span)
    daily_levels(connection, days)
    fill_averages(connection)
    build_sizes(connection)
    build_findings(connection)
    return connection
