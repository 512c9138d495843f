"""Rules about what is intentional: they hold findings back until a day, and show what they hold back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import BadDecision, Conflict
from workbench.workspace.access import Permission
from workbench.workspace.changes import Change, Desk, changed_meanwhile
from workbench.workspace.models import IntentRow, RecommendationRow, RecommendationTagRow
from workbench.workspace.recommendation_records import Intent, IntentKind, SavedIntent

__all__ = ["Rule", "active", "delete", "hidden", "hidden_by", "read_all", "save"]

_KIND = "intentional_rule"
Rule = IntentRow


def active(session: Session, today: date) -> tuple[IntentRow, ...]:
    """The rules that hold today."""
    kind = IntentRow
    found = select(kind).where(kind.deleted_at.is_(None), kind.expires_on > today).order_by(kind.id)
    return tuple(session.scalars(found))


def hidden(rules: Iterable[IntentRow]) -> ColumnElement[bool]:
    """SQL condition on a recommendation: one of the rules holds it back."""
    return or_(false(), *(_matches(rule) for rule in rules))


def hidden_by(session: Session, rules: Iterable[IntentRow], ids: Iterable[int]) -> dict[int, int]:
    """Recommendation → the first rule that holds it back, for those of ``ids`` that are held back."""
    numbers = list(ids)
    found: dict[int, int] = {}
    for rule in reversed(tuple(rules)):
        matching = select(RecommendationRow.id).where(RecommendationRow.id.in_(numbers), _matches(rule))
        found |= dict.fromkeys(session.scalars(matching), rule.id)
    return found


def read_all(desk: Desk) -> tuple[SavedIntent, ...]:
    """All rules that are not deleted, also those that have expired, with what each holds back today."""
    today = clock.today()
    with desk.reading() as session:
        if session is None:
            return ()
        rows = session.scalars(select(IntentRow).where(IntentRow.deleted_at.is_(None)).order_by(IntentRow.id))
        return tuple(_saved(session, row, today) for row in rows.all())


def save(desk: Desk, intent: Intent, *, id: int | None = None, version: int | None = None) -> SavedIntent:
    """Add a rule, or change the rule ``id`` as it was in ``version``."""
    _check(intent, clock.today())
    with desk.changing(Permission.MARK_INTENTIONAL) as change:
        if id is None:
            row = IntentRow(version=0, created_at=change.now, created_by=change.actor, deleted_at=None)
            change.session.add(row)
        else:
            row = _present(change, id, version)
        before = None if id is None else _intent(row)
        row.kind, row.key, row.value, row.check_id = intent.kind, intent.key, intent.value, intent.check_id
        row.reason, row.expires_on = intent.reason, intent.expires_on
        _touch(change, row)
        change.session.flush()
        change.log(f"intentional.{'add' if id is None else 'change'}", _KIND, row.id, before=before, after=intent)
        return _saved(change.session, row, clock.today())


def delete(desk: Desk, id: int, version: int | None) -> None:
    """Take a rule back; what it held back shows again."""
    with desk.changing(Permission.MARK_INTENTIONAL) as change:
        row = _present(change, id, version)
        row.deleted_at = change.now
        _touch(change, row)
        change.log("intentional.delete", _KIND, row.id, before=_intent(row), after=None)


def _check(intent: Intent, today: date) -> None:
    if not intent.reason.strip() or not intent.value.strip():
        raise BadDecision("An intentional rule needs a value and a reason", hint="Others will read why it is so")
    if (intent.kind is IntentKind.TAG) != bool(intent.key.strip()):
        raise BadDecision("A rule by tag needs the tag's key, a rule by account has none")
    if intent.expires_on <= today:
        raise BadDecision("An intentional rule needs a day in the future", detail=f"Today is {today} (UTC)")


def _present(change: Change, id: int, version: int | None) -> IntentRow:
    row = change.session.get(IntentRow, id)
    if row is None:
        raise Conflict("This rule is not there", hint="Reload to see the present state")
    if row.deleted_at is not None or (version is not None and row.version != version):
        raise changed_meanwhile("This rule", deleted=row.deleted_at is not None, by=row.updated_by, at=row.updated_at)
    return row


def _touch(change: Change, row: IntentRow) -> None:
    row.version += 1
    row.updated_at, row.updated_by = change.now, change.actor


def _matches(rule: IntentRow) -> ColumnElement[bool]:
    found: ColumnElement[bool]
    if rule.kind == IntentKind.ACCOUNT:
        found = RecommendationRow.account_id == rule.value
    else:
        tags = RecommendationTagRow
        tagged = select(tags.recommendation_id).where(tags.key == rule.key, tags.value == rule.value)
        found = RecommendationRow.id.in_(tagged)
    return found if rule.check_id is None else and_(found, RecommendationRow.check_id == rule.check_id)


def _intent(row: IntentRow) -> Intent:
    return Intent(IntentKind(row.kind), row.value, row.reason, row.expires_on, row.key, row.check_id)


def _saved(session: Session, row: IntentRow, today: date) -> SavedIntent:
    count = select(func.count()).select_from(RecommendationRow).where(_matches(row))
    return SavedIntent(
        row.id,
        row.version,
        _intent(row),
        row.created_at,
        row.created_by,
        row.updated_at,
        row.updated_by,
        (session.scalar(count) or 0) if row.expires_on > today else 0,
    )
