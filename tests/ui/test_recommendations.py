"""The page Recommendations: what is listed and added up, opened, and said in each state."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.scans import finding, scan
from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench.settings import Settings
from workbench.workspace import Workspace

pytestmark = pytest.mark.usefixtures("tiny_bill")


@pytest.fixture(autouse=True)
def _on_recommendations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "recommendations")


@pytest.fixture
def workspace(settings: Settings, tiny_bill: None) -> Workspace:
    """Three findings: 1 saves 300.10 USD and is tagged, 2 saves 10, 3 has no price."""
    place = Workspace(settings, user="anna")
    found = [finding("i-1", "10"), finding("i-2", "300.10", tags={"env": "dev"}), finding("i-3", None)]
    place.record_scan(scan(), found)
    return place


def numbers(app: AppTest) -> list[int]:
    frame = next(one.value for one in app.dataframe if "Saving a month" in one.value)
    return [int(number) for number in frame["Number"]]


def test_an_empty_workspace_says_where_recommendations_come_from(open_app: OpenApp) -> None:
    app = open_app()
    assert not app.exception
    assert "There are no recommendations yet" in shown(app)
    assert "workbench scan" in shown(app)


def test_the_queue_is_listed_with_its_sum(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app()
    assert not app.exception
    assert "could not be shown" not in shown(app)
    assert numbers(app) == [2, 1, 3]
    assert "Saving a month $310.10" in shown(app)
    assert "Without a saving 1" in shown(app)


def test_one_is_opened(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app(id="2")
    assert not app.exception
    assert "could not be shown" not in shown(app)
    assert "Expected $300.10" in shown(app)
    assert "Tags: env=dev" in shown(app)
