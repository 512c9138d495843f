"""Recommendations: list, look at, decide, edit. How they come and go with scans is in ``follow``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, cast, func, insert, null, or_, select, union_all
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import BadDecision, Conflict
from workbench.workspace import intents
from workbench.workspace.access import Permission
from workbench.workspace.changes import Change, Desk
from workbench.workspace.lifecycle import UNDECIDED, Decision, State, Step, decide
from workbench.workspace.models import RecommendationEventRow, RecommendationRow, RecommendationTagRow, ScanFindingRow
from workbench.workspace.recommendation_records import (
    Amount,
    Choice,
    Edit,
    Event,
    Order,
    Page,
    Preview,
    Recommendation,
    RecommendationFilter,
    Refused,
)
from workbench.workspace.sums import at_least, exact_sum
from workbench.workspace.versions import changed_meanwhile

__all__ = ["Recommendations"]

_ROW = RecommendationRow
_KIND = "recommendation"
# What lists read: all but the search text.
_FIELDS = [name for name in Recommendation.__slots__ if name != "hidden_by"]
_MANY = 500
_EVERYTHING = RecommendationFilter(intentional=None)


class Recommendations:
    """The part of the workspace that holds possible savings and decisions.

    Args:
        desk: where to read and write, and who acts.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def list(
        self,
        wanted: RecommendationFilter = _EVERYTHING,
        *,
        order: Order = Order.SAVING,
        limit: int = 50,
        offset: int = 0,
    ) -> Page:
        """A part of the list, and the sums of all of it."""
        with self._desk.reading() as session:
            if session is None:
                return Page((), 0, ())
            today = clock.today()
            rules = intents.active(session, today)
            matching = and_(True, *_conditions(wanted, rules, today))
            amounts, ids = _sums_and_part(session, matching, order, limit, offset)
            rows = self._read(session, ids)
            return Page(rows, sum(amount.count for amount in amounts), amounts)

    def get(self, id: int) -> Recommendation:
        """One recommendation.

        Raises:
            Conflict: there is none with this number.
        """
        with self._desk.reading() as session:
            return self._read(session, [id])[0]

    def evidence(self, id: int) -> Mapping[str, Any]:
        """What the newest scan that found it said: the payload of its finding."""
        kind = ScanFindingRow
        with self._desk.reading() as session:
            if session is not None:
                found = select(kind.payload).join(_ROW, _ROW.finding_id == kind.id).where(_ROW.id == id)
                payload: Mapping[str, Any] | None = session.scalar(found)
                if payload is not None:
                    return payload
        raise _absent(id)

    def history(self, id: int) -> tuple[Event, ...]:
        """Every step, oldest first."""
        kind = RecommendationEventRow
        with self._desk.reading() as session:
            if session is None:
                return ()
            return tuple(
                Event(
                    row.at,
                    row.actor,
                    Step(row.step),
                    State(row.before) if row.before else None,
                    State(row.after),
                    row.reason,
                    row.details,
                    row.scan_id,
                    row.audit_id,
                )
                for row in session.scalars(select(kind).where(kind.recommendation_id == id).order_by(kind.id))
            )

    def preview(self, ids: Sequence[int], decision: Decision) -> Preview:
        """What a decision on all of ``ids`` would do; nothing is changed."""
        today = clock.today()
        possible, refused = [], []
        with self._desk.reading() as session:
            for one in self._read(session, ids):
                try:
                    decide(one.state, decision, today)
                except BadDecision as exc:
                    refused.append(Refused(one.id, str(exc)))
                else:
                    possible.append(one)
        return Preview(tuple(possible), _added_up(possible), tuple(refused))

    def decide(self, choices: Sequence[Choice], decision: Decision) -> tuple[Recommendation, ...]:
        """Take one decision on all of ``choices``, or on none.

        Raises:
            BadDecision: the step is not possible for one of them; names the first.
            Conflict: one was changed since it was shown; names who and when.
        """

        def step(row: RecommendationRow, today: date) -> tuple[Step, State, str, dict[str, Any]]:
            try:
                after = decide(State(row.state), decision, today)
            except BadDecision as exc:
                raise BadDecision(f"Recommendation {row.id}: {exc.title}", detail=exc.detail, hint=exc.hint) from exc
            row.snoozed_until = decision.until if after is State.SNOOZED else None
            row.duplicate_of = decision.duplicate_of if after is State.DUPLICATE else None
            row.reason = decision.reason
            row.state_since = today
            details = {"until": row.snoozed_until, "duplicate_of": row.duplicate_of}
            return decision.step, after, decision.reason, {key: one for key, one in details.items() if one is not None}

        with self._desk.changing(Permission.DECIDE) as change:
            if decision.step is Step.DUPLICATE:
                _check_original(change.session, choices, decision.duplicate_of)
            return self._change(change, choices, step)

    def preview_edit(self, ids: Sequence[int], edit: Edit) -> Preview:
        """Which of ``ids`` an edit would change; ``refused`` are planned like that already. Nothing is changed."""
        possible, same = [], []
        with self._desk.reading() as session:
            for one in self._read(session, ids):
                if edit.applied(one.assignee, one.due, one.priority) == (one.assignee, one.due, one.priority):
                    same.append(Refused(one.id, "It is planned like that already"))
                else:
                    possible.append(one)
        return Preview(tuple(possible), _added_up(possible), tuple(same))

    def edit(self, choices: Sequence[Choice], edit: Edit) -> tuple[Recommendation, ...]:
        """Say who takes care, until when, how urgent; all of ``choices`` or none.

        Raises:
            BadDecision: the priority is not 1, 2 or 3.
            Conflict: one was changed since it was shown; names who and when.
        """
        if edit.priority not in {None, 1, 2, 3}:
            raise BadDecision("A priority is 1 (high), 2 (normal) or 3 (low)", detail=str(edit.priority))

        def step(row: RecommendationRow, _today: date) -> tuple[Step, State, str, dict[str, Any]]:
            before = {"assignee": row.assignee, "due": row.due, "priority": row.priority}
            row.assignee, row.due, row.priority = edit.applied(row.assignee, row.due, row.priority)
            after = {"assignee": row.assignee, "due": row.due, "priority": row.priority}
            details = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
            return Step.EDIT, State(row.state), "", details

        with self._desk.changing(Permission.DECIDE) as change:
            return self._change(change, choices, step)

    def _change(
        self,
        change: Change,
        choices: Sequence[Choice],
        step: Callable[[RecommendationRow, date], tuple[Step, State, str, dict[str, Any]]],
    ) -> tuple[Recommendation, ...]:
        today = change.now.date()
        rows = _rows(change.session, [choice.id for choice in choices])
        events = []
        for choice in choices:
            row = rows[choice.id]
            if choice.version is not None and row.version != choice.version:
                raise changed_meanwhile(f"Recommendation {row.id}", deleted=False, by=row.updated_by, at=row.updated_at)
            before, decided_before = State(row.state), _decided(row)
            taken, after, reason, details = step(row, today)
            row.state = after
            row.version += 1
            row.updated_at, row.updated_by = change.now, change.actor
            change.log(f"recommendation.{taken}", _KIND, row.id, before=decided_before, after=_decided(row))
            events.append(
                {
                    "recommendation_id": row.id,
                    "at": change.now,
                    "actor": change.actor,
                    "step": taken,
                    "before": before,
                    "after": after,
                    "reason": reason,
                    "details": details,
                    "scan_id": None,
                }
            )
        change.session.flush()
        entries = change.write_log()
        if events:
            change.session.execute(
                insert(RecommendationEventRow),
                [{**event, "audit_id": entry} for event, entry in zip(events, entries, strict=True)],
            )
        return self._read(change.session, [choice.id for choice in choices])

    def _read(self, session: Session | None, ids: Sequence[int]) -> tuple[Recommendation, ...]:
        """In the order of ``ids``."""
        found: dict[int, Recommendation] = {}
        if session is not None:
            rules = intents.active(session, clock.today())
            for start in range(0, len(ids), _MANY):
                part = ids[start : start + _MANY]
                hidden = intents.hidden_by(session, rules, part) if rules else {}
                for row in session.execute(select(*_columns()).where(_ROW.id.in_(part))):
                    found[row.id] = _record(row._mapping, hidden.get(row.id))
        for number in ids:
            if number not in found:
                raise _absent(number)
        return tuple(found[number] for number in ids)


