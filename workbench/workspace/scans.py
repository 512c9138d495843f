"""Scans: every run of the checks, and what it found with the evidence of that moment."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.workspace.access import Permission
from workbench.workspace.changes import Change, Desk
from workbench.workspace.facts import Facts, read_facts
from workbench.workspace.follow import follow
from workbench.workspace.models import ScanFindingRow, ScanRow
from workbench.workspace.scan_records import ACCEPTED, Finding, Followed, Key, SavedScan, Scan, ScanTotal

__all__ = ["findings", "newest", "record"]

# How many findings go to the database in one statement.
_BATCH = 2_000


def record(desk: Desk, scan: Scan, found: Iterable[Finding], not_judged: Collection[Key] = ()) -> SavedScan:
    """Add a scan with its findings, and let the recommendations follow it."""
    with desk.changing(Permission.RECORD_SCANS) as change:
        row = _add(change, scan)
        facts = _add_findings(change, row, found)
        followed = follow(change, row, facts, frozenset(not_judged))
        row.followed = dataclasses.asdict(followed)
        return SavedScan(row.id, scan, row.findings, change.actor, followed)


def _add(change: Change, scan: Scan) -> ScanRow:
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
        followed={},
        recorded_by=change.actor,
    )
    change.session.add(row)
    change.session.flush()
    return row


def _add_findings(change: Change, row: ScanRow, found: Iterable[Finding]) -> dict[Key, Facts]:
    """Insert in batches; what the recommendations need of each finding."""
    facts: dict[Key, Facts] = {}
    batch: list[dict[str, Any]] = []

    def insert_batch() -> None:
        if batch:
            change.session.execute(insert(ScanFindingRow), batch)
            batch.clear()

    for finding in found:
        batch.append({"scan_id": row.id, **{name: getattr(finding, name) for name in Finding.__slots__}})
        if len(batch) == _BATCH:
            insert_batch()
        one = read_facts(finding, position=row.findings)
        row.findings += 1
        # The same money twice: the larger one stands for both.
        if finding.key not in facts or one.order > facts[finding.key].order:
            facts[finding.key] = one
    insert_batch()
    change.session.flush()
    return facts


def newest(session: Session, limit: int) -> tuple[SavedScan, ...]:
    """The newest scans first; what was taken on by itself is none."""
    scans = select(ScanRow).where(ScanRow.preset != ACCEPTED)
    return tuple(_saved(row) for row in session.scalars(scans.order_by(ScanRow.id.desc()).limit(limit)))


def findings(session: Session, scan_id: int) -> tuple[Finding, ...]:
    """What one scan found, by check, account and resource."""
    kind = ScanFindingRow
    columns = [getattr(kind, name) for name in Finding.__slots__]
    order = (kind.check_id, kind.account_id, kind.resource_id, kind.id)
    return tuple(
        Finding(*row) for row in session.execute(select(*columns).where(kind.scan_id == scan_id).order_by(*order))
    )


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
    return SavedScan(row.id, scan, row.findings, row.recorded_by, Followed(**row.followed))


def _money(total: Mapping[str, Any]) -> dict[str, Decimal]:
    # A whole amount is an integer in JSON.
    return {name: Decimal(total[name]) for name in ("gross", "deduplicated")}
