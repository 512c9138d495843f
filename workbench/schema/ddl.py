"""DDL generated from the declaration."""

from __future__ import annotations

from workbench.schema.model import MONEY_SCALE, Kind, Table, quote

__all__ = ["create_table", "duckdb_type"]

_DUCKDB = {
    Kind.TEXT: "VARCHAR",
    Kind.MONEY: f"DECIMAL(38, {MONEY_SCALE})",
    Kind.NUMBER: "DOUBLE",
    Kind.INTEGER: "BIGINT",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    # Text, not DuckDB's JSON alias: it crosses Arrow unchanged and needs no extension to read.
    Kind.JSON: "VARCHAR",
}


def duckdb_type(kind: Kind) -> str:
    """DuckDB's type for a logical type."""
    return _DUCKDB[kind]


def create_table(table: Table) -> str:
    """``CREATE TABLE IF NOT EXISTS`` for DuckDB."""
    lines = [
        f"  {quote(column.name)} {duckdb_type(column.kind)}{' NOT NULL' if column.required else ''}"
        for column in table.columns
    ]
    return f"CREATE TABLE IF NOT EXISTS {quote(table.name)} (\n" + ",\n".join(lines) + "\n)"
