"""What counts as a resource: the inventory tables that describe one thing a row, and how each says the same facts.

``KINDS`` is the one list of them; the registry view ``resources``, the match of bill and inventory at publish and the
page *Resource* are made from it. Expressions are canonical SQL over the columns of the table (alias ``t``).
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.schema.inventory import inventory_table
from workbench.schema.model import literal

__all__ = ["HOURS_A_MONTH", "KINDS", "ResourceKind", "inventory_sql", "kind_of"]

HOURS_A_MONTH = 730
"""Hours in a month of a list price: 365 days in twelve parts, as price calculators count."""


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One inventory table as part of the registry.

    Attributes:
        table: name of the table.
        noun: one of them, in words.
        category: FOCUS service category.
        id_column: holds the provider's id, as on the bill.
        name: display name.
        size: how large it is, as text.
        month_price: list price of a month in USD, without traffic and requests. None where it is not known, or where
            it would repeat the price of other rows (a cluster and its nodes).
        state: life-cycle state.
        created_at: when it came to be.
        parent: the table and column the account follows from, where the table has no ``account_id`` of its own.
    """

    table: str
    noun: str
    category: str
    id_column: str
    name: str | None = None
    size: str | None = None
    month_price: str | None = None
    state: str | None = None
    created_at: str | None = None
    parent: tuple[str, str] | None = None

    @property
    def resource_id(self) -> str:
        """The provider's id; our own where the table may lack it, so that every resource has one."""
        required = inventory_table(self.table).column(self.id_column).required
        return f"t.{self.id_column}" if required else f"COALESCE(t.{self.id_column}, t.id)"

    def column(self, name: str) -> str:
        """The column if the table has it, else NULL."""
        return f"t.{name}" if name in inventory_table(self.table).names else "NULL"


def _hours(price: str) -> str:
    return f"CAST({price} * {HOURS_A_MONTH} AS DECIMAL(38, 12))"


def _each(count: str, size: str) -> str:
    return f"CAST({count} AS VARCHAR) || ' x ' || {size}"


_CLUSTER = ("container_clusters", "cluster_id")

