"""What budgets have cost so far: each in its own currency, basis and scope, from the same rows as every page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from workbench.costs.dimensions import TAG_PREFIX
from workbench.costs.explore import totals
from workbench.costs.resolve import resolve
from workbench.costs.results import unknown_cost
from workbench.costs.view import Basis, Compare, CompareMode, Filter, Period, ViewSpec
from workbench.engines import Engine
from workbench.workspace.budgets import Budget, BudgetScope, BudgetStatus, SavedBudget, status

__all__ = ["BudgetReading", "budget_view", "read_budgets"]


@dataclass(frozen=True, slots=True)
class BudgetReading:
    """A budget with how it stands.

    Attributes:
        saved: the budget as kept.
        status: None when the data cannot tell.
        notes: what must be said beside the figures; why they are missing, when they are.
        view: the same question for Explore.
    """

    saved: SavedBudget
    status: BudgetStatus | None
    notes: tuple[str, ...]
    view: ViewSpec


def budget_view(budget: Budget) -> ViewSpec:
    """The charges a budget is about."""
    dimension = {
        BudgetScope.ACCOUNT: "account",
        BudgetScope.SERVICE: "service",
        BudgetScope.TAG: f"{TAG_PREFIX}{budget.key}",
    }
    filters = (Filter(dimension[budget.scope], budget.value),) if budget.scope in dimension else ()
    return ViewSpec(
        range=Period(budget.first_day, budget.last_day),
        compare=Compare(CompareMode.NONE),
        basis=Basis(budget.basis),
        currency=budget.currency,
        filters=filters,
    )


def read_budgets(engine: Engine, budgets: Iterable[SavedBudget]) -> tuple[BudgetReading, ...]:
    """How each budget stands, in the order given.

    Raises:
        CannotRun: no bill is loaded.
    """
    return tuple(_read(engine, saved) for saved in budgets)


def _read(engine: Engine, saved: SavedBudget) -> BudgetReading:
    budget, view = saved.budget, budget_view(saved.budget)
    resolved = resolve(engine, view)
    if resolved.period.first > resolved.coverage.last:
        return BudgetReading(saved, status(budget, Decimal(0), None), (), view)
    if resolved.period.last < resolved.coverage.first:
        return BudgetReading(saved, None, resolved.notices, view)
    found = totals(engine, resolved)
    notes = resolved.notices
    if found.lines_without_basis:
        notes = (*notes, unknown_cost(found.lines_without_basis))
    if found.change.current is None:
        return BudgetReading(saved, None, notes, view)
    return BudgetReading(saved, status(budget, found.change.current, resolved.coverage.last), notes, view)
