"""Demands from percentiles that were computed elsewhere, for instance by a database: one row a resource.

Percentiles do not know the order of samples: sizes with credits are offered only where even the highest sample lies
below their baseline, and a window that holds a change of the resource cannot be cut. ``many`` knows both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from models.rightsizing.demand import (
    BUSY_PERCENT,
    COARSE_MINUTES,
    LEAST_COVERAGE,
    Demand,
    Pressure,
    Refusal,
    Window,
    dimension_limit,
    month_end_seen,
    too_few,
)
from models.rightsizing.facts import Floats, Resource
from models.rightsizing.samples import PERCENTS, Quantiles, Samples

__all__ = ["Columns", "demands_of"]

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One window of many resources; every array has one row a resource.

    Attributes:
        start, end: of the window, UTC.
        step_minutes: length of a sample.
        levels: by dimension, resource x percentile; a row of NaN: not measured.
        samples, means: by dimension, number and mean of the samples.
        running: steps in which it ran.
        percents: of the columns of ``levels``, ascending from 0 to 100.
        maxima: samples are the highest of their step.
        zeros: CPU samples of exactly 0 while network or credits show that it worked; None: not looked at.
        busy_share: by dimension, share of the samples at or above 90 % of what it has; absent: from the percentiles.
        busy_days: by dimension, days with 30 minutes of that on end; absent: none is known of.
        gap_hours: longest time without a sample while it ran.
        network_mb_day, cpu_mean_day: resource x day; None: not known, then nothing is called idle.
        credits_gone: share of samples with an empty credit balance, NaN where not measured.
        out_of_memory: whether it was seen.
    """

    start: datetime
    end: datetime
    step_minutes: float
    levels: Mapping[str, Floats]
    samples: Mapping[str, Counts]
    means: Mapping[str, Floats]
    running: Counts
    percents: Floats = field(default_factory=lambda: PERCENTS)
    maxima: bool = True
    zeros: Counts | None = None
    busy_share: Mapping[str, Floats] = field(default_factory=dict)
    busy_days: Mapping[str, Counts] = field(default_factory=dict)
    gap_hours: Floats | None = None
    network_mb_day: Floats | None = None
    cpu_mean_day: Floats | None = None
    credits_gone: Floats | None = None
    out_of_memory: npt.NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.percents[0] != 0.0 or self.percents[-1] != 100.0 or np.any(np.diff(self.percents) <= 0.0):
            raise ValueError("Percentiles must ascend from 0 to 100")
        if "cpu" not in self.levels:
            raise ValueError("Percentiles of CPU are needed")


def demands_of(columns: Columns, resources: Sequence[Resource], now: datetime) -> list[Demand | Refusal]:
    """Demand of each row, or why there is none.

    Args:
        columns: percentiles.
        resources: one for each row.
        now: end of the last complete step.
    """
    if len(resources) != len(columns.running):
        raise ValueError(f"{len(columns.running)} rows for {len(resources)} resources")
    month_end = month_end_seen(columns.start, columns.end)
    return [_demand(columns, row, resource, now, month_end) for row, resource in enumerate(resources)]


def _demand(columns: Columns, row: int, resource: Resource, now: datetime, month_end: bool) -> Demand | Refusal:
    step, running = columns.step_minutes, int(columns.running[row])
    samples = 0 if np.isnan(columns.levels["cpu"][row, 0]) else int(columns.samples["cpu"][row])
    if resource.changed is not None and resource.changed > columns.start:
        return Refusal(
            "insufficient_data", f"changed on {resource.changed:%Y-%m-%d}: percentiles also cover what was before"
        )
    zeros = 0 if columns.zeros is None else int(columns.zeros[row])
    refusal = too_few(samples, running, step, zeros, resource, now)
    if refusal is not None:
        return refusal
    used: dict[str, Samples] = {}
    pressure: dict[str, Pressure] = {}
    for name, levels in columns.levels.items():
        count = int(columns.samples[name][row])
        if np.isnan(levels[row, 0]) or count < LEAST_COVERAGE * running:
            continue
        of = used[name] = Quantiles(columns.percents, levels[row], count, float(columns.means[name][row]))
        limit = dimension_limit(resource.machine, name)
        if limit is not None:
            share = columns.busy_share.get(name)
            days = columns.busy_days.get(name)
            pressure[name] = Pressure(
                of.share_from(BUSY_PERCENT / 100.0 * limit) if share is None else float(share[row]),
                0 if days is None else int(days[row]),
            )
    gone = None if columns.credits_gone is None else float(columns.credits_gone[row])
    return Demand(
        window=Window(
            start=columns.start,
            end=columns.end,
            step_minutes=step,
            samples=samples,
            coverage=samples / running,
            running_hours=running * step / 60.0,
            longest_gap_hours=0.0 if columns.gap_hours is None else float(columns.gap_hours[row]),
            coarse=step > COARSE_MINUTES or not columns.maxima,
            maxima=columns.maxima,
            month_end=month_end,
        ),
        used=used,
        pressure=pressure,
        out_of_memory=columns.out_of_memory is not None and bool(columns.out_of_memory[row]),
        network_mb_day=_days(columns.network_mb_day, row) if "network" in used else None,
        cpu_mean_day=_days(columns.cpu_mean_day, row),
        credits_gone=None if gone is None or np.isnan(gone) else gone,
    )


def _days(table: Floats | None, row: int) -> tuple[float, ...] | None:
    return None if table is None else tuple(table[row].tolist())
