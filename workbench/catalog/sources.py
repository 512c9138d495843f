"""Reference files and kept price lists as three Arrow tables: types, prices and reserved rates, one row a key.

Where several sources have a price for a key, the newest price date wins, then the newest update.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import pyarrow as pa

from workbench.catalog.kept import SCHEMA, KeptList
from workbench.engines import connect
from workbench.errors import DataError
from workbench.schema.model import literal
from workbench.settings import PROJECT_ROOT

__all__ = ["REFERENCE", "STORAGE_ITEMS", "read_history", "read_prices", "read_rates", "read_types"]

REFERENCE = PROJECT_ROOT / "data" / "reference"


@dataclass(frozen=True, slots=True)
class _Item:
    """A thing sold beside machines: its name in the reference file, our name, the unit, and list units a unit."""

    listed: str
    name: str
    unit: str
    divisor: int = 1


STORAGE_ITEMS: tuple[_Item, ...] = (
    _Item("Storage General Purpose gp2 GB Mo", "gp2", "GiB-month"),
    _Item("Storage General Purpose gp3 GB Mo", "gp3", "GiB-month"),
    _Item("Provisioned EBS IOPS gp3 Volumes per IOPS Mo", "gp3-iops", "IOPS-month"),
    # Listed per GiB/s; volumes are set in MiB/s.
    _Item("Provisioned Throughput gp3 per GiBps mo", "gp3-throughput", "MiB/s-month", 1024),
    _Item("Storage Provisioned IOPS io1 GB Mo", "io1", "GiB-month"),
    _Item("Provisioned EBS IOPS io1 Volumes per IOPS Mo", "io1-iops", "IOPS-month"),
    _Item("Storage Provisioned IOPS io2 GB month", "io2", "GiB-month"),
    _Item("Provisioned EBS IOPS io2 Volumes per IOPS Mo", "io2-iops", "IOPS-month"),
    _Item("Provisioned EBS IOPS Tier 2 io2 Volumes per IOPS Mo", "io2-iops-tier2", "IOPS-month"),
    _Item("Provisioned EBS IOPS Tier 3 io2 Volumes per IOPS Mo", "io2-iops-tier3", "IOPS-month"),
    _Item("Storage Throughput Optimized HDD st1 GB Mo", "st1", "GiB-month"),
    _Item("Storage Cold HDD sc1 GB Mo", "sc1", "GiB-month"),
    _Item("Storage Magnetic standard GB Mo", "standard", "GiB-month"),
    _Item("Provisioned EBS I O Requests standard Volumes per IOs", "standard-io", "request"),
    _Item("Storage Snapshot Amazon S3 GB Mo", "snapshot", "GiB-month"),
    _Item("Storage Snapshot Amazon S3 SnapshotArchiveStorage GB Mo", "snapshot-archive", "GiB-month"),
    _Item("Storage Snapshot Amazon S3 SnapshotArchiveRetrieval GB", "snapshot-archive-retrieval", "GiB"),
    _Item("Fast Snapshot Restore per hours", "fast-snapshot-restore", "hour"),
)

_SHOP = "price lists collected by yeo/ec2.shop"

_EVERY = f"""
    WITH items (listed, item, unit, divisor) AS (VALUES {
    ", ".join(f"({literal(i.listed)}, {literal(i.name)}, {literal(i.unit)}, {i.divisor})" for i in STORAGE_ITEMS)
}), reference AS (
        SELECT 'compute' AS service, region, instance_type, operating_system AS variant, 'included' AS option,
            price_usd_hour AS amount, 'hour' AS unit, CAST(price_date AS DATE) AS price_date,
            CASE WHEN price_date = '2026-07-20' THEN 'price list in aws/karpenter-provider-aws' ELSE '{_SHOP}' END
                AS source
        FROM read_csv('aws_instance_prices.csv', all_varchar = true)
        UNION ALL
        SELECT 'database', region, instance_type, engine, replace(lower(deployment), ' ', '-'), price_usd_hour, 'hour',
            CAST(price_date AS DATE), '{_SHOP}'
        FROM read_csv('aws_database_prices.csv', all_varchar = true)
        UNION ALL
        SELECT 'cache', region, instance_type, engine, '', price_usd_hour, 'hour', CAST(price_date AS DATE), '{_SHOP}'
        FROM read_csv('aws_cache_prices.csv', all_varchar = true)
        UNION ALL
        SELECT 'storage', region, items.item, '', '', CAST(CAST(price_usd AS DECIMAL(28, 16)) / divisor AS VARCHAR),
            unit, CAST(price_date AS DATE), '{_SHOP}'
        FROM read_csv('aws_storage_prices.csv', all_varchar = true) AS prices JOIN items ON items.listed = prices.item
    ), every AS (
        SELECT *, 'USD' AS currency, NULL::TIMESTAMP AS fetched_at FROM reference
        UNION ALL BY NAME
        SELECT service, region, instance_type, variant, option, amount, unit, price_date, currency,
            'AWS Price List API, update of ' || strftime(fetched_at, '%Y-%m-%d') AS source, fetched_at
        FROM kept WHERE kind = 'price'
    )
