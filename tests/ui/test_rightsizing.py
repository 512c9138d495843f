"""The page Rightsizing on nine machines that are each sized differently; runs are shared by all tests of the module."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.sized_estate import HOSTILE, NOW, hours, machine, published, samples, sized_estate
from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench import clock
from workbench.catalog import Price, load_catalog
from workbench.settings import Settings
from workbench.ui.keeping import Kept
from workbench.ui.rightsizing import kept
from workbench.workspace import Finding, Principal, RecommendationFilter, Role, Scan, Workspace

ACCOUNT = "000000000002"
HEADINGS = {"name", "change", "finding"}


def opens(name: str) -> str:
    """What the address calls a machine."""
    return f"instances/{ACCOUNT}/i-{name}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the estate; nothing is written into it."""
    home = tmp_path_factory.mktemp("sized") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_NOW", NOW)
        sized_estate(home)
    return home


@pytest.fixture(scope="module")
def runs() -> Kept:
    """Runs outlive a test: the estate is decided on once for each set of options."""
    return Kept(30)


@pytest.fixture(autouse=True)
def _page(monkeypatch: pytest.MonkeyPatch, runs: Kept) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "rightsizing")
    monkeypatch.setenv("WORKBENCH_NOW", NOW)
    monkeypatch.setattr(kept, "_runs", lambda: runs)
    # Logging is not set up in tests; its first renderer writes out all that was read for each error.
    monkeypatch.setattr("workbench.ui.errors._log.warning", lambda *_, **__: None)


