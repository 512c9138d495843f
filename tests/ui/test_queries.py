"""The page Queries: what the address names is shown, changes go into the address, errors are calm."""

from __future__ import annotations

import pytest

from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown

pytestmark = pytest.mark.usefixtures("tiny_bill")


@pytest.fixture(autouse=True)
def _on_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "queries")


def test_a_stored_query_is_shown_with_its_answer(open_app: OpenApp) -> None:
    app = open_app({"query": "costs/by_day"})
    assert not app.exception
    words = shown(app)
    assert "Billed and effective cost of each day" in words
    assert "One row is: charge day" in words
    # 20 days of October at 3 + 2 USD.
    frame = app.dataframe[0].value
    assert len(frame) == 20
    assert set(frame["effective_cost"]) == {5.0}


def test_parameters_come_from_the_address_and_go_back_into_it(open_app: OpenApp) -> None:
    app = open_app({"query": "costs/by_day", "p.first": "2026-10-19"})
    assert len(app.dataframe[0].value) == 2
    app.date_input[0].set_value("2026-10-20").run()
    assert app.query_params["p.first"] == "2026-10-20"
    assert len(app.dataframe[0].value) == 1


def test_another_query_can_be_chosen(open_app: OpenApp) -> None:
    app = open_app({"query": "costs/by_day", "p.first": "2026-10-19"})
    app.selectbox[0].select("data/currencies").run()
    assert app.query_params["query"] == "data/currencies"
    assert "p.first" not in app.query_params
    assert app.dataframe[0].value["billing_currency"].tolist() == ["USD"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"query": "nowhere/x"}, "There is no stored query nowhere/x"),
        ({"query": "costs/by_day", "p.at": "1"}, "Billed and effective cost"),
        ({"query": "costs/largest_resources", "p.at_most": "many"}, "is not of the type integer"),
        ({"query": "inventory/by_type"}, "instances has no rows"),
        ({"query": "governance/untagged"}, "tag is missing"),
        ({"query": "<b>x</b>"}, "There is no stored query <b>x</b>"),
    ],
)
def test_what_cannot_be_answered_is_said_calmly(open_app: OpenApp, params: dict[str, str], said: str) -> None:
    app = open_app(params)
    assert not app.exception
    assert said in shown(app)


def test_sql_of_ones_own(open_app: OpenApp) -> None:
    app = open_app()
    app.session_state["queries-part"] = "SQL of one's own"
    app.run()
    app.text_area[0].set_value("SELECT service_name FROM charges GROUP BY 1 ORDER BY 1")
    app.button(key="free-run").click().run()
    assert app.dataframe[0].value["service_name"].tolist() == ["AWS Lambda", "Amazon S3"]
    app.text_area[0].set_value("DROP TABLE charges")
    app.button(key="free-run").click().run()
    assert "Only a SELECT can be run" in shown(app)


def test_sql_of_ones_own_can_be_switched_off(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_FREE_SQL", "false")
    app = open_app()
    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["Stored queries"]


def test_the_link_of_the_answer_leads_back_to_it(open_app: OpenApp) -> None:
    app = open_app({"query": "costs/by_day", "p.first": "2026-10-19"})
    assert any("query=costs/by_day&p.first=2026-10-19" in code.value for code in app.code)
    assert "was ignored" not in shown(app)
