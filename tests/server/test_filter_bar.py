"""What people do in the filter bar, done to the real app: each choice ends in the address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.server import AppServer, elements, texts

pytestmark = pytest.mark.server


def key_of(snapshot: dict[str, Any], prefix: str, suffix: str = "") -> str:
    keys = [str(element.get("key", "")) for element in elements(snapshot)]
    return next(key for key in keys if key.startswith(prefix) and key.endswith(suffix))


def test_a_menu_writes_its_choice_and_keeps_the_rest(app: AppServer) -> None:
    before = app.open("overview", {"f": "service:Amazon S3"})
    after = app.interact(session_id=before["session_id"], trigger={"key": "wb-basis", "value": "Billed cost"})
    assert after["query_params"] == {"basis": ["billed"], "f": ["service:Amazon S3"]}
    assert "Billed cost in USD" in texts(after)


def test_a_relative_range_and_the_comparison_are_menus_too(app: AppServer) -> None:
    session = app.open("overview")["session_id"]
    app.interact(session_id=session, trigger={"key": "wb-range", "value": "Last 30 days"})
    after = app.interact(session_id=session, trigger={"key": "wb-compare", "value": "No comparison"})
    assert after["query_params"]["range"] == ["30d"]
    assert after["query_params"]["cmp"] == ["none"]


def test_own_dates_are_applied_together(app: AppServer) -> None:
    before = app.open("overview")
    session = before["session_id"]
    after = app.interact(
        session_id=session,
        widget_state={
            key_of(before, "wb-dates", "-period"): ["2026-10-05", "2026-10-06"],
            key_of(before, "wb-dates", "-compare"): ["2026-10-01", "2026-10-02"],
        },
        trigger={"key": key_of(before, "FormSubmitter:wb-dates")},
    )
    params = after["query_params"]
    assert (params["from"], params["to"]) == (["2026-10-05"], ["2026-10-06"])
    assert params["cmp"] == ["2026-10-01..2026-10-02"]
    assert "5–6 Oct 2026" in texts(after)


def test_a_filter_is_chosen_from_the_values_of_the_bill(app: AppServer) -> None:
    closed = app.open("overview")
    session = closed["session_id"]
    key = key_of(closed, "wb-add-")
    opened = app.interact(session_id=session, widget_state={key: True})
    picker = next(element for element in elements(opened) if element.get("key") == f"{key}-values-service")
    assert picker["props"]["options"] == ["Amazon S3", "AWS Lambda"], "largest cost first"
    chosen = app.interact(session_id=session, widget_state={f"{key}-values-service": ["AWS Lambda"]})
    assert chosen["query_params"] == {}, "nothing is applied before the button"
    after = app.interact(session_id=session, trigger={"key": f"{key}-apply"})
    assert after["query_params"]["f"] == ["service:AWS Lambda"]
    assert "Service\\: AWS Lambda" in texts(after)


def test_values_of_another_dimension_can_be_left_out(app: AppServer) -> None:
    closed = app.open("overview")
    session = closed["session_id"]
    key = key_of(closed, "wb-add-")
    app.interact(session_id=session, widget_state={key: True})
    app.interact(session_id=session, widget_state={f"{key}-by": "Account"})
    app.interact(session_id=session, widget_state={f"{key}-values-account": ["Team A"], f"{key}-negated": True})
    after = app.interact(session_id=session, trigger={"key": f"{key}-apply"})
    assert after["query_params"]["f"] == ["account:!000000000002"]


def test_links_to_other_pages_keep_the_view(app: AppServer) -> None:
    finished = app.open("overview", {"f": ["service:Amazon S3", "region:us-east-1"], "range": "30d"})
    links = [element["props"] for element in elements(finished) if element["type"] == "page_link"]
    to_explore = next(link for link in links if "Explore" in str(link.get("label")))
    assert to_explore["query_params"]["f"] == ["service:Amazon S3", "region:us-east-1"]
    assert to_explore["query_params"]["range"] == ["30d"]