@pytest.fixture
def estate(made: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The estate, for reading."""
    monkeypatch.setenv("WORKBENCH_HOME", str(made))
    return Settings(home=made)


@pytest.fixture
def own_estate(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the estate, for writing into its workspace."""
    home = tmp_path / "own"
    shutil.copytree(made, home)
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    return Settings(home=home)


def table(app: AppTest) -> Any:
    """The table of resources."""
    return next(one.value for one in app.dataframe if set(one.value.columns) >= HEADINGS)


def grid(app: AppTest, column: str) -> Any:
    """The first table with this column."""
    return next(one.value for one in app.dataframe if column in one.value.columns)


def press(app: AppTest, key: str) -> AppTest:
    found = app.button(key=key).click().run()
    assert not found.exception
    return found


def price(instance_type: str) -> Decimal:
    """List price of an hour, straight from the price list."""
    found = load_catalog().price("AWS", "eu-west-1", instance_type)
    assert isinstance(found, Price)
    return found.amount


def spec(app: AppTest) -> dict[str, Any]:
    """The first chart."""
    found: dict[str, Any] = json.loads(app.get("plotly_chart")[0].proto.spec)
    return found


def test_the_total_is_the_difference_of_the_prices_and_every_resource_is_in_a_group(
    estate: Settings, open_app: OpenApp
) -> None:
    app = open_app()
    assert not app.exception
    rows = table(app)
    assert sorted(rows["resource_id"]) == ["i-hostile", "i-large", "i-tiny", "i-unseen"]
    # All run on demand at list price, so each saves the difference of two list prices over 730 hours.
    total = 0.0
    for change, saves in zip(rows["change"], rows["today"], strict=True):
        now, proposed = change.split(" → ")
        expected = float((price(now) - price(proposed)) * 730)
        assert saves == pytest.approx(expected, abs=0.01)
        total += expected
    words = shown(app)
    assert f"Saving a month, today ${total:,.0f}" in words
    assert f"Saving at list price ${total:,.0f}" in words
    assert "None ends within a year: as today" in words
    assert "Resources looked at 10" in words
    assert "4 too large · 1 too small · 1 idle · 1 right size · 3 cannot tell" in words
    assert "Metrics of 20 Oct – 20 Nov 2026" in words
    assert "bill of 16 of 32 days" in words
    assert "amounts in USD a month of 730 hours" in words
    assert "savings are each as if alone and do not add up to the total" in words
    kinds = grid(app, "Could not tell without").set_index("Kind")
    assert kinds.loc["Machines", "Too large"] == 4
    assert "needs CPU metrics of the window (1)" in kinds.loc["Machines", "Could not tell without"]
    assert "the highest memory used" in kinds.loc["Functions", "Could not tell without"]


def test_a_deep_link_asks_for_exactly_that_run_and_it_is_made_once(
    estate: Settings, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real = kept.read_facts
    monkeypatch.setattr(kept, "read_facts", lambda *given, **more: asked.append(given[2]) or real(*given, **more))
    params = {"preset": "balanced", "lookback": "14", "kind": "instances", "account": ACCOUNT, "burst": "no",
              "min": "20", "risk": "1.5", "only.finding": "all"}  # fmt: skip
    app = open_app(params)
    assert not open_app({**params, "only.q": "large"}).exception
    [options] = asked
    assert (options.preset, options.lookback_days, options.kinds, options.accounts) == (
        "balanced", 14, ("instances",), (ACCOUNT,),
    )  # fmt: skip
    assert (options.allow_burstable, options.min_saving, options.max_risk) == (False, 20.0, 1.5)
    assert "balanced: CPU at P95 leaves 30 % free, memory at its highest 30 %" in shown(app)
    press(app, "wb-rightsizing-usual")
    assert not {"burst", "min", "risk"} & set(app.query_params)


def test_controls_write_the_address(estate: Settings, open_app: OpenApp) -> None:
    app = open_app()
    app.selectbox(key="wb-preset-").select("max_savings").run()
    assert app.query_params["preset"] == "max_savings"
    app.toggle(key="wb-arm-False").set_value(True).run()
    assert app.query_params["arm"] == "yes"
    assert "most savings: CPU at P90 leaves 0 % free" in shown(app)
    app.number_input(key="wb-min-5.0").set_value(50.0).run()
    assert app.query_params["min"] == "50"
    assert not app.exception


def test_small_proposals_are_hidden_with_their_count_and_sum(estate: Settings, open_app: OpenApp) -> None:
    app = open_app(min="20")
    [tiny] = [row for row in table(open_app()).to_dict("records") if row["resource_id"] == "i-tiny"]
    assert "i-tiny" not in set(table(app)["resource_id"])
    words = shown(app)
    assert f"1 proposal small, risky or unsure not listed: ${tiny['today']:.2f} a month, sum of rows" in words
    assert f"Also found (small) ${tiny['today']:.2f}" in words
    press(app, "wb-rightsizing-show-small")
    assert app.query_params["only.small"] == "yes"
    rows = table(app).set_index("resource_id")
    assert rows.loc["i-tiny", "counts"].startswith("no, small or unsure: saves ")


def test_a_group_of_findings_is_shown_and_searched(estate: Settings, open_app: OpenApp) -> None:
    app = open_app({"only.finding": "unknown"})
    rows = table(app).set_index("resource_id")
    assert rows.loc["i-blind", "reason"] == "needs CPU metrics of the window"
    assert "zz9.large is not in the catalogue" in rows.loc["i-odd", "reason"]
    assert len(rows) == 3
    app = open_app({"only.finding": "all", "only.q": "no such thing"})
    assert "Nothing matches the search." in shown(app)
    press(app, "wb-rightsizing-clear")
    assert len(table(app)) == 10


def test_one_resource_shows_use_capacity_reasons_and_every_size(estate: Settings, open_app: OpenApp) -> None:
    app = open_app(resource=opens("large"))
    assert not app.exception
    words = shown(app)
    assert "web i-large: too large" in words
    assert "i-large · m6i.xlarge, 4 vCPU, 16 GiB · Team A · eu-west-1 · prod" in words
    for part in ("at P99.5 over 16 d", "memory at most 30 %", "Finding: over", "Effort ", "a month at list price",
                 "Not checked: ", "application latency"):  # fmt: skip
        assert part in words
    sizes = grid(app, "CPU expected")
    assert 1 <= len(sizes) <= 4
    advised = sizes.iloc[0]
    # 15 % of 4 vCPU on 2 vCPU that are as fast, or slower by the generation.
    assert float(advised["CPU expected"].split()[0]) >= 30.0 or advised["vCPU"] != 2
    assert advised["Memory expected"] == f"{30 * 16 / advised['GiB']:.1f} %"
    chart = spec(app)
    lines = {trace["name"]: trace["y"] for trace in chart["data"] if trace.get("yaxis", "y") == "y"}
    assert set(lines["Used"]) == {15.0}
    assert lines["All of m6i.xlarge"] == [100, 100]
    memory = {trace["name"]: trace["y"] for trace in chart["data"] if trace["yaxis"] == "y2"}
    share = 100 * advised["GiB"] / 16
    assert memory[f"All of {advised['Size']}"] == [share, share]
    assert memory["Less the room to leave"] == pytest.approx([0.8 * share] * 2)
    assert chart["layout"]["shapes"][0]["x0"].startswith("2026-11-05")
    links = [one.proto.page_link.query_string if hasattr(one.proto, "page_link") else str(one.proto)
             for one in app.get("page_link")]  # fmt: skip
    assert any("part=why" in link and "resource=i-large" in link for link in links)


def test_every_size_that_is_not_offered_has_its_reasons(estate: Settings, open_app: OpenApp) -> None:
    app = AppTest.from_file(str(Path(kept.__file__).parents[1] / "shell.py"), default_timeout=60)
    app.query_params["resource"] = opens("large")
    app.session_state["wb-rightsizing-rejected"] = True
    app.run()
    rows = grid(app, "Why not").set_index("Size")
    assert rows["Why not"].notna().all()
    assert len(rows) == 500  # the first of more, and the page says so
    assert "500 of " in shown(app)


def test_a_machine_without_memory_metrics_says_so_beside_its_chart(estate: Settings, open_app: OpenApp) -> None:
    app = open_app(resource=opens("unseen"))
    assert "Memory was not measured, so no size with less memory is offered" in shown(app)
    assert (grid(app, "CPU expected")["GiB"] >= 16).all()
    assert {trace["name"] for trace in spec(app)["data"] if trace["yaxis"] != "y"} == set()


def test_what_cannot_be_told_says_what_it_needs(estate: Settings, open_app: OpenApp) -> None:
    words = shown(open_app(resource=opens("odd")))
    assert "zz9.large is not in the catalogue" in words
    words = shown(open_app(resource=opens("gone")))
    assert f"{opens('gone')} is not among the resources looked at" in words


def test_a_size_is_tried_beside_the_advice(estate: Settings, open_app: OpenApp) -> None:
    app = open_app({"resource": opens("large"), "try.type": "m6i.large", "try.mem": "0", "try.cpu": "0"})
    assert not app.exception
    words = shown(app)
    assert "m6i.large tried on web i-large" in words
    assert "default, changed: CPU at P99.5 leaves 0 % free, memory at its highest 0 %" in words
    rows = grid(app, "Tried").set_index("Figure")
    assert rows.loc["Size", "Now"] == "m6i.xlarge, 4 vCPU, 16 GiB"
    assert rows.loc["Size", "Tried"] == "m6i.large, 2 vCPU, 8 GiB"
    assert rows.loc["CPU, %", "Tried"] == "30.0 %"
    assert rows.loc["Memory, %", "Tried"] == "60.0 %"
    saves = (price("m6i.xlarge") - price("m6i.large")) * 730
    assert rows.loc["Saves a month today", "Tried"] == f"${saves:.2f}"
    press(app, "wb-rightsizing-untry")
    assert not [key for key in app.query_params if key.startswith("try.")]


def test_a_size_that_does_not_fit_says_what_is_against_it(estate: Settings, open_app: OpenApp) -> None:
    params = {"resource": opens("large"), "try.type": "t3.nano"}
    words = shown(open_app(params))
    assert "points against it" in words
    assert "memory would be" in words
    words = shown(open_app({**params, "try.type": HOSTILE, "try.days": "1000"}))
    assert f"There is no size {HOSTILE} in the catalogue" in words
    assert "try.days=1000 is not a number from 2 to 93" in words


def test_a_proposal_is_taken_on_and_its_state_is_shown(own_estate: Settings, open_app: OpenApp) -> None:
    app = open_app(resource=opens("large"))
    proposed = grid(app, "CPU expected")["Size"].tolist()
    app.selectbox(key=next(one.key for one in app.selectbox if one.label == "Take on")).select(proposed[1]).run()
    press(app, "wb-rightsizing-accept")
    words = shown(app)
    assert f"Taken on: Move m6i.xlarge to {proposed[1]}, approved" in words
    assert "wb-rightsizing-accept" not in {one.key for one in app.button}
    wanted = RecommendationFilter(check_id="rightsizing")
    [kept_one] = Workspace(own_estate).recommendations.list(wanted).rows
    assert (kept_one.resource_id, kept_one.state) == ("i-large", "approved")
    assert kept_one.saving_expected is not None
    saving = float((price("m6i.xlarge") - price(proposed[1])) * 730)
    assert float(kept_one.saving_expected) == pytest.approx(saving, abs=0.01)


def test_a_viewer_is_told_why_it_cannot_be_taken_on(
    estate: Settings, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = Principal("vera", frozenset({Role.VIEWER}))
    monkeypatch.setattr("workbench.ui.acting.local_principal", lambda: viewer)
    app = open_app(resource=opens("large"))
    assert app.button(key="wb-rightsizing-accept").disabled
    assert "vera is viewer; recommendations.decide needs admin or analyst" in shown(app)


def test_what_another_action_settles_is_in_no_total_and_marked_as_duplicate(
    own_estate: Settings, open_app: OpenApp
) -> None:
    workspace = Workspace(own_estate)
    snapshot = open_snapshot_id(own_estate)
    before = shown(open_app())
    scan = Scan(started_at=clock.now(), snapshot_id=snapshot, preset="default", as_of=date(2026, 11, 20))
    found = [
        Finding(check, ACCOUNT, "i-large", "eu-west-1", "USD", Decimal(50), {})
        for check in ("ec2_idle", "ec2_rightsize")
    ]
    workspace.record_scan(scan, found)
    app = open_app(resource=opens("large"))
    rows = table(app).set_index("resource_id")
    assert rows.loc["i-large", "counts"].startswith("no: Idle instance")
    words = shown(app)
    assert "Idle instance (ec2_idle) counts first on it, so this saving is in no total" in words
    assert f"Not counted: 1 proposal of ${rows.loc['i-large', 'today']:.2f} a month (sum of rows)" in words
    assert "What counts first is from scan 1" in words
    assert "Saving a month, today" in before
    assert "Not counted:" not in before
    assert "Waste recommends for the same money" in words
    press(app, "wb-rightsizing-accept")
    press(app, "wb-rightsizing-duplicates")
    states = {one.check_id: one.state for one in workspace.recommendations.list(RecommendationFilter()).rows}
    assert states["rightsizing"] == "approved"
    assert states["ec2_rightsize"] == "duplicate"


def open_snapshot_id(settings: Settings) -> str:
    from workbench.snapshot import SnapshotStore

    current = SnapshotStore(settings).current()
    assert current is not None
    return current.id


def test_names_are_never_read_as_markup(estate: Settings, open_app: OpenApp) -> None:
    app = open_app({"resource": opens("hostile"), "only.q": HOSTILE, "kind": HOSTILE})
    assert not app.exception
    assert f"{HOSTILE}: too large" in shown(app)
    assert f"There is no kind {HOSTILE}; it was ignored" in shown(app)
    for element in [*app.markdown, *app.caption, *app.info]:
        assert HOSTILE not in str(element.value)
        assert not element.proto.allow_html if hasattr(element.proto, "allow_html") else True


@pytest.mark.parametrize(
    ("charges", "tables", "said"),
    [
        (hours("i-1"), {}, "Cannot tell: there is a bill, but no inventory"),
        (hours("i-1"), {"instances": [machine("i-1")]}, "Cannot tell for any of 1 resource"),
        ([], {"instances": [machine("i-1")], "measured": samples("i-1", cpu=15.0, memory=30.0)},
         "$86.14 a month of 1 resource is known at list price only"),
        (hours("i-1"), {"instances": [machine("i-1")], "measured": samples("i-1", cpu=82.0, memory=70.0)},
         "Nothing is too large"),
    ],
    ids=["bill only", "no metrics", "no bill", "nothing found"],
)  # fmt: skip
def test_what_is_missing_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    open_app: OpenApp,
    charges: list[dict[str, Any]],
    tables: dict[str, Any],
    said: str,
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "other"))
    tables = dict(tables)
    loads = [{"load_id": 1, "started_at": datetime(2026, 11, 21, 8)}]
    published(tmp_path / "other", charges, tables.pop("measured", []), loads=loads, **tables)
    app = open_app()
    assert not app.exception
    words = shown(app)
    assert said in words
    assert "Saving a month, today –" in words or "Resources looked at" not in words


def test_an_account_that_is_not_there_can_be_taken_back(estate: Settings, open_app: OpenApp) -> None:
    app = open_app(account="nobody")
    assert "There is no account nobody" in shown(app)
    press(app, "wb-rightsizing-reset")
    assert len(table(app)) == 4


@pytest.mark.usefixtures("settings")
def test_without_data_the_page_says_what_to_do(open_app: OpenApp) -> None:
    assert "No data yet" in shown(open_app())
