"""What must hold for every resource, and figures computed a second way."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rightsizing.bill import Line, Plan, Portfolio, Reservation, fleet_saving, hourly_bill, row_saving
from models.rightsizing.candidates import Catalogue, judge
from models.rightsizing.credits import credits_suffice, simulate_credits
from models.rightsizing.decide import decide, totals
from models.rightsizing.demand import Distribution, busy_days, measure
from models.rightsizing.facts import Hours, PriceMissing
from models.rightsizing.needs import processing_factor
from models.rightsizing.policy import PRESETS, Policy
from tests.support.rightsizing import DAY, NOW, SIZES, TODAY, load, machine, on_demand, size

CATALOGUE = Catalogue(list(SIZES.values()))
percents = st.floats(0.5, 100.0)
maybe = st.none() | percents


@st.composite
def usages(draw, memory=maybe):
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    base, peak, share = draw(percents), draw(percents), draw(st.floats(0.0, 0.2))
    cpu = np.where(rng.random(2 * DAY) < share, peak, base)
    highest = draw(memory)
    return load(
        cpu=cpu,
        memory=None if highest is None else np.full(2 * DAY, highest),
        ebs=draw(st.none() | st.floats(0.0, 1200.0)),
        iops=draw(st.none() | st.floats(0.0, 6000.0)),
        network=draw(st.none() | st.floats(0.0, 1300.0)),
        days=2,
    )


types = st.sampled_from(sorted(SIZES))
policies = st.builds(
    Policy,
    preset=st.sampled_from(list(PRESETS.values())),
    user_facing=st.booleans(),
    allow_architecture_change=st.booleans(),
    max_risk=st.floats(0.0, 4.0),
)
many = settings(max_examples=120, deadline=None)


def judged(kind, usage, policy, catalogue=CATALOGUE, **more):
    resource = machine(kind)
    return decide(resource, usage, catalogue, policy, now=NOW, hours=on_demand(2), **more)


def unknown_speed(name, generation, price=0.17):
    return size(name, 4, 16, price, perf=None, generation=generation)


@pytest.mark.parametrize(
    ("cpu", "generation", "offered"),
    [
        (63.0, 6, ["m6a.xlarge"]),  # 63 % stays 63 %
        (63.0, 5, ["m5a.xlarge"]),  # 63 / 0.8 = 78.75 %, 80 % is allowed
        (65.0, 5, []),  # 65 / 0.8 = 81.25 %
        (52.0, 4, []),  # 52 / 0.64 = 81.25 %
        (51.0, 4, ["m4a.xlarge"]),  # 51 / 0.64 = 79.7 %
        (78.0, 7, ["m7a.xlarge"]),  # a newer one counts as equal, not as faster
        (65.0, None, ["m0a.xlarge"]),
    ],
)
def test_an_older_generation_of_unknown_speed_counts_as_slower(cpu, generation, offered):
    present = unknown_speed("m6i.xlarge", 6, 0.192)
    target = unknown_speed(f"m{generation or 0}a.xlarge", generation)
    resource = machine("m5.xlarge", machine=present)
    resource = replace(resource, instance_type="m6i.xlarge")
    found = decide(
        resource, load(cpu=cpu), Catalogue([present, target]), Policy(), now=NOW, hours=on_demand(14)
    )  # fmt: skip
    assert [option.machine.instance_type for option in found.options] == offered
    if offered:
        share = cpu / 0.8 ** max(0, 6 - (generation or 6))
        assert dict(found.options[0].candidate.projected)["cpu"] == pytest.approx(share)


def test_two_known_speeds_are_taken_as_they_are():
    present, target = unknown_speed("m6i.xlarge", 6, 0.192), unknown_speed("m5a.xlarge", 5)
    present, target = replace(present, perf_index=1.0), replace(target, perf_index=0.9)
    assert processing_factor(present, target) == pytest.approx(1 / 0.9)


@many
@given(types, usages(memory=st.none()), policies)
def test_never_less_memory_while_memory_is_unknown(kind, usage, policy):
    found = judged(kind, usage, policy)
    assert all(option.machine.memory_gib >= SIZES[kind].memory_gib for option in found.options)
    assert found.confidence is None or found.confidence.score <= 75


def test_never_less_memory_in_ten_thousand_random_pairs():
    rng = random.Random(6)
    demands = [
        measure(load(cpu=rng.uniform(0.1, 100), memory=None, days=2, network=rng.choice([None, 5.0])), machine(), NOW)
        for _ in range(50)
    ]
    for _ in range(10_000):
        present, target = rng.choice(list(SIZES.values())), rng.choice(list(SIZES.values()))
        target = replace(target, memory_gib=rng.choice([2, 4, 8, 15.9, 16, 32]), vcpu=rng.choice([1, 2, 4, 8]))
        policy = Policy(preset=rng.choice(list(PRESETS.values())), allow_architecture_change=True)
        found = judge(machine(machine=present), rng.choice(demands), target, policy)
        assert not found.fits or target.memory_gib >= present.memory_gib


@many
@given(types, usages(), policies)
def test_no_headline_above_the_risk_policy_and_no_option_that_would_be_full(kind, usage, policy):
    found = judged(kind, usage, replace(policy, min_run_hours=1.0, min_saving_month=0.0, min_saving_share=0.0))
    if found.headline is not None:
        assert found.headline.candidate.risk.score <= policy.max_risk
        assert found.headline.savings.today > 0.0
    assert len(found.options) <= 3
    for option in found.options:
        assert all(value <= 100.0 + 1e-6 for _, value in option.candidate.projected)


@many
@given(types, usages(), policies)
def test_what_is_left_out_early_would_have_been_rejected(kind, usage, policy):
    fast, slow = judged(kind, usage, policy), judged(kind, usage, policy, every_rejection=True)
    assert (fast.finding, fast.options) == (slow.finding, slow.options)
    faster = judged(kind, usage, policy, rejections=False)
    assert (faster.finding, faster.options) == (slow.finding, slow.options)


@many
@given(types, usages(), policies, st.randoms())
def test_order_of_the_catalogue_is_irrelevant(kind, usage, policy, rng):
    shuffled = list(SIZES.values())
    rng.shuffle(shuffled)
    first, second = judged(kind, usage, policy), judged(kind, usage, policy, Catalogue(shuffled))
    assert (first.finding, first.options, first.rejected) == (second.finding, second.options, second.rejected)


def test_totals_do_not_depend_on_the_order_of_rows():
    rng = random.Random(1)
    found = [
        decide(
            replace(machine(), resource_id=f"i-{n}"), load(cpu=rng.uniform(3, 30), memory=rng.uniform(10, 60), days=2),
            CATALOGUE, Policy(min_run_hours=10, min_saving_month=60), now=NOW, hours=on_demand(2),
        )
        for n in range(40)
    ]  # fmt: skip
    first = totals(found)
    assert first.counted > 5
    assert first.others > 5
    assert first.rows == pytest.approx(sum(each.headline.savings.today for each in found if each.headline))
    rng.shuffle(found)
    assert totals(found) == first


@many
@given(
    st.lists(st.tuples(st.sampled_from([4.0, 8.0, 16.0]), st.booleans()), min_size=1, max_size=6),
    st.integers(0, 6),
    st.floats(0.0, 1.0),
    st.randoms(),
)
def test_fleet_saves_at_most_the_sum_of_its_rows_and_in_any_order(machines, reserved, committed, rng):
    def line(number, units):
        price = 0.024 * units
        return Line(f"i-{number}", f"m5.{units}", "m5", "eu", "linux", price, units, compute_rate=0.7 * price)

    lines = [line(number, units) for number, (units, _) in enumerate(machines)]
    changes = {f"i-{n}": line(n, units / 2) for n, (units, changed) in enumerate(machines) if changed}
    held = Portfolio(
        (Reservation("r", "m5.8.0", "m5", "eu", "linux", reserved, 0.12, 8.0, ends=TODAY + timedelta(days=30)),),
        (Plan("p", committed),),
    )
    hours = [(24.0, lines), (12.0, lines[:1])]
    fleet = fleet_saving(hours, held, changes, TODAY)
    rows = [row_saving(hours, held, change, TODAY) for change in changes.values()]
    assert fleet.today <= sum(row.today for row in rows) + 1e-9
    shuffled = list(lines)
    rng.shuffle(shuffled)
    assert hourly_bill(shuffled, held) == hourly_bill(lines, held)
    # The fleet's total is the difference of two whole bills.
    after = [changes.get(each.key, each) for each in lines]
    whole = 24 * (hourly_bill(lines, held) - hourly_bill(after, held))
    whole += 12 * (hourly_bill(lines[:1], held) - hourly_bill(after[:1], held))
    assert fleet.today == pytest.approx(whole * 730 / 36, abs=0.005)


@many
@given(st.lists(st.integers(0, 40), min_size=1, max_size=80), st.sampled_from([0.0, 50.0, 90.0, 95.0, 99.5, 100.0]))
def test_percentiles_are_those_of_sorting_by_hand(samples, percent):
    ordered = sorted(float(each) for each in samples)
    position = (len(ordered) - 1) * percent / 100
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    by_hand = ordered[low] + (ordered[high] - ordered[low]) * (position - low)
    found = Distribution.of(np.array(ordered))
    assert found.percentile(percent) == pytest.approx(by_hand)
    assert found.percentile(percent) == pytest.approx(float(np.percentile(ordered, percent)))
    counted = Distribution.counted({value: ordered.count(value) for value in set(ordered)})
    assert counted.percentile(percent) == found.percentile(percent)
    assert found.share_above(20.0) == pytest.approx(sum(each > 20 for each in ordered) / len(ordered))
    assert found.mean == pytest.approx(sum(ordered) / len(ordered))


@many
@given(
    st.lists(st.floats(0.0, 200.0), min_size=1, max_size=300),
    st.sampled_from([5.0, 10.0, 20.0, 40.0]),
    st.sampled_from([1, 2, 8]),
    st.sampled_from([5.0, 60.0]),
)
def test_closed_form_of_credits_agrees_with_the_simulation(samples, baseline, vcpu, step):
    cpu = np.array(samples)
    standard, borrowed = (
        simulate_credits(cpu, vcpu=vcpu, baseline_percent=baseline, step_minutes=step, unlimited=unlimited)
        for unlimited in (False, True)
    )
    enough = credits_suffice(cpu, vcpu=vcpu, baseline_percent=baseline, step_minutes=step)
    if enough:
        assert standard.throttled_share == 0.0
        assert borrowed.charged_credits == pytest.approx(0.0, abs=1e-6)
    else:
        assert standard.throttled_share > 0.0


def test_price_difference_by_hand():
    usage = load(days=14)
    # Half the hours on demand at 90 % of list, a quarter reserved, a quarter on a plan: 168 h of 336.
    hours = Hours(window=336.0, on_demand=168.0, reserved=84.0, plan=84.0, rate_paid_share=0.9)
    found = decide(machine(), usage, CATALOGUE, Policy(), now=NOW, hours=hours)
    first = found.options[0]
    assert first.machine.instance_type == "m5.large"
    assert first.savings.at_list == pytest.approx((0.192 - 0.096) * 730)
    assert first.savings.today == pytest.approx((0.192 - 0.096) * 0.9 * 168 / 336 * 730)
    # AWS's own figure for a fully on-demand machine: hours of 14 days x difference x 730/336.
    plain = decide(machine(), usage, CATALOGUE, Policy(), now=NOW, hours=Hours(window=336.0, on_demand=200.0))
    assert plain.options[0].savings.today == pytest.approx(200 * 0.096 * 730 / 336)


def test_example_of_the_explanation_adds_up():
    usage = load(cpu=12.3, memory=100 * 4.9 / 16, days=32)
    hours = Hours(window=768.0, on_demand=460.8, plan=307.2, commitment_ends=TODAY + timedelta(days=114))
    found = decide(machine(), usage, CATALOGUE, Policy(), now=NOW, hours=hours)
    option = next(each for each in found.options if each.machine.instance_type == "m6i.large")
    projected = dict(option.candidate.projected)
    assert projected["cpu"] == pytest.approx(12.3 * 4 / (2 * 1.15))
    assert projected["memory"] == pytest.approx(61.25)
    assert round(option.candidate.risk.score, 1) == 0.8
    assert option.candidate.risk.drivers == ("memory",)
    assert round(option.savings.at_list, 2) == 70.08
    assert round(option.savings.today, 2) == 42.05
    assert round(option.savings.after_expiry, 2) == 70.08
    assert option.effort.level == "low"


def test_gaps_and_stopped_time_are_no_samples():
    cpu = np.full(4 * DAY, 10.0)
    cpu[:100] = np.nan
    cpu[500:600] = 0.0
    running = np.ones(4 * DAY, dtype=bool)
    running[500:600] = False
    demand = measure(load(cpu=cpu, running=running, days=4), machine(), NOW)
    assert demand.used["cpu"].levels.tolist() == [10.0]
    assert demand.window.samples == 4 * DAY - 200
    assert demand.window.coverage == pytest.approx((4 * DAY - 200) / (4 * DAY - 100))
    assert demand.window.longest_gap_hours == pytest.approx(100 / 12)


def test_a_short_nightly_batch_is_not_too_small_but_a_long_one_is():
    def nightly(samples):
        cpu = np.full(14 * DAY, 10.0)
        for day in range(14):
            cpu[day * DAY : day * DAY + samples] = 97.0
        return load(cpu=cpu)

    assert decide(machine(), nightly(4), CATALOGUE, Policy(), now=NOW).finding == "optimized"
    larger = size("m5.2xlarge", 8, 32, 0.384)
    long = decide(machine(), nightly(6), Catalogue([*SIZES.values(), larger]), Policy(), now=NOW)
    assert (long.finding, long.dimensions) == ("under", ("cpu",))
    # A larger size costs more: it is offered, and never counted as a saving.
    assert [(each.machine.instance_type, each.savings.today) for each in long.options] == [("m5.2xlarge", None)]
    assert long.options[0].savings.at_list == pytest.approx(-0.192 * 730)
    assert long.headline is None


def test_a_missing_price_is_never_zero():
    free = replace(SIZES["m5.large"], price=PriceMissing("not listed"))
    found = decide(machine(), load(), Catalogue([free]), Policy(), now=NOW, hours=on_demand())
    assert found.status == "price_missing"
    assert found.options[0].savings.today is None
    assert found.headline is None


@pytest.mark.parametrize(
    ("hours", "maxima", "days"),
    [
        ([9], True, 0),  # the highest of one hour may have stood for a minute
        ([9], False, 3),  # the mean of an hour says it of the hour
        ([9, 10], True, 3),
        ([9, 11], True, 0),
    ],
)
def test_how_long_a_peak_lasted_is_not_made_up_from_hourly_maxima(hours, maxima, days):
    values = np.full(3 * 24, 10.0)
    for day in range(3):
        values[[24 * day + hour for hour in hours]] = 97.0
    assert busy_days(values, 90.0, np.repeat(np.arange(3), 24), 60.0, maxima=maxima) == days
