"""What an analyst looks at: period, comparison, basis, currency, grain, grouping and filters, frozen and hashable.

A :class:`ViewSpec` says what was asked ("month to date against the previous period"); ``resolve.py`` turns it into
concrete dates for one snapshot; ``url.py`` writes and reads it as query parameters. Change one with
``dataclasses.replace`` or the ``with_``/``without_`` methods.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

__all__ = [
    "Basis",
    "Chart",
    "Compare",
    "CompareMode",
    "Filter",
    "Grain",
    "Period",
    "Range",
    "UnusableRange",
    "ViewSpec",
]


class Basis(StrEnum):
    """Which of the four costs is shown (GLOSSARY)."""

    EFFECTIVE = "effective"
    BILLED = "billed"
    CONTRACTED = "contracted"
    LIST = "list"

    @property
    def column(self) -> str:
        """Its column in ``charges`` and the rollups."""
        return f"{self.value}_cost"


class Grain(StrEnum):
    """Width of one bucket of a series; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Chart(StrEnum):
    """How Explore draws the series."""

    BAR = "bar"
    LINE = "line"
    AREA = "area"
    CUMULATIVE = "cumulative"
    TREEMAP = "treemap"


class Range(StrEnum):
    """A period relative to the anchor: the last charge day of the snapshot, today at the latest."""

    MTD = "mtd"
    LAST_MONTH = "last_month"
    DAYS_30 = "30d"
    DAYS_90 = "90d"
    MONTHS_12 = "12m"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC charge days from ``first`` to ``last``, both included; ``first <= last``."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"period ends ({self.last}) before it begins ({self.first})")

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def shifted(self, days: int) -> Period:
        """The same length, ``days`` later."""
        step = timedelta(days=days)
        return Period(self.first + step, self.last + step)


@dataclass(frozen=True, slots=True)
class UnusableRange:
    """A period in an address that could not be read; the view matches nothing until another one is chosen.

    ``params`` keeps the parameters as given, so that the address can be written back unchanged.
    """

    params: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if not self.params or not {key for key, _ in self.params} <= {"range", "from", "to"}:
            raise ValueError("an unusable range keeps the parameters range, from, to it was read from")


class CompareMode(StrEnum):
    """What the period is compared with."""

    PREVIOUS = "prev"
    PREVIOUS_YEAR = "prev_year"
    BUDGET = "budget"
    NONE = "none"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison; ``period`` is set for ``CUSTOM`` and for nothing else."""

    mode: CompareMode = CompareMode.PREVIOUS
    period: Period | None = None

    def __post_init__(self) -> None:
        if (self.period is not None) != (self.mode is CompareMode.CUSTOM):
            raise ValueError("a custom comparison has a period, the others have none")


@dataclass(frozen=True, slots=True)
class Filter:
    """Keep (or, when ``negated``, leave out) charges whose ``dimension`` is ``value``.

    ``value`` None means "without a value": null, or a tag that is absent. Several positive values of one dimension
    widen each other (or), everything else narrows (and); a negated value never removes charges without a value.
    """

    dimension: str
    value: str | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """One view, as asked.

    Attributes:
        range: relative range, explicit period, or one that could not be read.
        compare: what it is compared with.
        basis: which cost.
        currency: ISO code as on the bill; None: the one with most cost.
        grain: bucket of the series.
        by: grouping dimensions, outermost first; at least one, none twice.
        filters: in the order they were added (breadcrumbs); duplicates are dropped.
        chart: how Explore draws it.
        snapshot: pinned snapshot id; None: the current one.
    """

    range: Range | Period | UnusableRange = Range.MTD
    compare: Compare = Compare()
    basis: Basis = Basis.EFFECTIVE
    currency: str | None = None
    grain: Grain = Grain.DAY
    by: tuple[str, ...] = ("service",)
    filters: tuple[Filter, ...] = ()
    chart: Chart = Chart.BAR
    snapshot: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", tuple(dict.fromkeys(self.by)) or ("service",))
        object.__setattr__(self, "filters", tuple(dict.fromkeys(self.filters)))

    def with_filter(self, added: Filter) -> ViewSpec:
        """The view narrowed by one more filter; its exact opposite is dropped first."""
        opposite = replace(added, negated=not added.negated)
        return replace(self, filters=(*(item for item in self.filters if item != opposite), added))

    def with_values(self, dimension: str, values: tuple[str | None, ...], *, negated: bool = False) -> ViewSpec:
        """The view whose filters on ``dimension`` are exactly ``values`` (none: the dimension is free again)."""
        others = tuple(item for item in self.filters if item.dimension != dimension)
        return replace(self, filters=(*others, *(Filter(dimension, value, negated) for value in values)))

    def without_filter(self, dropped: Filter) -> ViewSpec:
        """The view without one filter."""
        return replace(self, filters=tuple(item for item in self.filters if item != dropped))

    def values_of(self, dimension: str, *, negated: bool = False) -> tuple[str | None, ...]:
        """Values filtered on one dimension, in order."""
        return tuple(f.value for f in self.filters if f.dimension == dimension and f.negated == negated)
