"""What is written from the page Recommendations: decisions seen first and taken on all or none, remarks, rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.scans import finding, scan
from tests.ui.conftest import OpenApp
from tests.ui.test_recommendations import act_as, fine, numbers, rows
from tests.ui.test_shell import shown
from workbench.settings import Settings
from workbench.workspace import Choice, Decision, Edit, Intent, IntentKind, Role, State, Step, Workspace
from workbench.workspace.note_records import Annotation, Subject

pytestmark = pytest.mark.usefixtures("tiny_bill")


@pytest.fixture(autouse=True)
def _on_recommendations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "recommendations")
    act_as(monkeypatch, "anna", Role.ANALYST)


@pytest.fixture
def workspace(settings: Settings, tiny_bill: None) -> Workspace:
    """Recommendations 1, 2 and 3 save 30, 20 and 10 USD; boris writes here."""
    place = Workspace(settings, user="boris")
    place.record_scan(scan(), [finding(f"i-{number}", f"{40 - 10 * number}") for number in (1, 2, 3)])
    assert [row.id for row in place.recommendations.list().rows] == [1, 2, 3]
    return place


def pick(app: AppTest, positions: Sequence[int]) -> AppTest:
    """Pick rows of the queue."""
    table = next(one for one in app.dataframe if "Saving a month" in one.value)
    app.session_state[str(table.key)] = {"selection": {"rows": list(positions), "columns": [], "cells": []}}
    return app.run()


def choose(app: AppTest, step: Step, reason: str = "") -> AppTest:
    app.button(key=f"wb-rec-many-{step}").click().run()
    if reason:
        next(one for one in app.text_input if one.label.startswith("Reason")).set_value(reason).run()
    return app


def states(workspace: Workspace) -> list[str]:
    return [str(workspace.recommendations.get(number).state) for number in (1, 2, 3)]


def test_a_decision_on_several_is_seen_before_it_is_taken(open_app: OpenApp, workspace: Workspace) -> None:
    app = choose(pick(open_app(), [0, 2]), Step.APPROVE)
    assert "2 recommendations picked, $40.00 a month" in fine(app)
    app.button(key="wb-rec-preview").click().run()
    assert "2 will be approved, $40.00 a month" in fine(app)
    assert states(workspace) == ["open", "open", "open"]
    app.button(key="wb-rec-confirm").click().run()
    fine(app)
    assert [toast.value for toast in app.toast] == ["2 recommendations approved"]
    assert states(workspace) == ["approved", "open", "approved"]
    assert workspace.recommendations.history(1)[-1].actor == "anna"
    assert numbers(app) == [2]
    assert "Pick rows" in shown(app)


def test_a_preview_can_be_left_without_a_trace(open_app: OpenApp, workspace: Workspace) -> None:
    app = choose(pick(open_app(), [0]), Step.APPROVE)
    app.button(key="wb-rec-preview").click().run()
    app.button(key="wb-rec-cancel").click().run()
    assert "will be approved" not in fine(app)
    assert states(workspace) == ["open", "open", "open"]


def test_only_possible_steps_are_offered_and_those_for_some_say_for_how_many(
    open_app: OpenApp, workspace: Workspace
) -> None:
    workspace.recommendations.decide([Choice(2, None)], Decision(Step.APPROVE))
    app = pick(open_app(waiting="no"), [0, 1])
    offered = [one.label for one in app.button if str(one.key).startswith("wb-rec-many-")]
    assert offered == [
        "Approve (1 of 2)", "Reject", "Snooze", "Duplicate (1 of 2)", "Start (1 of 2)", "Applied (1 of 2)",
        "Reopen (1 of 2)",
    ]  # fmt: skip


def test_what_cannot_be_changed_is_named_and_nothing_is_written_until_it_is_left_out(
    open_app: OpenApp, workspace: Workspace
) -> None:
    workspace.recommendations.decide([Choice(2, None)], Decision(Step.REJECT, "wanted"))
    app = choose(pick(open_app(waiting="no"), [0, 1, 2]), Step.APPROVE)
    app.button(key="wb-rec-preview").click().run()
    assert "2 will be approved, $40.00 a month; 1 cannot be" in fine(app)
    (refused,) = rows(app, "Why")
    assert refused == {"Number": 2, "Why": refused["Why"]}
    assert "Rejected recommendations cannot be changed with approve" in refused["Why"]
    assert not [one for one in app.button if one.key == "wb-rec-confirm"]
    app.button(key="wb-rec-leave").click().run()
    app.button(key="wb-rec-confirm").click().run()
    fine(app)
    assert states(workspace) == ["approved", "rejected", "approved"]


def test_a_conflict_while_deciding_is_said_calmly_and_nothing_is_changed(
    open_app: OpenApp, workspace: Workspace
) -> None:
    app = choose(pick(open_app(), [0, 1]), Step.REJECT, "not worth it")
    app.button(key="wb-rec-preview").click().run()
    workspace.recommendations.decide([Choice(2, None)], Decision(Step.SNOOZE, "later", date(2026, 12, 1)))
    app.button(key="wb-rec-confirm").click().run()
    assert not app.exception
    words = shown(app)
    assert "Recommendation 2 was changed by boris at" in words
    assert "Nothing of this save was stored" in words
    assert states(workspace) == ["open", "snoozed", "open"]
    app.button(key="wb-page-reload").click().run()
    assert numbers(app) == [1, 3]
    assert "was changed by boris" not in fine(app)


def test_what_changed_between_looking_and_previewing_is_a_conflict_too(open_app: OpenApp, workspace: Workspace) -> None:
    app = choose(pick(open_app(waiting="no"), [0]), Step.REJECT, "no")
    workspace.recommendations.decide([Choice(1, None)], Decision(Step.APPROVE))
    app.button(key="wb-rec-preview").click().run()
    app.button(key="wb-rec-confirm").click().run()
    assert "Recommendation 1 was changed by boris at" in shown(app)
    assert states(workspace)[0] == "approved"


def plan_many(app: AppTest, *, assignee: str = "", due: date | None = None, no_due: bool = False) -> AppTest:
    turn = next(str(one.key) for one in app.text_input if str(one.key).startswith("wb-rec-many-assignee-"))[-1]
    if assignee:
        app.text_input(key=f"wb-rec-many-assignee-{turn}").set_value(assignee)
    if due:
        app.date_input(key=f"wb-rec-many-due-{turn}").set_value(due)
    if no_due:
        app.checkbox(key=f"wb-rec-many-no-due-{turn}").set_value(True)
    app.run()
    return app.button(key="wb-rec-plan-preview").click().run()


def plans(workspace: Workspace) -> list[tuple[str, date | None, int]]:
    found = (workspace.recommendations.get(number) for number in (1, 2, 3))
    return [(row.assignee, row.due, row.priority) for row in found]


def test_several_are_assigned_and_get_a_due_day_after_a_look(open_app: OpenApp, workspace: Workspace) -> None:
    workspace.recommendations.edit([Choice(3, None)], Edit(assignee="boris", priority=1))
    app = pick(open_app(), [0, 2])
    assert app.button(key="wb-rec-plan-preview").disabled
    app = plan_many(app, assignee=" eve ", due=date(2026, 12, 1))
    assert "2 will be planned" in fine(app)
    preview = next(one.value for one in app.dataframe if "Account" not in one.value and "Priority" in one.value)
    assert preview.to_dict("records") == [
        {"Number": 1, "Finding": "ec2_idle", "Resource": "i-1", "Assignee": "– → eve", "Due": "– → 2026-12-01",
         "Priority": "Normal"},
        {"Number": 3, "Finding": "ec2_idle", "Resource": "i-3", "Assignee": "boris → eve", "Due": "– → 2026-12-01",
         "Priority": "High"},
    ]  # fmt: skip
    assert plans(workspace)[0] == ("", None, 2)
    app.button(key="wb-rec-plan-confirm").click().run()
    fine(app)
    assert [toast.value for toast in app.toast] == ["2 recommendations planned"]
    day = date(2026, 12, 1)
    assert plans(workspace) == [("eve", day, 2), ("", None, 2), ("eve", day, 1)]
    assert states(workspace) == ["open", "open", "open"]
    assert workspace.recommendations.history(1)[-1].actor == "anna"
    assert "Pick rows" in shown(app)


def test_a_plan_is_taken_back_from_several_and_those_without_one_are_left_out(
    open_app: OpenApp, workspace: Workspace
) -> None:
    workspace.recommendations.edit([Choice(2, None)], Edit(assignee="eve", due=date(2026, 12, 1)))
    app = plan_many(pick(open_app(), [0, 1]), assignee="-", no_due=True)
    assert "1 will be planned; 1 would stay the same and is left out" in fine(app)
    app.button(key="wb-rec-plan-confirm").click().run()
    fine(app)
    assert plans(workspace)[1] == ("", None, 2)
    assert workspace.recommendations.get(1).version == 1


def test_a_plan_that_changes_nothing_cannot_be_written(open_app: OpenApp, workspace: Workspace) -> None:
    app = plan_many(pick(open_app(), [0, 1]), assignee="-")
    assert "0 will be planned; 2 would stay the same and are left out" in fine(app)
    assert not [one for one in app.button if one.key == "wb-rec-plan-confirm"]
    app.button(key="wb-rec-plan-cancel").click().run()
    assert "would stay the same" not in fine(app)


def test_a_plan_is_not_written_on_what_changed_meanwhile(open_app: OpenApp, workspace: Workspace) -> None:
    app = plan_many(pick(open_app(), [0, 1]), assignee="eve")
    workspace.recommendations.edit([Choice(2, None)], Edit(assignee="boris"))
    app.button(key="wb-rec-plan-confirm").click().run()
    assert not app.exception
    assert "Recommendation 2 was changed by boris at" in shown(app)
    assert plans(workspace) == [("", None, 2), ("boris", None, 2), ("", None, 2)]
    app.button(key="wb-page-reload").click().run()
    assert "was changed by boris" not in fine(app)


def test_a_reason_a_day_and_an_original_are_asked_for(open_app: OpenApp, workspace: Workspace) -> None:
    app = choose(pick(open_app(), [1]), Step.SNOOZE)
    assert "Needs a reason" in fine(app)
    assert not [one for one in app.button if one.key == "wb-rec-preview"]
    app.date_input[0].set_value(date(2026, 12, 24)).run()
    next(one for one in app.text_input if one.label == "Reason").set_value(" holidays ").run()
    app.button(key="wb-rec-preview").click().run()
    assert "Snooze until 2026-12-24 because: holidays" in fine(app)
    app.button(key="wb-rec-confirm").click().run()
    kept = workspace.recommendations.get(2)
    assert (kept.state, kept.snoozed_until, kept.reason) == (State.SNOOZED, date(2026, 12, 24), "holidays")

    app = choose(pick(open_app(), [1]), Step.DUPLICATE)
    assert "Needs the number of the one to keep" in fine(app)
    original = next(one for one in app.number_input if one.label.startswith("Number"))
    original.set_value(77).run()
    assert "There is no recommendation 77" in shown(app)
    next(one for one in app.number_input if one.label.startswith("Number")).set_value(1).run()
    assert "Keeps 1" in fine(app)
    app.button(key="wb-rec-preview").click().run()
    app.button(key="wb-rec-confirm").click().run()
    assert workspace.recommendations.get(3).duplicate_of == 1


def test_everything_that_matches_can_be_picked(open_app: OpenApp, settings: Settings) -> None:
    workspace = Workspace(settings, user="boris")
    workspace.record_scan(scan(), [finding(f"i-{number}", "1") for number in range(60)])
    app = open_app()
    app.button(key="wb-rec-pick").click().run()
    assert "50 recommendations picked" in fine(app)
    next(one for one in app.toggle if one.label == "Pick all 60 that match").set_value(True).run()
    choose(app, Step.APPROVE)
    app.button(key="wb-rec-preview").click().run()
    app.button(key="wb-rec-confirm").click().run()
    assert "Nothing needs a decision" in fine(app)
    assert workspace.recommendations.list().amounts[0].count == 60
    assert {row.state for row in workspace.recommendations.list(limit=100).rows} == {State.APPROVED}


def test_the_whole_life_of_one_is_walked_step_by_step(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app(id="1")
    for step in (Step.APPROVE, Step.START, Step.APPLY, Step.VERIFY, Step.REGRESS):
        app.button(key=f"wb-rec-one-{step}").click().run()
        if step is Step.REGRESS:
            next(one for one in app.text_input if one.label == "Reason").set_value("it is back").run()
        app.button(key="wb-rec-take").click().run()
        fine(app)
    assert states(workspace)[0] == "regressed"
    assert [one["What"] for one in rows(app, "What")] == [
        "Marked as regressed", "Verified", "Marked as applied", "Started", "Approved", "Found",
    ]  # fmt: skip


def test_a_decision_on_the_one_that_is_open_is_not_taken_on_another_version(
    open_app: OpenApp, workspace: Workspace
) -> None:
    app = open_app(id="1")
    app.button(key="wb-rec-one-approve").click().run()
    workspace.recommendations.decide([Choice(1, None)], Decision(Step.REJECT, "wanted"))
    app.button(key="wb-rec-take").click().run()
    assert "Recommendation 1 was changed by boris" in shown(app)
    assert states(workspace)[0] == "rejected"


def test_what_somebody_else_does_to_the_one_that_is_open_is_said(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app(id="1")
    assert "while it was open here" not in fine(app)
    workspace.recommendations.decide([Choice(1, None)], Decision(Step.REJECT, "wanted"))
    app.run()
    assert "boris changed it while it was open here" in fine(app)
    assert "it is rejected now" in shown(app)
    app.button(key="wb-rec-one-reopen").click().run()
    app.button(key="wb-rec-take").click().run()
    assert "while it was open here" not in fine(app)
    assert states(workspace)[0] == "open"


def test_an_expired_one_says_that_there_is_nothing_to_decide(open_app: OpenApp, workspace: Workspace) -> None:
    workspace.record_scan(scan(1), [])
    words = fine(open_app(id="1"))
    assert "Nothing to decide: expired. It comes back when a scan finds it again." in words
    assert "No longer found in data to 2026-11-02." in words


def test_remarks_are_added_changed_with_their_history_and_deleted(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app(id="1")
    app.text_area[0].set_value("Ask <b>Eve</b>\nfirst")
    next(one for one in app.button if one.label == "Add").click().run()
    (note,) = workspace.annotations.on(Subject.RECOMMENDATION, "1")
    assert (note.annotation.body, note.created_by) == ("Ask <b>Eve</b>\nfirst", "anna")
    assert "Ask <b>Eve</b>\nfirst" in [text.value for text in app.text]
    app.button(key="rec-notes-edit-1").click().run()
    app.text_area(key="rec-notes-1-1-body").set_value("Ask Eve")
    next(one for one in app.button if str(one.key).endswith("-1-1-save")).click().run()
    assert workspace.annotations.on(Subject.RECOMMENDATION, "1")[0].annotation.body == "Ask Eve"
    assert "changed 2026-10-21 09:00 UTC by anna" in fine(app)
    app.session_state["rec-notes-earlier-1"] = True
    app.run()
    assert "until 2026-10-21 09:00 UTC, changed by anna" in fine(app)
    assert "Ask <b>Eve</b>\nfirst" in [text.value for text in app.text]
    app.button(key="rec-notes-delete-1").click().run()
    assert workspace.annotations.on(Subject.RECOMMENDATION, "1") == ()
    assert "Nobody wrote anything." in fine(app)


def test_an_empty_remark_is_refused(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app(id="1")
    next(one for one in app.button if one.label == "Add").click().run()
    assert "An annotation needs a text" in shown(app)
    assert not app.exception


def test_remarks_of_others_can_be_read_but_not_changed(open_app: OpenApp, workspace: Workspace) -> None:
    workspace.annotations.add(Annotation(Subject.RECOMMENDATION, "Mine", "1"))
    app = open_app(id="1")
    assert "Mine" in fine(app)
    assert not [one for one in app.button if one.label in ("Edit", "Delete")]


def test_a_remark_changed_meanwhile_is_a_conflict(
    open_app: OpenApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = workspace.annotations.add(Annotation(Subject.RECOMMENDATION, "First", "1"))
    act_as(monkeypatch, "ada", Role.ADMIN)
    app = open_app(id="1")
    app.button(key="rec-notes-edit-1").click().run()
    workspace.annotations.change(note.id, 1, Annotation(Subject.RECOMMENDATION, "Second", "1"))
    app.text_area(key="rec-notes-1-1-body").set_value("Mine")
    next(one for one in app.button if str(one.key).endswith("-1-1-save")).click().run()
    assert "This annotation was changed by boris" in shown(app)
    assert workspace.annotations.on(Subject.RECOMMENDATION, "1")[0].annotation.body == "Second"
    app.button(key="wb-rec-notes-reload").click().run()
    assert "Second" in fine(app)


def test_a_very_long_remark_is_cut_on_the_screen_only(open_app: OpenApp, workspace: Workspace) -> None:
    workspace.annotations.add(Annotation(Subject.RECOMMENDATION, "x" * 1_000_000, "1"))
    app = open_app(id="1")
    assert "The first 4,000 of 1,000,000 characters" in fine(app)
    assert max(len(text.value) for text in app.text) < 4_100


def test_a_rule_is_added_changed_shown_and_deleted(open_app: OpenApp, workspace: Workspace) -> None:
    workspace.record_scan(scan(1), [finding("i-1", "30", tags={"env": "dev"}), finding("i-2", "20"), finding("i-3")])
    app = open_app(part="intentional")
    assert "There are no rules" in fine(app)
    app.text_input(key="wb-rec-rule-0-key").set_value("env")
    app.text_input(key="wb-rec-rule-0-value").set_value("dev")
    app.text_input(key="wb-rec-rule-0-reason").set_value("Kept for training")
    app.date_input(key="wb-rec-rule-0-ends").set_value(date(2026, 12, 1))
    app.button(key="wb-rec-rule-0-save").click().run()
    fine(app)
    assert [toast.value for toast in app.toast] == ["Rule 1 holds back 1 recommendation"]
    (row,) = rows(app, "Holds back")
    assert (row["What"], row["Check"], row["Holds back"], row["State"]) == ("env=dev", "all", 1, "holds")

    app = open_app(part="intentional", rule="1")
    app.button(key="wb-rec-rule-edit").click().run()
    assert "Change rule 1" in fine(app)
    app.text_input(key="wb-rec-rule-1-1-reason").set_value("For the course")
    app.button(key="wb-rec-rule-1-1-save").click().run()
    assert workspace.intents()[0].intent.reason == "For the course"
    app.button(key="wb-rec-rule-show").click().run()
    assert numbers(app) == [1]

    app = open_app(part="intentional", rule="1")
    app.button(key="wb-rec-rule-delete").click().run()
    fine(app)
    assert workspace.intents() == ()


def test_a_rule_by_account_for_one_check(open_app: OpenApp, workspace: Workspace) -> None:
    workspace.save_intent(Intent(IntentKind.ACCOUNT, "111", "Sandbox", date(2026, 12, 1), check_id="ec2_idle"))
    app = open_app(part="intentional", rule="1")
    (row,) = rows(app, "Holds back")
    assert (row["By"], row["What"], row["Holds back"]) == ("account", "111", 3)
    app.button(key="wb-rec-rule-edit").click().run()
    app.selectbox(key="wb-rec-rule-1-1-check").select("").run()
    app.button(key="wb-rec-rule-1-1-save").click().run()
    fine(app)
    assert workspace.intents()[0].intent.check_id is None
    assert workspace.intents()[0].intent.value == "111"


def test_a_rule_that_lacks_something_is_refused_and_what_was_typed_stays(
    open_app: OpenApp, workspace: Workspace
) -> None:
    app = open_app(part="intentional")
    app.text_input(key="wb-rec-rule-0-key").set_value("env")
    app.button(key="wb-rec-rule-0-save").click().run()
    assert "An intentional rule needs a value and a reason" in shown(app)
    assert app.text_input(key="wb-rec-rule-0-key").value == "env"
    assert workspace.intents() == ()


def test_a_rule_changed_meanwhile_is_a_conflict(open_app: OpenApp, workspace: Workspace) -> None:
    rule = workspace.save_intent(Intent(IntentKind.ACCOUNT, "111", "Sandbox", date(2026, 12, 1)))
    app = open_app(part="intentional", rule="1")
    app.button(key="wb-rec-rule-edit").click().run()
    workspace.delete_intent(rule.id, 1)
    app.text_input(key="wb-rec-rule-1-1-reason").set_value("Still wanted")
    app.button(key="wb-rec-rule-1-1-save").click().run()
    assert "This rule was deleted by boris" in shown(app)
    app.button(key="wb-page-reload").click().run()
    assert "New rule" in fine(app)
