"""Scans as the workspace keeps them, and two of them compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workbench.checks.ground import BASES, Ground
from workbench.checks.scan import Found, ScanResult
from workbench.workspace import Finding, SavedScan, Scan, ScanTotal, Workspace

__all__ = ["Compared", "compare", "keep", "keepable", "to_finding"]


def keepable(result: ScanResult, *, newest: bool) -> str:
    """Why a scan is not kept; empty when it can be.

    A scan of some accounts or of an earlier day would look as if the other findings were gone.
    """
    if result.accounts:
        return "It is about some accounts only"
    if not newest:
        return f"It is about an earlier day, {result.as_of}"
    return ""


def keep(workspace: Workspace, result: ScanResult, ground: Ground) -> SavedScan:
    """Record a scan with its findings; the recommendations follow it.

    Raises:
        AccessDenied: the user may not record scans.
        StorageError: the workspace cannot be written.
    """
    ran = [one for one in result.results if one.judged.outcome in ("findings", "clean")]
    scan = Scan(
        started_at=result.started_at,
        snapshot_id=result.snapshot_id,
        preset=result.preset,
        as_of=result.as_of,
        parameters={check: dict(values) for check, values in result.given.items() if values},
        checks_run=tuple(one.judged.check.id for one in ran),
        counts={**result.counts, **_outcomes(result)},
        totals=tuple(ScanTotal(one.currency, one.basis, one.gross, one.deduplicated) for one in result.totals),
        seconds=result.seconds,
    )
    not_judged = {one.key for one in result.excluded}
    for one in ran:
        for row in one.judged.rows("cannot tell"):
            subject = ground.subject(one.judged.check.facts.resource, row["subject"], row["account"])
            number = subject.account_number if subject else ground.account(row["account"])[0]
            resource = subject.resource_id if subject else row["subject"]
            not_judged.add((number or row["account"] or "", resource, one.judged.check.id))
    return workspace.record_scan(scan, (to_finding(one) for one in result.found), not_judged=not_judged)


def to_finding(one: Found) -> Finding:
    """One finding with everything a reader needs to understand it later, as plain JSON values."""
    check, facts = one.check, one.check.facts
    saving, basis = one.best("effective")
    counts = facts.kind == "saving"
    payload: dict[str, Any] = {
        "title": check.title,
        "area": facts.area,
        "kind": facts.kind,
        "service_name": one.service or facts.area,
        "resource_type": one.resource_type,
        "resource_name": one.name,
        "account_name": one.account_name,
        "env": one.env,
        "basis": basis,
        "saving_low": _text(one.price.low[basis]) if counts else None,
        "saving_high": _text(one.price.high[basis]) if counts else None,
        "savings": {
            level: {name: _text(amounts[name]) for name in BASES}
            for level, amounts in (("low", one.price.low), ("expected", one.price.expected), ("high", one.price.high))
        },
        "cost_month": {name: _text(one.price.cost[name]) for name in BASES},
        "counted": {name: str(amount) for name, amount in one.counted.items()},
        "formula": facts.saving,
        "rule": facts.rule,
        "parameters": {name: _plain(value) for name, value in one.values.items()},
        "evidence": {name: _plain(value) for name, value in one.evidence.items()},
        "confidence": one.confidence,
        "doubts": [list(doubt) for doubt in one.doubts],
        "risk": facts.risk,
        "effort": facts.effort,
        "restart": facts.restart,
        "reversible": facts.reversible,
        "remedy": list(facts.remedy),
        "command": one.command,
        "policy": one.policy or None,
        "tags": dict(one.tags),
        "check_version": check.version,
    }
    # What is not to be added up has no saving: sums of recommendations must not hold it.
    return Finding(
        check.id,
        one.account,
        one.resource_id,
        one.region,
        one.price.currency,
        saving if counts else None,
        payload,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Two recorded scans: what the later one found anew, what it no longer finds, what is still there.

    ``not_comparable`` are checks that did not run in both; their findings are left out.
    """

    before: SavedScan
    after: SavedScan
    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    still: tuple[Finding, ...]
    not_comparable: tuple[str, ...]


def compare(workspace: Workspace, before: SavedScan, after: SavedScan) -> Compared:
    """Compare two scans by account, resource and check."""
    both = set(before.scan.checks_run) & set(after.scan.checks_run)
    first = {one.key: one for one in workspace.findings(before.id) if one.check_id in both}
    second = {one.key: one for one in workspace.findings(after.id) if one.check_id in both}
    return Compared(
        before,
        after,
        _largest_first(one for key, one in second.items() if key not in first),
        _largest_first(one for key, one in first.items() if key not in second),
        _largest_first(one for key, one in second.items() if key in first),
        tuple(sorted(set(before.scan.checks_run) ^ set(after.scan.checks_run))),
    )


def _largest_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: (-(one.saving_expected or Decimal(0)), one.key)))


def _outcomes(result: ScanResult) -> Mapping[str, int]:
    sums: dict[str, int] = {}
    for one in result.results:
        sums[f"checks {one.outcome}"] = sums.get(f"checks {one.outcome}", 0) + 1
    return sums


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
