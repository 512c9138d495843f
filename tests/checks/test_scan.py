"""A scan of a few resources: money by hand, outcomes, exclusions, accounts, earlier days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.support.bills import charge, insert_charges
from workbench.checks.ground import read_ground
from workbench.checks.registry import Check, load_checks, read_check
from workbench.checks.scan import run_scan
from workbench.errors import BadFilter, CannotRun
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, SnapshotStore

LAST = date(2026, 10, 31)

SELECT = "SELECT id AS subject, account_id AS account,"
HEAD = """-- title: {title}
-- purpose: For a test.
-- grain: machine
-- resource: instances
-- provider: any
-- area: Compute
-- rule: For a test
-- when: avg_cpu_7d < 5
-- column avg_cpu_7d (number, %): Mean CPU
-- saving: As the SQL says
-- kind: {kind}
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 80
-- conflict: machine {rank}
-- remedy: Look | Act
-- cli: tool stop {{resource_id}} --region {{region}}
-- source: A test
-- history: inventory
-- requires instances: id, account_id, avg_cpu_7d
"""


def check(
    check_id: str, sql: str = "", *, rank: int = 1, kind: str = "saving", head: str = "", history: str = "inventory"
) -> Check:
    columns = (
        "id AS subject, account_id AS account, CASE WHEN avg_cpu_7d < 5 THEN 'flagged' ELSE 'passed' END AS verdict"
    )
    body = sql or f"SELECT {columns}, CAST(NULL AS VARCHAR) AS reason, avg_cpu_7d FROM instances"
    text = HEAD.format(title=check_id, rank=rank, kind=kind).replace("history: inventory", f"history: {history}")
    return read_check(text + head + body, check_id)


def shared(check_id: str, share: str, *, rank: int, kind: str = "saving") -> Check:
    return check(
        check_id,
        f"{SELECT} CASE WHEN avg_cpu_7d < 5 THEN 'flagged' ELSE 'passed' END AS verdict,"
        f" CAST(NULL AS VARCHAR) AS reason, avg_cpu_7d, {share} FROM instances",
        rank=rank,
        kind=kind,
    )


def days(cost: str, resource: str, account: str = "000000000002", **overrides) -> list[dict]:
    """A charge a day in October, so that 30 days are 30 times the cost."""
    start = datetime(2026, 10, 1)
    return [
        charge(
            cost,
            resource_id=resource,
            sub_account_id=account,
            charge_period_start=start + timedelta(days=n),
            charge_period_end=start + timedelta(days=n + 1),
            **overrides,
        )
        for n in range(31)
    ]


MACHINES = """
INSERT INTO cloud_accounts (id, name, account_number, provider, freeze_optimizations_until) VALUES
  ('a1', 'Team A', '000000000002', 'AWS', NULL), ('a2', 'Team B', '000000000003', 'AWS', TIMESTAMP '2026-12-01');
INSERT INTO instances (id, account_id, provider, instance_id, name, region, state, avg_cpu_7d, hourly_cost,
    optimization_policy, optimization_freeze_until, tags) VALUES
  ('m1', 'a1', 'AWS', 'i-1', 'web 1', 'eu-west-1', 'running', 1, 0.1, NULL, NULL, '{"team": "web"}'),
  ('m2', 'a1', 'AWS', 'i-2', 'web 2', 'eu-west-1', 'running', 50, 0.1, NULL, NULL, NULL),
  ('m3', 'a1', 'AWS', 'i-3', 'not billed', 'eu-west-1', 'running', 2, 0.1, NULL, NULL, NULL),
  ('m4', 'a1', 'AWS', 'i-4', 'ignored', 'eu-west-1', 'running', 2, 0.1, 'ignore', NULL, NULL),
  ('m5', 'a1', 'AWS', 'i-5', 'thawed', 'eu-west-1', 'running', 2, 0.1, NULL, TIMESTAMP '2026-10-31', NULL),
  ('m6', 'a2', 'AWS', 'i-6', 'of a frozen account', 'eu-west-1', 'running', 2, 0.1, NULL, NULL, NULL);
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSnapshot]:
    """Machines of two accounts; i-1 costs 2 a day effective and 4 at list, i-2 and i-6 cost 1."""
    store = SnapshotStore(Settings(home=tmp_path_factory.mktemp("scan")))
    with store.build(fresh=True) as build:
        build.connection.execute(MACHINES)
        listed = {"billed_cost": Decimal("1.5"), "list_cost": Decimal(4), "contracted_cost": None}
        insert_charges(build.connection, days("2", "i-1", **listed))
        insert_charges(build.connection, days("1", "i-2"))
        insert_charges(build.connection, days("1", "i-5", pricing_category="Committed"))
        insert_charges(build.connection, days("1", "i-6", account="000000000003"))
        build.publish(note="test")
    with store.open() as opened:
        yield opened


def scan(data: OpenSnapshot, *checks: Check, **options):
    return run_scan(data.engine, checks, **options)


