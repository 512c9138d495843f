"""Inventory tables: what the company runs, as collected or simulated.

Table and column names are those of the requirement document on the AWS environment, kept verbatim because its stored
queries are written against them; every table adds ``provider`` and ``provider_attributes``. Costs in inventory are
the provider's list price in USD, not the bill: the bill is ``charges``.
"""

from __future__ import annotations

from workbench.schema.compact import columns
from workbench.schema.model import Table

__all__ = ["INVENTORY", "inventory_table"]

_SOURCE = "requirement 002"
_OWNED = "account_id text! - Account that owns it (cloud_accounts.id)"
_PLACED = "env text - prod, staging, dev or preview\nregion text - Provider's code of the region"
_STEERED = (
    "optimization_policy text - auto_safe, recommend_only or ignore\n"
    "optimization_freeze_until time UTC No recommendations before this time"
)
_TAGGED = "tags json - Tags in force, a JSON object"
_GPU = (
    "gpu_hourly_cost money USD/hour List price of the GPUs\n"
    "gpu_count int GPUs Number of GPUs\n"
    "has_gpu bool - Has at least one GPU"
)


_PROVIDER = (
    "provider text! - AWS, Microsoft, Google Cloud, ...\n"
    "provider_attributes json - What only this provider has, a JSON object\n"
    "x_source_id int - File it came from (source_files.source_id)"
)


def _declare(name: str, grain: str, *parts: str, source: str = _SOURCE) -> Table:
    return Table(
        name,
        grain,
        (*columns("id text! - Primary key", *parts, source=source), *columns(_PROVIDER, source="workbench")),
        source,
    )


