"""The page Waste on an estate small enough to count by hand: one idle machine and one that is not.

The bill ends on 31 October, so its last complete day is the 30th. It has 2 USD a day for i-idle and 3 for i-busy, which
is 60.83 and 91.25 in a month of 730 hours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.bills import charge
from tests.support.inventory import inventory_snapshot
from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench.checks.registry import CHECKS, Check, read_check
from workbench.settings import Settings
from workbench.ui.waste import controls, editor, kept
from workbench.workspace import Principal, Role

IDLE = "ec2_idle/000000000002/i-idle"
HOSTILE = "=<b>[x](http://example.invalid)</b>:red[$a$]"
Publish = Callable[..., None]

ACCOUNT = {"id": "a1", "name": "Team A", "account_number": "000000000002"}


def machine(name: str, cpu: float | None, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "instance_id": name, "account_id": "a1", "region": "us-east-1", "name": name,
        "instance_type": "m5.large", "state": "running", "avg_cpu_7d": cpu, **more,
    }  # fmt: skip


def bill(costs: Mapping[str, float]) -> list[dict[str, Any]]:
    return [
        charge(cost, resource_id=name, charge_period_start=datetime(2026, 10, day))
        for name, cost in costs.items()
        for day in range(1, 32)
    ]


@pytest.fixture
def estate(settings: Settings) -> Iterator[Publish]:
    """Publish machines, charges by machine a day, and rows of further tables."""
    opened = []

    def publish(
        machines: list[dict[str, Any]] | None = None,
        costs: Mapping[str, float] | None = None,
        account: Mapping[str, Any] = ACCOUNT,
        **tables: list[dict[str, Any]],
    ) -> None:
        rows = machines if machines is not None else [machine("i-idle", 1), machine("i-busy", 60)]
        everything = {"cloud_accounts": [account], "instances": rows, **tables}
        opened.append(inventory_snapshot(settings, bill(costs or {"i-idle": 2, "i-busy": 3}), everything))

    yield publish
    for one in opened:
        one.close()


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """The page opens first, with these checks: one, unless a test adds some."""
    monkeypatch.setenv("WORKBENCH_START_PAGE", "waste")
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-01T09:00:00Z")
    found = [read_check((CHECKS / "ec2_idle.sql").read_text(), "ec2_idle")]
    monkeypatch.setattr("workbench.checks.custom.load_checks", lambda: tuple(found))
    return found


def another(check: Check, name: str, **changed: Any) -> Check:
    """A check like another one, under its own id and title."""
    facts = replace(check.facts, **changed.pop("facts", {}))
    return replace(check, id=name, header=replace(check.header, title=name), facts=facts, **changed)


def names(app: AppTest) -> list[str]:
    """Resources in the table of findings."""
    tables = [one.value for one in app.dataframe if "counted" in one.value.columns and "name" in one.value.columns]
    return [] if not tables else tables[0]["name"].tolist()


def grid(app: AppTest, column: str) -> Any:
    """The first table with this column."""
    return next(one.value for one in app.dataframe if column in one.value.columns)


def press(app: AppTest, key: str) -> AppTest:
    found = app.button(key=key).click().run()
    assert not found.exception
    return found


def test_what_was_found_is_counted_and_listed(estate: Publish, open_app: OpenApp) -> None:
    estate()
    app = open_app()
    assert not app.exception
    words = shown(app)
    assert "Data to 2026-10-30" in words
    assert (
        "Effective cost in USD a month of 730 hours" in words or "effective cost in USD a month of 730 hours" in words
    )
    assert "Saving a month $60.83" in words
    assert "Share of cost 40.0%" in words  # 60.83 of 152.08
    assert names(app) == ["i-idle"]


def test_the_scan_is_made_once_and_clicks_do_not_repeat_it(
    estate: Publish, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate()
    made = []
    real = kept.run_scan
    monkeypatch.setattr(kept, "run_scan", lambda *given, **more: made.append(more["preset"]) or real(*given, **more))
    app = open_app()
    app.selectbox(key="wb-only.kind-").select("saving").run()
    assert not open_app(finding=IDLE).exception
    assert made == ["default"]
    app.selectbox(key="wb-preset-").select("cautious").run()
    assert made == ["default", "cautious"]
    assert app.query_params["preset"] == "cautious"


def test_thresholds_come_from_the_address(estate: Publish, open_app: OpenApp) -> None:
    estate([machine("i-idle", 3), machine("i-busy", 60)])
    assert names(open_app()) == ["i-idle"]
    assert names(open_app(preset="cautious")) == []
    app = open_app(preset="cautious", set=["ec2_idle.max_cpu=4", "ec2_idle.nothing=1", "nonsense"])
    assert names(app) == ["i-idle"]
    words = shown(app)
    assert "1 own threshold" in words
    assert "ec2_idle.nothing was ignored" in words
    assert "“nonsense” in the address is no threshold" in words
    press(app, "wb-waste-unset")
    assert "set" not in app.query_params


def test_a_finding_says_why_what_it_saves_and_what_to_do(estate: Publish, open_app: OpenApp) -> None:
    estate()
    app = open_app(finding=IDLE)
    words = shown(app)
    assert "It runs, and its mean CPU of the last seven days is below 5 %" in words
    reason = grid(app, "Margin").iloc[0].to_dict()
    assert (reason["Value"], reason["Is"], reason["Threshold"], reason["Margin"], reason["Met"]) == (
        "1 %", "<", "5 %", "−4 %", "yes",
    )  # fmt: skip
    money = grid(app, "Expected")
    assert money["Basis"].tolist() == ["Billed", "Effective", "Contracted", "List"]
    assert money["Expected"].round(2).tolist() == [60.83] * 4
    assert money["Counted"].round(2).tolist() == [60.83] * 4
    assert "aws ec2 stop-instances --instance-ids i-idle --region us-east-1" in words
    assert "The workbench never runs it" in words
    assert "1. Ask the owner what it is for" in words
    assert "Confidence 70 of 100" in words
    press(app, "wb-waste-close")
    assert "finding" not in app.query_params


def test_an_address_that_opens_what_is_not_there_says_so(estate: Publish, open_app: OpenApp) -> None:
    estate()
    assert "is not in this scan" in shown(open_app(finding="ec2_idle/1/gone"))
    assert "There is no check nowhere" in shown(open_app(part="checks", check="nowhere"))


def test_the_metric_is_drawn_with_the_threshold(estate: Publish, open_app: OpenApp) -> None:
    days = [
        {
            "id": f"m{day}", "resource_type": "instances", "resource_id": "i-idle", "account_id": "a1",
            "date": date(2026, 10, day), "metric_payload": '{"cpu_avg": 1.5}',
        }
        for day in (28, 29, 30)
    ]  # fmt: skip
    estate(metrics_daily=days)
    app = open_app(finding=IDLE)
    assert "CPU average, last 60 days" in shown(app)
    chart = json.loads(app.get("plotly_chart")[-1].proto.spec)
    assert chart["data"][0]["y"] == [1.5, 1.5, 1.5]
    assert [shape["y0"] for shape in chart["layout"]["shapes"]] == [5]


def test_less_is_counted_where_other_findings_claim_the_money_first(
    estate: Publish, open_app: OpenApp, checks: list[Check]
) -> None:
    checks.append(another(checks[0], "second", facts={"conflict": ("machine", 5)}))
    estate()
    app = open_app(finding=IDLE.replace("ec2_idle", "second"))
    words = shown(app)
    assert "$60.83 less is counted: the same money is claimed first by other findings." in words
    assert "• Idle instance, i-idle: $60.83 counted" in words
    assert "Saving a month $60.83" in words
    assert "$122 before counting each dollar once" in words
    assert "1 other finding on the same resource" in words
    press(app, "wb-waste-other-0")
    assert app.query_params["finding"] == IDLE


def test_small_savings_are_hidden_with_a_count(estate: Publish, open_app: OpenApp) -> None:
    # 0.02 a day for 30 days is 0.61 in a month of 730 hours.
    estate([machine("i-idle", 1), machine("i-small", 1)], {"i-idle": 2, "i-small": 0.02})
    app = open_app()
    assert names(app) == ["i-idle"]
    assert "1 finding under 1 a month not listed" in shown(app)
    press(app, "wb-waste-all")
    assert names(app) == ["i-idle", "i-small"]
    assert app.query_params["only.min"] == "0"
    press(app, "wb-waste-clear")
    assert names(app) == ["i-idle"]


def test_list_prices_are_said_apart_and_never_added(estate: Publish, open_app: OpenApp) -> None:
    estate([machine("i-idle", 1), machine("i-new", 1, hourly_cost=0.1)], {"i-idle": 2})
    words = shown(open_app())
    assert "Saving a month $60.83" in words
    assert "Not in the total: 1 finding known at list price only, $73.00 a month at list price." in words


def test_what_policy_excludes_is_shown_when_asked_for(estate: Publish, open_app: OpenApp) -> None:
    estate([machine("i-idle", 1), machine("i-kept", 1, optimization_policy="ignore")], {"i-idle": 2, "i-kept": 2})
    app = open_app()
    assert names(app) == ["i-idle"]
    assert "1 excluded" in shown(app)
    app.toggle[0].set_value(True).run()
    assert sorted(names(app)) == ["i-idle", "i-kept"]
    assert grid(app, "excluded")["excluded"].dropna().tolist() == ["Its policy is to be ignored"]
    assert "Saving a month $60.83" in shown(app)


def test_the_table_is_cut_and_says_so(estate: Publish, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_TABLE_ROWS", "10")
    machines = [machine(f"i-{number:02}", 1) for number in range(12)]
    estate(machines, {one["id"]: 1 for one in machines})
    app = open_app()
    assert len(names(app)) == 10
    assert "10 of 12 findings · 83.3% of what is counted; the export has all" in shown(app)


def test_nothing_found_is_not_the_same_as_nothing_known(estate: Publish, open_app: OpenApp) -> None:
    estate([machine("i-busy", 60)])
    assert "Nothing was found: every check ran" in shown(open_app())


def test_what_cannot_run_says_what_is_missing(estate: Publish, open_app: OpenApp) -> None:
    estate([])
    app = open_app()
    words = shown(app)
    assert "0 clean · 1 cannot run · 0 failed" in words
    assert "1 check could not tell" in words
    app = open_app(part="checks", check="ec2_idle")
    assert "In this scan: cannot run: needs instances: none are loaded" in shown(app)
    assert "workbench ingest FOLDER" in shown(app)


def test_a_check_that_fails_is_shown_and_the_others_go_on(
    estate: Publish, open_app: OpenApp, checks: list[Check]
) -> None:
    sql = checks[0].sql.replace("'flagged'", "CAST(CAST(id AS INTEGER) AS VARCHAR)")
    checks.append(another(checks[0], "broken", sql=sql))
    estate()
    app = open_app()
    assert not app.exception
    assert names(app) == ["i-idle"]
    assert "0 clean · 0 cannot run · 1 failed" in shown(app)
    assert "i-idle" in grid(app, "What to do")["Why"].iloc[0]


@pytest.mark.usefixtures("settings")
def test_without_data_the_page_says_what_to_do(open_app: OpenApp) -> None:
    assert "No data yet" in shown(open_app())


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"account": "nobody"}, "There is no account nobody"),
        ({"asof": "2027-01-01"}, "2027-01-01 is after it"),
    ],
)
def test_a_scan_that_cannot_be_made_can_be_taken_back(
    estate: Publish, open_app: OpenApp, params: dict[str, str], said: str
) -> None:
    estate()
    app = open_app(params)
    assert not app.exception
    assert said in shown(app)
    press(app, "wb-waste-reset")
    assert names(app) == ["i-idle"]


def test_names_of_the_bill_are_never_read_as_markup(estate: Publish, open_app: OpenApp) -> None:
    tags = json.dumps({HOSTILE: HOSTILE})
    hostile = machine(HOSTILE, 1, tags=tags, region=HOSTILE)
    estate([hostile], {HOSTILE: 2}, account={**ACCOUNT, "name": HOSTILE})
    for params in (
        {"finding": f"ec2_idle/000000000002/{HOSTILE}"},
        {"part": "why", "resource": HOSTILE},
        {"only.q": HOSTILE, "only.tag": HOSTILE, "account": "000000000002"},
    ):
        app = open_app(params)
        assert not app.exception
        assert HOSTILE in str([one.value.to_dict() for one in app.dataframe]) + shown(app)
        read = [one.value for kind in ("markdown", "caption", "info", "warning") for one in app.get(kind)]
        read += [one.label for kind in ("button", "expander", "metric") for one in app.get(kind)]
        for text in read:
            assert "<b>" not in text
            assert "[x](" not in text
            assert ":red[" not in text


def test_a_viewer_reads_and_neither_keeps_nor_edits(
    estate: Publish, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = Principal("vera", frozenset({Role.VIEWER}))
    for place in (kept, controls, editor):
        monkeypatch.setattr(place, "principal", lambda: viewer)
    estate()
    app = open_app(part="checks", check="ec2_idle")
    assert app.button(key="wb-waste-keep").disabled
    words = shown(app)
    assert "Not kept. vera is viewer; scans.record needs admin or analyst" in words
    assert "No custom checks. vera is viewer" in words
    assert not [one for one in app.button if one.key == "wb-waste-copy"]


def test_without_sql_of_ones_own_there_is_no_editor(
    estate: Publish, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_FREE_SQL", "false")
    estate()
    assert "SQL of one's own is switched off here" in shown(open_app(part="checks", check="ec2_idle"))


def test_a_part_of_the_accounts_or_an_earlier_day_is_not_kept(estate: Publish, open_app: OpenApp) -> None:
    estate()
    for params, said in (
        ({"account": "000000000002"}, "It is about some accounts only"),
        ({"asof": "2026-10-20"}, "It is about an earlier day, 2026-10-20"),
    ):
        app = open_app(params)
        assert app.button(key="wb-waste-keep").disabled
        assert said in shown(app)


def test_a_kept_scan_is_in_the_history_and_compared(
    estate: Publish, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate([machine("i-idle", 3), machine("i-slow", 6)], {"i-idle": 2, "i-slow": 3})
    app = press(open_app(), "wb-waste-keep")
    assert "Kept as scan 1. Recommendations: 1 new, 0 known, 0 no longer found" in shown(app)
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-09T09:00:00Z")
    press(open_app(preset="aggressive"), "wb-waste-keep")
    app = open_app(part="history")
    assert not app.exception
    scans = grid(app, "Kept by")
    assert scans["Scan"].tolist() == ["2", "1"]
    assert scans["Counted once"].tolist() == ["$152", "$60.83"]
    assert grid(app, "Week of")["Week of"].tolist() == ["2026-10-26"]
    assert "1 scan with other thresholds left out" in shown(app)
    assert "1 new · 0 gone · 1 still there" in shown(app)
    assert "Their thresholds differ" in shown(app)
    compared = grid(app, "State")
    assert list(zip(compared["State"], compared["Id"], strict=True)) == [("new", "i-slow"), ("still there", "i-idle")]
    app.selectbox(key="wb-before-").select("2").run()
    app.selectbox(key="wb-after-").select("1").run()
    assert "0 new · 1 gone · 1 still there" in shown(app)


def test_without_kept_scans_the_history_says_how_to_begin(estate: Publish, open_app: OpenApp) -> None:
    estate()
    assert "No scan has been kept yet" in shown(open_app(part="history"))


def test_a_check_is_shown_with_its_thresholds_and_tried_over_their_range(estate: Publish, open_app: OpenApp) -> None:
    estate([machine("i-idle", 3), machine("i-slow", 8)], {"i-idle": 2, "i-slow": 3})
    app = open_app(part="checks", check="ec2_idle")
    assert grid(app, "outcome")["outcome"].tolist() == ["findings"]
    row = grid(app, "In use").iloc[0].to_dict()
    assert (row["Cautious"], row["Default"], row["Aggressive"], row["In use"]) == ("2", "5", "10", "5")
    assert "Preset" not in str([list(one.value.columns) for one in app.dataframe])
    press(app, "wb-waste-curve")
    curve = grid(app, "Preset")
    by_preset = {row["Preset"]: (row["Findings"], row["Saving a month"]) for row in curve.to_dict("records")}
    assert by_preset["cautious"][0] == 0
    assert by_preset["default"] == (1, "$60.83")
    assert by_preset["aggressive"] == (2, "$152")
    assert len(app.get("plotly_chart")) == 2


def test_a_replay_says_what_it_cannot_tell(estate: Publish, open_app: OpenApp) -> None:
    estate()
    app = press(open_app(part="checks", check="ec2_idle"), "wb-waste-replay")
    assert "The inventory knows its own day only, 2026-10-30; recorded scans tell more." in shown(app)
    assert "12 of 13 days cannot be told" in shown(app)
    days = grid(app, "Day")
    assert days["Findings"].dropna().tolist() == [1]
    assert days["Day"].tolist()[0] == "2026-08-07"


def test_other_thresholds_can_be_scanned_from_a_check(estate: Publish, open_app: OpenApp) -> None:
    estate([machine("i-slow", 8)], {"i-slow": 3})
    app = open_app(part="checks", check="ec2_idle")
    field = next(one for one in app.text_input if one.label == r"max\_cpu (%)".replace("(", r"\(").replace(")", r"\)"))
    field.set_value("9")
    next(one for one in app.button if one.label == "Scan").click().run()
    assert app.query_params["set"] == "ec2_idle.max_cpu=9"
    assert grid(app, "outcome")["flagged"].tolist() == [1]


EXAMPLES = """
[[case]]
name = "about the threshold"
expect = { i-1 = "flagged", i-2 = "passed" }
[[case.instances]]
id = "i-1"
state = "running"
avg_cpu_7d = 1
[[case.instances]]
id = "i-2"
state = "running"
avg_cpu_7d = 50
"""


def test_a_check_is_copied_tried_kept_and_retired(estate: Publish, open_app: OpenApp) -> None:
    estate()
    app = press(open_app(part="checks", check="ec2_idle"), "wb-waste-copy")
    app.text_input(key="wb-waste-draft-id").set_value("own_idle")
    sql = app.text_area(key="wb-waste-draft-sql")
    sql.set_value(sql.value.replace("title: Idle instance", "title: Idle build machine"))
    app.text_area(key="wb-waste-draft-cases").set_value(EXAMPLES.replace('"passed"', '"flagged"'))
    press(app, "wb-waste-save")
    assert "It cannot be kept yet" in str([one.value for one in app.error])
    assert "as expected" not in grid(app, "Example")["Result"].tolist()
    app.text_area(key="wb-waste-draft-cases").set_value(EXAMPLES)
    press(app, "wb-waste-validate")
    assert grid(app, "Example")["Result"].tolist() == ["as expected"]
    assert "On the data at hand: findings. 1 flagged, 1 passed" in shown(app)
    press(app, "wb-waste-save")
    assert app.query_params["check"] == "own_idle"
    assert "Idle build machine (own, version 1)" in grid(app, "outcome")["title"].tolist()
    press(app, "wb-waste-retire")
    assert "Idle build machine (own, version 1)" not in grid(app, "outcome")["title"].tolist()
    app = press(open_app(part="checks"), "wb-waste-retired-own_idle")
    assert app.text_input(key="wb-waste-draft-id").value == "own_idle"


def test_what_is_being_written_outlives_another_tab(estate: Publish, open_app: OpenApp) -> None:
    estate()
    app = press(open_app(part="checks", check="ec2_idle"), "wb-waste-copy")
    app.text_input(key="wb-waste-draft-id").set_value("half_done").run()
    app.session_state["waste-part"] = "History"
    app.run()
    assert not [one for one in app.text_input if one.key == "wb-waste-draft-id"]
    app.session_state["waste-part"] = "Checks"
    app.run()
    assert app.text_input(key="wb-waste-draft-id").value == "half_done"


def test_each_check_says_what_it_thinks_of_a_resource(estate: Publish, open_app: OpenApp, checks: list[Check]) -> None:
    checks.append(another(checks[0], "stopped", sql=checks[0].sql.replace("'running'", "'stopped'")))
    estate()
    app = open_app(part="why")
    app.text_input(key="wb-resource-").set_value("i-busy").run()
    assert app.query_params["resource"] == "i-busy"
    opinions = grid(app, "Says")
    assert opinions["Says"].tolist() == ["passed"]
    assert opinions["Why"].tolist() == ["Mean CPU of seven days: 60 %, not < 5 %"]
    app.toggle(key="wb-waste-all-opinions").set_value(True).run()
    assert grid(app, "Says")["Says"].tolist() == ["passed", "not looked at"]
    app.text_input(key="wb-resource-i-busy").set_value("i-nowhere").run()
    assert "There is no resource i-nowhere" in shown(app)


def test_from_a_finding_to_all_checks_on_its_resource(estate: Publish, open_app: OpenApp) -> None:
    estate()
    app = press(open_app(finding=IDLE), "wb-waste-why")
    assert app.query_params["part"] == "why"
    assert grid(app, "Says")["Says"].tolist() == ["flagged"]


def test_charts_are_exported_with_the_tables(
    estate: Publish, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, Any] = {}
    monkeypatch.setattr(
        "workbench.ui.blocks._export_button", lambda choice, _key: offered.update({choice.file_name: choice})
    )
    estate()
    app = open_app()
    assert not app.exception
    tree = [name for name in offered if name.startswith("saving-by-service-and-check")]
    assert sorted(name.rpartition(".")[2] for name in tree) == sorted(
        ["html", "png", "svg", "pdf", "zip", "xlsx", "parquet", "json"]
    )
    [page] = [offered[name].make().decode() for name in tree if name.endswith(".html")]
    assert "Counted saving by service and check" in page
    assert "Idle" in page
    assert "FROM instances" in page