def by_name(result):
    return {one.name: one for one in result.found}


def test_windows_end_with_the_last_complete_day(data):
    assert scan(data, check("idle")).as_of == LAST


def test_savings_are_the_cost_of_thirty_days_as_a_month_on_each_basis(data):
    found = by_name(scan(data, check("idle")))["web 1"]
    month = Decimal(730) / 720
    assert found.price.expected["effective"] == (60 * month).quantize(Decimal("0.000001"))
    assert found.price.expected["billed"] == (45 * month).quantize(Decimal("0.000001"))
    assert found.price.expected["list"] == (120 * month).quantize(Decimal("0.000001"))
    assert found.price.expected["contracted"] is None
    assert found.price.currency == "USD"


def test_a_finding_names_resource_account_tags_and_evidence(data):
    found = by_name(scan(data, check("idle")))["web 1"]
    assert (found.resource_id, found.account, found.account_name) == ("i-1", "000000000002", "Team A")
    assert found.region == "eu-west-1"
    assert found.tags == {"team": "web"}
    assert found.evidence == {"avg_cpu_7d": 1.0}
    assert found.command == "tool stop i-1 --region eu-west-1"


def test_without_a_bill_only_the_list_price_is_known(data):
    found = by_name(scan(data, check("idle")))["not billed"]
    assert found.best("effective") == (Decimal("73.000000"), "list")
    assert found.saving("effective") is None
    assert "priced at list price only" in found.price.notes[0]
    assert found.confidence == 70  # 80 less 10


def test_policies_and_frozen_accounts_exclude_with_their_reason(data):
    result = scan(data, check("idle"))
    assert {one.name: one.excluded for one in result.excluded} == {
        "ignored": "Its policy is to be ignored",
        "of a frozen account": "The account is frozen",
    }
    assert "thawed" in by_name(result)
    [of_check] = result.results
    assert of_check.counts == {"flagged": 3, "passed": 1, "excluded": 2}


def test_a_commitment_lowers_the_confidence_and_says_why(data):
    found = by_name(scan(data, check("idle")))["thawed"]
    assert found.confidence == 50  # 80 less 30: all of it is paid by a commitment
    assert found.doubts == (
        (30, "A commitment pays for 100% of it: that part is saved once the commitment is used elsewhere"),
    )


def test_totals_count_each_dollar_once(data):
    result = scan(data, shared("half", "0.5 AS share", rank=6), shared("remove", "1.0 AS share", rank=1))
    total = result.total("USD", "effective")
    # i-1 and i-5: 60 and 30 in 30 days; removing them leaves nothing to halve.
    assert total.deduplicated == (90 * Decimal(730) / 720).quantize(Decimal("0.000001"))
    assert total.gross == (135 * Decimal(730) / 720).quantize(Decimal("0.000001"))
    assert {one.check.id: one.counted["effective"] for one in result.found if one.name == "web 1"}["half"] == 0


def test_a_low_and_a_high_saving_stand_beside_the_expected_one(data):
    found = by_name(scan(data, shared("half", "0.25 AS share_low, 0.5 AS share, 0.75 AS share_high", rank=6)))["web 1"]
    low, middle, high = (one["list"] for one in (found.price.low, found.price.expected, found.price.high))
    tiny = Decimal("0.000002")
    assert abs(low * 2 - middle) <= tiny
    assert abs(low * 3 - high) <= tiny


def test_an_amount_at_list_price_is_scaled_by_what_the_resource_pays(data):
    sql = "CAST(30 AS DECIMAL(38, 12)) AS list"
    found = by_name(scan(data, shared("target", sql, rank=6)))["web 1"]
    # The machine pays half of its list price.
    assert found.price.expected["list"] == Decimal("30.000000")
    assert abs(found.price.expected["effective"] - 15) < Decimal("0.001")
    assert abs(found.price.expected["billed"] - Decimal("11.25")) < Decimal("0.001")


def test_a_saving_never_exceeds_the_cost(data):
    found = by_name(scan(data, shared("absurd", "CAST(100000 AS DECIMAL(38, 12)) AS list", rank=6)))["web 1"]
    assert found.price.expected == found.price.cost


def test_a_negative_saving_is_shown(data):
    found = by_name(scan(data, shared("dearer", "-0.1 AS share", rank=6)))["web 1"]
    assert found.price.expected["effective"] == -(6 * Decimal(730) / 720).quantize(Decimal("0.000001"))


def test_reviews_are_listed_and_not_added(data):
    result = scan(data, shared("large", "1.0 AS share", rank=6, kind="review"))
    assert len(result.found) == 3
    assert result.totals == ()


def test_a_check_that_fails_leaves_the_others_alone(data):
    broken = check(
        "broken",
        "SELECT id AS subject, account_id AS account, CAST(id AS INTEGER) > 0 AS verdict,"
        " CAST(NULL AS VARCHAR) AS reason, avg_cpu_7d FROM instances",
    )
    result = scan(data, broken, check("idle"))
    assert [one.outcome for one in result.results] == ["failed", "findings"]
    assert "Could not convert" in result.results[0].judged.why


