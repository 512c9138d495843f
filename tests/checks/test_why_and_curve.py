"""Why a resource is flagged or not, thresholds tried, and earlier days replayed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.checks.test_scan import MACHINES, check, days
from tests.support.bills import insert_charges
from workbench.checks.curve import replay, threshold_curve, tunable, weeks_back
from workbench.checks.explain import rule_text, shown
from workbench.checks.ground import read_ground
from workbench.checks.registry import find_check, load_checks
from workbench.checks.scan import run_scan
from workbench.checks.why import why
from workbench.errors import BadFilter
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

MONTH = Decimal(730) / 720


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    store = SnapshotStore(Settings(home=tmp_path_factory.mktemp("why")))
    with store.build(fresh=True) as build:
        build.connection.execute(MACHINES)
        insert_charges(build.connection, [*days("2", "i-1"), *days("3", "i-2"), *days("1", "x-9")])
        build.publish(note="test")
    with store.open() as opened:
        yield opened


@pytest.fixture(scope="module")
def ground(data):
    return read_ground(data.engine)


IDLE = find_check("ec2_idle", load_checks())


def opinion(answer, check_id):
    return next(one for one in answer.opinions if one.check.id == check_id)


@pytest.mark.parametrize("name", ["i-2", "m2", "web 2"])
def test_a_resource_that_passed_is_told_its_figure_threshold_and_margin(ground, name):
    said = opinion(why(ground, [IDLE], name), "ec2_idle")
    assert (said.said, said.rule) == ("passed", "It runs, and its mean CPU of the last seven days is below 5 %")
    [reason] = said.reasons
    assert (reason.have, reason.operator, reason.limit) == ("50 %", "<", "5 %")
    assert (reason.met, reason.margin) == (False, 45.0)


def test_a_flagged_resource_has_its_finding(ground):
    said = opinion(why(ground, [IDLE], "i-1"), "ec2_idle")
    assert said.said == "flagged"
    assert said.found.price.expected["effective"] == (60 * MONTH).quantize(Decimal("0.000001"))
    assert said.reasons[0].margin == -4.0


def test_a_policy_is_the_reason_even_when_the_rule_is_met(ground):
    said = opinion(why(ground, [IDLE], "i-4"), "ec2_idle")
    assert (said.said, said.reason) == ("excluded", "Its policy is to be ignored")


def test_a_preset_and_a_threshold_of_ones_own_change_the_answer(ground):
    assert opinion(why(ground, [IDLE], "i-1", given={"ec2_idle": {"max_cpu": "1"}}), "ec2_idle").said == "passed"
    assert opinion(why(ground, [IDLE], "i-3", preset="cautious"), "ec2_idle").said == "passed"


def test_what_is_missing_is_said(ground):
    lacking = check("lacking", head="-- needs rows: volumes\n")
    said = opinion(why(ground, [lacking], "i-1"), "lacking")
    assert (said.said, said.reason) == ("cannot run", "needs volumes: none are loaded")


def test_a_rule_about_others_of_the_kind_says_so(ground):
    others = check(
        "others",
        "SELECT id AS subject, account_id AS account, 'passed' AS verdict, CAST(NULL AS VARCHAR) AS reason, avg_cpu_7d"
        " FROM instances WHERE id = 'm2'",
    )
    assert opinion(why(ground, [others], "i-1"), "others").said == "not looked at"


def test_checks_of_other_kinds_are_not_asked_and_those_of_the_bill_are(ground):
    told = {one.check.id for one in why(ground, load_checks(), "x-9").opinions}
    kinds = {find_check(name, load_checks()).facts.resource for name in told}
    assert kinds == {"bill"}


def test_an_unknown_resource_is_refused(ground):
    with pytest.raises(BadFilter, match="There is no resource nowhere"):
        why(ground, [IDLE], "nowhere")


def test_a_curve_rises_with_its_threshold_and_marks_the_presets(ground):
    found = threshold_curve(ground, IDLE, "max_cpu")
    counts = [point.flagged for point in found.points]
    assert counts == sorted(counts)
    assert dict(found.presets) == {"cautious": 2.0, "default": 5.0, "aggressive": 10.0}
    by_value = {point.at: point for point in found.points}
    # Below 5 %: m1 (60 of the bill) and, at list price, m3 and m5 (73 each).
    assert by_value[5.0].flagged == 3
    assert by_value[5.0].saving == {"USD": (60 * MONTH).quantize(Decimal("0.000001")) + 146}


def test_a_curve_agrees_with_a_scan_at_the_same_value(ground, data):
    point = next(one for one in threshold_curve(ground, IDLE, "max_cpu").points if one.at == 10.0)
    assert point.flagged == len(run_scan(data.engine, [IDLE], preset="aggressive").found)


def test_only_numbers_with_a_range_are_tunable(ground):
    assert [one.name for one in tunable(IDLE)] == ["max_cpu"]
    with pytest.raises(BadFilter, match="no number other"):
        threshold_curve(ground, IDLE, "other")


def test_an_inventory_knows_its_own_day_only(data):
    found = replay(data.engine, IDLE, days=weeks_back(date(2026, 10, 31), 2))
    assert [point.flagged for point in found.points] == [None, None, 3]
    assert "knows its own day only" in found.points[0].why


def test_a_rule_about_the_bill_is_replayed_on_the_charges_of_then(data):
    billed = find_check("public_ipv4_idle", load_checks())
    found = replay(data.engine, billed, days=[date(2026, 10, 31), date(2026, 10, 24), date(2026, 11, 7)])
    assert [point.at for point in found.points] == [date(2026, 10, 24), date(2026, 10, 31), date(2026, 11, 7)]
    assert "last complete day of the data is 2026-10-31" in found.points[-1].why


def test_rules_are_shown_with_their_values(ground):
    assert rule_text(IDLE, {"max_cpu": 2.5}).endswith("below 2.5 %")
    assert [shown(one) for one in (None, True, 5, 1234567.0, 0.123456, "x")] == [
        "",
        "yes",
        "5",
        "1,234,567",
        "0.1235",
        "x",
    ]
