"""The page of one resource: what was decided on its recommendations, and what people wrote about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tests.costs.test_resources import CHARGES, TABLES
from tests.support.inventory import inventory_snapshot
from tests.support.scans import finding, scan
from tests.ui.conftest import OpenApp
from workbench.settings import PROJECT_ROOT, Settings
from workbench.workspace import (
    Choice,
    Decision,
    Edit,
    EntryFilter,
    Intent,
    IntentKind,
    Principal,
    Role,
    Step,
    Workspace,
)
from workbench.workspace.note_records import Annotation, Subject

HOSTILE = "**bold** <script>alert(1)</script> [x](http://e.vil)"


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-21T09:00:00Z")


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    """The estate with a scan that found i-1 twice and vol-1 once; boris writes here."""
    with inventory_snapshot(settings, CHARGES, TABLES):
        place = Workspace(settings, user="boris")
        found = [
            finding("i-1", "30", title="Idle"),
            finding("i-1", "20", check_id="ec2_old", title="Old"),
            finding("vol-1", "5"),
        ]
        place.record_scan(scan(checks_run=("ec2_idle", "ec2_old")), found)
        yield place


@pytest.fixture
def page(workspace: Workspace, open_app: OpenApp) -> OpenApp:
    """Open the page of one resource."""

    def run(resource: str) -> AppTest:
        app = open_app(resource=resource)
        app.switch_page(str(PROJECT_ROOT / "pages" / "resource.py"))
        app.query_params["resource"] = resource
        app.run()
        assert not app.exception
        return app

    return run


def act_as(monkeypatch: pytest.MonkeyPatch, name: str, role: Role) -> None:
    monkeypatch.setattr("workbench.ui.acting.local_principal", lambda: Principal(name, frozenset({role})))


def said(app: AppTest) -> str:
    parts = [element.value for kind in ("text", "caption", "markdown", "error") for element in getattr(app, kind)]
    return "\n".join(str(part) for part in parts).replace("\\", "").replace("\u2060", "")


def links(app: AppTest) -> dict[str, str]:
    found = [one.proto for one in app.get("page_link")]
    return {one.label.replace("\\", ""): f"{one.page}?{one.query_string}" for one in found}


def test_its_recommendations_are_listed_with_state_and_link(page: OpenApp, workspace: Workspace) -> None:
    workspace.recommendations.decide([Choice(1, None)], Decision(Step.APPROVE))
    workspace.recommendations.edit([Choice(1, None)], Edit(assignee="eve", due=date(2026, 12, 1)))
    app = page("i-1")
    assert "approved · $30.00 a month · eve · due 2026-12-01" in said(app)
    assert "open · $20.00 a month" in said(app)
    assert "$5.00 a month" not in said(app)
    found = links(app)
    assert found["1 · Idle"] == "recommendations?id=1"
    assert found["2 · Old"] == "recommendations?id=2"
    assert found["Why it is flagged, or not"] == "waste?part=why&resource=i-1"


def test_what_is_intentional_is_listed_and_says_so(page: OpenApp, workspace: Workspace) -> None:
    workspace.save_intent(Intent(IntentKind.ACCOUNT, "111", "Sandbox", date(2026, 12, 1)))
    assert "open (intentional) · $30.00 a month" in said(page("i-1"))


def test_more_than_fit_are_found_in_the_queue(page: OpenApp, workspace: Workspace) -> None:
    checks = tuple(f"check_{number}" for number in range(12))
    workspace.record_scan(scan(1, checks_run=checks), [finding("i-idle", "1", check_id=one) for one in checks])
    app = page("i-idle")
    assert links(app)["All 12 in the queue"] == "recommendations?resource=i-idle&waiting=no&intentional=yes"
    assert len([label for label in links(app) if label[0].isdigit()]) == 10


def test_a_resource_that_was_never_found_still_leads_to_the_checks(page: OpenApp) -> None:
    app = page("ghost-1")
    assert "No scan that was kept found anything here." in said(app)
    assert "Nobody wrote anything." in said(app)
    assert "Why it is flagged, or not" in links(app)


def test_a_note_is_added_changed_with_its_history_and_deleted(
    page: OpenApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_as(monkeypatch, "anna", Role.ANALYST)
    app = page("i-1")
    app.text_area(key="resource-own-new-i-1-0").set_value(HOSTILE)
    app.button(key="resource-own-new-i-1-0-add").click().run()
    (note,) = workspace.annotations.on(Subject.RESOURCE, "i-1")
    assert (note.annotation.body, note.created_by) == (HOSTILE, "anna")
    assert HOSTILE in [text.value for text in app.text]
    assert not [part for part in app.markdown if "<script>" in str(part.value)]
    app.button(key=f"resource-own-edit-{note.id}").click().run()
    app.text_area(key=f"resource-own-{note.id}-1-body").set_value("Ask Eve")
    app.button(key=f"resource-own-{note.id}-1-save").click().run()
    assert "changed 2026-11-21 09:00 UTC by anna" in said(app)
    app.session_state[f"resource-own-earlier-{note.id}"] = True
    app.run()
    assert HOSTILE in [text.value for text in app.text]
    app.button(key=f"resource-own-delete-{note.id}").click().run()
    assert workspace.annotations.on(Subject.RESOURCE, "i-1") == ()
    actions = [one.action for one in workspace.activity(EntryFilter(object_kind="annotation"))]
    assert actions == ["annotation.delete", "annotation.change", "annotation.add"]


def test_a_note_belongs_to_its_resource(page: OpenApp, workspace: Workspace) -> None:
    workspace.annotations.add(Annotation(Subject.RESOURCE, "Of the volume", "vol-1"))
    assert "Of the volume" not in said(page("i-1"))
    assert "Of the volume" in said(page("vol-1"))


def test_a_note_changed_meanwhile_is_shown_before_it_is_overwritten(
    page: OpenApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = workspace.annotations.add(Annotation(Subject.RESOURCE, "First", "i-1"))
    act_as(monkeypatch, "ada", Role.ADMIN)
    app = page("i-1")
    app.button(key=f"resource-own-edit-{note.id}").click().run()
    workspace.annotations.change(note.id, 1, Annotation(Subject.RESOURCE, "Second", "i-1"))
    app.text_area(key=f"resource-own-{note.id}-1-body").set_value("Mine")
    app.button(key=f"resource-own-{note.id}-1-save").click().run()
    assert "This annotation was changed by boris" in said(app)
    assert "boris changed it meanwhile" in said(app)
    assert "Second" in [text.value for text in app.text]
    assert app.text_area(key=f"resource-own-{note.id}-1-body").value == "Mine"
    assert workspace.annotations.on(Subject.RESOURCE, "i-1")[0].annotation.body == "Second"
    save = app.button(key=f"resource-own-{note.id}-1-save")
    assert save.label == "Overwrite"
    save.click().run()
    assert workspace.annotations.on(Subject.RESOURCE, "i-1")[0].annotation.body == "Mine"


def test_viewers_read_and_do_not_write(page: OpenApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.annotations.add(Annotation(Subject.RESOURCE, "For all", "i-1"))
    act_as(monkeypatch, "vera", Role.VIEWER)
    app = page("i-1")
    assert "For all" in said(app)
    assert "vera is viewer; annotations.write needs admin or analyst" in said(app)
    assert not [one for one in app.button if str(one.key).startswith("resource-own")]
