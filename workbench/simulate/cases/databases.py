"""Databases, caches, managed services and streams: oversized, idle, stopped, more nodes than the environment needs."""

from __future__ import annotations

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES"]

_SHRINKABLE = "split_part(r.{0}, '.', 3) IN ('xlarge', '2xlarge', '4xlarge', '8xlarge')"
_ALLOTTED = "(SELECT r.allocated_storage_gib FROM rds_instances r WHERE r.id = profiles.id)"
_CAPACITY = "(SELECT r.provisioned_throughput_mbps FROM streaming_clusters r WHERE r.id = profiles.id)"

CASES: tuple[Case, ...] = (
    Case(
        "rds_rightsize", "rds_instances",
        (
            Pick(
                "positive", "Half the class carries the load: mean CPU of 15 %, busiest hour near 33 %",
                profile={"cpu": "15.0", "daily": "0.9", "memory": "35.0"}, size="over_1",
                where=_SHRINKABLE.format("instance_class"), share=0.03,
            ),
            Pick("near_miss", "Mean CPU of 21 %", profile={"cpu": "21.0", "daily": "1.0"}),
            Pick("unknown", "No metrics", profile={"cpu": "NULL", "memory": "NULL", "connections": "NULL",
                                                   "operations": "NULL", "free_storage": "NULL"}, least=2),
            Pick("excluded", "optimization_policy is ignore", profile={"cpu": "12.0", "daily": "0.9"},
                 sets={"optimization_policy": "'ignore'"}, least=2),
            Pick("trap", "CPU of 22 % would fit half the class, memory of 88 % would not",
                 profile={"cpu": "22.0", "daily": "0.5", "memory": "84.0"}, size="right", least=2),
        ),
        eligible="r.state = 'available'",
    ),
    Case(
        "rds_idle", "rds_instances",
        (
            Pick(
                "positive", "No connection for weeks, CPU near zero",
                profile={"cpu": "1.5", "daily": "0.1", "connections": "0", "operations": "0.2"},
                also=("rds_rightsize", "rds_low_connections"), share=0.02,
            ),
        ),
        eligible="r.state = 'available'",
    ),
    Case(
        "rds_low_connections", "rds_instances",
        (
            Pick("positive", "Three to seven connections on average",
                 profile={"connections": "between_(3, 7, 'few' || id)"}, share=0.02),
            Pick("near_miss", "Eleven connections on average", profile={"connections": "11.5"}),
        ),
        eligible="r.state = 'available'",
    ),
    Case(
        "rds_storage_overprovisioned", "rds_instances",
        (
            Pick("positive", "80 % of more than 100 GiB is free",
                 profile={"free_storage": f"{_ALLOTTED} * 0.8"}, share=0.02),
            Pick("near_miss", "45 % is free",
                 profile={"free_storage": f"{_ALLOTTED} * 0.45"}),
        ),
        eligible="r.state = 'available' AND r.allocated_storage_gib > 100",
    ),
    Case(
        "cache_oversized", "cache_clusters",
        (
            Pick("positive", "Mean CPU of 6 to 8 %, memory of 12 to 17 %",
                 profile={"cpu": "between_(6, 8, 'cache' || id)", "memory": "between_(12, 17, 'cache' || id)"},
                 share=0.03),
            Pick("positive", "Mean CPU of 6 %, but memory in use: fewer processors would do",
                 profile={"cpu": "6.0"}, least=2),
            Pick("positive", "Memory of 15 %, CPU in use", profile={"memory": "15.0"}, least=2),
            Pick("near_miss", "Mean CPU of 11 %, memory of 22 %", profile={"cpu": "11.0", "memory": "22.0"}),
            Pick("unknown", "No metrics", profile={"cpu": "NULL", "memory": "NULL", "network": "NULL",
                                                   "connections": "NULL"}, least=2),
        ),
    ),
    Case(
        "elasticache_idle", "cache_clusters",
        (
            Pick("positive", "CPU of 1 %, no connection",
                 profile={"cpu": "1.0", "memory": "8.0", "connections": "0", "network": "0.0001"},
                 also=("cache_oversized",), share=0.02),
        ),
    ),
    Case(
        "cache_ha_nonprod", "cache_clusters",
        (
            Pick("positive", "Several nodes outside production", where="r.env IN ('dev', 'staging')",
                 sets={"hourly_cost": "hourly_cost / num_nodes * 3", "num_nodes": "3"}, share=0.1),
            Pick("near_miss", "Several nodes in production", where="r.env = 'prod'",
                 sets={"hourly_cost": "hourly_cost / num_nodes * 2", "num_nodes": "2"}),
        ),
    ),
    Case(
        "managed_service_oversized", "managed_services",
        (
            Pick("positive", "Mean CPU of 8 to 15 %", profile={"cpu": "between_(8, 15, 'managed' || id)"}, share=0.05),
            Pick("near_miss", "Mean CPU of 21 %", profile={"cpu": "21.0"}),
            Pick("unknown", "No metrics", profile={"cpu": "NULL", "memory": "NULL"}, least=2),
        ),
    ),
    Case(
        "managed_service_ha_nonprod", "managed_services",
        (
            Pick("positive", "Several nodes outside production", where="r.env IN ('dev', 'staging')",
                 sets={"hourly_cost": "hourly_cost / node_count * 3", "node_count": "3"}, share=0.1),
            Pick("near_miss", "Several nodes in production", where="r.env = 'prod'",
                 sets={"hourly_cost": "hourly_cost / node_count * 2", "node_count": "2"}),
        ),
    ),
    Case(
        "stream_overprovisioned", "streaming_clusters",
        (
            Pick("positive", "15 to 25 % of the capacity is used",
                 profile={"network": f"{_CAPACITY} * between_(0.15, 0.25, 'stream' || id)"},
                 share=0.06),
            Pick("near_miss", "32 % of the capacity is used",
                 profile={"network": f"{_CAPACITY} * 0.325"}),
            Pick("unknown", "Use is not known", profile={"network": "NULL"}, least=2),
        ),
        eligible="r.engine <> 'kinesis'",
    ),
    Case(
        "stream_too_many_shards", "streaming_clusters",
        (
            Pick("positive", "More than twice the shards that the use needs",
                 sets={"hourly_cost": "hourly_cost / shard_count * greatest(shard_count, 8)",
                       "provisioned_throughput_mbps": "greatest(shard_count, 8)",
                       "shard_count": "greatest(shard_count, 8)"},
                 profile={"network": "2.7"}, where="r.shard_count <= 8", share=0.08),
        ),
        eligible="r.engine = 'kinesis'",
    ),
    Case(
        "stream_retention", "streaming_clusters",
        (
            Pick("positive", "Records are kept for a week or longer", sets={"retention_hours": "168"}, share=0.06),
            Pick("near_miss", "Records are kept for six days", sets={"retention_hours": "144"}),
        ),
    ),
)  # fmt: skip
