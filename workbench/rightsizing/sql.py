"""The statements of a run, in canonical SQL. Every figure of a result comes from one of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from workbench.engines import Query
from workbench.schema.views import charge_days_sql, json_number

__all__ = [
    "billed_hours", "changes", "commitments", "daily_metrics", "held", "metric_rows", "metric_sizes", "newest_sample",
    "rates_of_exchange",
]  # fmt: skip

_ATTRIBUTE = "json_extract_string({0}.provider_attributes, '/{1}')"


def _attributes(alias: str, *names: str) -> str:
    return ", ".join(f"{_ATTRIBUTE.format(alias, name)} AS {name}" for name in names)


_HELD = {
    "instances": f"""
SELECT t.id, t.instance_id AS resource_id, t.name, t.account_id, t.instance_type, t.env, t.region, t.state,
  t.autoscaling_group_id AS group_id, t.launch_time, t.tags, t.provider, t.optimization_policy,
  {
        _attributes(
            "t",
            "lifecycle",
            "credit_mode",
            "availability_zone",
            "operating_system",
            "platform",
            "tenancy",
            "licence_model",
            "virtualization",
            "kubernetes_cluster",
            "ecs_cluster",
            "managed_by",
            "workload",
            "placement",
            "capacity_reservation_id",
            "local_disk_used_gb",
            "accelerated_networking",
        )
    },
  node.orchestrator AS node_of,
  COALESCE(disks.number, 0) AS volumes
FROM instances AS t
LEFT JOIN (
  SELECT n.instance_id, MAX(COALESCE({_ATTRIBUTE.format("c", "orchestrator")}, 'eks')) AS orchestrator
  FROM container_nodes AS n JOIN container_clusters AS c ON c.id = n.cluster_id GROUP BY n.instance_id
) AS node ON node.instance_id = t.instance_id
LEFT JOIN (
  SELECT attached_instance_id, COUNT(*) AS number FROM volumes
  WHERE attached_instance_id IS NOT NULL GROUP BY attached_instance_id
) AS disks ON disks.attached_instance_id = t.instance_id
ORDER BY t.id
""",
    "autoscaling_groups": f"""
SELECT t.id, t.name AS resource_id, t.name, t.account_id, t.instance_type, t.env, t.region, t.provider,
  t.optimization_policy, {_attributes("t", "target_tracking", "weighted", "managed_by")}
FROM autoscaling_groups AS t ORDER BY t.id
""",
    "rds_instances": f"""
SELECT t.id, t.db_instance_id AS resource_id, t.db_instance_id AS name, t.account_id, t.engine,
  t.instance_class AS instance_type, t.env, t.region, t.state, t.provider, t.optimization_policy,
  {_attributes("t", "multi_az", "licence_model", "replica_of", "promotion_tier")}
FROM rds_instances AS t ORDER BY t.id
""",
    "cache_clusters": """
SELECT t.id, t.cluster_id AS resource_id, t.cluster_id AS name, t.account_id, t.engine, t.node_type AS instance_type,
  t.num_nodes, t.env, t.region, t.provider
FROM cache_clusters AS t ORDER BY t.id
""",
    "volumes": f"""
SELECT t.id, t.volume_id AS resource_id, t.volume_id AS name, t.account_id, t.region, t.size_gib, t.volume_type,
  t.state, t.attached_instance_id, t.tags, t.provider,
  {json_number("t.provider_attributes", "iops")} AS iops,
  {json_number("t.provider_attributes", "throughput")} AS throughput,
  {json_number("t.provider_attributes", "attachments")} AS attachments
FROM volumes AS t ORDER BY t.id
""",
    "container_services": f"""
SELECT t.id, t.name AS resource_id, t.name, c.account_id, t.env, t.region, t.requested_cpu, t.requested_memory_mb,
  t.replica_count, t.provider, c.name AS cluster_name, {_attributes("t", "orchestrator", "autoscaler")}
FROM container_services AS t LEFT JOIN container_clusters AS c ON c.id = t.cluster_id ORDER BY t.id
""",
    "lambda_functions": """
SELECT t.id, t.name AS resource_id, t.name, t.account_id, t.env, t.region, t.memory_mb, t.provider
FROM lambda_functions AS t ORDER BY t.id
""",
    "managed_services": """
