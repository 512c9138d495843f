"""Hours of the week in which something that runs all the time does nothing: it could be stopped then.

A grid of 168 cells, one for each hour of the week (0 = Monday 00:00, in the zone of the times given).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from models.rightsizing.advice import Advice
from models.rightsizing.facts import Floats, Usage

__all__ = ["Schedule", "hourly_idle", "hourly_running", "schedule"]

_Value = TypeVar("_Value", np.float64, np.bool_)

_CELLS = 168
_IDLE_SHARE = 0.9
_LEAST_WEEKS = 4
_WEEKS_A_MONTH = 52.0 / 12.0
_IDLE_CPU = 5.0  # percent, mean of the hour
_IDLE_MBIT_S = 0.008  # 1,000 bytes/s, mean of the hour
_CENT = 0.005


@dataclass(frozen=True, slots=True)
class Schedule:
    """When to stop.

    Attributes:
        stopped: by hour of the week, 168 flags.
        periods: first and one past the last hour of the week of each stop; a stop over the turn of the week ends at or
            before its beginning.
        saving_at_list, saving_today: a month; today leaves out hours that commitments pay for.
    """

    stopped: tuple[bool, ...]
    periods: tuple[tuple[int, int], ...]
    saving_at_list: float
    saving_today: float

    @property
    def hours(self) -> int:
        """Stopped hours of a week."""
        return sum(self.stopped)


def hourly_idle(usage: Usage) -> Floats:
    """By whole hour from the start of the window: 1 idle (CPU and network hardly used), 0 not, NaN not known.

    An hour is known when half of its samples of both metrics are there; an hour in which it was stopped counts as idle.

    Raises:
        ValueError: the window does not begin at a whole hour, or steps do not divide an hour.
    """
    each = _steps_an_hour(usage)
    hours = usage.steps // each
    if usage.cpu is None or usage.network_mbit_s is None:
        return np.full(hours, np.nan)
    ran = np.ones(usage.steps, dtype=np.bool_) if usage.running is None else usage.running
    flags = np.ones(hours)
    known = np.ones(hours, dtype=np.bool_)
    runs = _table(ran, each).any(axis=1)
    for series, limit in ((usage.cpu, _IDLE_CPU), (usage.network_mbit_s, _IDLE_MBIT_S)):
        values = _table(np.where(ran, series, np.nan), each)
        present = ~np.isnan(values)
        count = present.sum(axis=1)
        mean = np.where(present, values, 0.0).sum(axis=1) / np.maximum(count, 1)
        known &= ~runs | (2 * count >= np.maximum(1, _table(ran, each).sum(axis=1)))
        flags[runs & (mean > limit)] = 0.0
    flags[~known] = np.nan
    return flags


def hourly_running(usage: Usage) -> Floats:
    """By whole hour from the start of the window: share of the hour it ran, 0-1; see :func:`hourly_idle`."""
    each = _steps_an_hour(usage)
    if usage.running is None:
        return np.ones(usage.steps // each)
    share: Floats = _table(usage.running, each).mean(axis=1, dtype=np.float64)
    return share


def schedule(
    start: datetime,
    idle: Floats,
    *,
    hourly_cost: float | None,
    running: Floats | None = None,
    covered_share: float = 0.0,
    shortest_stop: int = 2,
) -> Advice[Schedule]:
    """Stop in the hours of the week that were idle in at least nine of ten weeks seen, and in four weeks at least.

    Args:
        start: of the first hour.
        idle: by hour, see :func:`hourly_idle`.
        hourly_cost: at list price; None: not known.
        running: share of each hour it ran, see :func:`hourly_running`; None: always. What is off already saves nothing.
        covered_share: share of its hours that commitments pay for, 0-1; they go on while it is stopped.
        shortest_stop: shorter stops are not worth the restart, in hours.
    """
    cells = (start.weekday() * 24 + start.hour + np.arange(len(idle))) % _CELLS
    known = ~np.isnan(idle)
    seen = np.bincount(cells[known], minlength=_CELLS)
    quiet = np.bincount(cells[known], weights=idle[known], minlength=_CELLS)
    if seen.max(initial=0) < _LEAST_WEEKS:
        return Advice("cannot_tell", f"{seen.max(initial=0)} weeks were seen, needs {_LEAST_WEEKS}")
    stopped = (seen >= _LEAST_WEEKS) & (quiet >= _IDLE_SHARE * seen - 1e-9)
    if stopped.all():
        return Advice("not_applicable", "idle at every hour of the week: it is idle, not a case for a schedule")
    periods = [(begin, end) for begin, end in _periods(stopped) if (end - begin) % _CELLS >= shortest_stop]
    stopped = np.zeros(_CELLS, dtype=np.bool_)
    for begin, end in periods:
        stopped[np.arange(begin, begin + (end - begin) % _CELLS) % _CELLS] = True
    if not periods:
        return Advice("keep", "no hour of the week is idle week after week")
    ran = np.ones(len(idle)) if running is None else running
    total = np.bincount(cells, minlength=_CELLS)
    share = np.bincount(cells, weights=ran, minlength=_CELLS) / np.maximum(total, 1)
    paid = float(share[stopped].sum())
    flags = tuple(bool(each) for each in stopped)
    reason = f"idle in {int(stopped.sum())} of 168 hours of the week, over {int(seen.min())} weeks and more"
    if hourly_cost is None:
        return Advice("price_missing", reason, Schedule(flags, tuple(periods), float("nan"), float("nan")))
    at_list = hourly_cost * paid * _WEEKS_A_MONTH
    today = at_list * (1.0 - covered_share)
    notes = (f"{covered_share:.0%} of the hours are covered by commitments and save nothing",) if covered_share else ()
    found = Schedule(flags, tuple(periods), at_list, today)
    if at_list <= _CENT:
        return Advice("keep", "it is off in its idle hours already", found, today, notes)
    return Advice("change", reason, found, today, notes)


def _periods(stopped: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of stopped hours on the circle of the week, as (first, one past the last) hour, both 0-167."""
    begins = np.flatnonzero(stopped & ~np.roll(stopped, 1))
    ends = np.flatnonzero(~stopped & np.roll(stopped, 1))
    return [(int(begin), int(next((end for end in ends if end > begin), ends[0]))) for begin in begins]


def _steps_an_hour(usage: Usage) -> int:
    each = round(60.0 / usage.step_minutes)
    if each < 1 or abs(each * usage.step_minutes - 60.0) > 1e-9:
        raise ValueError(f"Steps of {usage.step_minutes:g} minutes do not divide an hour")
    if (usage.start.minute, usage.start.second, usage.start.microsecond) != (0, 0, 0):
        raise ValueError("The window must begin at a whole hour")
    return each


def _table(values: npt.NDArray[_Value], each: int) -> npt.NDArray[_Value]:
    hours = len(values) // each
    return values[: hours * each].reshape(hours, each)
