"""Annotations, saved views and budgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workbench.workspace.models.base import TEXT, ExactDecimal, JsonText, UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "annotations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject_kind", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("first_day", sa.Date),
        sa.Column("last_day", sa.Date),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        *_versioned(),
    )
    op.create_index("annotations_of_subject", "annotations", ["subject_kind", "subject_id"])
    op.create_index("annotations_by_day", "annotations", ["first_day", "last_day"])
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("page", TEXT, nullable=False),
        sa.Column("query", TEXT, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("start", sa.Boolean, nullable=False),
        *_versioned(),
    )
    _once("saved_views", ["owner", "name"])
    op.create_table(
        "budgets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("scope_key", TEXT, nullable=False),
        sa.Column("scope_value", TEXT, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("amount", ExactDecimal, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("thresholds", JsonText, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        *_versioned(),
    )
    _once("budgets", ["scope", "scope_key", "scope_value", "period", "first_day", "currency", "basis"])


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("updated_by", TEXT, nullable=False),
        sa.Column("deleted_at", UtcDateTime),
    ]


def _once(table: str, columns: list[str]) -> None:
    present = sa.text("deleted_at IS NULL")
    op.create_index(f"{table}_once", table, columns, unique=True, sqlite_where=present, postgresql_where=present)
