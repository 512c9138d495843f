"""Is the workspace whole? The file, the chain of the audit log, every state and every row from what was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from workbench.errors import StorageError
from workbench.workspace import audit, check_records
from workbench.workspace.changes import Desk
from workbench.workspace.follow import steps_digest
from workbench.workspace.lifecycle import State, Step, Taken, replay
from workbench.workspace.models import AuditRow, RecommendationEventRow, RecommendationRow
from workbench.workspace.models.base import storable

__all__ = ["CheckReport", "Problem", "check"]

_SHOWN = 20
"""Problems of one kind that are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: the area, and a sentence."""

    area: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was looked at and what was wrong.

    Args:
        place: file or address, without password.
        revision: of the tables; None while nobody has written anything.
        entries: in the audit log.
        head: hash of its last entry: noted down elsewhere, it proves later that nothing before was changed.
        recommendations: whose state was derived again from their history.
        problems: empty when all is well.
    """

    place: str
    revision: str | None
    entries: int
    head: str
    recommendations: int
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check(desk: Desk, *, contains: str | None = None) -> CheckReport:
    """Read everything again; a file too damaged to be read is a problem like any other.

    Args:
        desk: where.
        contains: hash of an entry noted down earlier, which must still be in the chain.
    """
    place = desk.database.name
    try:
        return _check(desk, place, contains)
    except StorageError as exc:
        return CheckReport(place, None, 0, "", 0, (Problem("file", f"{exc.title}: {exc.detail}"),))


def _check(desk: Desk, place: str, contains: str | None) -> CheckReport:
    with desk.reading() as session:
        if session is None:
            missing = [Problem("audit log", "The noted entry is not in it")] if contains else []
            return CheckReport(place, None, 0, "", 0, tuple(missing))
        problems = [*_file(session), *_chain(session, contains), *_steps_of_scans(session), *_steps_of_people(session)]
        problems += [*_states(session), *_records(session)]
        entries, head = audit.chain_head(session)
        revision = session.scalar(text("SELECT version_num FROM alembic_version"))
        count = session.scalar(select(func.count()).select_from(RecommendationRow)) or 0
        return CheckReport(place, revision, entries, head, count, tuple(problems))


def _file(session: Session) -> Iterator[Problem]:
    """SQLite reads its whole file; PostgreSQL has its own checksums."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (message,) in session.execute(text("PRAGMA integrity_check")):
        if message != "ok":
            yield Problem("file", str(message))
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield Problem("file", f"A row of {row[0]} refers to a row of {row[2]} that is not there")


def _chain(session: Session, contains: str | None) -> Iterator[Problem]:
    broken = audit.verify_chain(session)
    if broken is not None:
        yield Problem("audit log", f"From entry {broken.entry} on it cannot be trusted: {broken.reason}")
    if contains and session.scalar(select(AuditRow.id).where(AuditRow.hash == contains)) is None:
        yield Problem("audit log", "The noted entry is not in it: it was cut off or rewritten")


def _steps_of_scans(session: Session) -> Iterator[Problem]:
    """The audit entry of a scan holds a digest of the steps it took."""
    kind = RecommendationEventRow
    found: dict[int, list[dict[str, Any]]] = {}
    names = ("recommendation_id", "step", "before", "after", "reason")
    columns = [getattr(kind, name) for name in names]
    for audit_id, *values in session.execute(select(kind.audit_id, *columns).where(kind.scan_id.is_not(None))):
        found.setdefault(audit_id, []).append(dict(zip(names, values, strict=True)))
    logged = session.execute(select(AuditRow.id, AuditRow.after).where(AuditRow.action == "scan.record"))
    for number, after in logged.all():
        digest = json.loads(after or "{}").get("steps_sha256")
        steps = found.pop(number, [])
        # Scans recorded before there were recommendations took no steps and say nothing about them.
        if digest is not None and digest != steps_digest(steps):
            yield Problem("history", f"The steps of the scan in audit entry {number} are not those it took")
    for number in found:
        yield Problem("history", f"Steps refer to audit entry {number}, which is not that of a scan")


def _steps_of_people(session: Session) -> Iterator[Problem]:
    """Each step of a person is said in its audit entry, and each entry has its step."""
    kind = RecommendationEventRow
    steps = {
        row.audit_id: row
        for row in session.execute(
            select(kind.audit_id, kind.recommendation_id, kind.step, kind.after, kind.reason, kind.actor).where(
                kind.scan_id.is_(None)
            )
        )
    }
    logged = session.execute(
        select(AuditRow.id, AuditRow.object_id, AuditRow.action, AuditRow.after, AuditRow.actor).where(
            AuditRow.object_kind == "recommendation"
        )
    )
    for entry in logged.all():
        step = steps.pop(entry.id, None)
        after = json.loads(entry.after or "{}")
        said = (entry.object_id, entry.action, after.get("state"), entry.actor)
        if step is None:
            yield Problem("history", f"The step of audit entry {entry.id} is missing")
        elif said != (str(step.recommendation_id), f"recommendation.{step.step}", step.after, step.actor) or (
            step.step != Step.EDIT and storable(after.get("reason", "")) != step.reason
        ):
            yield Problem("history", f"The step of audit entry {entry.id} says something else than the entry")
    for number in steps:
        yield Problem("history", f"A step refers to audit entry {number}, which is not there")


def _records(session: Session) -> Iterator[Problem]:
    """Annotations, budgets, rules, views and invoices say what their newest audit entry says."""
    found = list(check_records.unlike_their_entries(session))
    for message in found[:_SHOWN]:
        yield Problem("records", message)
    if len(found) > _SHOWN:
        yield Problem("records", f"and {len(found) - _SHOWN} more")


def _states(session: Session) -> Sequence[Problem]:
    """Take every step again: the present state must come out."""
    kind = RecommendationEventRow
    current = {
        row.id: State(row.state) for row in session.execute(select(RecommendationRow.id, RecommendationRow.state))
    }
    events = select(kind.recommendation_id, kind.step, kind.before, kind.after).order_by(
        kind.recommendation_id, kind.id
    )
    problems = []
    with session.execute(events.execution_options(yield_per=5_000)) as rows:
        for number, steps in groupby(rows, key=attrgetter("recommendation_id")):
            state = current.pop(number, None)
            try:
                reached = replay(
                    Taken(Step(one.step), State(one.before) if one.before else None, State(one.after)) for one in steps
                )
            except ValueError as exc:
                problems.append(Problem("history", f"Recommendation {number}: {exc}"))
            else:
                if reached is not state:
                    problems.append(
                        Problem("history", f"Recommendation {number} is {state}, its history leads to {reached}")
                    )
    problems += [Problem("history", f"Recommendation {number} has no history") for number in current]
    if len(problems) > _SHOWN:
        more = Problem("history", f"and {len(problems) - _SHOWN} more")
        return [*problems[:_SHOWN], more]
    return problems
