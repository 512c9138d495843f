"""Compile the instance catalogue of AWS and Azure from published price lists and specifications.

    python data/reference/compile_catalog.py FOLDER [--into OTHER]

FOLDER is the ``catalog/derived`` folder of public facts described in ``README.md`` beside this file. What comes out:

==========================  ==========================================================================================
``aws_instance_types.csv``  one EC2 instance type: processors, memory, network and block storage rates, GPUs
``aws_instance_prices.csv`` Linux on-demand price, region x type, with the day of the list; the newest list wins
``aws_database_prices.csv`` RDS on-demand price, engine x deployment x region x class
``aws_cache_prices.csv``    ElastiCache on-demand price, engine x region x node type
``aws_reserved_rates.parquet``  no-upfront reserved rate, region x type x term x class
``aws_storage_prices.csv``  block storage prices by region
``azure_vm_sizes.csv``      Azure sizes; no prices are published in a form we may carry
==========================  ==========================================================================================

Regions only: local and wavelength zones are left out. Prices are USD, as text with the digits of the list. Run it again
after a change and commit the result.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

TARGET = Path(__file__).parent

# CPU a vCPU may use without spending credits, percent. AWS EC2 user guide, "Key concepts for burstable performance
# instances", read 2026-11. Sizes of t3, t3a and t4g are alike.
_BASELINE = {
    **{f"t2.{size}": share for size, share in (
        ("nano", 5), ("micro", 10), ("small", 20), ("medium", 20), ("large", 30), ("xlarge", 22.5), ("2xlarge", 17))},
    **{f"{family}.{size}": share for family in ("t3", "t3a", "t4g") for size, share in (
        ("nano", 5), ("micro", 10), ("small", 20), ("medium", 20), ("large", 30), ("xlarge", 40), ("2xlarge", 40))},
}  # fmt: skip

_REGION = r"^[a-z]{2}(-gov)?-[a-z]+-\d$"

_STATEMENTS = {
    "aws_instance_types.csv": """
        SELECT instance_type, split_part(instance_type, '.', 1) AS family, vcpu, memory_mib, arch AS architecture,
            cpu_manufacturer AS manufacturer, current_generation, burstable, baseline_percent, hypervisor,
            CAST(round(net_baseline_gbps * 1000) AS BIGINT) AS network_mbps,
            CAST(round(net_peak_gbps * 1000) AS BIGINT) AS network_peak_mbps,
            CAST(round(ebs_baseline_mbps) AS BIGINT) AS ebs_mbps, CAST(round(ebs_baseline_iops) AS BIGINT) AS ebs_iops,
            coalesce(gpu_count, 0) AS gpu_count, gpu_name, gpu_mem_mib, coalesce(instance_store_gb, 0) AS local_disk_gb
        FROM read_csv('ec2_instance_specs_moto-5.2.1_2026-05.csv') LEFT JOIN baseline USING (instance_type)
        ORDER BY ALL
    """,
    "aws_instance_prices.csv": """
        WITH lists AS (
            SELECT 'us-east-1' AS region, instance_type, price_usd_hour_us_east_1 AS price, '2026-07-20' AS price_date
            FROM read_csv('ec2_ondemand_linux_us-east-1_2026-07-20_karpenter.csv', all_varchar = true)
            UNION ALL
            SELECT region, instance_type, price_usd_hour, '2025-04-04'
            FROM read_csv('ec2_ondemand_linux_by_region_2025-04.csv', all_varchar = true)
        )
        SELECT region, instance_type, 'linux' AS operating_system, arg_max(price, price_date) AS price_usd_hour,
            max(price_date) AS price_date
        FROM lists WHERE regexp_matches(region, $region) AND CAST(price AS DECIMAL(18, 10)) > 0
        GROUP BY ALL ORDER BY ALL
    """,
    "aws_database_prices.csv": """
        SELECT engine, deployment, region, instance_type, vcpu, regexp_extract(memory, '[0-9.]+') AS memory_gib,
            price_usd_hour, '2024-09-28' AS price_date
        FROM read_csv('rds_ondemand_instances_2024-10.csv', all_varchar = true) JOIN places USING (location)
        WHERE CAST(price_usd_hour AS DECIMAL(18, 10)) > 0 ORDER BY ALL
    """,
    "aws_cache_prices.csv": """
        SELECT lower(engine) AS engine, region, instance_type, vcpu, regexp_extract(memory, '[0-9.]+') AS memory_gib,
            generation = 'Current' AS current_generation, price_usd_hour, '2025-03-14' AS price_date
        FROM read_csv('elasticache_ondemand_2025-03.csv', all_varchar = true) JOIN places USING (location)
        WHERE CAST(price_usd_hour AS DECIMAL(18, 10)) > 0 ORDER BY ALL
    """,
    "aws_reserved_rates.parquet": """
        SELECT region, instance_type, lower(os) AS operating_system, offering_class,
            CASE term WHEN '1yr' THEN 12 WHEN '3yr' THEN 36 END AS term_months, price AS rate_usd_hour,
            DATE '2025-04-04' AS rate_date
        FROM 'ec2_reserved_linux_by_region_2025-04.parquet' WHERE regexp_matches(region, $region) ORDER BY ALL
    """,
    "aws_storage_prices.csv": """
        SELECT region, item, price AS price_usd, '2024-07-18' AS price_date
        FROM read_csv('ebs_prices_2024-07.csv', all_varchar = true) JOIN places USING (location)
        WHERE item NOT LIKE '%SGW%' AND item NOT LIKE '%Outpost%' ORDER BY ALL
    """,
    "azure_vm_sizes.csv": """
        SELECT instance_type, SkuFamily AS family, VCPU AS vcpu, MemoryMb AS memory_mib, GPU AS gpu_count,
            CASE Architecture WHEN 'amd64' THEN 'x86_64' ELSE Architecture END AS architecture
        FROM read_csv('azure_vm_sizes_k8s-autoscaler_2026-08.csv') WHERE MemoryMb > 0 ORDER BY ALL
    """,
}


def main() -> None:
    """Write every file beside this script, or into another folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--into", type=Path, default=TARGET)
    asked = parser.parse_args()
    folder, target = asked.folder, asked.into
    with duckdb.connect() as connection:
        connection.execute("SET file_search_path = $path", {"path": str(folder)})
        connection.execute("CREATE TABLE baseline (instance_type VARCHAR, baseline_percent DOUBLE)")
        connection.executemany("INSERT INTO baseline VALUES (?, ?)", list(_BASELINE.items()))
        connection.execute(
            """
            CREATE TABLE places AS SELECT DISTINCT region, location
            FROM read_csv('ec2_ondemand_linux_by_region_2025-04.csv') WHERE regexp_matches(region, $region)
            """,
            {"region": _REGION},
        )
        for name, statement in _STATEMENTS.items():
            params = {"region": _REGION} if "$region" in statement else None
            table = connection.sql(statement, params=params)
            if name.endswith(".parquet"):
                table.to_parquet(str(target / name), compression="zstd")
            else:
                table.to_csv(str(target / name))


if __name__ == "__main__":
    main()