def _columns() -> list[Any]:
    return [getattr(_ROW, name) for name in _FIELDS]


def _record(row: Mapping[Any, Any], hidden_by: int | None) -> Recommendation:
    return Recommendation(**{**row, "state": State(row["state"])}, hidden_by=hidden_by)


def _decided(row: RecommendationRow) -> dict[str, Any]:
    """What the audit log keeps of a recommendation: all that people decide."""
    names = ("state", "reason", "snoozed_until", "duplicate_of", "assignee", "due", "priority", "version")
    return {name: getattr(row, name) for name in names}


def _rows(session: Session, ids: Sequence[int]) -> dict[int, RecommendationRow]:
    found: dict[int, RecommendationRow] = {}
    for start in range(0, len(ids), _MANY):
        part = ids[start : start + _MANY]
        found |= {row.id: row for row in session.scalars(select(_ROW).where(_ROW.id.in_(part)))}
    for number in ids:
        if number not in found:
            raise _absent(number)
    return found


def _check_original(session: Session, choices: Sequence[Choice], original: int | None) -> None:
    if original is None:
        return
    if any(choice.id == original for choice in choices):
        raise BadDecision(f"Recommendation {original} cannot be a duplicate of itself")
    row = _rows(session, [original])[original]
    if row.state == State.DUPLICATE:
        raise BadDecision(
            f"Recommendation {original} is itself a duplicate", hint=f"Name the one it repeats: {row.duplicate_of}"
        )


