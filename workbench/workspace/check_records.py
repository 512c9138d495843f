"""Do the rows that people change say what the audit log says of them?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.json_text import json_text
from workbench.workspace import annotations as notes
from workbench.workspace import budgets, intents, invoices, views
from workbench.workspace.follow import UNPLANNED
from workbench.workspace.models import AnnotationRow, AuditRow, BudgetRow, ExpectedInvoiceRow, SavedViewRow
from workbench.workspace.models.base import storable
from workbench.workspace.models.recommendations import IntentRow, RecommendationRow

__all__ = ["unlike_their_entries"]

_KINDS: tuple[tuple[str, str, Any, Callable[[Any], Any]], ...] = (
    (notes.KIND, "Annotation", AnnotationRow, notes.logged),
    (budgets.KIND, "Budget", BudgetRow, budgets.logged),
    (intents.KIND, "Intentional rule", IntentRow, intents.logged),
    (views.KIND, "Saved view", SavedViewRow, views.logged),
    (invoices.KIND, "Expected invoice", ExpectedInvoiceRow, invoices.logged),
)


def unlike_their_entries(session: Session) -> Iterator[str]:
    """One sentence for each row that is not what its newest audit entry left, is missing, or has no entry."""
    for kind, name, table, logged in _KINDS:
        last = (
            select(func.max(AuditRow.id).label("id"))
            .where(AuditRow.object_kind == kind)
            .group_by(AuditRow.object_id)
            .subquery()
        )
        entries = select(AuditRow.id, AuditRow.object_id, AuditRow.after).join(last, last.c.id == AuditRow.id)
        said = {one.object_id: (one.id, one.after) for one in session.execute(entries)}
        for row in session.scalars(select(table).order_by(table.id).execution_options(yield_per=500)):
            number, after = said.pop(str(row.id), (None, None))
            if number is None:
                yield f"{name} {row.id} is in no audit entry"
            elif _plain(after) != _plain(None if row.deleted_at else json_text(logged(row))):
                yield f"{name} {row.id} is not what audit entry {number} left"
        for object_id, (number, _) in said.items():
            yield f"{name} {object_id} of audit entry {number} is missing"
    yield from _plans(session)


def _plans(session: Session) -> Iterator[str]:
    """Recommendations are made by scans; who takes care of one, until when and how urgently only people say."""
    last = (
        select(func.max(AuditRow.id).label("id"))
        .where(AuditRow.object_kind == "recommendation")
        .group_by(AuditRow.object_id)
        .subquery()
    )
    entries = select(AuditRow.id, AuditRow.object_id, AuditRow.after).join(last, last.c.id == AuditRow.id)
    said = {one.object_id: (one.id, json.loads(one.after or "{}")) for one in session.execute(entries)}
    table = RecommendationRow
    for row in session.execute(select(table.id, table.assignee, table.due, table.priority).order_by(table.id)):
        number, after = said.get(str(row.id), (None, UNPLANNED))
        found = {"assignee": row.assignee, "due": row.due and row.due.isoformat(), "priority": row.priority}
        if any(_text(after.get(name, UNPLANNED[name])) != _text(value) for name, value in found.items()):
            left = f"what audit entry {number} left" if number else "what nobody changed"
            yield f"The plan of recommendation {row.id} is not {left}"


def _text(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _plain(text: str | None) -> Any:
    """A record for comparing: 1.50 and 1.5 are the same amount, texts are as a row can hold them."""
    if text is None:
        return None
    fields = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return {name: storable(value) if isinstance(value, str) else value for name, value in fields.items()}
