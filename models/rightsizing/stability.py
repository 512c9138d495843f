"""Whether parts of the window lead to the same size: its first half, its second half and its last seven days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta

import numpy as np

from models.rightsizing.candidates import Catalogue
from models.rightsizing.confidence import stable
from models.rightsizing.decide import decide
from models.rightsizing.demand import Demand, Refusal, measure
from models.rightsizing.facts import Hours, Resource, Usage
from models.rightsizing.policy import Policy

__all__ = ["agree", "parts", "targets_agree"]

_LAST = timedelta(days=7)
_LEAST_PARTS = 2
_SERIES = tuple(each.name for each in fields(Usage) if each.name not in ("start", "step_minutes", "maxima",
                                                                         "out_of_memory"))  # fmt: skip


def parts(usage: Usage, changed: datetime | None = None) -> tuple[Usage, ...]:
    """First half, second half and last seven days of a window.

    Args:
        usage: metrics of the whole window.
        changed: last change of the resource; what is earlier is left out before the window is halved.
    """
    step = timedelta(minutes=usage.step_minutes)
    first = 0
    if changed is not None and changed > usage.start:
        first = min(usage.steps, int(np.ceil((changed - usage.start) / step)))
    middle = (first + usage.steps) // 2
    last = max(first, usage.steps - round(_LAST / step))
    return tuple(
        _cut(usage, begin, end) for begin, end in ((first, middle), (middle, usage.steps), (last, usage.steps))
    )


def agree(
    resource: Resource,
    demands: Sequence[Demand | Refusal],
    catalogue: Catalogue,
    policy: Policy,
    *,
    now: datetime,
    hours: Hours | None = None,
) -> bool | None:
    """Whether the demands of parts of a window lead to one size; None: fewer than two of them could be decided.

    Args:
        resource, catalogue, policy, now, hours: as for the decision about the whole window.
        demands: of the parts, or why there is none.
    """
    targets: list[str | None] = []
    for demand in demands:
        if isinstance(demand, Refusal):
            continue
        found = decide(resource, demand, catalogue, policy, now=now, hours=hours, rejections=False)
        targets.append(found.options[0].machine.instance_type if found.finding == "over" else None)
        if not stable(targets):
            return False
    return True if len(targets) >= _LEAST_PARTS else None


def targets_agree(
    resource: Resource,
    usage: Usage,
    catalogue: Catalogue,
    policy: Policy,
    *,
    now: datetime,
    hours: Hours | None = None,
) -> bool | None:
    """Whether parts of a window lead to one size, measured here; see :func:`agree`."""
    cut = parts(usage, resource.changed)
    return agree(resource, [measure(each, resource, now) for each in cut], catalogue, policy, now=now, hours=hours)


def _cut(usage: Usage, begin: int, end: int) -> Usage:
    series = {name: getattr(usage, name) for name in _SERIES}
    return replace(
        usage,
        start=usage.start + begin * timedelta(minutes=usage.step_minutes),
        **{name: values[begin:end] for name, values in series.items() if values is not None},
    )
