"""Expected invoice totals: the table of the first release, made there without a migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workbench.workspace.models.base import TEXT, ExactDecimal, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make ``expected_invoices``."""
    op.create_table(
        "expected_invoices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("billing_month", sa.Date, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount", ExactDecimal, nullable=False),
        sa.Column("invoice_issuer", TEXT),
        sa.Column("invoice_id", TEXT),
        sa.Column("billing_account_id", TEXT),
        sa.Column("includes_tax", sa.Boolean, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("updated_by", TEXT, nullable=False),
        sa.Column("deleted_at", UtcDateTime),
    )
    op.create_index(
        "expected_invoices_once",
        "expected_invoices",
        [
            sa.text("billing_month"),
            sa.text("currency"),
            sa.text("coalesce(invoice_issuer, '')"),
            sa.text("coalesce(invoice_id, '')"),
            sa.text("coalesce(billing_account_id, '')"),
        ],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
