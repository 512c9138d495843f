"""Tasks, requests, functions, schedules, tables and streams: every figure computed by hand."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from models.rightsizing.containers import TASK_SIZES, Task, TaskPrices, TaskSize, decide_task, task_idle
from models.rightsizing.functions import Function, cpu_bound, decide_function
from models.rightsizing.kubernetes import NodePool, Pod, Workload, advise_requests, requests_effect
from models.rightsizing.policy import PRESETS, Policy
from models.rightsizing.schedules import hourly_idle, hourly_running, schedule
from models.rightsizing.streams import Stream, broker_policy, broker_usage, decide_shards
from models.rightsizing.tables import Table, TablePrices, autoscaled, decide_mode, infrequent_access_saving
from tests.support.rightsizing import load

MINUTES = 14 * 1440
PRICES = TaskPrices(0.04048, 0.004445)


def task(cpu=10.0, memory=20.0, size=(2.0, 8.0), **more):
    def series(value):
        return np.full(MINUTES, float(value)) if isinstance(value, int | float) else value

    return Task("svc", TaskSize(*size), 730.0, series(cpu), series(memory), **more)


def test_a_task_takes_the_next_pair_that_is_sold():
    # 10 % of 2 vCPU are 0.2, 20 % of 8 GiB are 1.6: a quarter of a processor with 2 GiB.
    found = decide_task(task(), PRICES)
    assert (found.outcome, found.target) == ("change", TaskSize(0.25, 2))
    assert found.saving == pytest.approx(730 * (1.75 * 0.04048 + 6 * 0.004445))
    # 2.4 GiB need half a processor, as a quarter is sold with at most 2 GiB.
    assert decide_task(task(memory=30), PRICES).target == TaskSize(0.5, 3)
    assert TaskSize(16, 120) in TASK_SIZES
    assert TaskSize(4, 31) not in TASK_SIZES
    assert len(TASK_SIZES) == 3 + 4 + 7 + 13 + 23 + 12 + 12


def test_a_task_without_memory_metric_keeps_its_memory():
    found = decide_task(task(memory=None), PRICES)
    assert found.target == TaskSize(1, 8)
    assert "memory is not measured" in found.notes[0]


def test_the_highest_memory_counts_and_the_rarest_cpu_peak_does_not():
    cpu, memory = np.full(MINUTES, 10.0), np.full(MINUTES, 20.0)
    cpu[:50], memory[:1] = 95.0, 60.0
    assert decide_task(task(cpu, memory), PRICES).target == TaskSize(1, 5)
    coarse = decide_task(task(cpu[::5], memory[::5], step_minutes=5.0), PRICES)
    assert coarse.target == TaskSize(2, 5)


def test_what_follows_a_metric_is_not_touched():
    assert decide_task(task(step_scaling=True), PRICES).outcome == "not_applicable"
    assert decide_task(task(follows=frozenset({"cpu", "memory"})), PRICES).outcome == "not_applicable"
    assert decide_task(task(follows=frozenset({"cpu"})), PRICES).target == TaskSize(2, 4)
    assert decide_task(task(follows=frozenset({"memory"})), PRICES).target == TaskSize(1, 8)


def test_a_task_that_lacks_something_grows():
    busy = decide_task(task(cpu=95), PRICES)
    assert (busy.outcome, busy.target, busy.reason) == ("grow", TaskSize(4, 8), "too little CPU")
    assert busy.saving == pytest.approx(-730 * 2 * 0.04048)
    ended = decide_task(task(memory=99, out_of_memory=True), PRICES)
    assert (ended.outcome, ended.target) == ("grow", TaskSize(2, 10))  # 7.92 x 1.2 = 9.504


def test_a_task_that_is_not_known_is_not_decided():
    short = decide_task(task(np.full(23 * 60, 5.0), np.full(23 * 60, 5.0)), PRICES)
    assert (short.outcome, short.reason) == ("cannot_tell", "23 h < 24 h of CPU samples")
    assert decide_task(task(), None).outcome == "price_missing"
    assert decide_task(task(), None).saving is None
    assert decide_task(task(80, 88), None).outcome == "keep"
    assert decide_task(task(80, 88), PRICES).outcome == "keep"


def test_idle_tasks():
    assert task_idle(np.array([0.5, np.nan]), np.array([0.9, 0.1])) is True
    assert task_idle(np.array([1.5]), np.array([0.1])) is False
    assert task_idle(np.array([np.nan]), np.array([0.1])) is None


def workload(**more):
    cpu = np.concatenate([np.full(95, 0.2), np.full(10, 1.0)])
    return replace(Workload("api", 2.0, 4.0, cpu, np.linspace(0.5, 1.6, 105)), **more)


def test_requests_follow_p95_of_cpu_and_the_highest_memory():
    found = advise_requests(workload())
    # Position 0.95 x 104 = 98.8 lies among the ten busy samples: 1.0 x 1.25; 1.6 x 1.25.
    assert (found.cpu, found.memory) == (pytest.approx(1.25), pytest.approx(2.0))
    assert advise_requests(workload(), room=0.15).memory == pytest.approx(1.84)
    assert advise_requests(workload(out_of_memory=True)).memory == pytest.approx(1.6 * 1.2 * 1.25)


def test_requests_are_withheld_rather_than_guessed():
    means = advise_requests(workload(memory_peak_gib=None))
    assert (means.memory, means.reasons) == (None, ("memory: no peaks were recorded",))
    scaled = advise_requests(workload(autoscaled_on=frozenset({"cpu"})))
    assert scaled.cpu is None
    assert scaled.memory == pytest.approx(2.0)
    few = advise_requests(workload(cpu_cores=np.full(99, 0.1)))
    assert few.reasons == ("CPU: 99 samples, needs 100",)


def test_floors_of_requests_never_raise_one_that_was_enough():
    tiny = workload(cpu_cores=np.full(100, 0.001), memory_peak_gib=np.full(100, 0.01))
    assert advise_requests(tiny).cpu == 0.025
    assert advise_requests(tiny).memory == 0.25
    small = advise_requests(replace(tiny, cpu_request=0.01, memory_request=0.1))
    assert (small.cpu, small.memory) == (0.01, 0.1)


POOL = NodePool(nodes=6, cpu=4.0, memory=16.0, price_hour=0.2)


def test_smaller_requests_save_money_only_where_nodes_go():
    # 12 pods of 2 cores: two a node, 6 nodes. Of one core: four a node, 3 nodes.
    found = requests_effect([Pod(2, 2, 12)], [Pod(1, 2, 12)], POOL)
    assert (found.outcome, found.nodes_before, found.nodes_after) == ("saves_money", 6, 3)
    assert found.freed_cpu == 12
    assert found.saving == pytest.approx(3 * 0.2 * 730)
    # Memory still fills the nodes: four a node of 4 GiB each.
    bound = requests_effect([Pod(1, 4, 24)], [Pod(0.5, 4, 24)], POOL)
    assert (bound.outcome, bound.freed_cpu, bound.saving) == ("frees_capacity", 12, 0.0)
    fixed = requests_effect([Pod(2, 2, 12)], [Pod(1, 2, 12)], replace(POOL, shrinks=False))
    assert (fixed.outcome, fixed.saving) == ("frees_capacity", 0.0)
    unpriced = requests_effect([Pod(2, 2, 12)], [Pod(1, 2, 12)], replace(POOL, price_hour=None))
    assert (unpriced.outcome, unpriced.saving) == ("price_missing", None)


def test_nodes_that_were_spare_before_are_no_merit_of_the_change():
    spare = requests_effect([Pod(2, 2, 12)], [Pod(1, 2, 12)], replace(POOL, nodes=20))
    assert spare.saving == pytest.approx(3 * 0.2 * 730)
    kept = requests_effect([Pod(2, 2, 12)], [Pod(1, 2, 12)], replace(POOL, least_nodes=5))
    assert kept.saving == pytest.approx(0.2 * 730)
    more = requests_effect([Pod(1, 2, 12)], [Pod(4, 2, 12)], POOL)
    assert (more.outcome, more.saving) == ("needs_more", pytest.approx(-9 * 0.2 * 730))
    assert requests_effect([Pod(5, 1)], [Pod(1, 1)], POOL).outcome == "cannot_tell"
    mixed = requests_effect([Pod(3, 1, 2), Pod(1, 1, 2)], [Pod(3, 1, 2), Pod(1, 1, 2)], POOL)
    assert (mixed.outcome, mixed.nodes_before) == ("nothing", 2)


GB_SECOND = 0.0000166667


def function(**more):
    known = {"memory_mb": 1024, "calls": 10_000, "max_used_mb": 200.0, "gb_seconds": 3e6}
    return Function("f", **{**known, "durations": {1024: 100.0, 512: 100.0}, **more})


def test_a_function_that_waits_takes_less_memory_and_is_no_slower():
    found = decide_function(function(), GB_SECOND)
    # 200 x 1.3 = 260 MB; half of the least setting seen (512) is 256, so 260 may be proposed.
    assert (found.outcome, found.target) == ("change", 260)
    assert found.saving == pytest.approx((1 - 260 / 1024) * 3e6 * GB_SECOND)
    assert found.notes == ()
    near = decide_function(function(max_used_mb=100.0), GB_SECOND)
    assert near.target == 256


def test_a_function_that_computes_saves_nothing_below_one_processor():
    found = decide_function(function(durations={1024: 100.0, 512: 200.0}), GB_SECOND)
    assert found.outcome == "keep"
    assert "bound by the processor" in found.reason
    # Above 1,769 MB a second processor brings nothing: 3,538 is twice what is needed.
    large = decide_function(function(memory_mb=3538, durations={3538: 50.0, 1769: 50.0, 884.5: 100.0}), GB_SECOND)
    assert (large.outcome, large.target) == ("change", 1769)
    assert large.saving == pytest.approx(0.5 * 3e6 * GB_SECOND)


def test_between_waiting_and_computing_the_duration_seen_decides():
    # A quarter longer at half the memory: exponent log2(1.25); 512 MB cost half of 1.25.
    found = decide_function(function(max_used_mb=390.0, durations={1024: 100.0, 512: 125.0}), GB_SECOND)
    assert found.target == 507
    assert found.saving == pytest.approx((1 - 507 / 1024 * (1024 / 507) ** np.log2(1.25)) * 3e6 * GB_SECOND)
    assert found.notes == ("calls would last 25% longer",)


def test_a_function_with_one_setting_is_tried_and_promised_nothing():
    found = decide_function(function(durations={1024: 100.0}), GB_SECOND)
    assert (found.outcome, found.target, found.saving) == ("test", 260, None)
    assert cpu_bound({2048: 10.0, 3008: 10.0}) is None
    for change in ({"calls": 49}, {"max_used_mb": None}, {"durations": {}}):
        assert decide_function(function(**change), GB_SECOND).outcome == "cannot_tell"
    assert decide_function(function(max_used_mb=800.0), GB_SECOND).outcome == "keep"
    full = decide_function(function(max_used_mb=1000.0), GB_SECOND)
    assert (full.outcome, full.target, full.saving) == ("grow", 1300, None)
    assert decide_function(function(), None).outcome == "price_missing"


MONDAY = datetime(2026, 9, 7, tzinfo=UTC)


def weeks(count, busy=range(8, 20), days=range(5)):
    """1 where idle: busy on weekdays from 8 to 20."""
    week = np.ones((7, 24))
    week[np.ix_(list(days), list(busy))] = 0.0
    return np.tile(week.ravel(), count)


def test_nights_and_weekends_are_stopped():
    found = schedule(MONDAY, weeks(4), hourly_cost=0.2, covered_share=0.25)
    # 168 - 5 x 12 = 108 hours a week.
    assert (found.outcome, found.target.hours) == ("change", 108)
    assert found.target.saving_at_list == pytest.approx(108 * 0.2 * 52 / 12)
    assert found.saving == pytest.approx(0.75 * 108 * 0.2 * 52 / 12)
    # The last stop begins on Friday at 20:00 and ends on Monday at 8:00.
    assert found.target.periods == ((20, 32), (44, 56), (68, 80), (92, 104), (116, 8))


def test_an_hour_busy_in_one_of_four_weeks_runs_on_and_one_of_ten_does_not():
    four, ten = weeks(4), weeks(10)
    four[3] = ten[3] = 0.0  # Monday at 3:00
    assert not schedule(MONDAY, four, hourly_cost=0.2).target.stopped[3]
    assert schedule(MONDAY, ten, hourly_cost=0.2).target.stopped[3]


def test_a_start_in_the_week_and_gaps_are_respected():
    shifted = schedule(MONDAY.replace(day=9, hour=5), weeks(5)[2 * 24 + 5 :], hourly_cost=0.2)
    assert shifted.target.periods == schedule(MONDAY, weeks(4), hourly_cost=0.2).target.periods
    unseen = weeks(4)
    unseen[5] = np.nan  # Monday at 5:00 was seen three times only
    assert not schedule(MONDAY, unseen, hourly_cost=0.2).target.stopped[5]


def test_no_schedule_without_weeks_without_busy_hours_or_without_gain():
    assert schedule(MONDAY, weeks(3), hourly_cost=0.2).outcome == "cannot_tell"
    assert schedule(MONDAY, np.full(672, np.nan), hourly_cost=0.2).outcome == "cannot_tell"
    assert schedule(MONDAY, np.ones(672), hourly_cost=0.2).outcome == "not_applicable"
    assert schedule(MONDAY, np.zeros(672), hourly_cost=0.2).outcome == "keep"
    assert schedule(MONDAY, weeks(4), hourly_cost=None).outcome == "price_missing"
    off = schedule(MONDAY, weeks(4), hourly_cost=0.2, running=1.0 - weeks(4))
    assert (off.outcome, off.saving) == ("keep", 0.0)
    one = np.zeros(672)
    one[3::168] = 1.0
    assert schedule(MONDAY, one, hourly_cost=0.2).outcome == "keep"
    assert schedule(MONDAY, one, hourly_cost=0.2, shortest_stop=1).target.hours == 1


def test_an_hour_is_idle_by_its_means():
    cpu, network = np.full(288, 1.0), np.full(288, 0.001)
    cpu[0], cpu[12:24], network[24:36], cpu[36:44] = 40.0, 6.0, 0.009, np.nan
    running = np.ones(288, dtype=bool)
    running[60:72] = False
    cpu[60:72] = np.nan
    usage = replace(load(cpu=cpu, network=network, days=1), running=running)
    flags = hourly_idle(usage)
    # 40 and eleven times 1 are 4.25 on average; a third of an hour with samples is not enough.
    assert flags[:3].tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(flags[3])
    assert flags[4:].tolist() == [1.0] * 20
    assert hourly_running(usage).tolist() == [1.0] * 5 + [0.0] + [1.0] * 18
    assert np.isnan(hourly_idle(load(network=None, days=1))).all()
    with pytest.raises(ValueError, match="divide an hour"):
        hourly_idle(replace(usage, step_minutes=7.0))


TABLE = TablePrices(0.125, 0.625, 0.00013, 0.00065)
DAYS = 30 * 24


def steady(rate, mode="on_demand", **more):
    return Table("t", mode, np.full(DAYS, rate * 3600.0), np.full(DAYS, rate * 3600.0), **more)


def test_a_steady_table_is_cheaper_provisioned():
    found = decide_mode(steady(70.0), TABLE)
    # 70 a second for 720 h: 181.44 million of each; or 100 units of each an hour.
    on_demand, held = 181.44 * (0.125 + 0.625), 720 * 100 * (0.00013 + 0.00065)
    assert (found.outcome, found.target) == ("change", "provisioned")
    assert found.saving == pytest.approx((on_demand - held) * 730 / 720)


def test_a_quiet_table_is_cheaper_on_demand():
    units = np.full(DAYS, 100.0)
    found = decide_mode(steady(1.0, "provisioned", provisioned_reads=units, provisioned_writes=units), TABLE)
    assert found.target == "on_demand"
    assert found.saving == pytest.approx((720 * 100 * 0.00078 - 2.592 * 0.75) * 730 / 720)
    assert decide_mode(steady(1.0, "provisioned"), TABLE).outcome == "cannot_tell"


def test_a_spiky_table_stays_on_demand():
    rate = np.full(DAYS, 3600.0)
    rate[::8] = 100 * 3600.0  # every eighth hour is above what the hour before asks for
    found = decide_mode(replace(steady(1.0), reads=rate), TABLE)
    assert found.outcome == "keep"
    assert "12%" in found.reason
    capacity, above = autoscaled(np.array([0.0, 70.0, 70.0]) * 3600, 5.0)
    assert capacity.tolist() == [5.0, 5.0, 100.0]
    assert above.tolist() == [0.0, 1.0, 0.0]


def test_a_table_seen_for_too_short_is_not_decided():
    short = Table("t", "on_demand", np.ones(719), np.ones(719))
    assert decide_mode(short, TABLE).outcome == "cannot_tell"
    assert decide_mode(steady(70.0), None).outcome == "price_missing"
    with pytest.raises(ValueError, match="neither"):
        decide_mode(steady(1.0, "serverless"), TABLE)


def test_class_of_a_table_pays_from_its_storage():
    # 0.6 of the storage against a quarter of the throughput: even at 42 %.
    ratios = {"storage_ratio": 0.4, "throughput_ratio": 1.25}
    assert infrequent_access_saving(storage_month=100, throughput_month=100, **ratios) == pytest.approx(35.0)
    assert infrequent_access_saving(storage_month=50, throughput_month=120, **ratios) == pytest.approx(0.0)


FORTNIGHT = 14 * 288


def stream(shards=8, incoming=1.5, records=100.0, outgoing=3.0, throttled=0.0):
    series = [None if each is None else np.full(FORTNIGHT, each) for each in (incoming, records, outgoing)]
    return Stream("s", shards, *series, throttled=throttled)


def test_shards_hold_the_peak_with_a_fifth_to_spare():
    # 3.0 / (0.8 x 2) = 1.875 and 1.5 / 0.8 = 1.875: two shards would do, half of eight are the first step.
    found = decide_shards(stream(), 0.015)
    assert (found.outcome, found.target) == ("change", 4)
    assert found.saving == pytest.approx(4 * 0.015 * 730)
    assert found.notes[1] == "2 would do, a change can at most halve them"
    assert decide_shards(stream(shards=2), 0.015).outcome == "keep"
    assert decide_shards(stream(shards=3, records=1700.0), 0.015).outcome == "keep"  # 2.125: three
    assert decide_shards(stream(shards=2, records=1700.0), 0.015).target == 3


def test_a_stream_that_refuses_calls_gives_nothing_back():
    assert decide_shards(stream(throttled=1.0), 0.015).outcome == "keep"
    for change in ({"incoming": None}, {"outgoing": None}, {"throttled": None}):
        assert decide_shards(stream(**change), 0.015).outcome == "cannot_tell"
    assert decide_shards(stream(), None).outcome == "price_missing"


def test_brokers_keep_room_for_one_that_fails():
    policy = broker_policy(Policy())
    assert policy.preset.cpu_headroom == 0.4
    assert policy.preset.cpu_percentile == PRESETS["default"].cpu_percentile
    assert broker_usage(load(memory=95.0)).memory is None
