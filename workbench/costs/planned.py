"""The plan of a view: the budgets that are about exactly what it shows, pro rata by day, every day alike.

A view has a plan when it asks for whole months (month to date too) of one currency and basis, and shows everything or
one account, service or tag value. Budgets of months, quarters and years plan the same money, so the plan is of one
kind: the one as long as the period asked for, else months, quarters, years, the first that covers every day shown.

Example: 310 USD for October, 20 of its 31 days shown: 310 x 20 / 31 = 200. The parts of any days are differences of
amounts up to a day, cut at 12 decimals, so they add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from workbench import formats
from workbench.costs.dimensions import TAG_PREFIX
from workbench.costs.view import Filter, Period, ViewSpec
from workbench.schema.model import MONEY_SCALE
from workbench.workspace.budgets import Budget, BudgetPeriod, BudgetScope

__all__ = ["Planned", "plan_of"]

_STEP = Decimal(1).scaleb(-MONEY_SCALE)
# Wide enough for a DECIMAL(38, 12) times the days of a year.
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
_SCOPES = {"account": BudgetScope.ACCOUNT, "service": BudgetScope.SERVICE}
_MONTHS = {BudgetPeriod.MONTH: 1, BudgetPeriod.QUARTER: 3, BudgetPeriod.YEAR: 12}
_KINDS = {BudgetPeriod.MONTH: "monthly", BudgetPeriod.QUARTER: "quarterly", BudgetPeriod.YEAR: "yearly"}

_Scope = tuple[BudgetScope, str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """Budgets of one scope and kind that cover every day of a period.

    Attributes:
        period: the days shown.
        budgets: those that touch it, in order; none overlaps another.
    """

    period: Period
    budgets: tuple[Budget, ...]

    @property
    def amount(self) -> Decimal:
        """What was planned for the days shown."""
        return self.within(self.period)

    @property
    def label(self) -> str:
        """Which budgets: ``budget of October 2026``, ``3 monthly budgets``."""
        if len(self.budgets) == 1:
            return f"budget of {_name(self.budgets[0])}"
        return f"{len(self.budgets)} {_KINDS[self.budgets[0].period]} budgets"

    @property
    def sentence(self) -> str:
        """What the figures are compared with, in words."""
        parts = [f"{formats.money(self.amount, self.budgets[0].currency, decimals=2)} for"]
        parts.append(formats.period(self.period.first, self.period.last))
        whole = sum(_days(one) for one in self.budgets)
        if self.period.days < whole:
            parts.append(f"({formats.partial(self.period.days, whole)})")
        return f"Compared with the {self.label}: {' '.join(parts)}"

    def within(self, days: Period) -> Decimal:
        """What was planned for those of ``days`` that are shown."""
        first, last = max(days.first, self.period.first), min(days.last, self.period.last)
        before = first - timedelta(days=1)
        return sum((_up_to(one, last) - _up_to(one, before) for one in self.budgets if first <= last), Decimal(0))


def plan_of(
    spec: ViewSpec, requested: Period, shown: Period, currency: str, budgets: Iterable[Budget]
) -> Planned | str:
    """The plan of a view, or why it has none.

    Args:
        spec: its filters and basis count.
        requested: the whole period asked for.
        shown: the part of it with data.
        currency: of the view.
        budgets: all there are.
    """
    if not _whole_months(requested):
        return "a budget is for whole months; choose month to date, last month or other whole months"
    scope = _scope(spec.filters)
    if scope is None:
        return "a budget is for everything, one account, one service or one tag value; this view is filtered otherwise"
    known = list(budgets)
    if not known:
        return "no budget is planned yet"
    found = [one for one in known if (one.scope, one.key, one.value) == scope]
    if not found:
        return f"no budget is planned for {_scope_text(scope)}"
    for wanted, held, verb in (
        (currency, sorted({one.currency for one in found}), "in"),
        (spec.basis.value, sorted({one.basis for one in found if one.currency == currency}), "of the cost basis"),
    ):
        if wanted not in held:
            return f"the budgets for {_scope_text(scope)} are {verb} {' and '.join(held)}, this view is {verb} {wanted}"
    matching = [one for one in found if one.currency == currency and one.basis == spec.basis]
    return _covering(matching, requested, shown)


def _covering(budgets: Sequence[Budget], requested: Period, shown: Period) -> Planned | str:
    """The budgets of the first kind that covers every day shown; else how many days the best kind covers."""
    covered: dict[BudgetPeriod, int] = {}
    for kind in sorted(BudgetPeriod, key=lambda one: (not _as_long(one, requested), _MONTHS[one])):
        touching = sorted(
            {
                one
                for one in budgets
                if one.period is kind and one.first_day <= shown.last and shown.first <= one.last_day
            },
            key=lambda one: one.first_day,
        )
        days = sum((min(one.last_day, shown.last) - max(one.first_day, shown.first)).days + 1 for one in touching)
        if days == shown.days:
            return Planned(shown, tuple(touching))
        covered[kind] = days
    best = max(covered.values())
    if not best:
        return f"no budget is planned for {formats.period(shown.first, shown.last)}"
    return f"only {formats.partial(best, shown.days)} shown have a budget"


def _scope(filters: Sequence[Filter]) -> _Scope | None:
    """What a budget would have to be for; None when none could be."""
    if not filters:
        return BudgetScope.ALL, "", ""
    item = filters[0]
    if len(filters) > 1 or item.negated or not item.value:
        return None
    if item.dimension.startswith(TAG_PREFIX):
        return BudgetScope.TAG, item.dimension.removeprefix(TAG_PREFIX), item.value
    kind = _SCOPES.get(item.dimension)
    return None if kind is None else (kind, "", item.value)


def _scope_text(scope: _Scope) -> str:
    kind, key, value = scope
    if kind is BudgetScope.ALL:
        return "everything"
    return f"the tag “{key}” = “{value}”" if kind is BudgetScope.TAG else f"the {kind.value} “{value}”"


def _as_long(kind: BudgetPeriod, period: Period) -> bool:
    """Whether ``period`` is exactly one month, quarter or year."""
    months = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
    return months == _MONTHS[kind] and (period.first.month - 1) % months == 0


def _whole_months(period: Period) -> bool:
    return period.first.day == 1 and (period.last + timedelta(days=1)).day == 1


def _days(budget: Budget) -> int:
    return (budget.last_day - budget.first_day).days + 1


def _up_to(budget: Budget, day: date) -> Decimal:
    """What was planned from its first day to ``day``, that day included."""
    days = _days(budget)
    passed = min(max((day - budget.first_day).days + 1, 0), days)
    share = _WIDE.divide(_WIDE.multiply(budget.amount, Decimal(passed)), Decimal(days))
    return share.quantize(_STEP, context=_WIDE)


def _name(budget: Budget) -> str:
    match budget.period:
        case BudgetPeriod.MONTH:
            return formats.month(budget.first_day)
        case BudgetPeriod.QUARTER:
            return f"Q{(budget.first_day.month + 2) // 3} {budget.first_day.year}"
        case BudgetPeriod.YEAR:
            return str(budget.first_day.year)
