"""The analytics schema in PostgreSQL: made, loaded from a snapshot, described, and tried out locally.

``source`` opens what the settings choose, a snapshot or the database. ``ddl`` writes the statements, ``load`` copies a
snapshot, ``served`` says which load is there, and ``trial`` runs a server of one's own. Questions go through
``engines.PostgresEngine``. May import ``snapshot`` and below.
"""

from workbench.postgres.ddl import init_statements
from workbench.postgres.load import LoadResult, load_snapshot
from workbench.postgres.served import DatabaseStatus, ServedLoad, database_status, served_load
from workbench.postgres.source import OpenData, open_data, postgres_url
from workbench.postgres.trial import TrialServer, start_trial

__all__ = [
    "DatabaseStatus",
    "LoadResult",
    "OpenData",
    "ServedLoad",
    "TrialServer",
    "database_status",
    "init_statements",
    "load_snapshot",
    "open_data",
    "postgres_url",
    "served_load",
    "start_trial",
]
