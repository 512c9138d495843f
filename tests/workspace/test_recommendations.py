"""Deciding: only on what was on the screen, only what is possible, all or nothing, with the whole history kept."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from tests.support.scans import finding, scan
from workbench.errors import AccessDenied, BadDecision, BadEntry, Conflict
from workbench.settings import Settings
from workbench.workspace import EntryFilter, Principal, Role, Workspace
from workbench.workspace.lifecycle import Decision, State, Step
from workbench.workspace.recommendation_records import (
    Amount,
    Choice,
    Edit,
    Intent,
    IntentKind,
    Order,
    RecommendationFilter,
)

REJECT = Decision(Step.REJECT, "needed for the audit")
APPROVE = Decision(Step.APPROVE)
SOON = date(2026, 12, 1)


@pytest.fixture
def workspace(shared: Settings, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Four recommendations: 1 to 3 in USD (10, 300, unknown), 4 in EUR."""
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-20T09:00:00Z")
    workspace = Workspace(shared, user="anna")
    found = [
        finding("i-1", "10", tags={"env": "dev", "team": "Web 100%"}, service_name="EC2", risk="safe"),
        finding("i-2", "300.10", account_id="222", tags={"env": "prod"}, service_name="EC2", resource_name="Übersicht"),
        finding("vol-3", None, check_id="ebs_unattached", service_name="EBS", risk="low"),
        finding("i-4", "20", currency="EUR", account_id="222", service_name="EC2"),
    ]
    workspace.record_scan(scan(), found)
    return workspace


def choices(workspace: Workspace, *ids: int) -> list[Choice]:
    return [Choice(number, workspace.recommendations.get(number).version) for number in ids]


def listed(workspace: Workspace, **wanted) -> list[int]:
    return [row.id for row in workspace.recommendations.list(RecommendationFilter(**wanted)).rows]


def test_a_decision_is_kept_with_who_when_and_why(workspace: Workspace) -> None:
    (row,) = workspace.recommendations.decide(choices(workspace, 1), REJECT)
    assert (row.state, row.reason, row.version, row.updated_by) == (State.REJECTED, REJECT.reason, 2, "anna")
    found, rejected = workspace.recommendations.history(1)
    assert (found.step, found.before, found.after, found.scan_id) == (Step.FIND, None, State.OPEN, 1)
    assert (rejected.step, rejected.before, rejected.after) == (Step.REJECT, State.OPEN, State.REJECTED)
    assert (rejected.actor, rejected.reason, rejected.at.isoformat()) == (
        "anna",
        REJECT.reason,
        "2026-11-20T09:00:00+00:00",
    )
    (entry,) = workspace.activity(EntryFilter(object_kind="recommendation", object_id="1"))
    assert (entry.id, entry.action) == (rejected.audit_id, "recommendation.reject")
    assert (entry.before["state"], entry.after["state"], entry.after["version"]) == ("open", "rejected", 2)


def test_the_second_of_two_deciders_is_told_who_and_when_and_can_overwrite(
    workspace: Workspace, shared: Settings
) -> None:
    seen = choices(workspace, 1)
    Workspace(shared, user="boris").recommendations.decide(seen, APPROVE)
    with pytest.raises(Conflict, match="Recommendation 1 was changed by boris at 2026-11-20 09:00:00 UTC") as caught:
        workspace.recommendations.decide(seen, REJECT)
    assert "overwrite" in caught.value.hint
    (row,) = workspace.recommendations.decide([Choice(1, None)], REJECT)
    assert (row.state, row.version) == (State.REJECTED, 3)


@pytest.mark.parametrize(
    ("bad", "error"),
    [(Choice(2, 7), Conflict), (Choice(99, 1), Conflict), (Choice(3, 2), BadDecision)],
    ids=["changed", "absent", "impossible"],
)
def test_a_bulk_decision_is_all_or_nothing(workspace: Workspace, bad: Choice, error: type[Exception]) -> None:
    workspace.recommendations.decide(choices(workspace, 3), REJECT)
    with pytest.raises(error, match=str(bad.id)):
        workspace.recommendations.decide([*choices(workspace, 1), bad], APPROVE)
    assert workspace.recommendations.get(1).state is State.OPEN
    assert len(workspace.recommendations.history(1)) == 1


def test_a_preview_says_what_would_happen_and_changes_nothing(workspace: Workspace) -> None:
    workspace.recommendations.decide(choices(workspace, 2), REJECT)
    preview = workspace.recommendations.preview([4, 1, 2, 3], APPROVE)
    assert [row.id for row in preview.possible] == [4, 1, 3]
    assert preview.amounts == (Amount("EUR", 1, 1, Decimal(20)), Amount("USD", 2, 1, Decimal(10)))
    ((refused),) = preview.refused
    assert refused.id == 2
    assert "Possible now: reopen" in refused.reason
    assert workspace.recommendations.get(1).version == 1


