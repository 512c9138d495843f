"""Explore on a bill small enough to add up by hand: chart, table and headline agree, and every step down can be undone.

October to the 20th, USD: EC2 in A 20 x 3 = 60 and in B 20 x 1 = 20, S3 in A 20 x 2 = 40, a credit of 15: 105 together.
September to the 20th: EC2 in A 20 x 2 = 40, S3 in A 20 x 2 = 40, Glue in B 20 x 1 = 20: 100 together.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import PublishBill
from tests.support.bills import charge
from tests.ui.conftest import OpenApp
from workbench.settings import PROJECT_ROOT

HOSTILE = "=<b>[x](http://example.invalid)</b>"


def line(cost: str, service: str, account: str, month: int, day: int, **more: Any) -> dict[str, Any]:
    return charge(
        cost,
        service_name=service,
        sub_account_id=account,
        sub_account_name=f"Team {account}",
        resource_id=f"{service}-{account}",
        charge_period_start=datetime(2026, month, day),
        x_usage_type=f"{service}:Hours",
        **more,
    )


BILL = [
    *(line("3", "EC2", "A", 10, day) for day in range(1, 21)),
    *(line("1", "EC2", "B", 10, day) for day in range(1, 21)),
    *(line("2", "S3", "A", 10, day) for day in range(1, 21)),
    line("-15", "Support", "A", 10, 10, charge_category="Credit"),
    *(line("2", "EC2", "A", 9, day) for day in range(1, 31)),
    *(line("2", "S3", "A", 9, day) for day in range(1, 31)),
    *(line("1", "Glue", "B", 9, day) for day in range(1, 31)),
]


@pytest.fixture
def explore(publish_bill: PublishBill, open_app: OpenApp) -> OpenApp:
    """Open Explore with these query parameters."""
    publish_bill(BILL)

    def run(**params: str | list[str]) -> AppTest:
        app = open_app(**params)
        app.switch_page(str(PROJECT_ROOT / "pages" / "explore.py"))
        for key, value in params.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception
        return app

    return run


def money(app: AppTest, label: str) -> str:
    return next(tile.value for tile in app.metric if label in tile.label).replace("\\", "")


def rows(app: AppTest) -> dict[str, Any]:
    frame = app.dataframe[0].value
    return {row["name_1"]: row for row in frame.to_dict("records")}


def figure(app: AppTest) -> dict[str, Any]:

    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def test_headline_table_and_chart_have_the_same_total(explore: OpenApp) -> None:
    app = explore()
    assert money(app, "20 of 31 days") == "$105"
    table = rows(app)
    assert table["Total"]["cost"] == 105
    assert sum(row["cost"] for name, row in table.items() if name != "Total") == 105
    drawn = [trace for trace in figure(app)["data"] if trace["type"] == "bar"]
    assert sum(sum(trace["y"]) for trace in drawn) == 105
    assert {trace["name"]: sum(trace["y"]) for trace in drawn} == {"EC2": 80, "S3": 40, "Support": -15}


def test_groups_are_compared_and_new_and_gone_ones_marked(explore: OpenApp) -> None:
    table = rows(explore())
    assert list(table) == ["EC2", "S3", "Support", "Glue", "Total"]
    assert {name: row["delta"] for name, row in table.items()} == {
        "EC2": 40, "S3": 0, "Support": -15, "Glue": -20, "Total": 5,
    }  # fmt: skip
    assert [row["trend_word"] for row in table.values()] == ["+100.0%", "no change", "new", "gone", "+5.0%"]
    assert table["EC2"]["share"] == pytest.approx(80 / 105 * 100)
    assert list(table["EC2"]["spark"]) == [4.0] * 20
    assert table["Total"]["lines"] == 61


def test_two_dimensions_have_a_row_for_each_pair(explore: OpenApp) -> None:
    frame = explore(by="service,account").dataframe[0].value
    pairs = {(row["name_1"], row["name_2"]): row["cost"] for row in frame.to_dict("records")[:-1]}
    assert pairs == {
        ("EC2", "Team A (A)"): 60,
        ("EC2", "Team B (B)"): 20,
        ("S3", "Team A (A)"): 40,
        ("Support", "Team A (A)"): -15,
        ("Glue", "Team B (B)"): 0,
    }


@pytest.mark.parametrize("chart", ["bar", "line", "area", "cumulative"])
def test_every_chart_over_time_ends_at_the_same_total(explore: OpenApp, chart: str) -> None:
    traces = [trace for trace in figure(explore(chart=chart))["data"] if trace["name"] in ("EC2", "S3", "Support")]
    last = [trace["y"][-1] if chart == "cumulative" else sum(trace["y"]) for trace in traces]
    assert sum(last) == 105


def test_the_treemap_names_what_has_no_area(explore: OpenApp) -> None:
    app = explore(chart="treemap", by="service,account")
    (trace,) = figure(app)["data"]
    areas = dict(zip(trace["labels"], trace["values"], strict=True))
    assert (areas["All cost shown"], areas["EC2"], areas["S3"]) == (120, 80, 40)
    assert any("1 group below zero" in caption.value.replace("\\", "") for caption in app.caption)


def test_a_button_drills_down_and_a_breadcrumb_leads_back(explore: OpenApp) -> None:
    app = explore()
    group = next(box for box in app.selectbox if box.label == "Look into")
    assert group.options[:2] == ["EC2", "S3"]
    group.select_index(0).run()
    app.button(key="wb-drill-go").click().run()
    assert app.query_params["f"] == "service:EC2"
    assert app.query_params["by"] == "usage_type"
    assert money(app, "20 of 31 days") == "$80.00"
    assert rows(app)["EC2:Hours"]["cost"] == 80
    app.button(key="wb-crumb-all").click().run()
    assert "f" not in app.query_params
    assert money(app, "20 of 31 days") == "$105"


def test_leaving_a_group_out_keeps_the_rest(explore: OpenApp) -> None:
    app = explore()
    next(box for box in app.selectbox if box.label == "Look into").select_index(0).run()
    app.button(key="wb-drill-out").click().run()
    assert app.query_params["f"] == "service:!EC2"
    assert money(app, "20 of 31 days") == "$25.00"


def test_at_one_resource_its_charge_lines_are_listed(explore: OpenApp) -> None:
    app = explore(f="resource:EC2-B", by="usage_type")
    lines = app.dataframe[1].value
    assert len(lines) == 20
    assert sum(lines["effective_cost"]) == 20
    assert len(explore(f="service:EC2").dataframe) == 1, "lines are for one resource only"


def test_the_kind_of_chart_is_kept_in_the_address(explore: OpenApp) -> None:
    app = explore()
    app.segmented_control(key="wb-chart").set_value(app.segmented_control(key="wb-chart").options[2]).run()
    assert app.query_params["chart"] == "area"


def test_without_a_comparison_there_is_no_change_column(explore: OpenApp) -> None:
    frame = explore(cmp="none").dataframe[0].value
    assert "delta" not in frame.columns
    assert "previous" not in frame.columns


def test_a_cut_table_says_how_much_it_shows(
    publish_bill: PublishBill, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_TABLE_ROWS", "10")
    publish_bill([line(str(n), f"S{n:02}", "A", 10, 1) for n in range(1, 16)])
    app = open_app()
    app.switch_page(str(PROJECT_ROOT / "pages" / "explore.py")).run()
    table = rows(app)
    assert table["Other (5 groups)"]["cost"] == 1 + 2 + 3 + 4 + 5
    assert table["Total"]["cost"] == 120
    assert any("10 of 15 groups, 87.5% of cost" in caption.value.replace("\\", "") for caption in app.caption)


def test_hostile_names_stay_text(publish_bill: PublishBill, open_app: OpenApp) -> None:
    publish_bill([line("1", HOSTILE, "A", 10, 1)])
    app = open_app()
    app.switch_page(str(PROJECT_ROOT / "pages" / "explore.py")).run()
    assert not app.exception
    assert HOSTILE in rows(app)
    assert figure(app)["data"][0]["name"].startswith("=&lt;b&gt;")


def test_nothing_that_matches_is_an_empty_state_not_an_error(explore: OpenApp) -> None:
    app = explore(f="service:Nothing")
    assert not app.get("plotly_chart")
    assert any("No charges match" in caption.value for caption in app.caption)


def test_amounts_are_exact_decimals_until_they_are_drawn(publish_bill: PublishBill, open_app: OpenApp) -> None:
    publish_bill([line("0.1", "A", "A", 10, 1), line("0.2", "B", "A", 10, 1)])
    app = open_app()
    app.switch_page(str(PROJECT_ROOT / "pages" / "explore.py")).run()
    assert Decimal(str(rows(app)["Total"]["cost"])) == Decimal("0.3")
