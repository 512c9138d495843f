"""Annotations and views: text stays text, people keep their own, nothing that was said is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workbench.errors import AccessDenied, BadEntry, Conflict
from workbench.settings import Settings
from workbench.workspace import EntryFilter, Principal, Role, Workspace
from workbench.workspace.note_records import Annotation, Subject, View

LAUNCH = Annotation(Subject.DATES, "Launch of the shop", "", date(2026, 11, 3), date(2026, 11, 5))
REMARK = Annotation(Subject.RECOMMENDATION, "Kept for the audit", "17")
HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) $\\LaTeX$ '); DROP TABLE annotations; -- 100%_ "


def person(shared: Settings, name: str, role: Role = Role.ANALYST) -> Workspace:
    return Workspace(shared, principal=Principal(name, frozenset({role})))


def test_an_annotation_is_found_by_its_subject(shared: Settings) -> None:
    anna = person(shared, "anna")
    remark, twin = anna.annotations.add(REMARK), anna.annotations.add(replace(REMARK, body="and again"))
    anna.annotations.add(replace(REMARK, subject=Subject.ANOMALY))
    assert anna.annotations.on(Subject.RECOMMENDATION, "17") == (remark, twin)
    assert (remark.annotation, remark.created_by, remark.version) == (REMARK, "anna", 1)
    assert anna.annotations.on(Subject.RECOMMENDATION, "1") == ()


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [((11, 5), (11, 9), 1), ((11, 1), (11, 3), 1), ((11, 4), (11, 4), 1), ((11, 6), (11, 9), 0), ((10, 1), (11, 2), 0)],
)
def test_days_are_found_when_they_touch_the_period(shared: Settings, first, last, found: int) -> None:
    anna = person(shared, "anna")
    anna.annotations.add(LAUNCH)
    assert len(anna.annotations.between(date(2026, *first), date(2026, *last))) == found


def test_days_come_in_their_own_order(shared: Settings) -> None:
    anna = person(shared, "anna")
    later = anna.annotations.add(replace(LAUNCH, first_day=date(2026, 11, 4)))
    earlier = anna.annotations.add(LAUNCH)
    assert anna.annotations.between(date(2026, 11, 1), date(2026, 11, 30)) == (earlier, later)


def test_a_change_and_a_delete_keep_what_was_said(shared: Settings) -> None:
    anna = person(shared, "anna")
    first = anna.annotations.add(REMARK)
    second = anna.annotations.change(first.id, first.version, replace(REMARK, body="No longer needed"))
    assert (second.annotation.body, second.version) == ("No longer needed", 2)
    anna.annotations.delete(second.id, second.version)
    assert anna.annotations.on(Subject.RECOMMENDATION, "17") == ()
    assert anna.annotations.search("audit") == ()
    history = anna.activity(EntryFilter(object_kind="annotation", object_id=str(first.id)))
    bodies = [(one.action, (one.before or {}).get("body"), (one.after or {}).get("body")) for one in history]
    assert bodies == [
        ("annotation.delete", "No longer needed", None),
        ("annotation.change", "Kept for the audit", "No longer needed"),
        ("annotation.add", None, "Kept for the audit"),
    ]


def test_only_its_author_or_an_administrator_changes_an_annotation(shared: Settings) -> None:
    anna, boris, root = person(shared, "anna"), person(shared, "boris"), person(shared, "root", Role.ADMIN)
    kept = anna.annotations.add(REMARK)
    for attempt in (
        lambda: boris.annotations.change(kept.id, 1, LAUNCH),
        lambda: boris.annotations.delete(kept.id, 1),
        lambda: person(shared, "vera", Role.VIEWER).annotations.add(REMARK),
    ):
        with pytest.raises(AccessDenied):
            attempt()
    root.annotations.change(kept.id, 1, replace(REMARK, body="moderated"))
    with pytest.raises(Conflict, match="changed by root"):
        anna.annotations.delete(kept.id, 1)
    anna.annotations.delete(kept.id, None)
    with pytest.raises(Conflict, match="deleted by anna"):
        anna.annotations.delete(kept.id, None)
    with pytest.raises(Conflict, match="not there"):
        anna.annotations.delete(99, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ALERT(1)", 1),
        ("drop table", 1),
        ("table drop", 1),
        ("100%", 1),
        ("10%_", 0),
        ("\\latex", 1),
        ("17", 1),
        ("x y", 0),
    ],
)
def test_search_takes_words_as_they_are(shared: Settings, text: str, found: int) -> None:
    anna = person(shared, "anna")
    kept = anna.annotations.add(replace(REMARK, body=HOSTILE))
    anna.annotations.add(LAUNCH)
    assert kept.annotation.body == HOSTILE
    assert len(anna.annotations.search(text)) == found


def test_search_keeps_to_one_kind_and_to_the_newest(shared: Settings) -> None:
    anna = person(shared, "anna")
    remark, days = anna.annotations.add(REMARK), anna.annotations.add(replace(LAUNCH, body="Audit of the launch"))
    assert anna.annotations.search("audit") == (days, remark)
    assert anna.annotations.search("audit", subject=Subject.RECOMMENDATION) == (remark,)
    assert anna.annotations.search("", subject=Subject.DATES) == (days,)
    assert anna.annotations.search("", subject=Subject.RESOURCE) == ()
    assert anna.annotations.search("", limit=1) == (days,)


def test_one_is_read_by_its_number_until_it_is_deleted(shared: Settings) -> None:
    anna = person(shared, "anna")
    kept = anna.annotations.add(REMARK)
    assert anna.annotations.get(kept.id) == kept
    anna.annotations.delete(kept.id, 1)
    with pytest.raises(Conflict, match=f"There is no annotation {kept.id}"):
        anna.annotations.get(kept.id)


def test_a_million_characters_come_back_as_written(shared: Settings) -> None:
    body = (HOSTILE * 10_000)[:1_000_000] + "Ω"
    anna = person(shared, "anna")
    anna.annotations.add(replace(REMARK, body=body))
    assert [one.annotation.body == body for one in anna.annotations.search("ω")] == [True]
    with pytest.raises(BadEntry, match="at most"):
        anna.annotations.add(replace(REMARK, body="x" * 2_000_001))


@pytest.mark.parametrize(
    "bad",
    [
        replace(REMARK, body=" \n"),
        replace(REMARK, subject_id=""),
        replace(REMARK, first_day=date(2026, 11, 1)),
        replace(LAUNCH, last_day=None),
        replace(LAUNCH, last_day=date(2026, 11, 2)),
    ],
)
def test_an_annotation_that_says_nothing_clear_is_refused(shared: Settings, bad: Annotation) -> None:
    with pytest.raises(BadEntry):
        person(shared, "anna").annotations.add(bad)


WEEK = View("Last week", "explore", "range=7d&by=service")


def test_views_are_private_until_shared(shared: Settings) -> None:
    anna, boris = person(shared, "anna"), person(shared, "boris")
    private = anna.views.save(WEEK)
    common = anna.views.save(replace(WEEK, name="Shared", shared=True))
    mine = boris.views.save(WEEK)
    assert anna.views.list() == (private, common)
    assert boris.views.list() == (mine, common)
    for attempt in (
        lambda: boris.views.save(WEEK, id=common.id, version=1),
        lambda: boris.views.delete(private.id, 1),
        lambda: person(shared, "vera", Role.VIEWER).views.save(replace(WEEK, shared=True)),
    ):
        with pytest.raises(AccessDenied):
            attempt()
    assert person(shared, "vera", Role.VIEWER).views.save(WEEK).owner == "vera"


def test_one_view_is_the_start_page(shared: Settings) -> None:
    anna = person(shared, "anna")
    assert anna.views.start() is None
    first = anna.views.save(replace(WEEK, start=True))
    second = anna.views.save(View("Drivers", "drivers", start=True))
    assert anna.views.start() == second
    assert [(one.view.name, one.view.start) for one in anna.views.list()] == [("Drivers", True), ("Last week", False)]
    with pytest.raises(Conflict, match="changed by anna"):
        anna.views.delete(first.id, first.version)
    anna.views.delete(second.id, second.version)
    assert anna.views.start() is None


def test_a_name_is_used_once_and_is_free_again_after_a_delete(shared: Settings) -> None:
    anna = person(shared, "anna")
    kept = anna.views.save(WEEK)
    with pytest.raises(Conflict, match="Last week"):
        anna.views.save(WEEK)
    with pytest.raises(BadEntry):
        anna.views.save(replace(WEEK, name=" "))
    renamed = anna.views.save(replace(WEEK, name="Week"), id=kept.id, version=kept.version)
    assert (renamed.id, renamed.version, renamed.view.name) == (kept.id, 2, "Week")
    anna.views.delete(renamed.id, renamed.version)
    assert anna.views.save(replace(WEEK, name="Week")).id != kept.id
