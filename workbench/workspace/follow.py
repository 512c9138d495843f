"""Recommendations follow the scans: new ones, expired ones, returned ones; decisions are never touched.

A finding that a scan does not bring is gone only when the scan could have brought it: the check ran to its end, judged
the resource, and was not stricter than the scan that saw it last. Older data than was followed before says nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from workbench.workspace.changes import Change
from workbench.workspace.facts import COLUMNS, Facts
from workbench.workspace.lifecycle import State, Step, next_state
from workbench.workspace.models import (
    RecommendationEventRow,
    RecommendationRow,
    RecommendationTagRow,
    ScanFindingRow,
    ScanRow,
)
from workbench.workspace.scan_records import Followed, Key

__all__ = ["PRESETS", "SETTLE_DAYS", "UNPLANNED", "follow", "steps_digest"]

UNPLANNED: Mapping[str, Any] = {"assignee": "", "due": None, "priority": 2}
"""Plan of a recommendation before a person says otherwise."""

SETTLE_DAYS = 30
"""Days after which something applied should no longer be found: checks look back at most 30 complete days."""

PRESETS = ("cautious", "default", "aggressive")
"""From the one that flags least to the one that flags most."""

_TABLE = RecommendationRow
# What a scan renews in a recommendation it knows already.
_RENEWED = (*COLUMNS, "finding_id", "last_scan_id", "last_seen", "gone_since")


@dataclass(slots=True)
class _Plan:
    """What will be written: renewed facts, ids of those gone, and steps."""

    renewed: list[dict[str, Any]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[int, Mapping[str, str]] = field(default_factory=dict)

    def step(self, number: int, step: Step, before: State | None, reason: str) -> None:
        after = State.OPEN if before is None else next_state(before, step)
        self.steps.append(
            {"recommendation_id": number, "step": step, "before": before, "after": after, "reason": reason}
        )


def follow(change: Change, scan: ScanRow, found: Mapping[Key, Facts], not_judged: Collection[Key]) -> Followed:
    """Bring the recommendations up to date with a scan, write their steps and the audit entry."""
    plan = _Plan()
    note = _why_not(change.session, scan)
    if not note:
        known = {(row.account_id, row.resource_id, row.check_id): row for row in _known(change.session, scan, found)}
        findings = _finding_ids(change.session, scan)
        for key, facts in found.items():
            if key in known:
                _renew(plan, known[key], facts, findings, scan, change.now.date())
        comparable = _no_stricter(change.session, scan, {row.last_scan_id for row in known.values()})
        for key, row in known.items():
            judged = key[2] in scan.checks_run and key not in not_judged and row.last_scan_id in comparable
            if key not in found and judged:
                _miss(plan, row, scan)
        _create(change, plan, {key: facts for key, facts in found.items() if key not in known}, findings, scan)
        _update(change, plan, scan)
        _tag(change.session, plan.tags)
    followed = _count(plan, note)
    _log(change, plan, scan, followed)
    return followed


def steps_digest(steps: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over steps in any order; the audit entry of a scan holds it, so that no step can be slipped in later."""
    names = ("recommendation_id", "step", "before", "after", "reason")
    lines = sorted(json.dumps([step[name] for name in names]) for step in steps)
    return hashlib.sha256("\n".join(lines).encode("ascii")).hexdigest()


def _why_not(session: Session, scan: ScanRow) -> str:
    if scan.status != "done":
        return "The scan failed"
    earlier = select(func.max(ScanRow.as_of)).where(ScanRow.status == "done", ScanRow.id != scan.id)
    newest = session.scalar(earlier)
    if newest is not None and scan.as_of < newest:
        return f"Its data end on {scan.as_of}, an earlier scan saw {newest}"
    return ""


def _known(session: Session, scan: ScanRow, found: Mapping[Key, Facts]) -> Iterable[Row[Any]]:
    """Recommendations of the checks that ran or found something."""
    checks = sorted({key[2] for key in found} | set(scan.checks_run))
    names = ("id", "account_id", "resource_id", "check_id", "state", "state_since", "snoozed_until", "gone_since")
    columns = [getattr(_TABLE, name) for name in (*names, "last_scan_id")]
    return session.execute(select(*columns).where(_TABLE.check_id.in_(checks))).all()


def _finding_ids(session: Session, scan: ScanRow) -> list[int]:
    """Ids of the findings in the order they came."""
    kind = ScanFindingRow
    return list(session.scalars(select(kind.id).where(kind.scan_id == scan.id).order_by(kind.id)))


def _no_stricter(session: Session, scan: ScanRow, ids: Collection[int]) -> frozenset[int]:
    """Those of the earlier scans ``ids`` whose findings this one would have brought, too."""
    kind = ScanRow
    rows = session.execute(select(kind.id, kind.preset, kind.parameters).where(kind.id.in_(ids)))
    return frozenset(
        row.id for row in rows if row.parameters == scan.parameters and _rank(row.preset) <= _rank(scan.preset)
    )


def _rank(preset: str) -> int:
    return PRESETS.index(preset) if preset in PRESETS else len(PRESETS)


