"""Quantities: how much of its item each stream used on each day of a month, and the daily tables of the inventory.

Quantities have six decimals and prices ten; a cost is their product, rounded to the twelve decimals of money. The daily
tables hold the sum of the list costs of their streams, so that they agree with the bill.
"""

from __future__ import annotations

import duckdb

__all__ = ["create_usage", "fill_daily_tables", "month_usage"]

_ROUTES = (
    ("AmazonEC2/DataTransfer-Regional-Bytes", "cross-az"),
    ("AmazonEC2/AWS-Out-Bytes", "cross-region"),
    ("AmazonEC2/DataTransfer-Out-Bytes", "egress"),
)


def create_usage(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``adjusted_streams`` (stream x day → factor and addition) and the empty ``adjusted_uses``.

    ``adjusted_uses``: stream x day that was adjusted, with the quantity before and after and both unit prices, for the
    answers about anomalies.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE adjusted_streams AS
        SELECT stream_no, n::INTEGER AS n, product(factor) AS factor, sum(add_quantity) AS added
        FROM (SELECT s.stream_no, a.factor, a.add_quantity,
                     unnest(range(greatest(s.from_n, a.first_day - first_day()),
                                  least(s.to_n, a.last_day - first_day()) + 1)) AS n
              FROM usage_adjustments a JOIN streams s ON s.resource_key = a.resource_id AND s.sku = a.sku)
        GROUP BY stream_no, n;
        CREATE OR REPLACE TEMP TABLE adjusted_uses (
            resource_id VARCHAR, sku VARCHAR, account_id VARCHAR, day DATE, base_quantity DECIMAL(18, 6),
            quantity DECIMAL(18, 6), list_price DECIMAL(18, 10), contracted_price DECIMAL(18, 10));
        """
    )


def month_usage(connection: duckdb.DuckDBPyConnection, first_n: int, last_n: int) -> None:
    """Create ``month_usage``: ``stream_no``, ``n`` (day), ``quantity`` and ``level`` (GB stored), one month's days.

    Rows are in the order of day and stream; days without use have none.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE month_days AS
        SELECT n::INTEGER AS n, day, isodow(day) > 5 AS weekend,
               day(date_trunc('month', day) + INTERVAL 1 MONTH - INTERVAL 1 DAY) AS month_days,
               day - DATE '2020-01-01' AS since_2020
        FROM (SELECT n, (first_day() + n::INTEGER)::DATE AS day FROM range({first_n}, {last_n + 1}) t(n));
        CREATE OR REPLACE TEMP TABLE month_usage AS
        WITH daily AS (
            SELECT s.stream_no, s.unit, s.sku, unnest(range(greatest(s.from_n, {first_n}), least(s.to_n, {last_n}) + 1))
                       ::INTEGER AS n,
                   s.per_day, s.growth, s.weekly, s.season, s.salt, s.noise, s.noise_seed, s.weekdays, s.whole, s.ramp_days,
                   (s.ramp_from - first_day())::INTEGER AS ramp_n
            FROM streams s WHERE s.from_n <= {last_n} AND s.to_n >= {first_n}),
        -- A multiplicative generator: the noise of a day does not depend on the other days.
        noisy AS (
            SELECT daily.*, d.weekend, d.month_days, d.since_2020,
                   ((noise_seed + 48271 * (n + 1)) % 2147483647 * 69621 % 2147483647 * 40692 % 2147483399)
                       / 1073741699.5 - 1 AS swing
            FROM daily JOIN month_days d USING (n)),
        levels AS (
            SELECT stream_no, n, unit, month_days, whole,
                   CASE unit
                        WHEN 'steady' THEN if(weekdays AND weekend, 0, per_day)
                        WHEN 'stored' THEN per_day * (1 + growth * n / 365)
                             * if(ramp_days IS NULL, 1, least(ramp_days, n - ramp_n + 1) / ramp_days)
                        ELSE per_day * (1 + growth * n / 365) * if(weekend, 1 - weekly, 1 + 0.4 * weekly)
                             * (1 + season * sin(2 * pi() * since_2020 / 91 + salt)) * (1 + noise * swing) END AS level
            FROM noisy),
        measured AS (
            SELECT l.*, round(level, 4) AS base_level, factor IS NOT NULL AS adjusted,
                   round(if(factor IS NULL, level, level * factor + added), 4) AS new_level
            FROM levels l LEFT JOIN adjusted_streams a USING (stream_no, n))
        SELECT stream_no, n, new_level AS level, {_quantity("base_level")} AS base_quantity,
               {_quantity("new_level")} AS quantity, adjusted
        FROM measured ORDER BY n, stream_no;
        INSERT INTO adjusted_uses
        SELECT s.resource_key, s.sku, s.account_id, first_day() + n, base_quantity, quantity, s.list_price,
               s.contracted_price
        FROM month_usage JOIN streams s USING (stream_no) WHERE adjusted ORDER BY n, stream_no;
        DELETE FROM month_usage WHERE quantity = 0
        """
    )


def _quantity(level: str) -> str:
    """SQL: quantity of a day in the unit of the item; a level has four decimals, so no quotient ends on a tie."""
    return (
        f"(CASE WHEN unit = 'stored' THEN {level} / month_days WHEN whole THEN round({level}) ELSE {level} END)"
        "::DECIMAL(18, 6)"
    )


def fill_daily_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the days of ``month_usage`` to the daily tables of buckets, log groups and data transfer."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE month_items AS
        SELECT s.id, s.account_id, s.region, s.resource_type, split_part(s.sku, '/', 2) AS item, s.sku,
               first_day() + u.n AS date, u.level, u.quantity, cost_of(u.quantity, s.list_price) AS cost
        FROM month_usage u JOIN streams s USING (stream_no)
        WHERE s.resource_type IN ('s3_buckets', 'log_groups') OR s.sku LIKE 'AmazonEC2/%-Bytes';
        INSERT INTO s3_bucket_usage_daily BY NAME
        SELECT uid('bucket-day/' || id || date) AS id, id AS bucket_id, date,
               coalesce(max(level) FILTER (item = 'TimedStorage-ByteHrs'), 0) AS storage_gb_standard,
               coalesce(max(level) FILTER (item = 'TimedStorage-SIA-ByteHrs'), 0) AS storage_gb_ia,
               coalesce(max(level) FILTER (item = 'TimedStorage-GlacierByteHrs'), 0) AS storage_gb_glacier,
               coalesce(max(quantity) FILTER (item = 'Requests-Tier2'), 0)::BIGINT AS requests_count,
               coalesce(sum(cost) FILTER (item <> 'Requests-Tier2'), 0) AS estimated_storage_cost,
               coalesce(sum(cost) FILTER (item = 'Requests-Tier2'), 0) AS estimated_request_cost, 'AWS' AS provider
        FROM month_items WHERE resource_type = 's3_buckets' GROUP BY id, date ORDER BY date, id;
        INSERT INTO log_group_usage_daily BY NAME
        SELECT uid('log-day/' || id || date) AS id, id AS log_group_id, date,
               coalesce(max(quantity) FILTER (item = 'DataProcessing-Bytes'), 0)::DOUBLE AS ingested_gb,
               coalesce(max(level) FILTER (item = 'TimedStorage-ByteHrs'), 0) AS stored_gb,
               coalesce(sum(cost) FILTER (item = 'DataProcessing-Bytes'), 0) AS estimated_ingestion_cost,
               coalesce(sum(cost) FILTER (item = 'TimedStorage-ByteHrs'), 0) AS estimated_storage_cost, 'AWS' AS provider
        FROM month_items WHERE resource_type = 'log_groups' GROUP BY id, date ORDER BY date, id;
        """
    )
    routes = ", ".join(f"('{sku}', '{direction}')" for sku, direction in _ROUTES)
    connection.execute(
        f"""
        INSERT INTO data_transfer_daily BY NAME
        SELECT uid('transfer/' || account_id || direction || date) AS id, account_id, date, region AS source_region,
               CASE direction WHEN 'cross-region' THEN second WHEN 'egress' THEN NULL ELSE region END AS dest_region,
               direction, quantity::DOUBLE AS gb_transferred, cost AS estimated_transfer_cost, 'AWS' AS provider
        FROM (SELECT i.account_id, i.date, i.region, r.direction, i.quantity, i.cost
              FROM month_items i JOIN (VALUES {routes}) r(sku, direction) USING (sku)
              UNION ALL
              -- Traffic that costs nothing is known, and is not on the bill.
              SELECT i.account_id, i.date, i.region, f.direction, (i.quantity * f.share)::DECIMAL(18, 6), 0
              FROM month_items i, (VALUES ('intra-az', 3.5), ('ingress', 0.6)) f(direction, share)
              WHERE i.sku = 'AmazonEC2/DataTransfer-Regional-Bytes')
        JOIN (SELECT account_id, second FROM accounts) USING (account_id)
        ORDER BY date, account_id, direction
        """
    )
