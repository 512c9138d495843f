"""What a resource needs: samples of its window by dimension, how complete they are, and where they hit a limit.

A demand is made from time series (``measure``; for many resources at once ``models.rightsizing.many``) or from
percentiles computed elsewhere, for instance by a database (``models.rightsizing.columns``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from models.rightsizing.facts import Floats, Machine, Resource, Usage
from models.rightsizing.samples import Distribution, Quantiles, Samples

__all__ = [
    "BUSY_PERCENT",
    "COARSE_MINUTES",
    "DIMENSIONS",
    "LEAST_COVERAGE",
    "LEAST_HOURS",
    "Demand",
    "Distribution",
    "Pressure",
    "Quantiles",
    "Refusal",
    "Samples",
    "Window",
    "capacity",
    "measure",
    "saturated",
    "thin",
]

DIMENSIONS = ("cpu", "memory", "ebs_throughput", "ebs_iops", "network", "gpu", "gpu_memory")
"""What is measured. CPU, memory and GPU in percent of the present machine; the others in Mbit/s and operations/s."""

_CAPACITY = {
    "cpu": "vcpu", "memory": "memory_gib", "ebs_throughput": "ebs_mbit_s", "ebs_iops": "ebs_iops",
    "network": "network_mbit_s", "gpu": "gpu_count", "gpu_memory": "gpu_memory_gib",
}  # fmt: skip

LEAST_HOURS = 30.0
LEAST_COVERAGE = 0.5
LEAST_AGE = timedelta(days=3)

BUSY_PERCENT = 90.0
"""From here on a capacity counts as used up: what was wanted is at least this much, perhaps more."""

_BUSY_SHARE = 0.05
_BUSY_MINUTES = 30.0
_BUSY_DAYS = 3
COARSE_MINUTES = 15.0
"""Longer samples hide the tail: the highest then stands for P99.5."""

_ZEROS_SHARE = 0.05
_MONTH_END = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """What was looked at.

    Attributes:
        start, end: the time looked at, UTC, after cutting at the last change.
        step_minutes: length of a sample.
        samples: CPU samples.
        coverage: CPU samples over running steps, 0-1.
        running_hours: hours in which the resource ran.
        longest_gap_hours: longest time it ran without a sample.
        coarse: samples longer than 15 minutes, or means instead of maxima.
        maxima: each sample is the highest of its step, not the mean.
        month_end: the last day of a month was seen.
        since_change: the window begins at a change of the resource, earlier samples were left out.
    """

    start: datetime
    end: datetime
    step_minutes: float
    samples: int
    coverage: float
    running_hours: float
    longest_gap_hours: float = 0.0
    coarse: bool = False
    maxima: bool = True
    month_end: bool = False
    since_change: bool = False

    @property
    def days(self) -> float:
        """Length in days."""
        return (self.end - self.start) / timedelta(days=1)

    @property
    def hours(self) -> float:
        """Length in hours."""
        return (self.end - self.start) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pressure:
    """How long one capacity was used up (90 % and more).

    Attributes:
        share: of the samples, 0-1.
        days: days with at least 30 minutes of it on end.
    """

    share: float
    days: int

    @property
    def lasting(self) -> bool:
        """Long enough to call the resource too small: a short nightly peak is not."""
        return self.share >= _BUSY_SHARE or self.days >= _BUSY_DAYS


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no decision: ``finding`` is its name, ``reason`` its text."""

    finding: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What one resource used in its window.

    Attributes:
        window: what was looked at.
        used: samples by dimension; a dimension that was not measured is absent.
        pressure: by dimension, against the capacity of the present machine.
        cpu_in_order: CPU samples in order of time without gaps, for credits; None: not at hand.
        cpu_mean_in_order: means of the same steps, where ``cpu_in_order`` has the highest; None: not at hand.
        out_of_memory: the system ran out of memory in the window.
        network_mb_day: megabytes of each day; None: not measured.
        cpu_mean_day: mean CPU percent of each day; None: not at hand.
        credits_gone: share of samples with an empty credit balance; None: not measured.
        when: time of each sample of ``cpu_in_order`` as hour of the week (0 = Monday 00:00 UTC).
    """

    window: Window
    used: Mapping[str, Samples]
    pressure: Mapping[str, Pressure] = field(default_factory=dict)
    cpu_in_order: Floats | None = None
    out_of_memory: bool = False
    network_mb_day: tuple[float, ...] | None = None
    cpu_mean_day: tuple[float, ...] | None = None
    credits_gone: float | None = None
    when: npt.NDArray[np.int64] | None = None
    cpu_mean_in_order: Floats | None = None

    def at(self, dimension: str, percent: float) -> float:
        """Value of a dimension at a percentile; the highest sample where the samples are too coarse for a tail."""
        samples = self.used[dimension]
        return samples.highest if self.window.coarse and percent >= 99.5 else samples.percentile(percent)

    def statistic(self, percent: float) -> str:
        """Name of what :meth:`at` gives: ``P99.5``, or ``its highest`` where the samples are too coarse for a tail."""
        return "its highest" if self.window.coarse and percent >= 99.5 else f"P{percent:g}"


def thin(demand: Demand) -> Demand:
    """The same demand in little memory: percentiles instead of samples, and no samples in order.

    For keeping the decisions about many resources; what needs the order (credits, the hour of saturation) is then gone.
    """
    used = {name: Quantiles.of(samples) for name, samples in demand.used.items()}
    return replace(demand, used=used, cpu_in_order=None, cpu_mean_in_order=None, when=None)


def capacity(machine: Machine, dimension: str) -> float | None:
    """What a machine has of a dimension, in the dimension's unit; None: not known. Percent dimensions in absolute."""
    amount: float | None = getattr(machine, _CAPACITY[dimension])
    return amount


