"""The page Budgets: how they stand, changing one, adding, importing, and who may."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import OpenApp
from workbench.settings import Settings
from workbench.ui.budgets.detail import parse_thresholds, planned
from workbench.workspace import Principal, Role, Workspace
from workbench.workspace.budgets import Budget, BudgetPeriod, BudgetScope

pytestmark = pytest.mark.usefixtures("tiny_bill")

# In October the bill has 20 days of S3 at 3 and Lambda at 2 USD: 60 and 40.
OCTOBER = date(2026, 10, 1)


def plan(settings: Settings, amount: str, **more) -> int:
    budget = Budget(Decimal(amount), "USD", BudgetPeriod.MONTH, more.pop("first_day", OCTOBER), **more)
    return Workspace(settings).budgets.save(budget).id


def shown(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.text]
    return "\n".join(str(part.value) for part in parts)


def table(app: AppTest):
    return next(one.value for one in app.dataframe if "State" in one.value.columns)


@pytest.fixture(autouse=True)
def _start_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "budgets")


def opened(open_app: OpenApp, **params: str) -> AppTest:
    app = open_app(params)
    assert not app.exception
    return app


def test_without_a_budget_the_page_says_what_to_do(open_app: OpenApp) -> None:
    assert "No budget is planned yet" in shown(opened(open_app))


def test_each_budget_stands_as_its_cost_says(open_app: OpenApp, settings: Settings) -> None:
    plan(settings, "90")
    plan(settings, "70", scope=BudgetScope.SERVICE, value="Amazon S3", name="Storage")
    plan(settings, "1000", first_day=date(2026, 9, 1))
    app = opened(open_app)
    rows = table(app)[["Budget", "State", "Cost so far", "Planned so far"]].values.tolist()
    # 31 days: 20/31 of 90 and of 70.
    assert [row[:3] for row in rows] == [["Everything", "over", 100.0], ["Storage", "ahead of plan", 60.0]]
    assert [round(row[3], 2) for row in rows] == [58.06, 45.16]
    assert "1 over, 1 ahead of plan" in shown(app)


def test_the_course_is_exported_as_chart_and_table(open_app: OpenApp, settings: Settings, monkeypatch) -> None:
    offered = {}
    monkeypatch.setattr(
        "workbench.ui.blocks._export_button", lambda choice, _key: offered.update({choice.file_name: choice})
    )
    plan(settings, "90")
    opened(open_app)
    course = [name for name in offered if name.startswith("cost-and-plan")]
    assert len(course) == 8
    [page] = [offered[name].make().decode() for name in course if name.endswith(".html")]
    assert "Cost of the budget Everything" in page
    [text] = [offered[name].make().decode() for name in course if name.endswith(".json")]
    assert sum(float(row["cost"]) for row in json.loads(text)["rows"]) == 100


def test_periods_that_are_over_are_shown_when_asked(open_app: OpenApp, settings: Settings) -> None:
    plan(settings, "90")
    plan(settings, "1000", first_day=date(2026, 9, 1))
    app = opened(open_app)
    app.toggle(key="budgets-past").set_value(True).run()
    assert set(table(app)["Period"]) == {"2026-10", "2026-09"}


def test_a_budget_is_changed_and_deleted(open_app: OpenApp, settings: Settings) -> None:
    number = plan(settings, "90")
    app = opened(open_app)
    app.text_input[0].input("120.50")
    app.button(f"FormSubmitter:budget-form-{number}-Save").click().run()
    [saved] = Workspace(settings).budgets.list()
    assert (saved.budget.amount, saved.version) == (Decimal("120.50"), 2)
    app.checkbox(key=f"budget-sure-{number}").check().run()
    app.button(key="budget-delete").click().run()
    assert Workspace(settings).budgets.list() == ()


@pytest.mark.parametrize(("field", "value", "words"), [(0, "1,000", "separator"), (1, "100, 80", "rising")])
def test_what_is_mistyped_is_named_and_nothing_changes(open_app, settings, field, value, words) -> None:
    number = plan(settings, "90")
    app = opened(open_app)
    app.text_input[field].input(value)
    app.button(f"FormSubmitter:budget-form-{number}-Save").click().run()
    assert words in shown(app)
    assert Workspace(settings).budgets.list()[0].version == 1


def test_the_second_writer_chooses_to_reload_or_overwrite(open_app: OpenApp, settings: Settings) -> None:
    number = plan(settings, "90")
    app = opened(open_app)
    [mine] = Workspace(settings).budgets.list()
    Workspace(settings, user="bea").budgets.save(
        Budget(Decimal(500), "USD", BudgetPeriod.MONTH, OCTOBER), id=number, version=mine.version
    )
    app.text_input[0].input("120")
    app.button(f"FormSubmitter:budget-form-{number}-Save").click().run()
    assert Workspace(settings).budgets.list()[0].budget.amount == 500
    assert "bea changed it meanwhile" in shown(app)
    assert "$500" in shown(app).replace("\\", "")
    app.button(key="budget-overwrite").click().run()
    assert Workspace(settings).budgets.list()[0].budget.amount == 120


def test_a_budget_is_added_for_a_tag(open_app: OpenApp, settings: Settings) -> None:
    app = opened(open_app)
    app.radio(key="budget-new-scope").set_value(BudgetScope.TAG).run()
    labels = {one.label: one for one in app.text_input}
    labels["Tag key"].input("team")
    labels["Tag value"].input("web")
    labels["Period"].input("2026-Q4")
    labels["Amount"].input("300")
    app.button("FormSubmitter:budget-new-Add").click().run()
    [saved] = Workspace(settings).budgets.list()
    assert (saved.budget.scope, saved.budget.key, saved.budget.value) == (BudgetScope.TAG, "team", "web")
    assert (saved.budget.period, saved.budget.first_day) == (BudgetPeriod.QUARTER, OCTOBER)


def test_an_unusable_new_budget_names_everything_that_is_wrong(open_app: OpenApp, settings: Settings) -> None:
    app = opened(open_app)
    labels = {one.label: one for one in app.text_input}
    labels["Period"].input("soon")
    labels["Amount"].input("much")
    app.button("FormSubmitter:budget-new-Add").click().run()
    assert "The period is 2026-12" in shown(app).replace("\\", "")
    assert "is not a plain number" in shown(app)
    assert Workspace(settings).budgets.list() == ()


def test_viewers_see_and_cannot_change(open_app: OpenApp, settings: Settings, monkeypatch) -> None:
    plan(settings, "90")
    guest = Principal("guest", frozenset({Role.VIEWER}))
    monkeypatch.setattr("workbench.workspace.store.local_principal", lambda _=None: guest)
    app = opened(open_app)
    assert len(table(app)) == 1
    assert "guest is viewer" in shown(app)
    assert not [one for one in app.button if one.label in ("Save", "Add", "Delete")]


def test_names_are_shown_letter_by_letter(open_app: OpenApp, settings: Settings) -> None:
    plan(settings, "90", name="**=1+1** <b>x</b> :red[no]")
    app = opened(open_app)
    assert table(app)["Budget"].tolist() == ["**=1+1** <b>x</b> :red[no]"]
    assert not [one for one in app.markdown if "<b>x</b>" in str(one.value)]


def test_the_plan_adds_up_to_the_amount() -> None:
    budget = Budget(Decimal(310), "USD", BudgetPeriod.MONTH, OCTOBER)
    drawn = planned(budget, [date(2026, 10, 20)])
    assert (len(drawn.values), sum(drawn.values)) == (20, 200)
    assert sum(planned(budget, [date(2026, 12, 31)]).values) == 310


@pytest.mark.parametrize(
    ("text", "found"), [("80, 100", (80, 100)), ("50%;75", (50, 75)), ("", ()), ("x", None), ("0", None)]
)
def test_thresholds_are_read(text, found) -> None:
    assert parse_thresholds(text) == found
