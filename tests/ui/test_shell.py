"""Header, filter bar, notices, empty and error states: the address in, the screen out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import PublishBill
from tests.ui.conftest import OpenApp
from workbench.costs import explore
from workbench.settings import Settings


def shown(app: AppTest) -> str:
    """All words on the page, Markdown escapes removed."""
    words = [
        element.value
        for kind in ("title", "markdown", "caption", "text", "info", "warning", "code")
        for element in app.get(kind)
    ]
    words += [f"{element.label} {element.value} {element.delta}" for element in app.metric]
    words += [button.label for button in app.button]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(word) for word in words)).replace("\u2060", "")


def chips(app: AppTest) -> list[Any]:
    return [button for button in app.button if str(button.key).startswith("wb-chip")]


@pytest.mark.usefixtures("tiny_bill")
def test_the_strip_says_what_the_numbers_are(open_app: OpenApp) -> None:
    app = open_app()
    strip = shown(app)
    for part in ("1–20 Oct 2026, 20 of 31 days", "Effective cost in USD", "vs 1–20 Sep 2026", "DuckDB snapshot"):
        assert part in strip
    assert "snapshot of 2026-10-21 09:00 UTC" in strip
    assert not app.exception


@pytest.mark.usefixtures("tiny_bill")
def test_an_unknown_parameter_and_an_unknown_value_are_said_and_never_widen_the_view(open_app: OpenApp) -> None:
    app = open_app(colour="blue", f="service:No such service")
    assert "“colour” in the address is not known and was ignored" in shown(app)
    assert "No such service" in shown(app)
    assert "No charges match. Remove a filter to see more:" in shown(app)
    assert "$100" not in shown(app)


@pytest.mark.usefixtures("tiny_bill")
def test_a_filter_is_a_chip_that_removes_it(open_app: OpenApp) -> None:
    app = open_app(f=["service:Amazon S3", "region:us-east-1"])
    assert [chip.label for chip in chips(app)] == [r"Service\: Amazon S3", r"Region\: US East \(N\. Virginia\)"]
    chips(app)[0].click().run()
    assert app.query_params["f"] == "region:us-east-1"
    assert len(chips(app)) == 1


@pytest.mark.usefixtures("tiny_bill")
def test_reset_leaves_a_bare_address(open_app: OpenApp) -> None:
    app = open_app(f="service:Amazon S3", basis="billed")
    next(button for button in app.button if button.key == "wb-reset").click().run()
    assert app.query_params == {}
    assert not chips(app)


@pytest.mark.usefixtures("tiny_bill")
def test_clearing_all_filters_of_an_empty_view_brings_the_cost_back(open_app: OpenApp) -> None:
    app = open_app(f=["service:Nobody", "region:nowhere"])
    next(button for button in app.button if button.label == "Clear all filters").click().run()
    assert "f" not in app.query_params
    assert "$100" in shown(app)


@pytest.mark.usefixtures("settings")
def test_without_data_the_page_says_which_command_to_type(open_app: OpenApp) -> None:
    app = open_app()
    assert "No data yet" in shown(app)
    assert "workbench ingest path/to/bills" in shown(app)
    assert not app.exception


def test_a_snapshot_without_charges_says_so(open_app: OpenApp, publish_bill: PublishBill) -> None:
    publish_bill([])
    app = open_app()
    assert "No charges have been loaded" in shown(app)
    assert not app.exception


@pytest.mark.usefixtures("tiny_bill")
def test_an_unexpected_error_is_one_calm_message_and_its_traceback_is_only_in_the_log(
    open_app: OpenApp, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.log import configure_logging

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("password=hunter2 in /secret/path")

    configure_logging(settings, console=False)
    monkeypatch.setattr(explore, "series", fail)
    app = open_app()
    text = shown(app)
    assert "hunter2" not in text
    assert "could not be shown" in text
    assert "$100" in text, "the rest of the page goes on"
    reference = re.search(r"Reference ([0-9a-f]{8})", text)
    assert reference is not None
    log = (settings.logs_dir / "workbench.log").read_text()
    line = next(line for line in log.splitlines() if reference[1] in line)
    assert "Traceback" in line
    assert "hunter2" in line
    assert not app.exception


@pytest.mark.usefixtures("tiny_bill")
def test_an_expected_error_says_what_why_and_what_to_do(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_THREADS", "many")
    text = shown(open_app())
    assert "Setting threads has an unusable value" in text
    assert "WORKBENCH_THREADS" in text
