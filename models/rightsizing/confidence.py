"""How sure a recommendation is (0-100) and how much work the change is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from models.rightsizing.demand import Demand, Window
from models.rightsizing.facts import Machine, Price, PriceMissing, Resource

__all__ = ["HIGH", "MEDIUM", "Confidence", "Doubts", "Effort", "confidence", "effort", "stable"]

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
    return Doubts.of(resource, demand).about(
        target, as_of=as_of, price_max_age_days=price_max_age_days, targets_agree=targets_agree
    )


@dataclass(frozen=True, slots=True)
class Doubts:
    """What takes points whatever the target is; made once, asked for each target."""

    resource: Resource
    window: Window
    samples: tuple[tuple[str, int], ...]
    terms: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, resource: Resource, demand: Demand) -> Doubts:
        """Points that the samples and the resource take."""
        window, present = demand.window, resource.machine
        days, share = window.days, f"{window.coverage:.0%} of the running time has samples"
        samples = [("memory is not measured", 25 * ("memory" not in demand.used))]
        samples += [(f"{name} is not measured", 10 * (metric not in demand.used)) for metric, name in _RATE_METRICS]
        samples.append((share, 25 if window.coverage < 0.7 else 10 * (window.coverage < 0.9)))
        samples.append((f"only {days:.1f} days were seen", 30 if days < 7.0 else 15 * (days < 14.0)))
        samples.append(("fewer than two whole weeks were seen", 10 * (days < 14.0)))
        samples.append(("samples are coarse: longer than 15 minutes, or means", 10 * window.coarse))
        unknown_disk = present is not None and present.local_disk_gb > 0.0 and resource.local_disk_used_gb is None
        unknown_licence = resource.licence is not None and resource.licence.least_cores is None
        terms = (
            ("use of the local disk or terms of the licence are not known", 10 * (unknown_disk or unknown_licence)),
            ("production, and no month-end was seen", 5 * (resource.production and not window.month_end)),
        )
        return cls(resource, window, _taken(samples), _taken(terms))

    def about(
        self, target: Machine | None, *, as_of: date, price_max_age_days: int, targets_agree: bool | None
    ) -> Confidence:
        """Confidence in one target; see :func:`confidence`."""
        present, window = self.resource.machine, self.window
        moved = [("parts of the window lead to other sizes", 20 * (targets_agree is False))]
        if target is not None and present is not None:
            crossing = target.family != present.family and (target.perf_index is None or present.perf_index is None)
            moved.append(("speed of the processors is not known across generations", 10 * crossing))
            old = any(_old(each.price, as_of, price_max_age_days) for each in (present, target))
            moved.append((f"a price is older than {price_max_age_days} days", 10 * old))
        taken = [*self.samples, *_taken(moved), *self.terms]
        score = max(0, 100 - sum(points for _, points in taken))
        if window.since_change and window.days < _LEAST_SINCE_CHANGE_DAYS and score >= MEDIUM:
            taken.append((f"changed {window.days:.1f} days ago", score - (MEDIUM - 1)))
            score = MEDIUM - 1
        return Confidence(score, tuple(taken))


def _taken(points: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(each for each in points if each[1])


def _old(price: Price | PriceMissing, as_of: date, most_days: int) -> bool:
    if isinstance(price, PriceMissing):
        return False
    return price.as_of is None or as_of - price.as_of > timedelta(days=most_days)


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


@lru_cache(maxsize=4096)
def _line(family: str) -> str:
    """Letters before the generation: m5 and m6i are one line, t3 is another."""
    bare = family.rsplit(".", 1)[-1]
    return bare[: next((at for at, sign in enumerate(bare) if sign.isdigit()), len(bare))]


def stable(targets: Sequence[str | None]) -> bool:
    """Whether parts of the window all lead to one size."""
    return len(set(targets)) <= 1
