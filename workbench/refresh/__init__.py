"""A new snapshot from where the data lives: a PostgreSQL database, folders, or a prefix in S3; once or on a schedule.

``run`` refreshes from one or several sources. ``from_postgres`` copies a database in one transaction, ``from_s3``
mirrors a prefix; files then go through the ordinary ingest. ``schedule`` repeats. May import ``ingest`` and below.
"""

from workbench.refresh.run import RefreshReport, refresh
from workbench.refresh.schedule import every, interval

__all__ = ["RefreshReport", "every", "interval", "refresh"]
