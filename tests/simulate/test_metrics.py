"""Metrics of the simulated estate: one series, seen hourly, daily, as a mean of seven days and in five minutes."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.support.small_estate import with_cases
from workbench.simulate.metrics import series_sql, write_daily

DAYS = 14


@pytest.fixture(scope="module")
def estate() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = with_cases(days=34)
    write_daily(connection)
    connection.execute(f"INSERT INTO resource_metrics BY NAME {series_sql(DAYS)}")
    yield connection
    connection.close()


def rows(estate: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    return estate.execute(sql).fetchall()


def test_hours_days_and_week_agree(estate):
    """The hourly averages of a day give its cpu_avg, those of seven days the inventory's average."""
    differing = rows(
        estate,
        """WITH hours AS (SELECT resource_id, timestamp::DATE AS date, avg(value) AS mean, count(*) AS n
                          FROM resource_metrics WHERE metric = 'cpu' AND statistic = 'average' GROUP BY ALL),
                days AS (SELECT resource_id, date, (metric_payload->>'cpu_avg')::DOUBLE AS cpu FROM metrics_daily)
           SELECT * FROM hours JOIN days USING (resource_id, date) WHERE n <> 24 OR abs(mean - cpu) > 1e-3""",
    )
    assert differing == []
    assert (
        rows(
            estate,
            """SELECT i.instance_id FROM instances i JOIN resource_metrics m ON m.resource_id = i.instance_id
               WHERE metric = 'cpu' AND statistic = 'average' AND timestamp >= TIMESTAMP '2026-11-14'
               GROUP BY ALL HAVING abs(avg(value) - any_value(avg_cpu_7d)) > 1e-3
                      OR (count(*) <> 168 AND any_value(state) = 'running'
                              AND any_value(launch_time) < TIMESTAMP '2026-11-14'
                              AND any_value(provider_attributes) NOT LIKE '%schedule%')""",
        )
        == []
    )


def test_a_day_keeps_the_largest_maximum_of_its_hours(estate):
    assert (
        rows(
            estate,
            """SELECT resource_id, timestamp::DATE AS date, max(value) AS top
               FROM resource_metrics WHERE metric = 'cpu' AND statistic = 'maximum' GROUP BY ALL
               EXCEPT SELECT resource_id, date, (metric_payload->>'cpu_max')::DOUBLE FROM metrics_daily""",
        )
        == []
    )


def test_percentages_stay_percentages(estate):
    assert rows(estate, "SELECT * FROM resource_metrics WHERE unit = '%' AND NOT value BETWEEN 0 AND 100") == []


def test_weekdays_are_busier_than_weekends_and_days_than_nights(estate):
    weekday, weekend, day, night = rows(
        estate,
        """SELECT avg(value) FILTER (isodow(timestamp) < 6), avg(value) FILTER (isodow(timestamp) > 5),
                  avg(value) FILTER (hour(timestamp) BETWEEN 11 AND 17), avg(value) FILTER (hour(timestamp) < 4)
           FROM resource_metrics WHERE metric = 'cpu' AND statistic = 'average'""",
    )[0]
    assert weekend < weekday * 0.95
    assert night < day * 0.7


def test_an_unknown_metric_has_no_rows_and_no_key(estate):
    unknown = """SELECT id FROM picks WHERE check_id = 'ec2_idle' AND role = 'unknown'"""
    silent = f"SELECT instance_id FROM instances WHERE id IN ({unknown})"
    assert rows(estate, f"SELECT * FROM resource_metrics WHERE resource_id IN ({silent})") == []
    without_agent = rows(
        estate,
        """SELECT count(*), count(*) FILTER (metric_payload LIKE '%memory%') FROM metrics_daily d
           JOIN profiles p USING (resource_id) WHERE p.resource_type = 'instances' AND p.memory IS NULL""",
    )[0]
    assert without_agent[0] > 0
    assert without_agent[1] == 0


def test_the_best_size_carries_the_load_and_the_next_smaller_does_not(estate):
    """Projected on the best size: the busiest hour below 80 % CPU and memory; on half of that: above 80 % of either."""
    wrong = rows(
        estate,
        """WITH peaks AS (
               SELECT resource_id, max((metric_payload->>'cpu_max')::DOUBLE) AS cpu,
                      max((metric_payload->>'mem_max')::DOUBLE) AS memory FROM metrics_daily GROUP BY ALL)
           SELECT s.*, cpu, memory FROM truth_sizes s JOIN peaks USING (resource_id)
           WHERE resource_type = 'instances' AND finding = 'over'
             AND NOT (greatest(cpu, memory) / price_share < 80 AND greatest(cpu, memory) / price_share * 2 > 80)""",
    )
    assert wrong == []


def test_month_end_shows_only_in_a_window_that_has_one(estate):
    """Sizes from fourteen quiet days in mid-month would be too small: the last days of October ran at 92 %."""
    peaks = rows(
        estate,
        """SELECT max((metric_payload->>'cpu_max')::DOUBLE) FILTER (date BETWEEN '2026-11-05' AND '2026-11-18'),
                  min((metric_payload->>'cpu_max')::DOUBLE) FILTER (date = '2026-10-31')
           FROM metrics_daily JOIN profiles USING (resource_id) WHERE burst = 'month_end'""",
    )[0]
    assert peaks[0] < 45
    assert peaks[1] > 90


def test_five_minute_values_spread_the_hours(estate):
    estate.execute(f"CREATE OR REPLACE TEMP TABLE fine AS {series_sql(1, 300)}")
    assert rows(estate, "SELECT DISTINCT interval_seconds FROM fine") == [(300,)]
    differing = rows(
        estate,
        """SELECT resource_id, metric, statistic, date_trunc('hour', f.timestamp) AS hour
           FROM (SELECT * FROM resource_metrics WHERE timestamp >= TIMESTAMP '2026-11-20') h
           FULL JOIN fine f USING (resource_id, metric, statistic)
           WHERE h.timestamp IS NULL OR date_trunc('hour', f.timestamp) = h.timestamp
           GROUP BY ALL
           HAVING count(*) <> 12 OR abs(CASE statistic WHEN 'average' THEN avg(f.value) ELSE max(f.value) END
                                        - any_value(h.value)) > 1e-3""",
    )
    assert differing == []
