"""Many resources at once: demands from tables of samples, resource by step, the same as ``measure`` makes one by one.

Work in blocks of some hundred resources: a demand holds all of its samples. ``decide_many`` keeps percentiles of them
only, so that the decisions about thousands of resources fit in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from models.rightsizing.candidates import Catalogue
from models.rightsizing.decide import Decision, decide
from models.rightsizing.demand import (
    BUSY_PERCENT,
    COARSE_MINUTES,
    LEAST_COVERAGE,
    Demand,
    Pressure,
    Refusal,
    Window,
    busy_days,
    calendar,
    dimension_limit,
    longest_run,
    measure,
    month_end_seen,
    thin,
    too_few,
)
from models.rightsizing.facts import Floats, Hours, Resource, Usage
from models.rightsizing.policy import Policy
from models.rightsizing.samples import Distribution, Samples
from models.rightsizing.stability import targets_agree

__all__ = ["Block", "decide_many", "measure_many"]

_METRICS = {
    "cpu": "cpu", "memory": "memory", "ebs_throughput": "ebs_mbit_s", "ebs_iops": "ebs_iops",
    "network": "network_mbit_s", "gpu": "gpu", "gpu_memory": "gpu_memory",
}  # fmt: skip
"""Dimension of a demand → field of the block."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Metrics of resources on one regular grid of time: arrays resource x step, NaN where there is no sample.

    Attributes:
        start, step_minutes: of the grid, UTC.
        cpu, memory, ebs_mbit_s, ebs_iops, network_mbit_s, gpu, gpu_memory, credits: as in ``Usage``; a row that is NaN
            throughout is a metric that resource does not have.
        running: whether it ran in the step; None: always.
        maxima: the samples are the highest of their step.
        out_of_memory: by resource; None: never seen.
    """

    start: datetime
    step_minutes: float
    cpu: Floats
    memory: Floats | None = None
    ebs_mbit_s: Floats | None = None
    ebs_iops: Floats | None = None
    network_mbit_s: Floats | None = None
    gpu: Floats | None = None
    gpu_memory: Floats | None = None
    credits: Floats | None = None
    running: npt.NDArray[np.bool_] | None = None
    maxima: bool = True
    out_of_memory: npt.NDArray[np.bool_] | None = None

    def one(self, row: int) -> Usage:
        """The usage of one resource."""
        names = (*_METRICS.values(), "credits", "running")
        tables = {name: getattr(self, name) for name in names}
        series = {name: table[row] for name, table in tables.items() if table is not None}
        oom = self.out_of_memory is not None and bool(self.out_of_memory[row])
        return Usage(self.start, self.step_minutes, maxima=self.maxima, out_of_memory=oom, **series)


def measure_many(block: Block, resources: Sequence[Resource], now: datetime) -> list[Demand | Refusal]:
    """Demand of each resource of a block, or why there is none; the same as :func:`measure` for each.

    Args:
        block: metrics.
        resources: one for each row.
        now: end of the last complete step.
    """
    if len(resources) != len(block.cpu):
        raise ValueError(f"{len(block.cpu)} rows of metrics for {len(resources)} resources")
    prepared = _Prepared(block)
    found: list[Demand | Refusal] = []
    for row, resource in enumerate(resources):
        if resource.changed is not None and resource.changed > block.start:
            # Cut at its own time, so it has a grid of its own.
            found.append(measure(block.one(row), resource, now))
            continue
        refusal = too_few(
            int(prepared.samples[row]), int(prepared.running[row]), block.step_minutes, int(prepared.zeros[row]),
            resource, now,
        )  # fmt: skip
        found.append(prepared.demand(row, resource) if refusal is None else refusal)
    return found


class _Prepared:
    """What is computed for all rows of a block together."""

    def __init__(self, block: Block) -> None:
        self.block = block
        rows, steps = block.cpu.shape
        missing = np.isnan(block.cpu)
        ran = block.running
        sampled = ~missing if ran is None else ran & ~missing
        self.sampled = sampled
        self.samples = sampled.sum(axis=1)
        self.running = np.full(rows, steps) if ran is None else ran.sum(axis=1)
        worked = np.zeros(block.cpu.shape, dtype=np.bool_)
        for sign in (block.network_mbit_s, block.credits):
            if sign is not None:
                worked |= sign > 0.0
        self.zeros = (sampled & worked & (block.cpu == 0.0)).sum(axis=1)
        self.gaps = missing if ran is None else ran & missing
        self.end = block.start + steps * timedelta(minutes=block.step_minutes)
        self.month_end = month_end_seen(block.start, self.end)
        self.day, self.hour = calendar(block.start, block.step_minutes, steps)
        self.days = np.flatnonzero(np.diff(self.day, prepend=-1))
        self.tables: dict[str, Floats] = {}
        self.ordered: dict[str, Floats] = {}
        self.known: dict[str, npt.NDArray[np.int64]] = {}
        for name, attribute in _METRICS.items():
            table: Floats | None = getattr(block, attribute)
            if table is not None:
                kept = table if ran is None else np.where(ran, table, np.nan)
                self.tables[name] = kept
                self.ordered[name] = np.sort(kept, axis=1)  # NaN last
                self.known[name] = steps - np.isnan(kept).sum(axis=1)
        self.cpu_days = self._by_day(self.tables["cpu"])
        self.cpu_days_samples = np.add.reduceat(sampled.astype(np.int64), self.days, axis=1)
        self.network_days = self._by_day(self.tables["network"]) if "network" in self.tables else None

    def _by_day(self, table: Floats) -> Floats:
        """Sum of each day, gaps left out."""
        sums: Floats = np.add.reduceat(np.where(np.isnan(table), 0.0, table), self.days, axis=1)
        return sums

    def demand(self, row: int, resource: Resource) -> Demand:
        block, samples, running = self.block, int(self.samples[row]), int(self.running[row])
        used: dict[str, Samples] = {}
        pressure: dict[str, Pressure] = {}
        for name, ordered in self.ordered.items():
            known = int(self.known[name][row])
            if known == 0 or known < LEAST_COVERAGE * running:
                continue
            of = used[name] = Distribution.sorted(ordered[row, :known])
            limit = dimension_limit(resource.machine, name)
            if limit is None:
                continue
            level = BUSY_PERCENT / 100.0 * limit
            days = 0
            if of.highest >= level:
                days = busy_days(self.tables[name][row], level, self.day, block.step_minutes, maxima=block.maxima)
            pressure[name] = Pressure(of.share_from(level), days)
        whole = samples == block.cpu.shape[1]
        at = slice(None) if whole else self.sampled[row]
        seen = self.cpu_days_samples[row] > 0
        megabytes = None
        if "network" in used and self.network_days is not None:
            megabytes = tuple((self.network_days[row] * block.step_minutes * 60.0 / 8.0).tolist())
        return Demand(
            window=Window(
                start=block.start,
                end=self.end,
                step_minutes=block.step_minutes,
                samples=samples,
                coverage=samples / running,
                running_hours=running * block.step_minutes / 60.0,
                longest_gap_hours=longest_run(self.gaps[row]) * block.step_minutes / 60.0,
                coarse=block.step_minutes > COARSE_MINUTES or not block.maxima,
                maxima=block.maxima,
                month_end=self.month_end,
            ),
            used=used,
            pressure=pressure,
            cpu_in_order=block.cpu[row][at],
            out_of_memory=block.out_of_memory is not None and bool(block.out_of_memory[row]),
            network_mb_day=megabytes,
            cpu_mean_day=tuple((self.cpu_days[row][seen] / self.cpu_days_samples[row][seen]).tolist()),
            credits_gone=self._credits_gone(row),
            when=self.hour[at],
        )

    def _credits_gone(self, row: int) -> float | None:
        if self.block.credits is None:
            return None
        credits = self.block.credits[row]
        known = credits[
            ~np.isnan(credits) if self.block.running is None else ~np.isnan(credits) & self.block.running[row]
        ]
        return float((known < 1.0).mean()) if len(known) else None


def decide_many(
    block: Block,
    resources: Sequence[Resource],
    catalogue: Catalogue,
    policy: Policy,
    *,
    now: datetime,
    hours: Mapping[str, Hours] | None = None,
    stability: bool = True,
) -> list[Decision]:
    """Decide about each resource of a block; decisions keep percentiles of their demand and no rejected sizes.

    Args:
        block, resources: metrics and whose they are.
        catalogue, policy, now: as for one resource.
        hours: billed hours by resource.
        stability: where a smaller size would do, look at parts of the window too; they cost confidence if they differ.
    """
    found: list[Decision] = []
    for row, (resource, demand) in enumerate(zip(resources, measure_many(block, resources, now), strict=True)):
        billed = None if hours is None else hours.get(resource.resource_id)

        def decided(
            agreed: bool | None, resource: Resource = resource, demand: Demand | Refusal = demand,
            billed: Hours | None = billed,
        ) -> Decision:  # fmt: skip
            return decide(
                resource, demand, catalogue, policy, now=now, hours=billed, targets_agree=agreed, rejections=False
            )

        decision = decided(None)
        # Agreement changes nothing, so that only the others are decided about again.
        if stability and decision.finding == "over":
            usage = block.one(row)
            if targets_agree(resource, usage, catalogue, policy, now=now, hours=billed) is False:
                decision = decided(False)
        found.append(replace(decision, demand=decision.demand and thin(decision.demand), rejected=()))
    return found