def test_an_answer_that_is_not_one_of_a_check_fails_with_the_reason(data):
    odd = check(
        "odd",
        "SELECT id AS subject, account_id AS account, 'maybe' AS verdict, 'x' AS reason, avg_cpu_7d FROM instances",
    )
    [result] = scan(data, odd).results
    assert (result.outcome, "“maybe” is not a verdict" in result.judged.why) == ("failed", True)


def test_what_is_missing_is_named(data):
    rows = check("rows", head="-- needs rows: volumes\n")
    values = check("values", head="-- needs values: instances.gpu_count\n")
    result = scan(data, rows, values)
    assert [(one.outcome, one.judged.why) for one in result.results] == [
        ("cannot run", "needs volumes: none are loaded"),
        ("cannot run", "needs instances.gpu_count: no row has a value"),
    ]
    assert all("workbench ingest" in one.judged.hint for one in result.results)


def test_only_undecided_resources_are_not_clean(data):
    unsure = check(
        "unsure",
        f"{SELECT} 'cannot tell' AS verdict, 'needs a metric' AS reason, avg_cpu_7d FROM instances",
    )
    [result] = scan(data, unsure).results
    assert (result.outcome, result.judged.why) == ("cannot run", "needs a metric")


def test_nothing_flagged_is_clean(data):
    passed = check(
        "passed",
        f"{SELECT} 'passed' AS verdict, CAST(NULL AS VARCHAR) AS reason, avg_cpu_7d FROM instances",
    )
    assert scan(data, passed).results[0].outcome == "clean"


@pytest.mark.parametrize("name", ["a2", "000000000003", "Team B"])
def test_accounts_are_called_by_id_number_or_name(data, name):
    result = scan(data, check("idle"), accounts=[name])
    assert (result.found, [one.name for one in result.excluded]) == ((), ["of a frozen account"])


def test_unknown_accounts_checks_and_parameters_are_refused(data):
    for options in ({"accounts": ["nobody"]}, {"given": {"other": {"x": "1"}}}, {"given": {"idle": {"x": "1"}}}):
        with pytest.raises(BadFilter):
            scan(data, check("idle"), **options)


def test_an_earlier_day_is_priced_with_the_costs_of_then(data):
    result = scan(data, check("idle", history="dates"), as_of=date(2026, 10, 10))
    found = by_name(result)["web 1"]
    # Ten days of 2 lie in the thirty days up to then.
    assert found.price.expected["effective"] == (20 * Decimal(730) / 720).quantize(Decimal("0.000001"))
    assert "On the bill for 10 of the 30 days" in found.price.notes[0]


def test_a_day_after_the_data_is_refused(data):
    with pytest.raises(CannotRun, match="last complete day of the data is 2026-10-31"):
        read_ground(data.engine, date(2026, 11, 1))


def test_a_day_before_the_data_is_refused_and_their_first_day_is_not(data):
    with pytest.raises(CannotRun, match="data begin on 2026-10-01; 2026-09-30 is before it"):
        read_ground(data.engine, date(2026, 9, 30))
    assert read_ground(data.engine, date(2026, 10, 1)).as_of == date(2026, 10, 1)


STATE = next(one for one in load_checks() if one.id == "ec2_idle")


def test_the_state_of_an_inventory_is_not_told_of_an_earlier_day(data):
    [state] = scan(data, STATE, as_of=date(2026, 10, 10)).results
    assert (state.outcome, state.judged.why) == ("cannot run", "The inventory knows its own day only, 2026-10-31")
    [today] = scan(data, STATE).results
    assert "own day" not in today.judged.why


def test_an_empty_workbench_says_so(home):
    with SnapshotStore(home).build(fresh=True) as build:
        build.publish(note="empty")
    with SnapshotStore(home).open() as opened, pytest.raises(CannotRun, match="Nothing is loaded"):
        read_ground(opened.engine)


def test_commands_are_quoted_for_a_shell_and_figures_typed_plainly(data):
    hostile = check(
        "hostile",
        f"{SELECT} CASE WHEN id = 'm1' THEN 'flagged' ELSE 'passed' END AS verdict, CAST(NULL AS VARCHAR) AS reason,"
        " CAST(6000 AS DOUBLE) AS avg_cpu_7d, '; rm -rf / #' AS region FROM instances",
    )
    [found] = scan(data, hostile).found
    assert found.command == "tool stop i-1 --region eu-west-1"
    text = replace(found, region="x'; rm -rf / #", resource_id="$(reboot)").command
    assert text == "tool stop '$(reboot)' --region 'x'\\''; rm -rf / #'"
    cli = replace(found.check.facts, cli="tool --iops {avg_cpu_7d}")
    assert replace(found, check=replace(found.check, facts=cli)).command == "tool --iops 6000"
