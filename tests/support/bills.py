"""Tiny bills: charge lines with defaults, inserted and published the way ingest does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from workbench.schema import CHARGES
from workbench.schema.charges import COSTS
from workbench.schema.model import quote
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, SnapshotStore

__all__ = ["charge", "insert_charges", "snapshot_of"]

_DEFAULTS: dict[str, Any] = {
    "billing_account_id": "000000000001",
    "billing_account_name": "Payer",
    "billing_currency": "USD",
    "charge_category": "Usage",
    "charge_description": "One hour of a machine",
    "charge_frequency": "Usage-Based",
    "charge_period_start": datetime(2026, 10, 1),
    "consumed_quantity": 1.0,
    "consumed_unit": "Hours",
    "pricing_category": "Standard",
    "pricing_quantity": 1.0,
    "pricing_unit": "Hours",
    "provider_name": "AWS",
    "region_id": "us-east-1",
    "region_name": "US East (N. Virginia)",
    "service_category": "Compute",
    "service_name": "Amazon Elastic Compute Cloud",
    "sub_account_id": "000000000002",
    "sub_account_name": "Team A",
    "resource_id": "i-1",
    "x_source_id": 1,
    "x_spread": False,
}


def charge(cost: str | int | float | Decimal = "1", **overrides: Any) -> dict[str, Any]:
    """One valid ``charges`` row: an hour of a machine on 1 October 2026 at ``cost`` USD on every basis.

    ``overrides`` replace single columns. The charge period lasts an hour and the billing period is its month unless
    given. Give a value of None to leave a column unknown.
    """
    unknown = set(overrides) - set(CHARGES.names)
    if unknown:
        raise KeyError(f"charges has no column {', '.join(sorted(unknown))}")
    amount = Decimal(str(cost))
    row = {**_DEFAULTS, **dict.fromkeys(COSTS, amount)}
    row |= overrides
    start: datetime = row["charge_period_start"]
    month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return {
        "charge_period_end": start + timedelta(hours=1),
        "billing_period_start": month,
        "billing_period_end": (month + timedelta(days=32)).replace(day=1),
        **row,
    }


def insert_charges(connection: duckdb.DuckDBPyConnection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows made by :func:`charge` into ``charges``."""
    for row in rows:
        columns = ", ".join(quote(name) for name in row)
        places = ", ".join("?" for _ in row)
        connection.execute(f"INSERT INTO charges ({columns}) VALUES ({places})", list(row.values()))


def snapshot_of(settings: Settings, rows: Iterable[Mapping[str, Any]]) -> OpenSnapshot:
    """Publish a snapshot with exactly these charges and open it; the caller closes it."""
    store = SnapshotStore(settings)
    with store.build(fresh=True) as build:
        insert_charges(build.connection, rows)
        build.publish(note="test")
    return store.open()
