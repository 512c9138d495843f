"""Budgets: what a scope may cost in a period, and how far the cost has come against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workbench.errors import BadEntry, Conflict
from workbench.workspace.access import Permission
from workbench.workspace.changes import Change, Desk
from workbench.workspace.models import BudgetRow
from workbench.workspace.records import ImportCounts
from workbench.workspace.versions import begin, end, present, touch

__all__ = [
    "Budget",
    "BudgetPeriod",
    "BudgetScope",
    "BudgetState",
    "BudgetStatus",
    "Budgets",
    "SavedBudget",
    "logged",
    "status",
]

KIND = "budget"
_WHAT = "This budget"
_Row = BudgetRow


class BudgetScope(StrEnum):
    """What a budget is for."""

    ALL = "all"
    ACCOUNT = "account"
    SERVICE = "service"
    TAG = "tag"


class BudgetPeriod(StrEnum):
    """How long it lasts."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {BudgetPeriod.MONTH: 1, BudgetPeriod.QUARTER: 3, BudgetPeriod.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Budget:
    """A planned cost.

    Args:
        amount: of the whole period; not negative.
        currency: of ``amount``; only charges in it count.
        period: month, quarter or year.
        first_day: first day of the period (UTC charge day).
        scope: all, account, service or tag.
        value: sub-account id, service name or tag value; empty for all.
        key: tag key; empty otherwise.
        basis: cost basis it is compared with: effective, billed, contracted or list.
        thresholds: percentages of ``amount`` worth a warning, rising.
        name: for people; empty shows the scope.
        note: free text.
    """

    amount: Decimal
    currency: str
    period: BudgetPeriod
    first_day: date
    scope: BudgetScope = BudgetScope.ALL
    value: str = ""
    key: str = ""
    basis: Literal["effective", "billed", "contracted", "list"] = "effective"
    thresholds: tuple[int, ...] = (80, 100)
    name: str = ""
    note: str = ""

    @property
    def last_day(self) -> date:
        """Last day of the period, included."""
        months = self.first_day.year * 12 + self.first_day.month - 1 + _MONTHS[self.period]
        return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)

    @property
    def identity(self) -> tuple[str, ...]:
        """What may be planned only once."""
        period = (self.period, self.first_day.isoformat())
        return (self.scope, self.key, self.value, *period, self.currency, self.basis)


@dataclass(frozen=True, slots=True)
class SavedBudget:
    """A budget as kept; times are UTC."""

    id: int
    version: int
    budget: Budget
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class BudgetState(StrEnum):
    """How a budget stands."""

    NOT_STARTED = "not started"  # the data do not reach its first day
    WITHIN = "within"
    AHEAD = "ahead of plan"  # more than its share of the days so far
    OVER = "over"


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """How far the cost has come; all amounts in the budget's currency and basis.

    Args:
        budget: which.
        spent: cost of the days with data.
        through: last day with data, at most the last of the period; None before its first.
        days: of the period.
        days_passed: of them up to ``through``.
        expected: share of the amount for the days passed, every day alike.
        difference: ``spent`` less ``expected``; positive is more than planned.
        remaining: amount less ``spent``; negative when over.
        used_percent: ``spent`` in percent of the amount; None for an amount of zero.
        crossed: thresholds reached.
        state: in a word.
    """

    budget: Budget
    spent: Decimal
    through: date | None
    days: int
    days_passed: int
    expected: Decimal
    difference: Decimal
    remaining: Decimal
    used_percent: float | None
    crossed: tuple[int, ...]
    state: BudgetState


def status(budget: Budget, spent: Decimal, last_data_day: date | None) -> BudgetStatus:
    """Compare ``spent``, the cost from the first day of the period to ``last_data_day``, with the budget."""
    days = (budget.last_day - budget.first_day).days + 1
    through = None
    if last_data_day is not None and last_data_day >= budget.first_day:
        through = min(last_data_day, budget.last_day)
    passed = 0 if through is None else (through - budget.first_day).days + 1
    expected = budget.amount * passed / days
    used = None if budget.amount == 0 else float(spent / budget.amount * 100)
    if through is None:
        state = BudgetState.NOT_STARTED
    elif spent > budget.amount:
        state = BudgetState.OVER
    else:
        state = BudgetState.AHEAD if spent > expected else BudgetState.WITHIN
    return BudgetStatus(
        budget=budget,
        spent=spent,
        through=through,
        days=days,
        days_passed=passed,
        expected=expected,
        difference=spent - expected,
        remaining=budget.amount - spent,
        used_percent=used,
        # Compared as money: a percentage would be rounded.
        crossed=tuple(one for one in budget.thresholds if budget.amount and spent * 100 >= budget.amount * one),
        state=state,
    )


