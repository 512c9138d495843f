"""The page Activity: who changed what, filters, one change whole, and the chain."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import OpenApp
from workbench.settings import Settings
from workbench.workspace import Principal, Role, Workspace
from workbench.workspace.budgets import Budget, BudgetPeriod

pytestmark = pytest.mark.usefixtures("tiny_bill")


@pytest.fixture
def history(settings: Settings) -> None:
    """anna plans 90, bea makes it 120, anna plans another."""
    anna, bea = Workspace(settings, user="anna"), Workspace(settings, user="bea")
    first = anna.budgets.save(Budget(Decimal(90), "USD", BudgetPeriod.MONTH, date(2026, 10, 1)))
    changed = Budget(Decimal(120), "USD", BudgetPeriod.MONTH, date(2026, 10, 1), note="<b>agreed</b>")
    bea.budgets.save(changed, id=first.id, version=first.version)
    anna.budgets.save(Budget(Decimal(5), "USD", BudgetPeriod.MONTH, date(2026, 11, 1)))


@pytest.fixture(autouse=True)
def _start_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "activity")


def opened(open_app: OpenApp, **params: str) -> AppTest:
    app = open_app(params)
    assert not app.exception
    return app


def shown(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.success, *app.error, *app.text]
    return "\n".join(str(part.value) for part in parts)


def rows(app: AppTest):
    return app.dataframe[0].value


def test_nothing_changed_yet(open_app: OpenApp) -> None:
    assert "Nothing was changed yet." in shown(opened(open_app))


@pytest.mark.usefixtures("history")
def test_changes_are_listed_newest_first_with_what_differs(open_app: OpenApp) -> None:
    found = rows(opened(open_app))
    assert found["Who"].tolist() == ["anna", "bea", "anna"]
    assert found["What"].tolist() == ["budget.add", "budget.change", "budget.add"]
    assert "amount: 90 → 120" in found["What changed"][1]
    assert "currency" not in found["What changed"][1]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"who": "bea"}, 1),
        ({"what": "budget.add"}, 2),
        ({"text": "agreed"}, 1),
        ({"kind": "scan"}, 0),
        ({"kind": "odd"}, 3),
    ],
)
def test_the_address_filters(open_app: OpenApp, params: dict[str, str], count: int) -> None:
    app = opened(open_app, **params)
    assert len(rows(app)) == count if count else "No change matches the filters." in shown(app)


@pytest.mark.usefixtures("history")
def test_a_filter_goes_into_the_address(open_app: OpenApp) -> None:
    app = opened(open_app)
    app.text_input(key="activity-who").input("bea").run()
    assert app.query_params["who"] == "bea"
    assert len(rows(app)) == 1


@pytest.mark.usefixtures("history")
def test_the_chain_is_checked_and_a_forged_entry_is_found(open_app: OpenApp, settings: Settings) -> None:
    app = opened(open_app)
    app.button(key="activity-check").click().run()
    assert "3 entries checked; the chain holds" in shown(app)
    with create_engine(f"sqlite:///{settings.home / 'workspace.db'}").begin() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS audit_log_no_update"))
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in triggers:
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE audit_log SET actor = 'nobody' WHERE id = 2"))
    app = opened(open_app)
    app.button(key="activity-check").click().run()
    assert "The record does not hold" in shown(app)


@pytest.mark.usefixtures("history")
def test_viewers_are_told_why_they_see_nothing(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = Principal("guest", frozenset({Role.VIEWER}))
    monkeypatch.setattr("workbench.ui.acting.local_principal", lambda _=None: guest)
    app = opened(open_app)
    assert "guest is viewer" in shown(app)
    assert not app.dataframe