def _renew(plan: _Plan, row: Row[Any], facts: Facts, findings: list[int], scan: ScanRow, today: date) -> None:
    plan.renewed.append({"row_id": row.id, **_facts(facts, findings, scan)})
    plan.tags[row.id] = facts.tags
    state = State(row.state)
    if state is State.SNOOZED:
        if row.snoozed_until is not None and row.snoozed_until <= today:
            plan.step(row.id, Step.WAKE, state, f"Snoozed until {row.snoozed_until}")
        return
    if next_state(state, Step.FIND_AGAIN) is None:
        return
    if row.gone_since is not None:
        plan.step(
            row.id, Step.FIND_AGAIN, state, f"Found again by scan {scan.id}, after it was gone on {row.gone_since}"
        )
    elif scan.as_of > row.state_since + timedelta(days=SETTLE_DAYS):
        plan.step(
            row.id, Step.FIND_AGAIN, state, f"Still found by scan {scan.id}, {SETTLE_DAYS} days after {row.state_since}"
        )


def _miss(plan: _Plan, row: Row[Any], scan: ScanRow) -> None:
    if row.gone_since is None:
        plan.gone.append(row.id)
    state = State(row.state)
    if next_state(state, Step.EXPIRE) is not None:
        plan.step(row.id, Step.EXPIRE, state, f"No longer found by scan {scan.id} (data to {scan.as_of})")


def _facts(facts: Facts, findings: list[int], scan: ScanRow) -> dict[str, Any]:
    seen = {"finding_id": findings[facts.position], "last_scan_id": scan.id, "last_seen": scan.as_of}
    return {**facts.columns, **seen, "gone_since": None}


def _create(change: Change, plan: _Plan, new: Mapping[Key, Facts], findings: list[int], scan: ScanRow) -> None:
    blank = {
        "first_scan_id": scan.id,
        "first_seen": scan.as_of,
        "state": State.OPEN,
        "state_since": scan.as_of,
        "reason": "",
        **UNPLANNED,
        "version": 1,
        "updated_at": change.now,
        "updated_by": change.actor,
    }
    rows = [
        {"account_id": key[0], "resource_id": key[1], "check_id": key[2], **blank, **_facts(facts, findings, scan)}
        for key, facts in new.items()
    ]
    if not rows:
        return
    change.session.execute(insert(_TABLE), rows)
    made = select(_TABLE.id, _TABLE.account_id, _TABLE.resource_id, _TABLE.check_id).where(
        _TABLE.first_scan_id == scan.id
    )
    for number, *key in change.session.execute(made.order_by(_TABLE.id)):
        plan.step(number, Step.FIND, None, "")
        plan.tags[number] = new[(key[0], key[1], key[2])].tags


def _update(change: Change, plan: _Plan, scan: ScanRow) -> None:
    connection = change.session.connection()
    this = update(_TABLE).where(_TABLE.id == bindparam("row_id"))
    if plan.renewed:
        connection.execute(this.values({name: bindparam(name) for name in _RENEWED}), plan.renewed)
    if plan.gone:
        connection.execute(this.values(gone_since=scan.as_of), [{"row_id": number} for number in plan.gone])
    moved = [
        {"row_id": step["recommendation_id"], "now": step["after"], "why": step["reason"]}
        for step in plan.steps
        if step["before"] is not None
    ]
    if moved:
        new_state = this.values(
            state=bindparam("now"),
            reason=bindparam("why"),
            state_since=scan.as_of,
            snoozed_until=None,
            version=_TABLE.version + 1,
            updated_at=change.now,
            updated_by=change.actor,
        )
        connection.execute(new_state, moved)


def _tag(session: Session, wanted: Mapping[int, Mapping[str, str]]) -> None:
    """Make the tags those of the newest finding; what is right already is not written again."""
    kind = RecommendationTagRow
    present: dict[int, dict[str, str]] = {}
    for number, key, value in session.execute(select(kind.recommendation_id, kind.key, kind.value)):
        present.setdefault(number, {})[key] = value
    differ = [number for number, tags in wanted.items() if present.get(number, {}) != dict(tags)]
    outdated = [{"row_id": number} for number in differ if number in present]
    if outdated:
        session.connection().execute(delete(kind).where(kind.recommendation_id == bindparam("row_id")), outdated)
    rows = [
        {"recommendation_id": number, "key": key, "value": value}
        for number in differ
        for key, value in wanted[number].items()
    ]
    if rows:
        session.execute(insert(kind), rows)


def _count(plan: _Plan, note: str) -> Followed:
    taken = [step["step"] for step in plan.steps]
    moved = frozenset(step["recommendation_id"] for step in plan.steps)
    return Followed(
        created=taken.count(Step.FIND),
        seen=sum(row["row_id"] not in moved for row in plan.renewed),
        returned=taken.count(Step.FIND_AGAIN),
        woken=taken.count(Step.WAKE),
        expired=taken.count(Step.EXPIRE),
        gone=sum(number not in moved for number in plan.gone),
        note=note,
    )


def _log(change: Change, plan: _Plan, scan: ScanRow, followed: Followed) -> None:
    summary = {
        "snapshot_id": scan.snapshot_id,
        "preset": scan.preset,
        "as_of": scan.as_of,
        "status": scan.status,
        "findings": scan.findings,
        "followed": asdict(followed),
        "steps": len(plan.steps),
        "steps_sha256": steps_digest(plan.steps),
    }
    change.log("scan.record", "scan", scan.id, before=None, after=summary)
    (entry,) = change.write_log()
    common = {"at": change.now, "actor": change.actor, "details": {}, "scan_id": scan.id, "audit_id": entry}
    if plan.steps:
        change.session.execute(insert(RecommendationEventRow), [{**step, **common} for step in plan.steps])
