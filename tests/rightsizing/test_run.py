"""A few machines with a few days: what is said when something is missing, and when nothing is."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from tests.support.bills import charge
from tests.support.few_machines import DAYS, FIRST, LAST, STORAGE, hours, machine, only, run, samples
from workbench.catalog import load_catalog
from workbench.cli.main import main
from workbench.engines import PostgresEngine, connect_postgres
from workbench.errors import AccessDenied, BadDecision, BadFilter, CannotRun
from workbench.postgres import init_statements, load_snapshot
from workbench.progress import Silent
from workbench.rightsizing import Options, accept, mark_duplicates, read_facts, run_with, what_if
from workbench.workspace import Finding, Scan, Workspace
from workbench.workspace.access import Principal, Role
from workbench.workspace.lifecycle import State


def test_half_the_size_saves_half_of_the_bill(opened):
    snapshot = opened(hours(), instances=[machine()], resource_metrics=samples(others=STORAGE, step=300))
    result = run(snapshot, families=("m6i",))
    one = only(result)
    assert (one.finding, one.counted) == ("over", "total")
    assert one.proposed.size.instance_type == "m6i.large"
    # The bill says 0.214 an hour for the present size; the target is half of it by the price list.
    assert one.proposed.savings.today == pytest.approx(0.107 * 730, abs=0.01)
    assert one.proposed.savings.at_list == pytest.approx((one.current.price - one.proposed.size.price) * 730, abs=0.01)
    assert one.levels["cpu"].p99_5 == 15.0
    assert one.levels["ebs_iops"].highest == 100.0
    assert one.levels["ebs_throughput"].highest == 16.0
    assert one.levels["network"].highest == 8.0
    assert one.window.samples == DAYS * 288
    assert not one.window.coarse
    [total] = result.totals
    assert (total.counted, total.currency) == (1, "USD")
    assert total.today == pytest.approx(0.107 * 730, abs=0.01)


def test_a_discount_on_the_bill_lowers_what_is_saved_today(opened):
    lines = hours(contracted_cost="2.568", effective_cost="2.568", billed_cost="2.568")
    one = only(
        run(
            opened(lines, instances=[machine()], resource_metrics=samples(others=STORAGE)), families=("m6i",)
        )
    )  # fmt: skip
    assert one.proposed.savings.today == pytest.approx(0.107 / 2 * 730, abs=0.01)
    assert one.proposed.savings.at_list == pytest.approx(0.107 * 730, abs=0.01)


def test_without_memory_no_size_has_less_of_it(opened):
    one = only(run(opened(hours(), instances=[machine()], resource_metrics=samples(memory=None, others=STORAGE))))
    for each in filter(None, (one.proposed, *one.alternatives)):
        assert each.size.memory_gib >= 16.0
    assert "metrics of memory" in one.needs


def test_without_metrics_it_says_what_it_needs(opened):
    result = run(opened(hours(), instances=[machine()]))
    one = only(result)
    assert (one.finding, one.counted, one.proposed) == ("insufficient_data", "", None)
    assert "CPU metrics" in one.reason
    assert any("CPU metrics" in text for looked in result.looked for text in looked.needs)


def test_a_few_hours_are_not_enough(opened):
    one = only(run(opened(hours(), instances=[machine()], resource_metrics=samples(days=1))))
    assert (one.finding, one.reason) == ("insufficient_data", "24 h < 30 h of samples")


def test_a_type_the_catalogue_lacks_has_no_amounts(opened):
    one = only(run(opened(hours(), instances=[machine(instance_type="zz9.large")], resource_metrics=samples())))
    assert (one.finding, one.status) == ("cannot_tell", "price_missing")
    assert one.reason == "zz9.large is not in the catalogue"
    assert one.saving is None


def test_a_price_the_catalogue_lacks_gives_a_finding_without_dollars(opened):
    rows = [machine(region="eu-nowhere-1")]
    result = run(opened(hours(), instances=rows, resource_metrics=samples(others=STORAGE)), families=("m6i",))
    one = only(result)
    assert one.status == "price_missing"
    assert one.saving is None
    assert one.counted == ""
    assert result.totals == ()
    assert any("a price of m6i.xlarge" in text for text in one.needs)


def test_a_bill_in_another_currency_needs_a_rate(opened):
    lines = hours(billing_currency="EUR", price="0.2")
    tables = {"instances": [machine()], "resource_metrics": samples(others=STORAGE)}
    without = run(opened(lines, **tables), families=("m6i",))
    one = only(without)
    assert one.proposed.savings.currency == "USD"
    assert one.proposed.savings.today is None
    assert one.counted == "small"
    assert any("no rate" in note for note in without.notes)


def test_a_stated_rate_turns_list_prices_into_the_currency_of_the_bill(opened):
    rate = {"date": LAST, "from_currency": "USD", "to_currency": "EUR", "rate": "0.9", "rate_source": "test"}
    tables = {"instances": [machine()], "resource_metrics": samples(others=STORAGE), "exchange_rates": [rate]}
    one = only(run(opened(hours(billing_currency="EUR", price="0.2"), **tables), families=("m6i",)))
    assert one.proposed.savings.currency == "EUR"
    assert one.proposed.savings.today == pytest.approx(0.1 * 730, abs=0.01)
    assert one.proposed.savings.at_list == pytest.approx(0.107 * 0.9 * 730, abs=0.01)
    assert "USD to EUR at 0.9" in one.proposed.size.price_note


def test_without_a_bill_only_the_list_price_is_told(opened):
    tables = {"instances": [machine()], "resource_metrics": samples(others=STORAGE)}
    days = [{"id": "d", "account_id": "acc", "resource_type": "instances", "resource_id": "i-1", "date": LAST}]
    result = run(opened([], **tables, metrics_daily=days), families=("m6i",))
    one = only(result)
    assert one.proposed.savings.status == "needs_hours"
    assert one.proposed.savings.today is None
    assert one.proposed.savings.at_list > 0
    assert any("no bill" in note for note in result.notes)


def test_a_bill_without_an_inventory_has_nothing_to_size(opened):
    result = run(opened(hours()))
    assert result.advice == ()
    assert result.totals == ()


def test_nothing_loaded_cannot_run(opened):
    with pytest.raises(CannotRun, match="Nothing is loaded"):
        run(opened([]))


def test_a_busy_month_end_before_the_samples_is_not_overlooked(opened):
    """Samples are quiet; the daily values of the 31st of October are not."""
    quiet = {"cpu_avg": 10.0, "cpu_max": 15.0, "cpu_p95": 15.0, "mem_max": 30.0}
    days = [
        {
            "id": f"d{n}", "account_id": "acc", "resource_type": "instances", "resource_id": "i-1",
            "date": date(2026, 10, 25) + timedelta(days=n),
            "metric_payload": json.dumps(quiet | ({"cpu_max": 96.0} if n == 6 else {})),
        }
        for n in range(11)
    ]  # fmt: skip
    tables = {"instances": [machine()], "resource_metrics": samples(others=STORAGE)}
    calm = only(run(opened(hours(), **tables), families=("m6i",)))
    assert calm.proposed.size.instance_type == "m6i.large"
    assert "no month-end seen" in calm.notes
    busy = only(run(opened(hours(), **tables, metrics_daily=days), families=("m6i",)))
    assert (busy.finding, busy.proposed) == ("optimized", None)
    assert "no month-end seen" not in busy.notes


def test_hours_without_samples_are_gaps_when_the_bill_has_them(opened):
    """Every second day is missing: with a bill that is 50 %, with a bill of every second day it is all."""
    half = [row for row in samples(others=STORAGE) if (row["timestamp"] - FIRST).days % 4 < 2]
    whole = only(run(opened(hours(), instances=[machine()], resource_metrics=half)))
    assert whole.window.coverage < 0.6
    lines = [line for n, line in enumerate(hours()) if n % 4 < 2]
    slept = only(run(opened([*lines, charge("0", resource_id="x", charge_period_start=FIRST + timedelta(days=15))],
                            instances=[machine()], resource_metrics=half)))  # fmt: skip
    assert slept.window.coverage > 0.9


def test_members_of_a_group_have_one_row(opened):
    rows = [machine("i-1", autoscaling_group_id="g"), machine("i-2", autoscaling_group_id="g")]
    group = {"id": "g", "account_id": "acc", "name": "web", "instance_type": "m6i.xlarge", "region": "eu-west-1",
             "min_size": 1, "max_size": 4, "desired_capacity": 2, "env": "prod"}  # fmt: skip
    measured = [*samples("i-1", others=STORAGE), *samples("i-2", cpu=25.0, others=STORAGE)]
    result = run(
        opened([*hours("i-1"), *hours("i-2")], instances=rows, autoscaling_groups=[group], resource_metrics=measured),
        families=("m6i",),
    )  # fmt: skip
    [one] = result.advice
    assert (one.kind, one.resource_id, one.members) == ("autoscaling_groups", "web", ("i-1", "i-2"))
    assert one.levels["cpu"].highest == 25.0
    assert one.proposed.size.instance_type == "m6i.large"
    assert one.proposed.savings.today == pytest.approx(2 * 0.107 * 730, abs=0.01)
    assert result.totals[0].today == pytest.approx(2 * 0.107 * 730, abs=0.01)


def test_what_if_any_size(opened):
    snapshot = opened(hours(), instances=[machine()], resource_metrics=samples(others=STORAGE))
    facts = read_facts(snapshot.engine, load_catalog(), Options(), with_waste=False)
    small = what_if(facts, "web i-1", "m6i.large")
    assert small.fits
    assert dict(small.proposal.projected)["cpu"] == pytest.approx(30.0)
    assert small.proposal.savings.today == pytest.approx(0.107 * 730, abs=0.01)
    assert dict(small.capacities)["memory"] == 50.0
    tiny = what_if(facts, "i-1", "c6i.large")
    assert not tiny.fits
    assert "memory" in {code for code, _ in tiny.rejections}
    wide = what_if(facts, "i-1", "m6i.large", Options(cpu_headroom=0.8))
    assert "cpu" in {code for code, _ in wide.rejections}
    larger = what_if(facts, "i-1", "m6i.2xlarge")
    assert any("a month more" in text for text in larger.proposal.against)
    with pytest.raises(BadFilter, match="no size"):
        what_if(facts, "i-1", "m6i.tiny")
    with pytest.raises(BadFilter, match="no resource"):
        what_if(facts, "i-9", "m6i.large")


@pytest.mark.parametrize(
    "asked",
    [{"preset": "huge"}, {"lookback_days": 1}, {"max_risk": 5.0}, {"kinds": ("boats",)}, {"cpu_headroom": 1.5},
     {"min_saving": -1.0}],
)  # fmt: skip
def test_bad_options_are_refused(asked):
    with pytest.raises(BadFilter):
        Options(**asked)


def test_a_proposal_taken_on_survives_the_next_scan(opened, settings):
    snapshot = opened(hours(), instances=[machine()], resource_metrics=samples(others=STORAGE))
    result = run(snapshot, families=("m6i",))
    one = only(result)
    workspace = Workspace(settings, principal=Principal("ann", frozenset({Role.ANALYST})))
    scan = Scan(datetime(2026, 11, 21), snapshot.engine.snapshot_id, "default", LAST, checks_run=("ec2_rightsize",))
    rough = Finding("ec2_rightsize", "000000000002", "i-1", "eu-west-1", "USD", None, {"title": "Oversized"})
    workspace.record_scan(scan, [rough])
    taken = accept(workspace, result, one)
    assert taken.recommendation.state is State.APPROVED
    assert taken.recommendation.title == "Move m6i.xlarge to m6i.large"
    assert [each.check_id for each in taken.duplicates] == ["ec2_rightsize"]
    evidence = workspace.recommendations.evidence(taken.recommendation.id)["evidence"]
    assert evidence["cpu_max"] == 15.0
    assert evidence["proposed_type"] == "m6i.large"
    [marked] = mark_duplicates(workspace, taken)
    assert (marked.state, marked.duplicate_of) == (State.DUPLICATE, taken.recommendation.id)
    workspace.record_scan(scan, [rough])
    workspace.record_scan(scan, [])
    assert workspace.recommendations.get(taken.recommendation.id).state is State.APPROVED
    again = accept(workspace, result, one)
    assert again.recommendation.id == taken.recommendation.id
    assert len(workspace.scans()) == 3, "what was taken on is no scan"


def test_a_viewer_cannot_take_anything_on(opened, settings):
    snapshot = opened(hours(), instances=[machine(), machine("i-2")], resource_metrics=samples(others=STORAGE))
    result = run(snapshot, families=("m6i",))
    [first] = result.find("i-1")
    with pytest.raises(AccessDenied):
        accept(Workspace(settings, principal=Principal("eve", frozenset({Role.VIEWER}))), result, first)
    [nothing] = result.find("i-2")
    with pytest.raises(BadDecision, match="Nothing is proposed"):
        accept(Workspace(settings, principal=Principal("ann", frozenset({Role.ADMIN}))), result, nothing)


def test_commands(opened, capsys, tmp_path):
    opened(hours(), instances=[machine()], resource_metrics=samples(others=STORAGE))

    def said(*arguments, code=0):
        assert main(["rightsize", *arguments]) == code
        return capsys.readouterr()

    out, err = said("--family", "m6i")
    assert "m6i.large" in out
    assert "Saving a month of 1 resource: $78" in out
    assert "Data from" in err
    found = json.loads(said("--family", "m6i", "--json").out)
    assert found["advice"][0]["counted"] == "total"
    assert any("resource_metrics" in query["sql"] for query in found["queries"])
    assert said("--csv").out.splitlines()[0].startswith('"kind","account"')
    target = tmp_path / "advice.csv"
    said("--output", str(target))
    assert "i-1" in target.read_text()
    assert "Not offered" in said("show", "i-1").out
    assert "Nothing is against it" in said("what-if", "i-1", "m6i.large").out
    assert json.loads(said("what-if", "i-1", "m6i.large", "--json").out)["fits"] is True
    assert "approved" in said("accept", "i-1").out
    assert "There is no preset huge" in said("--preset", "huge", code=2).err
    assert "There is no resource i-9" in said("show", "i-9", code=2).err
    assert "There is no account nobody" in said("--account", "nobody", code=2).err
    said("--as-of", "soon", code=2)
    assert "nothing to look at" in said("--service", "rds_instances", code=4).err


def test_the_same_on_postgres(opened, settings, database):
    """Machines, a group, a database and a reservation, read from a real server."""
    rows = [machine("i-1"), machine("i-2", autoscaling_group_id="g"), machine("i-3", autoscaling_group_id="g")]
    group = {"id": "g", "account_id": "acc", "name": "web", "instance_type": "m6i.xlarge", "region": "eu-west-1",
             "min_size": 1, "max_size": 4, "desired_capacity": 2, "env": "prod"}  # fmt: skip
    base = {"id": "db-1", "db_instance_id": "db-1", "account_id": "acc", "engine": "mysql", "env": "prod",
            "instance_class": "db.r5.xlarge", "region": "eu-west-1", "state": "available"}  # fmt: skip
    days = [
        {
            "id": f"d{n}", "account_id": "acc", "resource_type": "instances", "resource_id": "i-1",
            "date": date(2026, 10, 25) + timedelta(days=n),
            "metric_payload": json.dumps({"cpu_max": 20.0, "cpu_avg": 5.0, "mem_max": 31.0}),
        }
        for n in range(11)
    ]  # fmt: skip
    reserved = {
        "commitment_discount_id": "ri",
        "commitment_discount_type": "Reserved Instance",
        "commitment_discount_status": "Used",
        "pricing_category": "Committed",
        "effective_cost": "3",
    }
    measured = [row for name in ("i-1", "i-2", "i-3") for row in samples(name, others=STORAGE)]
    snapshot = opened(
        [*hours("i-1", **reserved), *hours("i-2"), *hours("i-3")],
        instances=rows, autoscaling_groups=[group], rds_instances=[base], metrics_daily=days,
        resource_metrics=[*measured, *samples("db-1", "rds_instances", others=STORAGE)],
    )  # fmt: skip
    with connect_postgres(database, autocommit=True) as connection:
        for statement in init_statements():
            connection.execute(statement)
    load = load_snapshot(database, snapshot.engine.path, snapshot.manifest, settings, Silent()).load
    engine = PostgresEngine(database, load.id, timeout=120)
    try:
        there = run_with(read_facts(engine, load_catalog(), Options(), with_waste=False))
    finally:
        engine.close()
    here = run(snapshot)
    assert {one.kind for one in here.advice} == {"instances", "autoscaling_groups", "rds_instances"}
    assert len(here.advice) == len(there.advice)
    for ours, theirs in zip(here.advice, there.advice, strict=True):
        assert ours == theirs
    assert here.totals == there.totals


@pytest.mark.parametrize(
    ("provider", "size", "finding", "needs"),
    [
        ("Microsoft", "Standard_D4s_v5", "over", "a price of Standard_D4s_v5"),
        ("Google Cloud", "n2-standard-4", "cannot_tell", "n2-standard-4 is not in the catalogue"),
    ],
)
def test_other_providers_say_what_is_missing(opened, provider, size, finding, needs):
    rows = [machine(provider=provider, instance_type=size, region="westeurope")]
    result = run(opened([], instances=rows, resource_metrics=samples(others=STORAGE), metrics_daily=[
        {"id": "d", "account_id": "acc", "resource_type": "instances", "resource_id": "i-1", "date": LAST}
    ]))  # fmt: skip
    one = only(result)
    assert (one.finding, one.status, one.saving) == (finding, "price_missing", None)
    assert any(needs in text for text in one.needs)


def test_one_metric_by_the_hour_stands_for_the_steps_it_covers(opened):
    """CPU every five minutes, memory by the hour, network in two directions, a sample given twice."""
    fine = samples(memory=None, network=None, others=STORAGE, step=300)
    hourly = [row for row in samples(cpu=None, network=None) if row["metric"] == "memory"]
    sides = samples(
        cpu=None, memory=None, network=None, others={("network_in", "MB/s"): 2.0, ("network_out", "MB/s"): 3.0}
    )
    again = {**fine[0], "value": 99.0}
    one = only(run(opened(hours(), instances=[machine()], resource_metrics=[*fine, again, *hourly, *sides])))
    assert one.window.step_minutes == 5.0
    assert one.levels["memory"].highest == 30.0
    assert one.levels["network"].highest == 24.0
    assert one.levels["cpu"].highest == 99.0
    assert one.needs == ()
