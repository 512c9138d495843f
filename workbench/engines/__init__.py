"""Engines run canonical SQL (DuckDB's dialect) and return ``pyarrow.Table``; nothing above opens a database itself."""

from workbench.engines.base import Engine, Query
from workbench.engines.duckdb_engine import DuckDBEngine

__all__ = ["DuckDBEngine", "Engine", "Query"]
