"""Recommendations, their tags and steps, and the rules about what is intentional."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workbench.workspace.migrations.append_only import refuse_changes
from workbench.workspace.models.base import TEXT, BigId, ExactDecimal, JsonText, UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the four tables; scans say what followed."""
    # Scans recorded before had nothing that could follow.
    op.add_column("scans", sa.Column("followed", JsonText, nullable=False, server_default="{}"))
    _recommendations()
    _tags_and_steps()
    op.create_table(
        "intentional_rules",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("check_id", TEXT),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("updated_by", TEXT, nullable=False),
        sa.Column("deleted_at", UtcDateTime),
    )


def _recommendations() -> None:
    op.create_table(
        "recommendations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("check_id", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("service", TEXT, nullable=False),
        sa.Column("region", TEXT),
        sa.Column("resource_type", TEXT, nullable=False),
        sa.Column("resource_name", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("saving_low", ExactDecimal),
        sa.Column("saving_expected", ExactDecimal),
        sa.Column("saving_high", ExactDecimal),
        sa.Column("confidence", sa.Integer),
        sa.Column("risk", TEXT, nullable=False),
        sa.Column("effort", TEXT, nullable=False),
        sa.Column("finding_id", BigId, sa.ForeignKey("scan_findings.id"), nullable=False),
        sa.Column("first_scan_id", sa.Integer, sa.ForeignKey("scans.id"), nullable=False),
        sa.Column("last_scan_id", sa.Integer, sa.ForeignKey("scans.id"), nullable=False),
        sa.Column("first_seen", sa.Date, nullable=False),
        sa.Column("last_seen", sa.Date, nullable=False),
        sa.Column("gone_since", sa.Date),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("state_since", sa.Date, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("snoozed_until", sa.Date),
        # Deferred: a copy may bring the duplicate before the original.
        sa.Column(
            "duplicate_of", sa.Integer, sa.ForeignKey("recommendations.id", deferrable=True, initially="DEFERRED")
        ),
        sa.Column("assignee", TEXT, nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("updated_by", TEXT, nullable=False),
        sa.UniqueConstraint("account_id", "resource_id", "check_id", name="recommendations_once"),
    )
    op.create_index("recommendations_by_state", "recommendations", ["state", "currency"])
    op.create_index("recommendations_by_check", "recommendations", ["check_id"])


def _tags_and_steps() -> None:
    of = sa.ForeignKey("recommendations.id")
    op.create_table(
        "recommendation_tags",
        sa.Column("recommendation_id", sa.Integer, of, primary_key=True),
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )
    op.create_index("recommendation_tags_by_value", "recommendation_tags", ["key", "value"])
    op.create_table(
        "recommendation_events",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("recommendation_id", sa.Integer, sa.ForeignKey("recommendations.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("before", TEXT),
        sa.Column("after", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("details", JsonText, nullable=False),
        sa.Column("scan_id", sa.Integer, sa.ForeignKey("scans.id")),
        sa.Column("audit_id", BigId, sa.ForeignKey("audit_log.id"), nullable=False),
    )
    op.create_index("recommendation_events_of", "recommendation_events", ["recommendation_id", "id"])
    op.create_index("recommendation_events_by_audit", "recommendation_events", ["audit_id"])
    refuse_changes("recommendation_events")