INVENTORY: tuple[Table, ...] = (
    _declare(
        "cloud_accounts", "one account, subscription or project",
        "name text! - Account name",
        "freeze_optimizations_until time UTC No recommendations for the account before this time",
        "created_at time UTC When it was created",
        "account_number text - Provider's number, as sub_account_id on the bill",
        "owner_email text - Who answers for it",
    ),
    _declare(
        "api_clients", "one access key", _OWNED,
        "name text - Client name",
        "access_key_id text - Public part of the key",
        "secret_key_hash text - Hash of the secret part",
        "scopes json - Permissions, a JSON list",
        "last_used_at time UTC Last call",
    ),
    _declare(
        "instances", "one virtual machine", _OWNED,
        "instance_id text! - Provider's id, as resource_id on the bill",
        "name text - Display name",
        "instance_type text - Size such as m5.xlarge",
        _PLACED,
        "state text - running, pending, stopping, stopped or terminated",
        "autoscaling_group_id text - Group it belongs to (autoscaling_groups.id)",
        "launch_time time UTC When it was started",
        "hourly_cost money USD/hour List price",
        _GPU,
        "avg_cpu_7d number % Mean CPU of the last 7 days",
        "avg_network_7d number MB/s Mean network of the last 7 days",
        "current_cpu number % Newest CPU reading",
        "current_memory number % Newest memory reading; null without an agent",
        "last_active_at time UTC Last activity",
        _TAGGED, _STEERED,
    ),
    _declare(
        "autoscaling_groups", "one group of machines that scales", _OWNED,
        "name text! - Group name",
        "min_size int machines Fewest machines",
        "max_size int machines Most machines",
        "desired_capacity int machines Machines wanted now",
        "instance_type text - Size of its machines",
        _PLACED,
        "current_utilization number % Mean CPU across the group",
        _STEERED,
    ),
    _declare(
        "lambda_functions", "one function", _OWNED,
        "name text! - Function name",
        _PLACED,
        "memory_mb int MB Memory allotted",
        "timeout_seconds int s Longest run allowed",
        "provisioned_concurrency int environments Environments kept warm",
        "invocations_7d int calls Calls in the last 7 days",
        "avg_duration_ms_7d number ms Mean duration of the last 7 days",
        "estimated_monthly_cost money USD/month List cost at the present rate",
    ),
    _declare(
        "container_clusters", "one container cluster", _OWNED,
        "name text! - Cluster name",
        _PLACED,
        "node_instance_type text - Size of its nodes",
        "desired_nodes int nodes Nodes wanted now",
        "min_nodes int nodes Fewest nodes",
        "max_nodes int nodes Most nodes",
        "estimated_hourly_cost money USD/hour List cost of control plane and nodes",
    ),
    _declare(
        "container_nodes", "one node of a cluster",
        "cluster_id text! - Cluster (container_clusters.id)",
        "instance_id text - Provider's id of the machine",
        "instance_type text - Size",
        "region text - Provider's code of the region",
        "state text - running or stopped",
        "hourly_cost money USD/hour List price",
        _GPU,
        "avg_cpu_7d number % Mean CPU of the last 7 days",
        "avg_memory_7d number % Mean memory of the last 7 days",
    ),
    _declare(
        "container_services", "one deployed service",
        "cluster_id text! - Cluster (container_clusters.id)",
        "name text! - Service name",
        _PLACED,
        "requested_cpu number cores CPU requested by one replica",
        "requested_memory_mb int MB Memory requested by one replica",
        "replica_count int replicas Replicas running",
        "avg_cpu_7d number cores Mean CPU used by one replica in the last 7 days",
        "avg_memory_7d number MB Mean memory used by one replica in the last 7 days",
    ),
    _declare(
        "volumes", "one block volume", _OWNED,
        "volume_id text! - Provider's id, as resource_id on the bill",
        "region text - Provider's code of the region",
        "size_gib int GiB Size",
        "volume_type text - gp2, gp3, io1, io2, st1 or sc1",
        "state text - creating, available, in-use, deleting or deleted",
        "attached_instance_id text - Machine it is attached to (instances.instance_id)",
        "monthly_cost money USD/month List price",
        "last_used_at time UTC Last read or write",
        _TAGGED,
    ),
    _declare(
        "snapshots", "one copy of a block volume", _OWNED,
        "snapshot_id text! - Provider's id, as resource_id on the bill",
        "region text - Provider's code of the region",
        "source_volume_id text - Volume it is a copy of (volumes.volume_id)",
        "size_gib int GiB Size",
        "retention_policy text - Rule that keeps it",
        "monthly_cost money USD/month List price",
        _TAGGED,
        "created_at time UTC When it was made",
    ),
    _declare(
        "s3_buckets", "one bucket", _OWNED,
        "name text! - Bucket name, as resource_id on the bill",
        _PLACED,
        "lifecycle_policy json - Tiering and expiry rules; null without any",
        _TAGGED, _STEERED,
    ),
    _declare(
        "s3_bucket_usage_daily", "bucket x day",
        "bucket_id text! - Bucket (s3_buckets.id)",
        "date date! - UTC day",
        "storage_gb_standard number GB Stored in the standard tier",
        "storage_gb_ia number GB Stored in the infrequent-access tier",
        "storage_gb_glacier number GB Stored in the archive tier",
        "requests_count int requests Requests",
        "estimated_storage_cost money USD List cost of storage for the day",
        "estimated_request_cost money USD List cost of requests for the day",
    ),
    _declare(
        "rds_instances", "one managed database", _OWNED,
        "db_instance_id text! - Provider's id, as resource_id on the bill",
        "engine text - postgres, mysql, aurora-postgresql, ...",
        "instance_class text - Size such as db.r5.large",
        "allocated_storage_gib int GiB Storage allotted",
        _PLACED,
        "state text - available, stopped, starting, stopping or deleting",
        "hourly_cost money USD/hour List price of the machine",
        "storage_monthly_cost money USD/month List price of the storage",
        "avg_cpu_7d number % Mean CPU of the last 7 days",
        "avg_connections_7d number connections Mean connections of the last 7 days",
        _STEERED,
    ),
    _declare(
        "cache_clusters", "one cache cluster", _OWNED,
        "cluster_id text! - Provider's id, as resource_id on the bill",
        "engine text - redis, valkey or memcached",
        "node_type text - Size of its nodes",
        "num_nodes int nodes Number of nodes",
        _PLACED,
        "hourly_cost money USD/hour List price of all nodes",
        "avg_cpu_7d number % Mean CPU of the last 7 days",
        "avg_memory_7d number % Mean memory of the last 7 days",
    ),
    _declare(
        "load_balancers", "one load balancer", _OWNED,
        "lb_arn text! - Provider's id, as resource_id on the bill",
        "name text - Display name",
        "type text - application, network, gateway or classic",
        _PLACED,
        "hourly_cost money USD/hour List price without traffic",
        "avg_request_count_7d number requests/day Mean requests a day of the last 7 days",
    ),
    _declare(
        "elastic_ips", "one static public address", _OWNED,
        "allocation_id text! - Provider's id, as resource_id on the bill",
        "public_ip text - The address",
        "associated_instance_id text - Machine it is on (instances.instance_id)",
        "associated_lb_arn text - Load balancer it is on (load_balancers.lb_arn)",
        "state text - associated or unassociated",
        "hourly_cost money USD/hour List price in its present state",
        _STEERED, _TAGGED,
    ),
    _declare(
        "nat_gateways", "one NAT gateway", _OWNED,
        "nat_gateway_id text! - Provider's id, as resource_id on the bill",
        "name text - Display name",
        _PLACED,
        "state text - available or deleted",
        "hourly_cost money USD/hour List price without traffic",
        "gb_processed_7d number GB Traffic of the last 7 days",
        _TAGGED, _STEERED,
        source="workbench",
    ),
    _declare(
        "data_transfer_daily", "account x day x route", _OWNED,
        "date date! - UTC day",
        "source_region text - Region it came from",
        "dest_region text - Region it went to; null for the internet",
        "direction text - intra-az, cross-az, cross-region, egress or ingress",
        "gb_transferred number GB Volume",
        "estimated_transfer_cost money USD List cost",
    ),
    _declare(
        "log_groups", "one log group", _OWNED,
        "name text! - Log group name, as resource_id on the bill",
        _PLACED,
        "retention_days int days Days logs are kept; null means for ever",
        _TAGGED, _STEERED,
    ),
    _declare(
        "log_group_usage_daily", "log group x day",
        "log_group_id text! - Log group (log_groups.id)",
        "date date! - UTC day",
        "ingested_gb number GB Taken in on the day",
        "stored_gb number GB Stored at the end of the day",
        "estimated_ingestion_cost money USD List cost of taking in",
        "estimated_storage_cost money USD List cost of storing for the day",
    ),
    _declare(
        "commitments", "one commitment", _OWNED,
        "commitment_type text - reserved_instance, savings_plan or edp",
        "scope text - What it covers",
        "term_months int months 12 or 36",
        "hourly_commitment_amount money USD/hour Committed spend",
        "start_date date - First day",
        "end_date date - Last day",
    ),
    _declare(
        "commitment_utilization_daily", "commitment x day",
        "commitment_id text! - Commitment (commitments.id)",
        "date date! - UTC day",
        "actual_hourly_usage_equivalent money USD/hour Mean use, at the committed rate",
        "utilization_percent number % Use divided by commitment",
        "estimated_savings_vs_ondemand money USD Saved against on-demand prices on the day",
    ),
    _declare(
        "metrics_daily", "resource x day", _OWNED,
        "resource_type text! - Table the resource is in",
        "resource_id text! - Provider's id",
        "date date! - UTC day",
        "metric_payload json - cpu_avg, cpu_max, memory_avg, network, disk and further keys, a JSON object",
        "estimated_daily_cost money USD List cost of the day",
    ),
    _declare(
        "resource_tags", "resource x tag key", _OWNED,
        "resource_type text! - Table the resource is in",
        "resource_id text! - Provider's id",
        "key text! - Tag key",
        "value text - Tag value",
    ),
    _declare(
        "resource_change_events", "one change of one field", _OWNED,
        "resource_type text! - Table the resource is in",
        "resource_id text! - Provider's id",
        "change_source text - drift_engine, agent or manual",
        "field_name text - What changed",
        "old_value text - Value before",
        "new_value text - Value after",
        "changed_at time UTC When it changed",
    ),
    _declare(
        "managed_services", "one managed service", _OWNED,
        "service_type text - opensearch, sagemaker, ...",
        "name text! - Service name, as resource_id on the bill",
        _PLACED,
        "instance_type text - Size of its nodes",
        "node_count int nodes Number of nodes",
        "hourly_cost money USD/hour List price of all nodes",
        "avg_cpu_7d number % Mean CPU of the last 7 days",
        "avg_memory_7d number % Mean memory of the last 7 days",
    ),
    _declare(
        "streaming_clusters", "one streaming cluster", _OWNED,
        "name text! - Cluster name, as resource_id on the bill",
        "engine text - kinesis, kafka or msk",
        _PLACED,
        "shard_count int shards Number of shards",
        "retention_hours int hours Hours records are kept",
        "provisioned_throughput_mbps number MB/s Capacity paid for",
        "avg_usage_mbps_7d number MB/s Mean use of the last 7 days",
        "hourly_cost money USD/hour List price",
    ),
)  # fmt: skip


def inventory_table(name: str) -> Table:
    """The declaration of ``name``; raises ``KeyError`` when there is none."""
    for declared in INVENTORY:
        if declared.name == name:
            return declared
    raise KeyError(name)
