"""What each check must report, as conditions on the inventory, with the saving a month at list price.

The conditions are those of the requirement document, in the form the check catalogue settles for its default preset.
They serve the truth file and nothing else; the stored checks of the product are written independently of them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EXPECTED", "Expected"]


@dataclass(frozen=True, slots=True)
class Expected:
    """One check on one table.

    ``matches`` is a condition on ``r``, or a whole SELECT of ``id`` and ``saving`` when the finding is not a row of
    the table. ``saving`` is USD a month at list price, null when a figure cannot be known from the inventory.
    ``population``: the whole company does it, not only picked cases. ``unless`` is a condition under which a match is
    still not waste, with ``because`` in words.
    """

    check: str
    table: str
    matches: str
    saving: str = "NULL"
    population: bool = False
    unless: str = "FALSE"
    because: str = ""


_MONTH = "730"
_MACHINE_MONTH = f"(r.hourly_cost + coalesce(r.gpu_hourly_cost, 0)) * {_MONTH}"
_NODES = (
    "(SELECT cluster_id, count(*) AS n, avg(avg_cpu_7d) AS cpu, avg(avg_memory_7d) AS memory, avg(hourly_cost) AS price"
    " FROM container_nodes WHERE state = 'running' GROUP BY cluster_id)"
)


def _nodes_needed(number: str) -> str:
    return f"(SELECT {number} FROM {_NODES} k WHERE k.cluster_id = r.id)"


_NEEDED = "greatest(1, ceil(k.n * greatest(k.cpu, k.memory) / 70.0))"
_MEMBER_PRICE = "(SELECT avg(i.hourly_cost) FROM instances i WHERE i.autoscaling_group_id = r.id)"
_GROUP_NEED = "greatest(1, ceil(r.desired_capacity * r.current_utilization / 60.0))"
_LARGE = "split_part(r.instance_type, '.', 2) NOT IN ('nano', 'micro', 'small', 'medium')"
_CONCURRENT = "coalesce(r.invocations_7d, 0) * coalesce(r.avg_duration_ms_7d, 0) / 1000.0 / 604800"
_NONPROD = "r.env IN ('dev', 'staging', 'preview')"

EXPECTED: tuple[Expected, ...] = (
    Expected("ec2_idle", "instances", "r.state = 'running' AND r.avg_cpu_7d < 5", _MACHINE_MONTH),
    Expected(
        "ec2_gpu_idle", "instances",
        "r.state = 'running' AND r.has_gpu AND (SELECT max(d.gpu) FROM daily_levels d WHERE d.id = r.id"
        " AND d.resource_type = 'instances' AND d.day > last_day() - 14) < 1",
        _MACHINE_MONTH,
    ),
    Expected(
        "ec2_stopped_storage", "instances", "r.state = 'stopped'",
        "coalesce((SELECT sum(v.monthly_cost) FROM volumes v WHERE v.attached_instance_id = r.instance_id), 0)",
    ),
    Expected(
        "ec2_rightsize", "instances",
        f"r.state = 'running' AND r.avg_cpu_7d >= 5 AND r.avg_cpu_7d < 20 AND {_LARGE}",
        f"(SELECT r.hourly_cost * (1 - s.price_share) * {_MONTH} FROM truth_sizes s WHERE s.id = r.id)",
    ),
    Expected(
        "instance_forgotten_preview", "instances",
        "r.env = 'preview' AND r.launch_time < as_of() - INTERVAL 7 DAY AND r.state <> 'terminated'",
        f"r.hourly_cost * {_MONTH}",
    ),
    Expected(
        "ec2_off_hours_schedule", "instances", f"r.state = 'running' AND {_NONPROD}",
        f"{_MACHINE_MONTH} * 0.65", population=True,
        unless="json_extract_string(r.provider_attributes, '$.schedule') = 'weekdays'"
        " OR json_extract_string(r.provider_attributes, '$.lifecycle') = 'spot'"
        " OR r.launch_time > as_of() - INTERVAL 7 DAY",
        because="It does not run all hours of the week",
    ),
    Expected(
        "asg_min_too_high", "autoscaling_groups",
        "r.min_size > 1 AND r.current_utilization < 30"
        " AND ceil(r.desired_capacity * r.current_utilization / 60.0) < r.min_size",
        f"(r.min_size - {_GROUP_NEED}) * {_MEMBER_PRICE} * {_MONTH}",
    ),
    Expected(
        "asg_low_utilisation", "autoscaling_groups", "r.current_utilization < 30",
        f"r.desired_capacity * {_MEMBER_PRICE} / 2 * {_MONTH}",
    ),
    Expected(
        "lambda_provisioned_concurrency", "lambda_functions",
        f"r.provisioned_concurrency > 0 AND {_CONCURRENT} < 0.5 * r.provisioned_concurrency",
        f"(r.provisioned_concurrency - ceil({_CONCURRENT})) * r.memory_mb / 1024.0 * 0.0000041667 * 2628000",
    ),
    Expected(
        "lambda_memory", "lambda_functions",
        "r.memory_mb >= 1024 AND r.avg_duration_ms_7d < 0.3 * r.timeout_seconds * 1000",
    ),
    Expected("lambda_timeout_setting", "lambda_functions", "r.timeout_seconds = 900", "0"),
    Expected("lambda_unused", "lambda_functions", "r.invocations_7d = 0", "0"),
    Expected(
        "k8s_cluster_overprovisioned", "container_clusters",
        f"r.desired_nodes > 1.5 * {_nodes_needed(_NEEDED)}",
        f"(r.desired_nodes - {_nodes_needed(_NEEDED)}) * {_nodes_needed('k.price')} * {_MONTH}",
    ),
    Expected(
        "k8s_min_nodes_high", "container_clusters", f"r.min_nodes > {_nodes_needed(_NEEDED)}",
        f"(r.min_nodes - {_nodes_needed(_NEEDED)}) * {_nodes_needed('k.price')} * {_MONTH}",
    ),
    Expected(
        "k8s_node_oversized", "container_nodes", "r.state = 'running' AND r.avg_cpu_7d < 30",
        f"r.hourly_cost * {_MONTH} * (1 - greatest(r.avg_cpu_7d, r.avg_memory_7d) / 70)",
    ),
    Expected(
        "k8s_node_stopped", "container_nodes",
        "r.state = 'stopped' AND EXISTS (SELECT 1 FROM container_nodes o WHERE o.cluster_id = r.cluster_id"
        " AND o.state = 'running')",
        "coalesce((SELECT sum(v.monthly_cost) FROM volumes v WHERE v.attached_instance_id = r.instance_id), 0)",
    ),
    Expected(
        "k8s_node_gpu_unused", "container_nodes", "r.has_gpu AND r.avg_cpu_7d < 5", f"r.gpu_hourly_cost * {_MONTH}"
    ),
    Expected("k8s_request_cpu", "container_services", "r.requested_cpu > 2 * r.avg_cpu_7d"),
    Expected("k8s_request_memory", "container_services", "r.requested_memory_mb > 1.5 * r.avg_memory_7d"),
    Expected(
        "k8s_replicas_excess", "container_services", "r.replica_count > 2 AND r.avg_cpu_7d < 0.2 * r.requested_cpu"
    ),
    Expected("ebs_unattached", "volumes", "r.state = 'available'", "r.monthly_cost"),
    Expected(
        "ebs_on_stopped_instance", "volumes",
        "r.state = 'in-use' AND EXISTS (SELECT 1 FROM instances i WHERE i.instance_id = r.attached_instance_id"
        " AND i.state = 'stopped')",
        "r.monthly_cost",
    ),
    Expected("ebs_gp2_to_gp3", "volumes", "r.volume_type = 'gp2' AND r.state <> 'deleted'", population=True),
    Expected(
        "ebs_io_to_gp3", "volumes", "r.volume_type IN ('io1', 'io2')", "r.monthly_cost - r.size_gib * 0.08",
        unless="json_extract(r.provider_attributes, '$.iops')::BIGINT > 16000",
        because="More operations are provisioned than gp3 can do",
    ),
    Expected("ebs_io1_to_io2", "volumes", "r.volume_type = 'io1'", "0"),
    Expected("ebs_stale", "volumes", "r.last_used_at < as_of() - INTERVAL 30 DAY", "r.monthly_cost"),
    Expected(
        "ebs_low_usage", "volumes",
        "r.state = 'in-use' AND (SELECT avg(d.operations) FROM daily_levels d WHERE d.id = r.id"
        " AND d.resource_type = 'volumes' AND d.day > last_day() - 30) <= 100",
        "r.monthly_cost",
    ),
    Expected(
        "ebs_snapshot_orphan", "snapshots",
        "NOT EXISTS (SELECT 1 FROM volumes v WHERE v.volume_id = r.source_volume_id)", "r.monthly_cost",
        unless="r.source_volume_id IS NULL", because="The source volume is unknown",
    ),
    Expected("ebs_snapshot_old", "snapshots", "r.created_at < as_of() - INTERVAL 90 DAY", "r.monthly_cost"),
    Expected(
        "ebs_snapshot_duplicates", "snapshots",
        "r.source_volume_id IS NOT NULL AND EXISTS (SELECT 1 FROM snapshots o"
        " WHERE o.source_volume_id = r.source_volume_id AND o.created_at::DATE = r.created_at::DATE"
        " AND o.account_id = r.account_id AND o.created_at > r.created_at)",
        "r.monthly_cost",
    ),
    Expected(
        "s3_no_lifecycle", "s3_buckets",
        "r.lifecycle_policy IS NULL OR replace(r.lifecycle_policy, ' ', '') IN ('null', '{}', '[]', '{\"Rules\":[]}')",
    ),
    Expected(
        "s3_storage_class", "s3_buckets",
        "EXISTS (SELECT 1 FROM cold_buckets b WHERE b.bucket_id = r.id)",
        "(SELECT b.gb * (0.023 - 0.0125) FROM cold_buckets b WHERE b.bucket_id = r.id)",
    ),
    Expected(
        "rds_rightsize", "rds_instances", "r.state = 'available' AND r.avg_cpu_7d < 20",
        f"r.hourly_cost / 2 * {_MONTH}",
    ),
    Expected("rds_low_connections", "rds_instances", "r.avg_connections_7d < 10", f"r.hourly_cost * {_MONTH}"),
    Expected(
        "rds_idle", "rds_instances", "r.state = 'available' AND r.avg_connections_7d = 0", f"r.hourly_cost * {_MONTH}"
    ),
    Expected("rds_stopped", "rds_instances", "r.state = 'stopped'", "r.storage_monthly_cost"),
    Expected(
        "rds_storage_overprovisioned", "rds_instances",
        "r.allocated_storage_gib > 100 AND EXISTS (SELECT 1 FROM week_levels w WHERE w.id = r.id"
        " AND w.resource_type = 'rds_instances' AND w.free_storage > 0.5 * r.allocated_storage_gib)",
        "(SELECT r.storage_monthly_cost * (1 - 1.3 * (1 - w.free_storage / r.allocated_storage_gib))"
        " FROM week_levels w WHERE w.id = r.id AND w.resource_type = 'rds_instances')",
    ),
    Expected(
        "cache_oversized", "cache_clusters", "r.avg_cpu_7d < 10 OR r.avg_memory_7d < 20",
        f"r.hourly_cost / 2 * {_MONTH}",
    ),
    Expected("elasticache_idle", "cache_clusters", "r.avg_cpu_7d < 5", f"r.hourly_cost * {_MONTH}"),
    Expected(
        "cache_ha_nonprod", "cache_clusters", "r.num_nodes > 1 AND r.env IN ('dev', 'staging')",
        f"r.hourly_cost * (r.num_nodes - 1) / r.num_nodes * {_MONTH}",
    ),
    Expected("lb_idle", "load_balancers", "r.avg_request_count_7d < 1", f"r.hourly_cost * {_MONTH}"),
    Expected(
        "lb_consolidation", "load_balancers",
        "SELECT concat_ws('/', account_id, region, env) AS id, account_id,"
        f" (count(*) - 1) * avg(hourly_cost) * {_MONTH} AS saving"
        " FROM load_balancers WHERE type = 'application' GROUP BY account_id, region, env HAVING count(*) >= 3",
        population=True,
    ),
    Expected("eip_unattached", "elastic_ips", "r.state = 'unassociated'", f"r.hourly_cost * {_MONTH}"),
    Expected(
        "nat_idle", "nat_gateways", "r.state = 'available' AND r.gb_processed_7d = 0", f"r.hourly_cost * {_MONTH}"
    ),
    *(
        Expected(
            check, "data_transfer_daily",
            "SELECT concat_ws('/', account_id, direction) AS id, account_id, sum(estimated_transfer_cost) AS saving"
            " FROM data_transfer_daily WHERE date > (SELECT max(date) FROM data_transfer_daily) - 30"
            f" AND direction = '{direction}' GROUP BY account_id, direction HAVING sum(estimated_transfer_cost) > 10",
            population=True,
        )
        for check, direction in (
            ("cross_az_traffic", "cross-az"), ("cross_region_traffic", "cross-region"), ("internet_egress", "egress"),
        )
    ),
    Expected("log_no_retention", "log_groups", "r.retention_days IS NULL"),
    Expected(
        "log_verbose_nonprod", "log_groups",
        f"{_NONPROD} AND (SELECT sum(u.ingested_gb) FROM log_group_usage_daily u WHERE u.log_group_id = r.id"
        " AND u.date > last_day() - 30) > 10",
        "(SELECT sum(u.estimated_ingestion_cost) / 2 FROM log_group_usage_daily u WHERE u.log_group_id = r.id"
        " AND u.date > last_day() - 30)",
    ),
    Expected(
        "commitment_underused", "commitments",
        "EXISTS (SELECT 1 FROM commitment_utilization_daily u WHERE u.commitment_id = r.id"
        " AND u.utilization_percent < 80 AND u.date = last_day())",
        "(SELECT r.hourly_commitment_amount * (1 - u.utilization_percent / 100)"
        f" * {_MONTH} FROM commitment_utilization_daily u WHERE u.commitment_id = r.id AND u.date = last_day())",
    ),
    Expected(
        "commitment_expiring", "commitments",
        "r.end_date BETWEEN last_day() - 30 AND last_day() + 60",
    ),
    Expected(
        "managed_service_oversized", "managed_services", "r.avg_cpu_7d < 20", f"r.hourly_cost / 2 * {_MONTH}"
    ),
    Expected(
        "managed_service_ha_nonprod", "managed_services", "r.node_count > 1 AND r.env IN ('dev', 'staging')",
        f"r.hourly_cost * (r.node_count - 1) / r.node_count * {_MONTH}",
    ),
    Expected(
        "managed_service_always_on_nonprod", "managed_services", _NONPROD, f"r.hourly_cost * {_MONTH} * 0.65",
        population=True,
    ),
    Expected(
        "stream_overprovisioned", "streaming_clusters",
        "r.avg_usage_mbps_7d < 0.3 * r.provisioned_throughput_mbps",
        f"(1 - r.avg_usage_mbps_7d / r.provisioned_throughput_mbps / 0.7) * r.hourly_cost * {_MONTH}",
    ),
    Expected(
        "stream_too_many_shards", "streaming_clusters",
        "r.engine = 'kinesis' AND r.shard_count > 2 * greatest(1, ceil(r.avg_usage_mbps_7d))",
        "(r.shard_count - greatest(1, ceil(r.avg_usage_mbps_7d))) * r.hourly_cost / r.shard_count * " + _MONTH,
        unless="r.avg_usage_mbps_7d IS NULL", because="The use is unknown",
    ),
    Expected("stream_retention", "streaming_clusters", "r.retention_hours >= 168"),
    Expected("api_key_unused", "api_clients", "r.last_used_at < as_of() - INTERVAL 90 DAY", "0"),
    Expected(
        "tag_untagged_spend", "instances",
        "(SELECT count(DISTINCT t.key) FROM resource_tags t WHERE t.resource_id = r.instance_id"
        " AND t.key IN ('env', 'team', 'project')) < 3",
        "0", population=True,
    ),
)  # fmt: skip
