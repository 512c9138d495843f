"""What is asked of a rightsizing run, as plain hashable values: part of cache keys and of links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from models.rightsizing.policy import PRESETS, Policy
from workbench.errors import BadFilter

__all__ = ["KINDS", "LONGEST_LOOKBACK", "Options"]

KINDS = {
    "instances": "machine",
    "autoscaling_groups": "scaling group",
    "rds_instances": "database",
    "cache_clusters": "cache",
    "volumes": "volume",
    "container_services": "container service",
    "lambda_functions": "function",
    "managed_services": "managed service",
    "streaming_clusters": "stream",
}
"""Kind of resource (its inventory table) → one of them in words."""

LONGEST_LOOKBACK = 93


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked.

    Attributes:
        preset: ``max_savings``, ``balanced``, ``default`` or ``max_performance``.
        cpu_headroom, memory_headroom: share that stays free, 0-0.9, instead of the preset's; None: the preset's.
        user_facing: also keep P95 CPU at or below 40 % and memory at or below 60 %.
        lookback_days: days of metrics and of the bill that are looked at, 2-93.
        allow_arm: offer arm64 for x86_64 on Linux.
        allow_burstable: offer burstable sizes.
        families: only these families; empty: all.
        denied_families: never these.
        min_saving: least saving a month that counts, in the currency of the bill.
        max_risk: highest risk that counts, 0-4.
        accounts: only these accounts (id, number or name); empty: all.
        kinds: only these kinds of resources, see ``KINDS``; empty: all.
        resources: only these resources (id or name); empty: all.
        as_of: look back from this day; None: the last complete day of the data.
    """

    preset: str = "default"
    cpu_headroom: float | None = None
    memory_headroom: float | None = None
    user_facing: bool = False
    lookback_days: int = 32
    allow_arm: bool = False
    allow_burstable: bool = True
    families: tuple[str, ...] = ()
    denied_families: tuple[str, ...] = ()
    min_saving: float = 5.0
    max_risk: float = 2.0
    accounts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    as_of: date | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense; raises ``BadFilter``."""
        if self.preset not in PRESETS:
            raise BadFilter(f"There is no preset {self.preset}", hint=f"Write {', '.join(PRESETS)}")
        for name, value in (("CPU headroom", self.cpu_headroom), ("memory headroom", self.memory_headroom)):
            if value is not None and not 0.0 <= value <= 0.9:
                raise BadFilter(f"A {name} of {value:g} is not a share from 0 to 0.9")
        if not 2 <= self.lookback_days <= LONGEST_LOOKBACK:
            raise BadFilter(f"A window of {self.lookback_days} days is not from 2 to {LONGEST_LOOKBACK}")
        if not self.min_saving >= 0.0:
            raise BadFilter(f"A least saving of {self.min_saving:g} is below zero")
        if not 0.0 <= self.max_risk <= 4.0:
            raise BadFilter(f"A risk of {self.max_risk:g} is not from 0 to 4")
        if unknown := sorted(set(self.kinds) - set(KINDS)):
            raise BadFilter(f"There is no kind {unknown[0]}", hint=f"Write {', '.join(KINDS)}")

    @property
    def policy(self) -> Policy:
        """The same for the models."""
        preset = PRESETS[self.preset]
        if self.cpu_headroom is not None:
            preset = replace(preset, cpu_headroom=self.cpu_headroom)
        if self.memory_headroom is not None:
            preset = replace(preset, memory_headroom=self.memory_headroom)
        return Policy(
            preset=preset,
            user_facing=self.user_facing,
            allow_architecture_change=self.allow_arm,
            allow_burstable=self.allow_burstable,
            families=frozenset(self.families),
            denied_families=frozenset(self.denied_families),
            min_saving_month=self.min_saving,
            max_risk=self.max_risk,
        )

    def wants(self, kind: str) -> bool:
        """Whether this kind is asked for."""
        return not self.kinds or kind in self.kinds
