"""List costs of the inventory: the columns that hold prices are filled from the price list."""

from __future__ import annotations

import duckdb

__all__ = ["GPU_SHARE", "price_inventory", "sku_of"]

GPU_SHARE = "0.55"
"""Share of the price of a machine with GPUs that is shown as ``gpu_hourly_cost``; the rest is ``hourly_cost``."""

_MULTI_AZ = "coalesce(json_extract_string(provider_attributes, '$.multi_az'), 'false') = 'true'"
_IOPS = "coalesce(json_extract(provider_attributes, '$.iops')::BIGINT, 0)"
_MANAGED = (
    "CASE service_type WHEN 'opensearch' THEN 'AmazonES/ESInstance:' WHEN 'sagemaker' THEN 'AmazonSageMaker/Host:'"
    " WHEN 'redshift' THEN 'AmazonRedshift/Node:' WHEN 'documentdb' THEN 'AmazonDocDB/InstanceUsage:'"
    " WHEN 'mq' THEN 'AmazonMQ/' END || instance_type"
)

sku_of = {
    "instances": "'AmazonEC2/' || if(json_extract_string(provider_attributes, '$.lifecycle') = 'spot', 'SpotUsage:',"
    " 'BoxUsage:') || instance_type",
    "volumes": "'AmazonEC2/EBS:VolumeUsage.' || volume_type",
    "operations": "'AmazonEC2/EBS:VolumeP-IOPS.' || volume_type",
    "snapshots": "'AmazonEC2/EBS:SnapshotUsage'",
    "rds_instances": f"'AmazonRDS/' || if({_MULTI_AZ}, 'Multi-AZUsage:', 'InstanceUsage:') || instance_class || '/'"
    " || engine",
    "database_storage": f"'AmazonRDS/RDS:' || if({_MULTI_AZ}, 'Multi-AZ-', '') || 'GP3-Storage'",
    "cache_clusters": "'AmazonElastiCache/NodeUsage:' || node_type || '/' || engine",
    "load_balancers": "'AWSELB/LoadBalancerUsage/' || type",
    "elastic_ips": "'AmazonEC2/ElasticIP:IdleAddress'",
    "nat_gateways": "'AmazonVPC/NatGateway-Hours'",
    "managed_services": _MANAGED,
    "streaming_clusters": "if(engine = 'kinesis', 'AmazonKinesis/Storage-ShardHour', 'AmazonMSK/Kafka.m5.large')",
}
"""What a resource is billed as: SQL of the sku over the columns of its inventory table."""


def _price(table: str, sku: str) -> str:
    """SQL: list price of a sku in the region of a row of ``table``, USD a unit."""
    return f"(SELECT u.list_price FROM unit_prices u WHERE u.sku = {sku} AND u.region = {table}.region)"


def price_inventory(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill every cost column of the inventory; needs ``unit_prices``, ``resource_plan`` and ``profiles``.

    USD at list price: an hour for what runs, a month for what is stored. The parts of a machine with GPUs add up to
    its price.
    """
    connection.execute(
        f"""
        UPDATE instances SET hourly_cost = {_price("instances", sku_of["instances"])}, gpu_hourly_cost = 0;
        UPDATE instances SET gpu_hourly_cost = round(hourly_cost * {GPU_SHARE}, 4) WHERE has_gpu;
        UPDATE instances SET hourly_cost = hourly_cost - gpu_hourly_cost WHERE has_gpu;
        UPDATE container_nodes AS n SET hourly_cost = i.hourly_cost, gpu_hourly_cost = i.gpu_hourly_cost
        FROM instances i WHERE i.instance_id = n.instance_id;
        UPDATE container_clusters AS c SET estimated_hourly_cost =
            if(json_extract_string(provider_attributes, '$.orchestrator') = 'eks',
               {_price("c", "'AmazonEKS/AmazonEKS-Hours:perCluster'")}, 0)
            + coalesce((SELECT sum(n.hourly_cost + n.gpu_hourly_cost) FROM container_nodes n
                        WHERE n.cluster_id = c.id AND n.state = 'running'), 0);
        UPDATE volumes SET monthly_cost = size_gib * {_price("volumes", sku_of["volumes"])}
            + {_IOPS} * coalesce({_price("volumes", sku_of["operations"])}, 0);
        UPDATE snapshots SET monthly_cost = size_gib * {_price("snapshots", sku_of["snapshots"])};
        UPDATE rds_instances SET hourly_cost = {_price("rds_instances", sku_of["rds_instances"])},
            storage_monthly_cost = allocated_storage_gib * {_price("rds_instances", sku_of["database_storage"])};
        UPDATE cache_clusters SET hourly_cost = num_nodes * {_price("cache_clusters", sku_of["cache_clusters"])};
        UPDATE load_balancers SET hourly_cost = {_price("load_balancers", sku_of["load_balancers"])};
        UPDATE nat_gateways SET hourly_cost = {_price("nat_gateways", sku_of["nat_gateways"])};
        UPDATE managed_services SET hourly_cost = node_count * {_price("managed_services", sku_of["managed_services"])};
        UPDATE streaming_clusters SET hourly_cost = shard_count * (
            {_price("streaming_clusters", sku_of["streaming_clusters"])}
            + if(engine = 'kinesis' AND retention_hours > 24,
            {_price("streaming_clusters", "'AmazonKinesis/Extended-ShardHour'")}, 0));
        UPDATE elastic_ips AS e SET hourly_cost = 0;
        UPDATE elastic_ips AS e SET hourly_cost = u.list_price
        FROM resource_plan p, unit_prices u
        WHERE e.state = 'unassociated' AND p.id = e.id AND p.resource_type = 'elastic_ips'
          AND u.sku = {sku_of["elastic_ips"]} AND u.region = p.region;
        UPDATE lambda_functions AS f SET estimated_monthly_cost = round(
            p.requests * 365 / 12 * coalesce(avg_duration_ms_7d, 0) / 1000 * memory_mb / 1024
                * {_price("f", "'AWSLambda/Lambda-GB-Second'")}
            + provisioned_concurrency * memory_mb / 1024 * 2628000
                * {_price("f", "'AWSLambda/Lambda-Provisioned-Concurrency'")}, 6)
        FROM profiles p WHERE p.resource_type = 'lambda_functions' AND p.id = f.id;
        """
    )
