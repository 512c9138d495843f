"""Tables of the recommendations: what was found, what was decided, and every step between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.workspace.models.base import Base, BigId
from workbench.workspace.models.versioned import Versioned

__all__ = ["IntentRow", "RecommendationEventRow", "RecommendationRow", "RecommendationTagRow"]


class RecommendationRow(Base):
    """One possible saving; ``version`` counts decisions and edits, not what scans learn about it."""

    __tablename__ = "recommendations"

    id: Mapped[int] = mapped_column(primary_key=True)
    # What it is: never changes.
    account_id: Mapped[str]
    resource_id: Mapped[str]
    check_id: Mapped[str]
    # What the newest scan that found it said.
    title: Mapped[str]
    service: Mapped[str]
    region: Mapped[str | None]
    resource_type: Mapped[str]
    resource_name: Mapped[str]
    currency: Mapped[str]
    basis: Mapped[str]
    saving_low: Mapped[Decimal | None]
    saving_expected: Mapped[Decimal | None]
    saving_high: Mapped[Decimal | None]
    confidence: Mapped[int | None]
    risk: Mapped[str]
    effort: Mapped[str]
    finding_id: Mapped[int] = mapped_column(BigId, ForeignKey("scan_findings.id"))
    first_scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id"))
    last_scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id"))
    first_seen: Mapped[date]
    last_seen: Mapped[date]
    gone_since: Mapped[date | None]
    search_text: Mapped[str]
    # What people decided.
    state: Mapped[str]
    state_since: Mapped[date]
    reason: Mapped[str]
    snoozed_until: Mapped[date | None]
    duplicate_of: Mapped[int | None] = mapped_column(
        ForeignKey("recommendations.id", deferrable=True, initially="DEFERRED")
    )
    assignee: Mapped[str]
    due: Mapped[date | None]
    priority: Mapped[int]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]

    __table_args__ = (
        UniqueConstraint("account_id", "resource_id", "check_id", name="recommendations_once"),
        Index("recommendations_by_state", "state", "currency"),
        Index("recommendations_by_check", "check_id"),
        Index("recommendations_by_resource", "resource_id"),
    )


class RecommendationTagRow(Base):
    """A tag of the resource of a recommendation, as the newest scan saw it."""

    __tablename__ = "recommendation_tags"

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]

    __table_args__ = (Index("recommendation_tags_by_value", "key", "value", "recommendation_id"),)


class RecommendationEventRow(Base):
    """One step in the life of a recommendation; rows are only ever added."""

    __tablename__ = "recommendation_events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    step: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str]
    reason: Mapped[str]
    details: Mapped[Mapping[str, Any]]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scans.id"))
    audit_id: Mapped[int] = mapped_column(BigId, ForeignKey("audit_log.id"))

    __table_args__ = (
        Index("recommendation_events_of", "recommendation_id", "id"),
        Index("recommendation_events_by_audit", "audit_id"),
    )


class IntentRow(Versioned, Base):
    """A rule that says: this is so on purpose, until the day given."""

    __tablename__ = "intentional_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    value: Mapped[str]
    check_id: Mapped[str | None]
    reason: Mapped[str]
    expires_on: Mapped[date]
