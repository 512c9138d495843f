"""Scans kept and compared, and checks of one's own."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.checks.test_scan import MACHINES, check, days
from tests.support.bills import insert_charges
from workbench.checks.custom import CustomChecks, all_checks, validate
from workbench.checks.ground import read_ground
from workbench.checks.keep import compare, keep, keepable, to_finding
from workbench.checks.registry import CHECKS, load_checks
from workbench.checks.scan import run_scan
from workbench.errors import AccessDenied, BadFile, BadFilter
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore
from workbench.workspace import Principal, RecommendationFilter, Role, Workspace, local_principal

ADMIN = local_principal("tester")


@pytest.fixture
def data(home):
    store = SnapshotStore(home)
    with store.build(fresh=True) as build:
        build.connection.execute(MACHINES)
        insert_charges(build.connection, [*days("2", "i-1"), *days("3", "i-2")])
        build.publish(note="test")
    with store.open() as opened:
        yield opened


def kept(home, data, *checks, **options):
    workspace = Workspace(home)
    ground = read_ground(data.engine)
    return keep(workspace, run_scan(data.engine, checks, ground=ground, **options), ground)


def test_a_kept_scan_makes_recommendations_with_its_evidence(home, data):
    saved = kept(home, data, check("idle"))
    assert (saved.findings, saved.followed.created) == (3, 3)
    page = Workspace(home).recommendations.list(RecommendationFilter())
    one = next(row for row in page.rows if row.resource_id == "i-1")
    assert (one.account_id, one.check_id, one.currency) == ("000000000002", "idle", "USD")
    assert one.saving_expected == (60 * Decimal(730) / 720).quantize(Decimal("0.000001"))
    [finding] = [found for found in Workspace(home).findings(saved.id) if found.resource_id == "i-1"]
    assert finding.payload["evidence"] == {"avg_cpu_7d": 1.0}
    assert finding.payload["command"] == "tool stop i-1 --region eu-west-1"


def test_totals_of_a_kept_scan_are_those_of_the_scan(home, data):
    result = run_scan(data.engine, [check("idle")])
    saved = kept(home, data, check("idle"))
    assert {(t.currency, t.basis): t.deduplicated for t in saved.scan.totals} == {
        (t.currency, t.basis): t.deduplicated for t in result.totals
    }


def test_reviews_have_no_saving_to_add_up(home, data):
    saved = kept(home, data, check("large", kind="review"))
    assert {one.saving_expected for one in Workspace(home).findings(saved.id)} == {None}


def test_a_scan_of_some_accounts_or_of_an_earlier_day_is_not_kept(data):
    result = run_scan(data.engine, [check("idle")], accounts=["a1"])
    assert keepable(result, newest=True) == "It is about some accounts only"
    assert "earlier day" in keepable(run_scan(data.engine, [check("idle")]), newest=False)


def test_two_scans_are_compared_over_the_checks_that_ran_in_both(home, data):
    strict = check(
        "idle",
        "SELECT id AS subject, account_id AS account, CASE WHEN avg_cpu_7d < 2 THEN 'flagged'"
        " ELSE 'passed' END AS verdict, CAST(NULL AS VARCHAR) AS reason, avg_cpu_7d FROM instances",
    )
    first = kept(home, data, check("idle"), check("once"))
    second = kept(home, data, strict)
    told = compare(Workspace(home), first, second)
    assert ([one.resource_id for one in told.still], told.new) == (["i-1"], ())
    assert sorted(one.resource_id for one in told.gone) == ["i-3", "i-5"]
    assert told.not_comparable == ("once",)
    back = compare(Workspace(home), second, first)
    assert sorted(one.resource_id for one in back.new) == ["i-3", "i-5"]


def test_resources_that_could_not_be_judged_do_not_expire(home, data):
    kept(home, data, check("idle"))
    unsure = check(
        "idle",
        "SELECT id AS subject, account_id AS account, CASE WHEN id = 'm1' THEN 'cannot tell'"
        " ELSE 'passed' END AS verdict, CASE WHEN id = 'm1' THEN 'needs a metric' END AS reason, avg_cpu_7d"
        " FROM instances",
    )
    saved = kept(home, data, unsure)
    assert saved.followed.expired == 2  # m3 and m5 passed; m1 stays


def test_findings_are_plain_json(home, data):
    result = run_scan(data.engine, load_checks())
    for one in (*result.found, *result.excluded):
        json.dumps(to_finding(one).payload)


# -- custom checks ----------------------------------------------------------------------------------------------------

SQL = (CHECKS / "ec2_idle.sql").read_text(encoding="utf-8")
CASES = """
[[case]]
name = "idle and not"
expect = { i-1 = "flagged", i-2 = "passed" }
[[case.instances]]
id = "i-1"
state = "running"
avg_cpu_7d = 1
[[case.instances]]
id = "i-2"
state = "running"
avg_cpu_7d = 60
"""


@pytest.fixture
def custom(home: Settings) -> CustomChecks:
    return CustomChecks(home, ADMIN)


def test_a_custom_check_is_kept_in_versions_and_scanned(home, data, custom):
    assert custom.save("idle_builders", SQL, CASES, read_ground(data.engine)).version == 1
    assert (
        custom.save("idle_builders", SQL.replace("default: 5", "default: 60"), CASES.replace("60", "61")).version == 2
    )
    checks, problems = all_checks(home, ADMIN)
    found = next(one for one in checks if one.id == "idle_builders")
    assert (found.version, problems) == (2, ())
    assert len(run_scan(data.engine, [found]).found) == 4
    assert [one.number for one in custom.versions("idle_builders")] == [1, 2]
    entries = [one for one in Workspace(home).activity() if one.object_kind == "check"]
    assert [(one.action, one.actor, one.after["version"]) for one in entries] == [
        ("check.save", "tester", 2),
        ("check.save", "tester", 1),
    ]


def test_a_retired_check_is_not_run_and_keeps_its_versions(home, custom):
    custom.save("idle_builders", SQL, CASES)
    custom.retire("idle_builders")
    assert "idle_builders" not in {one.id for one in all_checks(home, ADMIN)[0]}
    assert len(custom.versions("idle_builders")) == 2
    with pytest.raises(BadFilter):
        custom.retire("idle_builders")
    assert custom.save("idle_builders", SQL, CASES).version == 3


@pytest.mark.parametrize(
    ("sql", "cases", "words"),
    [
        ("SELECT 1", CASES, "there is no title"),
        (SQL + "; DROP TABLE instances", CASES, "Give exactly one statement"),
        (SQL.replace("FROM instances", "FROM read_csv('/etc/passwd')"), CASES, "refused"),
        (SQL.replace("FROM instances", "FROM volumes"), CASES, "reads volumes without `requires`"),
        (SQL.replace("-- risk: medium", "-- risk: none"), CASES, "risk is “none”"),
        (SQL.replace("avg_cpu_7d < $max_cpu THEN", "getenv('HOME') < $max_cpu THEN"), CASES, "getenv is refused"),
        (SQL.replace("avg_cpu_7d < $max_cpu THEN", "avg_cpu_7d > $max_cpu THEN"), CASES, "i-1 is passed, not flagged"),
        (SQL, CASES.replace('i-2 = "passed"', 'i-2 = "flagged"'), "i-2 is passed, not flagged"),
        (SQL, "[[case]]\nname='x'\nexpect={}\n", "No example has a row that must be flagged"),
        (SQL, "not toml", "not TOML"),
        (SQL, CASES.replace("[[case.instances]]", "[[case.machines]]"), "there is no table machines"),
        (SQL, CASES.replace("avg_cpu_7d = 1", "cpu = 1"), "instances has no column cpu"),
    ],
)
def test_what_is_not_right_is_refused_with_the_reason(custom, sql, cases, words):
    with pytest.raises(BadFile) as refused:
        custom.save("idle_builders", sql, cases)
    assert words in str(refused.value)
    assert custom.versions("idle_builders") == ()


@pytest.mark.parametrize("check_id", ["ec2_idle", "x", "../../etc", "With Space", ""])
def test_ids_are_checked(check_id):
    assert validate(check_id, SQL, CASES).problems != ()


def test_an_error_on_the_data_at_hand_is_found_before_keeping(data, custom):
    sql = SQL.replace(
        "SELECT id AS subject", "SELECT CASE WHEN name = 'web 2' THEN NULL ELSE id END AS subject"
    ).replace("-- requires instances: id", "-- requires instances: name, id")
    with pytest.raises(BadFile, match="On the data at hand"):
        custom.save("idle_builders", sql, CASES, read_ground(data.engine))


def test_not_everybody_may(home):
    viewer = CustomChecks(home, Principal("guest", frozenset({Role.VIEWER})))
    off = CustomChecks(home.model_copy(update={"free_sql": False}), ADMIN)
    for checks in (viewer, off):
        with pytest.raises(AccessDenied):
            checks.save("idle_builders", SQL, CASES)
        with pytest.raises(AccessDenied):
            checks.retire("idle_builders")


def test_a_spoilt_file_is_named_and_the_others_load(home, custom):
    custom.save("idle_builders", SQL, CASES)
    broken = home.home / "checks" / "broken_one"
    broken.mkdir(parents=True)
    (broken / "1.sql").write_text("-- title: only this\nSELECT 1", encoding="utf-8")
    checks, problems = all_checks(home, ADMIN)
    assert "idle_builders" in {one.id for one in checks}
    assert len(problems) == 1
    assert problems[0].startswith("The custom check broken_one cannot be read")
