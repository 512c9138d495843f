"""How sure a recommendation is (0-100) and how much work the change is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.rightsizing.demand import Demand
from models.rightsizing.facts import Machine, PriceMissing, Resource

__all__ = ["HIGH", "MEDIUM", "Confidence", "Effort", "confidence", "effort", "stable"]

HIGH = 80
MEDIUM = 50

_RATE_METRICS = (("ebs_throughput", "block storage"), ("network", "network"))
_LEAST_SINCE_CHANGE_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """Points left of 100, and what took the others.

    Attributes:
        score: 0-100.
        deductions: (reason, points taken).
    """

    score: int
    deductions: tuple[tuple[str, int], ...]

    @property
    def level(self) -> str:
        """``high``, ``medium`` or ``low``; low is left out of totals."""
        return "high" if self.score >= HIGH else "medium" if self.score >= MEDIUM else "low"


@dataclass(frozen=True, slots=True)
class Effort:
    """Work of a change: ``very low``, ``low``, ``medium`` or ``high``, with the reason."""

    level: str
    reason: str


def confidence(
    resource: Resource,
    demand: Demand,
    target: Machine | None,
    *,
    as_of: date,
    price_max_age_days: int,
    targets_agree: bool | None = None,
) -> Confidence:
    """Confidence in a target, or in "no change" when ``target`` is None.

    Args:
        resource, demand: what was looked at.
        target: proposed size.
        as_of: today.
        price_max_age_days: older prices take points.
        targets_agree: whether parts of the window lead to the same size; None: not tried.
    """
    window, present = demand.window, resource.machine
    taken: list[tuple[str, int]] = []

    def take(points: int, reason: str, condition: bool) -> bool:
        if condition:
            taken.append((reason, points))
        return condition

    take(25, "memory is not measured", "memory" not in demand.used)
    for metric, name in _RATE_METRICS:
        take(10, f"{name} is not measured", metric not in demand.used)
    if not take(25, f"{window.coverage:.0%} of the running time has samples", window.coverage < 0.7):
        take(10, f"{window.coverage:.0%} of the running time has samples", window.coverage < 0.9)
    if not take(30, f"only {window.days:.1f} days were seen", window.days < 7.0):
        take(15, f"only {window.days:.1f} days were seen", window.days < 14.0)
    take(10, "fewer than two whole weeks were seen", window.days < 14.0)
    take(10, "samples are coarse: longer than 15 minutes, or means", window.coarse)
    take(20, "parts of the window lead to other sizes", targets_agree is False)
    if target is not None and present is not None:
        crossing = target.family != present.family and (target.perf_index is None or present.perf_index is None)
        take(10, "speed of the processors is not known across generations", crossing)
        prices = [each.price for each in (present, target)]
        take(
            10,
            f"a price is older than {price_max_age_days} days",
            any(
                not isinstance(price, PriceMissing)
                and (price.as_of is None or as_of - price.as_of > timedelta(days=price_max_age_days))
                for price in prices
            ),
        )
    unknown_disk = present is not None and present.local_disk_gb > 0.0 and resource.local_disk_used_gb is None
    unknown_licence = resource.licence is not None and resource.licence.least_cores is None
    take(10, "use of the local disk or terms of the licence are not known", unknown_disk or unknown_licence)
    take(5, "production, and no month-end was seen", resource.production and not window.month_end)
    score = max(0, 100 - sum(points for _, points in taken))
    if window.since_change and window.days < _LEAST_SINCE_CHANGE_DAYS and score >= MEDIUM:
        reason = f"changed {window.days:.1f} days ago"
        taken.append((reason, score - (MEDIUM - 1)))
        score = MEDIUM - 1
    return Confidence(score, tuple(taken))


def effort(present: Machine, target: Machine, workload: str | None = None) -> Effort:
    """Work of moving from one size to another.

    Args:
        present, target: sizes.
        workload: what runs on it; known to run on either architecture, a change of it is less work.
    """
    if not present.architectures & target.architectures:
        kinds = "/".join(sorted(target.architectures))
        if workload:
            return Effort("medium", f"other architecture ({kinds}), {workload} is known to run on it")
        return Effort("high", f"other architecture ({kinds}): software must be built and tested for it")
    if present.family == target.family:
        return Effort("very low", "same family")
    if _line(present.family) == _line(target.family):
        return Effort("low", "other generation of the same line, same architecture")
    return Effort("medium", "other family, same architecture")


def _line(family: str) -> str:
    """Letters before the generation: m5 and m6i are one line, t3 is another."""
    bare = family.rsplit(".", 1)[-1]
    return bare[: next((at for at, sign in enumerate(bare) if sign.isdigit()), len(bare))]


def stable(targets: Sequence[str | None]) -> bool:
    """Whether parts of the window all lead to one size."""
    return len(set(targets)) <= 1
