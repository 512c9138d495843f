"""Engines run canonical SQL (DuckDB's dialect) on published data and return ``pyarrow.Table``.

Questions go through an :class:`Engine`. Only the rooms that write data (``snapshot``, ``ingest``) open a database
themselves, with :func:`connect`. Imports only ``schema`` and the foundation.
"""

from workbench.engines.base import Engine, Query
from workbench.engines.connection import connect
from workbench.engines.duckdb_engine import DuckDBEngine

__all__ = ["DuckDBEngine", "Engine", "Query", "connect"]
