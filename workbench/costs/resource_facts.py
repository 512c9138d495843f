"""What belongs to a resource, what changed about it, and its metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

from workbench.costs.plan import Statement
from workbench.costs.provenance import Listing
from workbench.costs.resolve import ResolvedView
from workbench.engines import Engine, Query
from workbench.schema.charges import COSTS
from workbench.schema.resources import kind_of

__all__ = ["Metrics", "Reading", "changes", "four_costs", "metrics", "relations"]

_CHANGES = 200
_RELATED = 500
_HOURLY_DAYS = 45
"""Longer periods are drawn a day a point."""

# (relation as seen from the resource, inventory table of the other, condition on ``other`` with the resource's $id).
_RELATIONS: tuple[tuple[str, str, str], ...] = (
    ("attached volume", "volumes", "other.attached_instance_id = $id"),
    ("attached to", "instances",
     "other.instance_id IN (SELECT attached_instance_id FROM volumes WHERE volume_id = $id)"),
    ("snapshot of it", "snapshots", "other.source_volume_id = $id"),
    ("copy of", "volumes", "other.volume_id IN (SELECT source_volume_id FROM snapshots WHERE snapshot_id = $id)"),
    ("address", "elastic_ips", "other.associated_instance_id = $id OR other.associated_lb_arn = $id"),
    ("address of", "instances",
     "other.instance_id IN (SELECT associated_instance_id FROM elastic_ips WHERE allocation_id = $id)"),
    ("address of", "load_balancers",
     "other.lb_arn IN (SELECT associated_lb_arn FROM elastic_ips WHERE allocation_id = $id)"),
    ("member", "instances",
     "other.autoscaling_group_id IN (SELECT id FROM autoscaling_groups WHERE name = $id)"),
    ("member of", "autoscaling_groups",
     "other.id IN (SELECT autoscaling_group_id FROM instances WHERE instance_id = $id)"),
    ("node", "container_nodes", "other.cluster_id IN (SELECT id FROM container_clusters WHERE name = $id)"),
    ("service", "container_services", "other.cluster_id IN (SELECT id FROM container_clusters WHERE name = $id)"),
    ("node of", "container_clusters", "other.id IN (SELECT cluster_id FROM container_nodes WHERE instance_id = $id)"),
    ("runs on", "container_clusters", "other.id IN (SELECT cluster_id FROM container_services WHERE name = $id)"),
)  # fmt: skip


def four_costs(engine: Engine, view: ResolvedView) -> Listing:
    """The four costs of the view side by side: one row, amounts in its currency, null where no line states one."""
    statement = Statement(view)
    sums = ", ".join(f"SUM({cost}) AS {cost}" for cost in COSTS)
    query = statement.query(
        "Costs on every basis",
        f"SELECT {sums}, {statement.lines} AS lines FROM {statement.table} WHERE {statement.where_now()}",
    )
    return Listing(engine.run(query), (query,))


def relations(engine: Engine, resource_id: str) -> Listing:
    """Resources of the inventory that belong to one: volumes, snapshots, addresses, members, nodes, and the reverse.

    Columns: ``relation``, ``resource_type``, ``resource_id``, ``name``, ``state``, ``size``, ``cost_30d``,
    ``cost_currency``; at most 500.
    """
    parts = []
    for relation, table, condition in _RELATIONS:
        kind = kind_of(table)
        assert kind is not None  # the relations above name tables of resources  # noqa: S101
        parts.append(
            f"SELECT '{relation}' AS relation, '{table}' AS inventory_table, other.id AS inventory_id"
            f" FROM {table} AS other WHERE {condition}"
        )
    query = Query(
        "What belongs to it",
        f"""SELECT related.relation, known.resource_type, known.resource_id, known.name, known.state, known.size,
  known.cost_30d, known.cost_currency
FROM (
  {" UNION ALL ".join(parts)}
) AS related
JOIN resources AS known ON known.inventory_table = related.inventory_table
  AND known.inventory_id = related.inventory_id
