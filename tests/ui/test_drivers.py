"""Drivers on a bill small enough to work out by hand: the parts lead exactly from one month to the next.

September to the 20th, USD: EC2 10 h at 1.00 = 10, Glue 5: 15 together. October to the 20th: EC2 20 h at the same price
= 20 (usage +10), Glue is gone (-5), S3 is new (+4), a credit of 2 (other -2): 22, a change of +7.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import PublishBill
from tests.support.bills import charge
from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench.settings import PROJECT_ROOT

LABELS = ["New", "Gone", "Usage", "Rate", "Discount", "Mix", "Other charges"]


def line(cost: str, service: str, month: int, day: int = 1, hours: float = 1.0, **more: Any) -> dict[str, Any]:
    return charge(
        cost,
        service_name=service,
        charge_period_start=datetime(2026, month, day),
        x_usage_type=f"{service}:Hours",
        consumed_quantity=hours,
        pricing_quantity=hours,
        **more,
    )


BILL = [
    line("10", "EC2", 9, hours=10.0),
    line("5", "Glue", 9),
    line("20", "EC2", 10, hours=20.0),
    line("4", "S3", 10),
    line("-2", "EC2", 10, charge_category="Credit"),
    # The last day of each bill month, so that both periods are covered.
    line("0", "EC2", 9, 30, hours=0.0),
    line("0", "EC2", 10, 20, hours=0.0),
]


@pytest.fixture
def drivers(publish_bill: PublishBill, open_app: OpenApp) -> OpenApp:
    """Open Drivers with these query parameters."""
    publish_bill(BILL)

    def run(**params: str) -> AppTest:
        app = open_app(**params)
        app.switch_page(str(PROJECT_ROOT / "pages" / "drivers.py"))
        for key, value in params.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception
        return app

    return run


def table(app: AppTest, first_column: str) -> list[dict[str, Any]]:
    frame = next(one.value for one in app.dataframe if one.value.columns[0] == first_column)
    return frame.to_dict("records")


def test_the_waterfall_leads_from_one_total_to_the_other(drivers: OpenApp) -> None:
    app = drivers()
    (chart,) = app.get("plotly_chart")
    (trace,) = json.loads(chart.proto.spec)["data"]
    assert trace["x"] == [15, 4, -5, 10, 0, 0, 0, -2, 22]
    assert "Cost rose by $7.00" in shown(app)
    parts = {row["part"]: row["amount"] for row in table(app, "part")}
    assert parts == dict(zip([*LABELS, "Change"], [4, -5, 10, 0, 0, 0, -2, 7], strict=True))


def test_movers_are_largest_first_and_add_up_to_the_change(drivers: OpenApp) -> None:
    rows = table(drivers(), "name")
    assert [(row["name"], row["delta"]) for row in rows] == [("EC2", 8), ("Glue", -5), ("S3", 4), ("Total", 7)]
    total = rows.pop()
    for column in ("start", "end", "delta", "new", "gone", "usage", "rate", "discount", "mix", "other"):
        assert sum(row[column] for row in rows) == total[column]


def test_a_mover_leads_into_its_own_drivers(drivers: OpenApp) -> None:
    app = drivers()
    next(box for box in app.selectbox if box.label == "Look into").select_index(0).run()
    app.button(key="wb-look-drivers").click().run()
    assert app.query_params["f"] == "service:EC2"
    assert table(app, "name")[-1]["delta"] == 8


def test_the_parts_can_be_drawn_alone(drivers: OpenApp) -> None:
    app = drivers()
    scale = app.segmented_control(key="wb-waterfall-scale")
    scale.set_value(scale.options[1]).run()
    (chart,) = app.get("plotly_chart")
    assert json.loads(chart.proto.spec)["data"][0]["x"] == [4, -5, 10, 0, 0, 0, -2, 7]


def test_without_a_comparison_it_says_what_to_choose(drivers: OpenApp) -> None:
    app = drivers(cmp="none")
    assert "Drivers need two periods" in shown(app)
    assert "Choose a comparison" in shown(app)
