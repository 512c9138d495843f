"""Saved views: kept from any page, opened by a link, shared by those who may, and one to start with."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import OpenApp
from workbench.errors import StorageError
from workbench.settings import Settings
from workbench.workspace import Principal, Role, Workspace
from workbench.workspace.note_records import SavedView, View
from workbench.workspace.views import SavedViews

pytestmark = pytest.mark.usefixtures("tiny_bill")

SAVE = "FormSubmitter:wb-views-form-0-Save view"
HOSTILE = "**x** <script>alert(1)</script> [y](http://e.vil) :red[no]"


@pytest.fixture(autouse=True)
def _start_on_a_quick_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "budgets")


def look(app: AppTest) -> AppTest:
    """Run it again with the popover open."""
    [found] = [one for one in app.get("popover") if one.proto.popover.label == "Views"]
    key = re.search(r"wb-views-[0-9a-f]{8}", found.proto.popover.id)
    assert key is not None
    app.session_state[key[0]] = True
    app.run()
    assert not app.exception
    return app


def links(app: AppTest) -> dict[str, tuple[str, dict[str, list[str]]]]:
    """Name of each view in the list → its page and parameters."""
    inside = app.get("popover")[0]
    return {
        re.sub(r"\\(.)", r"\1", one.proto.label).replace("\u2060", ""): (
            one.proto.page,
            parse_qs(one.proto.query_string, keep_blank_values=True),
        )
        for one in inside.get("page_link")
    }


def words(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.text, *app.error]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(part.value) for part in parts)).replace("\u2060", "")


def keep(
    settings: Settings, name: str, page: str = "explore", query: str = "", user: str | None = None, **more: bool
) -> SavedView:
    return Workspace(settings, user=user).views.save(View(name, page, query, **more))


def kept(settings: Settings) -> tuple[SavedView, ...]:
    return Workspace(settings).views.list()


def change(app: AppTest, one: SavedView) -> AppTest:
    app.button(key=f"wb-view-change-{one.id}").click().run()
    return app


def press(app: AppTest, one: SavedView, label: str) -> AppTest:
    stamp = f"{one.id}-{one.version}"
    app.button(f"FormSubmitter:wb-view-form-{stamp}-{label}").click().run()
    assert not app.exception
    return app


def test_nothing_is_read_while_the_popover_is_closed(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SavedViews, "list", lambda _: pytest.fail("read"))
    app = open_app(budget="1")
    assert not app.exception
    assert "Saved views" not in words(app)


def test_what_is_shown_is_saved_with_its_page_and_address(
    open_app: OpenApp, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "explore")
    app = look(open_app(f=["service:Amazon S3", "region:!us-east-1"], grain="week", range="last_month", colour="blue"))
    assert "No saved views yet" in words(app)
    app.text_input(key="wb-views-name-0").input("  Storage by week ")
    app.button(SAVE).click().run()
    [saved] = kept(settings)
    assert (saved.view.name, saved.view.page, saved.view.shared, saved.view.start) == (
        "Storage by week",
        "explore",
        False,
        False,
    )
    # Not the parameter that means nothing; the basis always, so that a setting cannot change the view.
    assert parse_qs(saved.view.query) == {
        "range": ["last_month"],
        "basis": ["effective"],
        "grain": ["week"],
        "f": ["service:Amazon S3", "region:!us-east-1"],
    }
    assert "Explore · shown now" in words(app)
    app.button(key="wb-reset").click().run()
    assert "f" not in app.query_params
    look(app).button(key=f"wb-view-open-{saved.id}").click().run()
    assert app.query_params["f"] == ["service:Amazon S3", "region:!us-east-1"]
    assert (app.query_params["range"], app.query_params["grain"]) == ("last_month", "week")
    assert "Explore · shown now" in words(look(app))


def test_a_page_without_filters_keeps_its_own_parameters(open_app: OpenApp, settings: Settings) -> None:
    app = look(open_app(budget="7", f="service:Amazon S3"))
    app.text_input(key="wb-views-name-0").input("One budget")
    app.button(SAVE).click().run()
    assert [(one.view.page, one.view.query) for one in kept(settings)] == [("budgets", "budget=7")]


def test_own_and_shared_views_are_listed_others_are_not(open_app: OpenApp, settings: Settings) -> None:
    keep(settings, "Mine", query="by=account")
    keep(settings, "Theirs", "waste", "preset=cautious", user="bea", shared=True)
    keep(settings, "Private", user="bea")
    app = look(open_app())
    assert links(app) == {
        "Mine": ("explore", {"by": ["account"]}),
        "Theirs": ("waste", {"preset": ["cautious"]}),
    }
    assert "Waste · shared by bea" in words(app)
    changes = [one.key for one in app.button if str(one.key).startswith("wb-view-change")]
    assert len(changes) == 1, "what belongs to others cannot be changed"


def test_a_view_without_a_name_and_a_name_twice_are_refused_in_words(open_app: OpenApp, settings: Settings) -> None:
    keep(settings, "Mine")
    app = look(open_app())
    app.button(SAVE).click().run()
    assert "A view needs a name" in words(app)
    app.text_input(key="wb-views-name-0").input("Mine")
    app.button(SAVE).click().run()
    assert "You have a view called 'Mine' already" in words(app)
    assert len(kept(settings)) == 1


def test_one_is_renamed_shared_and_made_to_show_something_else(open_app: OpenApp, settings: Settings) -> None:
    saved = keep(settings, "Mine", query="by=account")
    app = change(look(open_app(budget="3")), saved)
    stamp = f"{saved.id}-{saved.version}"
    app.text_input(key=f"wb-view-name-{stamp}").input("Ours")
    app.checkbox(key=f"wb-view-shared-{stamp}").check()
    press(app, saved, "Save")
    [now] = kept(settings)
    assert now.view == View("Ours", "explore", "by=account", shared=True)
    change(app, now)
    app.checkbox(key=f"wb-view-now-{now.id}-{now.version}").check()
    press(app, now, "Save")
    assert kept(settings)[0].view == View("Ours", "budgets", "budget=3", shared=True)


def test_one_is_deleted_and_the_log_keeps_it(open_app: OpenApp, settings: Settings) -> None:
    saved = keep(settings, "Mine")
    press(change(look(open_app()), saved), saved, "Delete")
    assert kept(settings) == ()
    assert Workspace(settings).activity(limit=1)[0].action == "view.delete"


def test_what_somebody_else_changed_is_shown_before_it_is_overwritten(open_app: OpenApp, settings: Settings) -> None:
    saved = keep(settings, "Mine")
    app = change(look(open_app()), saved)
    Workspace(settings).views.save(View("From the other window", "explore"), id=saved.id, version=saved.version)
    app.text_input(key=f"wb-view-name-{saved.id}-{saved.version}").input("Mine now")
    press(app, saved, "Save")
    assert kept(settings)[0].view.name == "From the other window", "nothing is overwritten unseen"
    assert "changed" in words(app)
    assert "it is called From the other window now" in words(app)
    press(app, saved, "Overwrite")
    assert kept(settings)[0].view.name == "Mine now"


def test_one_that_was_deleted_meanwhile_is_said_calmly(open_app: OpenApp, settings: Settings) -> None:
    saved = keep(settings, "Mine")
    app = change(look(open_app()), saved)
    Workspace(settings).views.delete(saved.id, None)
    press(app, saved, "Save")
    assert "deleted" in words(app)
    assert kept(settings) == ()


def test_names_are_shown_letter_by_letter(open_app: OpenApp, settings: Settings) -> None:
    saved = keep(settings, HOSTILE, "no_such_page", "x=%00&f=%3Cb%3E", shared=True)
    keep(settings, HOSTILE + " 2", query="f=service:%3Cimg+src%3Dx%3E")
    app = look(open_app())
    raw = "\n".join(str(one.value) for one in (*app.markdown, *app.caption))
    assert "<script>" not in raw
    assert HOSTILE in [one.value for one in app.text], "a page that is no more leads nowhere"
    assert "The page no_such_page is no more" in words(app)
    assert links(app)[HOSTILE + " 2"] == ("explore", {"f": ["service:<img src=x>"]})
    assert [one.proto.label for one in app.get("popover")[0].get("page_link")] != [HOSTILE + " 2"]
    change(app, saved)
    assert not app.exception


def test_the_app_opens_with_the_view_chosen_for_that(open_app: OpenApp, settings: Settings) -> None:
    app = look(open_app(budget="3"))
    app.text_input(key="wb-views-name-0").input("First thing")
    app.checkbox(key="wb-views-start-0").check()
    app.button(SAVE).click().run()
    keep(settings, "Of bea", user="bea", shared=True, start=True)
    app = open_app()
    assert app.query_params["budget"] == "3"
    assert [one.value for one in app.title] == ["Budgets"]
    # An address that says something is not overruled.
    assert "budget" not in open_app(f="service:AWS Lambda").query_params


def test_a_start_view_of_a_page_that_is_no_more_opens_the_usual_page(open_app: OpenApp, settings: Settings) -> None:
    keep(settings, "Gone", "no_such_page", start=True)
    assert [one.value for one in open_app().title] == ["Budgets"]


def test_an_unreadable_workspace_does_not_keep_the_app_from_opening(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: SavedViews) -> None:
        raise StorageError("The workspace is damaged")

    monkeypatch.setattr(SavedViews, "start", fail)
    app = open_app()
    assert not app.exception
    assert [one.value for one in app.title] == ["Budgets"]


def as_guest(monkeypatch: pytest.MonkeyPatch, *roles: Role) -> None:
    guest = Principal("guest", frozenset(roles))
    monkeypatch.setattr("workbench.workspace.store.local_principal", lambda _=None: guest)
    monkeypatch.setattr("workbench.ui.acting.local_principal", lambda _=None: guest)


def test_viewers_keep_private_views_and_cannot_share(
    open_app: OpenApp, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_guest(monkeypatch, Role.VIEWER)
    app = look(open_app())
    assert not [one for one in app.checkbox if one.label.startswith("Share")]
    app.text_input(key="wb-views-name-0").input("Private")
    app.button(SAVE).click().run()
    assert [(one.owner, one.view.shared) for one in kept(settings)] == [("guest", False)]


def test_without_a_role_there_is_nothing_to_see_or_to_do(
    open_app: OpenApp, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(settings, "Shared", user="bea", shared=True)
    as_guest(monkeypatch)
    # Budgets asks the workspace, too, and is refused in its own place.
    app = look(open_app())
    assert not links(app)
    assert not [one for one in app.button if one.label in ("Save view", "Change")]
    assert "guest is nobody here" in words(app)


def test_many_views_can_be_searched(open_app: OpenApp, settings: Settings) -> None:
    for n in range(10):
        keep(settings, f"Team {n}")
    app = look(open_app())
    app.text_input(key="wb-views-search").input("team 7").run()
    assert list(links(app)) == ["Team 7"]
