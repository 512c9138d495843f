"""The page of one resource and the search for it, on the hand-checkable estate of the registry tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.costs.test_resources import CHARGES, HOSTILE, TABLES, day
from tests.support.inventory import inventory_snapshot
from tests.ui.conftest import OpenApp
from workbench.settings import PROJECT_ROOT, Settings

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-20", "cmp": "none"}


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-21T09:00:00Z")


@pytest.fixture
def estate(settings: Settings) -> Iterator[None]:
    with inventory_snapshot(settings, CHARGES, TABLES):
        yield


@pytest.fixture
def page(estate: None, open_app: OpenApp) -> OpenApp:
    """Open the page with these query parameters."""

    def run(**params: str | list[str]) -> AppTest:
        app = open_app({**NOVEMBER, **params})
        app.switch_page(str(PROJECT_ROOT / "pages" / "resource.py"))
        for key, value in {**NOVEMBER, **params}.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception
        return app

    return run


def written(app: AppTest) -> str:
    """Everything said in words, escapes taken out."""
    parts = [element.value for kind in ("text", "caption", "markdown", "info") for element in getattr(app, kind)]
    return "\n".join(str(part) for part in parts).replace("\\", "")


def table(app: AppTest, *columns: str) -> list[dict[str, Any]]:
    """The first table that has these columns."""
    frame = next(one.value for one in app.dataframe if set(columns) <= set(one.value.columns))
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows


def tiles(app: AppTest) -> dict[str, str]:
    return {tile.label: tile.value.replace("\\", "") for tile in app.metric}


def test_without_an_id_there_is_a_list_costliest_first(page: OpenApp) -> None:
    rows = table(page(), "name", "where", "cost")
    assert [(row["name"], row["cost"]) for row in rows[:2]] == [("web-1", 54.0), (HOSTILE, 19.0)]
    assert rows[0]["type"] == "machine"
    assert {row["name"]: row["elsewhere"] for row in rows}["db-1"] == "several currencies"
    assert {row["where"] for row in rows} == {"bill", "inventory", "bill and inventory"}


def test_a_search_is_in_the_address_and_can_be_cleared(page: OpenApp) -> None:
    app = page()
    app.text_input[0].set_value("team=shop").run()
    assert app.query_params["q"] == "team=shop"
    assert [row["resource_id"] for row in table(app, "name", "where")] == ["i-1"]
    app.text_input[0].set_value("no such thing").run()
    assert "No resource of the bill or the inventory matches" in written(app)
    app.button(key="wb-find-clear").click().run()
    assert "q" not in app.query_params
    assert app.query_params["from"] == "2026-11-01", "the period stays"


def test_a_type_is_chosen_and_a_row_opened(page: OpenApp) -> None:
    app = page()
    box = next(one for one in app.selectbox if one.label == "Type")
    box.set_value("lambda_functions").run()
    assert app.query_params["type"] == "lambda_functions"
    next(one for one in app.selectbox if one.label == "Resource").select_index(0).run()
    app.button(key="wb-open").click().run()
    assert app.query_params["resource"] == "fn-handler"
    assert "### fn-handler" in written(app)


def test_pages_are_turned_by_buttons(settings: Settings, open_app: OpenApp) -> None:
    bill = [day(11, 1, str(1000 - n), f"r-{n:03}") for n in range(120)]
    with inventory_snapshot(settings, bill, {}):
        app = open_app()
        app.switch_page(str(PROJECT_ROOT / "pages" / "resource.py")).run()
        assert "1 to 50 of 120 resources" in written(app)
        app.button(key="wb-page-on").click().run()
        app.button(key="wb-page-on").click().run()
        assert app.query_params["page"] == "3"
        assert [row["resource_id"] for row in table(app, "name", "where")] == [f"r-{n:03}" for n in range(100, 120)]
        assert app.button(key="wb-page-on").disabled
        app.button(key="wb-page-back").click().run()
        assert table(app, "name", "where")[0]["resource_id"] == "r-050"


def test_the_four_costs_and_the_chart_are_those_of_the_resource(page: OpenApp) -> None:
    app = page(resource="i-1")
    assert tiles(app) == {
        "Billed cost": "$44.00", "Effective cost": "$44.00", "Contracted cost": "$44.00", "List cost": "$44.00",
        "Charge lines": "21",
    }  # fmt: skip
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert {trace["name"]: sum(trace["y"]) for trace in chart["data"] if trace["type"] == "bar"} == {"Usage": 44}
    assert len(table(app, "charge_description", "effective_cost")) == 21
    assert "30 days 22 Oct – 20 Nov 2026: $54.00" in written(app).replace("\N{NO-BREAK SPACE}", " ")


def test_a_cost_no_line_states_is_missing_not_zero(page: OpenApp) -> None:
    assert tiles(page(resource="nolist-1"))["List cost"] == "–"


def test_what_belongs_to_it_what_changed_and_what_is_known(page: OpenApp) -> None:
    app = page(resource="i-1")
    related = {(row["Relation"], row["Id"], row["30 days"]) for row in table(app, "Relation")}
    assert ("attached volume", "vol-1", "$7.00") in related
    assert [(row["Field"], row["After"]) for row in table(app, "Field")] == [
        ("state", "running"), ("instance_type", "m5.large"),
    ]  # fmt: skip
    assert {row["Key"]: row["Value"] for row in table(app, "Key")} == {"team": "shop", "tier": "", "user:app": "cart"}
    facts = {row["Attribute"]: (row["Value"], row["Unit"]) for row in table(app, "Attribute")}
    assert facts["gpu_hourly_cost"] == ("0.2", "USD/hour")


def test_metrics_are_drawn_or_their_absence_is_said(page: OpenApp) -> None:
    drawn = [json.loads(one.proto.spec) for one in page(resource="i-1").get("plotly_chart")]
    metric = next(chart for chart in drawn if chart["data"][0]["name"].startswith("cpu"))
    assert {trace["name"]: trace["y"] for trace in metric["data"]} == {"cpu, average": [20, 50], "cpu, maximum": [90]}
    assert "No metrics are loaded for it" in written(page(resource="ghost-1"))
    october = {"from": "2026-10-01", "to": "2026-10-31"}
    assert "the newest are of 2026-11-03" in written(page(resource="i-1", **october))


def test_bill_and_inventory_say_what_they_do_not_know_of_each_other(page: OpenApp) -> None:
    assert "On the bill, but in no inventory" in written(page(resource="ghost-1"))
    idle = page(resource="i-idle")
    assert "no charge of the bill is for it" in written(idle)
    assert not idle.metric
    assert "Neither the bill nor the inventory has a resource nothing" in written(page(resource="nothing"))


def test_hostile_names_and_tags_stay_text(page: OpenApp) -> None:
    app = page(resource="ghost-1")
    heading = next(one.value for one in app.markdown if one.value.startswith("### "))
    assert heading.replace("\\", "").replace("\u2060", "") == f"### {HOSTILE}"
    assert "](" not in heading, "brackets and parentheses are escaped"


def test_a_new_period_keeps_the_resource(page: OpenApp) -> None:
    app = page(resource="vol-1")
    assert tiles(app)["Effective cost"] == "$7.00"
    grain = next(one for one in app.button if "All resources" in one.label)
    grain.click().run()
    assert "resource" not in app.query_params
    assert app.query_params["to"] == "2026-11-20"


def test_explore_leads_to_the_page_of_a_resource(estate: None, open_app: OpenApp) -> None:
    params = {**NOVEMBER, "by": "usage_type", "f": "resource:vol-1"}
    app = open_app(**params)
    app.switch_page(str(PROJECT_ROOT / "pages" / "explore.py"))
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    link = next(one.proto for one in app.get("page_link") if one.proto.label == "About this resource")
    assert link.page == "resource"
    assert "resource=vol-1" in link.query_string
    assert "f=" not in link.query_string
