"""``services``, ``service_categories``, ``unmapped_services``: where each service of the bill stands in FOCUS.

FOCUS bills state the category of a service. Bills in AWS's own formats do not: ingest takes it from
``data/reference/aws_services.csv`` and puts a service that is not there under *Other*.
"""

from __future__ import annotations

import duckdb

__all__ = ["CATEGORIES", "fill_services"]

CATEGORIES: tuple[tuple[str, str], ...] = (
    ("AI and Machine Learning", "Training and running of models, and services built on them"),
    ("Analytics", "Collecting, processing and querying of large amounts of data, streams included"),
    ("Business Applications", "Finished software for work: office, communication, contact centres"),
    ("Compute", "Machines, containers and functions that run programs"),
    ("Databases", "Managed databases and caches"),
    ("Developer Tools", "Building, testing and shipping of software"),
    ("Multicloud", "Services that span several providers"),
    ("Identity", "Who someone is and what they may do"),
    ("Integration", "Messages, events and workflows between programs"),
    ("Internet of Things", "Devices and the data they send"),
    ("Management and Governance", "Running an estate: monitoring, logs, policies, costs"),
    ("Media", "Audio and video: production, streaming"),
    ("Migration", "Moving data and programs to the cloud"),
    ("Mobile", "Building and running of apps on phones"),
    ("Networking", "Connections, addresses, load balancing and data transfer"),
    ("Security", "Protection of data, programs and accounts"),
    ("Storage", "Blocks, files, objects and backups"),
    ("Web", "Hosting and running of web sites"),
    ("Other", "What fits nowhere else, and what nobody has assigned yet"),
)
"""FOCUS service category → what belongs in it, in our words."""

_OWN_FORMATS = "('aws-cur', 'aws-cur2')"

# A day at a time is enough for first and last seen; the lines of a service that states several categories are counted
# for each of them and the one with most lines is kept.
_FOUND = f"""
    CREATE OR REPLACE TEMP TABLE found_services AS
    WITH lines AS (
        SELECT coalesce(provider_name, 'Provider not stated') AS provider_name, service_name, service_category,
            service_subcategory, x_source_id, min(charge_period_start) AS first_seen,
            max(charge_period_start) AS last_seen, count(*) AS charge_count
        FROM charges WHERE service_name IS NOT NULL GROUP BY ALL
    )
    SELECT provider_name, service_name, nullif(service_category, '') AS service_category, service_subcategory,
        coalesce(format IN {_OWN_FORMATS}, FALSE) AS from_reference, min(first_seen) AS first_seen,
        max(last_seen) AS last_seen, sum(charge_count) AS charge_count
    FROM lines LEFT JOIN source_files ON source_id = x_source_id
    GROUP BY ALL
"""
_UNMAPPED = (
    "(service_category IS NULL OR (from_reference AND service_category = 'Other'"
    " AND service_subcategory = 'Other (Other)'))"
)


def fill_services(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the three tables from ``charges``."""
    for name in ("services", "service_categories", "unmapped_services"):
        connection.execute(f"DELETE FROM {name}")
    connection.executemany("INSERT INTO service_categories VALUES (?, ?)", CATEGORIES)
    connection.execute(_FOUND)
    connection.execute(
        f"""
        INSERT INTO services BY NAME
        SELECT provider_name, service_name, service_category, service_subcategory,
            CASE WHEN from_reference THEN 'reference' ELSE 'bill' END AS mapped_by
        FROM found_services WHERE NOT {_UNMAPPED}
        QUALIFY row_number() OVER (PARTITION BY provider_name, service_name
            ORDER BY charge_count DESC, service_category, service_subcategory, mapped_by) = 1
        """
    )
    connection.execute(
        f"""
        INSERT INTO unmapped_services BY NAME
        SELECT provider_name, service_name, CAST(min(first_seen) AS DATE) AS first_seen,
            CAST(max(last_seen) AS DATE) AS last_seen, sum(charge_count) AS charge_count
        FROM found_services WHERE {_UNMAPPED}
            AND NOT EXISTS (SELECT 1 FROM services WHERE services.provider_name = found_services.provider_name
                AND services.service_name = found_services.service_name)
        GROUP BY ALL
        """
    )
    connection.execute("DROP TABLE temp.found_services")
