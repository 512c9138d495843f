"""What every stage stands on: the span of days, the macros of SQL, and which column names a resource."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

__all__ = ["RESOURCE_ID", "Span", "begin"]

RESOURCE_ID = {
    "api_clients": "id",
    "autoscaling_groups": "name",
    "cache_clusters": "cluster_id",
    "commitments": "id",
    "container_clusters": "name",
    "container_nodes": "instance_id",
    "container_services": "name",
    "elastic_ips": "allocation_id",
    "instances": "instance_id",
    "lambda_functions": "name",
    "load_balancers": "lb_arn",
    "log_groups": "name",
    "managed_services": "name",
    "nat_gateways": "nat_gateway_id",
    "rds_instances": "db_instance_id",
    "s3_buckets": "name",
    "snapshots": "snapshot_id",
    "streaming_clusters": "name",
    "volumes": "volume_id",
}
"""The column of each table that holds the provider's id, as on the bill; keys of work tables are the table's ``id``."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is simulated: a seed and the first and last charge day, both inclusive (UTC)."""

    seed: int
    first_day: date
    last_day: date


def begin(connection: duckdb.DuckDBPyConnection, span: Span) -> None:
    """Create the macros that all stages use.

    ``last_day()``; ``as_of()``, the end of the last day, which is "now" for every age; ``chance(key)``, a number in
    [0, 1) that belongs to the seed and the key; ``between_(low, high, key)``, the same on another range;
    ``cost_of(quantity, price)``, their product as money.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP MACRO first_day() AS DATE '{span.first_day}';
        CREATE OR REPLACE TEMP MACRO last_day() AS DATE '{span.last_day}';
        CREATE OR REPLACE TEMP MACRO as_of() AS TIMESTAMP '{span.last_day}' + INTERVAL 1 DAY;
        CREATE OR REPLACE TEMP MACRO chance(key) AS
            (md5_number_lower(concat('{span.seed}/', key)) & 9007199254740991) / 9007199254740992.0;
        CREATE OR REPLACE TEMP MACRO between_(low, high, key) AS low + (high - low) * chance(key);
        -- Both factors have eighteen digits at most; their product needs more.
        CREATE OR REPLACE TEMP MACRO cost_of(quantity, price) AS
            (quantity::DECIMAL(38, 6) * price)::DECIMAL(38, 12);
        """
    )
