"""The simulated estate as a whole: bill from inventory to the cent, the same for the same numbers, moved on in time."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from workbench.cli.main import main
from workbench.engines import Query
from workbench.errors import BadFile, BadSetting, Conflict
from workbench.ingest import ingest
from workbench.progress import Silent
from workbench.settings import Settings
from workbench.simulate.build import read_plan, simulate
from workbench.simulate.plan import SimulationPlan
from workbench.snapshot import SnapshotStore

PLAN = SimulationPlan(last_day=date(2026, 11, 20), accounts=4, days=40, metric_days=2)


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("estate")
    return simulate(PLAN, folder / "small", Settings(home=folder / "home"), Silent())


def asked(estate, sql):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE VIEW bill AS FROM read_parquet('{estate.folder}/bill/*.parquet')")
        for path in [*(estate.folder / "inventory").glob("*.parquet"), *estate.truth.glob("anomalies.parquet")]:
            connection.execute(f"CREATE VIEW {path.stem} AS FROM read_parquet('{path}')")
        return connection.sql(sql).fetchall()


def test_every_inventory_table_has_rows_and_the_bill_a_file_a_month(estate):
    names = sorted(path.stem for path in (estate.folder / "inventory").glob("*.parquet"))
    assert len(names) == 28
    empty = [name for name in names if asked(estate, f"SELECT count(*) FROM {name}") == [(0,)]]
    assert empty == []
    assert [path.stem for path in sorted((estate.folder / "bill").glob("*"))] == ["2026-10", "2026-11"]


def test_a_machine_that_never_changed_costs_its_price_times_the_hours_of_the_day(estate):
    """For each running machine outside of anomalies: list cost of the last day = its hourly prices x 24, exactly."""
    found = asked(
        estate,
        """
        SELECT i.instance_id, (i.hourly_cost + coalesce(i.gpu_hourly_cost, 0)) * 24, sum(b.ListCost)
        FROM instances i JOIN bill b ON b.ResourceId = i.instance_id
        WHERE i.state = 'running' AND i.launch_time < TIMESTAMP '2026-11-19' AND b.x_UsageType LIKE '%BoxUsage%'
          AND b.ChargePeriodStart = TIMESTAMP '2026-11-20' AND b.ChargeClass IS NULL
          AND i.instance_id NOT IN (SELECT resource_id FROM resource_change_events)
          AND i.account_id NOT IN (
              SELECT account_id FROM anomalies WHERE service_code = 'AmazonEC2' AND last_day >= DATE '2026-11-20')
        GROUP BY ALL
        """,
    )
    assert len(found) > 20
    assert [(one, price, cost) for one, price, cost in found if price != cost] == []


def test_volumes_cost_their_monthly_price_over_a_month(estate):
    found = asked(
        estate,
        """
        SELECT v.volume_id, v.monthly_cost, sum(b.ListCost) / 20 * 30
        FROM volumes v JOIN bill b ON b.ResourceId = v.volume_id
        WHERE b.ChargePeriodStart >= TIMESTAMP '2026-11-01' AND b.ChargeClass IS NULL
          AND v.volume_id NOT IN (SELECT resource_id FROM resource_change_events)
        GROUP BY ALL HAVING count(DISTINCT b.ChargePeriodStart) = 20
        """,
    )
    assert len(found) > 20
    # Quantities have six decimals, so a day can be off by half a millionth of a GB-month.
    assert [one for one, price, cost in found if abs(price - Decimal(cost)) > Decimal("0.01")] == []


def test_costs_are_ordered_and_charge_periods_are_whole_days(estate):
    [(wrong,)] = asked(
        estate,
        "SELECT count(*) FROM bill"
        " WHERE ChargeCategory = 'Usage' AND ChargeClass IS NULL AND ListCost < ContractedCost",
    )
    assert wrong == 0
    [(lines, unnamed)] = asked(estate, "SELECT count(*), count(*) FILTER (BillingCurrency IS NULL) FROM bill")
    assert (lines, unnamed) == (estate.lines, 0)


def test_bill_and_inventory_load_without_a_refusal_and_to_the_same_totals(estate, tmp_path):
    settings = Settings(home=tmp_path)
    report = ingest([estate.folder], settings)
    assert [file.reason for file in report.files if file.status != "loaded"] == []
    with SnapshotStore(settings).open() as snapshot:
        found = snapshot.engine.run(
            Query("totals", "SELECT SUM(effective_cost) AS e, SUM(billed_cost) AS b, COUNT(*) AS n FROM charges")
        ).to_pylist()[0]
        assert snapshot.manifest.rows["instances"] > 50
    months = estate.totals.values()
    assert found["e"] == sum(Decimal(month["effective_cost"]) for month in months)
    assert found["b"] == sum(Decimal(month["billed_cost"]) for month in months)
    assert found["n"] == estate.lines


def test_the_same_numbers_give_the_same_estate_with_any_number_of_threads(estate, tmp_path):
    again = simulate(PLAN, tmp_path / "again", Settings(home=tmp_path, threads=1), Silent())
    assert again.totals == estate.totals
    rows = "SELECT md5(string_agg(t::VARCHAR, '' ORDER BY t::VARCHAR)) FROM (FROM {}) t"
    for table in ("instances", "volumes", "metrics_daily", "resource_change_events", "bill"):
        assert asked(again, rows.format(table)) == asked(estate, rows.format(table)), table


def test_another_seed_is_another_company(estate, tmp_path):
    other = SimulationPlan(last_day=PLAN.last_day, seed=8, accounts=4, days=40, metric_days=0)
    assert simulate(other, tmp_path / "other", Settings(home=tmp_path), Silent()).totals != estate.totals


def test_advancing_keeps_the_closed_months_and_restates_the_open_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    folder = tmp_path / "estate"
    common = ["--out", str(folder), "--json"]
    numbers = ["--accounts", "3", "--days", "40", "--metric-days", "0", "--until", "2026-11-20"]
    assert main(["simulate", *common, *numbers]) == 0
    before = json.loads(capsys.readouterr().out)
    assert main(["ingest", str(folder), "--json"]) == 0
    capsys.readouterr()
    assert main(["simulate", *common, "--advance", "5"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert after["last_day"] == "2026-11-25"
    assert after["totals"]["2026-10"] == before["totals"]["2026-10"]
    assert int(after["totals"]["2026-11"]["lines"]) > int(before["totals"]["2026-11"]["lines"])
    assert read_plan(folder).days == 45
    assert main(["ingest", str(folder), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["files_refused"] == 0
    assert report["rows_replaced"] > 0


def test_what_cannot_be_done_is_said_and_changes_nothing(estate, tmp_path, capsys):
    other = tmp_path / "mine"
    other.mkdir()
    (other / "letter.txt").write_text("keep me")
    with pytest.raises(Conflict, match="--force"):
        simulate(PLAN, other, Settings(home=tmp_path), Silent())
    assert (other / "letter.txt").read_text() == "keep me"
    with pytest.raises(BadFile, match="there is no simulated estate"):
        read_plan(other)
    with pytest.raises(BadSetting, match="accounts is 0"):
        SimulationPlan(last_day=PLAN.last_day, accounts=0)
    assert main(["simulate", "--out", str(tmp_path / "x"), "--interval", "7m"]) == 2


def test_an_interrupted_run_leaves_what_was_there(estate, tmp_path):
    folder = tmp_path / "estate"
    simulate(PLAN, folder, Settings(home=tmp_path), Silent())
    before = (folder / "simulation.json").read_text()

    class Interrupts(Silent):
        def step(self, title, *, total=None):
            if title.startswith("Measure"):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(PLAN.advanced(3), folder, Settings(home=tmp_path), Interrupts())
    assert (folder / "simulation.json").read_text() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