def saturated(demand: Demand, factor: float) -> tuple[float, int | None]:
    """Minutes of CPU above a target's capacity, and the hour of the week with most of them.

    Args:
        demand: with its samples in order; without them the hour is None.
        factor: present processing power over the target's.
    """
    if demand.cpu_in_order is None:
        return demand.used["cpu"].share_above(100.0 / factor) * demand.window.samples * demand.window.step_minutes, None
    above = demand.cpu_in_order * factor > 100.0 * (1.0 + 1e-12)
    minutes = float(above.sum()) * demand.window.step_minutes
    if demand.when is None or not above.any():
        return minutes, None
    return minutes, int(np.bincount(demand.when[above], minlength=168).argmax())


def measure(usage: Usage, resource: Resource, now: datetime) -> Demand | Refusal:
    """Samples of the present configuration, or why they do not suffice.

    Gaps stay gaps and stopped time does not count. Samples before the last change of the resource are left out.

    Args:
        usage: metrics on one grid.
        resource: whose they are.
        now: end of the last complete step.
    """
    if usage.cpu is None or usage.steps == 0:
        return Refusal("insufficient_data", "needs CPU samples")
    first, since_change = _first_step(usage, resource)
    step = timedelta(minutes=usage.step_minutes)
    start = usage.start + first * step
    ran = np.ones(usage.steps, dtype=np.bool_) if usage.running is None else usage.running
    ran = ran[first:]
    cpu = usage.cpu[first:]
    sampled = ran & ~np.isnan(cpu)
    samples = int(sampled.sum())
    running = int(ran.sum())
    zeros = _working_zeros(usage, first, sampled)
    refusal = too_few(samples, running, usage.step_minutes, zeros, resource, now)
    if refusal is not None:
        return refusal
    end = start + len(cpu) * step
    window = Window(
        start=start,
        end=end,
        step_minutes=usage.step_minutes,
        samples=samples,
        coverage=samples / running,
        running_hours=running * usage.step_minutes / 60.0,
        longest_gap_hours=longest_run(ran & np.isnan(cpu)) * usage.step_minutes / 60.0,
        coarse=usage.step_minutes > COARSE_MINUTES or not usage.maxima,
        maxima=usage.maxima,
        month_end=month_end_seen(start, end),
        since_change=since_change,
    )
    day, hour_of_week = calendar(start, usage.step_minutes, len(cpu))
    series: dict[str, Floats | None] = {
        "cpu": usage.cpu, "memory": usage.memory, "ebs_throughput": usage.ebs_mbit_s, "ebs_iops": usage.ebs_iops,
        "network": usage.network_mbit_s, "gpu": usage.gpu, "gpu_memory": usage.gpu_memory,
    }  # fmt: skip
    used: dict[str, Samples] = {}
    pressure: dict[str, Pressure] = {}
    for name, values in series.items():
        if values is None:
            continue
        kept = values[first:] if usage.running is None else np.where(ran, values[first:], np.nan)
        samples_of = Distribution.of(kept)
        # A metric that was seldom reported says as little about its peak as one that never was.
        if samples_of is None or samples_of.samples < LEAST_COVERAGE * running:
            continue
        used[name] = samples_of
        limit = dimension_limit(resource.machine, name)
        if limit is not None:
            level = BUSY_PERCENT / 100.0 * limit
            days = (
                busy_days(kept, level, day, usage.step_minutes, maxima=usage.maxima)
                if samples_of.highest >= level
                else 0
            )
            pressure[name] = Pressure(samples_of.share_from(level), days)
    empty = None
    if usage.credits is not None:
        credits = usage.credits[first:][ran]
        known = credits[~np.isnan(credits)]
        empty = float((known < 1.0).mean()) if len(known) else None
    megabytes = None
    if "network" in used and usage.network_mbit_s is not None:
        megabytes = _megabytes(np.where(ran, usage.network_mbit_s[first:], np.nan), day, usage.step_minutes)
    whole = samples == len(cpu)
    in_order = cpu if whole else cpu[sampled]
    means = None
    if usage.cpu_mean is not None:
        means = usage.cpu_mean[first:] if whole else usage.cpu_mean[first:][sampled]
        means = np.where(np.isnan(means), in_order, means)  # no mean: it is at most the highest
    return Demand(
        window=window,
        used=used,
        pressure=pressure,
        cpu_in_order=in_order,
        out_of_memory=usage.out_of_memory,
        network_mb_day=megabytes,
        cpu_mean_day=_means(in_order, day if whole else day[sampled]),
        credits_gone=empty,
        when=hour_of_week if whole else hour_of_week[sampled],
        cpu_mean_in_order=means,
    )


