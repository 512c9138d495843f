"""The way down from a bill to one resource, as views: pure, so that buttons, chart clicks and breadcrumbs agree."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.costs.dimensions import drill_from
from workbench.costs.view import Filter, ViewSpec

__all__ = ["Crumb", "crumbs", "drilled", "next_dimension"]

_AT_THE_END = "charge_category"


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step taken: the filter it added, and the view it was chosen in."""

    item: Filter
    back: ViewSpec


def next_dimension(view: ViewSpec) -> str:
    """What to group by inside a group of the innermost dimension: the next on the usual path that is not fixed yet."""
    fixed = {item.dimension for item in view.filters if not item.negated} | set(view.by)
    key: str | None = view.by[-1]
    seen: set[str] = set()
    while key is not None and key not in seen:
        seen.add(key)
        key = drill_from(key)
        if key is not None and key not in fixed:
            return key
    # At the end of the path a resource is still made of usage types.
    return next((key for key in ("usage_type", _AT_THE_END) if key not in fixed), _AT_THE_END)


def drilled(view: ViewSpec, values: tuple[str | None, ...], into: str) -> ViewSpec:
    """The view inside one group: its dimensions fixed at ``values``, grouped ``into`` another one."""
    for dimension, value in zip(view.by, values, strict=True):
        view = view.with_values(dimension, (value,))
    return replace(view, by=(into,))


def crumbs(view: ViewSpec) -> tuple[Crumb, ...]:
    """The steps taken, outermost first; filters that leave something out are no steps and stay on every view."""
    steps = [item for item in view.filters if not item.negated]
    trail = []
    for position, item in enumerate(steps):
        later = set(steps[position:])
        filters = tuple(other for other in view.filters if other not in later)
        trail.append(Crumb(item, replace(view, filters=filters, by=(item.dimension,))))
    return tuple(trail)
