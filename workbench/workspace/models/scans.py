"""Tables of the scans: every run of checks and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from workbench.workspace.models.base import Base, BigId, JsonText

__all__ = ["ScanFindingRow", "ScanRow"]


class ScanRow(Base):
    """One run of checks over one snapshot; never changed afterwards."""

    __tablename__ = "scans"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    snapshot_id: Mapped[str]
    preset: Mapped[str]
    parameters: Mapped[Mapping[str, Any]]
    as_of: Mapped[date]
    checks_run: Mapped[list[Any]] = mapped_column(JsonText)
    counts: Mapped[Mapping[str, Any]]
    totals: Mapped[list[Any]] = mapped_column(JsonText)
    findings: Mapped[int]
    seconds: Mapped[float]
    status: Mapped[str]
    error: Mapped[str]
    recorded_by: Mapped[str]
    followed: Mapped[Mapping[str, Any]]


class ScanFindingRow(Base):
    """One finding of one scan, with the evidence as it was at that time."""

    __tablename__ = "scan_findings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id"))
    check_id: Mapped[str]
    account_id: Mapped[str]
    resource_id: Mapped[str]
    region: Mapped[str | None]
    currency: Mapped[str]
    saving_expected: Mapped[Decimal | None]
    payload: Mapped[Mapping[str, Any]]

    __table_args__ = (Index("scan_findings_of_scan", "scan_id", "check_id"),)
