"""A tiny inventory beside a tiny bill, published the way ingest does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from tests.support.bills import insert_charges
from workbench.schema.model import quote
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, SnapshotStore

__all__ = ["insert_rows", "inventory_snapshot"]

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


def insert_rows(connection: duckdb.DuckDBPyConnection, tables: Rows) -> None:
    """Insert rows given by column name; the provider is AWS unless given."""
    for name, rows in tables.items():
        with_provider = {column for column, *_ in connection.execute(f"DESCRIBE {quote(name)}").fetchall()}
        for given in rows:
            row = {"provider": "AWS", **given} if "provider" in with_provider else dict(given)
            columns = ", ".join(quote(column) for column in row)
            connection.execute(
                f"INSERT INTO {quote(name)} ({columns}) VALUES ({', '.join('?' for _ in row)})", list(row.values())
            )


def inventory_snapshot(settings: Settings, charges: Iterable[Mapping[str, Any]], tables: Rows) -> OpenSnapshot:
    """Publish a snapshot with exactly these charges and inventory rows and open it; the caller closes it."""
    store = SnapshotStore(settings)
    with store.build(fresh=True) as build:
        insert_charges(build.connection, charges)
        insert_rows(build.connection, tables)
        build.publish(note="test")
    return store.open()
