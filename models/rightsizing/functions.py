"""Memory of serverless functions (Lambda), whose processors grow with it.

Memory is paid for as long as a call lasts, and a call that computes lasts longer with less memory. How much longer is
known only where two settings were seen; without that a trial must tell, and no amount is claimed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from models.rightsizing.advice import Advice

__all__ = ["Function", "cpu_bound", "decide_function"]

ONE_CPU_MB = 1769.0
"""Memory at which a function has one whole processor (AWS documentation); more does not speed up a single thread."""

_LEAST_MB, _MOST_MB = 128, 10_240
_ROOM = 1.3
_LEAST_CALLS = 50  # AWS Compute Optimizer, in 14 days
_FULL = 0.9
_SEEN_SHARE = 0.5
_CENT = 0.005


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes:
        name: for the reader.
        memory_mb: as set.
        calls: in 14 days.
        max_used_mb: most memory a call used; None: not known.
        durations: mean milliseconds of a call by memory setting seen (MB), the present one among them.
        gb_seconds: billed a month.
    """

    name: str
    memory_mb: int
    calls: int
    max_used_mb: float | None = None
    durations: Mapping[int, float] = field(default_factory=dict)
    gb_seconds: float | None = None


def cpu_bound(durations: Mapping[int, float]) -> float | None:
    """How strongly a call slows down with less processor: 1 in proportion, 0 not at all.

    None: not at least two settings with different processors were seen.
    """
    known = {memory: duration for memory, duration in durations.items() if duration > 0.0}
    power = np.log([min(float(memory), ONE_CPU_MB) for memory in known])
    if len(known) < 2 or np.ptp(power) < 1e-9:
        return None
    slope = np.polyfit(power, np.log(list(known.values())), 1)[0]
    return float(min(1.0, max(0.0, -slope)))


def decide_function(function: Function, price_gb_second: float | None) -> Advice[int]:
    """Memory in MB that costs least, at least 1.3 times the most that was used.

    Settings below half of the least one seen are not proposed: how a call behaves there is a guess.
    """
    now, used = function.memory_mb, function.max_used_mb
    if function.calls < _LEAST_CALLS:
        return Advice("cannot_tell", f"{function.calls} calls in 14 days, needs {_LEAST_CALLS}")
    if used is None:
        return Advice("cannot_tell", "the memory used is not known")
    floor = min(_MOST_MB, max(_LEAST_MB, math.ceil(used * _ROOM)))
    if used >= _FULL * now:
        return Advice("grow", f"{used:.0f} of {now} MB were used", max(floor, now + 1))
    if floor >= now:
        return Advice("keep", f"{used:.0f} of {now} MB were used")
    if now not in function.durations:
        return Advice("cannot_tell", "the duration of calls is not known")
    bound = cpu_bound(function.durations)
    if bound is None:
        return Advice("test", "how duration follows memory was never seen: try it with power tuning", floor)
    least = max(floor, math.ceil(_SEEN_SHARE * min(function.durations)))
    tried = sorted({least, *(each for each in (*function.durations, int(ONE_CPU_MB)) if least <= each < now)})
    target = min(tried, key=lambda each: (round(_relative_cost(each, now, bound), 9), -each))
    share = 1.0 - _relative_cost(target, now, bound)
    slower = (min(now, ONE_CPU_MB) / min(target, ONE_CPU_MB)) ** bound - 1.0
    notes = (f"calls would last {slower:.0%} longer",) if slower >= 0.005 else ()
    if share <= 1e-9:
        return Advice("keep", "calls are bound by the processor: less memory makes them longer and saves nothing")
    if price_gb_second is None or function.gb_seconds is None:
        return Advice("price_missing", "less memory would do; what it saves needs the price and GB-seconds", target,
                      None, notes)  # fmt: skip
    saving = share * function.gb_seconds * price_gb_second
    if saving <= _CENT:
        return Advice("keep", "less memory would save less than a cent a month")
    return Advice("change", f"at most {used:.0f} of {now} MB were used", target, saving, notes)


def _relative_cost(memory: float, now: float, bound: float) -> float:
    return float(memory / now * (min(now, ONE_CPU_MB) / min(memory, ONE_CPU_MB)) ** bound)
