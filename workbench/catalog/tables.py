"""The catalogue as rows of a snapshot, so that stored SQL and PostgreSQL see what the lookups see.

The tables are in USD: prices in another currency (the regions of China) are left to the lookups.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from workbench.catalog.lookup import Catalog

__all__ = ["ANY", "fill_catalog_tables"]

ANY = "*"
"""Region and operating system of the row that has the facts of a type."""

_CATALOG = f"""
    INSERT INTO instance_catalog BY NAME
    SELECT provider, '{ANY}' AS region, instance_type, '{ANY}' AS operating_system, service, family, vcpu, memory_mib,
        architecture, gpu_count, burstable, baseline_percent, network_mbps, ebs_mbps, current_generation
    FROM catalog_types
    UNION ALL BY NAME
    SELECT 'AWS' AS provider, prices.region, prices.instance_type, prices.service,
        CASE WHEN option IN ('', 'included', 'single-az') THEN variant ELSE variant || ', ' || option END
            AS operating_system,
        types.family, vcpu, memory_mib, architecture, gpu_count, burstable, baseline_percent, network_mbps, ebs_mbps,
        current_generation, CAST(amount AS DECIMAL(38, 12)) AS price, price_date
    FROM catalog_prices AS prices
    LEFT JOIN catalog_types AS types ON types.provider = 'AWS' AND types.instance_type = prices.instance_type
    WHERE prices.service <> 'storage' AND prices.currency = 'USD'
"""

_RATES = """
    INSERT INTO commitment_rates BY NAME
    SELECT 'AWS' AS provider, region, instance_type, operating_system, term_months, payment AS payment_option,
        CASE offering_class WHEN 'convertible' THEN 'convertible_reserved_instance' ELSE 'reserved_instance' END
            AS plan_type,
        CAST(rate AS DECIMAL(38, 12)) AS rate, rate_date
    FROM catalog_rates WHERE currency = 'USD'
"""


def fill_catalog_tables(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Fill ``instance_catalog`` and ``commitment_rates`` of a snapshot under construction, in place of what is there.

    Args:
        connection: read-write, with the tables of the schema.
        catalog: what to put in.
    """
    facts = (
        "provider", "instance_type", "service", "family", "vcpu", "memory_mib", "architecture", "gpu_count",
        "burstable", "baseline_percent", "network_mbps", "ebs_mbps", "current_generation",
    )  # fmt: skip
    types = pa.Table.from_pylist([{name: getattr(one, name) for name in facts} for one in catalog.types()])
    connection.execute("BEGIN")
    try:
        for name, rows in (
            ("catalog_types", types),
            ("catalog_prices", catalog.price_rows),
            ("catalog_rates", catalog.rate_rows),
        ):
            connection.register(name, rows)
        connection.execute("DELETE FROM instance_catalog")
        connection.execute("DELETE FROM commitment_rates")
        connection.execute(_CATALOG)
        connection.execute(_RATES)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    finally:
        for name in ("catalog_types", "catalog_prices", "catalog_rates"):
            connection.unregister(name)
