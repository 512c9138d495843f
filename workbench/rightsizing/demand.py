"""From series to what a machine, database or cache needs.

Three things are added to the samples, each said in a note. Hours in which it did not run, as the bill says, are no
gaps. Days before the samples are known by their daily values, so that a month-end is not overlooked. And where block
storage is measured in operations a day only, its rates are estimated with room for peaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from models.rightsizing.databases import cache_memory_percent, cache_usage, database_usage
from models.rightsizing.demand import Demand, Refusal, measure
from models.rightsizing.facts import Floats, Machine, Resource, Usage
from models.rightsizing.samples import Distribution
from workbench.rightsizing.metrics import Days, Series

__all__ = ["DAILY_STORAGE", "comparable_days", "demand_of", "usage_of"]

_DAY = 1440.0
# Daily counts are means without a size. Operations are counted at twice the 16 KiB at which the limits of machines are
# stated (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html, 2026-11), and spread over the day as
# the CPU is, half as much again.
_MBIT_AN_OPERATION = 32 * 1024 * 8 / 1e6
# Databases read and write pages, of 16 KiB in MySQL and MariaDB, of 8 KiB in PostgreSQL.
_MBIT_A_PAGE = 16 * 1024 * 8 / 1e6
_OVER_CPU = 1.5
_MOST_REST_DAYS = 3  # a weekend and a holiday

DAILY_STORAGE = "block storage is estimated from operations a day, in the shape of the CPU and half as much again"
"""Note of a demand whose block storage is an estimate from daily counts."""


def usage_of(
    kind: str, series: Series | None, days: Days | None, machine: Machine | None, hours: tuple[float, float] | None
) -> tuple[Usage | None, tuple[str, ...]]:
    """Usage on one grid, and what a reader must know of it; None: there are no CPU samples.

    Args:
        kind: inventory table.
        series: samples.
        days: daily values.
        machine: present size, for memory of databases and caches.
        hours: running hours of a working day and of a day of the weekend, as billed; None: not known.
    """
    notes: list[str] = []
    if series is None:
        series = _from_days(days)
        if series is None:
            return None, ()
        notes.append("only daily values are at hand")
    elif days is not None and hours is not None:
        series = _led_in(series, days)
    values: dict[str, Floats] = dict(series.values)
    if "ebs_mbit_s" not in values and days is not None:
        size = _MBIT_A_PAGE if kind == "rds_instances" else _MBIT_AN_OPERATION
        estimated = _storage_of_days(series, days, size)
        if estimated is not None:
            values["ebs_mbit_s"], values["ebs_iops"] = estimated
            notes.append(DAILY_STORAGE)
    usage = Usage(
        start=series.start,
        step_minutes=series.step_minutes,
        cpu=values.get("cpu"),
        memory=values.get("memory"),
        ebs_mbit_s=values.get("ebs_mbit_s"),
        ebs_iops=values.get("ebs_iops"),
        network_mbit_s=values.get("network"),
        gpu=values.get("gpu"),
        gpu_memory=values.get("gpu_memory"),
        credits=values.get("credits"),
        running=None if hours is None else _running(series, hours),
        maxima=series.maxima,
        cpu_mean=values.get("cpu_mean"),
    )
    if kind == "rds_instances" and machine is not None:
        usage = _database(usage, machine, values, notes)
    if kind == "cache_clusters" and machine is not None:
        usage = _cache(usage, machine, values)
    return usage, tuple(notes)


def comparable_days(kind: str, series: Series | None, days: Days) -> Days:
    """Daily values on the footing of the samples, so that both can be merged.

    Memory of a cache has room for saving added, as its samples have. Where memory of a database is judged by what is
    left free, the share in use says nothing and is left out.

    Args:
        kind: inventory table.
        series: samples.
        days: as read.
    """
    memory = days.values["mem_max"]
    if kind == "cache_clusters":
        memory = cache_memory_percent(memory)
    elif kind == "rds_instances" and series is not None and series.get("freeable") is not None:
        memory = np.full(len(memory), np.nan)
    else:
        return days
    return Days(days.days, {**days.values, "mem_max": memory})


def demand_of(
    usage: Usage, resource: Resource, days: Days | None, first: date, now: datetime, *, estimated: bool = False
) -> tuple[Demand | Refusal, tuple[str, ...]]:
    """The demand of the window with the earlier days, and notes.

    Args:
        usage: of the samples.
        resource: whose they are.
        days: daily values, for the days before the samples.
        first: first day that is looked at.
        now: end of the window.
        estimated: block storage is an estimate from daily counts.
    """
    found = measure(usage, resource, now)
    if isinstance(found, Refusal):
        return found, ()
    if estimated:
        # An upper bound says that a size is large enough, never that the present one is too small.
        found = replace(found, pressure={k: v for k, v in found.pressure.items() if not k.startswith("ebs_")})
    if days is None or found.window.step_minutes >= _DAY:
        return found, ()
    earlier = [
        place
        for place, day in enumerate(days.days)
        if first <= day < found.window.start.date()
        and (resource.changed is None or datetime.combine(day, time(), UTC) >= resource.changed)
    ]
    if not earlier:
        return found, ()
    used = dict(found.used)
    per_day = round(_DAY / found.window.step_minutes)
    for name, samples in (("cpu", _cpu_of_days(days, earlier, per_day)), ("memory", _memory_of_days(days, earlier))):
        held = used.get(name)
        if isinstance(held, Distribution) and samples is not None:
            used[name] = _merged(held, samples)
    month_end = found.window.month_end or any((days.days[p] + timedelta(days=1)).day == 1 for p in earlier)
    note = f"{len(earlier)} earlier days are known by their daily values"
    return replace(found, used=used, window=replace(found.window, month_end=month_end)), (note,)


def _from_days(days: Days | None) -> Series | None:
    """One step a day, where there are no other samples."""
    if days is None or bool(np.isnan(days.values["cpu_max"]).all()):
        return None
    first = days.days[0]
    length = (days.days[-1] - first).days + 1
    at = [(day - first).days for day in days.days]
    values: dict[str, Floats] = {}
    for name, source, factor in (("cpu", "cpu_max", 1.0), ("memory", "mem_max", 1.0), ("network", "network", 8.0)):
        column = np.full(length, np.nan)
        column[at] = days.values[source] * factor
        if not bool(np.isnan(column).all()):
            values[name] = column
    return Series(datetime.combine(first, time(), UTC), _DAY, values, maxima=True)


def _led_in(series: Series, days: Days) -> Series:
    """The series with the days before its first sample in which it stood still, such as a weekend.

    A machine that rests when the samples begin was looked at all the same; whether it did rest is said by the bill.
    """
    before = [day for day in days.days if day < series.start.date()]
    rested = (series.start.date() - before[-1]).days - 1 if before else 0
    if not 1 <= rested <= _MOST_REST_DAYS:
        return series
    begin = datetime.combine(before[-1] + timedelta(days=1), time(), UTC)
    steps = round((series.start - begin) / timedelta(minutes=series.step_minutes))
    values = {name: np.concatenate([np.full(steps, np.nan), held]) for name, held in series.values.items()}
    return Series(
        series.start - steps * timedelta(minutes=series.step_minutes), series.step_minutes, values, series.maxima
    )


def _storage_of_days(series: Series, days: Days, mbit: float) -> tuple[Floats, Floats] | None:
    by_day = dict(zip(days.days, days.values["disk"].tolist(), strict=True))
    step = timedelta(minutes=series.step_minutes)
    per_day = max(1, round(_DAY / series.step_minutes))
    # Steps of one day have one value: days are looked up, not steps.
    head = (series.start.hour * 60 + series.start.minute) / series.step_minutes
    number = ((np.arange(series.steps) + head) // per_day).astype(np.int64)
    begin = series.start.date()
    last = (series.start + (series.steps - 1) * step).date()
    levels = np.array([by_day.get(begin + timedelta(days=n), np.nan) for n in range((last - begin).days + 1)])
    operations = levels[np.minimum(number, len(levels) - 1)] / 86400.0
    if bool(np.isnan(operations).all()):
        return None
    peaks = operations * _OVER_CPU * _shape(series.values["cpu"], number)
    return peaks * mbit, peaks


def _shape(cpu: Floats, day: Any) -> Floats:
    """CPU of each step over the mean of its day; 1 where it is not known."""
    known = ~np.isnan(cpu)
    counts = np.bincount(day[known], minlength=int(day.max()) + 1)
    means = np.bincount(day[known], weights=cpu[known], minlength=len(counts)) / np.maximum(counts, 1)
    mean = means[day]
    return np.where(known & (mean > 0.0), np.divide(cpu, mean, out=np.ones(len(cpu)), where=mean > 0.0), 1.0)


def _running(series: Series, hours: tuple[float, float]) -> Any:
    """Steps in which it ran: those with samples, and as many without as the bill has hours more."""
    seen = np.zeros(series.steps, dtype=np.bool_)
    for values in series.values.values():
        seen |= ~np.isnan(values)
    per_day = _DAY / series.step_minutes
    head = series.start.weekday() * per_day + (series.start.hour * 60 + series.start.minute) / series.step_minutes
    weekend = ((np.arange(series.steps) + head) // per_day) % 7 >= 5
    hours_a_step = series.step_minutes / 60.0
    expected = float(np.where(weekend, hours[1], hours[0]).sum()) * hours_a_step / 24.0
    missing = round((expected - float(seen.sum()) * hours_a_step) / hours_a_step)
    # Of a few hours it is not known whether they were billed as running; a gap is what the bill clearly has more.
    if missing > 0.02 * series.steps:
        unseen = np.flatnonzero(~seen)
        seen[unseen[-missing:]] = True
    return seen


def _database(usage: Usage, machine: Machine, values: Mapping[str, Floats], notes: list[str]) -> Usage:
    freeable = values.get("freeable")
    if freeable is not None:
        return database_usage(usage, machine, freeable_gib=freeable, swap_gib=values.get("swap"))
    if usage.memory is not None:
        # A database fills what it is given: what is in use is at least what is needed, never less.
        notes.append("memory in use is taken as needed, since freeable memory is not measured")
    return usage


def _cache(usage: Usage, machine: Machine, values: Mapping[str, Floats]) -> Usage:
    data = values.get("data")
    if data is None and usage.memory is not None:
        data = usage.memory / 100.0 * machine.memory_gib
    return cache_usage(usage, machine, data_gib=data, evictions=values.get("evictions"))


def _cpu_of_days(days: Days, earlier: list[int], per_day: int) -> Floats | None:
    """Samples that are nowhere below those of the days: a tenth at the highest, two fifths at P95, half at the mean."""
    highest = days.values["cpu_max"][earlier]
    known = ~np.isnan(highest)
    if not known.any():
        return None
    highest = highest[known]
    p95 = np.fmax(days.values["cpu_p95"][earlier][known], -np.inf)
    p95 = np.where(np.isfinite(p95), p95, highest)
    mean = days.values["cpu_avg"][earlier][known]
    mean = np.where(np.isnan(mean), p95, mean)
    top = max(1, round(per_day * 0.1))
    middle = max(0, round(per_day * 0.4))
    rest = max(0, per_day - top - middle)
    return np.concatenate([np.repeat(highest, top), np.repeat(p95, middle), np.repeat(mean, rest)])


def _memory_of_days(days: Days, earlier: list[int]) -> Floats | None:
    highest = days.values["mem_max"][earlier]
    known = highest[~np.isnan(highest)]
    return known if len(known) else None


def _merged(samples: Distribution, more: Floats) -> Distribution:
    levels = np.concatenate([samples.levels, more])
    counts = np.concatenate([samples.counts, np.ones(len(more), dtype=np.int64)])
    unique, place = np.unique(levels, return_inverse=True)
    return Distribution(unique, np.bincount(place, weights=counts).astype(np.int64))
