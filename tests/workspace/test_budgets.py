"""Budgets are planned once per scope and period, and compared by the days that have passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from workbench.errors import BadEntry, Conflict
from workbench.settings import Settings
from workbench.workspace import EntryFilter, ImportCounts, Workspace
from workbench.workspace.budgets import Budget, BudgetPeriod, BudgetScope, BudgetState, status

NOVEMBER = Budget(Decimal(3000), "USD", BudgetPeriod.MONTH, date(2026, 11, 1))
WEB = replace(NOVEMBER, scope=BudgetScope.TAG, key="team", value="web", amount=Decimal("0.10"))


def test_a_budget_comes_back_exactly_and_changes_are_versions(shared: Settings) -> None:
    anna = Workspace(shared, user="anna")
    exact = replace(WEB, amount=Decimal("98765432109876543210.123456789012"), thresholds=(50, 120), note="=1+1")
    kept = anna.budgets.save(exact)
    assert [one.budget for one in anna.budgets.list()] == [exact]
    changed = Workspace(shared, user="boris").budgets.save(WEB, id=kept.id, version=1)
    assert (changed.version, changed.updated_by, changed.created_by) == (2, "boris", "anna")
    with pytest.raises(Conflict, match="changed by boris"):
        anna.budgets.delete(kept.id, 1)
    anna.budgets.delete(kept.id, 2)
    assert anna.budgets.list() == ()
    actions = [one.action for one in anna.activity(EntryFilter(object_kind="budget"))]
    assert actions == ["budget.delete", "budget.change", "budget.add"]


def test_a_scope_and_period_has_one_budget(shared: Settings) -> None:
    anna = Workspace(shared, user="anna")
    anna.budgets.save(NOVEMBER)
    with pytest.raises(Conflict, match="already"):
        anna.budgets.save(replace(NOVEMBER, amount=Decimal(1)))
    for other in (
        replace(NOVEMBER, currency="EUR"),
        replace(NOVEMBER, basis="billed"),
        replace(NOVEMBER, first_day=date(2026, 12, 1)),
        WEB,
    ):
        anna.budgets.save(other)
    assert len(anna.budgets.list()) == 5


def test_importing_adds_changes_and_leaves_all_or_nothing(shared: Settings) -> None:
    anna = Workspace(shared, user="anna")
    assert anna.budgets.import_all([NOVEMBER, WEB]) == ImportCounts(2, 0, 0)
    more = replace(NOVEMBER, amount=Decimal(4000))
    assert anna.budgets.import_all([more, WEB]) == ImportCounts(0, 1, 1)
    with pytest.raises(BadEntry):
        anna.budgets.import_all([replace(NOVEMBER, currency="EUR"), replace(WEB, amount=Decimal(-1))])
    assert {one.budget for one in anna.budgets.list()} == {more, WEB}


@pytest.mark.parametrize(
    "bad",
    [
        replace(NOVEMBER, amount=Decimal("-0.01")),
        replace(NOVEMBER, amount=Decimal("NaN")),
        replace(NOVEMBER, first_day=date(2026, 11, 2)),
        replace(NOVEMBER, period=BudgetPeriod.QUARTER),
        replace(NOVEMBER, period=BudgetPeriod.YEAR),
        replace(NOVEMBER, value="123"),
        replace(NOVEMBER, scope=BudgetScope.ACCOUNT),
        replace(WEB, key=""),
        replace(NOVEMBER, key="team"),
        replace(NOVEMBER, thresholds=(100, 80)),
        replace(NOVEMBER, thresholds=(0, 80)),
    ],
)
def test_a_budget_that_contradicts_itself_is_refused(shared: Settings, bad: Budget) -> None:
    with pytest.raises(BadEntry):
        Workspace(shared).budgets.save(bad)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (BudgetPeriod.MONTH, date(2028, 2, 1), date(2028, 2, 29)),
        (BudgetPeriod.MONTH, date(2026, 12, 1), date(2026, 12, 31)),
        (BudgetPeriod.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        (BudgetPeriod.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_ends_on_its_last_day(period: BudgetPeriod, first: date, last: date) -> None:
    assert replace(NOVEMBER, period=period, first_day=first).last_day == last


@pytest.mark.parametrize(
    ("spent", "through", "passed", "expected", "crossed", "state"),
    [
        ("1500", date(2026, 11, 15), 15, "1500", (), BudgetState.WITHIN),
        ("1500.01", date(2026, 11, 15), 15, "1500", (), BudgetState.AHEAD),
        ("2400", date(2026, 11, 30), 30, "3000", (80,), BudgetState.WITHIN),
        ("3000", date(2026, 12, 15), 30, "3000", (80, 100), BudgetState.WITHIN),
        ("3000.000000000001", date(2026, 11, 20), 20, "2000", (80, 100), BudgetState.OVER),
        ("0", date(2026, 10, 31), 0, "0", (), BudgetState.NOT_STARTED),
        ("0", None, 0, "0", (), BudgetState.NOT_STARTED),
        ("-5", date(2026, 11, 3), 3, "300", (), BudgetState.WITHIN),
    ],
)
def test_a_status_counts_the_days_that_have_data(spent, through, passed, expected, crossed, state) -> None:
    found = status(NOVEMBER, Decimal(spent), through)
    assert (found.days, found.days_passed, found.expected, found.crossed, found.state) == (
        30,
        passed,
        Decimal(expected),
        crossed,
        state,
    )
    assert found.difference == Decimal(spent) - Decimal(expected)
    assert found.remaining == 3000 - Decimal(spent)


def test_a_budget_of_nothing_has_no_percentage() -> None:
    nothing = status(replace(NOVEMBER, amount=Decimal(0)), Decimal("0.01"), date(2026, 11, 1))
    assert (nothing.used_percent, nothing.crossed, nothing.state) == (None, (), BudgetState.OVER)
