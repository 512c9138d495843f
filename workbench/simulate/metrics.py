"""Metrics: profiles become hourly series, and everything else is an aggregate of those.

One formula (``_hours``) gives the value of every metric of every resource in every hour. ``metrics_daily``, the
``avg_*_7d`` and ``current_*`` columns of the inventory and ``resource_metrics`` are computed from it, so they agree.
Five-minute values spread an hour: their mean is the hour's mean and their largest maximum the hour's maximum.
"""

from __future__ import annotations

import duckdb

__all__ = ["AVERAGED", "daily_levels", "fill_averages", "series_sql", "write_daily"]

_DAY_HOURS = 24
AVERAGED: tuple[tuple[str, str, str], ...] = (
    ("instances", "avg_cpu_7d", "cpu_avg"),
    ("instances", "avg_network_7d", "network"),
    ("instances", "current_cpu", "cpu_now"),
    ("instances", "current_memory", "memory_now"),
    ("autoscaling_groups", "current_utilization", "cpu_avg"),
    ("container_nodes", "avg_cpu_7d", "cpu_avg"),
    ("container_nodes", "avg_memory_7d", "memory_avg"),
    ("container_services", "avg_cpu_7d", "cpu_avg"),
    ("container_services", "avg_memory_7d", "memory_avg"),
    ("rds_instances", "avg_cpu_7d", "cpu_avg"),
    ("rds_instances", "avg_connections_7d", "connections"),
    ("cache_clusters", "avg_cpu_7d", "cpu_avg"),
    ("cache_clusters", "avg_memory_7d", "memory_avg"),
    ("managed_services", "avg_cpu_7d", "cpu_avg"),
    ("managed_services", "avg_memory_7d", "memory_avg"),
    ("streaming_clusters", "avg_usage_mbps_7d", "network"),
    ("load_balancers", "avg_request_count_7d", "requests"),
    ("nat_gateways", "gb_processed_7d", "network * 7 * 86400 / 1000"),
    ("lambda_functions", "invocations_7d", "round(requests * 7)"),
)
"""Table, column, and how it follows from the means of the last seven days (``cpu_now``: the last hour)."""

_SERIES_TYPES = ("instances", "rds_instances", "cache_clusters")
# Metric, statistic, unit, value of the hour, and how the five-minute value differs: a mean swings, a maximum peaks.
_SERIES = (
    ("cpu", "average", "%", "cpu", "swing"),
    ("cpu", "maximum", "%", "cpu_max", "peak"),
    ("memory", "average", "%", "memory", "swing"),
    ("memory", "maximum", "%", "memory_max", "peak"),
    ("network", "average", "MB/s", "network", "swing"),
    ("connections", "average", "count", "connections", "swing"),
    ("gpu", "average", "%", "gpu", "swing"),
)


def _hours(first_day: str, last_day: str, condition: str = "TRUE") -> str:
    """SELECT of resource x hour for the days from ``first_day`` to ``last_day`` (SQL expressions, inclusive)."""
    noise = "(2 * (wave - floor(wave)) - 1)"
    return f"""
        WITH hours AS (
            SELECT day::DATE AS day, hour, day::DATE - DATE '2020-01-01' AS n,
                   isodow(day) > 5 AS weekend,
                   day(day) = 1 OR day(day + INTERVAL 2 DAY) <= 2 AS month_edge
            FROM generate_series(({first_day})::TIMESTAMP, ({last_day})::TIMESTAMP, INTERVAL 1 DAY) d(day),
                 range({_DAY_HOURS}) h(hour)),
        raw AS (
            SELECT p.*, day, hour,
                   sin(salt + (n * 24 + hour) * 12.9898) * 43758.5453 AS wave,
                   cos(2 * pi() * (hour - phase) / 24) AS sun,
                   CASE WHEN weekend THEN 1 - weekly ELSE 1 + 0.4 * weekly END AS week,
                   1 + drift * sin(2 * pi() * n / 91 + salt) AS season,
                   CASE burst WHEN 'none' THEN FALSE
                              WHEN 'nightly' THEN hour IN (2, 3)
                              WHEN 'month_end' THEN month_edge
                              ELSE (n * 24 + hour + floor(salt)::BIGINT) % 33 = 0 END AS bursts
            FROM live_profiles p, hours
            WHERE day BETWEEN p.alive_from AND p.alive_to AND NOT (weekend AND coalesce(p.sleeps, FALSE))
              AND ({condition})),
        shaped AS (SELECT *, {noise} AS noise, (1 + daily * sun) * week * season * (1 + 0.05 * {noise}) AS shape
                   FROM raw),
        levels AS (
            SELECT *,
                   CASE WHEN bursts THEN burst_cpu * (1 + 0.01 * noise) ELSE cpu * shape END AS cpu_level,
                   memory * (1 + 0.04 * sun + 0.005 * noise) AS memory_level,
                   resource_type <> 'container_services' AS percent
            FROM shaped)
        SELECT number, resource_type, resource_id, salt, day, hour,
               round(if(cpu_level > 99.5 AND percent, 99.5, cpu_level), 4) AS cpu,
               round(if(cpu_level * 1.04 > 100 AND percent, 100, cpu_level * 1.04), 4) AS cpu_max,
               round(memory_level, 4) AS memory, round(memory_level * 1.02, 4) AS memory_max,
               round(network * shape, 6) AS network, round(if(day >= quiet_on, 0, operations * shape), 4) AS operations,
               round(connections * shape, 4) AS connections, round(requests / 24 * shape, 4) AS requests,
               round(if(gpu * shape > 100, 100, gpu * shape), 4) AS gpu,
               round(free_storage * (1 - 0.01 * sun), 4) AS free_storage
        FROM levels
    """


