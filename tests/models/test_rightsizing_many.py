"""Many resources at once: the same as one by one, in little memory."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from models.rightsizing.candidates import Catalogue
from models.rightsizing.decide import decide, totals
from models.rightsizing.demand import Demand, Refusal, measure, thin
from models.rightsizing.explain import explain
from models.rightsizing.facts import Dismissal
from models.rightsizing.many import Block, decide_many, measure_many
from models.rightsizing.policy import PRESETS, Policy
from models.rightsizing.samples import Distribution, Quantiles
from models.rightsizing.stability import targets_agree
from tests.support.rightsizing import DAY, NOW, SIZES, TODAY, load, machine, offers, on_demand, with_peak

ROWS, STEPS = 40, 5 * DAY + 30
CATALOGUE = Catalogue(list(SIZES.values()))


def block(seed=3, *, stopped=True):
    """Loads with gaps, stopped time, missing metrics, zeros and one that is too short, from an odd hour on."""
    rng = np.random.default_rng(seed)
    shape = (ROWS, STEPS)
    cpu = np.clip(rng.uniform(5, 60, (ROWS, 1)) + rng.normal(0, 15, shape), 0.1, 100).round(1)
    memory = np.clip(rng.uniform(5, 90, (ROWS, 1)) + rng.normal(0, 5, shape), 0, 100)
    network, ebs = rng.uniform(0, 900, shape), rng.uniform(0, 700, shape)
    credits = rng.uniform(0, 4, shape)
    for table in (cpu, memory, network):
        table[:20][rng.random((20, STEPS)) < 0.1] = np.nan
    cpu[3, 100:] = np.nan
    cpu[4, ::3] = 0.0
    cpu[5, 200:420] = 97.0
    cpu[6, DAY : 2 * DAY] = np.nan
    memory[7], network[8], memory[9, 30:] = np.nan, np.nan, np.nan
    running = np.ones(shape, dtype=bool)
    running[10, 300:900] = False
    running[11] = ~np.isnan(cpu[11])
    return Block(
        NOW - timedelta(minutes=5 * STEPS), 5.0, cpu, memory, ebs, None, network, credits=credits,
        running=running if stopped else None, out_of_memory=np.arange(ROWS) == 12,
    )  # fmt: skip


def owners():
    kinds = sorted(SIZES)
    found = [replace(machine(kinds[row % len(kinds)]), resource_id=f"i-{row}") for row in range(ROWS)]
    found[20] = replace(found[20], changed=NOW - timedelta(hours=70))
    found[21] = replace(found[21], launched=NOW - timedelta(hours=50))
    found[22] = replace(found[22], machine=None)
    return found


def same(one, other):
    assert type(one) is type(other)
    if isinstance(one, Refusal):
        assert one == other
        return
    assert one.window == other.window
    assert list(one.used) == list(other.used)
    for name, samples in one.used.items():
        assert np.array_equal(samples.levels, other.used[name].levels)
        assert np.array_equal(samples.counts, other.used[name].counts)
    assert one.pressure == other.pressure
    assert np.array_equal(one.cpu_in_order, other.cpu_in_order)
    assert np.array_equal(one.when, other.when)
    assert one.out_of_memory == other.out_of_memory
    assert one.credits_gone == other.credits_gone
    for mine, yours in ((one.network_mb_day, other.network_mb_day), (one.cpu_mean_day, other.cpu_mean_day)):
        assert mine == (None if yours is None else pytest.approx(yours))


@pytest.mark.parametrize("stopped", [True, False])
def test_many_at_once_are_measured_as_one_by_one(stopped):
    table, resources = block(stopped=stopped), owners()
    together = measure_many(table, resources, NOW)
    apart = [measure(table.one(row), resource, NOW) for row, resource in enumerate(resources)]
    for one, other in zip(together, apart, strict=True):
        same(one, other)
    kinds = [each.finding if isinstance(each, Refusal) else "" for each in together]
    assert (kinds[3], kinds[4], kinds[21]) == ("insufficient_data", "data_quality", "insufficient_data")
    assert together[20].window.since_change
    assert "memory" not in together[7].used
    assert "memory" not in together[9].used
    assert together[5].pressure["cpu"].days > 0
    assert together[6].window.longest_gap_hours >= 24


def test_rows_and_resources_belong_together():
    with pytest.raises(ValueError, match="40 rows of metrics for 39"):
        measure_many(block(), owners()[1:], NOW)


def test_decisions_of_many_are_those_of_each_and_keep_no_samples():
    table, resources = block(), owners()
    resources[0] = replace(resources[0], dismissed=Dismissal("standby", TODAY + timedelta(days=9)))
    hours = {each.resource_id: on_demand(5) for each in resources[::2]}
    found = decide_many(table, resources, CATALOGUE, Policy(), now=NOW, hours=hours)
    assert found[0].finding == "suppressed"
    for row, (decision, resource) in enumerate(zip(found, resources, strict=True)):
        alone = decide(
            resource, table.one(row), CATALOGUE, Policy(), now=NOW, hours=hours.get(resource.resource_id)
        )  # fmt: skip
        assert (decision.finding, decision.status) == (alone.finding, alone.status)
        assert offers(decision) == offers(alone)
        assert decision.rejected == ()
        assert decision.demand is None or decision.demand.cpu_in_order is None
    assert len({each.finding for each in found}) >= 5


def test_kept_decisions_can_be_explained_and_added_up():
    found = decide_many(block(), owners(), CATALOGUE, Policy(min_run_hours=10), now=NOW, stability=False)
    texts = [" ".join(part.text for part in explain(each, Policy())) for each in found]
    assert sum("at P99.5" in text for text in texts) > 20
    added = totals(found)
    assert added.rows == 0.0  # what is saved today is not known without hours
    assert added.others == sum(bool(each.options) for each in found if each.finding == "over") > 0


def test_parts_that_differ_cost_confidence():
    table, resources = block(stopped=False), owners()
    # An m5.xlarge of which half would do in the first half of the window only; other four processors always.
    table.cpu[29], table.memory[29] = np.where(np.arange(STEPS) < STEPS // 2, 30.0, 60.0), 20.0
    table.ebs_mbit_s[29] = table.network_mbit_s[29] = 100.0
    with_parts, without = (
        decide_many(table, resources, CATALOGUE, Policy(), now=NOW, stability=stability) for stability in (True, False)
    )
    lost = [
        (row, one.confidence.score - other.confidence.score)
        for row, (one, other) in enumerate(zip(with_parts, without, strict=True))
        if one.finding == "over"
    ]
    for row, points in lost:
        alone = targets_agree(resources[row], table.one(row), CATALOGUE, Policy(), now=NOW)
        assert points == (-20 if alone is False else 0)
    assert {points for _, points in lost} == {-20, 0}


def test_a_thin_demand_has_the_percentiles_and_leads_to_the_same_sizes():
    rng = np.random.default_rng(1)
    fixed = [each for each in SIZES.values() if not each.burstable]
    offered = 0
    for _ in range(60):
        cpu = with_peak(rng.uniform(1, 40), rng.uniform(30, 99), rng.choice([0.0005, 0.002, 0.008, 0.02, 0.03, 0.1]), 3)
        usage = load(cpu=cpu, memory=rng.uniform(5, 80), days=3)
        policy = Policy(preset=PRESETS[rng.choice(list(PRESETS))])
        full = measure(usage, machine(), NOW)
        small = thin(full)
        for percent in (0, 50, 90, 95, 97.5, 99, 99.5, 99.9, 100):
            assert small.at("cpu", percent) == pytest.approx(full.at("cpu", percent))
        assert small.used["cpu"].mean == full.used["cpu"].mean
        assert small.used["cpu"].samples == full.used["cpu"].samples
        one, other = (
            decide(machine(), each, Catalogue(fixed), policy, now=NOW, hours=on_demand(3)) for each in (full, small)
        )
        assert offers(one) == offers(other)
        offered += len(one.options)
        for a, b in zip(one.options, other.options, strict=True):
            assert a.candidate.risk.score == pytest.approx(b.candidate.risk.score)
            assert a.against == b.against
    assert offered > 20


def test_shares_from_percentiles_are_never_too_small():
    rng = np.random.default_rng(2)
    for _ in range(50):
        values = np.round(rng.gamma(2.0, 10.0, 2000), rng.integers(0, 4))
        full = Distribution.of(values)
        small = Quantiles.of(full)
        assert Quantiles.of(small) is small
        for level in (*rng.uniform(0, 120, 20), values.min(), values.max(), np.median(values)):
            one = 1 / 2000 + 1e-9  # a level between the two highest samples may count as one fewer
            assert full.share_above(level) - one <= small.share_above(level) <= full.share_above(level) + 0.01 + one
            assert full.share_from(level) - one <= small.share_from(level)
        assert small.share_above(values.max()) == 0.0
        assert small.share_above(values.min() - 1) == 1.0
        assert small.share_from(values.max() + 1) == 0.0


def test_a_demand_without_order_decides_about_credits_by_its_peak():
    low, high = (thin(measure(load(cpu=cpu), machine(), NOW)) for cpu in (8.0, 17.0))
    only = Catalogue([SIZES["t3.large"]])
    assert isinstance(low, Demand)
    assert offers(decide(machine(), low, only, Policy(), now=NOW, hours=on_demand())) == {"t3.large": 79.42}
    assert decide(machine(), high, only, Policy(), now=NOW, hours=on_demand()).options == ()
