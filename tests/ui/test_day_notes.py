"""Annotations on days: on the charts that cover them, in the list beside them, written and deleted."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import OpenApp
from workbench.costs.view import Grain
from workbench.settings import Settings
from workbench.ui.day_notes import _bucket, note_texts
from workbench.workspace import Principal, Role, Workspace
from workbench.workspace.note_records import Annotation, Subject

pytestmark = pytest.mark.usefixtures("tiny_bill")


def write(settings: Settings, body: str, first: date, last: date | None = None, user: str | None = None) -> None:
    note = Annotation(Subject.DATES, body, "", first, last or first)
    Workspace(settings, user=user).annotations.add(note)


def shown(app: AppTest) -> str:
    return "\n".join(str(part.value) for part in (*app.markdown, *app.caption, *app.text, *app.error))


def opened(open_app: OpenApp, **params: str) -> AppTest:
    app = open_app(params)
    assert not app.exception
    return app


def test_those_of_the_period_are_listed_in_the_order_of_their_days(open_app: OpenApp, settings: Settings) -> None:
    write(settings, "Sale", date(2026, 10, 15))
    write(settings, "Migration", date(2026, 9, 28), date(2026, 10, 2))
    write(settings, "Before all that", date(2026, 8, 1))
    app = opened(open_app)
    texts = [part.value for part in app.text]
    assert [one for one in texts if one in ("Sale", "Migration", "Before all that")] == ["Migration", "Sale"]
    assert "**1**" in shown(app)
    assert "**2**" in shown(app)


def test_one_is_written_on_the_page(open_app: OpenApp, settings: Settings) -> None:
    app = opened(open_app)
    app.text_area(key="overview-notes-body-0").input("Deployed 2.0")
    app.button("FormSubmitter:overview-notes-form-0-Add").click().run()
    [saved] = Workspace(settings).annotations.between(date(2026, 10, 1), date(2026, 10, 31))
    assert (saved.annotation.body, saved.annotation.first_day) == ("Deployed 2.0", date(2026, 10, 20))
    assert "Deployed 2.0" in [part.value for part in app.text]


def test_an_empty_one_is_refused_in_words(open_app: OpenApp, settings: Settings) -> None:
    app = opened(open_app)
    app.button("FormSubmitter:overview-notes-form-0-Add").click().run()
    assert "An annotation needs a text" in shown(app)
    assert Workspace(settings).annotations.between(date(2026, 1, 1), date(2026, 12, 31)) == ()


def test_ones_own_is_deleted_and_the_log_keeps_it(open_app: OpenApp, settings: Settings) -> None:
    write(settings, "Mistake", date(2026, 10, 15))
    [saved] = Workspace(settings).annotations.between(date(2026, 10, 1), date(2026, 10, 31))
    app = opened(open_app)
    app.button(key=f"overview-notes-delete-{saved.id}").click().run()
    assert Workspace(settings).annotations.between(date(2026, 10, 1), date(2026, 10, 31)) == ()
    assert Workspace(settings).activity(limit=1)[0].action == "annotation.delete"


def test_one_is_changed_with_its_days_and_what_it_said_can_be_read(open_app: OpenApp, settings: Settings) -> None:
    write(settings, "Salle", date(2026, 10, 15))
    [saved] = Workspace(settings).annotations.between(date(2026, 10, 1), date(2026, 10, 31))
    app = opened(open_app)
    app.button(key=f"overview-notes-edit-{saved.id}").click().run()
    stamp = f"overview-notes-{saved.id}-1"
    app.text_area(key=f"{stamp}-body").set_value("Sale")
    app.date_input(key=f"{stamp}-days").set_value((date(2026, 10, 15), date(2026, 10, 16)))
    app.text_input(key=f"{stamp}-about").set_value("shop")
    app.button(key=f"{stamp}-save").click().run()
    assert not app.exception
    [changed] = Workspace(settings).annotations.between(date(2026, 10, 16), date(2026, 10, 16))
    assert changed.annotation == Annotation(Subject.DATES, "Sale", "shop", date(2026, 10, 15), date(2026, 10, 16))
    assert "Sale" in [part.value for part in app.text]
    app.session_state[f"overview-notes-earlier-{saved.id}"] = True
    app.run()
    assert "Salle" in [part.value for part in app.text]


def test_an_edit_can_be_left_and_days_are_needed(open_app: OpenApp, settings: Settings) -> None:
    write(settings, "Sale", date(2026, 10, 15))
    app = opened(open_app)
    app.button(key="overview-notes-edit-1").click().run()
    app.date_input(key="overview-notes-1-1-days").set_value(())
    app.button(key="overview-notes-1-1-save").click().run()
    assert "An annotation on days needs the first and the last" in shown(app)
    app.button(key="overview-notes-1-1-cancel").click().run()
    assert "Sale" in [part.value for part in app.text]
    assert Workspace(settings).annotations.get(1).version == 1


def test_a_change_of_somebody_else_is_shown_before_it_is_overwritten(open_app: OpenApp, settings: Settings) -> None:
    write(settings, "First", date(2026, 10, 15))
    app = opened(open_app)
    app.button(key="overview-notes-edit-1").click().run()
    Workspace(settings, user="bea").annotations.change(
        1, 1, Annotation(Subject.DATES, "Second", "", date(2026, 10, 15), date(2026, 10, 15))
    )
    app.text_area(key="overview-notes-1-1-body").set_value("Mine")
    app.button(key="overview-notes-1-1-save").click().run()
    assert "This annotation was changed by bea" in shown(app).replace("\\", "")
    assert "Second" in [part.value for part in app.text]
    app.button(key="overview-notes-1-1-save").click().run()
    assert Workspace(settings).annotations.get(1).annotation.body == "Mine"


def test_text_stays_text(open_app: OpenApp, settings: Settings) -> None:
    body = "**bold** <script>alert(1)</script> [x](http://e.vil) '; DROP TABLE charges; --"
    write(settings, body, date(2026, 10, 15))
    app = opened(open_app)
    assert body in [part.value for part in app.text]
    assert not [part for part in app.markdown if "<script>" in str(part.value)]


def test_viewers_read_and_do_not_write(open_app: OpenApp, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write(settings, "Sale", date(2026, 10, 15), user="bea")
    guest = Principal("guest", frozenset({Role.VIEWER}))
    monkeypatch.setattr("workbench.ui.acting.local_principal", lambda _=None: guest)
    app = opened(open_app)
    assert "Sale" in [part.value for part in app.text]
    assert not [one for one in app.button if (one.key or "").startswith("overview-notes-delete")]


@pytest.mark.parametrize(
    ("grain", "day"),
    [(Grain.DAY, date(2026, 10, 15)), (Grain.WEEK, date(2026, 10, 12)), (Grain.MONTH, date(2026, 10, 1))],
)
def test_a_line_stands_at_the_bucket_of_its_day(grain: Grain, day: date) -> None:
    assert _bucket(date(2026, 10, 15), grain) == day


def test_exported_charts_carry_the_texts(settings: Settings) -> None:
    write(settings, "Two\nlines", date(2026, 10, 15), user="bea")
    found = Workspace(settings).annotations.between(date(2026, 10, 1), date(2026, 10, 31))
    assert note_texts(found) == ("1: 15 Oct 2026, bea: Two lines",)