def _conditions(wanted: RecommendationFilter, rules: Sequence[intents.Rule], today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.needs_decision:
        over = and_(_ROW.state == State.SNOOZED, _ROW.snoozed_until <= today)
        conditions.append(or_(_ROW.state.in_(UNDECIDED), over))
    if wanted.states:
        conditions.append(_ROW.state.in_(wanted.states))
    for name in ("check_id", "account_id", "resource_id", "service", "currency", "assignee", "risk"):
        if (value := getattr(wanted, name)) is not None:
            conditions.append(getattr(_ROW, name) == value)
    if wanted.due_before is not None:
        conditions.append(_ROW.due < wanted.due_before)
    if wanted.tag is not None:
        tags = RecommendationTagRow
        tagged = select(tags.recommendation_id).where(tags.key == wanted.tag[0], tags.value == wanted.tag[1])
        conditions.append(_ROW.id.in_(tagged))
    if wanted.saving_at_least is not None:
        conditions.append(at_least(_ROW.saving_expected, wanted.saving_at_least))
    conditions += [_ROW.search_text.contains(word.casefold(), autoescape=True) for word in wanted.text.split()]
    if wanted.intentional is not None and (rules or wanted.intentional):
        held = intents.hidden(rules)
        conditions.append(held if wanted.intentional else ~held)
    return conditions


def _sums_and_part(
    session: Session, matching: ColumnElement[bool], order: Order, limit: int, offset: int
) -> tuple[tuple[Amount, ...], list[int]]:
    """Sums of all that match, and the ids of one part of the list.

    Both come from one statement, because finding what matches is most of the work. Only numbers are sorted: whole rows
    would take far longer.
    """
    found = select(_ROW.id, _ROW.currency, _ROW.saving_expected, _ROW.priority, _ROW.due, _ROW.first_seen)
    every = found.where(matching).cte("every").c
    # Cut before it is numbered: then only as many rows as are wanted are kept in order, not all of them.
    cut = select(*every).order_by(*_by(order, every)).limit(limit).offset(offset).subquery("cut").c
    place = func.row_number().over(order_by=_by(order, cut)).label("place")
    part = select(place, cut.id).subquery("part").c
    sums = select(
        every.currency,
        func.count(),
        func.count(every.saving_expected),
        exact_sum(every.saving_expected),
        null(),
        null(),
    ).group_by(every.currency)
    rows = session.execute(union_all(sums, select(null(), null(), null(), null(), part.place, part.id))).all()
    amounts = [Amount(row[0], row[1], row[2], row[3] or Decimal(0)) for row in rows if row[5] is None]
    ids = sorted((row[4], row[5]) for row in rows if row[5] is not None)
    return tuple(sorted(amounts, key=lambda one: one.currency)), [id for _, id in ids]


def _by(order: Order, columns: Any) -> tuple[ColumnElement[Any], ...]:
    """What a list is sorted by; the number last, so that the order is always the same."""
    first: dict[Order, tuple[ColumnElement[Any], ...]] = {
        Order.SAVING: (),
        Order.PRIORITY: (columns.priority,),
        Order.DUE: (columns.due.is_(None), columns.due),
        Order.NEWEST: (columns.first_seen.desc(),),
    }
    saving = columns.saving_expected
    return (*first[order], saving.is_(None), cast(saving, Float).desc(), columns.id)


def _added_up(rows: Sequence[Recommendation]) -> tuple[Amount, ...]:
    currencies = sorted({row.currency for row in rows})
    return tuple(
        Amount(
            currency,
            sum(row.currency == currency for row in rows),
            sum(row.currency == currency and row.saving_expected is not None for row in rows),
            sum((row.saving_expected or Decimal(0) for row in rows if row.currency == currency), Decimal(0)),
        )
        for currency in currencies
    )


def _absent(id: int) -> Conflict:
    return Conflict(f"There is no recommendation {id}", hint="Reload to see the present state")
