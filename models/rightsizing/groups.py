"""Scaling groups and node groups: one size for all members, through the launch template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from models.rightsizing.bill import Resimulated
from models.rightsizing.candidates import Catalogue
from models.rightsizing.decide import Decision, decide
from models.rightsizing.demand import Demand, Distribution, Pressure, Refusal, Samples
from models.rightsizing.facts import Floats, Hours, Machine, Resource
from models.rightsizing.policy import Policy

__all__ = ["Group", "decide_group", "group_demand", "group_refusal", "sum_hours"]

_OWNERS = {
    "eks": "owned by a Kubernetes cluster: size the requests of its pods instead",
    "ecs": "owned by an ECS cluster: size the tasks instead",
    "karpenter": "owned by Karpenter: size the requests of its pods instead",
    "cluster_autoscaler": "scaled by the cluster autoscaler: size the requests of its pods instead",
}


@dataclass(frozen=True, slots=True)
class Group:
    """One group.

    Attributes:
        group_id: as in the inventory.
        members: its machines, as resources.
        owner: empty, ``eks``, ``ecs``, ``karpenter`` or ``cluster_autoscaler``.
        weighted: its sizes have weights.
        target_tracking: ``cpu`` when the number of members follows CPU; empty: it does not.
    """

    group_id: str
    members: tuple[Resource, ...]
    owner: str = ""
    weighted: bool = False
    target_tracking: str = ""


def group_refusal(group: Group) -> Refusal | None:
    """Why a group cannot be sized as one; None: it can."""
    if group.owner:
        return Refusal("not_applicable", _OWNERS.get(group.owner, f"owned by {group.owner}"))
    if group.weighted:
        return Refusal("not_applicable", "its sizes have weights")
    machines = [member.machine for member in group.members]
    known = [machine for machine in machines if machine is not None]
    if not machines:
        return Refusal("insufficient_data", "has no members")
    if len(known) < len(machines):
        return Refusal("cannot_tell", "the size of a member is not in the catalogue")
    if len({machine.architectures for machine in known}) > 1:
        return Refusal("not_applicable", "mixes architectures")
    if len({machine.operating_system for machine in known}) > 1:
        return Refusal("not_applicable", "mixes operating systems")
    if len({machine.instance_type for machine in known}) > 1:
        return Refusal("not_applicable", "mixes sizes")
    if any(member.lifecycle == "spot" for member in group.members):
        return Refusal("not_applicable", "has members at spot: only idleness is looked at")
    if any(machine.gpu_count for machine in known):
        return Refusal("not_applicable", "its machines have GPUs")
    return None


def group_demand(members: Sequence[Demand]) -> Demand:
    """Demand of the member that needs most, at every percentile: never the mean over members.

    A dimension counts as measured only where it is measured on every member. The order in time is that of the member
    with the highest mean, for credits.
    """
    if not members:
        raise ValueError("A group needs members")
    shared = set.intersection(*(set(member.used) for member in members))
    busiest = max(members, key=lambda member: (member.used["cpu"].mean, member.used["cpu"].highest))
    window = min((member.window for member in members), key=lambda window: (window.coverage, window.samples))
    networks = [member.network_mb_day for member in members]
    means = [member.cpu_mean_day for member in members]
    gone = [member.credits_gone for member in members if member.credits_gone is not None]
    return Demand(
        window=window,
        used={name: _envelope([member.used[name] for member in members]) for name in sorted(shared)},
        pressure={
            name: Pressure(
                max(member.pressure[name].share for member in members if name in member.pressure),
                max(member.pressure[name].days for member in members if name in member.pressure),
            )
            for name in sorted(shared)
            if any(name in member.pressure for member in members)
        },
        cpu_in_order=busiest.cpu_in_order,
        out_of_memory=any(member.out_of_memory for member in members),
        network_mb_day=_highest(networks),
        cpu_mean_day=_highest(means),
        credits_gone=max(gone, default=None),
        when=busiest.when,
        cpu_mean_in_order=busiest.cpu_mean_in_order,
    )


def _envelope(distributions: Sequence[Samples]) -> Distribution:
    """The highest member at each rank, on the grid of the member with the most samples."""
    ranks = max(each.samples for each in distributions)
    grid: Floats = np.arange(ranks) * 100.0 / max(1, ranks - 1)
    return Distribution.sorted(np.maximum.reduce([each.percentiles(grid) for each in distributions]))


def _highest(days: Sequence[tuple[float, ...] | None]) -> tuple[float, ...] | None:
    if any(each is None for each in days):
        return None
    known = [each for each in days if each is not None]
    length = min(len(each) for each in known)
    return tuple(max(each[-length + index] for each in known) for index in range(length))


def sum_hours(members: Sequence[Hours]) -> Hours:
    """Hours of all members; their window is the longest."""
    first = members[0]
    costs = [each.cost_month for each in members]
    ends = [each.commitment_ends for each in members if each.commitment_ends is not None]
    on_demand = sum(each.on_demand for each in members)
    paid = sum(each.on_demand * each.rate_paid_share for each in members)
    return replace(
        first,
        window=max(each.window for each in members),
        on_demand=on_demand,
        reserved=sum(each.reserved for each in members),
        plan=sum(each.plan for each in members),
        spot=sum(each.spot for each in members),
        rate_paid_share=paid / on_demand if on_demand else first.rate_paid_share,
        flexible_reservation=all(each.flexible_reservation for each in members),
        commitment_ends=max(ends, default=None),
        cost_month=None if None in costs else sum(cost for cost in costs if cost is not None),
    )


def decide_group(
    group: Group,
    demands: Mapping[str, Demand],
    catalogue: Catalogue,
    policy: Policy,
    *,
    now: datetime,
    hours: Hours | None = None,
    resimulate: Callable[[Machine], Resimulated] | None = None,
) -> Decision:
    """One decision for the whole group; the change is made in its launch template.

    Args:
        group: members.
        demands: of each member, by resource; a member without one keeps the group from being sized.
        catalogue, policy, now: as for a machine.
        hours: of all members together (``sum_hours``).
        resimulate: saving of all members on the fleet's bill.
    """
    template = group.members[0] if group.members else Resource(group.group_id, "", None)
    one = replace(template, resource_id=group.group_id, name=group.group_id, managed_by="", group_id=None)
    refusal = group_refusal(group)
    if refusal is not None:
        return Decision(one, refusal.finding, refusal.reason)
    missing = [member.resource_id for member in group.members if member.resource_id not in demands]
    if missing:
        return Decision(one, "insufficient_data", f"needs metrics of {', '.join(sorted(missing))}")
    demand = group_demand(
        [demands[member.resource_id] for member in sorted(group.members, key=lambda m: m.resource_id)]
    )
    found = decide(one, demand, catalogue, policy, now=now, hours=hours, resimulate=resimulate)
    note = f"group of {len(group.members)}: change the launch template"
    notes: tuple[str, ...] = (note, *found.notes)
    if group.target_tracking == "cpu":
        # The number of members follows CPU: a smaller size makes more of them, and the saving would go.
        notes = (*notes, "the group follows CPU: review its target instead, a size only at the same capacity together")
        options = tuple(
            replace(option, against=(*option.against, "the group follows CPU: a smaller size adds members"))
            for option in found.options
        )
        found = replace(found, options=options)
    return replace(found, notes=notes)
