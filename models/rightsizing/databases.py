"""Managed databases and caches: what differs from machines, so that the same decision serves them.

A database fills its memory by design, so a high share of used memory is no need: the evidence is what is left free and
whether it swaps. A cache needs room for its data and for the copy made while saving it, and its engine works on one
processor, so more processors do not help it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np

from models.rightsizing.candidates import Catalogue
from models.rightsizing.decide import Decision, decide
from models.rightsizing.demand import Demand
from models.rightsizing.facts import Floats, Hours, Machine, Resource, Usage
from models.rightsizing.policy import Policy

__all__ = [
    "cache_idle",
    "cache_machines",
    "cache_memory_percent",
    "cache_usage",
    "database_idle",
    "database_usage",
    "decide_database",
    "follow_writer",
    "storage_decision",
    "storage_saving",
]

_SWAP_GIB = 0.25
_RESERVED_SHARE = 0.25
_STRIPED_GIB = 400.0
_IDLE_CPU = 5.0
_IDLE_IOPS = 20.0


def database_usage(
    usage: Usage, machine: Machine, *, freeable_gib: Floats | None, swap_gib: Floats | None = None
) -> Usage:
    """The usage with memory judged by what stays free; swapping counts as having run out of memory.

    Args:
        usage: metrics of the database; its own memory percentage is dropped.
        machine: present size.
        freeable_gib: memory left, on the grid of ``usage``; None: not measured, then memory is unknown.
        swap_gib: swap used, on the same grid.
    """
    if freeable_gib is None:
        return replace(usage, memory=None)
    swaps = swap_gib is not None and bool(np.nanmax(swap_gib, initial=0.0) > _SWAP_GIB)
    used = np.clip(100.0 * (machine.memory_gib - freeable_gib) / machine.memory_gib, 0.0, 100.0)
    return replace(usage, memory=used, out_of_memory=usage.out_of_memory or swaps)


def decide_database(
    resource: Resource,
    usage: Usage | Demand,
    catalogue: Catalogue,
    policy: Policy,
    *,
    now: datetime,
    hours: Hours | None = None,
    performance_insights: bool = False,
) -> Decision:
    """Decide about a database; "too large" needs evidence of memory or Performance Insights.

    Args:
        resource, catalogue, policy, now, hours: as for a machine; prices are of the deployment (Multi-AZ counts twice).
        usage: made by :func:`database_usage`.
        performance_insights: its load was seen there.
    """
    found = decide(resource, usage, catalogue, policy, now=now, hours=hours)
    if found.finding == "over":
        notes = (*found.notes, "a change restarts the database, 5 to 10 minutes")
        if found.demand is not None and "memory" not in found.demand.used and not performance_insights:
            reason = "may be too large, which needs free memory or Performance Insights to tell"
            return replace(found, finding="cannot_tell", reason=reason, options=(), dimensions=(), notes=found.notes)
        return replace(found, notes=notes)
    return found


def cache_usage(usage: Usage, machine: Machine, *, data_gib: Floats | None, evictions: Floats | None = None) -> Usage:
    """The usage with memory judged by the data held; evictions count as having run out of memory.

    Args:
        usage: metrics of one node; ``cpu`` is that of the engine, percent of its one processor.
        machine: present size.
        data_gib: memory held by data, on the grid of ``usage``; None: memory is unknown.
        evictions: entries thrown out for lack of memory.
    """
    if data_gib is None:
        return replace(usage, memory=None)
    evicts = evictions is not None and bool(np.nansum(evictions) > 0)
    need = cache_memory_percent(100.0 * data_gib / machine.memory_gib)
    return replace(usage, memory=need, out_of_memory=usage.out_of_memory or evicts)


def cache_memory_percent(data_percent: Floats) -> Floats:
    """Memory a cache needs for its data, in percent of the node: room for the copy made while saving it is added."""
    return data_percent / (1.0 - _RESERVED_SHARE)


def cache_machines(machines: list[Machine]) -> list[Machine]:
    """Cache sizes as the engine sees them: one processor each, the others only carry network and saving."""
    return [replace(machine, vcpu=1.0) for machine in machines]


def database_idle(cpu: Floats, connections: Floats, iops: Floats | None) -> bool | None:
    """No connection, CPU below 5 % and fewer than 20 operations/s on average; None: cannot be told."""
    if iops is None or any(np.isnan(series).all() for series in (cpu, connections, iops)):
        return None
    quiet = float(np.nanmax(connections)) == 0.0 and float(np.nanmax(cpu)) < _IDLE_CPU
    return quiet and float(np.nanmean(iops)) < _IDLE_IOPS


def cache_idle(hits: Floats, misses: Floats, new_connections: Floats) -> bool | None:
    """No request and no new connection in the window; None: cannot be told."""
    if any(np.isnan(series).any() for series in (hits, misses, new_connections)):
        return None
    return not (hits.any() or misses.any() or new_connections.any())


def follow_writer(replica: Resource, promotion_tier: int, writer: Decision) -> Decision | None:
    """Decision for a replica that may become the writer (tier 0 or 1): the writer's size. None: it is judged itself."""
    if promotion_tier > 1:
        return None
    return replace(
        writer,
        resource=replica,
        reason=f"follows its writer {writer.resource.resource_id}: it may have to replace it",
        options=(),
        rejected=(),
    )


def storage_decision(
    *, size_gib: float, provisioned_iops: float, provisioned_mb_s: float, p99_iops: float | None, p99_mb_s: float | None
) -> tuple[float, float] | None:
    """Operations/s and MB/s a gp3 database storage needs; None: cannot be told. Storage itself never shrinks.

    Args:
        size_gib: allotted.
        provisioned_iops, provisioned_mb_s: at present.
        p99_iops, p99_mb_s: observed; None: not measured.
    """
    if p99_iops is None or p99_mb_s is None:
        return None
    least_iops, least_mb_s = (12_000.0, 500.0) if size_gib >= _STRIPED_GIB else (3_000.0, 125.0)
    return (
        min(provisioned_iops, max(least_iops, p99_iops * 1.2)),
        min(provisioned_mb_s, max(least_mb_s, p99_mb_s * 1.2)),
    )


def storage_saving(
    *,
    provisioned_iops: float,
    provisioned_mb_s: float,
    needed: tuple[float, float] | None,
    price_iops: float | None,
    price_mb_s: float | None,
) -> float | None:
    """What fewer provisioned operations and MB/s of a database's storage save a month; None: cannot be told.

    Args:
        provisioned_iops, provisioned_mb_s: at present.
        needed: from :func:`storage_decision`.
        price_iops, price_mb_s: of one provisioned operation/s and MB/s a month in its deployment.
    """
    if needed is None or price_iops is None or price_mb_s is None:
        return None
    return (provisioned_iops - needed[0]) * price_iops + (provisioned_mb_s - needed[1]) * price_mb_s
