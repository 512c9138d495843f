"""Alembic migrations: how a workspace of any earlier version becomes one of this version.

``versions/`` holds one revision a file; :data:`HEAD` is the newest. :func:`upgrade` runs what is missing inside the
caller's transaction, so an upgrade happens whole or not at all. Alembic is imported only when something is missing.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

__all__ = ["HEAD", "upgrade"]

HEAD = "0006"
"""Revision this program works with; a test compares it with the newest file."""


def upgrade(connection: Connection, revision: str = HEAD, *, stamp: str | None = None) -> None:
    """Bring the tables to ``revision``.

    Args:
        connection: inside a transaction that holds the write lock.
        revision: where to stop.
        stamp: revision the tables are at already, when the database does not say so itself.
    """
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(__file__).parent))
    context = MigrationContext.configure(connection)
    if stamp is not None:
        context.stamp(scripts, stamp)
    missing = list(scripts.iterate_revisions(revision, context.get_current_revision() or "base"))
    with Operations.context(context):
        for script in reversed(missing):
            script.module.upgrade()
            context.stamp(scripts, script.revision)
