"""Columns of a Parquet file, from its footer alone."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from workbench.errors import BadFile
from workbench.ingest.deliveries import BillFile
from workbench.ingest.readers.base import SourceColumn, unique_columns
from workbench.ingest.readers.source import NULL_TEXTS
from workbench.schema.model import literal

__all__ = ["parquet_columns"]


def parquet_columns(file: BillFile, connection: duckdb.DuckDBPyConnection) -> tuple[SourceColumn, ...]:
    """The columns with DuckDB's types, text columns marked clean where their statistics allow.

    Raises:
        BadFile: the footer cannot be read; most often the file was cut off while it was copied.
    """
    path = literal(str(file.local))
    try:
        described = connection.sql(
            "SELECT column_name, column_type"
            f" FROM (DESCRIBE SELECT * FROM read_parquet({path}, hive_partitioning = false))"
        ).fetchall()
        ranges = connection.sql(
            f"""
            SELECT path_in_schema, list((stats_min_value, stats_max_value)) FROM parquet_metadata({path})
            WHERE type = 'BYTE_ARRAY' AND coalesce(stats_null_count, 0) < num_values GROUP BY path_in_schema
            """
        ).fetchall()
        empty = connection.sql(
            f"""
            SELECT path_in_schema FROM parquet_metadata({path})
            GROUP BY path_in_schema HAVING bool_and(coalesce(stats_null_count = num_values, false))
            """
        ).fetchall()
    except duckdb.Error as exc:
        raise BadFile(
            f"{file.label}: the Parquet file is cut off or damaged",
            detail=str(exc).splitlines()[0],
            hint="Download it again",
        ) from exc
    clean = {name for name, bounds in ranges if all(_excludes_null_texts(low, high) for low, high in bounds)}
    clean |= {name for (name,) in empty}
    columns = unique_columns([name for name, _ in described], [kind for _, kind in described])
    return tuple(replace(column, clean=column.type == "VARCHAR" and column.name in clean) for column in columns)


def _excludes_null_texts(low: str | None, high: str | None) -> bool:
    """Whether no spelling of null lies between the smallest and the largest value (compared as UTF-8 bytes)."""
    if low is None or high is None:
        return False
    smallest, largest = low.encode(), high.encode()
    return not any(smallest <= text.encode() <= largest for text in NULL_TEXTS)
