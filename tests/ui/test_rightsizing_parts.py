"""The parts of the page Rightsizing that need no page: the address, the filters, the sums, the pictures, the words."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.rightsizing.demand import Window
from models.rightsizing.savings import Savings
from workbench.rightsizing import KINDS, Advice, Level, Options, Proposal, Rightsizing, Size, Suppression, Total
from workbench.rightsizing.records import Looked
from workbench.ui.charts import LIGHT
from workbench.ui.rightsizing.choice import Wanted, name_of, read_choice, read_tried, read_wanted
from workbench.ui.rightsizing.pictures import Frame, Use, savings_picture, thinned, use_picture
from workbench.ui.rightsizing.rows import columns, in_words, select, table_of
from workbench.ui.rightsizing.sizes import compared, evidence_rows, proposal_rows
from workbench.ui.rightsizing.sums import beside, by_group, by_kind, group_words, main_total, state_of
from workbench.ui.rightsizing.words import FINDINGS, GROUPS, counts_as, group_of, preset_text, window_text

START = datetime(2026, 11, 1, tzinfo=UTC)
HOSTILE = "=<b>[x](http://example.invalid)</b>"


def proposal(
    size: str = "m5.large", *, today: float | None = 70.0, at_list: float | None = 80.0, **more: Any
) -> Proposal:
    savings = more.pop("savings", Savings("ok", more.pop("currency", "USD"), at_list, today, today))
    return Proposal(
        Size(size, 2.0, 8.0, 0.096, "USD", date(2026, 10, 1)), (("cpu", 34.0), ("memory", 76.0)), savings,
        0.8, "very low", ("memory",), "very low", "same family", 85, "high", (), more.pop("against", ()),
    )  # fmt: skip


def advice(name: str = "i-1", finding: str = "over", **more: Any) -> Advice:
    given: dict[str, Any] = {
        "kind": "instances", "resource_id": name, "name": name, "account": "1", "account_name": "Team A",
        "region": "eu-west-1", "env": "prod", "finding": finding, "reason": "a cheaper size would do", "status": "ok",
        "counted": "total" if finding == "over" else "", "suppressed_by": (),
        "current": Size("m5.xlarge", 4.0, 16.0, 0.192, "USD"), "cost_month": 140.0, "cost_currency": "USD",
        "proposed": proposal() if finding == "over" else None, "alternatives": (),
        "levels": {"cpu": Level(5.0, 12.0, 17.0, 20.0), "memory": Level(30.0, 35.0, 37.0, 38.0)}, "window": None,
        "members": (), "needs": (), "notes": (), "explanation": (), "rejected": (), "evidence": {},
    }  # fmt: skip
    return Advice(**{**given, **more})


def result(*found: Advice, looked: tuple[Looked, ...] = ()) -> Rightsizing:
    return Rightsizing(
        "s1", "DuckDB", Options(), date(2026, 10, 20), date(2026, 11, 20), 32, found, (), looked, (), (), START, 1.0
    )


def total(currency: str = "USD", today: float = 10.0) -> Total:
    return Total(currency, 1, today, today, today, None, today, 0.0, 0, 0.0, 0)


def test_an_empty_address_asks_for_the_default_options() -> None:
    assert read_choice({}).options == Options()
    assert read_wanted({}) == Wanted()
    assert read_tried({}, Options()) is None


def test_the_address_is_read_into_options() -> None:
    found = read_choice(
        {
            "preset": ["max_savings"], "lookback": ["14"], "kind": ["volumes", "instances"], "account": ["b", "a", "a"],
            "arm": ["yes"], "burst": ["no"], "facing": ["yes"], "min": ["12.5"], "risk": ["1"], "asof": ["2026-10-31"],
        }
    )  # fmt: skip
    assert found.notices == ()
    assert found.options == Options(
        preset="max_savings", lookback_days=14, kinds=("instances", "volumes"), accounts=("a", "b"), allow_arm=True,
        allow_burstable=False, user_facing=True, min_saving=12.5, max_risk=1.0, as_of=date(2026, 10, 31),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("param", "value", "said"),
    [
        ("preset", "cheap", "There is no preset cheap"),
        ("lookback", "1", "lookback=1 is not a number from 2 to 93"),
        ("lookback", "nan", "lookback=nan is not a number"),
        ("risk", "9", "risk=9 is not a number from 0 to 4"),
        ("min", "-1", "min=-1 is not a number"),
        ("min", HOSTILE, f"min={HOSTILE} is not a number"),
        ("kind", "castles", "There is no kind castles"),
        ("asof", "yesterday", "is not a day such as"),
    ],
)
def test_what_the_address_cannot_mean_is_left_out_and_said(param: str, value: str, said: str) -> None:
    found = read_choice({param: [value]})
    assert found.options == Options()
    [notice] = found.notices
    assert said in notice


def test_a_what_if_changes_what_is_asked_and_nothing_else() -> None:
    options = Options(accounts=("a",), max_risk=1.0)
    found = read_tried(
        {"try.type": ["m6i.large"], "try.cpu": ["10"], "try.days": ["7"], "try.preset": ["balanced"]}, options
    )
    assert found is not None
    assert found.options == replace(options, preset="balanced", cpu_headroom=0.1, lookback_days=7)
    bad = read_tried({"try.type": ["x"], "try.mem": ["95"]}, options)
    assert bad is not None
    assert bad.options == options
    assert "try.mem=95 is not a number from 0 to 90" in bad.notices[0]


def test_every_finding_is_in_exactly_one_group() -> None:
    grouped = [finding for _, findings in GROUPS.values() for finding in findings]
    assert sorted(grouped) == sorted(FINDINGS)
    assert len(grouped) == len(set(grouped))
    groups = by_group([advice(finding=finding) for finding in FINDINGS])
    assert sum(groups.values()) == len(FINDINGS)
    assert groups["unknown"] == 3
    assert group_words({"over": 2, "under": 0, "idle": 1}) == "2 too large · 1 idle"


def test_the_table_shows_proposals_and_hides_the_small_with_their_sum() -> None:
    small = advice("i-small", counted="small", proposed=proposal(today=2.0, against=("saves 2.00 a month",)))
    loss = advice("i-loss", counted="small", proposed=proposal(today=-3.0))
    held = advice("i-held", counted="", suppressed_by=(Suppression("ec2_idle", "Idle instance", 1),))
    shown = select([advice(), small, loss, held, advice("i-hot", "under")], Wanted())
    assert [one.resource_id for one in shown.advice] == ["i-1", "i-held"]
    # A proposal that costs more takes nothing from the sum.
    assert (shown.small, shown.small_sums) == (2, (("USD", 2.0),))
    everything = select([advice(), small, loss, held], Wanted(small=True))
    assert len(everything.advice) == 4
    assert [one.resource_id for one in select([advice(), advice("i-hot", "under")], Wanted("under")).advice] == [
        "i-hot"
    ]
    assert [one.resource_id for one in select([advice(), advice("i-2")], Wanted(search="I-2")).advice] == ["i-2"]
    assert [one.resource_id for one in select([advice()], Wanted(search="M5.LARGE")).advice] == ["i-1"]


def test_a_row_says_whether_it_counts_and_why_not() -> None:
    assert counts_as(advice()) == "yes"
    held = advice(counted="", suppressed_by=(Suppression("ec2_idle", "Idle instance", 1),))
    assert counts_as(held) == "no: Idle instance comes first"
    small = advice(counted="small", proposed=proposal(against=("saves 2.00 a month", "confidence is low (40)")))
    assert counts_as(small) == "no, small or unsure: saves 2.00 a month; confidence is low (40)"
    assert counts_as(advice(counted="", proposed=None)) == "no amount is known"
    assert counts_as(advice(finding="under")) is None


def test_amounts_in_another_currency_stay_out_of_the_columns_of_savings() -> None:
    euros = advice("i-2", proposed=proposal(currency="EUR"))
    rows = table_of([advice(), euros], "USD").to_pylist()
    assert [row["today"] for row in rows] == [70.0, None]
    assert [row["elsewhere"] for row in rows] == [None, "€70.00"]
    assert "elsewhere" in {one.name for one in columns([advice(), euros], "USD")}
    assert "elsewhere" not in {one.name for one in columns([advice()], "USD")}
    assert rows[0]["change"] == "m5.xlarge → m5.large"
    assert (rows[0]["cpu_p99_5"], rows[0]["memory_highest"], rows[0]["risk_words"]) == (17.0, 38.0, "very low: memory")


def test_what_is_known_at_list_price_only_or_not_at_all_is_counted_apart() -> None:
    listed = advice("i-2", counted="small", proposed=proposal(today=None, at_list=40.0))
    unpriced = advice("i-3", counted="", proposed=None)
    held = advice("i-4", counted="", proposed=None, suppressed_by=(Suppression("ec2_idle", "Idle instance", 1),))
    found = beside([advice(), listed, unpriced, held])
    assert (found.listed, found.listed_count, found.unpriced) == ({"USD": 40.0}, 1, 1)


def test_the_main_currency_is_the_one_asked_for_else_the_largest() -> None:
    dollars, euros = total("USD", 10.0), total("EUR", 20.0)
    assert main_total([dollars, euros], None) is euros
    assert main_total([dollars, euros], "USD") is dollars
    assert main_total([dollars, euros], "GBP") is euros
    assert main_total([], "USD") is None


def test_each_state_says_what_is_missing() -> None:
    def title(found: Rightsizing, *, bill: bool = True, inventory: bool = True) -> str:
        state = state_of(found, on_bill=bill, any_inventory=inventory)
        return "" if state is None else state.title

    blind = Looked("instances", 1, {"insufficient_data": 1}, ("needs CPU metrics of the window (1)",))
    assert title(result(), inventory=False) == "Cannot tell: there is a bill, but no inventory"
    assert title(result(), inventory=False, bill=False) == "No inventory is loaded"
    assert title(result()) == "Nothing is looked at"
    unknown = result(advice(finding="insufficient_data"), looked=(blind,))
    assert title(unknown) == "Cannot tell for any of 1 resource"
    said = state_of(unknown, on_bill=True, any_inventory=True)
    assert said is not None
    assert "needs CPU metrics of the window (1)" in said.text
    assert title(result(advice(finding="suppressed"))) == "Nothing to size"
    assert title(result(advice(finding="optimized"))) == "Nothing is too large"
    assert title(result(advice())) == ""


def test_kinds_are_summed_by_group_of_findings() -> None:
    looked = (Looked("instances", 4, {"over": 1, "idle": 1, "likely_idle": 1, "cannot_tell": 1}, ("a", "b", "c", "d")),)
    [row] = by_kind(result(advice(), looked=looked))
    assert (row["Kind"], row["Looked at"], row["Too large"], row["Idle"], row["Cannot tell"]) == (
        "Machines",
        4,
        1,
        2,
        1,
    )
    assert row["Could not tell without"] == "a; b; c and 1 more"
    assert {group_of(finding) for finding in FINDINGS} == set(GROUPS)
    assert name_of("instances", "1", "a/b") == "instances/1/a/b"
    assert len(KINDS) >= 9


def test_a_long_series_is_thinned_to_its_highest_and_a_gap_stays() -> None:
    times = [START + timedelta(minutes=5 * n) for n in range(10)]
    values = [1.0, 9.0, 2.0, 3.0, math.nan, math.nan, 4.0, math.nan, 5.0, 6.0]
    shown, kept = thinned(times, values, most=5)
    assert kept == [9.0, 3.0, None, 4.0, 6.0]
    assert shown == times[::2]
    assert thinned(times, values, most=10)[1] == [None if math.isnan(one) else one for one in values]


def test_the_lines_of_the_target_stand_at_its_capacity_and_below_it() -> None:
    frame = Frame("m5.xlarge", HOSTILE, [START, START + timedelta(hours=1)], START, START + timedelta(days=14),
                  START + timedelta(days=7), START + timedelta(days=14))  # fmt: skip
    chart = use_picture([Use("CPU", [10.0, 20.0], 50.0, 0.2), Use("Memory", [30.0, math.nan], None, 0.1)], frame, LIGHT)
    cpu = {trace.name: list(trace.y) for trace in chart.data if trace.yaxis == "y"}
    memory = {trace.name: list(trace.y) for trace in chart.data if trace.yaxis == "y2"}
    assert [value for name, value in cpu.items() if name.startswith("All of")] == [[100, 100], [50, 50]]
    assert cpu["Less the room to leave"] == [40, 40]
    assert list(memory) == ["Used", "All of m5.xlarge"]
    assert memory["Used"] == [30.0, None]
    assert not any("<b>[x]" in trace.name for trace in chart.data)
    assert [shape.x0 for shape in chart.layout.shapes] == [START + timedelta(days=7)] * 2
    tops = [chart.layout.yaxis.domain, chart.layout.yaxis2.domain]
    assert tops[0][1] - tops[0][0] == pytest.approx(tops[1][1] - tops[1][0])
    assert tops[1][0] == pytest.approx(0.0)


def test_the_savings_lead_from_list_to_today_to_after_expiry() -> None:
    found = Savings("ok", "USD", 70.0, 42.0, 70.0, date(2027, 2, 11))
    chart = savings_picture(found, LIGHT)
    assert chart is not None
    [bars] = chart.data
    assert list(bars.x) == [70.0, -28.0, 42.0, 28.0, 70.0]
    assert list(bars.measure) == ["absolute", "relative", "total", "relative", "total"]
    assert chart.layout.yaxis.ticktext[-1] == "From 2027-02-11"
    shorter = savings_picture(replace(found, expiry=None), LIGHT)
    assert shorter is not None
    assert list(shorter.data[0].x) == [70.0, -28.0, 42.0]
    assert savings_picture(Savings("needs_hours", "USD", 70.0), LIGHT) is None


def test_sizes_stand_beside_each_other_figure_by_figure() -> None:
    one = advice()
    rows = {row["Figure"]: row for row in compared(one, proposal("m5.2xlarge", today=-140.0, at_list=None))}
    assert rows["Size"] == {"Figure": "Size", "Now": "m5.xlarge, 4 vCPU, 16 GiB", "Advised": "m5.large, 2 vCPU, 8 GiB",
                            "Tried": "m5.2xlarge, 2 vCPU, 8 GiB"}  # fmt: skip
    assert rows["CPU, %"]["Now"] == "17.0 %"
    assert rows["Memory, %"]["Now"] == "38.0 %"
    assert rows["Saves a month today"]["Tried"] == "−$140"
    assert rows["Saves a month at list price"]["Tried"] is None
    alone = {row["Figure"]: row for row in compared(replace(one, proposed=None), proposal())}
    assert alone["Risk"]["Advised"] is None
    assert [row["Is"] for row in proposal_rows([proposal(), proposal("m6i.large")])] == ["advised", "alternative"]


def test_figures_of_other_kinds_are_text_whatever_they_are() -> None:
    one = advice(evidence={"iops": 3000.0, "replicas": 2, "measured": "true", "mb_s": None})
    rows = {row["Figure"]: row["Value"] for row in evidence_rows(one)}
    assert rows == {"Iops": "3000", "Replicas": "2", "Measured": "true"}


def test_words_name_window_preset_and_filters() -> None:
    window = Window(START, START + timedelta(days=14), 5.0, 4032, 0.98, 336.0)
    assert window_text(window) == "14 d, 4,032 maxima of 5 min, 98 %"
    hourly = replace(window, step_minutes=60.0, coarse=True, maxima=False)
    assert window_text(hourly) == "14 d, 4,032 means of 1 h, 98 %"
    assert window_text(None) is None
    assert preset_text(Options()).startswith("default: CPU at P99.5 leaves 20 % free")
    assert preset_text(Options(cpu_headroom=0.1, user_facing=True)).startswith(
        "default, changed: CPU at P99.5 leaves 10 %"
    )
    assert in_words(Wanted("under", "web", small=True), "Too small") == ("finding = Too small", "search = web")
    assert in_words(Wanted("all"), "All") == ("without what is small, risky or unsure",)