def test_a_snooze_and_a_duplicate_keep_their_day_and_their_original_until_reopened(workspace: Workspace) -> None:
    (snoozed,) = workspace.recommendations.decide(choices(workspace, 1), Decision(Step.SNOOZE, "later", SOON))
    (twin,) = workspace.recommendations.decide(choices(workspace, 4), Decision(Step.DUPLICATE, duplicate_of=2))
    assert (snoozed.snoozed_until, twin.duplicate_of) == (SOON, 2)
    assert workspace.recommendations.history(4)[-1].details == {"duplicate_of": 2}
    opened = workspace.recommendations.decide(choices(workspace, 1, 4), Decision(Step.REOPEN))
    assert [(row.state, row.snoozed_until, row.duplicate_of) for row in opened] == [(State.OPEN, None, None)] * 2


@pytest.mark.parametrize(
    ("original", "message"), [(1, "of itself"), (4, "itself a duplicate"), (99, "no recommendation 99")]
)
def test_a_duplicate_repeats_something_that_stands(workspace: Workspace, original: int, message: str) -> None:
    workspace.recommendations.decide(choices(workspace, 4), Decision(Step.DUPLICATE, duplicate_of=2))
    with pytest.raises((BadDecision, Conflict), match=message):
        workspace.recommendations.decide(choices(workspace, 1), Decision(Step.DUPLICATE, duplicate_of=original))


def test_work_is_planned_with_its_history(workspace: Workspace) -> None:
    plan = Edit(assignee="boris", due=SOON, priority=1)
    (row,) = workspace.recommendations.edit(choices(workspace, 1), plan)
    assert (row.assignee, row.due, row.priority, row.state, row.version) == ("boris", SOON, 1, State.OPEN, 2)
    (row,) = workspace.recommendations.edit(choices(workspace, 1), Edit(no_due=True))
    assert (row.assignee, row.due, row.priority) == ("boris", None, 1)
    _, planned, undated = workspace.recommendations.history(1)
    assert planned.details == {"assignee": ["", "boris"], "due": [None, "2026-12-01"], "priority": [2, 1]}
    assert undated.details == {"due": ["2026-12-01", None]}
    with pytest.raises(BadDecision, match="priority"):
        workspace.recommendations.edit(choices(workspace, 1), Edit(priority=0))


def test_viewers_look_but_do_not_decide(workspace: Workspace, shared: Settings) -> None:
    vera = Workspace(shared, principal=Principal("vera", frozenset({Role.VIEWER})))
    assert vera.recommendations.list().total == 4
    for attempt in (
        lambda: vera.recommendations.decide([Choice(1, 1)], APPROVE),
        lambda: vera.recommendations.edit([Choice(1, 1)], Edit(assignee="vera")),
        lambda: vera.save_intent(Intent(IntentKind.ACCOUNT, "111", "mine", SOON)),
        lambda: vera.record_scan(scan(1), []),
    ):
        with pytest.raises(AccessDenied, match="vera is viewer"):
            attempt()


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, [2, 4, 1, 3]),
        ({"currency": "USD"}, [2, 1, 3]),
        ({"account_id": "222"}, [2, 4]),
        ({"check_id": "ebs_unattached"}, [3]),
        ({"service": "EC2", "currency": "USD"}, [2, 1]),
        ({"risk": "low"}, [3]),
        ({"states": (State.APPROVED,)}, [4]),
        ({"needs_decision": True}, [2, 1, 3]),
        ({"assignee": "boris"}, [1]),
        ({"assignee": ""}, [2, 4, 3]),
        ({"due_before": date(2026, 12, 2)}, [1]),
        ({"due_before": SOON}, []),
        ({"resource_id": "i-1"}, [1]),
        ({"resource_id": "i-1", "account_id": "222"}, []),
        ({"resource_id": "i-"}, []),
        ({"tag": ("env", "dev")}, [1]),
        ({"tag": ("env", "prod"), "account_id": "222"}, [2]),
        ({"tag": ("env", "de")}, []),
        ({"tag": ("Env", "dev")}, []),
        ({"tag": ("team", "Web 100%")}, [1]),
        ({"tag": ("team", "'; DROP TABLE recommendations")}, []),
        ({"saving_at_least": Decimal(0)}, [2, 4, 1]),
        ({"saving_at_least": Decimal("10.00")}, [2, 4, 1]),
        ({"saving_at_least": Decimal("10.000000000000000000000000000001")}, [2, 4]),
        ({"saving_at_least": Decimal("300.10"), "text": "ec2"}, [2]),
        ({"saving_at_least": Decimal(301)}, []),
        ({"saving_at_least": Decimal("1e400")}, []),
        ({"text": "ÜBERSICHT"}, [2]),
        ({"text": "222 I-4"}, [4]),
        ({"text": "env=dev"}, [1]),
        ({"text": "web 100%"}, [1]),
        ({"text": "100_"}, []),
        ({"text": "i_2"}, []),
        ({"text": "'; DROP TABLE recommendations"}, []),
    ],
)
def test_lists_are_filtered(workspace: Workspace, wanted: dict, ids: list[int]) -> None:
    workspace.recommendations.decide(choices(workspace, 4), APPROVE)
    workspace.recommendations.edit(choices(workspace, 1), Edit(assignee="boris", due=SOON))
    assert listed(workspace, **wanted) == ids


