"""Streams: each resource with each item it uses, the days on which it does, and how much on an ordinary day.

A stream becomes one charge line a day. What a resource is billed for follows from its inventory row, from the changes
in ``drift`` (a machine that stopped or grew), from ``profiles`` (traffic, calls) and from the level tables (buckets,
logs).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from workbench.simulate.ground import RESOURCE_ID
from workbench.simulate.prices import sku_of

__all__ = ["NEGOTIATED_SHARE", "SPOT_SHARE", "create_streams"]

NEGOTIATED_SHARE = "0.94"
"""Contracted price as a share of the list price: the enterprise agreement (requirement: 5 to 15 % discount)."""
SPOT_SHARE = "0.34"
"""Price of spare capacity as a share of the list price."""

_UNUSUAL = 1_000_000
"""Days of retention that stand for keeping everything."""
_COMPRESSED = 0.15
"""GB stored of a GB of logs taken in."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a kind of resource is billed for.

    ``source`` is a FROM clause with the alias ``r``; the other fields are SQL over it and over ``p``, the row of
    ``resource_plan``. ``unit`` says how a day's quantity follows from ``per_day``: ``steady`` (as it is), ``stored``
    (GB or operations over the days of the month), ``used`` (with weekly rhythm, growth and noise).
    """

    table: str
    sku: str
    per_day: str
    unit: str
    source: str = ""
    where: str = "TRUE"
    begins: str = "p.created_on"
    ends: str = "p.deleted_on - 1"
    growth: str = "0"
    weekly: str = "0"
    season: str = "0"
    noise: str = "0"
    weekdays: str = "FALSE"
    ramp_days: str = "NULL"
    ramp_from: str = "NULL"


def _changed(table: str, field: str) -> str:
    return f"(SELECT id, changed_on, old_value FROM drift WHERE resource_type = '{table}' AND field_name = '{field}')"


def _profiled(table: str) -> str:
    return f"(SELECT t.*, u.requests, u.network, u.weekly, u.drift FROM {table} t LEFT JOIN profiles u" + (
        f" ON u.resource_type = '{table}' AND u.id = t.id)"
    )


_SHAPED = {"weekly": "r.weekly", "season": "r.drift", "noise": "0.04"}
_STOPPED = "coalesce(s.changed_on, p.deleted_on) - 1"
# Machines as they are on the last day and those that are gone, with the days of a change of size and of a stop.
_MACHINES = f"""(
    SELECT i.id, i.instance_type, i.provider_attributes, i.state, g.changed_on AS grew_on, g.old_value AS old_type,
           s.changed_on AS stopped_on
    FROM (SELECT id, instance_type, provider_attributes, state FROM instances
          UNION ALL
          SELECT id, instance_type, provider_attributes, state FROM staged_instances WHERE deleted_on <= last_day()) i
    LEFT JOIN {_changed("instances", "instance_type")} g USING (id)
    LEFT JOIN {_changed("instances", "state")} s USING (id))"""
_WEEKDAYS = "json_extract_string(r.provider_attributes, '$.schedule') IS NOT DISTINCT FROM 'weekdays'"
_DATABASES = f"""(SELECT d.*, s.changed_on AS stopped_on FROM rds_instances d
                  LEFT JOIN {_changed("rds_instances", "state")} s USING (id))"""
_ADDRESSES = f"""(SELECT e.*, s.changed_on AS released_on FROM elastic_ips e
                  LEFT JOIN {_changed("elastic_ips", "state")} s USING (id))"""
_BUCKETS = "(SELECT b.*, l.* EXCLUDE (id) FROM s3_buckets b JOIN bucket_levels l USING (id))"
_LOGS = f"""(SELECT g.*, l.gb, l.growth, k.changed_on AS kept_on, k.old_value::INTEGER AS old_days
             FROM log_groups g JOIN log_levels l USING (id)
             LEFT JOIN {_changed("log_groups", "retention_days")} k USING (id))"""
_SNAPSHOTS = """(SELECT id, size_gib FROM snapshots
                 UNION ALL SELECT id, size_gib FROM staged_snapshots WHERE deleted_on <= last_day())"""
_KEPT = f"coalesce(r.retention_days, {_UNUSUAL})"

USES: tuple[Use, ...] = (
    Use(
        "instances", sku_of["instances"], "24", "steady", source=_MACHINES, weekdays=_WEEKDAYS,
        where="r.state = 'running' OR r.stopped_on IS NOT NULL",
        begins="coalesce(r.grew_on, p.created_on)", ends="coalesce(r.stopped_on, p.deleted_on) - 1",
    ),
    Use(
        "instances", "'AmazonEC2/BoxUsage:' || r.old_type", "24", "steady", source=_MACHINES,
        where="r.grew_on IS NOT NULL", ends="r.grew_on - 1",
    ),
    Use("volumes", sku_of["volumes"], "r.size_gib", "stored"),
    Use(
        "volumes", sku_of["operations"], "json_extract(r.provider_attributes, '$.iops')::BIGINT", "stored",
        where="r.volume_type IN ('io1', 'io2') AND json_extract(r.provider_attributes, '$.iops') IS NOT NULL",
    ),
    Use("snapshots", sku_of["snapshots"], "r.size_gib", "stored", source=_SNAPSHOTS),
    Use("s3_buckets", "'AmazonS3/TimedStorage-ByteHrs'", "r.gb * (1 - r.ia_share - r.glacier_share)", "stored",
        source=_BUCKETS, growth="r.growth"),
    Use("s3_buckets", "'AmazonS3/TimedStorage-SIA-ByteHrs'", "r.gb * r.ia_share", "stored", source=_BUCKETS,
        growth="r.growth", where="r.ia_share > 0"),
    Use("s3_buckets", "'AmazonS3/TimedStorage-GlacierByteHrs'", "r.gb * r.glacier_share", "stored", source=_BUCKETS,
        growth="r.growth", where="r.glacier_share > 0"),
    Use("s3_buckets", "'AmazonS3/Requests-Tier2'", "r.requests", "used", source=_BUCKETS, growth="r.growth",
        weekly="0.12", noise="0.06", where="r.requests > 0"),
    Use(
        "rds_instances", sku_of["rds_instances"], "24", "steady", source=_DATABASES,
        where="r.state = 'available' OR r.stopped_on IS NOT NULL",
        ends="coalesce(r.stopped_on, p.deleted_on) - 1",
    ),
    Use("rds_instances", sku_of["database_storage"], "r.allocated_storage_gib", "stored"),
    Use("cache_clusters", sku_of["cache_clusters"], "24 * r.num_nodes", "steady"),
    Use("managed_services", sku_of["managed_services"], "24 * r.node_count", "steady"),
    Use("streaming_clusters", sku_of["streaming_clusters"], "24 * r.shard_count", "steady"),
    Use("streaming_clusters", "'AmazonKinesis/Extended-ShardHour'", "24 * r.shard_count", "steady",
        where="r.engine = 'kinesis' AND r.retention_hours > 24"),
    Use("container_clusters", "'AmazonEKS/AmazonEKS-Hours:perCluster'", "24", "steady",
        where="json_extract_string(r.provider_attributes, '$.orchestrator') = 'eks'"),
    Use("load_balancers", sku_of["load_balancers"], "24", "steady"),
    Use("load_balancers", "'AWSELB/LCUUsage/' || r.type", "r.requests / 15000", "used",
        source=_profiled("load_balancers"), where="r.requests >= 1000", **_SHAPED),
    Use("nat_gateways", sku_of["nat_gateways"], "24", "steady", where="r.state = 'available'"),
    Use("nat_gateways", "'AmazonVPC/NatGateway-Bytes'", "coalesce(r.network, 0.2) * 86.4", "used",
        source=_profiled("nat_gateways"), where="coalesce(r.network, 0.2) > 0", **_SHAPED),
    Use(
        "elastic_ips", sku_of["elastic_ips"], "24", "steady", source=_ADDRESSES, where="r.state = 'unassociated'",
        begins="coalesce(r.released_on, p.created_on)",
    ),
    Use(
        "lambda_functions", "'AWSLambda/Lambda-GB-Second'",
        "coalesce(r.requests, 2000) * coalesce(r.avg_duration_ms_7d, 300) / 1000 * r.memory_mb / 1024", "used",
        source=_profiled("lambda_functions"), where="coalesce(r.requests, 2000) >= 1", **_SHAPED,
    ),
    # Functions with few calls stay within what is free, and have no line for calls.
    Use("lambda_functions", "'AWSLambda/Request'", "r.requests", "used", source=_profiled("lambda_functions"),
        where="r.requests >= 100000", **_SHAPED),
    Use("lambda_functions", "'AWSLambda/Lambda-Provisioned-Concurrency'",
        "r.provisioned_concurrency * r.memory_mb / 1024 * 86400", "steady", where="r.provisioned_concurrency > 0"),
    Use("log_groups", "'AmazonCloudWatch/DataProcessing-Bytes'", "r.gb", "used", source=_LOGS, growth="r.growth",
        weekly="0.15", noise="0.08"),
    Use(
        "log_groups", "'AmazonCloudWatch/TimedStorage-ByteHrs'", f"r.gb * {_COMPRESSED} * {_KEPT}", "stored",
        source=_LOGS, begins="coalesce(r.kept_on, p.created_on)", ramp_days=_KEPT,
        ramp_from="coalesce(r.kept_on - r.old_days, p.created_on)",
    ),
    Use(
        "log_groups", "'AmazonCloudWatch/TimedStorage-ByteHrs'", f"r.gb * {_COMPRESSED} * r.old_days", "stored",
        source=_LOGS, where="r.kept_on IS NOT NULL", ends="r.kept_on - 1", ramp_days="r.old_days",
        ramp_from="p.created_on",
    ),
)  # fmt: skip
"""What each kind of resource is billed for, beside what accounts use without a resource of the inventory."""


def create_streams(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``streams``, one row a resource x item x price, numbered in a fixed order.

    Needs the inventory with its cases, ``drift``, ``profiles``, ``unit_prices``, ``usage_adjustments`` and the macros.
    Days are numbered from 0, the first day; ``from_n`` and ``to_n`` are inclusive. ``list_price`` and
    ``contracted_price`` are USD a unit. ``whole``: quantities are whole numbers.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE raw_streams (
            resource_key VARCHAR, sku VARCHAR, resource_type VARCHAR, id VARCHAR, region VARCHAR, account_id VARCHAR,
            unit VARCHAR, per_day DOUBLE, from_day DATE, to_day DATE, growth DOUBLE, weekly DOUBLE, season DOUBLE,
            noise DOUBLE, weekdays BOOLEAN, ramp_days INTEGER, ramp_from DATE)
        """
    )
    for use in USES:
        connection.execute(_rows(use))
    _of_accounts(connection)
    _of_adjustments(connection)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE streams AS
        SELECT row_number() OVER (ORDER BY s.account_id, s.resource_key, s.sku, s.from_day)::INTEGER AS stream_no, s.*,
               u.list_price,
               (u.list_price * if(s.sku LIKE 'AmazonEC2/SpotUsage:%', {SPOT_SHARE}, {NEGOTIATED_SHARE}))
                   ::DECIMAL(18, 10) AS contracted_price,
               k.unit IN ('Requests', 'Queries', 'ConfigurationItems') AS whole,
               1000 * chance('salt' || coalesce(s.id, s.resource_key)) AS salt,
               md5_number_lower(s.resource_key || s.sku)::UBIGINT % 2147483647 AS noise_seed,
               (s.from_day - first_day())::INTEGER AS from_n, (s.to_day - first_day())::INTEGER AS to_n
        FROM raw_streams s JOIN unit_prices u USING (sku, region) JOIN skus k USING (sku)
        WHERE s.to_day >= s.from_day;
        DROP TABLE raw_streams
        """
    )


def _rows(use: Use) -> str:
    return f"""
        INSERT INTO raw_streams
        SELECT p.resource_id, {use.sku}, p.resource_type, p.id, p.region, p.account_id, '{use.unit}', {use.per_day},
               greatest({use.begins}, first_day()), least(coalesce({use.ends}, last_day()), last_day()),
               {use.growth}, coalesce({use.weekly}, 0), coalesce({use.season}, 0), {use.noise}, {use.weekdays},
               {use.ramp_days}, {use.ramp_from}
        FROM {use.source or use.table} r JOIN resource_plan p ON p.id = r.id AND p.resource_type = '{use.table}'
        WHERE ({use.where})
    """


# Sku | quantity a day in a production account of ordinary size | share of the accounts that use it
_ACCOUNT_USE = """
AmazonCloudFront/DataTransfer-Out-Bytes|260|0.35
AmazonRoute53/DNS-Queries|900000|0.7
awskms/KMS-Requests|60000|0.8
AmazonGuardDuty/PaidEventsAnalyzed|9|0.9
AWSConfig/ConfigurationItemRecorded|700|0.9
AmazonAthena/DataScannedInTB|0.9|0.4
AWSGlue/ETL-DPU-Hour|28|0.35
AWSQueueService/Requests-Tier1|9000000|0.5
AmazonDynamoDB/ReadRequestUnits|45000000|0.6
AmazonDynamoDB/WriteRequestUnits|9000000|0.6
AmazonBedrock/InputTokenCount|5200|0.12
AmazonBedrock/OutputTokenCount|1300|0.12
"""
_ROUTES = (
    ("AmazonEC2/DataTransfer-Regional-Bytes", "cross-az", 320),
    ("AmazonEC2/AWS-Out-Bytes", "cross-region", 90),
    ("AmazonEC2/DataTransfer-Out-Bytes", "egress", 130),
)


def _of_accounts(connection: duckdb.DuckDBPyConnection) -> None:
    """What an account uses without a resource of the inventory: requests, queries, and traffic by direction."""
    rows = [line.split("|") for line in _ACCOUNT_USE.strip().splitlines()]
    rows += [[sku, str(gigabytes), "1"] for sku, _, gigabytes in _ROUTES]
    uses = ", ".join(f"('{sku}', {quantity}, {share})" for sku, quantity, share in rows)
    connection.execute(
        f"""
        INSERT INTO raw_streams
        SELECT 'account/' || account_number, sku, 'account', NULL, region, account_id, 'used',
               quantity * size * between_(0.4, 1.8, 'use/' || account_no || sku), greatest(opened_on, first_day()),
               last_day(), between_(0.0, 0.5, 'growth/' || account_no || sku), 0.15, 0.03, 0.05, FALSE, NULL, NULL
        FROM accounts, (VALUES {uses}) u(sku, quantity, share)
        WHERE opened_on <= last_day() AND chance('uses/' || unit || sku) < share
        """
    )


def _of_adjustments(connection: duckdb.DuckDBPyConnection) -> None:
    """Use that exists only because it was added: a resource begins to use an item it has no stream for."""
    keys = ", ".join(f"'{table}'" for table in RESOURCE_ID)
    connection.execute(
        f"""
        CREATE TEMP TABLE IF NOT EXISTS usage_adjustments (
            resource_id VARCHAR, sku VARCHAR, first_day DATE, last_day DATE, factor DOUBLE, add_quantity DOUBLE);
        INSERT INTO raw_streams
        SELECT a.resource_id, a.sku, p.resource_type, p.id, p.region, p.account_id, 'used', 0,
               greatest(min(a.first_day), first_day()), least(max(a.last_day), last_day()), 0, 0, 0, 0, FALSE, NULL, NULL
        FROM usage_adjustments a JOIN resource_plan p ON p.resource_id = a.resource_id
        WHERE a.add_quantity <> 0 AND p.resource_type IN ({keys}) AND p.resource_type <> 'container_nodes'
          AND (a.resource_id, a.sku) NOT IN (SELECT (resource_key, sku) FROM raw_streams)
        GROUP BY a.resource_id, a.sku, p.resource_type, p.id, p.region, p.account_id
        """
    )
