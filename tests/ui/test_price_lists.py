"""Data health says how old the list prices are, in the regions of the bill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import PublishBill
from tests.support.bills import charge
from tests.ui.conftest import OpenApp
from workbench.catalog import lookup
from workbench.catalog.kept import keep
from workbench.settings import Settings

DAYS = [datetime(2026, 10, day) for day in range(1, 21)]


@pytest.fixture(autouse=True)
def _start_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "data_health")


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    lookup._load.cache_clear()
    yield
    lookup._load.cache_clear()


@pytest.fixture
def bill(publish_bill: PublishBill) -> None:
    publish_bill([charge(1, region_id="eu-west-1", charge_period_start=day) for day in DAYS])


def price(instance_type: str, day: date) -> dict[str, object]:
    return {
        "kind": "price", "service": "compute", "region": "eu-west-1", "instance_type": instance_type,
        "variant": "linux", "option": "included", "amount": "0.1", "currency": "USD", "unit": "hour",
        "price_date": day,
    }  # fmt: skip


def opened(open_app: OpenApp) -> AppTest:
    app = open_app()
    app.session_state["health-part"] = "Price lists"
    app.run()
    assert not app.exception
    return app


def table(app: AppTest) -> pd.DataFrame:
    return next(one.value for one in app.dataframe if one.proto.alt == "Price lists").set_index("Prices of")


def warnings(app: AppTest) -> list[str]:
    return [str(one.value) for one in app.warning if "rice" in str(one.value)]


@pytest.mark.usefixtures("bill")
def test_old_prices_are_warned_of_with_their_day(open_app: OpenApp) -> None:
    app = opened(open_app)
    (said,) = warnings(app)
    assert "older than 90 days: on-demand machines" in said
    assert "the oldest is of 2024-07-18" in said
    assert "workbench catalog update" in said
    machines = table(app).loc["On-demand machines"]
    # 21 October 2026 after 4 April 2025.
    assert (machines["State"], machines["Age"]) == ("! old", "565 days")
    assert (machines["Prices"], machines["Regions"], machines["Newest"]) == (802, 1, "2025-04-04")
    assert any("No prices were fetched from AWS yet" in one.value for one in app.caption)
    assert any("1 region of AWS on the bill" in one.value for one in app.caption)


@pytest.mark.usefixtures("bill")
def test_after_an_update_only_what_is_still_old_is_named(open_app: OpenApp, settings: Settings) -> None:
    keep(
        settings.home,
        "ec2",
        "eu-west-1",
        datetime(2026, 10, 20, 8, tzinfo=UTC),
        [price("m5.large", date(2026, 10, 19))],
    )
    app = opened(open_app)
    machines = table(app).loc["On-demand machines"]
    assert (machines["State"], machines["Age"], machines["Old"]) == ("! partly old", "2 days", 801)
    assert any("1 price list fetched from AWS, the newest 2026-10-20 08:00 UTC" in one.value for one in app.caption)


@pytest.mark.usefixtures("bill")
def test_current_prices_give_no_warning(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.catalog.state.OLD_AFTER_DAYS", 10_000)
    app = opened(open_app)
    assert warnings(app) == []
    assert set(table(app)["State"]) == {"● current"}


def test_a_region_without_prices_and_a_damaged_list_are_named(
    open_app: OpenApp, settings: Settings, publish_bill: PublishBill
) -> None:
    publish_bill([charge(1, region_id="cn-north-1", charge_period_start=day) for day in DAYS])
    moment = datetime(2026, 10, 20, tzinfo=UTC)
    keep(settings.home, "ec2", "eu-west-1", moment, [price("m5.large", date(2026, 10, 19))]).path.write_bytes(b"half")
    app = opened(open_app)
    assert any("No price of a machine is known in cn" in one for one in warnings(app))
    (said,) = [one.value for one in app.error if "left out" in str(one.value)]
    assert "ec2" in said
