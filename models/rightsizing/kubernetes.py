"""Requests of Kubernetes workloads, and what smaller ones are worth.

CPU at P95 and memory at its highest peak, with room on top. Smaller requests of pods free capacity; money is saved only
where nodes go, and the two are never mixed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.rightsizing.facts import HOURS_A_MONTH, Floats

__all__ = ["NodePool", "Pod", "RequestAdvice", "RequestEffect", "Workload", "advise_requests", "requests_effect"]

_ROOM = 0.25
_LEAST_SAMPLES = 100
_LEAST_CORES = 0.025
_LEAST_GIB = 0.25
_OOM_FACTOR, _OOM_GIB = 1.2, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Workload:
    """One container of one workload.

    Attributes:
        name: for the reader.
        cpu_request, memory_request: cores and GiB of one pod; None: none is set.
        cpu_cores: samples of one pod (the busiest of each step); None: not measured.
        memory_peak_gib: highest of each step; None: no peaks, only means or nothing.
        autoscaled_on: ``cpu`` and ``memory`` where the number of pods follows their use.
        out_of_memory: a pod was ended for lack of memory.
    """

    name: str
    cpu_request: float | None
    memory_request: float | None
    cpu_cores: Floats | None = None
    memory_peak_gib: Floats | None = None
    autoscaled_on: frozenset[str] = frozenset()
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True)
class RequestAdvice:
    """Requests to set; None: cannot be told ("?"), and ``reasons`` say why.

    Attributes:
        cpu, memory: cores and GiB.
        reasons: by resource, where there is no figure.
    """

    cpu: float | None
    memory: float | None
    reasons: tuple[str, ...] = ()


def advise_requests(workload: Workload, room: float = _ROOM) -> RequestAdvice:
    """Requests from use: CPU P95 and the highest memory, with ``room`` (0.15-0.25 is usual) on top.

    The floors (25 m and 0.25 GiB) never raise a request that is smaller and was enough.
    """
    reasons: list[str] = []
    cpu = _samples("CPU", "cpu", workload, workload.cpu_cores, "not measured", reasons)
    memory = _samples("memory", "memory", workload, workload.memory_peak_gib, "no peaks were recorded", reasons)
    cores = None if cpu is None else _floored(float(np.percentile(cpu, 95.0)) * (1 + room), _LEAST_CORES,
                                              workload.cpu_request)  # fmt: skip
    gib = None
    if memory is not None:
        highest = float(memory.max())
        if workload.out_of_memory:
            highest = max(highest * _OOM_FACTOR, highest + _OOM_GIB)
        gib = _floored(highest * (1 + room), _LEAST_GIB, workload.memory_request)
    return RequestAdvice(cores, gib, tuple(reasons))


def _samples(
    name: str, key: str, workload: Workload, values: Floats | None, absent: str, reasons: list[str]
) -> Floats | None:
    if key in workload.autoscaled_on:
        reasons.append(f"{name}: the number of pods follows it, a request would change that number")
        return None
    known = None if values is None else values[~np.isnan(values)]
    if known is None:
        reasons.append(f"{name}: {absent}")
        return None
    if len(known) < _LEAST_SAMPLES:
        reasons.append(f"{name}: {len(known)} samples, needs {_LEAST_SAMPLES}")
        return None
    return known


def _floored(need: float, least: float, present: float | None) -> float:
    if present is not None and need <= present:
        return min(present, max(need, least))
    return max(need, least)


@dataclass(frozen=True, slots=True)
class Pod:
    """Requests of pods of one kind, in cores and GiB, and how many there are."""

    cpu: float
    memory: float
    count: int = 1


@dataclass(frozen=True, slots=True)
class NodePool:
    """Nodes of one size.

    Attributes:
        nodes: running now.
        cpu, memory: what pods may request of one node (allocatable less what runs on every node), cores and GiB.
        price_hour: of one node, as paid; None: not known.
        shrinks: nodes that are not needed go by themselves, or someone will remove them.
        least_nodes: never fewer.
    """

    nodes: int
    cpu: float
    memory: float
    price_hour: float | None
    shrinks: bool = True
    least_nodes: int = 1


@dataclass(frozen=True, slots=True)
class RequestEffect:
    """What changed requests are worth.

    Attributes:
        outcome: ``saves_money``, ``frees_capacity``, ``needs_more``, ``nothing``, ``cannot_tell`` (a pod fits no node)
            or ``price_missing`` (nodes go, at an unknown price).
        freed_cpu, freed_memory: requests given back, cores and GiB.
        nodes_before, nodes_after: needed for the requests; None: a pod fits no node.
        saving: a month; None: not known.
    """

    outcome: str
    freed_cpu: float
    freed_memory: float
    nodes_before: int | None
    nodes_after: int | None
    saving: float | None


def requests_effect(before: Sequence[Pod], after: Sequence[Pod], pool: NodePool) -> RequestEffect:
    """Pack pods onto nodes before and after, the largest first, and count the nodes that are no longer needed.

    Nodes that were spare before are no merit of the change and do not count.
    """
    freed_cpu = math.fsum(each.cpu * each.count for each in before) - math.fsum(each.cpu * each.count for each in after)
    freed_memory = math.fsum(each.memory * each.count for each in before) - math.fsum(
        each.memory * each.count for each in after
    )
    needed_before, needed_after = _nodes(before, pool), _nodes(after, pool)
    if needed_before is None or needed_after is None:
        return RequestEffect("cannot_tell", freed_cpu, freed_memory, needed_before, needed_after, None)
    gone = max(pool.least_nodes, min(pool.nodes, needed_before)) - max(pool.least_nodes, needed_after)
    if gone == 0 or (gone > 0 and not pool.shrinks):
        freed = freed_cpu > 1e-9 or freed_memory > 1e-9
        return RequestEffect(
            "frees_capacity" if freed else "nothing", freed_cpu, freed_memory, needed_before, needed_after, 0.0
        )
    if gone < 0 and needed_after <= pool.nodes:
        return RequestEffect("nothing", freed_cpu, freed_memory, needed_before, needed_after, 0.0)
    saving = None if pool.price_hour is None else gone * pool.price_hour * HOURS_A_MONTH
    outcome = "needs_more" if gone < 0 else "price_missing" if saving is None else "saves_money"
    return RequestEffect(outcome, freed_cpu, freed_memory, needed_before, needed_after, saving)


def _nodes(pods: Sequence[Pod], pool: NodePool) -> int | None:
    """Nodes of a first-fit packing, the largest pods first; None: one fits no empty node."""
    rooms: list[list[float]] = []
    ordered = sorted(pods, key=lambda each: -max(each.cpu / pool.cpu, each.memory / pool.memory))
    for pod in ordered:
        if pod.cpu > pool.cpu + 1e-9 or pod.memory > pool.memory + 1e-9:
            return None
        left = pod.count
        for room in rooms:
            placed = min(left, _times(pod, room[0], room[1]))
            room[0] -= placed * pod.cpu
            room[1] -= placed * pod.memory
            left -= placed
        while left > 0:
            placed = min(left, max(1, _times(pod, pool.cpu, pool.memory)))
            rooms.append([pool.cpu - placed * pod.cpu, pool.memory - placed * pod.memory])
            left -= placed
    return len(rooms)


def _times(pod: Pod, cpu: float, memory: float) -> int:
    """How often a pod fits into what is left of a node."""
    counts = [math.floor((room + 1e-9) / need) for room, need in ((cpu, pod.cpu), (memory, pod.memory)) if need > 0.0]
    return min(counts, default=pod.count)
