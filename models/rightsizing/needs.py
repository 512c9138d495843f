"""What of a present size must stay, and what its load needs in absolute terms."""

from __future__ import annotations

from models.rightsizing.demand import Demand
from models.rightsizing.facts import Machine

__all__ = ["OLDER_SPEED", "comparable", "generations_back", "memory_needed", "processing_factor", "terms"]

OLDER_SPEED = 0.8
"""Speed of a processor one generation older, where no figure is known.

Own choice: providers state gains of 15 to 25 %.
"""

_OOM_FACTOR = 1.2
_OOM_GIB = 1.0


def comparable(machine: Machine, present: Machine) -> bool:
    """Same place, software and terms: only then a price difference means anything. The present type is not its own."""
    return machine.instance_type != present.instance_type and terms(machine) == terms(present)


def terms(machine: Machine) -> tuple[str, ...]:
    """Place, software and terms."""
    return (
        machine.provider, machine.region, machine.service, machine.operating_system, machine.deployment,
        machine.licence_model, machine.tenancy,
    )  # fmt: skip


def processing_factor(present: Machine, target: Machine) -> float:
    """Present processing power over the target's.

    A faster processor counts only where both speeds are known. Where one is not, an older generation counts as slower,
    so that a machine that works hard is not sent back to it; a newer one never counts as faster.
    """
    if present.perf_index is None or target.perf_index is None:
        return present.vcpu / target.vcpu / OLDER_SPEED ** generations_back(present, target)
    return present.vcpu * present.perf_index / (target.vcpu * target.perf_index)


def generations_back(present: Machine, target: Machine) -> int:
    """How many hardware generations the target is older than the present machine; 0 where that is not known."""
    if present.generation is None or target.generation is None:
        return 0
    return max(0, present.generation - target.generation)


def memory_needed(demand: Demand, present: Machine) -> float | None:
    """GiB that were needed: the highest sample, raised after the system ran out of memory. None: not measured."""
    if "memory" not in demand.used:
        return None
    gib = demand.used["memory"].highest / 100.0 * present.memory_gib
    return max(gib * _OOM_FACTOR, gib + _OOM_GIB) if demand.out_of_memory else gib