# Where two kinds have a row with the same id (a node is a machine), the cost on the bill goes to the earlier kind.
KINDS: tuple[ResourceKind, ...] = (
    ResourceKind(
        "instances", "machine", "Compute", "instance_id",
        name="t.name", size="t.instance_type", state="t.state", created_at="t.launch_time",
        month_price=_hours("(t.hourly_cost + COALESCE(t.gpu_hourly_cost, 0))"),
    ),
    ResourceKind(
        "rds_instances", "database", "Databases", "db_instance_id",
        name="t.db_instance_id", size="t.instance_class", state="t.state",
        month_price=f"CAST(t.hourly_cost * {HOURS_A_MONTH} + COALESCE(t.storage_monthly_cost, 0) AS DECIMAL(38, 12))",
    ),
    ResourceKind(
        "cache_clusters", "cache", "Databases", "cluster_id",
        name="t.cluster_id", size=_each("t.num_nodes", "t.node_type"), month_price=_hours("t.hourly_cost"),
    ),
    ResourceKind(
        "volumes", "volume", "Storage", "volume_id",
        name="t.volume_id", size="CAST(t.size_gib AS VARCHAR) || ' GiB ' || COALESCE(t.volume_type, '')",
        month_price="t.monthly_cost", state="t.state",
    ),
    ResourceKind(
        "snapshots", "snapshot", "Storage", "snapshot_id",
        name="t.snapshot_id", size="CAST(t.size_gib AS VARCHAR) || ' GiB'", month_price="t.monthly_cost",
        created_at="t.created_at",
    ),
    ResourceKind("s3_buckets", "bucket", "Storage", "name", name="t.name"),
    ResourceKind(
        "load_balancers", "load balancer", "Networking", "lb_arn",
        name="t.name", size="t.type", month_price=_hours("t.hourly_cost"),
    ),
    ResourceKind(
        "nat_gateways", "NAT gateway", "Networking", "nat_gateway_id",
        name="t.name", month_price=_hours("t.hourly_cost"), state="t.state",
    ),
    ResourceKind(
        "elastic_ips", "static address", "Networking", "allocation_id",
        name="t.public_ip", month_price=_hours("t.hourly_cost"), state="t.state",
    ),
    ResourceKind(
        "lambda_functions", "function", "Compute", "name",
        name="t.name", size="CAST(t.memory_mb AS VARCHAR) || ' MB'", month_price="t.estimated_monthly_cost",
    ),
    ResourceKind(
        "log_groups", "log group", "Management and Governance", "name",
        name="t.name", size="CAST(t.retention_days AS VARCHAR) || ' days kept'",
    ),
    ResourceKind(
        "managed_services", "managed service", "Other", "name",
        name="t.name", size=_each("t.node_count", "t.instance_type"), month_price=_hours("t.hourly_cost"),
    ),
    ResourceKind(
        "streaming_clusters", "stream", "Analytics", "name",
        name="t.name", size="CAST(t.shard_count AS VARCHAR) || ' shards'", month_price=_hours("t.hourly_cost"),
    ),
    ResourceKind(
        "container_clusters", "container cluster", "Compute", "name",
        name="t.name", size=_each("t.desired_nodes", "t.node_instance_type"),
    ),
    ResourceKind(
        "container_nodes", "cluster node", "Compute", "instance_id",
        name="t.instance_id", size="t.instance_type", state="t.state", parent=_CLUSTER,
        # A node that is in the table of machines has its price there.
        month_price=(
            "CASE WHEN NOT EXISTS (SELECT 1 FROM instances AS machine WHERE machine.instance_id = t.instance_id)"
            f" THEN {_hours('(t.hourly_cost + COALESCE(t.gpu_hourly_cost, 0))')} END"
        ),
    ),
    ResourceKind(
        "container_services", "container service", "Compute", "name",
        name="t.name", size="CAST(t.replica_count AS VARCHAR) || ' replicas'", parent=_CLUSTER,
    ),
    ResourceKind(
        "autoscaling_groups", "scaling group", "Compute", "name",
        name="t.name", size=_each("t.desired_capacity", "t.instance_type"),
    ),
    ResourceKind("commitments", "commitment", "Other", "id", name="t.id", size="t.commitment_type"),
    ResourceKind("api_clients", "access key", "Identity", "id", name="t.name"),
)  # fmt: skip


def kind_of(table: str) -> ResourceKind | None:
    """The kind kept in ``table``; None when it is no inventory table of resources."""
    return next((kind for kind in KINDS if kind.table == table), None)


def inventory_sql() -> str:
    """Every resource of the inventory, a row each, as canonical SQL.

    Columns: ``inventory_table``, ``inventory_id``, ``kind_order`` (position in ``KINDS``), ``provider``,
    ``resource_id``, ``name``, ``service_category``, ``region``, ``account_id``, ``env``, ``state``, ``size``,
    ``list_cost_month``, ``created_at``, ``optimization_policy``, ``optimization_freeze_until``, ``tags``,
    ``provider_attributes``.
    """
    # The first kind has all columns, which gives the NULLs of the others their type.
    return "\nUNION ALL\n".join(_select(order, kind) for order, kind in enumerate(KINDS))


def _select(order: int, kind: ResourceKind) -> str:
    account, join = "t.account_id", ""
    if kind.parent is not None:
        table, column = kind.parent
        account, join = "whole.account_id", f" LEFT JOIN {table} AS whole ON whole.id = t.{column}"
    return (
        f"SELECT {literal(kind.table)} AS inventory_table, t.id AS inventory_id, {order} AS kind_order, t.provider,"
        f" {kind.resource_id} AS resource_id, {kind.name or 'NULL'} AS name,"
        f" {literal(kind.category)} AS service_category, {kind.column('region')} AS region,"
        f" {account} AS account_id, {kind.column('env')} AS env, {kind.state or 'NULL'} AS state,"
        f" {kind.size or 'NULL'} AS size, {kind.month_price or 'NULL'} AS list_cost_month,"
        f" {kind.created_at or 'NULL'} AS created_at, {kind.column('optimization_policy')} AS optimization_policy,"
        f" {kind.column('optimization_freeze_until')} AS optimization_freeze_until, {kind.column('tags')} AS tags,"
        f" t.provider_attributes FROM {kind.table} AS t{join}"
    )
