"""The one declaration of every analytics table: names, types, units, descriptions, sources.

DDL for each engine is generated from here (``ddl.py``), never written twice. Start at ``tables.py``;
views are in ``views.py``.
May be imported by every room above; imports only the foundation.
"""

from workbench.schema.charges import CHARGES
from workbench.schema.ddl import create_table, create_view, duckdb_type, postgres_type
from workbench.schema.inventory import INVENTORY
from workbench.schema.model import Column, Kind, Table, View, snake
from workbench.schema.tables import TABLES, table
from workbench.schema.views import VIEWS

__all__ = [
    "CHARGES",
    "INVENTORY",
    "TABLES",
    "VIEWS",
    "Column",
    "Kind",
    "Table",
    "View",
    "create_table",
    "create_view",
    "duckdb_type",
    "postgres_type",
    "snake",
    "table",
]