def test_a_page_shows_its_part_and_sums_everything(workspace: Workspace) -> None:
    page = workspace.recommendations.list(limit=1, offset=1)
    assert [row.id for row in page.rows] == [4]
    assert page.total == 4
    assert page.amounts == (Amount("EUR", 1, 1, Decimal(20)), Amount("USD", 3, 2, Decimal("310.10")))


def test_sums_are_exact(workspace: Workspace) -> None:
    amounts = ("0.1", "0.2", "98765432109876543210987654.000000000001")
    found = [finding(f"x-{number}", amount, currency="XXX") for number, amount in enumerate(amounts)]
    workspace.record_scan(scan(1, checks_run=()), found)
    (amount,) = workspace.recommendations.list(RecommendationFilter(currency="XXX")).amounts
    assert amount.saving == Decimal("98765432109876543210987654.300000000001")


def test_a_minimum_compares_every_digit(workspace: Workspace) -> None:
    amounts = ("98765432109876543210.1", "98765432109876543210.2", "0.3", "0.29999999999999999")
    workspace.record_scan(
        scan(1, checks_run=()), [finding(f"x-{n}", one, currency="XXX") for n, one in enumerate(amounts)]
    )

    def least(amount: str) -> list[str]:
        wanted = RecommendationFilter(currency="XXX", saving_at_least=Decimal(amount))
        page = workspace.recommendations.list(wanted)
        assert page.total == len(page.rows)
        return [row.resource_id for row in page.rows]

    assert sorted(least("0.3")) == ["x-0", "x-1", "x-2"]
    assert least("98765432109876543210.15") == ["x-1"]


def test_a_tag_follows_the_newest_scan(workspace: Workspace) -> None:
    workspace.record_scan(scan(1, checks_run=()), [finding("i-1", "10", tags={"env": "prod"})])
    assert listed(workspace, tag=("env", "dev")) == []
    assert listed(workspace, tag=("env", "prod")) == [2, 1]


def test_a_plan_is_previewed_without_a_change(workspace: Workspace) -> None:
    desk = workspace.recommendations
    desk.edit(choices(workspace, 1), Edit(assignee="eve", due=SOON))
    before = [desk.get(number) for number in (1, 2, 3)]
    preview = desk.preview_edit([3, 1, 2], Edit(assignee="eve", due=SOON))
    assert [row.id for row in preview.possible] == [3, 2]
    assert [one.id for one in preview.refused] == [1]
    assert [(one.currency, one.count) for one in preview.amounts] == [
        (currency, count) for currency, count in sorted(Counter(row.currency for row in preview.possible).items())
    ]
    assert [desk.get(number) for number in (1, 2, 3)] == before
    with pytest.raises(Conflict, match="There is no recommendation 99"):
        desk.preview_edit([1, 99], Edit(priority=1))


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (Edit(), ("eve", SOON, 2)),
        (Edit(assignee=""), ("", SOON, 2)),
        (Edit(no_due=True), ("eve", None, 2)),
        (Edit(due=date(2027, 1, 1), priority=1), ("eve", date(2027, 1, 1), 1)),
    ],
)
def test_what_an_edit_leaves_out_stays(workspace: Workspace, edit: Edit, after: tuple[str, date | None, int]) -> None:
    workspace.recommendations.edit(choices(workspace, 1), Edit(assignee="eve", due=SOON))
    (changed,) = workspace.recommendations.edit(choices(workspace, 1), edit)
    assert (changed.assignee, changed.due, changed.priority) == after


