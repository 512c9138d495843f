"""Statements that make the analytics schema: tables, monthly partitions, indexes, views, roles and their grants.

All of them may be run again. ``workbench db init --print-sql`` prints them for a database administrator.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from workbench.engines import SCHEMA, to_postgres
from workbench.schema import INVENTORY, TABLES, VIEWS, Kind, View, create_table, create_view, postgres_type
from workbench.schema.charges import COSTS
from workbench.schema.model import literal, quote
from workbench.schema.tables import SCHEMA_VERSION

__all__ = ["OWNER_ROLE", "PARTITIONED", "READER_ROLE", "init_statements", "load_order", "month_partition"]

OWNER_ROLE = "finops_owner"
READER_ROLE = "finops_reader"

PARTITIONED = {"charges": "charge_period_start"}
"""Table → timestamp its monthly partitions are cut by."""

_TYPES = {kind: postgres_type(kind) for kind in Kind}

# (table, columns). Days first: every interactive question has a period.
_INDEXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("charges", ("charge_period_start",)),
    ("charges", ("resource_id",)),
    ("charges", ("x_source_id",)),
    ("charge_spreads", ("charge_date",)),
    ("daily_costs", ("billing_currency", "charge_date")),
    ("daily_resource_costs", ("billing_currency", "charge_date")),
    ("daily_resource_costs", ("resource_id", "charge_date")),
    ("resource_costs", ("resource_id",)),
    ("resource_costs", ("inventory_table", "inventory_id")),
    ("dimension_labels", ("dimension", "value")),
    ("resource_metrics", ("resource_id", "timestamp")),
    ("metrics_daily", ("resource_id", "date")),
    ("resource_tags", ("resource_id",)),
    ("resource_change_events", ("resource_id", "changed_at")),
    *((table.name, ("id",)) for table in INVENTORY),
)

_META = """CREATE TABLE IF NOT EXISTS workbench_loads (
  load_number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  snapshot_id TEXT COLLATE "C" NOT NULL,
  schema_version BIGINT NOT NULL,
  manifest JSON NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  seconds DOUBLE PRECISION NOT NULL
)"""


def init_statements(*, reader_timeout_seconds: float = 30.0, roles: bool = True) -> tuple[str, ...]:
    """Everything ``workbench db init`` runs, in order.

    Args:
        reader_timeout_seconds: ``statement_timeout`` of the reader role.
        roles: also make the two roles and their grants, which needs the right to create roles.
    """
    statements = [f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}", f"SET search_path = {SCHEMA}"]
    for table in TABLES:
        column = PARTITIONED.get(table.name)
        suffix = f" PARTITION BY RANGE ({quote(column)})" if column else ""
        statements.append(create_table(table, _TYPES, suffix=suffix))
        if column:
            statements.append(
                f"CREATE TABLE IF NOT EXISTS {quote(table.name + '_other')} PARTITION OF {quote(table.name)} DEFAULT"
            )
    for cost in COSTS:
        # Whether any line lacks a cost is asked before every total; the index holds just those lines.
        statements.append(
            f"CREATE INDEX IF NOT EXISTS {quote(f'charges_without_{cost}')} ON charges (charge_period_start)"
            f" WHERE {quote(cost)} IS NULL"
        )
    for name, columns in _INDEXES:
        listed = ", ".join(quote(column) for column in columns)
        statements.append(f"CREATE INDEX IF NOT EXISTS {quote('_'.join((name, *columns)))} ON {quote(name)} ({listed})")
    statements += [_create_view(view) for view in VIEWS]
    statements += [
        _META,
        f"COMMENT ON SCHEMA {SCHEMA} IS {literal(f'FinOps Workbench, schema version {SCHEMA_VERSION}')}",
    ]
    if roles:
        statements += _role_statements(reader_timeout_seconds)
    return tuple(statements)


def month_partition(table: str, month: date) -> str:
    """The statement that makes the partition of ``table`` for the month beginning at ``month``."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return (
        f"CREATE TABLE IF NOT EXISTS {quote(f'{table}_{month:%Y_%m}')} PARTITION OF {quote(table)}"
        f" FOR VALUES FROM ('{month}') TO ('{after}')"
    )


def load_order(present: Iterable[str]) -> tuple[str, ...]:
    """Declared tables among ``present``, in the order of the declaration."""
    known = set(present)
    return tuple(table.name for table in TABLES if table.name in known)


def _create_view(view: View) -> str:
    # Without parameters nothing is doubled for psycopg.
    return to_postgres(create_view(view)).replace("%%", "%")


def _role_statements(reader_timeout_seconds: float) -> list[str]:
    timeout = f"{max(1, int(reader_timeout_seconds * 1000))}"
    make = [
        f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        for role in (OWNER_ROLE, READER_ROLE)
    ]
    return [
        *make,
        f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO {OWNER_ROLE}",
        f"GRANT ALL ON ALL TABLES IN SCHEMA {SCHEMA} TO {OWNER_ROLE}",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {READER_ROLE}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {READER_ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {SCHEMA} GRANT SELECT ON TABLES TO {READER_ROLE}",
        # Settings of a role count for who logs in as it, or sets it; the engine limits each of its queries itself.
        f"ALTER ROLE {READER_ROLE} SET statement_timeout = {timeout}",
        f"ALTER ROLE {READER_ROLE} SET default_transaction_read_only = on",
        f"ALTER ROLE {READER_ROLE} SET search_path = {SCHEMA}",
    ]
