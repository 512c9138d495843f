"""Engines run canonical SQL (DuckDB's dialect) on published data and return ``pyarrow.Table``.

Questions go through an :class:`Engine`. Only the rooms that write data (``snapshot``, ``ingest``) open a database
themselves, with :func:`connect`. Imports only ``schema`` and the foundation.
"""

from workbench.engines.base import Engine, Query
from workbench.engines.connection import connect
from workbench.engines.duckdb_engine import DuckDBEngine
from workbench.engines.postgres_engine import SCHEMA, PostgresEngine, connect_postgres, server_label
from workbench.engines.translate import to_postgres

__all__ = [
    "SCHEMA",
    "DuckDBEngine",
    "Engine",
    "PostgresEngine",
    "Query",
    "connect",
    "connect_postgres",
    "server_label",
    "to_postgres",
]