"""

_PRICES = f"""
    {_EVERY}
    SELECT * EXCLUDE (fetched_at) FROM every
    QUALIFY row_number() OVER (PARTITION BY service, region, instance_type, variant, option
        ORDER BY price_date DESC, fetched_at DESC NULLS LAST) = 1
    ORDER BY service, region, instance_type, variant, option
"""

_HISTORY = f"""
    {_EVERY}
    SELECT price_date, CAST(amount AS DECIMAL(38, 12)) AS amount, currency, unit, source
    FROM every WHERE service = $service AND region = $region AND instance_type = $instance_type
        AND variant = $variant AND option = $option
    ORDER BY price_date, fetched_at NULLS FIRST
"""

_RATES = f"""
    WITH every AS (
        SELECT region, instance_type, operating_system, offering_class, term_months, 'no_upfront' AS payment,
            CAST(rate_usd_hour AS VARCHAR) AS rate, 'USD' AS currency, rate_date, '{_SHOP}' AS source,
            NULL::TIMESTAMP AS fetched_at
        FROM 'aws_reserved_rates.parquet' WHERE rate_usd_hour > 0
        UNION ALL
        SELECT region, instance_type, variant, option, term_months, payment, amount, currency, price_date,
            'AWS Price List API, update of ' || strftime(fetched_at, '%Y-%m-%d'), fetched_at
        FROM kept WHERE kind = 'rate' AND service = 'compute'
    )
    SELECT * EXCLUDE (fetched_at) FROM every
    QUALIFY row_number() OVER (
        PARTITION BY region, instance_type, operating_system, offering_class, term_months, payment
        ORDER BY rate_date DESC, fetched_at DESC NULLS LAST) = 1
    ORDER BY ALL
