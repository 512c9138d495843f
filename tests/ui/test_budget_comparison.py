"""Costs against their budget on the screen: October to the 20th is 100 (S3 60, Lambda 40), 20 of its 31 days."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench.errors import StorageError
from workbench.settings import Settings
from workbench.workspace import Workspace
from workbench.workspace.budgets import Budget, BudgetPeriod, Budgets, BudgetScope, SavedBudget

pytestmark = pytest.mark.usefixtures("tiny_bill")

OCTOBER = date(2026, 10, 1)


def plan(settings: Settings, amount: str, **more: Any) -> SavedBudget:
    budget = Budget(Decimal(amount), "USD", BudgetPeriod.MONTH, more.pop("first_day", OCTOBER), **more)
    return Workspace(settings).budgets.save(budget)


@pytest.fixture
def on(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> OpenApp:
    def opened(page: str, **params: str | list[str]) -> AppTest:
        monkeypatch.setenv("WORKBENCH_START_PAGE", page)
        app = open_app(cmp="budget", **params)
        assert not app.exception
        return app

    return opened


def tiles(app: AppTest) -> dict[str, tuple[str, str]]:
    found = {tile.label: (tile.value, tile.delta) for tile in app.metric}
    return {label.replace("\\", ""): tuple(re.sub(r"\\", "", part) for part in one) for label, one in found.items()}  # type: ignore[misc]


def dashed(app: AppTest) -> tuple[str, list[float]]:
    """Name and values of the dashed line of the largest chart."""
    chart = max(app.get("plotly_chart"), key=lambda one: len(one.proto.spec))
    [line] = [
        trace for trace in json.loads(chart.proto.spec)["data"] if trace.get("line", {}).get("dash") not in (None, "")
    ]
    return line["name"], line["y"]


def test_overview_compares_the_month_with_its_budget(on: OpenApp, settings: Settings) -> None:
    plan(settings, "310")
    plan(settings, "90", first_day=date(2026, 9, 1))
    app = on("overview")
    assert tiles(app)["Month to date"] == ("$100", "▼ −$100 (−50.0%) lower")  # 310 x 20 / 31 = 200
    assert tiles(app)["Last full month"] == ("$90.00", "no change")
    assert "vs budget of October 2026" in shown(app)
    assert "1–20 Oct 2026 vs budget" in shown(app)
    assert "a budget says nothing about its parts" in shown(app)
    name, values = dashed(app)
    assert (name, values) == ("Budget", [10.0] * 20)


def test_a_month_without_a_budget_has_no_change(on: OpenApp, settings: Settings) -> None:
    plan(settings, "310")
    assert tiles(on("overview"))["Last full month"] == ("$90.00", "")


def test_explore_shows_the_budget_beside_the_total(on: OpenApp, settings: Settings) -> None:
    plan(settings, "310")
    plan(settings, "46.50", scope=BudgetScope.SERVICE, value="Amazon S3")
    app = on("explore", f="service:Amazon S3", by="region", chart="cumulative")
    # 46.50 x 20 / 31 = 30.
    assert tiles(app)["1–20 Oct 2026, 20 of 31 days"] == ("$60.00", "▲ +$30.00 (+100.0%) higher")
    assert tiles(app)["Budget, 1–20 Oct 2026"][0] == "$30.00"
    name, values = dashed(app)
    assert name == "Budget"
    assert values == pytest.approx([1.5 * n for n in range(1, 21)])
    table = next(one.value for one in app.dataframe if "share" in one.value.columns)
    assert "previous" not in table.columns, "groups have no budget of their own"


def test_a_changed_budget_shows_at_once(on: OpenApp, settings: Settings) -> None:
    saved = plan(settings, "310")
    app = on("explore")
    assert tiles(app)["Budget, 1–20 Oct 2026"][0] == "$200"
    Workspace(settings).budgets.save(
        Budget(Decimal(155), "USD", BudgetPeriod.MONTH, OCTOBER), id=saved.id, version=saved.version
    )
    assert tiles(app.run())["Budget, 1–20 Oct 2026"][0] == "$100"
    Workspace(settings).budgets.delete(saved.id, None)
    assert "Not compared with a budget: no budget is planned yet" in shown(app.run())


def test_against_a_budget_of_zero_nothing_is_new(on: OpenApp, settings: Settings) -> None:
    plan(settings, "0")
    assert tiles(on("explore"))["1–20 Oct 2026, 20 of 31 days"] == ("$100", "▲ +$100 higher")


def test_why_nothing_is_compared_is_said_letter_by_letter(on: OpenApp, settings: Settings) -> None:
    plan(settings, "310")
    app = on("explore", f="service:**x** <b>y</b>")
    assert "Not compared with a budget: no budget is planned for the service “**x** <b>y</b>”" in shown(app)
    assert not [one for one in app.info if "<b>" in one.value]
    assert "Budget, 1–20 Oct 2026" not in tiles(app)


def test_budgets_that_cannot_be_read_leave_the_costs(on: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Budgets) -> None:
        raise StorageError("The workspace is damaged")

    monkeypatch.setattr(Budgets, "list", fail)
    app = on("explore")
    assert "The budgets cannot be read, so nothing is compared: The workspace is damaged" in shown(app)
    assert tiles(app)["1–20 Oct 2026, 20 of 31 days"] == ("$100", "")


def test_drivers_say_calmly_that_they_need_real_days(on: OpenApp, settings: Settings) -> None:
    plan(settings, "310")
    text = shown(on("drivers"))
    assert "A budget cannot be taken apart" in text
    assert "Compare with the previous period" in text


def test_budget_is_among_the_comparisons(open_app: OpenApp, settings: Settings, monkeypatch) -> None:
    plan(settings, "310")
    monkeypatch.setenv("WORKBENCH_START_PAGE", "explore")
    app = open_app(cmp="budget", basis="effective")
    labels = [one.proto.label for one in app.get("menu_button")]
    assert "Budget" in labels
