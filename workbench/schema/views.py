"""Views of the analytics schema, as canonical SQL; each engine creates them after the tables, in this order.

They keep to what both engines do alike: no grouping by JSON, whole numbers and amounts cast to their declared type,
numbers read from JSON text only where the text is one.
"""

from __future__ import annotations

from workbench.schema.compact import columns
from workbench.schema.model import View, literal, quote
from workbench.schema.resources import inventory_sql
from workbench.schema.tables import CHARGE_SPREADS

__all__ = ["VIEWS", "charge_days_sql", "json_number"]

_COLUMNS = ", ".join(quote(name) for name in CHARGE_SPREADS.names)
_PLAIN = ", ".join(
    "CAST(charge_period_start AS DATE) AS charge_date" if name == "charge_date" else quote(name)
    for name in CHARGE_SPREADS.names
)


def charge_days_sql(of_charges: str = "", of_spreads: str = "") -> str:
    """The SELECT of ``charge_days``, with a further condition on each of its halves (beginning with AND)."""
    return (
        f"SELECT {_PLAIN} FROM charges WHERE NOT x_spread{of_charges}"
        f" UNION ALL SELECT {_COLUMNS} FROM charge_spreads WHERE TRUE{of_spreads}"
    )


def _view(name: str, grain: str, source: str, sql: str, *parts: str) -> View:
    return View(name, grain, columns(*parts, source=source), source, sql)


# -- the registry -----------------------------------------------------------------------------------------------------

# Context of the business → the tag keys it is read from, in this order; AWS bills put "user:" before the key.
_CONTEXT: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("team", "Team, from its tag", ("team", "Team", "owner_team")),
    ("app", "Application, from its tag", ("app", "App", "application", "Application", "project", "Project")),
    ("cost_center", "Cost centre, from its tag", ("cost_center", "cost-center", "CostCenter", "costcenter")),
    ("owner", "Who answers for it, from its tag", ("owner", "Owner", "owner_email")),
)


def _tag(tags: str, keys: tuple[str, ...]) -> str:
    spellings = [f"/{prefix}{key}" for prefix in ("", "user:") for key in keys]
    return "COALESCE(" + ", ".join(f"json_extract_string({tags}, {literal(one)})" for one in spellings) + ")"


_RESOURCES = f"""
SELECT provider, resource_id, name, resource_type, service_category, service_name, region, account_id, account_number,
  account_name, COALESCE(env, {_tag("tags", ("env", "Env", "environment", "Environment"))}) AS env,
  state, size, list_cost_month, cost_30d, cost_currency, cost_currencies, first_charge_date, last_charge_date,
  {", ".join(f"{_tag('tags', keys)} AS {name}" for name, _, keys in _CONTEXT)},
  created_at, optimization_policy, optimization_freeze_until, tags, provider_attributes, in_inventory, on_bill,
  inventory_table, inventory_id
FROM (
  SELECT held.provider, held.resource_id, COALESCE(held.name, billed.resource_name, held.resource_id) AS name,
    held.inventory_table AS resource_type, COALESCE(billed.service_category, held.service_category) AS service_category,
    billed.service_name, COALESCE(held.region, billed.region_id) AS region, held.account_id,
    COALESCE(account.account_number, billed.sub_account_id) AS account_number,
    COALESCE(account.name, billed.sub_account_name) AS account_name, held.env, held.state, held.size,
    held.list_cost_month, CASE WHEN billed.currencies = 1 THEN billed.effective_cost_30d END AS cost_30d,
    CASE WHEN billed.currencies = 1 THEN billed.billing_currency END AS cost_currency,
    billed.currencies AS cost_currencies, billed.first_charge_date, billed.last_charge_date, held.created_at,
    held.optimization_policy, held.optimization_freeze_until, COALESCE(held.tags, billed.tags) AS tags,
    held.provider_attributes, TRUE AS in_inventory, billed.resource_id IS NOT NULL AS on_bill,
    held.inventory_table, held.inventory_id
  FROM (
{inventory_sql()}
  ) AS held
  LEFT JOIN cloud_accounts AS account ON account.id = held.account_id
  LEFT JOIN resource_costs AS billed ON billed.inventory_table = held.inventory_table
    AND billed.inventory_id = held.inventory_id AND billed.main_currency
  UNION ALL
  SELECT provider_name, resource_id, resource_name, resource_type, service_category, service_name, region_id, NULL,
    sub_account_id, sub_account_name, NULL, NULL, NULL, NULL,
    CASE WHEN currencies = 1 THEN effective_cost_30d END, CASE WHEN currencies = 1 THEN billing_currency END,
    currencies, first_charge_date, last_charge_date, NULL, NULL, NULL, tags, NULL, FALSE, TRUE, NULL, NULL
  FROM resource_costs WHERE inventory_id IS NULL AND main_currency
) AS registry
""".strip()

