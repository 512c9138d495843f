"""Scan, decide, scan again: decisions survive, what is gone expires, what returns regresses with its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.support.scans import finding, scan
from workbench.settings import Settings
from workbench.workspace import Followed, Workspace
from workbench.workspace.lifecycle import Decision, State, Step
from workbench.workspace.recommendation_records import Choice, Recommendation, RecommendationFilter

ALL = RecommendationFilter(intentional=None)


@pytest.fixture
def workspace(shared: Settings, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-02T09:00:00Z")
    return Workspace(shared, user="anna")


def states(workspace: Workspace) -> dict[str, str]:
    return {row.resource_id: row.state for row in workspace.recommendations.list(ALL, limit=100).rows}


def one(workspace: Workspace, resource: str = "i-1") -> Recommendation:
    (row,) = (row for row in workspace.recommendations.list(ALL, limit=100).rows if row.resource_id == resource)
    return row


def take(workspace: Workspace, resource: str, *steps: Step) -> None:
    for step in steps:
        row = one(workspace, resource)
        decision = Decision(step, "because", date(2026, 12, 1), None)
        workspace.recommendations.decide([Choice(row.id, row.version)], decision)


def steps(workspace: Workspace, resource: str = "i-1") -> list[str]:
    return [event.step for event in workspace.recommendations.history(one(workspace, resource).id)]


def test_a_finding_becomes_an_open_recommendation_with_its_facts(workspace: Workspace) -> None:
    facts = {
        "title": "Idle",
        "service_name": "EC2",
        "confidence": 90,
        "risk": "low",
        "saving_low": 8,
        "saving_high": 12.5,
    }
    followed = workspace.record_scan(scan(), [finding("i-1", "10.000000000001", tags={"env": "dev"}, **facts)]).followed
    assert followed == Followed(created=1)
    row = one(workspace)
    assert (row.state, row.version, row.account_id, row.check_id) == (State.OPEN, 1, "111", "ec2_idle")
    assert (row.saving_low, row.saving_expected, row.saving_high) == (8, Decimal("10.000000000001"), Decimal("12.5"))
    assert (row.title, row.service, row.confidence, row.risk) == ("Idle", "EC2", 90, "low")
    assert (row.first_seen, row.last_seen, row.gone_since) == (date(2026, 11, 1), date(2026, 11, 1), None)
    assert workspace.recommendations.evidence(row.id)["tags"] == {"env": "dev"}


def test_the_same_scan_again_changes_only_when_it_was_seen(workspace: Workspace) -> None:
    workspace.record_scan(scan(), [finding()])
    before = one(workspace)
    assert workspace.record_scan(scan(1), [finding()]).followed == Followed(seen=1)
    assert one(workspace) == replace(before, last_seen=date(2026, 11, 2))
    assert steps(workspace) == ["find"]


def test_a_new_price_and_new_tags_are_taken_over_without_touching_the_decision(workspace: Workspace) -> None:
    workspace.record_scan(scan(), [finding("i-1", "10", tags={"env": "dev", "team": "a"})])
    take(workspace, "i-1", Step.APPROVE)
    decided = one(workspace)
    workspace.record_scan(scan(1), [finding("i-1", "20", tags={"env": "prod"})])
    row = one(workspace)
    assert (row.saving_expected, row.state, row.version) == (20, State.APPROVED, decided.version)
    found = [
        len(workspace.recommendations.list(RecommendationFilter(text=f"env={value}")).rows) for value in ("dev", "prod")
    ]
    assert found == [0, 1]


def test_decisions_survive_gone_ones_expire_and_returned_ones_regress_with_their_history(workspace: Workspace) -> None:
    kinds = ("open", "approved", "rejected", "snoozed", "working", "applied", "verified")
    everything = [finding(kind) for kind in kinds]
    workspace.record_scan(scan(), everything)
    take(workspace, "approved", Step.APPROVE)
    take(workspace, "rejected", Step.REJECT)
    take(workspace, "snoozed", Step.SNOOZE)
    take(workspace, "working", Step.APPROVE, Step.START)
    take(workspace, "applied", Step.APPROVE, Step.APPLY)
    take(workspace, "verified", Step.APPROVE, Step.APPLY, Step.VERIFY)
    decided = states(workspace)

    assert workspace.record_scan(scan(1), everything).followed == Followed(seen=7)
    assert states(workspace) == decided

    assert workspace.record_scan(scan(2), []).followed == Followed(expired=3, gone=4)
    gone = {**decided, "open": "expired", "approved": "expired", "snoozed": "expired"}
    assert states(workspace) == gone
    assert one(workspace, "rejected").gone_since == date(2026, 11, 3)
    assert workspace.record_scan(scan(3), []).followed == Followed()
    assert one(workspace, "rejected").gone_since == date(2026, 11, 3)

    assert workspace.record_scan(scan(4), everything).followed == Followed(seen=2, returned=5)
    returned = dict.fromkeys(("open", "approved", "snoozed", "applied", "verified"), "regressed")
    assert states(workspace) == {**returned, "rejected": "rejected", "working": "in_progress"}
    assert steps(workspace, "approved") == ["find", "approve", "expire", "find_again"]
    assert steps(workspace, "verified") == ["find", "approve", "apply", "verify", "find_again"]
    assert one(workspace, "verified").reason == "Found again by scan 5, after it was gone on 2026-11-03"


def test_what_was_applied_has_thirty_days_to_disappear(workspace: Workspace) -> None:
    workspace.record_scan(scan(), [finding()])
    take(workspace, "i-1", Step.APPROVE, Step.APPLY)
    workspace.record_scan(scan(31), [finding()])
    assert states(workspace) == {"i-1": "applied"}
    workspace.record_scan(scan(32), [finding()])
    assert states(workspace) == {"i-1": "regressed"}
    assert one(workspace).reason == "Still found by scan 3, 30 days after 2026-11-02"


def test_a_snooze_that_is_over_wakes(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.record_scan(scan(), [finding()])
    take(workspace, "i-1", Step.SNOOZE)
    waiting = RecommendationFilter(needs_decision=True)
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-30T23:59:59Z")
    assert workspace.record_scan(scan(1), [finding()]).followed == Followed(seen=1)
    assert workspace.recommendations.list(waiting).total == 0
    monkeypatch.setenv("WORKBENCH_NOW", "2026-12-01T00:00:00Z")
    assert workspace.recommendations.list(waiting).total == 1, "it is back before any scan"
    assert workspace.record_scan(scan(2), [finding()]).followed == Followed(woken=1)
    assert (one(workspace).state, one(workspace).snoozed_until) == (State.OPEN, None)


@pytest.mark.parametrize(
    "silent",
    [
        scan(1, checks_run=("ebs_unattached",)),
        scan(1, preset="cautious"),
        scan(1, parameters={"ec2_idle": {"cpu": 1}}),
        scan(1, status="failed", error="disk full"),
        scan(-1),
    ],
    ids=["check did not run", "stricter preset", "other thresholds", "failed", "older data"],
)
def test_a_scan_that_could_not_have_found_it_says_nothing(workspace: Workspace, silent) -> None:
    workspace.record_scan(scan(), [finding()])
    workspace.record_scan(silent, [])
    assert states(workspace) == {"i-1": "open"}
    assert one(workspace).gone_since is None


def test_a_looser_scan_that_does_not_find_it_says_it_is_gone(workspace: Workspace) -> None:
    workspace.record_scan(scan(), [finding()])
    workspace.record_scan(scan(1, preset="aggressive"), [])
    assert states(workspace) == {"i-1": "expired"}


def test_what_could_not_be_judged_is_not_gone(workspace: Workspace) -> None:
    workspace.record_scan(scan(), [finding("i-1"), finding("i-2")])
    workspace.record_scan(scan(1), [], not_judged=[("111", "i-1", "ec2_idle")])
    assert states(workspace) == {"i-1": "open", "i-2": "expired"}


def test_older_data_do_not_bring_back_what_newer_data_said(workspace: Workspace) -> None:
    workspace.record_scan(scan(5), [finding("i-1", "10")])
    followed = workspace.record_scan(scan(3), [finding("i-1", "99"), finding("i-2")]).followed
    assert followed == Followed(note="Its data end on 2026-11-04, an earlier scan saw 2026-11-06")
    assert states(workspace) == {"i-1": "open"}
    assert one(workspace).saving_expected == 10


def test_account_resource_and_check_make_a_recommendation_and_the_larger_of_two_stands(workspace: Workspace) -> None:
    same = [finding("i-1", "10"), finding("i-1", None), finding("i-1", "30", title="large"), finding("i-1", "20")]
    others = [finding("i-1", account_id="222"), finding("i-1", check_id="ebs_unattached"), finding("i-2")]
    kept = workspace.record_scan(scan(), same + others)
    assert (kept.findings, kept.followed) == (7, Followed(created=4))
    largest = workspace.recommendations.list(ALL).rows[0]
    assert (largest.saving_expected, largest.title) == (30, "large")
    assert workspace.recommendations.evidence(largest.id) == {"title": "large"}


def test_a_finding_without_a_resource_and_with_odd_values_is_kept_as_text(workspace: Workspace) -> None:
    odd = {"title": 5, "confidence": "high", "saving_low": "much", "tags": ["no", "object"], "risk": None}
    workspace.record_scan(scan(), [finding("", None, region=None, **odd)])
    row = one(workspace, "")
    assert (row.title, row.confidence, row.saving_low, row.risk, row.region) == ("5", None, None, "", None)
