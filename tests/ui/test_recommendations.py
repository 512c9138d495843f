"""The page Recommendations: what is listed and added up, opened, and said in each state."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.scans import finding, scan
from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench.errors import StorageError
from workbench.settings import Settings
from workbench.workspace import (
    Choice,
    Decision,
    Edit,
    Intent,
    IntentKind,
    Principal,
    Role,
    Step,
    Workspace,
)
from workbench.workspace.note_records import Annotation, Subject

pytestmark = pytest.mark.usefixtures("tiny_bill")

HOSTILE = "=<b>[x](http://example.invalid)</b>:red[$a$]"
# As the scan writes it: the billed cost of 400 a month is saved by half to all, and 250 of it is counted.
PAYLOAD: dict[str, Any] = {
    "title": "Idle instance",
    "kind": "saving",
    "basis": "effective",
    "saving_low": "200",
    "saving_high": "400",
    "savings": {"low": {"effective": "200"}, "expected": {"effective": "300.10"}, "high": {"effective": "400"}},
    "cost_month": {"effective": "400"},
    "counted": {"effective": "250"},
    "formula": "All that it costs",
    "rule": "Its CPU is below {max_cpu} %",
    "parameters": {"max_cpu": 5},
    "evidence": {"cpu_mean": 1.25, "agent": None},
    "confidence": 60,
    "doubts": [["-10", "only 9 days measured"]],
    "risk": "low",
    "effort": "low",
    "restart": True,
    "reversible": False,
    "remedy": ["Ask the owner", "Stop it"],
    "command": "aws ec2 stop-instances --instance-ids i-2",
    "tags": {"env": "dev", "team": "web"},
}


@pytest.fixture(autouse=True)
def _on_recommendations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "recommendations")


@pytest.fixture
def workspace(settings: Settings, tiny_bill: None) -> Workspace:
    """Three findings by saving: 1 saves 300.10 USD and has all the evidence, 2 saves 10, 3 has no price."""
    place = Workspace(settings, user="anna")
    found = [finding("i-1", "10", account_id="222"), finding("i-2", "300.10", **PAYLOAD), finding("i-3", None)]
    place.record_scan(scan(), found)
    return place


def numbers(app: AppTest) -> list[int]:
    """What the queue lists; empty where it says that there is nothing."""
    frames = [one.value for one in app.dataframe if "Saving a month" in one.value]
    return [int(number) for number in frames[0]["Number"]] if frames else []


def rows(app: AppTest, column: str) -> list[dict[str, Any]]:
    frame = next(one.value for one in app.dataframe if column in one.value)
    found: list[dict[str, Any]] = frame.to_dict("records")
    return found


def ids(workspace: Workspace) -> dict[str, int]:
    return {row.resource_id: row.id for row in workspace.recommendations.list().rows}


def fine(app: AppTest) -> str:
    """All words of a page on which nothing went wrong."""
    assert not app.exception
    words = shown(app)
    assert "Reference " not in words
    return words


def act_as(monkeypatch: pytest.MonkeyPatch, name: str, *roles: Role) -> None:
    monkeypatch.setattr("workbench.ui.acting.local_principal", lambda: Principal(name, frozenset(roles)))


def test_an_empty_workspace_says_where_recommendations_come_from(open_app: OpenApp) -> None:
    words = fine(open_app())
    assert "There are no recommendations yet" in words
    assert "workbench scan" in words


def test_the_queue_lists_the_largest_saving_first_with_the_sum_of_all(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app()
    words = fine(app)
    assert numbers(app) == [ids(workspace)[one] for one in ("i-2", "i-1", "i-3")]
    assert "Recommendations 3" in words
    assert "Saving a month $310.10" in words
    assert "Without a saving 1" in words


def test_currencies_are_never_added(open_app: OpenApp, workspace: Workspace) -> None:
    workspace.record_scan(scan(1), [finding("i-1", "10", account_id="222"), finding("i-9", "7.50", currency="EUR")])
    words = fine(open_app())
    assert "Saving a month, EUR €7.50" in words
    assert "Saving a month, USD $10.00" in words


@pytest.mark.parametrize(
    ("params", "resources"),
    [
        ({}, ["i-2", "i-3"]),
        ({"waiting": "no"}, ["i-2", "i-1", "i-3"]),
        ({"state": "approved"}, ["i-1"]),
        ({"state": ["approved", "open"]}, ["i-2", "i-1", "i-3"]),
        ({"state": "approved", "waiting": "yes"}, []),
        ({"q": "IDLE web"}, ["i-2"]),
        ({"tag": "team=web"}, ["i-2"]),
        ({"tag": "team=db"}, []),
        ({"tag": "team=we"}, []),
        ({"tag": "team"}, []),
        ({"resource": "i-1", "waiting": "no"}, ["i-1"]),
        ({"resource": "i-"}, []),
        ({"waiting": "no", "account": "222"}, ["i-1"]),
        ({"check": "ebs_unattached"}, []),
        ({"waiting": "no", "who": "boris"}, ["i-1"]),
        ({"who": "-"}, ["i-2", "i-3"]),
        ({"waiting": "no", "min": "10"}, ["i-2", "i-1"]),
        ({"waiting": "no", "min": "10.01"}, ["i-2"]),
        ({"waiting": "no", "order": "priority"}, ["i-1", "i-2", "i-3"]),
        ({"waiting": "no", "order": "priority", "min": "1"}, ["i-1", "i-2"]),
        ({"state": "asleep"}, []),
        ({"state": ["asleep", "approved"]}, ["i-1"]),
        ({"min": "much"}, []),
        ({"intentional": "perhaps"}, []),
    ],
)
def test_the_address_says_what_is_listed(
    open_app: OpenApp, workspace: Workspace, params: dict[str, str | list[str]], resources: list[str]
) -> None:
    known = ids(workspace)
    workspace.recommendations.decide([Choice(known["i-1"], None)], Decision(Step.APPROVE))
    workspace.recommendations.edit([Choice(known["i-1"], None)], Edit("boris", priority=1))
    app = open_app(params)
    fine(app)
    assert numbers(app) == [known[one] for one in resources]


def test_what_is_not_known_in_the_address_is_said(open_app: OpenApp, workspace: Workspace) -> None:
    words = fine(open_app(state="asleep", order="size", page="0"))
    for said in ("state=asleep", "order=size", "page=0", "No recommendation matches"):
        assert said in words


def test_a_filter_goes_into_the_address_and_can_be_cleared(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app()
    next(one for one in app.text_input if one.label == "Tag").set_value("env=prod").run()
    assert app.query_params["tag"] == "env=prod"
    assert "No recommendation matches" in fine(app)
    app.button(key="wb-rec-clear-all").click().run()
    assert "tag" not in app.query_params
    assert len(numbers(app)) == 3


def test_nothing_to_decide_offers_all(open_app: OpenApp, workspace: Workspace) -> None:
    everything = [Choice(one, None) for one in ids(workspace).values()]
    workspace.recommendations.decide(everything, Decision(Step.APPROVE))
    app = open_app()
    assert "Nothing needs a decision." in fine(app)
    app.button(key="wb-rec-all").click().run()
    assert len(numbers(app)) == 3


def test_a_long_list_is_turned_and_begins_again_with_another_filter(open_app: OpenApp, settings: Settings) -> None:
    workspace = Workspace(settings, user="anna")
    workspace.record_scan(scan(), [finding(f"i-{number}", str(1000 - number)) for number in range(120)])
    app = open_app()
    assert "1 to 50 of 120" in fine(app)
    app.button(key="wb-rec-on").click().run()
    app.button(key="wb-rec-on").click().run()
    assert app.query_params["page"] == "3"
    assert "101 to 120 of 120" in fine(app)
    next(one for one in app.text_input if one.label == "Search").set_value("i-1").run()
    assert "page" not in app.query_params
    assert numbers(app)
    app = open_app(page="9")
    assert "There is no page 9" in fine(app)


def test_one_is_opened_with_money_evidence_and_remedy(open_app: OpenApp, workspace: Workspace) -> None:
    app = open_app(id=str(ids(workspace)["i-2"]))
    words = fine(app)
    for said in (
        "Low $200.00", "Expected $300.10", "High $400.00", "Counted $250.00",
        "Its CPU is below 5 %", "-10: only 9 days measured", "Confidence 60 of 100",
        "1. Ask the owner", "aws ec2 stop-instances --instance-ids i-2", "The workbench never runs it",
        "Tags: env=dev, team=web", "All that it costs",
    ):  # fmt: skip
        assert said in words
    cpu, agent = rows(app, "Figure")
    assert (cpu["Figure"], cpu["Value"], agent["Figure"]) == ("cpu mean", "1.25", "agent")
    assert agent["Value"] != agent["Value"]  # missing
    (money,) = rows(app, "Counted")
    assert (money["Basis"], money["Costs"], money["Counted"]) == ("Effective cost", 400, 250)
    assert [row["What"] for row in rows(app, "What")] == ["Found"]
    assert "About this resource" in [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize(("asked", "said"), [("99", "There is no recommendation 99"), ("<b>", "is no number of")])
def test_one_that_is_not_there_is_said(open_app: OpenApp, workspace: Workspace, asked: str, said: str) -> None:
    assert said in fine(open_app(id=asked))


def test_a_finding_without_evidence_is_shown_as_far_as_it_goes(open_app: OpenApp, workspace: Workspace) -> None:
    words = fine(open_app(id=str(ids(workspace)["i-3"])))
    assert "Neither the bill nor a list price tells what it saves" in words
    assert "The scan kept no figures" in words
    assert "The check names no steps" in words


def test_the_history_names_who_did_what_and_why(open_app: OpenApp, workspace: Workspace) -> None:
    number = ids(workspace)["i-2"]
    desk = workspace.recommendations
    desk.edit([Choice(number, None)], Edit("boris", due=date(2026, 12, 1), priority=1))
    desk.decide([Choice(number, None)], Decision(Step.SNOOZE, "Black Friday", date(2026, 12, 5)))
    app = open_app(id=str(number))
    words = fine(app)
    assert "snoozed until 2026-12-05" in words
    assert "Reason: Black Friday" in words
    history = rows(app, "What")
    assert [(row["Who"], row["State"]) for row in history] == [("anna", "snoozed"), ("anna", "open"), ("anna", "open")]
    assert history[0]["What"] == "Snoozed, until 2026-12-05"
    assert "priority: Normal → High" in history[1]["What"]
    assert "due: – → 2026-12-01" in history[1]["What"]


def test_neighbours_of_the_queue_are_a_step_away_and_the_next_moves_up(open_app: OpenApp, workspace: Workspace) -> None:
    known = ids(workspace)
    app = open_app(id=str(known["i-2"]))
    app.button(key="wb-rec-next").click().run()
    assert app.query_params["id"] == str(known["i-1"])
    app.button(key="wb-rec-one-approve").click().run()
    app.button(key="wb-rec-take").click().run()
    assert "approved since" in fine(app).lower()
    app.button(key="wb-rec-next").click().run()
    assert app.query_params["id"] == str(known["i-3"])
    app.button(key="wb-rec-close").click().run()
    assert numbers(app) == [known["i-2"], known["i-3"]]


def test_a_plan_is_saved_and_a_plan_changed_by_someone_else_is_not_overwritten(
    open_app: OpenApp, workspace: Workspace
) -> None:
    number = ids(workspace)["i-2"]
    app = open_app(id=str(number))
    app.text_input(key=f"wb-rec-assignee-{number}-1").set_value("carla")
    app.selectbox(key=f"wb-rec-priority-{number}-1").select(1)
    app.button(key=f"wb-rec-plan-save-{number}-1").click().run()
    fine(app)
    assert (workspace.recommendations.get(number).assignee, workspace.recommendations.get(number).priority) == (
        "carla",
        1,
    )
    app.text_input(key=f"wb-rec-assignee-{number}-2").set_value("me")
    workspace.recommendations.edit([Choice(number, None)], Edit("boris"))
    app.button(key=f"wb-rec-plan-save-{number}-2").click().run()
    assert f"Recommendation {number} was changed by anna" in shown(app)
    assert workspace.recommendations.get(number).assignee == "boris"
    app.button(key="wb-page-reload").click().run()
    assert app.text_input(key=f"wb-rec-assignee-{number}-3").value == "boris"
    fine(app)


def test_what_hides_one_is_named_on_it(open_app: OpenApp, workspace: Workspace) -> None:
    workspace.save_intent(Intent(IntentKind.TAG, "dev", "Kept for training", date(2026, 12, 1), key="env"))
    number = ids(workspace)["i-2"]
    assert number not in numbers(open_app())
    assert numbers(open_app(intentional="only")) == [number]
    app = open_app(id=str(number))
    assert "Intentional until 2026-12-01: rule 1 for tag env=dev. Kept for training (anna)" in fine(app)
    app.button(key="wb-rec-rule").click().run()
    assert (app.query_params["part"], app.query_params["rule"]) == ("intentional", "1")


def test_text_of_data_and_people_is_never_rendered(open_app: OpenApp, settings: Settings) -> None:
    workspace = Workspace(settings, user=HOSTILE)
    payload = {**PAYLOAD, "title": HOSTILE, "rule": HOSTILE, "formula": HOSTILE, "remedy": [HOSTILE]}
    payload |= {"command": HOSTILE, "doubts": [[HOSTILE, HOSTILE]], "evidence": {HOSTILE: HOSTILE}, "risk": HOSTILE}
    payload |= {"tags": {HOSTILE: HOSTILE}, "resource_name": HOSTILE, "env": HOSTILE, "basis": HOSTILE}
    found = finding(HOSTILE, "5", account_id=HOSTILE, check_id="ec2_idle", region=HOSTILE, **payload)
    workspace.record_scan(scan(), [found])
    workspace.recommendations.decide([Choice(1, None)], Decision(Step.SNOOZE, HOSTILE, date(2026, 12, 1)))
    workspace.recommendations.edit([Choice(1, None)], Edit(HOSTILE))
    workspace.annotations.add(Annotation(Subject.RECOMMENDATION, HOSTILE, "1"))
    workspace.save_intent(Intent(IntentKind.TAG, HOSTILE, HOSTILE, date(2026, 12, 1), key=HOSTILE))
    for params in ({"waiting": "no", "intentional": "yes", "q": HOSTILE}, {"id": "1"}, {"part": "intentional"}):
        app = open_app(params)
        assert HOSTILE in fine(app) or params.get("part") or params.get("q")
        for kind in ("markdown", "caption", "info", "warning"):
            for element in app.get(kind):
                assert "[x](" not in element.value
                assert "<b>" not in element.value
                assert ":red[" not in element.value
        assert not [one for one in app.get("html") if HOSTILE in one.value]


def test_a_payload_of_another_making_does_not_break_the_page(open_app: OpenApp, settings: Settings) -> None:
    workspace = Workspace(settings, user="anna")
    odd: dict[str, Any] = {"savings": [1], "counted": "x", "evidence": 7, "remedy": "stop", "doubts": [1, "ab", [2]]}
    odd |= {"rule": None, "parameters": [], "cost_month": {"effective": "NaN"}, "command": 5, "tags": "none"}
    workspace.record_scan(scan(), [finding("i-1", "5", **odd)])
    assert "Expected $5.00" in fine(open_app(id="1"))


def test_a_workspace_that_cannot_be_read_is_said_calmly(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise StorageError("The workspace is damaged", hint="Restore a backup")

    monkeypatch.setattr("workbench.workspace.store.Workspace.scans", broken)
    app = open_app()
    assert not app.exception
    assert "The workspace is damaged" in shown(app)


def test_a_viewer_sees_everything_and_is_told_why_there_are_no_buttons(
    open_app: OpenApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ids(workspace)["i-2"]
    workspace.annotations.add(Annotation(Subject.RECOMMENDATION, "Ask Eve", str(number)))
    workspace.save_intent(Intent(IntentKind.ACCOUNT, "222", "Sandbox", date(2026, 12, 1)))
    act_as(monkeypatch, "vera", Role.VIEWER)
    app = open_app(id=str(number))
    words = fine(app)
    assert "vera is viewer; recommendations.decide needs admin or analyst" in words
    assert "vera is viewer; annotations.write needs admin or analyst" in words
    assert "Expected $300.10" in words
    assert "Ask Eve" in words
    app = open_app(part="intentional", rule="1")
    words = fine(app)
    assert "vera is viewer; intentional.write needs admin or analyst" in words
    assert [row["Holds back"] for row in rows(app, "Holds back")] == [1]
    buttons = {str(button.label) for button in app.button}
    assert not buttons & {"Add rule", "Change", "Delete"}


def test_without_a_role_nothing_is_shown_but_the_reason(
    open_app: OpenApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_as(monkeypatch, "eve")
    for params in ({}, {"id": "1"}, {"part": "intentional"}):
        app = open_app(params)
        assert not app.exception
        words = shown(app)
        assert "eve is nobody here" in words
        assert "300.10" not in words
        assert "Approve" not in words
