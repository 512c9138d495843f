"""Annotations found on the page Activity: by words and kind, with the way to what they are about, changed in place."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench.settings import Settings
from workbench.workspace import Principal, Role, Workspace
from workbench.workspace.note_records import Annotation, Subject

pytestmark = pytest.mark.usefixtures("tiny_bill")

SALE = Annotation(Subject.DATES, "Sale of the year", "shop", date(2026, 10, 12), date(2026, 10, 14))


@pytest.fixture(autouse=True)
def _start_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "activity")


@pytest.fixture
def workspace(settings: Settings, tiny_bill: None) -> Workspace:
    """One annotation of each kind, oldest first; boris writes here."""
    place = Workspace(settings, user="boris")
    for one in (
        SALE,
        Annotation(Subject.RECOMMENDATION, "Keep until the sale is over", "17"),
        Annotation(Subject.RESOURCE, "Runs the **shop**", "i-1"),
        Annotation(Subject.SAVED_VIEW, "For the board", "3"),
    ):
        place.annotations.add(one)
    return place


def opened(open_app: OpenApp, **params: str) -> AppTest:
    app = open_app({"part": "annotations", **params})
    assert not app.exception
    return app


def texts(app: AppTest) -> list[str]:
    known = ("Sale of the year", "Keep until the sale is over", "Runs the **shop**", "For the board")
    return [part.value for part in app.text if part.value in known]


def links(app: AppTest) -> dict[str, str]:
    found = [one.proto for one in app.get("page_link")]
    return {one.label.replace("\\", ""): f"{one.page}?{one.query_string}" for one in found}


def act_as(monkeypatch: pytest.MonkeyPatch, name: str, role: Role) -> None:
    monkeypatch.setattr("workbench.ui.acting.local_principal", lambda: Principal(name, frozenset({role})))


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, ["For the board", "Runs the **shop**", "Keep until the sale is over", "Sale of the year"]),
        ({"words": "SALE"}, ["Keep until the sale is over", "Sale of the year"]),
        ({"words": "sale year"}, ["Sale of the year"]),
        ({"words": "shop"}, ["Runs the **shop**", "Sale of the year"]),
        ({"words": "sale", "about": "recommendation"}, ["Keep until the sale is over"]),
        ({"about": "anomaly"}, []),
        ({"about": "odd"}, []),
    ],
)
def test_words_and_kind_find(open_app: OpenApp, params: dict[str, str], found: list[str]) -> None:
    assert texts(opened(open_app, **params)) == found


@pytest.mark.usefixtures("workspace")
def test_what_matches_nothing_is_said(open_app: OpenApp) -> None:
    assert "No annotation matches." in shown(opened(open_app, words="nowhere"))
    assert "odd is no kind of thing" in shown(opened(open_app, about="odd"))


def test_an_empty_workspace_says_so(open_app: OpenApp) -> None:
    assert "Nobody wrote anything yet." in shown(opened(open_app))


@pytest.mark.usefixtures("workspace")
def test_each_leads_to_what_it_is_about(open_app: OpenApp) -> None:
    app = opened(open_app)
    found = {label.replace("\N{NO-BREAK SPACE}", " "): link for label, link in links(app).items()}
    assert found["Recommendation 17"] == "recommendations?id=17"
    assert found["Resource i-1"] == "resource?resource=i-1"
    assert found["12–14 Oct 2026 · shop"] == "explore?from=2026-10-12&to=2026-10-14"
    assert "Saved view 3" in [part.value for part in app.text]


def test_a_search_goes_into_the_address_and_leaves_the_filters_of_the_changes(
    open_app: OpenApp, workspace: Workspace
) -> None:
    app = opened(open_app)
    next(one for one in app.text_input if one.label == "Search").set_value("board").run()
    assert app.query_params["words"] in ("board", ["board"])
    assert texts(app) == ["For the board"]


def test_one_is_changed_with_its_days_where_it_is_found(
    open_app: OpenApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_as(monkeypatch, "boris", Role.ANALYST)
    app = opened(open_app, words="year")
    app.button(key="notes-found-edit-1").click().run()
    app.text_area(key="notes-found-1-1-body").set_value("Sale of this year")
    app.date_input(key="notes-found-1-1-days").set_value((date(2026, 10, 13), date(2026, 10, 15)))
    app.text_input(key="notes-found-1-1-about").set_value("shops")
    app.button(key="notes-found-1-1-save").click().run()
    assert not app.exception
    saved = workspace.annotations.get(1)
    expected = Annotation(Subject.DATES, "Sale of this year", "shops", date(2026, 10, 13), date(2026, 10, 15))
    assert (saved.annotation, saved.version, saved.updated_by) == (expected, 2, "boris")
    app.session_state["notes-found-earlier-1"] = True
    app.run()
    assert "2026-10-12 to 2026-10-14 · shop" in shown(app)
    app.button(key="notes-found-delete-1").click().run()
    assert workspace.annotations.search("year") == ()


def test_more_than_fit_are_said(open_app: OpenApp, workspace: Workspace) -> None:
    for number in range(60):
        workspace.annotations.add(Annotation(Subject.RESOURCE, f"Note {number}", f"i-{number}"))
    app = opened(open_app)
    assert "The 50 newest." in shown(app)
    listed = [part.value for part in app.text if part.value.startswith("Note ")]
    assert listed == [f"Note {number}" for number in range(59, 9, -1)]


@pytest.mark.usefixtures("workspace")
def test_viewers_search_though_the_changes_are_not_shown_to_them(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_as(monkeypatch, "vera", Role.VIEWER)
    app = opened(open_app, words="board")
    assert texts(app) == ["For the board"]
    assert not [one for one in app.button if str(one.key).startswith("notes-found-")]