WHERE known.resource_id <> $id OR known.inventory_table <> related.inventory_table
ORDER BY related.relation, known.resource_id, known.inventory_id LIMIT {_RELATED}""",
        (("id", resource_id),),
    )
    return Listing(engine.run(query), (query,))


def changes(engine: Engine, resource_id: str) -> Listing:
    """Recorded changes of its fields, newest first; at most 200."""
    query = Query(
        "Changes of the resource",
        "SELECT changed_at, field_name, old_value, new_value, change_source FROM resource_change_events"
        f" WHERE resource_id = $id ORDER BY changed_at DESC NULLS LAST, field_name, id LIMIT {_CHANGES}",
        (("id", resource_id),),
    )
    return Listing(engine.run(query), (query,))


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric over time: ``times`` are starts of intervals in UTC, ``values`` one each."""

    metric: str
    statistic: str
    unit: str
    times: tuple[datetime, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Metrics:
    """Metrics of one resource in a period.

    Attributes:
        readings: by unit, metric and statistic.
        table: the same, a row a reading: ``metric``, ``statistic``, ``unit``, ``time``, ``value``.
        newest: when the newest value of any period is from; None when nothing is loaded for it.
        queries: in the order they ran.
    """

    readings: tuple[Reading, ...]
    table: pa.Table
    newest: date | None
    queries: tuple[Query, ...]


def metrics(engine: Engine, resource_id: str, first: date, last: date) -> Metrics:
    """Metrics from ``first`` to ``last``, both included: the series where there is one, else the daily payload.

    Values are a point an hour, or a day for long periods: the mean of averages, the extreme of maxima and minima, the
    sum of sums.
    """
    step = "hour" if (last - first).days < _HOURLY_DAYS else "day"
    series = Query(
        f"Metrics by {step}",
        f"""SELECT metric, statistic, unit, CAST(date_trunc('{step}', timestamp) AS TIMESTAMP) AS time,
  CASE statistic WHEN 'maximum' THEN MAX(value) WHEN 'minimum' THEN MIN(value) WHEN 'sum' THEN SUM(value)
    ELSE AVG(value) END AS value
FROM resource_metrics
WHERE resource_id = $id AND timestamp >= CAST($first AS TIMESTAMP) AND timestamp < CAST($after AS TIMESTAMP)
  AND value IS NOT NULL
GROUP BY metric, statistic, unit, CAST(date_trunc('{step}', timestamp) AS TIMESTAMP)
ORDER BY unit, metric, statistic, time""",
        (("id", resource_id), ("first", _midnight(first)), ("after", _midnight(last + timedelta(days=1)))),
    )
    daily = Query(
        "Metrics by day",
        "SELECT date, metric_payload FROM metrics_daily WHERE resource_id = $id"
        " AND date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) ORDER BY date, id",
        (("id", resource_id), ("first", first), ("last", last)),
    )
    newest = Query(
        "Newest metric",
        "SELECT GREATEST((SELECT CAST(MAX(timestamp) AS DATE) FROM resource_metrics WHERE resource_id = $id),"
        " (SELECT MAX(date) FROM metrics_daily WHERE resource_id = $id)) AS newest",
        (("id", resource_id),),
    )
    rows = engine.run(series).to_pylist()
    queries: tuple[Query, ...] = (series,)
    if not rows:
        rows = sorted(_payload_rows(engine.run(daily).to_pylist()), key=_key)
        queries = (series, daily)
    known: date | None = engine.run(newest).column("newest")[0].as_py()
    return Metrics(_readings(rows), pa.Table.from_pylist(rows, schema=_SCHEMA), known, (*queries, newest))


_SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("statistic", pa.string()),
        ("unit", pa.string()),
        ("time", pa.timestamp("us")),
        ("value", pa.float64()),
    ]
)
_STATISTICS = {"_avg": "average", "_max": "maximum", "_min": "minimum", "_p95": "95th percentile",
               "_p99": "99th percentile"}  # fmt: skip
_PERCENT = ("cpu", "memory", "mem", "gpu_util")


def _payload_rows(days: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Numbers of the daily payloads, as rows of the series; keys say the statistic, ``cpu_avg``, ``cpu_p95``."""
    for day in days:
        payload = json.loads(day["metric_payload"] or "{}")
        for key, value in payload.items() if isinstance(payload, dict) else ():
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            suffix = next((one for one in _STATISTICS if key.endswith(one)), "")
            metric = key.removesuffix(suffix)
            yield {
                "metric": metric,
                "statistic": _STATISTICS.get(suffix, "daily"),
                "unit": "%" if metric in _PERCENT else "a day",
                "time": _midnight(day["date"]),
                "value": float(value),
            }


def _readings(rows: list[dict[str, Any]]) -> tuple[Reading, ...]:
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["metric"], row["statistic"], row["unit"]), []).append(row)
    return tuple(
        Reading(*names, tuple(row["time"] for row in group), tuple(row["value"] for row in group))
        for names, group in groups.items()
    )


def _key(row: dict[str, Any]) -> tuple[str, str, str, datetime]:
    return row["unit"], row["metric"], row["statistic"], row["time"]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
