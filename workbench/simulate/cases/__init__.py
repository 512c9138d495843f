"""Cases with known answers, put into a healthy estate.

``kit`` says what a case is and puts it in; one module a group of services declares its cases. ``apply_cases`` runs all
of them. The answers are worked out in ``workbench.simulate.truth``, from conditions that do not know the cases.
"""

from __future__ import annotations

import duckdb

from workbench.simulate.cases import compute, containers, databases, governance, logs, network, serverless, storage
from workbench.simulate.cases.anomalies import plan_anomalies
from workbench.simulate.cases.commitments import pick_commitments
from workbench.simulate.cases.histories import pick_histories, stage_histories
from workbench.simulate.cases.kit import Case, Pick, choose, create_picks, guard
from workbench.simulate.drift import apply_drift
from workbench.simulate.inventory.publish import tag_resources
from workbench.simulate.profiles import create_profiles

__all__ = ["CASES", "Case", "Pick", "apply_cases"]

CASES: tuple[Case, ...] = (
    *compute.CASES,
    *storage.CASES,
    *databases.CASES,
    *network.CASES,
    *containers.CASES,
    *serverless.CASES,
    *logs.CASES,
    *governance.CASES,
)
"""All cases, in the order in which they pick: an earlier case has the first choice."""


_NODES_RUNNING = "(SELECT count(*) FROM container_nodes n WHERE n.cluster_id = r.id AND n.state = 'running')"
GUARDS: tuple[tuple[tuple[str, ...], str, str, dict[str, str]], ...] = (
    (("ebs_io_to_gp3",), "volumes", "r.volume_type IN ('io1', 'io2')", {"volume_type": "'gp3'"}),
    (
        ("ebs_stale", "ebs_unattached", "ebs_on_stopped_instance"), "volumes", "r.state = 'in-use'",
        {"last_used_at": "as_of() - INTERVAL 1 HOUR"},
    ),
    (
        ("lambda_provisioned_concurrency",), "lambda_functions", "r.provisioned_concurrency > 0",
        {"provisioned_concurrency": "0"},
    ),
    (
        ("lambda_memory", "lambda_timeout_setting"), "lambda_functions",
        "r.memory_mb >= 1024 OR r.timeout_seconds >= 600",
        {"timeout_seconds": "greatest(1, ceil(coalesce(avg_duration_ms_7d, 500) / 500.0))::BIGINT"},
    ),
    (
        ("k8s_cluster_overprovisioned", "k8s_min_nodes_high"), "container_clusters", "TRUE",
        {"desired_nodes": _NODES_RUNNING, "min_nodes": f"greatest(1, {_NODES_RUNNING} // 2)",
         "max_nodes": f"greatest(max_nodes, {_NODES_RUNNING})"},
    ),
    (("cache_ha_nonprod",), "cache_clusters", "r.env IN ('dev', 'staging', 'preview')", {"num_nodes": "1"}),
    (("managed_service_ha_nonprod",), "managed_services", "r.env IN ('dev', 'staging', 'preview')",
     {"node_count": "1"}),
    (("stream_retention",), "streaming_clusters", "r.retention_hours >= 144", {"retention_hours": "24"}),
    (
        ("s3_no_lifecycle",), "s3_buckets", "r.lifecycle_policy IS NULL OR length(r.lifecycle_policy) < 20",
        {"lifecycle_policy": """'{"Rules":[{"ID":"tiering","Status":"Enabled","Transitions":[{"Days":90}]}]}'"""},
    ),
    (("log_no_retention",), "log_groups", "r.retention_days IS NULL", {"retention_days": "30"}),
    (
        ("api_key_unused",), "api_clients", "TRUE",
        {"last_used_at": "as_of() - to_hours(between_(2, 400, 'used' || id)::INT)"},
    ),
)  # fmt: skip
"""Checks, table, pattern on ``r`` and the changes that move a row not picked for the checks out of the pattern."""


def apply_cases(connection: duckdb.DuckDBPyConnection) -> None:
    """Put every case into the inventory that ``build_inventory`` left in ``connection``.

    Makes ``profiles`` (how much each resource is used), ``usage_adjustments`` (resource x sku x days: use times
    ``factor`` plus ``add_quantity`` a day), and for the truth ``picks`` (which resource was made what), ``drift`` (what
    changed when) and ``anomaly_plan``.
    """
    create_picks(connection)
    stage_histories(connection)
    create_profiles(connection)
    pick_histories(connection)
    apply_drift(connection)
    for case in CASES:
        choose(connection, case)
    compute.load_members(connection)
    containers.load_nodes(connection)
    containers.join_nodes(connection)
    governance.freeze_accounts(connection)
    tag_resources(connection)
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE usage_adjustments (
            resource_id VARCHAR, sku VARCHAR, first_day DATE, last_day DATE, factor DOUBLE, add_quantity DOUBLE)
        """
    )
    pick_commitments(connection)
    plan_anomalies(connection)
    for checks, table, pattern, changes in GUARDS:
        guard(connection, checks, table, pattern, changes)
    connection.execute(
        "UPDATE profiles SET drift = 0 WHERE (resource_type, id) IN (SELECT (resource_type, id) FROM picks)"
    )
