"""Rightsizing of a company whose true sizes are known. Here because it shares the company of these checks."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pyarrow.parquet as pq
import pytest

from models.rightsizing.bill import fleet_saving
from workbench.catalog import load_catalog
from workbench.checks.ground import read_ground
from workbench.rightsizing import Options, advice_table, detail, read_facts, run_with, series_table, what_if
from workbench.rightsizing.sizes import Terms

SIZED = ("instances", "autoscaling_groups", "rds_instances", "cache_clusters")


@pytest.fixture(scope="module")
def ground(estate):
    return read_ground(estate.opened.engine)


@pytest.fixture(scope="module")
def facts(estate, ground):
    return read_facts(estate.opened.engine, load_catalog(), Options(), ground=ground)


@pytest.fixture(scope="module")
def result(facts):
    return run_with(facts)


@pytest.fixture(scope="module")
def sizes(estate):
    path = estate.folder.parent / f"{estate.folder.name}.truth" / "sizes.parquet"
    return pq.read_table(path).to_pylist()


def price_of(facts, region, instance_type):
    return facts.sizes.machine(Terms("AWS", region, "linux"), instance_type).price.hourly


def by_id(result):
    return {(one.kind, one.resource_id): one for one in result.advice}


def test_every_oversized_machine_is_found_with_its_true_size_or_a_cheaper_one_that_carries_the_load(
    facts, result, sizes
):
    true = [one for one in sizes if one["finding"] == "over" and one["resource_type"] == "instances"]
    assert len(true) >= 6
    for one in true:
        said = by_id(result)["instances", one["resource_id"]]
        assert said.finding == "over", (one, said.reason)
        assert said.proposed is not None
        offered = [each.size for each in (said.proposed, *said.alternatives)]
        best = price_of(facts, said.region, one["best_type"])
        assert offered[0].price <= best, (one, offered)
        assert said.proposed.savings.at_list > 0


def test_the_true_size_itself_would_do(facts, sizes):
    for one in sizes:
        if one["finding"] == "over" and one["resource_type"] == "instances":
            tried = what_if(facts, one["resource_id"], one["best_type"])
            lacking = [code for code, _ in tried.rejections if code != "generation"]
            assert lacking == [], (one, tried.rejections)
            # A quarter of the size is of no use to a machine of the right size.
            assert tried.proposal.savings.at_list > 0


def test_traps_are_not_made_smaller(facts, result, sizes):
    traps = [one for one in sizes if one["finding"] in ("right", "under", "fixed")]
    assert len(traps) >= 15
    for one in traps:
        said = by_id(result)[one["resource_type"], one["resource_id"]]
        if said.proposed is None or said.finding != "over":
            continue
        memory = dict(said.proposed.projected).get("memory")
        if memory is None:
            assert said.proposed.size.memory_gib >= said.current.memory_gib, one
        else:
            assert memory <= 80.0, one
        if one["finding"] == "under":
            assert said.proposed.size.vcpu >= said.current.vcpu, one
            assert said.proposed.size.memory_gib >= said.current.memory_gib, one


def test_surplus_credits_are_seen_and_a_size_without_credits_offered(result, sizes):
    fixed = [one for one in sizes if one["finding"] == "fixed"]
    assert fixed
    for one in fixed:
        said = by_id(result)["instances", one["resource_id"]]
        if said.finding == "suppressed":
            continue
        assert said.finding == "over"
        assert said.proposed.size.instance_type.split(".")[0] not in ("t2", "t3", "t3a", "t4g")


def test_nothing_proposed_would_saturate(estate, result):
    """The samples again, from the files, on the target: none above its capacity, memory with its headroom."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE TABLE moves (kind TEXT, id TEXT, cpu DOUBLE, memory DOUBLE)")
        for one in result.advice:
            if one.finding != "over" or one.proposed is None or one.kind not in SIZED or one.counted != "total":
                continue
            kind = "instances" if one.members else one.kind
            for member in one.members or (one.resource_id,):
                connection.execute(
                    "INSERT INTO moves VALUES (?, ?, ?, ?)",
                    [
                        kind,
                        member,
                        one.current.vcpu / one.proposed.size.vcpu,
                        one.current.memory_gib / one.proposed.size.memory_gib,
                    ],
                )
        [(moves,)] = connection.execute("SELECT count(*) FROM moves").fetchall()
        assert moves > 20
        metrics = estate.folder / "inventory" / "resource_metrics.parquet"
        full = connection.execute(
            f"""SELECT m.id, s.metric, count(*) AS samples, max(s.value) AS highest
            FROM moves m JOIN read_parquet('{metrics}') s ON s.resource_id = m.id AND s.resource_type = m.kind
            WHERE s.statistic = 'maximum' AND (s.metric = 'cpu' OR (s.metric = 'memory' AND m.kind <> 'cache_clusters'))
              AND s.value * (CASE s.metric WHEN 'cpu' THEN m.cpu ELSE m.memory END) > 80.0001
            GROUP BY m.id, s.metric"""
        ).fetchall()
        daily = estate.folder / "inventory" / "metrics_daily.parquet"
        earlier = connection.execute(
            f"""SELECT m.id, max(CAST(json_extract(s.metric_payload, '$.cpu_max') AS DOUBLE) * m.cpu) AS reached
            FROM moves m JOIN read_parquet('{daily}') s ON s.resource_id = m.id AND s.resource_type = m.kind
            WHERE s.date > DATE '2026-11-20' - 32 GROUP BY m.id HAVING reached > 100"""
        ).fetchall()
    assert full == []
    assert earlier == []


