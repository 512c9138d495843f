"""Performance risk of a target, 0 to 4: the highest of its dimensions.

Bands are those of AWS Compute Optimizer: up to 1 very low, up to 2 low, up to 3 medium, above high. A floor raises the
risk where the load would have exceeded the target in more than a sliver of the samples, so that a preset with a low
percentile cannot hide saturation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["UNKNOWN_SAME", "UNKNOWN_SMALLER", "Risk", "dimension_risk", "overall_risk"]

UNKNOWN_SAME = 0.5
"""Risk of a dimension that is not measured, on a target with at least the present capacity."""

UNKNOWN_SMALLER = 2.5
"""Risk of a dimension that is not measured, on a target with less capacity."""

_LEAST_HEADROOM = 0.05
# (share of samples above the target's capacity, points added); the first that is exceeded counts.
_ADDED = ((0.005, 1.0), (0.001, 0.5))
_FLOORS = ((0.025, 3.0), (0.01, 2.1), (0.005, 1.1))
_BANDS = ((1.0, "very low"), (2.0, "low"), (3.0, "medium"), (4.0, "high"))
_DRIVER_WITHIN = 0.25


@dataclass(frozen=True, slots=True)
class Risk:
    """Risk of one target.

    Attributes:
        score: 0-4.
        drivers: the dimensions that make it, highest first.
    """

    score: float
    drivers: tuple[str, ...]

    @property
    def band(self) -> str:
        """``very low``, ``low``, ``medium`` or ``high``."""
        return next(name for limit, name in _BANDS if self.score <= limit)


def dimension_risk(projected: float, headroom: float, exceeding: float) -> float:
    """Risk of one measured dimension.

    Args:
        projected: utilisation of the target at the policy's percentile, 1 is full.
        headroom: share that should stay free, 0-1.
        exceeding: share of all samples that would need more than the target has, 0-1.
    """
    free = headroom or _LEAST_HEADROOM
    if projected <= 1.0 - free:
        risk = projected / (1.0 - free)
    elif projected <= 1.0:
        risk = 1.0 + 2.0 * (projected - (1.0 - free)) / free
    else:
        risk = min(4.0, 3.0 + 4.0 * (projected - 1.0))
    risk += next((points for share, points in _ADDED if exceeding > share), 0.0)
    floor = next((points for share, points in _FLOORS if exceeding > share), 0.0)
    return min(4.0, max(0.0, risk, floor))


def overall_risk(by_dimension: Mapping[str, float]) -> Risk:
    """The highest risk and the dimensions near it; raises ``ValueError`` without any dimension."""
    score = max(by_dimension.values())
    near = [name for name, risk in by_dimension.items() if risk >= score - _DRIVER_WITHIN]
    return Risk(score, tuple(sorted(near, key=lambda name: (-by_dimension[name], name))))