# -- what the requirements derive from it -----------------------------------------------------------------------------

_NUMBER = "'^-?[0-9]{1,15}([.][0-9]{1,15})?$'"


def json_number(document: str, key: str) -> str:
    """Canonical SQL for the number at ``key`` of a JSON object; null where it is none."""
    return _number(f"json_extract_string({document}, {literal('/' + key)})")


def _number(text: str, kind: str = "DOUBLE") -> str:
    """A number out of a JSON text; null where it is none."""
    pattern = _NUMBER if kind == "DOUBLE" else "'^-?[0-9]{1,15}$'"
    return f"CASE WHEN regexp_matches({text}, {pattern}) THEN CAST({text} AS {kind}) END"


def _attribute(name: str, kind: str = "") -> str:
    text = f"json_extract_string(provider_attributes, '/{name}')"
    return _number(text, kind) if kind else text


def _reading(key: str, aggregate: str) -> str:
    text = f"json_extract_string(metric_payload, '/{key}')"
    return f"CAST({aggregate}({_number(text)}) AS DOUBLE)"


_MONTHLY_COSTS = """
SELECT resource_id, billing_currency, CAST(date_trunc('month', charge_date) AS DATE) AS period_start,
  SUM(effective_cost) AS total_cost, COUNT(DISTINCT charge_date) AS days
FROM daily_resource_costs WHERE resource_id IS NOT NULL
GROUP BY resource_id, billing_currency, CAST(date_trunc('month', charge_date) AS DATE)
""".strip()

_MONTH_END = "CAST({0} + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE)"

_USAGE = f"""
SELECT usage.resource_id, usage.resource_type, usage.period_start, {_MONTH_END.format("usage.period_start")}
    AS period_end, usage.days_measured, usage.avg_cpu_utilization, usage.max_cpu_utilization,
  usage.avg_memory_utilization, usage.max_memory_utilization, usage.io_operations, usage.ingress_traffic_gb,
  usage.egress_traffic_gb, usage.connection_count, costs.total_cost, costs.billing_currency,
  CAST(costs.total_cost AS DOUBLE) / (costs.days * 24) AS cost_per_hour
FROM (
  SELECT resource_id, resource_type, CAST(date_trunc('month', date) AS DATE) AS period_start,
    COUNT(DISTINCT date) AS days_measured, {_reading("cpu_avg", "AVG")} AS avg_cpu_utilization,
    {_reading("cpu_max", "MAX")} AS max_cpu_utilization, {_reading("memory_avg", "AVG")} AS avg_memory_utilization,
    {_reading("mem_max", "MAX")} AS max_memory_utilization, {_reading("disk", "SUM")} AS io_operations,
    {_reading("net_in", "SUM")} / 1000 AS ingress_traffic_gb, {_reading("net_out", "SUM")} / 1000 AS egress_traffic_gb,
    {_reading("connections", "AVG")} AS connection_count
  FROM metrics_daily GROUP BY resource_id, resource_type, CAST(date_trunc('month', date) AS DATE)
) AS usage
LEFT JOIN (
  SELECT resource_id, period_start, CASE WHEN COUNT(*) = 1 THEN SUM(total_cost) END AS total_cost,
    CASE WHEN COUNT(*) = 1 THEN MAX(billing_currency) END AS billing_currency, MAX(days) AS days
  FROM (
{_MONTHLY_COSTS}
  ) AS months GROUP BY resource_id, period_start
) AS costs ON costs.resource_id = usage.resource_id AND costs.period_start = usage.period_start
""".strip()

