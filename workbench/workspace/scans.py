"""Scans: every run of the checks, and what it found with the evidence of that moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.workspace.access import Permission
from workbench.workspace.changes import Change, Desk
from workbench.workspace.models import ScanFindingRow, ScanRow

__all__ = ["Finding", "SavedScan", "Scan", "ScanTotal", "findings", "newest", "record"]

# How many findings go to the database in one statement.
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class ScanTotal:
    """Possible saving a month found by a scan.

    Args:
        currency: currency of both amounts.
        basis: cost basis the saving is priced on: billed, effective, contracted or list.
        gross: all findings added.
        deduplicated: what remains when findings about the same money are counted once.
    """

    currency: str
    basis: str
    gross: Decimal
    deduplicated: Decimal


@dataclass(frozen=True, slots=True)
class Scan:
    """One run of checks.

    Args:
        started_at: UTC.
        snapshot_id: the data it read.
        preset: cautious, default or aggressive.
        parameters: thresholds that differ from the preset.
        as_of: last complete day of the data, where all windows end.
        checks_run: ids of the checks that ran to their end; only what these no longer find is gone.
        counts: how many judgements of each result: flagged, passed, not applicable, excluded, could not run.
        totals: one per currency and basis.
        seconds: how long it took.
        status: done, or failed with ``error``.
        error: why it failed; empty when done.
    """

    started_at: datetime
    snapshot_id: str
    preset: str
    as_of: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    checks_run: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    totals: tuple[ScanTotal, ...] = ()
    seconds: float = 0.0
    status: Literal["done", "failed"] = "done"
    error: str = ""


@dataclass(frozen=True, slots=True)
class SavedScan:
    """A scan as kept; ``findings`` counts them."""

    id: int
    scan: Scan
    findings: int
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One flagged resource.

    Args:
        check_id: the check that flagged it.
        account_id: sub-account; empty when the bill does not say.
        resource_id: the resource; empty for a finding about a whole account.
        region: None when it has none.
        currency: of ``saving_expected``.
        saving_expected: a month, on the scan's main basis; None when it cannot be priced, which is not zero.
        payload: everything else as JSON: evidence, thresholds, configuration, low and high saving, tags.
    """

    check_id: str
    account_id: str
    resource_id: str
    region: str | None
    currency: str
    saving_expected: Decimal | None
    payload: Mapping[str, Any] = field(default_factory=dict)


def record(desk: Desk, scan: Scan, found: Iterable[Finding]) -> SavedScan:
    """Add a scan with its findings."""
    with desk.changing(Permission.RECORD_SCANS) as change:
        row = _add(change, scan, found)
        change.log("scan.record", "scan", row.id, before=None, after={"scan": scan, "findings": row.findings})
        return SavedScan(row.id, scan, row.findings, change.actor)


def _add(change: Change, scan: Scan, found: Iterable[Finding]) -> ScanRow:
    session = change.session
    row = ScanRow(
        started_at=scan.started_at,
        snapshot_id=scan.snapshot_id,
        preset=scan.preset,
        parameters=scan.parameters,
        as_of=scan.as_of,
        checks_run=list(scan.checks_run),
        counts=scan.counts,
        totals=list(scan.totals),
        findings=0,
        seconds=scan.seconds,
        status=scan.status,
        error=scan.error,
        recorded_by=change.actor,
    )
    session.add(row)
    session.flush()
    batch: list[dict[str, Any]] = []
    for finding in found:
        batch.append({"scan_id": row.id, **{name: getattr(finding, name) for name in Finding.__slots__}})
        if len(batch) == _BATCH:
            _insert(session, row, batch)
    _insert(session, row, batch)
    session.flush()
    return row


def newest(session: Session, limit: int) -> tuple[SavedScan, ...]:
    """The newest scans first."""
    return tuple(_saved(row) for row in session.scalars(select(ScanRow).order_by(ScanRow.id.desc()).limit(limit)))


def findings(session: Session, scan_id: int) -> tuple[Finding, ...]:
    """What one scan found, by check, account and resource."""
    kind = ScanFindingRow
    columns = [getattr(kind, name) for name in Finding.__slots__]
    order = (kind.check_id, kind.account_id, kind.resource_id, kind.id)
    return tuple(
        Finding(*row) for row in session.execute(select(*columns).where(kind.scan_id == scan_id).order_by(*order))
    )


def _insert(session: Session, row: ScanRow, batch: list[dict[str, Any]]) -> None:
    if batch:
        session.execute(insert(ScanFindingRow), batch)
        row.findings += len(batch)
        batch.clear()


def _saved(row: ScanRow) -> SavedScan:
    scan = Scan(
        started_at=row.started_at,
        snapshot_id=row.snapshot_id,
        preset=row.preset,
        as_of=row.as_of,
        parameters=row.parameters,
        checks_run=tuple(row.checks_run),
        counts=row.counts,
        totals=tuple(ScanTotal(**{**one, **_money(one)}) for one in row.totals),
        seconds=row.seconds,
        status="failed" if row.status == "failed" else "done",
        error=row.error,
    )
    return SavedScan(row.id, scan, row.findings, row.recorded_by)


def _money(total: Mapping[str, Any]) -> dict[str, Decimal]:
    # A whole amount is an integer in JSON.
    return {name: Decimal(total[name]) for name in ("gross", "deduplicated")}
