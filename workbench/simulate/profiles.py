"""Work table ``profiles``: how much each resource with metrics is used, and with what shape.

Every profile starts healthy: well inside the safe side of each threshold of the checks, so that only picked cases show
waste. ``metrics`` turns a profile into series; levels are means of a whole week.
"""

from __future__ import annotations

import duckdb

__all__ = ["PROFILE_COLUMNS", "create_profiles"]

PROFILE_COLUMNS = {
    "resource_type": "VARCHAR",
    "id": "VARCHAR",
    "resource_id": "VARCHAR",
    "account_id": "VARCHAR",
    "cpu": "DOUBLE",  # mean of a week; % of the machine, cores for container services; null: no metrics
    "memory": "DOUBLE",  # mean of a week; %, MB for container services; null: no agent
    "network": "DOUBLE",  # MB/s
    "operations": "DOUBLE",  # reads and writes a second
    "connections": "DOUBLE",
    "requests": "DOUBLE",  # a day
    "gpu": "DOUBLE",  # % of the GPUs
    "free_storage": "DOUBLE",  # GiB
    "daily": "DOUBLE",  # amplitude of the day: the busiest hour is (1 + daily) times the mean
    "weekly": "DOUBLE",  # the weekend is (1 - weekly) times the mean of the week
    "drift": "DOUBLE",  # amplitude of the slow change over a quarter
    "phase": "DOUBLE",  # hour of the day with most use, UTC
    "burst": "VARCHAR",  # none, nightly, spiky (3 % of the hours) or month_end
    "sleeps": "BOOLEAN",  # does not run at weekends
    "burst_cpu": "DOUBLE",  # CPU in a burst, %
    "ends_on": "DATE",  # last day with metrics; null: none
    "quiet_on": "DATE",  # first day without reads and writes; null: none
}
"""Column → DuckDB type."""

# (table, resource id, account id or how to find it, condition, column → expression). The busiest hour of a healthy
# machine reaches 70 to 80 % CPU, so that no smaller size would carry it with the usual headroom.
_MACHINE = {
    "cpu": "between_(38, 48, 'cpu' || r.id)",
    "memory": "between_(60, 70, 'memory' || r.id)",
    "network": "between_(2, 12, 'network' || r.id)",
    "operations": "between_(40, 400, 'operations' || r.id)",
}
_OF_CLUSTER = "(SELECT c.account_id FROM container_clusters c WHERE c.id = r.cluster_id)"
_TYPES: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    (
        "autoscaling_groups", "r.name", "r.account_id", "TRUE",
        {"cpu": "between_(42, 52, 'cpu' || r.id)"},
    ),
    (
        # A member is as busy as its group; four machines in five run a memory agent.
        "instances", "r.instance_id", "r.account_id", "r.state = 'running'",
        _MACHINE
        | {
            "cpu": "coalesce((SELECT g.cpu FROM profiles g WHERE g.resource_type = 'autoscaling_groups'"
            " AND g.id = r.autoscaling_group_id), between_(38, 48, 'cpu' || r.id))",
            "memory": "CASE WHEN chance('agent' || r.id) < 0.8 THEN between_(60, 70, 'memory' || r.id) END",
            "gpu": "CASE WHEN r.has_gpu THEN between_(55, 80, 'gpu' || r.id) END",
            "sleeps": "json_extract_string(r.provider_attributes, '$.schedule') = 'weekdays'",
        },
    ),
    (
        "container_nodes", "r.instance_id", _OF_CLUSTER, "r.state = 'running'",
        _MACHINE
        | {
            "cpu": "between_(48, 58, 'cpu' || r.id)",
            "memory": "between_(59, 65, 'memory' || r.id)",
            "gpu": "CASE WHEN r.has_gpu THEN between_(55, 80, 'gpu' || r.id) END",
        },
    ),
    (
        "container_services", "r.name", _OF_CLUSTER, "TRUE",
        {
            "cpu": "r.requested_cpu * between_(0.62, 0.72, 'cpu' || r.id)",
            "memory": "r.requested_memory_mb * between_(0.76, 0.84, 'memory' || r.id)",
        },
    ),
    (
        "rds_instances", "r.db_instance_id", "r.account_id", "r.state = 'available'",
        {
            "cpu": "between_(40, 50, 'cpu' || r.id)",
            "memory": "between_(70, 80, 'memory' || r.id)",
            "operations": "between_(200, 1500, 'operations' || r.id)",
            "connections": "between_(40, 300, 'connections' || r.id)",
            "free_storage": "r.allocated_storage_gib * between_(0.20, 0.35, 'storage' || r.id)",
        },
    ),
    (
        "cache_clusters", "r.cluster_id", "r.account_id", "TRUE",
        {
            "cpu": "between_(28, 42, 'cpu' || r.id)",
            "memory": "between_(52, 66, 'memory' || r.id)",
            "network": "between_(1, 8, 'network' || r.id)",
            "connections": "between_(40, 400, 'connections' || r.id)",
        },
    ),
    (
        "managed_services", "r.name", "r.account_id", "TRUE",
        {"cpu": "between_(42, 54, 'cpu' || r.id)", "memory": "between_(52, 66, 'memory' || r.id)"},
    ),
    (
        "streaming_clusters", "r.name", "r.account_id", "TRUE",
        {"network": "r.provisioned_throughput_mbps * between_(0.60, 0.70, 'network' || r.id)"},
    ),
    (
        "load_balancers", "r.lb_arn", "r.account_id", "TRUE",
        {"requests": "between_(20000, 900000, 'requests' || r.id)"},
    ),
    (
        "nat_gateways", "r.nat_gateway_id", "r.account_id", "r.state = 'available'",
        {"network": "between_(0.4, 4, 'network' || r.id)"},
    ),
    (
        "volumes", "r.volume_id", "r.account_id", "r.state = 'in-use'",
        {"operations": "between_(5, 200, 'operations' || r.id)"},
    ),
    (
        "lambda_functions", "r.name", "r.account_id", "TRUE",
        {"requests": "between_(2000, 200000, 'requests' || r.id)"},
    ),
)  # fmt: skip


def create_profiles(connection: duckdb.DuckDBPyConnection) -> None:
    """Create and fill ``profiles`` from the inventory tables and their macros (``cases.kit.begin``)."""
    columns = ", ".join(f"{name} {kind}" for name, kind in PROFILE_COLUMNS.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE profiles ({columns})")
    for table, resource_id, account_id, condition, levels in _TYPES:
        names, values = ", ".join(levels), ", ".join(levels.values())
        connection.execute(
            f"""
            INSERT INTO profiles (resource_type, id, resource_id, account_id, {names},
                                  daily, weekly, drift, phase, burst)
            SELECT '{table}', r.id, {resource_id}, {account_id}, {values},
                   between_(0.45, 0.55, 'daily' || r.id), between_(0.08, 0.16, 'weekly' || r.id),
                   between_(0.01, 0.03, 'drift' || r.id), floor(between_(9, 20, 'phase' || r.id)), 'none'
            FROM {table} r WHERE {condition}
            """
        )
    # Whatever the mean, the busiest hour of a machine reaches 70 to 78 %.
    connection.execute(
        """
        UPDATE profiles SET daily = between_(70, 78, 'peak' || id) / (cpu * (1 + 0.4 * weekly) * 1.05) - 1
        WHERE resource_type IN ('instances', 'container_nodes', 'autoscaling_groups', 'rds_instances')
        """
    )