# Costs of two months are compared only where the bill covers both to their ends.
_TRENDS = f"""
SELECT resource_id, billing_currency, period_start, period_end, complete, total_cost, previous_cost,
  total_cost - previous_cost AS cost_variance,
  CASE WHEN previous_cost IS NULL OR total_cost IS NULL THEN NULL
    WHEN total_cost - previous_cost > ABS(previous_cost) * 0.05 THEN 'increasing'
    WHEN previous_cost - total_cost > ABS(previous_cost) * 0.05 THEN 'decreasing'
    ELSE 'stable' END AS cost_trend
FROM (
  SELECT resource_id, billing_currency, period_start, period_end, complete, total_cost,
    CASE WHEN complete AND LAG(complete) OVER of_resource
      AND LAG(period_end) OVER of_resource = period_start - 1 THEN LAG(total_cost) OVER of_resource END AS previous_cost
  FROM (
    SELECT months.resource_id, months.billing_currency, months.period_start, months.total_cost,
      {_MONTH_END.format("months.period_start")} AS period_end,
      cover.first_day <= months.period_start
        AND cover.last_day >= {_MONTH_END.format("months.period_start")} AS complete
    FROM (
{_MONTHLY_COSTS}
    ) AS months
    CROSS JOIN (
      SELECT MIN(charge_date) AS first_day, MAX(charge_date) AS last_day
      FROM daily_costs WHERE charge_class IS NULL AND charge_count > 0
    ) AS cover
  ) AS ended
  WINDOW of_resource AS (PARTITION BY resource_id, billing_currency ORDER BY period_start)
) AS compared
""".strip()

_CLUSTERS = """
SELECT held.id AS cluster_id, held.provider, held.account_id, held.name AS cluster_name,
  json_extract_string(held.provider_attributes, '/orchestrator') AS cluster_type, held.region, held.env,
  held.node_instance_type, held.desired_nodes, held.min_nodes, held.max_nodes,
  COALESCE(nodes.running, 0) AS running_nodes, COALESCE(services.number, 0) AS services, held.estimated_hourly_cost
FROM container_clusters AS held
LEFT JOIN (
  SELECT cluster_id, COUNT(*) FILTER (WHERE state = 'running') AS running FROM container_nodes GROUP BY cluster_id
) AS nodes ON nodes.cluster_id = held.id
LEFT JOIN (SELECT cluster_id, COUNT(*) AS number FROM container_services GROUP BY cluster_id) AS services
  ON services.cluster_id = held.id
""".strip()

_CLUSTER_RESOURCES = """
SELECT cluster_id, 'container_nodes' AS resource_type, COALESCE(instance_id, id) AS resource_id, id AS inventory_id
FROM container_nodes
UNION ALL
SELECT cluster_id, 'container_services', name, id FROM container_services
""".strip()

_YANDEX = f"""
SELECT resource_id, name, resource_type, region, account_number, state,
  COALESCE({_attribute("instance_type")}, CASE WHEN resource_type = 'instances' THEN size END) AS instance_type,
  {_attribute("cpu_cores", "BIGINT")} AS cpu_cores, {_attribute("memory_gb", "DOUBLE")} AS memory_gb,
  {_attribute("operating_system")} AS operating_system, {_attribute("platform")} AS platform,
  {_attribute("disk_type")} AS disk_type, {_attribute("disk_size_gb", "BIGINT")} AS disk_size_gb,
  {_attribute("storage_class")} AS storage_class, {_attribute("ip_addresses")} AS ip_addresses,
  {_attribute("security_groups")} AS security_groups, {_attribute("folder_id")} AS folder_id,
  {_attribute("cloud_id")} AS cloud_id, {_attribute("organization_id")} AS organization_id
FROM resources WHERE in_inventory AND LOWER(provider) LIKE 'yandex%'
""".strip()

