"""Figures that an independent computation found wrong, on machines small enough to compute them by hand."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np
import pytest

from models.rightsizing.facts import Usage
from tests.support.few_machines import DAYS, FIRST, STORAGE, hours, machine, only, run, samples
from tests.support.rightsizing import NOW

T3 = {"instance_type": "t3.large", "provider_attributes": json.dumps({"credit_mode": "unlimited"})}
PRICE_T3, SURPLUS, BASELINE = 0.0912, 0.05, 30.0


def means(rows, value):
    """The same CPU samples once more, as means."""
    return [
        {**row, "statistic": "average", "value": value(row) if callable(value) else value}
        for row in rows
        if row["metric"] == "cpu"
    ]


def surplus_of(percent, hours_ran):
    """A t3.large at a flat load: all above its baseline, but for the half day of credits it began with."""
    credits = (percent - BASELINE) / 100.0 * 2.0 * 60.0 * hours_ran - 12.0 * 36.0
    return credits / 60.0 * SURPLUS


def burstable(opened, *, cpu, mean=None):
    rows = samples(cpu=cpu, others=STORAGE)
    if mean is not None:
        rows += means(rows, mean)
    return run(
        opened(hours(size="t3.large", price=str(PRICE_T3)), instances=[machine(**T3)], resource_metrics=rows),
        allow_burstable=False, families=("m6i", "m6a", "m5a"),
    )  # fmt: skip


@pytest.mark.parametrize(("mean", "spent"), [(None, 75.0), (60.0, 60.0)])
def test_surplus_credits_are_those_of_the_mean_load(opened, mean, spent):
    """An hour that reached 75 % for a moment and is 60 % in the mean spends credits at 60 %."""
    one = only(burstable(opened, cpu=75.0, mean=mean))
    surplus = surplus_of(spent, 24.0 * DAYS) * 730.0 / (24.0 * DAYS)
    assert one.levels["cpu"].highest == 75.0
    difference = (one.current.price - one.proposed.size.price) * 730.0
    assert one.proposed.savings.at_list == pytest.approx(difference + surplus, abs=0.01)


def test_surplus_credits_are_in_the_total_too(opened):
    result = burstable(opened, cpu=75.0, mean=75.0)
    one, [total] = only(result), result.totals
    assert one.counted == "total"
    assert "includes surplus CPU credits" in one.proposed.savings.notes
    assert total.today == pytest.approx(one.proposed.savings.today, abs=0.005)
    assert total.rows == pytest.approx(total.today, abs=0.005)


def test_means_count_where_another_machine_has_maxima(opened):
    """Both are read at once: what one machine has by its maxima does not hide the means of the other."""
    rows = [row for row in samples("i-2", others=STORAGE) if row["metric"] != "cpu"]
    rows += means(samples("i-2", cpu=10.0), 10.0)
    result = run(
        opened(
            [*hours("i-1"), *hours("i-2")], instances=[machine("i-1"), machine("i-2")],
            resource_metrics=[*samples("i-1", others=STORAGE), *rows],
        ),
        families=("m6i",),
    )  # fmt: skip
    found = {one.resource_id: one for one in result.advice}
    assert found["i-1"].window.maxima
    assert found["i-2"].finding == "over"
    assert not found["i-2"].window.maxima
    assert found["i-2"].levels["cpu"].highest == 10.0


def test_daily_memory_of_a_cache_has_room_for_saving_as_its_samples_have(opened):
    node = {
        "id": "c", "account_id": "acc", "cluster_id": "cache", "engine": "redis", "node_type": "cache.r6g.large",
        "num_nodes": 1, "env": "prod", "region": "eu-west-1",
    }  # fmt: skip
    days = [
        {
            "id": f"d{n}", "account_id": "acc", "resource_type": "cache_clusters", "resource_id": "cache",
            "date": (FIRST - timedelta(days=n)).date(),
            "metric_payload": json.dumps({"cpu_avg": 10.0, "cpu_max": 15.0, "cpu_p95": 15.0, "mem_max": 60.0}),
        }
        for n in range(1, 4)
    ]  # fmt: skip
    lines = [
        {**line, "service_category": "Databases", "x_usage_type": "EUW1-NodeUsage:cache.r6g.large"}
        for line in hours("cache", size="cache.r6g.large", price="0.229")
    ]
    one = only(
        run(
            opened(lines, cache_clusters=[node], metrics_daily=days,
                   resource_metrics=samples("cache", "cache_clusters", memory=30.0))
        ),
        "cache_clusters",
    )  # fmt: skip
    assert one.levels["memory"].p50 == pytest.approx(40.0)
    assert one.levels["memory"].highest == pytest.approx(80.0)


def test_a_machine_that_rests_at_weekends_was_seen_for_two_weeks(opened):
    """Samples are kept from a Saturday on; the machine rests, and the bill says so."""
    begin = datetime(2026, 11, 7)
    rows = [row for row in samples(others=STORAGE) if row["timestamp"] >= begin and row["timestamp"].weekday() < 5]
    lines = [line for line in hours() if line["charge_period_start"].weekday() < 5]
    days = [
        {
            "id": f"d{n}", "account_id": "acc", "resource_type": "instances", "resource_id": "i-1",
            "date": (FIRST + timedelta(days=n)).date(),
            "metric_payload": json.dumps({"cpu_avg": 10.0, "cpu_max": 15.0, "cpu_p95": 15.0, "mem_max": 30.0}),
        }
        for n in range(2)
    ]  # fmt: skip
    tables = {"instances": [machine()], "resource_metrics": rows}
    one = only(run(opened(lines, metrics_daily=days, **tables), families=("m6i",)))
    assert one.window.start.replace(tzinfo=None) == begin
    assert one.window.days == 14.0
    assert one.window.coverage == 1.0
    assert one.window.running_hours == 240.0
    assert not any("seen" in text for text, _ in one.proposed.doubts if "month-end" not in text)
    # Not known from before: it may have been started on the Monday.
    new = only(run(opened(lines, **tables), families=("m6i",)))
    assert new.window.days == 12.0


def test_a_machine_of_another_size_before_saves_for_all_its_hours(opened):
    """Ten of sixteen days at the present size: list and today are for the same hours of a month."""
    changed = FIRST + timedelta(days=6)
    lines = [*hours(size="m6i.large", price="0.107")[:6], *hours()[6:]]
    event = {
        "id": "e", "account_id": "acc", "resource_type": "instances", "resource_id": "i-1", "change_source": "person",
        "field_name": "instance_type", "old_value": "m6i.large", "new_value": "m6i.xlarge", "changed_at": changed,
    }  # fmt: skip
    one = only(
        run(
            opened(lines, instances=[machine()], resource_change_events=[event],
                   resource_metrics=samples(others=STORAGE)),
            families=("m6i",),
        )
    )  # fmt: skip
    assert one.window.days == 10.0
    assert one.proposed.savings.at_list == pytest.approx(0.107 * 730, abs=0.01)
    assert one.proposed.savings.today == pytest.approx(0.107 * 730, abs=0.01)


def test_what_is_said_of_confidence_is_what_is_shown(opened):
    """Block storage known by the day alone takes points after all others: one score is named, not two."""
    begin = FIRST + timedelta(days=4)
    days = [
        {
            "id": f"d{n}", "account_id": "acc", "resource_type": "instances", "resource_id": "i-1",
            "date": (begin + timedelta(days=n)).date(),
            "metric_payload": json.dumps({"read_ops": 432000.0, "write_ops": 432000.0, "disk": 864000.0}),
        }
        for n in range(12)
    ]  # fmt: skip
    rows = [row for row in samples() if row["timestamp"] >= begin]
    one = only(run(opened(hours(), instances=[machine()], resource_metrics=rows, metrics_daily=days)))
    assert one.proposed.confidence < 50
    told = [text for text in one.proposed.against if text.startswith("confidence")]
    assert told == [f"confidence is low ({one.proposed.confidence})"]


def test_texts_name_the_statistic(opened):
    """Hourly samples are judged at their highest, and that is what the text says."""
    coarse = only(run(opened(hours(), instances=[machine()], resource_metrics=samples(others=STORAGE))))
    said = {part.topic: part.text for part in coarse.explanation}
    assert said["demand"].startswith("CPU 15.0 % at its highest over 16 d")
    assert "P99.5" not in said["demand"]
    fine = only(run(opened(hours(), instances=[machine()], resource_metrics=samples(others=STORAGE, step=300))))
    assert "at P99.5 over 16 d" in {part.topic: part.text for part in fine.explanation}["demand"]


def test_the_smaller_grid_of_means_must_fit():
    """Means lie on the grid of the samples; another length is refused."""
    usage = Usage(start=NOW, step_minutes=60.0, cpu=np.ones(48), cpu_mean=np.ones(47))
    with pytest.raises(ValueError, match="one length"):
        _ = usage.steps
