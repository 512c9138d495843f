"""The analytics schema in PostgreSQL: made, loaded from a snapshot, described, and tried out locally.

``ddl`` writes the statements, ``load`` copies a snapshot in one transaction, ``served`` says which load is there, and
``trial`` runs a server of its own. Questions go through ``engines.PostgresEngine``. May import ``engines`` and below.
"""

from workbench.postgres.ddl import init_statements
from workbench.postgres.load import LoadResult, load_snapshot
from workbench.postgres.served import DatabaseStatus, ServedLoad, database_status, served_load

__all__ = [
    "DatabaseStatus",
    "LoadResult",
    "ServedLoad",
    "database_status",
    "init_statements",
    "load_snapshot",
    "served_load",
]
