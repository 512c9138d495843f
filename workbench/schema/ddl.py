"""DDL for each engine, generated from the declaration."""

from __future__ import annotations

from workbench.schema.model import MONEY_SCALE, Kind, Table, View, quote

__all__ = ["create_table", "create_view", "duckdb_type", "postgres_type"]

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

_POSTGRES = {
    # Byte order, as in DuckDB: both engines sort and compare text alike, whatever the server's locale.
    Kind.TEXT: 'TEXT COLLATE "C"',
    Kind.MONEY: f"NUMERIC(38, {MONEY_SCALE})",
    Kind.NUMBER: "DOUBLE PRECISION",
    Kind.INTEGER: "BIGINT",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    # JSON, not JSONB: the text of the bill is kept as it is, so that a snapshot taken from Postgres equals its source.
    Kind.JSON: "JSON",
}


def duckdb_type(kind: Kind) -> str:
    """DuckDB's type for a logical type."""
    return _DUCKDB[kind]


def postgres_type(kind: Kind) -> str:
    """PostgreSQL's type for a logical type."""
    return _POSTGRES[kind]


def create_table(table: Table, types: dict[Kind, str] | None = None, *, suffix: str = "") -> str:
    """``CREATE TABLE IF NOT EXISTS``.

    Args:
        table: the declaration.
        types: spelling of each kind; default: DuckDB's.
        suffix: what follows the column list, such as a partition clause.
    """
    spelling = _DUCKDB if types is None else types
    lines = [
        f"  {quote(column.name)} {spelling[column.kind]}{' NOT NULL' if column.required else ''}"
        for column in table.columns
    ]
    return f"CREATE TABLE IF NOT EXISTS {quote(table.name)} (\n" + ",\n".join(lines) + f"\n){suffix}"


def create_view(view: View) -> str:
    """``CREATE OR REPLACE VIEW`` in canonical SQL."""
    return f"CREATE OR REPLACE VIEW {quote(view.name)} AS\n{view.sql}"
