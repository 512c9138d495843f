"""Views against budgets, on a bill small enough to add up by hand.

From 1 July to 20 November 2026, every day: S3 in account A 3 USD with the tag team = web, Lambda in account B 2 USD.
November to the 20th: 20 x 5 = 100.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.bills import charge
from tests.support.memory import MemoryEngine
from workbench.costs import explore
from workbench.costs.drivers import drivers
from workbench.costs.overview import overview
from workbench.costs.resolve import ResolvedView, resolve
from workbench.costs.url import parse
from workbench.costs.view import Filter, Grain, Period
from workbench.errors import CannotRun
from workbench.settings import Settings
from workbench.workspace.budgets import Budget, BudgetPeriod, BudgetScope

MONTH, QUARTER, YEAR = BudgetPeriod.MONTH, BudgetPeriod.QUARTER, BudgetPeriod.YEAR
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
Asker = Callable[..., ResolvedView]


def plan(amount: str, period: BudgetPeriod = MONTH, first_day: date = NOVEMBER, **more: Any) -> Budget:
    return Budget(Decimal(amount), more.pop("currency", "USD"), period, first_day, **more)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryEngine]:
    first = datetime(2026, 7, 1)
    days = [first + timedelta(days=n) for n in range((datetime(2026, 11, 20) - first).days + 1)]
    rows = [
        charge(cost, service_name=service, sub_account_id=account, tags=tags, charge_period_start=day)
        for day in days
        for service, account, cost, tags in (
            ("Amazon S3", "A", 3, json.dumps({"team": "web"})),
            ("AWS Lambda", "B", 2, None),
        )
    ]
    opened = MemoryEngine(rows, Settings(home=tmp_path_factory.mktemp("home")))
    yield opened
    opened.close()


@pytest.fixture
def ask(engine: MemoryEngine) -> Asker:
    def asked(*budgets: Budget, today: date = date(2030, 1, 1), **params: Any) -> ResolvedView:
        keys = {"first": "from", "last": "to"}
        view, notices = parse({"cmp": "budget", **{keys.get(name, name): value for name, value in params.items()}})
        assert notices == ()
        return resolve(engine, view, today=today, budgets=budgets)

    return asked


def planned(view: ResolvedView) -> Decimal:
    assert view.planned is not None, view.unplanned
    assert not view.notices
    assert view.comparison is None
    return view.planned.amount


def reason(view: ResolvedView) -> str:
    assert view.planned is None
    assert view.unplanned is not None
    assert f"Not compared with a budget: {view.unplanned}" in view.notices
    return view.unplanned


def test_month_to_date_is_compared_with_the_share_of_its_days(engine: MemoryEngine, ask: Asker) -> None:
    view = ask(plan("300"))
    assert planned(view) == 200  # 20 of 30 days
    found = explore.totals(engine, view)
    assert (found.change.current, found.change.previous, found.change.delta) == (100, 200, -100)
    assert found.change.percent == -50
    assert (found.previous_lines, found.unknown, found.notices) == (None, None, ())
    assert view.planned is not None
    assert view.planned.sentence == (
        "Compared with the budget of November 2026: $200.00 for 1–20 Nov 2026 (20 of 30 days)"
    )


def test_whole_months_add_up_their_budgets(ask: Asker) -> None:
    october, november = plan("310", first_day=OCTOBER), plan("300")
    assert planned(ask(october, november, range="last_month")) == 310
    both = ask(october, november, first="2026-10-01", last="2026-11-30")
    assert planned(both) == 310 + 200
    assert both.planned is not None
    assert both.planned.label == "2 monthly budgets"


def test_a_quarter_and_a_year_give_their_share_of_any_of_their_months(ask: Asker) -> None:
    quarter, year = plan("920", QUARTER, OCTOBER), plan("365", YEAR, date(2026, 1, 1))
    assert planned(ask(quarter)) == 200  # 20 of 92 days
    assert planned(ask(year, first="2026-07-01", last="2026-10-31")) == 123  # 31 + 31 + 30 + 31
    assert planned(ask(quarter, range="last_month")) == 310


def test_budgets_of_different_length_plan_the_same_money_and_are_never_added(ask: Asker) -> None:
    """As long as the period asked for first, then the shortest."""
    months = (plan("620", first_day=OCTOBER), plan("600"), plan("1", first_day=date(2026, 12, 1)))
    quarter, year = plan("920", QUARTER, OCTOBER), plan("365", YEAR, date(2026, 1, 1))
    everything = (*months, quarter, year)
    assert planned(ask(*everything)) == 400
    assert planned(ask(*everything, first="2026-10-01", last="2026-12-31")) == 510  # 51 of 92 days
    assert planned(ask(*everything, first="2026-10-01", last="2026-11-30")) == 1020  # 620 + 400
    assert planned(ask(*everything, first="2026-07-01", last="2026-11-30")) == 143  # no month before October


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        ({"scope": BudgetScope.ACCOUNT, "value": "A"}, "account:A"),
        ({"scope": BudgetScope.SERVICE, "value": "Amazon S3"}, "service:Amazon S3"),
        ({"scope": BudgetScope.TAG, "key": "team", "value": "web"}, "tag.team:web"),
    ],
)
def test_one_filter_meets_the_budget_of_exactly_that(
    engine: MemoryEngine, ask: Asker, scope: dict[str, Any], shown: str
) -> None:
    budgets = (plan("300"), plan("90", **scope))
    view = ask(*budgets, f=[shown])
    assert planned(view) == 60
    assert explore.totals(engine, view).change.delta == 0  # 20 x 3 = 60
    assert planned(ask(*budgets)) == 200


def test_why_nothing_is_compared(ask: Asker) -> None:
    everything = plan("300")
    assert reason(ask()) == "no budget is planned yet"
    assert "whole months" in reason(ask(everything, range="30d"))
    assert "whole months" in reason(ask(everything, first="2026-11-02", last="2026-11-30"))
    assert reason(ask(everything, f=["service:AWS Lambda"])) == "no budget is planned for the service “AWS Lambda”"
    assert reason(ask(everything, f=["tag.team:web"])) == "no budget is planned for the tag “team” = “web”"
    s3 = plan("90", scope=BudgetScope.SERVICE, value="Amazon S3")
    assert reason(ask(s3)) == "no budget is planned for everything"
    for filters in (
        ["service:Amazon S3", "account:A"],
        ["service:Amazon S3", "service:AWS Lambda"],
        ["service:!Amazon S3"],
        ["tag.team:∅"],
        ["region:us-east-1"],
    ):
        assert "filtered otherwise" in reason(ask(everything, s3, f=filters))
    assert reason(ask(plan("300", currency="EUR"))) == ("the budgets for everything are in EUR, this view is in USD")
    assert reason(ask(plan("300", basis="billed"))) == (
        "the budgets for everything are of the cost basis billed, this view is of the cost basis effective"
    )
    assert reason(ask(plan("300", first_day=OCTOBER))) == "no budget is planned for 1–20 Nov 2026"
    assert reason(ask(everything, first="2026-10-01", last="2026-11-30")) == "only 20 of 51 days shown have a budget"


def test_a_period_the_bill_does_not_cover_is_not_compared(ask: Asker) -> None:
    june = plan("300", first_day=date(2026, 6, 1))
    assert reason(ask(june, first="2026-06-01", last="2026-06-30")) == "no data before 2026-07-01"
    december = plan("300", first_day=date(2026, 12, 1))
    assert reason(ask(december, first="2026-12-01", last="2026-12-31")) == "no data after 2026-11-20"


def test_what_could_not_be_read_is_not_compared(engine: MemoryEngine) -> None:
    view, _ = parse({"cmp": "budget", "range": "soon"})
    assert reason(resolve(engine, view, budgets=[plan("300")])) == "the period “range=soon” could not be read"


def test_the_plan_of_days_weeks_and_months_adds_up_to_the_total(engine: MemoryEngine, ask: Asker) -> None:
    view = ask(plan("300"), grain="week")
    previous = explore.series(engine, view, groups=0).previous.to_pylist()
    # 1 November 2026 is a Sunday: 1, 7, 7 and 5 days at 10.
    assert [(row["bucket"], row["cost"], row["cumulative"]) for row in previous] == [
        (date(2026, 10, 26), 10, 10),
        (date(2026, 11, 2), 70, 80),
        (date(2026, 11, 9), 70, 150),
        (date(2026, 11, 16), 50, 200),
    ]
    # A third of a cent a day cannot be written down; the sum still can.
    odd = ask(plan("100"), plan("100", first_day=OCTOBER), first="2026-10-01", last="2026-11-30")
    for grain in Grain:
        parts = explore.series(engine, odd.with_spec(grain=grain), groups=0).previous.column("cost").to_pylist()
        assert sum(parts) == planned(odd) == Decimal("166.666666666667")


def test_no_query_knows_a_budget(engine: MemoryEngine, ask: Asker) -> None:
    """Answers are kept by query, so an answer can never hold a budget that has changed since."""

    def asked(amount: str) -> list[Any]:
        engine.queries.clear()
        view = ask(plan(amount))
        explore.totals(engine, view)
        explore.series(engine, view)
        explore.breakdown(engine, view)
        overview(engine, view)
        return list(engine.queries)

    assert asked("300") == asked("400")


def test_only_the_whole_has_a_budget(engine: MemoryEngine, ask: Asker) -> None:
    view = ask(plan("300"))
    found = explore.breakdown(engine, view)
    assert found.change == explore.totals(engine, view).change
    assert found.table.column("previous").null_count == found.table.column("delta").null_count == 2
    assert found.table.column("state").null_count == 2


def test_another_filter_takes_the_plan_away_another_grouping_does_not(engine: MemoryEngine, ask: Asker) -> None:
    view = ask(plan("300"))
    assert view.with_spec(by=("account",)).planned is not None
    part = view.with_spec(filters=(Filter("service", "Amazon S3"),))
    assert part.planned is None
    assert explore.totals(engine, part).change.previous is None


def test_overview_compares_the_month_and_the_month_before_with_their_own_budgets(
    engine: MemoryEngine, ask: Asker
) -> None:
    found = overview(engine, ask(plan("300"), range="90d"))
    assert found.to_date.change.previous == 200
    assert found.last_month_totals.change.previous is None
    assert found.last_month.unplanned == "no budget is planned for October 2026"
    assert found.movers.unknown is not None
    assert "a budget says nothing about its parts" in found.movers.unknown
    both = overview(engine, ask(plan("300"), plan("310", first_day=OCTOBER)))
    assert both.last_month_totals.change.previous == 310
    # The outlook is about the months before, which have no plan here: it is what it is without one.
    assert both.outlook == overview(engine, ask(cmp="none")).outlook


def test_drivers_say_that_they_need_real_days(engine: MemoryEngine, ask: Asker) -> None:
    for view in (ask(plan("300")), ask()):
        with pytest.raises(CannotRun, match="cannot be taken apart"):
            drivers(engine, view)


def test_the_share_of_days_is_that_of_the_budget_itself(ask: Asker) -> None:
    view = ask(plan("300"), today=date(2026, 11, 10))
    assert planned(view) == 100
    assert view.planned is not None
    assert view.planned.within(Period(date(2026, 11, 9), date(2026, 12, 31))) == 20
    assert view.planned.within(Period(date(2026, 10, 1), date(2026, 10, 31))) == 0