SELECT t.id, t.name AS resource_id, t.name, t.account_id, t.env, t.region, t.instance_type, t.service_type, t.provider
FROM managed_services AS t ORDER BY t.id
""",
    "streaming_clusters": """
SELECT t.id, t.name AS resource_id, t.name, t.account_id, t.env, t.region, t.engine, t.shard_count, t.provider
FROM streaming_clusters AS t ORDER BY t.id
""",
}


def held(kind: str) -> Query:
    """What the inventory says of all resources of a kind."""
    return Query(f"Inventory: {kind}", _HELD[kind].strip())


def changes(kind: str, first: date) -> Query:
    """Last change of size of each resource since a day."""
    fields = {"instances": "'instance_type'", "rds_instances": "'instance_class'", "cache_clusters": "'node_type'"}
    sql = (
        "SELECT resource_id, MAX(changed_at) AS changed FROM resource_change_events"
        f" WHERE resource_type = $kind AND field_name IN ({fields[kind]}, 'operating_system')"
        " AND changed_at >= CAST($first AS TIMESTAMP) GROUP BY resource_id ORDER BY resource_id"
    )
    return Query("Changes of size", sql, (("first", datetime.combine(first, time())), ("kind", kind)))


def newest_sample() -> Query:
    """Time of the newest sample."""
    return Query("Newest sample", "SELECT MAX(timestamp) AS last FROM resource_metrics")


def _window(first: date, last: date) -> tuple[tuple[str, datetime], tuple[str, datetime]]:
    return ("first", datetime.combine(first, time())), ("ends", datetime.combine(last + timedelta(days=1), time()))


def metric_sizes(kind: str, first: date, last: date) -> Query:
    """How many samples each resource has in the window, in the order of ids."""
    sql = (
        "SELECT resource_id, COUNT(*) AS samples, MIN(CASE WHEN metric = 'cpu' THEN interval_seconds END) AS step"
        " FROM resource_metrics WHERE resource_type = $kind"
        " AND timestamp >= CAST($first AS TIMESTAMP) AND timestamp < CAST($ends AS TIMESTAMP)"
        " GROUP BY resource_id ORDER BY resource_id"
    )
    return Query("Samples by resource", sql, (("kind", kind), *_window(first, last)))


def metric_rows(kind: str, first: date, last: date, low: str, high: str) -> Query:
    """All samples of the resources from one id to another."""
    sql = (
        "SELECT resource_id, metric, statistic, unit, interval_seconds,"
        " CAST(EXTRACT(EPOCH FROM timestamp) AS BIGINT) AS second, value FROM resource_metrics"
        " WHERE resource_type = $kind AND resource_id BETWEEN $low AND $high AND value IS NOT NULL"
        " AND timestamp >= CAST($first AS TIMESTAMP) AND timestamp < CAST($ends AS TIMESTAMP)"
    )
    return Query("Samples", sql, (("high", high), ("kind", kind), ("low", low), *_window(first, last)))


_DAILY = ("cpu_avg", "cpu_max", "cpu_p95", "mem_max", "network", "disk")


def daily_metrics(kind: str, first: date, last: date) -> Query:
    """Daily values of a kind: percent; operations and requests a day; of container services cores and MB."""
    numbers = ", ".join(f"{json_number('metric_payload', name)} AS {name}" for name in _DAILY)
    sql = (
        f"SELECT resource_id, date, {numbers} FROM metrics_daily WHERE resource_type = $kind"
        " AND date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) ORDER BY resource_id, date"
    )
    return Query("Daily metrics", sql, (("first", first), ("kind", kind), ("last", last)))


def billed_hours(first: date, last: date) -> Query:
    """Machine hours of the bill: by resource, what ran, what paid for it, and working days or weekends."""
    lines = charge_days_sql(
        " AND charge_period_start >= CAST($first AS TIMESTAMP) AND charge_period_start < CAST($ends AS TIMESTAMP)",
        " AND charge_date >= CAST($first AS TIMESTAMP) AND charge_date < CAST($ends AS TIMESTAMP)",
    )
    sql = f"""