class Budgets:
    """The part of the workspace that holds budgets.

    Args:
        desk: where to read and write, and who acts.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def list(self) -> tuple[SavedBudget, ...]:
        """All, newest period first, then by scope."""
        with self._desk.reading() as session:
            return tuple(map(_saved, _live(session))) if session else ()

    def save(self, budget: Budget, *, id: int | None = None, version: int | None = None) -> SavedBudget:
        """Add a budget, or change the budget ``id`` as it was in ``version`` (None overwrites).

        Raises:
            BadEntry: it contradicts itself.
            Conflict: it was changed or deleted since, or the same scope and period has one already.
        """
        _check(budget)
        try:
            with self._desk.changing(Permission.PLAN_BUDGETS) as change:
                if id is None:
                    return _saved(_add(change, budget))
                row = present(change.session, _Row, id, version, _WHAT)
                _rewrite(change, row, budget)
                change.session.flush()
                return _saved(row)
        except IntegrityError as exc:
            raise Conflict(
                "There is a budget for this scope and period already",
                detail="Scope, period, currency and basis together name one budget",
                hint="Change the one that is there; reload to see it",
            ) from exc

    def delete(self, id: int, version: int | None) -> None:
        """Take a budget away.

        Raises:
            Conflict: it was changed or deleted since.
        """
        with self._desk.changing(Permission.PLAN_BUDGETS) as change:
            row = present(change.session, _Row, id, version, _WHAT)
            end(change, row)
            change.log("budget.delete", KIND, row.id, before=logged(row), after=None)

    def import_all(self, budgets: Sequence[Budget]) -> ImportCounts:
        """Add what is new and change what is there (same scope, period, currency and basis); all or nothing.

        Raises:
            BadEntry: one contradicts itself.
        """
        for budget in budgets:
            _check(budget)
        added = changed = unchanged = 0
        with self._desk.changing(Permission.PLAN_BUDGETS) as change:
            known = {logged(row).identity: row for row in _live(change.session)}
            for budget in budgets:
                row = known.get(budget.identity)
                if row is None:
                    known[budget.identity] = _add(change, budget)
                    added += 1
                elif logged(row) == budget:
                    unchanged += 1
                else:
                    _rewrite(change, row, budget)
                    changed += 1
        return ImportCounts(added, changed, unchanged)


def _check(budget: Budget) -> None:
    if not budget.amount.is_finite() or budget.amount < 0:
        raise BadEntry("The amount of a budget is zero or more", detail=str(budget.amount))
    starts = budget.first_day.day == 1 and (budget.first_day.month - 1) % _MONTHS[budget.period] == 0
    if not starts:
        raise BadEntry(f"No {budget.period} begins on {budget.first_day}")
    if (budget.scope is BudgetScope.ALL) == bool(budget.value):
        raise BadEntry("A budget for everything names no value, every other names one", detail=str(budget.scope))
    if (budget.scope is BudgetScope.TAG) != bool(budget.key):
        raise BadEntry("A budget for a tag names its key, every other names none", detail=str(budget.scope))
    if any(one <= 0 for one in budget.thresholds) or list(budget.thresholds) != sorted(set(budget.thresholds)):
        raise BadEntry("Thresholds are rising percentages above zero", detail=str(budget.thresholds))


def _add(change: Change, budget: Budget) -> BudgetRow:
    row = begin(change, _write(_Row(), budget))
    change.session.flush()
    change.log("budget.add", KIND, row.id, before=None, after=budget)
    return row


def _rewrite(change: Change, row: BudgetRow, budget: Budget) -> None:
    change.log("budget.change", KIND, row.id, before=logged(row), after=budget)
    touch(change, _write(row, budget))


def _live(session: Session) -> Sequence[BudgetRow]:
    order = (_Row.first_day.desc(), _Row.period, _Row.scope, _Row.scope_key, _Row.scope_value, _Row.id)
    return session.scalars(select(_Row).where(_Row.deleted_at.is_(None)).order_by(*order)).all()


def _write(row: BudgetRow, budget: Budget) -> BudgetRow:
    row.name, row.note = budget.name, budget.note
    row.scope, row.scope_key, row.scope_value = budget.scope, budget.key, budget.value
    row.period, row.first_day = budget.period, budget.first_day
    row.amount, row.currency, row.basis = budget.amount, budget.currency, budget.basis
    row.thresholds = list(budget.thresholds)
    return row


def logged(row: BudgetRow) -> Budget:
    """What the audit log says of a row."""
    return Budget(
        amount=row.amount,
        currency=row.currency,
        period=BudgetPeriod(row.period),
        first_day=row.first_day,
        scope=BudgetScope(row.scope),
        value=row.scope_value,
        key=row.scope_key,
        basis=row.basis,  # type: ignore[arg-type]  # written from the same type
        thresholds=tuple(row.thresholds),
        name=row.name,
        note=row.note,
    )


def _saved(row: BudgetRow) -> SavedBudget:
    return SavedBudget(row.id, row.version, logged(row), row.created_at, row.created_by, row.updated_at, row.updated_by)