_SELECTEL = f"""
SELECT resource_id, name, resource_type, region, account_number, state,
  COALESCE({_attribute("flavor")}, CASE WHEN resource_type = 'instances' THEN size END) AS flavor,
  {_attribute("cpu_cores", "BIGINT")} AS cpu_cores, {_attribute("memory_gb", "DOUBLE")} AS memory_gb,
  {_attribute("operating_system")} AS operating_system, {_attribute("volume_type")} AS volume_type,
  {_attribute("volume_size_gb", "BIGINT")} AS volume_size_gb, {_attribute("ip_addresses")} AS ip_addresses,
  {_attribute("security_groups")} AS security_groups, {_attribute("project_id")} AS project_id,
  {_attribute("datacenter")} AS datacenter
FROM resources WHERE in_inventory AND LOWER(provider) LIKE 'selectel%'
""".strip()

_PROVIDER_OWN = (
    "resource_id text - Provider's id",
    "name text - Display name",
    "resource_type text - Inventory table it is in",
    "region text - Provider's code of the region",
    "account_number text - Provider's number of the account",
    "state text - Life-cycle state",
)
_SHARED_ATTRIBUTES = (
    "cpu_cores int cores Processors",
    "memory_gb number GB Memory",
    "operating_system text - Operating system and its version",
)
_NETWORK_ATTRIBUTES = (
    "ip_addresses text - Addresses, a JSON list",
    "security_groups text - Ids of its security groups, a JSON list",
)

