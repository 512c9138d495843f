"""What the owner of a fleet asks of a size: presets of percentile and headroom, and limits on what may be proposed."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["PRESETS", "Policy", "Preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """How much room a target must leave.

    Attributes:
        name: stable key, as in links and settings.
        cpu_percentile: percentile of the CPU samples that must fit, 0-100.
        cpu_headroom: share of the target's CPU that stays free at that percentile, 0-1.
        memory_headroom: share of the target's memory that stays free at the highest sample, 0-1.
    """

    name: str
    cpu_percentile: float
    cpu_headroom: float
    memory_headroom: float


# Values of AWS Compute Optimizer's rightsizing preferences, so that results can be compared with it.
PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("max_savings", 90.0, 0.0, 0.10),
        Preset("balanced", 95.0, 0.30, 0.30),
        Preset("default", 99.5, 0.20, 0.20),
        Preset("max_performance", 99.5, 0.30, 0.30),
    )
}


@dataclass(frozen=True, slots=True)
class Policy:
    """A preset with the limits of one scope (account, tag or resource).

    Attributes:
        preset: percentile and headroom.
        user_facing: also keep P95 CPU at or below 40 % and memory at or below 60 % of the target.
        allow_architecture_change: offer arm64 for x86_64 and the reverse, Linux only.
        allow_burstable: offer burstable types.
        families: only these families; empty: all.
        denied_families: never these.
        min_saving_month: headline needs at least this, in the catalogue's currency a month.
        min_saving_share: and at least this share of the resource's own cost, 0-1.
        min_run_hours: and at least these running hours in the window.
        max_risk: headline needs a risk of at most this, 0-4.
        price_max_age_days: a price older than this lowers confidence.
        price_refused_after_days: a price older than this counts as missing; None: never.
        effort_cost: one-off cost in USD of each effort, used for ranking only.
    """

    preset: Preset = PRESETS["default"]
    user_facing: bool = False
    allow_architecture_change: bool = False
    allow_burstable: bool = True
    families: frozenset[str] = frozenset()
    denied_families: frozenset[str] = frozenset()
    min_saving_month: float = 5.0
    min_saving_share: float = 0.03
    min_run_hours: float = 100.0
    max_risk: float = 2.0
    price_max_age_days: int = 30
    price_refused_after_days: int | None = None
    effort_cost: dict[str, float] = field(
        default_factory=lambda: {"very low": 0.0, "low": 50.0, "medium": 200.0, "high": 800.0}, hash=False
    )