def _first_step(usage: Usage, resource: Resource) -> tuple[int, bool]:
    if resource.changed is None or resource.changed <= usage.start:
        return 0, False
    passed = (resource.changed - usage.start) / timedelta(minutes=usage.step_minutes)
    return min(usage.steps, int(np.ceil(passed))), True


def too_few(
    samples: int, running: int, step_minutes: float, zeros: int, resource: Resource, now: datetime
) -> Refusal | None:
    """Why samples do not suffice; None: they do.

    Args:
        samples: of CPU, while it ran.
        running: steps in which it ran.
        step_minutes: length of a step.
        zeros: of the samples exactly 0 while the network or the credit balance show that it worked.
        resource: whose they are.
        now: end of the last complete step.
    """
    hours = samples * step_minutes / 60.0
    if hours < LEAST_HOURS:
        return Refusal("insufficient_data", f"{hours:.0f} h < {LEAST_HOURS:.0f} h of samples")
    if samples < LEAST_COVERAGE * running:
        return Refusal(
            "insufficient_data", f"{samples / running:.0%} < {LEAST_COVERAGE:.0%} of the running hours have samples"
        )
    if resource.launched is not None and now - resource.launched < LEAST_AGE:
        return Refusal("insufficient_data", f"started {(now - resource.launched).days} d ago, needs {LEAST_AGE.days} d")
    if zeros > _ZEROS_SHARE * samples:
        return Refusal("data_quality", "CPU is exactly 0 in samples in which the machine worked: gaps filled with 0")
    return None


def _working_zeros(usage: Usage, first: int, sampled: npt.NDArray[np.bool_]) -> int:
    assert usage.cpu is not None  # noqa: S101  (the caller has looked)
    worked = np.zeros(len(sampled), dtype=np.bool_)
    for series in (usage.network_mbit_s, usage.credits):
        if series is not None:
            worked |= series[first:] > 0.0
    return int((sampled & (usage.cpu[first:] == 0.0) & worked).sum())


def dimension_limit(machine: Machine | None, dimension: str) -> float | None:
    """All a machine has of a dimension, in the unit it is measured in; None: not known."""
    if dimension in ("cpu", "memory", "gpu", "gpu_memory"):
        return 100.0
    return None if machine is None else capacity(machine, dimension)


def busy_days(
    values: Floats, level: float, day: npt.NDArray[np.int64], step_minutes: float, *, maxima: bool = True
) -> int:
    """Days on which at least 30 minutes on end reach a level; ``day`` is the day of each sample.

    The highest value of an hour may have stood for a minute: where one step is longer than that time, it takes two of
    them in a row. A mean that high says it of the whole step.
    """
    least = max(_BUSY_MINUTES / step_minutes, 2.0 if maxima and step_minutes > _BUSY_MINUTES else 1.0)
    return len({int(day[begin]) for begin, length in _runs(values >= level) if length >= least})


@lru_cache(maxsize=64)
def calendar(start: datetime, step_minutes: float, steps: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Day (0 = that of ``start``) and hour of the week (0 = Monday 00:00) of each step; shared, not to be written."""
    minutes = start.hour * 60 + start.minute + np.arange(steps) * step_minutes
    day = (minutes // 1440.0).astype(np.int64)
    hour = ((start.weekday() * 24 + minutes // 60.0) % 168).astype(np.int64)
    for each in (day, hour):
        each.setflags(write=False)
    return day, hour


def _runs(flags: npt.NDArray[np.bool_]) -> Sequence[tuple[int, int]]:
    if not flags.any():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(begin), int(end - begin)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def longest_run(flags: npt.NDArray[np.bool_]) -> int:
    """Length of the longest run of True."""
    return max((length for _, length in _runs(flags)), default=0)


def month_end_seen(start: datetime, end: datetime) -> bool:
    """Whether the last day of a month lies in a window."""
    moment = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while moment < end:
        if (moment + _MONTH_END).month != moment.month:
            return True
        moment += _MONTH_END
    return False


def _megabytes(network: Floats, day: npt.NDArray[np.int64], step_minutes: float) -> tuple[float, ...]:
    """Megabytes of each day of the window, also of those without a sample."""
    totals = np.bincount(day, weights=np.where(np.isnan(network), 0.0, network))
    return tuple((totals[day[0] :] * step_minutes * 60.0 / 8.0).tolist())


def _means(cpu: Floats, day: npt.NDArray[np.int64]) -> tuple[float, ...]:
    """Mean of each day that has samples."""
    counts, totals = np.bincount(day), np.bincount(day, weights=cpu)
    seen = counts > 0
    return tuple((totals[seen] / counts[seen]).tolist())
