"""Scans: every run of checks and what it found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workbench.workspace.models.base import TEXT, BigId, ExactDecimal, JsonText, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make ``scans`` and ``scan_findings``."""
    op.create_table(
        "scans",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("snapshot_id", TEXT, nullable=False),
        sa.Column("preset", TEXT, nullable=False),
        sa.Column("parameters", JsonText, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("checks_run", JsonText, nullable=False),
        sa.Column("counts", JsonText, nullable=False),
        sa.Column("totals", JsonText, nullable=False),
        sa.Column("findings", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("error", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
    )
    op.create_table(
        "scan_findings",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("scan_id", sa.Integer, sa.ForeignKey("scans.id"), nullable=False),
        sa.Column("check_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("region", TEXT),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("saving_expected", ExactDecimal),
        sa.Column("payload", JsonText, nullable=False),
    )
    op.create_index("scan_findings_of_scan", "scan_findings", ["scan_id", "check_id"])
