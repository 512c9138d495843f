"""Demands from percentiles computed by DuckDB: the same decisions as from the samples."""

from dataclasses import replace
from datetime import timedelta

import duckdb
import numpy as np
import pytest

from models.rightsizing.candidates import Catalogue
from models.rightsizing.columns import Columns, demands_of
from models.rightsizing.decide import decide
from models.rightsizing.demand import Refusal, measure
from models.rightsizing.policy import PRESETS, Policy
from models.rightsizing.samples import PERCENTS
from tests.support.rightsizing import DAY, NOW, SIZES, load, machine, offers, on_demand, with_peak

ROWS, DAYS = 24, 4
FIXED = Catalogue([each for each in SIZES.values() if not each.burstable])


def loads():
    rng = np.random.default_rng(5)
    found = []
    for row in range(ROWS):
        cpu = with_peak(rng.uniform(1, 40), rng.uniform(30, 99), rng.choice([0.001, 0.004, 0.02, 0.08]), DAYS)
        memory = rng.uniform(5, 80) + rng.uniform(0, 5, DAY * DAYS)
        network = rng.uniform(0, 500, DAY * DAYS)
        if row == 2:
            cpu, network = np.full(DAY * DAYS, 1.0), np.zeros(DAY * DAYS)
        found.append(
            load(cpu=cpu, memory=None if row == 1 else memory, ebs=None, iops=None, network=network, days=DAYS)
        )
    return found


def columns(usages):
    """Percentiles, counts and days by SQL, as the caller would ask for them."""
    connection = duckdb.connect()
    parts = ", ".join(f"{each / 100:.6f}" for each in PERCENTS)
    tables = {}
    for name, attribute in (("cpu", "cpu"), ("memory", "memory"), ("network", "network_mbit_s")):
        series = [getattr(usage, attribute) for usage in usages]
        row = np.concatenate([np.full(len(each), at) for at, each in enumerate(series) if each is not None])
        day = np.concatenate([np.arange(len(each)) // DAY for each in series if each is not None])
        value = np.concatenate([each for each in series if each is not None])
        samples = {"row": row, "day": day, "value": value}
        connection.register("samples", samples)
        tables[name] = connection.execute(
            f"SELECT row, quantile_cont(value, [{parts}]), count(*), avg(value), avg((value >= 90)::INT)"
            " FROM samples GROUP BY row"
        ).fetchall()
        days = connection.execute(
            "SELECT row, day, avg(value) AS mean, sum(value) * 300 / 8 AS mb FROM samples GROUP BY row, day"
        ).fetchall()
        tables[f"{name}_day"] = days
    levels, counts, means, busy = {}, {}, {}, {}
    for name in ("cpu", "memory", "network"):
        levels[name] = np.full((ROWS, len(PERCENTS)), np.nan)
        counts[name], means[name], busy[name] = np.zeros(ROWS, int), np.zeros(ROWS), np.zeros(ROWS)
        for row, quantiles, count, mean, share in tables[name]:
            levels[name][row], counts[name][row], means[name][row], busy[name][row] = quantiles, count, mean, share
    network, cpu = np.zeros((ROWS, DAYS)), np.zeros((ROWS, DAYS))
    for row, day, _, megabytes in tables["network_day"]:
        network[row, day] = megabytes
    for row, day, mean, _ in tables["cpu_day"]:
        cpu[row, day] = mean
    del busy["network"]
    return Columns(
        NOW - timedelta(days=DAYS), NOW, 5.0, levels, counts, means, np.full(ROWS, DAY * DAYS), busy_share=busy,
        network_mb_day=network, cpu_mean_day=cpu,
    )  # fmt: skip


@pytest.fixture(scope="module")
def both():
    usages = loads()
    return usages, columns(usages)


def test_percentiles_of_a_database_lead_to_the_same_sizes(both):
    usages, table = both
    found = demands_of(table, [machine()] * ROWS, NOW)
    findings = set()
    for usage, demand in zip(usages, found, strict=True):
        full = measure(usage, machine(), NOW)
        assert demand.window == full.window
        assert set(demand.used) == set(full.used)
        assert demand.network_mb_day == pytest.approx(full.network_mb_day)
        assert demand.cpu_mean_day == pytest.approx(full.cpu_mean_day)
        for name in demand.used:
            for percent in (50, 90, 95, 99, 99.5, 100):
                assert demand.at(name, percent) == pytest.approx(full.at(name, percent))
        for preset in PRESETS.values():
            one, other = (
                decide(machine(), each, FIXED, Policy(preset=preset, min_run_hours=10), now=NOW, hours=on_demand(DAYS))
                for each in (demand, full)
            )
            assert (one.finding, one.dimensions, offers(one)) == (other.finding, other.dimensions, offers(other))
            assert [each.against for each in one.options] == [each.against for each in other.options]
            findings.add(one.finding)
    assert findings >= {"idle", "over", "optimized", "under"}


def test_rows_that_do_not_suffice_are_refused(both):
    table = both[1]
    changed = replace(machine(), changed=NOW - timedelta(days=1))
    fresh = replace(machine(), launched=NOW - timedelta(days=1))
    found = demands_of(table, [changed, fresh, *[machine()] * (ROWS - 2)], NOW)
    assert isinstance(found[0], Refusal)
    assert "changed on 2026-10-19" in found[0].reason
    assert found[1].reason == "started 1 d ago, needs 3 d"
    few = replace(table, running=table.running * 3)
    assert demands_of(few, [machine()] * ROWS, NOW)[0].finding == "insufficient_data"
    zeros = replace(table, zeros=np.full(ROWS, 100))
    assert demands_of(zeros, [machine()] * ROWS, NOW)[0].finding == "data_quality"
    with pytest.raises(ValueError, match="rows for 1 resources"):
        demands_of(table, [machine()], NOW)
    with pytest.raises(ValueError, match="from 0 to 100"):
        replace(table, percents=PERCENTS[1:])


def test_what_is_not_given_is_not_guessed(both):
    usages, table = both
    bare = replace(table, busy_share={}, network_mb_day=None, cpu_mean_day=None)
    found = demands_of(bare, [machine()] * ROWS, NOW)
    assert found[2].network_mb_day is None
    assert decide(machine(), found[2], FIXED, Policy(), now=NOW).finding != "idle"
    for usage, demand in zip(usages, found, strict=True):
        full = measure(usage, machine(), NOW)
        assert demand.pressure["cpu"].share >= full.pressure["cpu"].share - 1 / (DAY * DAYS) - 1e-9
