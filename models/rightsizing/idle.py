"""Whether a machine does anything at all, and whether it is too small."""

from __future__ import annotations

from models.rightsizing.candidates import HARDLY_USED_PERCENT, credit_bound
from models.rightsizing.demand import Demand
from models.rightsizing.facts import Resource

__all__ = ["idle_level", "too_small"]

# AWS Compute Optimizer (peak) and Trusted Advisor (daily means), 2026-10.
_IDLE_MB_DAY = 5.0
_LIKELY_CPU = 10.0
_LIKELY_DAYS = 4
_LIKELY_OF_DAYS = 14
_GPU_ACTIVE = 0.0
_GPU_IDLE_SHARE = 0.99
_GPU_MEMORY = 5.0


def idle_level(resource: Resource, demand: Demand) -> str | None:
    """``idle``, ``likely_idle`` or None; without a network metric nothing is called idle."""
    network = demand.network_mb_day
    if network is None:
        return None
    if demand.used["cpu"].highest < HARDLY_USED_PERCENT and all(day < _IDLE_MB_DAY for day in network):
        return "idle" if _gpu_idle(demand) else None
    means = demand.cpu_mean_day
    if means is None or len(means) != len(network) or (resource.machine is not None and resource.machine.gpu_count):
        return None
    quiet = [cpu <= _LIKELY_CPU and megabytes <= _IDLE_MB_DAY for cpu, megabytes in zip(means, network, strict=True)][
        -_LIKELY_OF_DAYS:
    ]
    return "likely_idle" if sum(quiet) >= _LIKELY_DAYS else None


def _gpu_idle(demand: Demand) -> bool:
    """Whether measured accelerators are idle; not measured, CPU and network decide."""
    gpu, memory = demand.used.get("gpu"), demand.used.get("gpu_memory")
    if gpu is not None and 1.0 - gpu.share_above(_GPU_ACTIVE) < _GPU_IDLE_SHARE:
        return False
    return memory is None or memory.highest < _GPU_MEMORY


def too_small(resource: Resource, demand: Demand) -> frozenset[str]:
    """Dimensions the present size lacks: used up for long, out of memory, or out of credits."""
    lacking = {name for name, pressure in demand.pressure.items() if pressure.lasting}
    if demand.out_of_memory:
        lacking.add("memory")
    if credit_bound(resource, demand):
        lacking.add("credits")
    return frozenset(lacking)