"""

_TYPES = """
    WITH machines AS (
        SELECT * REPLACE (CASE architecture WHEN 'i386|x86_64' THEN 'x86_64' ELSE architecture END AS architecture)
        FROM read_csv('aws_instance_types.csv')
    ), classes AS (
        SELECT 'database' AS service, instance_type, TRY_CAST(vcpu AS DOUBLE) AS vcpu,
            TRY_CAST(memory_gib AS DOUBLE) AS memory_gib, NULL::BOOLEAN AS current_generation, price_date
        FROM read_csv('aws_database_prices.csv', all_varchar = true)
        UNION ALL
        SELECT 'cache', instance_type, TRY_CAST(vcpu AS DOUBLE), TRY_CAST(memory_gib AS DOUBLE),
            CAST(current_generation AS BOOLEAN), price_date
        FROM read_csv('aws_cache_prices.csv', all_varchar = true)
    ), class_facts AS (
        SELECT service, instance_type, max(vcpu) AS vcpu, CAST(round(max(memory_gib) * 1024) AS BIGINT) AS memory_mib,
            bool_or(current_generation) AS current_generation, max(price_date) AS as_of
        FROM classes GROUP BY ALL
    ), newest AS (
        SELECT * FROM kept WHERE kind = 'type'
        QUALIFY row_number() OVER (PARTITION BY instance_type ORDER BY fetched_at DESC, region) = 1
    )
    SELECT 'AWS' AS provider, 'compute' AS service, instance_type, NULL::VARCHAR AS family, vcpu, memory_mib,
        architecture, manufacturer, current_generation, burstable, baseline_percent, network_mbps, network_peak_mbps,
        ebs_mbps, ebs_iops, gpu_count, gpu_name, CAST(gpu_mem_mib AS BIGINT) AS gpu_memory_mib, local_disk_gb,
        hypervisor, 'instance type data of moto' AS source, '2026-05' AS as_of
    FROM machines
    UNION ALL BY NAME
    SELECT 'AWS' AS provider, service, instance_type, vcpu, memory_mib, current_generation,
        'price lists collected by yeo/ec2.shop' AS source, as_of
    FROM class_facts
    UNION ALL BY NAME
    SELECT 'Microsoft' AS provider, 'compute' AS service, instance_type, family, vcpu, memory_mib, architecture,
        gpu_count, 'size lists of kubernetes/autoscaler' AS source, '2026-08' AS as_of
    FROM read_csv('azure_vm_sizes.csv')
    UNION ALL BY NAME
    SELECT 'AWS' AS provider, service, instance_type, vcpu, memory_mib, architecture, manufacturer, current_generation,
        gpu_count, 'AWS Price List API' AS source, strftime(fetched_at, '%Y-%m-%d') AS as_of
    FROM newest WHERE NOT EXISTS (SELECT 1 FROM machines WHERE machines.instance_type = newest.instance_type)
        AND NOT EXISTS (SELECT 1 FROM class_facts WHERE class_facts.instance_type = newest.instance_type)
"""


def read_types(lists: Sequence[KeptList]) -> pa.Table:
    """One row a type: the columns of ``InstanceType``; family is null where the name says it."""
    return _read(_TYPES, lists)


def read_prices(lists: Sequence[KeptList]) -> pa.Table:
    """One row a key: service, region, instance_type (of storage: the item), variant, option, amount, unit, ..."""
    return _read(_PRICES, lists)


def read_history(lists: Sequence[KeptList], key: Mapping[str, str]) -> pa.Table:
    """Every price known of one key, oldest first: price_date, amount, currency, unit, source.

    Args:
        lists: price lists of updates.
        key: service, region, instance_type, variant and option.
    """
    return _read(_HISTORY, lists, key)


def read_rates(lists: Sequence[KeptList]) -> pa.Table:
    """One row a reserved rate: region, instance_type, operating_system, offering_class, term_months, payment, ..."""
    return _read(_RATES, lists)


def _read(statement: str, lists: Sequence[KeptList], params: Mapping[str, str] | None = None) -> pa.Table:
    with closing(connect(threads=1)) as connection:
        connection.execute(f"SET file_search_path = {literal(str(REFERENCE))}")
        connection.register("kept_rows", _kept(lists))
        connection.execute("CREATE TEMP VIEW kept AS SELECT * FROM kept_rows")
        return connection.sql(statement, params=dict(params) if params else None).to_arrow_table()


def _kept(lists: Sequence[KeptList]) -> pa.Table:
    schema = SCHEMA.append(pa.field("fetched_at", pa.timestamp("us")))
    parts = [schema.empty_table()]
    for one in lists:
        try:
            rows = one.rows()
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                f"{one.path.name} cannot be read", detail=str(error), hint=f"Move {one.path} away and run it again"
            ) from error
        moment = pa.array([one.fetched_at.replace(tzinfo=None)] * len(rows), pa.timestamp("us"))
        parts.append(rows.append_column("fetched_at", moment))
    return pa.concat_tables(parts)
