"""The audit log, which the database itself keeps append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workbench.workspace.migrations.append_only import refuse_changes
from workbench.workspace.models.base import TEXT, BigId, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make ``audit_log``."""
    op.create_table(
        "audit_log",
        sa.Column("id", BigId, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("object_kind", TEXT, nullable=False),
        sa.Column("object_id", TEXT, nullable=False),
        sa.Column("before", TEXT),
        sa.Column("after", TEXT),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
    )
    op.create_index("audit_log_of_object", "audit_log", ["object_kind", "object_id"])
    refuse_changes("audit_log")