def test_the_total_is_the_bill_before_minus_the_bill_after(facts, result):
    """Machines computed again by the model from the lines of the pool; all else is the sum of its rows.

    Beside the bill of the fleet stand surplus credits, which have no line of their own, and the hours before a change
    of size: the machine goes on at the present one.
    """
    [total] = [one for one in result.totals if one.currency == "USD"]
    counted = [one for one in result.advice if one.counted == "total"]
    assert total.counted == len(counted) > 20
    changes, alone = {}, 0.0
    for one in counted:
        found = one.proposed.savings
        if one.kind not in ("instances", "autoscaling_groups"):
            alone += found.today
            continue
        difference, ran = one.current.price - one.proposed.size.price, 0.0
        for member in one.members or (one.resource_id,):
            [billed] = [b for (name, _), b in facts.billed.items() if name == member]
            key = f"{member}\n{billed.account}\n{one.current.instance_type}"
            line = facts.pool.line(key)
            ratio = one.proposed.size.price / one.current.price
            share = facts.rates.of(line.region, one.proposed.size.instance_type)
            family, _, size = one.proposed.size.instance_type.partition(".")
            units = {"medium": 2.0, "large": 4.0, "xlarge": 8.0}.get(size) or 8.0 * float(size.removesuffix("xlarge"))
            changes[key] = replace(
                line, instance_type=one.proposed.size.instance_type, family=family, units=units,
                price=line.price * ratio, compute_rate=line.price * ratio * share,
                family_rate=line.price * ratio * share,
            )  # fmt: skip
            present = billed.ran[one.current.instance_type].total
            whole = sum(billed.paid.values())
            ran += whole
            single = fleet_saving(facts.pool._hours, facts.pool._portfolio, {key: changes[key]}, facts.as_of)
            alone += single.today * (whole / present - 1.0)
        alone += found.at_list - difference * ran * 730.0 / (24.0 * result.billed_days)
    fleet = fleet_saving(facts.pool._hours, facts.pool._portfolio, changes, facts.as_of)
    assert fleet.today + alone == pytest.approx(total.today, abs=0.01)
    assert fleet.after_expiry + alone == pytest.approx(total.after_expiry, abs=0.01)
    assert total.today <= total.rows + 0.01
    assert total.at_list == pytest.approx(sum(one.proposed.savings.at_list for one in counted), abs=0.01)
    assert 0 < total.today < total.at_list


def test_hours_and_shares_are_those_of_the_bill(estate, result):
    """The list saving of each counted machine, from the hours of the files and the prices of the record."""
    bill = estate.folder / "bill" / "*.parquet"
    machines = {
        one.resource_id: one for one in result.advice if one.counted == "total" and one.kind == "instances"
    }  # fmt: skip
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""SELECT ResourceId, sum(ConsumedQuantity)::DOUBLE FROM read_parquet('{bill}')
            WHERE ChargeCategory = 'Usage' AND ServiceCategory = 'Compute' AND ConsumedUnit = 'Hours'
              AND ChargePeriodStart >= DATE '2026-10-20' GROUP BY ResourceId"""
        ).fetchall()
    hours = {name: amount for name, amount in rows if name in machines}
    assert len(hours) == len(machines) > 5
    for name, one in machines.items():
        if one.current.instance_type.startswith("t"):
            continue  # their surplus credits are part of it
        expected = hours[name] * (one.current.price - one.proposed.size.price) * 730 / (32 * 24)
        surplus = "includes surplus CPU credits" in one.proposed.savings.notes
        assert surplus or one.proposed.savings.at_list == pytest.approx(expected, abs=0.01), name


def test_one_action_a_resource_and_it_is_said(result):
    held = [one for one in result.advice if one.suppressed_by]
    assert held
    assert all(one.counted == "" for one in held)
    assert any(one.suppressed_by[0].check_id == "ec2_off_hours_schedule" for one in held)
    assert all(any("counts first" in part.text for part in one.explanation) for one in held)


def test_what_its_owner_excluded_is_left_alone(estate, result):
    said = {one.resource_id: one for one in result.advice if one.kind == "instances"}
    path = estate.folder / "inventory" / "instances.parquet"
    for row in pq.read_table(path, columns=["instance_id", "optimization_policy"]).to_pylist():
        if row["optimization_policy"] == "ignore" and row["instance_id"] in said:
            assert said[row["instance_id"]].finding == "suppressed"


def test_every_number_shows_its_query(result):
    titles = {query.title for query in result.queries}
    assert {"Samples", "Daily metrics", "Billed hours by what paid for them", "Commitments on the bill"} <= titles


def test_the_order_of_the_inventory_is_irrelevant(facts, result):
    turned = replace(
        facts, rows={kind: rows[::-1] for kind, rows in facts.rows.items() if kind in SIZED}, queries=[],
        options=replace(facts.options, kinds=SIZED),
    )  # fmt: skip
    again = {one.key: one for one in run_with(turned).advice}
    for one in result.advice:
        if one.kind in SIZED:
            assert again[one.key].proposed == one.proposed
            assert again[one.key].finding == one.finding
            assert again[one.key].counted == one.counted


def test_one_resource_in_detail_and_as_a_table(facts, result):
    one = next(each for each in result.advice if each.counted == "total" and each.kind == "instances")
    [same] = detail(facts, one.resource_id)
    assert (same.proposed, same.counted) == (one.proposed, one.counted)
    assert len(same.rejected) > 100
    assert all(each.reasons for each in same.rejected)
    series = series_table(facts, one.resource_id)
    assert series.column_names[:2] == ["time", "cpu"]
    assert series.num_rows == one.window.samples
    table = advice_table(result.advice)
    assert table.num_rows == len(result.advice)
    assert sum(table.column("counted").to_pylist().count(kind) for kind in ("total",)) == result.totals[0].counted
