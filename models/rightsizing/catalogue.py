"""The sizes to choose from. ``nearby`` leaves out, for all sizes of a region at once, what would be rejected anyway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.rightsizing.demand import Demand
from models.rightsizing.facts import Floats, Machine, PriceMissing
from models.rightsizing.needs import comparable, memory_needed, terms
from models.rightsizing.policy import Policy

__all__ = ["SUSTAINED_SHARE", "UNKNOWN_RATE_SHARE", "Catalogue"]

SUSTAINED_SHARE = 0.8
"""Share of a sustained block storage or network rate that may be used."""

UNKNOWN_RATE_SHARE = 0.5
"""Where a rate is not measured, a target with less than this share of the present rate is rejected."""

_RATES = {"ebs_throughput": "ebs_mbit_s", "ebs_iops": "ebs_iops", "network": "network_mbit_s"}
_EDGE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    """Sizes of one place and terms as arrays, in order of name; NaN where not known."""

    machines: list[Machine]
    vcpu: Floats
    memory: Floats
    price: Floats
    rates: dict[str, Floats]
    gpus: npt.NDArray[np.int64]
    current: npt.NDArray[np.bool_]
    families: npt.NDArray[np.str_]
    architectures: dict[str, npt.NDArray[np.bool_]]

    @classmethod
    def of(cls, machines: list[Machine]) -> _Figures:
        def column(values: Sequence[float | None]) -> Floats:
            return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

        prices = [None if isinstance(each.price, PriceMissing) else each.price.hourly for each in machines]
        kinds = sorted({kind for each in machines for kind in each.architectures})
        return cls(
            machines,
            column([each.vcpu for each in machines]),
            column([each.memory_gib for each in machines]),
            column(prices),
            {name: column([getattr(each, attribute) for each in machines]) for name, attribute in _RATES.items()},
            np.array([each.gpu_count for each in machines]),
            np.array([each.current_generation for each in machines]),
            np.array([each.family for each in machines]),
            {kind: np.array([kind in each.architectures for each in machines]) for kind in kinds},
        )


class Catalogue:
    """Sizes by place, software and terms, with their figures as arrays."""

    def __init__(self, machines: Sequence[Machine]) -> None:
        self._groups: dict[tuple[str, ...], list[Machine]] = {}
        # In order of name, so that the order of the input never matters.
        for machine in sorted(machines, key=lambda each: (each.instance_type, each.family)):
            self._groups.setdefault(terms(machine), []).append(machine)
        self._figures: dict[tuple[str, ...], _Figures] = {}

    def like(self, present: Machine) -> list[Machine]:
        """All sizes comparable with the present one, in order of name."""
        return [each for each in self._groups.get(terms(present), []) if comparable(each, present)]

    def nearby(
        self, present: Machine, demand: Demand, policy: Policy, dearest: float | None, *, fitting: bool = False
    ) -> list[Machine]:
        """Sizes with enough memory and processors for the need, at most as dear as ``dearest`` an hour (None: any).

        A size without a price is kept. Leaves out only what would be rejected or cannot save.

        Args:
            present, demand, policy: as for the decision.
            dearest: an hour.
            fitting: also leave out other architectures, previous generations, too low rates and other accelerators,
                so that hardly any size is left that is rejected.
        """
        key = terms(present)
        group = self._groups.get(key, [])
        if not group:
            return []
        if key not in self._figures:
            self._figures[key] = _Figures.of(group)
        figures = self._figures[key]
        needed = memory_needed(demand, present)
        least = present.memory_gib if needed is None else needed / (1.0 - policy.preset.memory_headroom)
        keep = figures.memory >= least * (1.0 - _EDGE)
        if present.perf_index is None:
            wanted = demand.at("cpu", policy.preset.cpu_percentile) / 100.0 * present.vcpu
            keep &= figures.vcpu * (1.0 - policy.preset.cpu_headroom) >= wanted * (1.0 - _EDGE)
        if dearest is not None:
            keep &= np.isnan(figures.price) | (figures.price <= dearest)
        if fitting:
            keep &= _fitting(figures, present, demand, policy)
        return [group[index] for index in np.flatnonzero(keep) if comparable(group[index], present)]


def _fitting(figures: _Figures, present: Machine, demand: Demand, policy: Policy) -> npt.NDArray[np.bool_]:
    keep: npt.NDArray[np.bool_] = figures.current | (figures.families == present.family)
    if not policy.allow_architecture_change:
        same = [figures.architectures[kind] for kind in present.architectures if kind in figures.architectures]
        keep &= np.logical_or.reduce(same) if same else False
    if present.gpu_count == 0:
        keep &= figures.gpus == 0
    for name, has in figures.rates.items():
        if name in demand.used:
            least = demand.at(name, 99.5) / SUSTAINED_SHARE
        else:
            had = getattr(present, _RATES[name])
            if had is None:
                continue
            least = UNKNOWN_RATE_SHARE * had
        keep &= np.isnan(has) | (has >= least * (1.0 - _EDGE))
    return keep