VIEWS: tuple[View, ...] = (
    View(
        "charge_days",
        "charge line on the UTC day it belongs to; a spread fee has a row on each day it covers",
        CHARGE_SPREADS.columns,
        "charges and charge_spreads",
        charge_days_sql(),
    ),
    _view(
        "resources", "resource: each row of the inventory, and each resource of the bill that no inventory has",
        "inventory and resource_costs", _RESOURCES,
        "provider text - AWS, Microsoft, Google Cloud, ...",
        "resource_id text - Provider's id, as on the bill",
        "name text - Display name, else the id",
        "resource_type text - Inventory table it is in; for a resource of the bill alone, the type stated there",
        "service_category text - FOCUS service category",
        "service_name text - Service with most cost, as on the bill",
        "region text - Provider's code of the region",
        "account_id text - Account that owns it (cloud_accounts.id)",
        "account_number text - Provider's number of the account, as sub_account_id on the bill",
        "account_name text - Display name of the account",
        "env text - prod, staging, dev or preview, from the inventory, else from its tag",
        "state text - Life-cycle state",
        "size text - Type or capacity, as text",
        "list_cost_month money USD/month List price; null where unknown, and for what is made of other rows",
        "cost_30d money cost_currency Effective cost of the last 30 complete days of the bill; null when it is charged"
        " in several currencies, and without a charge at all",
        "cost_currency text - Currency of cost_30d",
        "cost_currencies int currencies Currencies it is charged in; null when it is not on the bill",
        "first_charge_date date - First day with a charge",
        "last_charge_date date - Last day with a charge",
        *(f"{name} text - {description}" for name, description, _ in _CONTEXT),
        "created_at time UTC When it came to be, where the inventory says so",
        "optimization_policy text - auto_safe, recommend_only or ignore",
        "optimization_freeze_until time UTC No recommendations before this time",
        "tags json - Tags in force, else the newest on the bill, a JSON object",
        "provider_attributes json - What only this provider has, a JSON object",
        "in_inventory bool - Whether the inventory has it",
        "on_bill bool - Whether any charge of the bill is for it",
        "inventory_table text - Inventory table it is in",
        "inventory_id text - Its id there",
    ),
    _view(
        "resource_usage_summary", "resource x calendar month with metrics", "metrics_daily and daily_resource_costs",
        _USAGE,
        "resource_id text - Provider's id",
        "resource_type text - Inventory table it is in",
        "period_start date - First day of the month",
        "period_end date - Last day of the month",
        "days_measured int days Days with metrics",
        "avg_cpu_utilization number % Mean of the daily means",
        "max_cpu_utilization number % Highest reading",
        "avg_memory_utilization number % Mean of the daily means",
        "max_memory_utilization number % Highest reading",
        "io_operations number operations Reads and writes",
        "ingress_traffic_gb number GB Traffic in",
        "egress_traffic_gb number GB Traffic out",
        "connection_count number connections Mean of the daily means",
        "total_cost money billing_currency Effective cost of the month; null when charged in several currencies",
        "billing_currency text - Currency of the cost",
        "cost_per_hour number billing_currency/hour Cost divided by the hours of the days with charges",
    ),
    _view(
        "cost_trends", "resource x currency x calendar month", "daily_resource_costs", _TRENDS,
        "resource_id text - Provider's id",
        "billing_currency text - Currency of the costs",
        "period_start date - First day of the month",
        "period_end date - Last day of the month",
        "complete bool - Whether the bill covers the month to its end",
        "total_cost money billing_currency Effective cost of the month",
        "previous_cost money billing_currency That of the month before; null unless the bill covers both",
        "cost_variance money billing_currency Difference to the month before",
        "cost_trend text - increasing, decreasing (by more than 5%) or stable",
    ),
    _view(
        "clusters", "container cluster", "container_clusters, container_nodes, container_services", _CLUSTERS,
        "cluster_id text - Primary key (container_clusters.id)",
        "provider text - AWS, Microsoft, Google Cloud, ...",
        "account_id text - Account that owns it (cloud_accounts.id)",
        "cluster_name text - Cluster name",
        "cluster_type text - eks, ecs, aks, gke, ...; null where the inventory does not say",
        "region text - Provider's code of the region",
        "env text - prod, staging, dev or preview",
        "node_instance_type text - Size of its nodes",
        "desired_nodes int nodes Nodes wanted now",
        "min_nodes int nodes Fewest nodes",
        "max_nodes int nodes Most nodes",
        "running_nodes int nodes Nodes in state running",
        "services int services Services deployed on it",
        "estimated_hourly_cost money USD/hour List cost of control plane and nodes",
    ),
    _view(
        "cluster_resources", "node or service of a container cluster", "container_nodes and container_services",
        _CLUSTER_RESOURCES,
        "cluster_id text - Cluster (clusters.cluster_id)",
        "resource_type text - container_nodes or container_services",
        "resource_id text - Provider's id of the machine, name of the service",
        "inventory_id text - Its id in that table",
    ),
    _view(
        "yandex_resources", "resource of Yandex Cloud", "inventory", _YANDEX,
        *_PROVIDER_OWN,
        "instance_type text - Size of a machine",
        *_SHARED_ATTRIBUTES,
        "platform text - Processor platform",
        "disk_type text - network-ssd, network-hdd, ...",
        "disk_size_gb int GB Size of the disk",
        "storage_class text - Standard, Cold or Ice",
        *_NETWORK_ATTRIBUTES,
        "folder_id text - Folder it is in",
        "cloud_id text - Cloud the folder is in",
        "organization_id text - Organisation the cloud belongs to",
    ),
    _view(
        "selectel_resources", "resource of Selectel", "inventory", _SELECTEL,
        *_PROVIDER_OWN,
        "flavor text - Size of a machine",
        *_SHARED_ATTRIBUTES,
        "volume_type text - ssd or hdd",
        "volume_size_gb int GB Size of the volume",
        *_NETWORK_ATTRIBUTES,
        "project_id text - Project it is in",
        "datacenter text - msk-a, spb-a, ...",
    ),
)  # fmt: skip
