"""The one declaration of every analytics table: names, types, units, descriptions, sources.

DDL for each engine is generated from here (``ddl.py``), never written twice. Start at ``tables.py``.
May be imported by every room above; imports only the foundation.
"""

from workbench.schema.charges import CHARGES
from workbench.schema.ddl import create_table, duckdb_type
from workbench.schema.model import Column, Kind, Table, snake
from workbench.schema.tables import TABLES, table

__all__ = ["CHARGES", "TABLES", "Column", "Kind", "Table", "create_table", "duckdb_type", "snake", "table"]