SELECT resource_id, sub_account_id, billing_currency, service_category, region_id, x_usage_type AS usage_type,
  x_operation AS operation, json_extract_string(sku_price_details, '/InstanceType') AS instance_type,
  json_extract_string(sku_price_details, '/OperatingSystem') AS operating_system, pricing_category,
  commitment_discount_id AS commitment, commitment_discount_type AS commitment_type,
  commitment_discount_status AS commitment_status, EXTRACT(ISODOW FROM charge_date) > 5 AS weekend,
  CAST(SUM(COALESCE(consumed_quantity, pricing_quantity)) AS DOUBLE) AS hours,
  CAST(SUM(list_cost) AS DOUBLE) AS list_cost, CAST(SUM(contracted_cost) AS DOUBLE) AS contracted_cost,
  CAST(SUM(effective_cost) AS DOUBLE) AS effective_cost, COUNT(DISTINCT charge_date) AS days
FROM ({lines}) AS lines
WHERE charge_category = 'Usage' AND service_category IN ('Compute', 'Databases')
  AND LOWER(COALESCE(consumed_unit, pricing_unit)) IN ('hours', 'hour', 'hrs', 'hr')
GROUP BY resource_id, sub_account_id, billing_currency, service_category, region_id, x_usage_type, x_operation,
  json_extract_string(sku_price_details, '/InstanceType'),
  json_extract_string(sku_price_details, '/OperatingSystem'), pricing_category, commitment_discount_id,
  commitment_discount_type, commitment_discount_status, EXTRACT(ISODOW FROM charge_date) > 5
ORDER BY resource_id, sub_account_id, usage_type, operation, commitment, weekend, commitment_status, pricing_category
"""
    return Query("Billed hours by what paid for them", sql.strip(), _window(first, last))


def commitments(first: date, last: date) -> Query:
    """Commitments on the bill: what each cost in the window, used and unused."""
    lines = charge_days_sql(
        " AND charge_period_start >= CAST($first AS TIMESTAMP) AND charge_period_start < CAST($ends AS TIMESTAMP)",
        " AND charge_date >= CAST($first AS TIMESTAMP) AND charge_date < CAST($ends AS TIMESTAMP)",
    )
    sql = f"""
SELECT billed.*, known.end_date, known.scope, known.owner FROM (
SELECT commitment_discount_id AS commitment, MAX(commitment_discount_type) AS commitment_type,
  MAX(commitment_discount_name) AS name, MAX(billing_currency) AS currency, MAX(service_name) AS service_name,
  MAX(CASE WHEN sub_account_id IS NOT NULL AND commitment_discount_status = 'Unused' THEN sub_account_id END)
    AS unused_account,
  CAST(SUM(effective_cost) AS DOUBLE) AS cost, COUNT(DISTINCT charge_date) AS days,
  CAST(SUM(CASE WHEN commitment_discount_status = 'Unused' THEN COALESCE(pricing_quantity, 0) ELSE 0 END) AS DOUBLE)
    AS unused,
  CAST(SUM(CASE WHEN commitment_discount_status = 'Used' THEN COALESCE(consumed_quantity, pricing_quantity, 0)
    ELSE 0 END) AS DOUBLE) AS used,
  MAX(charge_date) AS last_day
FROM ({lines}) AS lines
WHERE commitment_discount_id IS NOT NULL AND charge_category = 'Usage'
GROUP BY commitment_discount_id
) AS billed
LEFT JOIN (
  SELECT COALESCE(json_extract_string(c.provider_attributes, '/arn'), c.id) AS name, MAX(c.end_date) AS end_date,
    MAX(c.scope) AS scope, MAX(a.account_number) AS owner
  FROM commitments AS c LEFT JOIN cloud_accounts AS a ON a.id = c.account_id
  GROUP BY COALESCE(json_extract_string(c.provider_attributes, '/arn'), c.id)
) AS known ON known.name = billed.commitment
ORDER BY billed.commitment
"""
    return Query("Commitments on the bill", sql.strip(), _window(first, last))


def rates_of_exchange(last: date) -> Query:
    """The newest stated rate of each pair up to a day."""
    sql = (
        "SELECT from_currency, to_currency, CAST(rate AS DOUBLE) AS rate, rates.date FROM exchange_rates AS rates"
        " JOIN (SELECT from_currency AS f, to_currency AS t, MAX(date) AS day FROM exchange_rates"
        " WHERE date <= CAST($last AS DATE) GROUP BY from_currency, to_currency) AS newest"
        " ON newest.f = from_currency AND newest.t = to_currency AND newest.day = rates.date"
        " ORDER BY from_currency, to_currency"
    )
    return Query("Exchange rates", sql, (("last", last),))
