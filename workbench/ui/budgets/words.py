"""Budgets in words and cells; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workbench import formats
from workbench.costs.budgets import BudgetReading
from workbench.export.budget_list import period_name
from workbench.workspace.budgets import Budget, BudgetScope, BudgetState

__all__ = ["CANNOT_TELL", "budget_label", "is_current", "reading_row", "scope_text", "state_word"]

CANNOT_TELL = "cannot tell"

_STATES: Mapping[BudgetState, str] = {
    BudgetState.NOT_STARTED: "not started",
    BudgetState.WITHIN: "within",
    BudgetState.AHEAD: "ahead of plan",
    BudgetState.OVER: "over",
}


def scope_text(budget: Budget) -> str:
    """What a budget is for: ``Everything``, ``Account 0123``, ``Tag team = web``."""
    match budget.scope:
        case BudgetScope.ALL:
            return "Everything"
        case BudgetScope.TAG:
            return f"Tag {budget.key} = {budget.value}"
        case _:
            return f"{budget.scope.value.capitalize()} {budget.value}"


def budget_label(budget: Budget) -> str:
    """Name, or scope, and period, for lists."""
    return f"{budget.name or scope_text(budget)} · {period_name(budget.period, budget.first_day)} · {budget.currency}"


def state_word(reading: BudgetReading) -> str:
    """How it stands; ``cannot tell`` where the bill does not reach."""
    return CANNOT_TELL if reading.status is None else _STATES[reading.status.state]


def is_current(reading: BudgetReading, last_day: date | None) -> bool:
    """Whether its period is not over at the end of the data."""
    return last_day is None or reading.saved.budget.last_day >= last_day


def reading_row(reading: BudgetReading) -> dict[str, Any]:
    """One row of the table, by heading."""
    budget, found = reading.saved.budget, reading.status
    return {
        "Budget": budget.name or scope_text(budget),
        "For": scope_text(budget),
        "Period": period_name(budget.period, budget.first_day),
        "State": state_word(reading),
        "Used": None if found is None or found.used_percent is None else formats.percent(found.used_percent),
        "Amount": budget.amount,
        "Cost so far": None if found is None else found.spent,
        "Planned so far": None if found is None else found.expected,
        "Difference": None if found is None else found.difference,
        "Data to": None if found is None else found.through,
        "Currency": budget.currency,
        "Basis": budget.basis,
        "Crossed": ", ".join(f"{one} %" for one in found.crossed) if found is not None else "",
        "Note": "; ".join((*reading.notes, budget.note) if budget.note else reading.notes),
    }
