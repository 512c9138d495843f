"""Rules about what is intentional: they hold findings back until a day, and show what they hold back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import BadEntry
from workbench.workspace.access import Permission
from workbench.workspace.changes import Desk
from workbench.workspace.models import IntentRow, RecommendationRow, RecommendationTagRow
from workbench.workspace.recommendation_records import Intent, IntentKind, SavedIntent
from workbench.workspace.versions import begin, end, present, touch

__all__ = ["Rule", "active", "delete", "hidden", "hidden_by", "logged", "read_all", "save"]

KIND = "intentional_rule"
_WHAT = "This rule"
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
        matching = select(RecommendationRow.id).where(RecommendationRow.id.in_(numbers), _matches(rule, few=True))
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
        row = IntentRow() if id is None else present(change.session, IntentRow, id, version, _WHAT)
        before = None if id is None else logged(row)
        row.kind, row.key, row.value, row.check_id = intent.kind, intent.key, intent.value, intent.check_id
        row.reason, row.expires_on = intent.reason, intent.expires_on
        if id is None:
            begin(change, row)
        else:
            touch(change, row)
        change.session.flush()
        change.log(f"intentional.{'add' if id is None else 'change'}", KIND, row.id, before=before, after=intent)
        return _saved(change.session, row, clock.today())


def delete(desk: Desk, id: int, version: int | None) -> None:
    """Take a rule back; what it held back shows again."""
    with desk.changing(Permission.MARK_INTENTIONAL) as change:
        row = present(change.session, IntentRow, id, version, _WHAT)
        end(change, row)
        change.log("intentional.delete", KIND, row.id, before=logged(row), after=None)


def _check(intent: Intent, today: date) -> None:
    if not intent.reason.strip() or not intent.value.strip():
        raise BadEntry("An intentional rule needs a value and a reason", hint="Others will read why it is so")
    if (intent.kind is IntentKind.TAG) != bool(intent.key.strip()):
        raise BadEntry("A rule by tag needs the tag's key, a rule by account has none")
    if intent.expires_on <= today:
        raise BadEntry("An intentional rule needs a day in the future", detail=f"Today is {today} (UTC)")


def _matches(rule: IntentRow, *, few: bool = False) -> ColumnElement[bool]:
    """SQL condition; with ``few`` written for a handful of recommendations, else for all of them."""
    found: ColumnElement[bool]
    if rule.kind == IntentKind.ACCOUNT:
        found = RecommendationRow.account_id == rule.value
    else:
        tags = RecommendationTagRow
        tagged = select(tags.recommendation_id).where(tags.key == rule.key, tags.value == rule.value)
        if few:
            found = tagged.where(tags.recommendation_id == RecommendationRow.id).exists()
        else:
            found = RecommendationRow.id.in_(tagged)
    return found if rule.check_id is None else and_(found, RecommendationRow.check_id == rule.check_id)


def logged(row: IntentRow) -> Intent:
    """What the audit log says of a row."""
    return Intent(IntentKind(row.kind), row.value, row.reason, row.expires_on, row.key, row.check_id)


def _saved(session: Session, row: IntentRow, today: date) -> SavedIntent:
    count = select(func.count()).select_from(RecommendationRow).where(_matches(row))
    return SavedIntent(
        row.id,
        row.version,
        logged(row),
        row.created_at,
        row.created_by,
        row.updated_at,
        row.updated_by,
        (session.scalar(count) or 0) if row.expires_on > today else 0,
    )