def test_lists_are_ordered(workspace: Workspace) -> None:
    workspace.recommendations.edit(choices(workspace, 3), Edit(priority=1, due=SOON))
    workspace.recommendations.edit(choices(workspace, 1), Edit(priority=3, due=date(2026, 11, 30)))
    workspace.record_scan(scan(1, checks_run=()), [finding("i-5", "1")])
    orders = {order: [row.id for row in workspace.recommendations.list(order=order).rows] for order in Order}
    assert orders == {
        Order.SAVING: [2, 4, 1, 5, 3],
        Order.PRIORITY: [3, 2, 4, 5, 1],
        Order.DUE: [1, 3, 2, 4, 5],
        Order.NEWEST: [5, 2, 4, 1, 3],
    }


def test_what_is_intentional_is_held_back_by_a_rule_that_shows_it(workspace: Workspace, monkeypatch) -> None:
    dev = workspace.save_intent(Intent(IntentKind.TAG, "dev", "test bench", SOON, key="env"))
    only = workspace.save_intent(Intent(IntentKind.ACCOUNT, "222", "moving", date(2027, 1, 1), check_id="ec2_idle"))
    assert (dev.hides, only.hides) == (1, 2)
    assert listed(workspace) == [3]
    assert listed(workspace, intentional=True) == [2, 4, 1]
    assert {row.id: row.hidden_by for row in workspace.recommendations.list().rows} == {
        1: dev.id,
        2: only.id,
        3: None,
        4: only.id,
    }
    assert workspace.recommendations.get(1).hidden_by == dev.id

    monkeypatch.setenv("WORKBENCH_NOW", "2026-12-01T00:00:00Z")
    assert listed(workspace) == [1, 3], "the first rule has expired"
    assert [one.hides for one in workspace.intents()] == [0, 2]
    workspace.delete_intent(only.id, only.version)
    assert listed(workspace) == [2, 4, 1, 3]
    assert [one.id for one in workspace.intents()] == [dev.id]


def test_a_rule_follows_the_tags_of_the_newest_scan(workspace: Workspace) -> None:
    workspace.save_intent(Intent(IntentKind.TAG, "dev", "test bench", SOON, key="env"))
    workspace.record_scan(scan(1, checks_run=()), [finding("i-1", "10", tags={"env": "prod"})])
    assert 1 in listed(workspace)


@pytest.mark.parametrize(
    ("intent", "message"),
    [
        (Intent(IntentKind.ACCOUNT, "111", " ", SOON), "reason"),
        (Intent(IntentKind.ACCOUNT, "", "x", SOON), "value"),
        (Intent(IntentKind.ACCOUNT, "111", "x", SOON, key="env"), "key"),
        (Intent(IntentKind.TAG, "dev", "x", SOON), "key"),
        (Intent(IntentKind.TAG, "dev", "x", date(2026, 11, 20), key="env"), "future"),
    ],
)
def test_a_rule_without_what_it_needs_is_refused(workspace: Workspace, intent: Intent, message: str) -> None:
    with pytest.raises(BadEntry, match=message):
        workspace.save_intent(intent)


def test_rules_know_versions_too(workspace: Workspace, shared: Settings) -> None:
    rule = workspace.save_intent(Intent(IntentKind.ACCOUNT, "111", "x", SOON))
    longer = Intent(IntentKind.ACCOUNT, "111", "x", date(2027, 6, 1))
    Workspace(shared, user="boris").save_intent(longer, id=rule.id, version=rule.version)
    with pytest.raises(Conflict, match="changed by boris"):
        workspace.delete_intent(rule.id, rule.version)
    workspace.delete_intent(rule.id, None)
    with pytest.raises(Conflict, match="deleted by anna"):
        workspace.save_intent(longer, id=rule.id, version=3)
    actions = [one.action for one in workspace.activity(EntryFilter(object_kind="intentional_rule"))]
    assert actions == ["intentional.delete", "intentional.change", "intentional.add"]


HOSTILE = "<script>alert(1)</script> **bold** ${x} '; DROP TABLE recommendations; -- \0 \ud800 " + "é" * 1_000_000


def test_hostile_and_huge_texts_stay_text(workspace: Workspace) -> None:
    kept = HOSTILE.replace("\0", "\N{REPLACEMENT CHARACTER}").replace("\ud800", "\N{REPLACEMENT CHARACTER}")
    (row,) = workspace.recommendations.decide(choices(workspace, 1), Decision(Step.REJECT, HOSTILE))
    assert row.reason == kept
    assert workspace.recommendations.history(1)[-1].reason == kept
    assert workspace.activity(limit=1)[0].after["reason"].replace("\0", "\N{REPLACEMENT CHARACTER}") == kept