# Sums of decimals do not depend on the order of the rows, which differs from run to run; sums of doubles do.
_EXACT = "DECIMAL(24, 6)"
_MEANS = ", ".join(
    f"({function}({level}::{_EXACT}))::{_EXACT} AS {name}"
    for function, level, name in (
        ("avg", "cpu", "cpu_avg"), ("avg", "memory", "memory_avg"), ("avg", "network", "network"),
        ("86400 * avg", "operations", "operations"), ("avg", "connections", "connections"),
        ("sum", "requests", "requests"), ("avg", "gpu", "gpu"),
    )
)  # fmt: skip


_DAYS_AT_ONCE = 4


def daily_levels(connection: duckdb.DuckDBPyConnection, days: int) -> None:
    """Create work table ``daily_levels``: resource x day of the last ``days`` days, numbers of every metric.

    Needs ``profiles`` and ``resource_plan``. A resource has values on the days on which it runs.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE live_profiles AS
        SELECT p.*, row_number() OVER (ORDER BY p.resource_type, p.id)::INTEGER AS number,
               1000 * chance('salt' || p.id) AS salt,
               r.created_on AS alive_from,
               least(coalesce(r.deleted_on - 1, last_day()), coalesce(p.ends_on, last_day())) AS alive_to
        FROM profiles p JOIN resource_plan r ON r.id = p.id AND r.resource_type = p.resource_type
        WHERE coalesce(p.cpu, p.memory, p.network, p.operations, p.connections, p.requests) IS NOT NULL
        """
    )
    # A few days at a time: every hour of a day is held in memory for the quantiles.
    for newest in range(0, days, _DAYS_AT_ONCE):
        first, last = min(newest + _DAYS_AT_ONCE, days) - 1, newest
        begin = "CREATE OR REPLACE TEMP TABLE daily_levels AS" if newest == 0 else "INSERT INTO daily_levels"
        connection.execute(f"{begin} {_daily_levels_sql(first, last)}")


def _daily_levels_sql(first: int, last: int) -> str:
    """SELECT of the days from ``first`` to ``last`` days before the last one."""
    return f"""
        SELECT p.resource_type, p.id, p.resource_id, p.account_id, d.* EXCLUDE (number)
        FROM live_profiles p JOIN (
            SELECT number, day, {_MEANS}, max(cpu_max) AS cpu_max,
                   quantile_cont(cpu_max, 0.95) AS cpu_p95, quantile_cont(cpu_max, 0.99) AS cpu_p99,
                   max(memory_max) AS mem_max, max(connections) AS connections_max,
                   min(free_storage) AS free_storage,
                   max(cpu) FILTER (hour = 23) AS cpu_now, max(memory) FILTER (hour = 23) AS memory_now
            FROM ({_hours(f"last_day() - {first}", f"last_day() - {last}")}) GROUP BY number, day) d USING (number)
        """


def fill_averages(connection: duckdb.DuckDBPyConnection) -> None:
    """Set the metric columns of the inventory from ``daily_levels``; null where a resource has no values."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE week_levels AS
        SELECT resource_type, id, any_value(resource_id) AS resource_id, avg(cpu_avg) AS cpu_avg,
               avg(memory_avg) AS memory_avg, avg(network) AS network,
               avg(connections) AS connections, avg(requests) AS requests, min(free_storage) AS free_storage,
               max(cpu_now) FILTER (day = last_day()) AS cpu_now,
               max(memory_now) FILTER (day = last_day()) AS memory_now
        FROM daily_levels WHERE day > last_day() - 7 GROUP BY resource_type, id
        """
    )
    for table in dict.fromkeys(name for name, _, _ in AVERAGED):
        columns = [(column, value) for name, column, value in AVERAGED if name == table]
        emptied = ", ".join(f"{column} = NULL" for column, _ in columns)
        assigned = ", ".join(f"{column} = round({value}, 4)" for column, value in columns)
        connection.execute(f"UPDATE {table} SET {emptied}")
        # A node has the series of its machine.
        own = (
            "w.resource_type = 'instances' AND w.resource_id = r.instance_id"
            if table == "container_nodes"
            else f"w.resource_type = '{table}' AND w.id = r.id"
        )
        connection.execute(f"UPDATE {table} AS r SET {assigned} FROM week_levels w WHERE {own}")


