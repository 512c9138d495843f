"""Samples of one metric without their order: all of them (``Distribution``) or their percentiles (``Quantiles``).

Percentiles interpolate linearly between neighbours, as ``quantile_cont`` of SQL engines and the default of numpy do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.rightsizing.facts import Floats

__all__ = ["PERCENTS", "Distribution", "Quantiles", "Samples"]

PERCENTS: Floats = np.array([*range(98), 97.5, 98, 98.5, 99, *(99 + each / 10 for each in range(1, 10)), 99.95, 100])
"""Percentiles that stand for a distribution: those that policies name, and those at which the risk changes."""
PERCENTS.sort()
PERCENTS.setflags(write=False)


class Samples(Protocol):
    """What is asked of the samples of one metric."""

    @property
    def samples(self) -> int:
        """How many samples."""

    @property
    def highest(self) -> float:
        """Highest sample."""

    @property
    def mean(self) -> float:
        """Mean of all samples."""

    def percentile(self, percent: float) -> float:
        """Value that ``percent`` (0-100) of the samples do not exceed."""

    def share_above(self, level: float) -> float:
        """Share of the samples above a level, 0-1."""

    def share_from(self, level: float) -> float:
        """Share of the samples at or above a level, 0-1."""

    def percentiles(self, percents: Floats) -> Floats:
        """Values at many percentiles."""


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Samples without their order: ascending levels and how many samples have each."""

    levels: Floats
    counts: npt.NDArray[np.int64]
    _reached: npt.NDArray[np.int64] = field(init=False, repr=False)
    _highest: float = field(init=False, repr=False)
    _known: dict[float, float] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_reached", np.cumsum(self.counts))
        object.__setattr__(self, "_highest", float(self.levels[-1]))

    @classmethod
    def of(cls, values: Floats) -> Distribution | None:
        """From samples; NaN is no sample. None when there is no sample at all."""
        ordered = np.sort(values)  # NaN last
        ordered = ordered[: int(np.searchsorted(ordered, np.nan))]
        return cls.sorted(ordered) if len(ordered) else None

    @classmethod
    def sorted(cls, ordered: Floats) -> Distribution:
        """From ascending samples, at least one, without NaN."""
        first = np.empty(len(ordered), dtype=np.bool_)
        first[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
        at = np.flatnonzero(first)
        levels = ordered if len(at) == len(ordered) else ordered[at]
        return cls(levels, np.diff(at, append=len(ordered)))

    @classmethod
    def counted(cls, counts: Mapping[float, int]) -> Distribution | None:
        """From a count of samples by level; None when there is no sample."""
        levels = sorted(level for level, count in counts.items() if count > 0)
        if not levels:
            return None
        return cls(np.array(levels, dtype=np.float64), np.array([counts[x] for x in levels], dtype=np.int64))

    @property
    def samples(self) -> int:
        """How many samples."""
        return int(self._reached[-1])

    @property
    def highest(self) -> float:
        """Highest sample."""
        return self._highest

    @property
    def mean(self) -> float:
        """Mean of all samples."""
        return float((self.levels * self.counts).sum() / self.samples)

    def percentile(self, percent: float) -> float:
        """Value that ``percent`` of the samples do not exceed, interpolated between neighbours."""
        found = self._known.get(percent)
        if found is None:
            # Many sizes are judged by the same few percentiles.
            found = self._known[percent] = float(self.percentiles(np.array([percent]))[0])
        return found

    def percentiles(self, percents: Floats) -> Floats:
        """Values at many percentiles."""
        position = (self.samples - 1) * percents / 100.0
        below = np.floor(position).astype(np.int64)
        low = self.levels[np.searchsorted(self._reached, below, side="right")]
        above = np.minimum(below + 1, self.samples - 1)
        high = self.levels[np.searchsorted(self._reached, above, side="right")]
        found: Floats = low + (high - low) * (position - below)
        return found

    def share_above(self, level: float) -> float:
        """Share of the samples above a level, 0-1."""
        edge = level * (1.0 + 1e-12)
        if edge >= self._highest:
            return 0.0  # the usual case, asked for every size
        return self._share(int(self.levels.searchsorted(edge, side="right")))

    def share_from(self, level: float) -> float:
        """Share of the samples at or above a level, 0-1."""
        return self._share(int(self.levels.searchsorted(level, side="left")))

    def _share(self, first: int) -> float:
        below = int(self._reached[first - 1]) if first else 0
        return (self.samples - below) / self.samples


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """Percentiles that stand for the samples.

    Percentiles between those given are interpolated. Shares are upper bounds, but for one sample: a level between two
    percentiles counts as lying at the lower, so that no limit of the risk is passed unseen.

    Attributes:
        percents: ascending, from 0 to 100.
        levels: value at each, ascending.
        count: how many samples there were.
        average: their mean.
    """

    percents: Floats
    levels: Floats
    count: int
    average: float

    @classmethod
    def of(cls, samples: Samples, percents: Floats = PERCENTS) -> Quantiles:
        """Percentiles of samples."""
        if isinstance(samples, Quantiles):
            return samples
        return cls(percents, samples.percentiles(percents), samples.samples, samples.mean)

    @property
    def samples(self) -> int:
        """How many samples."""
        return self.count

    @property
    def highest(self) -> float:
        """Highest sample."""
        return float(self.levels[-1])

    @property
    def mean(self) -> float:
        """Mean of all samples."""
        return self.average

    def percentile(self, percent: float) -> float:
        """Value that ``percent`` of the samples do not exceed."""
        return float(np.interp(percent, self.percents, self.levels))

    def percentiles(self, percents: Floats) -> Floats:
        """Values at many percentiles."""
        found: Floats = np.interp(percents, self.percents, self.levels)
        return found

    def share_above(self, level: float) -> float:
        """At most this share of the samples is above a level, 0-1."""
        return self._at_most(int(np.searchsorted(self.levels, level * (1.0 + 1e-12), side="right")))

    def share_from(self, level: float) -> float:
        """At most this share of the samples is at or above a level, 0-1."""
        return self._at_most(int(np.searchsorted(self.levels, level, side="left")))

    def _at_most(self, first: int) -> float:
        """Share above the last percentile before ``first``."""
        if first == 0:
            return 1.0
        return float(1.0 - self.percents[first - 1] / 100.0) if first < len(self.levels) else 0.0