_PAYLOAD = (
    ("cpu_avg", "cpu_avg"),
    ("cpu_max", "cpu_max"),
    ("cpu_p95", "cpu_p95"),
    ("cpu_p99", "cpu_p99"),
    ("memory_avg", "memory_avg"),
    ("mem_max", "mem_max"),
    ("network", "network"),
    ("net_in", "network * 0.6 * 86400"),
    ("net_out", "network * 0.4 * 86400"),
    ("disk", "operations"),
    ("read_ops", "operations * 0.6"),
    ("write_ops", "operations * 0.4"),
    ("connections", "connections"),
    ("connections_max", "connections_max"),
    ("requests", "requests"),
    ("gpu_util", "gpu"),
    ("free_storage", "free_storage"),
)
"""Key of the payload, and the value: % for cpu, memory and gpu_util; MB/s for network, MB a day for net_in and net_out;
operations and requests a day; GiB for free_storage."""

_HOURLY_PRICED = (
    "instances", "container_nodes", "rds_instances", "cache_clusters", "managed_services", "streaming_clusters",
    "load_balancers", "nat_gateways",
)  # fmt: skip


def write_daily(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``metrics_daily`` from ``daily_levels``; a key that a resource has no values for is left out."""
    keys = ", ".join(f"'\"{key}\":' || round(({value})::DOUBLE, 4)" for key, value in _PAYLOAD)
    prices = " UNION ALL ".join(
        f"SELECT '{table}' AS resource_type, id, hourly_cost * 24 AS cost FROM {table}" for table in _HOURLY_PRICED
    )
    connection.execute("DELETE FROM metrics_daily")
    connection.execute(
        f"""
        INSERT INTO metrics_daily BY NAME
        SELECT 'met-' || substr(md5(resource_type || id || day), 1, 24) AS id, account_id, resource_type, resource_id,
               day AS date, '{{' || concat_ws(',', {keys}) || '}}' AS metric_payload, cost AS estimated_daily_cost,
               'AWS' AS provider
        FROM daily_levels LEFT JOIN ({prices}) USING (resource_type, id)
        ORDER BY day, resource_type, resource_id, id
        """
    )


def series_sql(days: int, interval_seconds: int = 3600) -> str:
    """SELECT of ``resource_metrics`` for machines, databases and caches; needs ``live_profiles`` of ``daily_levels``.

    It is copied straight to a file, because a large estate has tens of millions of values.

    Args:
        days: last days with values.
        interval_seconds: 3600, or 300 for twelve values an hour.
    """
    types = ", ".join(f"'{name}'" for name in _SERIES_TYPES)
    hours = _hours(f"last_day() - {days - 1}", "last_day()", f"resource_type IN ({types})")
    slots = 3600 // interval_seconds
    swing = "{0} * (1 + greatest(0, least(0.03, (100 - {0}) / greatest({0}, 1))) * sin(2 * pi() * (slot + salt) / 12))"
    peak = "CASE WHEN slot = floor(salt + hour)::BIGINT % 12 THEN {0} ELSE {0} * 0.97 END"
    values = {"swing": "{0}", "peak": "{0}"} if slots == 1 else {"swing": swing, "peak": peak}
    wide = ", ".join(
        f"round({values[kind].format(value)}, 4) AS {metric}_{statistic}"
        for metric, statistic, _, value, kind in _SERIES
    )
    listed = ", ".join(
        f"{{metric: '{metric}', statistic: '{statistic}', unit: '{unit}', value: {metric}_{statistic}}}"
        for metric, statistic, unit, _, _ in _SERIES
    )
    return f"""
        WITH wide AS (
            SELECT resource_type, resource_id,
                   day + to_hours(hour) + to_seconds(slot * {interval_seconds}) AS timestamp,
                   {wide}
            FROM ({hours}), range({slots}) s(slot)),
        long AS (SELECT resource_type, resource_id, timestamp, unnest([{listed}]) AS item FROM wide)
        SELECT resource_id, resource_type, item.metric, item.statistic, item.unit, timestamp,
               {interval_seconds} AS interval_seconds, item.value
        FROM long WHERE item.value IS NOT NULL
    """
