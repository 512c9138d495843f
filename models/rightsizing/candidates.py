"""Which sizes of the catalogue would do, and what is wrong with each of the others.

``judge`` looks at one size and gives every reason against it, with the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from models.rightsizing.catalogue import SUSTAINED_SHARE, UNKNOWN_RATE_SHARE, Catalogue
from models.rightsizing.credits import CreditOutcome, credits_suffice, simulate_credits
from models.rightsizing.demand import BUSY_PERCENT, Demand, capacity
from models.rightsizing.facts import HOURS_A_MONTH, Machine, PriceMissing, Resource
from models.rightsizing.needs import comparable, memory_needed, processing_factor
from models.rightsizing.policy import Policy
from models.rightsizing.risk import UNKNOWN_SAME, UNKNOWN_SMALLER, Risk, dimension_risk, overall_risk

__all__ = [
    "HARDLY_USED_PERCENT",
    "Candidate",
    "Catalogue",
    "Rejection",
    "comparable",
    "credit_outcome",
    "judge",
    "processing_factor",
    "surplus_month",
]

HARDLY_USED_PERCENT = 5.0
"""Peak CPU below which a machine counts as hardly used: the limit AWS Compute Optimizer has for idle machines."""

_MOST_STEPS_DOWN = 2.0
_USER_FACING_CPU = 40.0
_USER_FACING_MEMORY = 60.0
_RATES = {
    "ebs_throughput": "block storage Mbit/s",
    "ebs_iops": "block storage operations/s",
    "network": "network Mbit/s",
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason against a size.

    Attributes:
        code: stable key, such as ``memory`` or ``credits``.
        text: the reason with its figures, for the reader.
        needed, offered: the two figures compared, where there are two.
    """

    code: str
    text: str
    needed: float | None = None
    offered: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One size, judged.

    Attributes:
        machine: the size.
        rejections: all reasons against it; empty: it would do.
        projected: expected utilisation of it by measured dimension, in percent, at the statistic that must fit.
        risk: of performance.
        unchecked: what could not be compared.
        credits: outcome of the credits if it is burstable and they could be computed.
    """

    machine: Machine
    rejections: tuple[Rejection, ...]
    projected: tuple[tuple[str, float], ...]
    risk: Risk
    unchecked: tuple[str, ...] = ()
    credits: CreditOutcome | None = None

    @property
    def fits(self) -> bool:
        """Nothing is against it."""
        return not self.rejections


def credit_outcome(
    demand: Demand, machine: Machine, *, factor: float, unlimited: bool, exact: bool = True
) -> CreditOutcome | None:
    """Credits of a burstable machine under the load; None without samples in order.

    Args:
        demand: the load.
        machine: burstable.
        factor: present processing power over this machine's.
        unlimited: credit mode.
        exact: run the simulation when credits run out; otherwise only say that they do (balance below zero).
    """
    baseline = machine.burst_baseline_percent or 0.0
    if demand.cpu_in_order is None:
        if demand.used["cpu"].highest * factor <= baseline:
            return CreditOutcome(0.0, 0.0, 24.0 * 60.0 * baseline / 100.0 * machine.vcpu)
        return None
    load = demand.cpu_in_order * factor
    step = demand.window.step_minutes
    if credits_suffice(load, vcpu=machine.vcpu, baseline_percent=baseline, step_minutes=step):
        return CreditOutcome(0.0, 0.0, 0.0)
    if not exact:
        return CreditOutcome(float("nan"), float("nan"), -1.0)
    return simulate_credits(load, vcpu=machine.vcpu, baseline_percent=baseline, step_minutes=step, unlimited=unlimited)


def surplus_month(
    demand: Demand, machine: Machine, factor: float, unlimited: bool, judged: Candidate | None = None
) -> float:
    """Surplus credits a month, in the price's currency.

    Credits are spent by the mean of each step, so it counts where it was measured; the highest value of an hour would
    charge a short peak for the whole hour.

    Args:
        demand: the load.
        machine: whose credits; 0 unless it is burstable and the price of its surplus is known.
        factor: present processing power over this machine's.
        unlimited: credit mode; ``standard`` is never charged.
        judged: the machine as a candidate, if it was judged.
    """
    if machine.burst_baseline_percent is None or machine.surplus_price is None or not unlimited:
        return 0.0
    outcome = judged.credits if judged is not None else None
    if outcome is not None and not outcome.charged_credits:
        return 0.0
    if demand.cpu_mean_in_order is not None:
        demand, outcome = replace(demand, cpu_in_order=demand.cpu_mean_in_order), None
    if outcome is None:
        outcome = credit_outcome(demand, machine, factor=factor, unlimited=True)
    if outcome is None or not outcome.charged_credits:
        return 0.0
    window = demand.window
    # Samples are missing where there are gaps: the charge of the hours seen stands for all hours it ran.
    seen = window.samples * window.step_minutes / 60.0
    return outcome.surplus_cost(machine.surplus_price) * window.running_hours / seen * HOURS_A_MONTH / window.hours


def runs_unlimited(resource: Resource, machine: Machine) -> bool:
    """Credit mode on a burstable target: the present one, else the default of the family."""
    if resource.machine is not None and resource.machine.burstable:
        return resource.unlimited
    return machine.family != "t2"


def judge(
    resource: Resource,
    demand: Demand,
    target: Machine,
    policy: Policy,
    *,
    growing: frozenset[str] = frozenset(),
) -> Candidate:
    """Every reason against one size, what its utilisation would be, and its risk.

    Args:
        resource: with its present machine.
        demand: of the window.
        target: comparable with the present machine.
        policy: percentile, headroom and limits.
        growing: dimensions in which the present machine is too small; the target must have more.

    Raises:
        ValueError: the present machine is not known.
    """
    present = resource.machine
    if present is None:
        raise ValueError("The present size is not in the catalogue")
    found = _Findings()
    _platform(found, resource, present, target, policy)
    _cpu(found, resource, demand, present, target, policy)
    _memory(found, demand, present, target, policy)
    for dimension in ("ebs_throughput", "ebs_iops", "network"):
        _rate(found, demand, present, target, dimension)
    _accelerator(found, demand, present, target)
    _local_disk(found, resource, present, target)
    _steps(found, demand, present, target)
    credits = _credits(found, resource, demand, present, target)
    for dimension in sorted(growing):
        _grows(found, dimension, present, target)
    if isinstance(target.price, PriceMissing):
        found.unchecked.append(f"price of {target.instance_type}: {target.price.reason}")
    return Candidate(
        machine=target,
        rejections=tuple(found.rejections),
        projected=tuple(found.projected.items()),
        risk=overall_risk(found.risks),
        unchecked=tuple(found.unchecked),
        credits=credits,
    )


class _Findings:
    """What is collected while one size is judged."""

    def __init__(self) -> None:
        self.rejections: list[Rejection] = []
        self.projected: dict[str, float] = {}
        self.risks: dict[str, float] = {}
        self.unchecked: list[str] = []

    def reject(self, code: str, text: str, needed: float | None = None, offered: float | None = None) -> None:
        self.rejections.append(Rejection(code, text, needed, offered))


def _platform(found: _Findings, resource: Resource, present: Machine, target: Machine, policy: Policy) -> None:
    if not target.architectures & present.architectures:
        kinds = "/".join(sorted(target.architectures))
        if present.operating_system == "windows":
            found.reject("architecture", f"Windows does not run on {kinds} here")
        elif resource.x86_only:
            found.reject("architecture", f"marked as x86 only, the target is {kinds}")
        elif not policy.allow_architecture_change:
            found.reject("architecture", f"a change to {kinds} is not allowed by the policy")
        elif present.service == "compute" and present.operating_system != "linux":
            found.reject("architecture", f"a change to {kinds} is offered for Linux only")
    if (policy.families and target.family not in policy.families) or target.family in policy.denied_families:
        found.reject("family", f"family {target.family} is not allowed by the policy")
    if not target.current_generation and target.family != present.family:
        found.reject("generation", f"family {target.family} is a previous generation")
    if target.zones is not None and resource.zone is not None and resource.zone not in target.zones:
        found.reject("zone", f"not offered in {resource.zone}")
    if target.virtualization and resource.virtualization and resource.virtualization not in target.virtualization:
        found.reject("virtualization", f"boots {resource.virtualization}, the target does not")
    for code, what, used, most in (
        ("interfaces", "network interfaces", resource.interfaces, target.max_interfaces),
        ("volumes", "volumes", resource.volumes, target.max_volumes),
    ):
        if most is not None and used > most:
            found.reject(code, f"{used} {what} attached, the target takes {most}", used, most)
    if resource.accelerated_networking and target.accelerated_networking is not True:
        found.reject("accelerated_networking", "accelerated networking is on, the target is not known to have it")
    licence = resource.licence
    if licence is not None and licence.least_cores is not None and target.vcpu < licence.least_cores:
        found.reject(
            "licence", f"{licence.product} must be licensed for at least {licence.least_cores:g} processors",
            licence.least_cores, target.vcpu,
        )  # fmt: skip


def _cpu(
    found: _Findings, resource: Resource, demand: Demand, present: Machine, target: Machine, policy: Policy
) -> None:
    percentile = policy.preset.cpu_percentile
    factor = processing_factor(present, target)
    observed = demand.at("cpu", percentile)
    projected = observed * factor
    headroom = policy.preset.cpu_headroom
    found.projected["cpu"] = projected
    found.risks["cpu"] = dimension_risk(projected / 100.0, headroom, demand.used["cpu"].share_above(100.0 / factor))
    if projected > 100.0 * (1.0 - headroom) + 1e-9:
        found.reject(
            "cpu",
            f"CPU at {demand.statistic(percentile)} would be {projected:.1f} %, at most {100 * (1 - headroom):.0f} %",
            projected, 100.0 * (1.0 - headroom),
        )  # fmt: skip
    if factor > 1.0 + 1e-9 and (observed >= BUSY_PERCENT or credit_bound(resource, demand)):
        found.reject(
            "cpu_limit",
            f"CPU is at its limit now ({demand.statistic(percentile)} {observed:.1f} %): more may be wanted",
        )
    if policy.user_facing:
        facing = demand.at("cpu", 95.0) * factor
        if facing > _USER_FACING_CPU + 1e-9:
            found.reject(
                "user_facing_cpu", f"CPU at P95 would be {facing:.1f} %, at most 40 % for user-facing",
                facing, _USER_FACING_CPU,
            )  # fmt: skip


def credit_bound(resource: Resource, demand: Demand) -> bool:
    """Whether a burstable machine in mode ``standard`` is held back by its credits, so that its load is cut off.

    Seen from the balance, else from a load that stays flat at the baseline, else from the simulation.
    """
    present = resource.machine
    if present is None or present.burst_baseline_percent is None or resource.unlimited:
        return False
    if demand.credits_gone is not None:
        return demand.credits_gone >= 0.05
    baseline, cpu = present.burst_baseline_percent, demand.used["cpu"]
    if abs(cpu.percentile(95.0) - baseline) <= 0.05 * baseline and cpu.percentile(50.0) >= 0.9 * baseline:
        return True
    outcome = credit_outcome(demand, present, factor=1.0, unlimited=False, exact=False)
    return outcome is not None and outcome.balance < 0.0


def _memory(found: _Findings, demand: Demand, present: Machine, target: Machine, policy: Policy) -> None:
    needed = memory_needed(demand, present)
    if needed is None:
        found.unchecked.append("memory: not measured")
        found.risks["memory"] = UNKNOWN_SAME
        if target.memory_gib < present.memory_gib:
            found.reject(
                "memory_unknown",
                f"memory is not measured: {target.memory_gib:g} GiB would be less than {present.memory_gib:g} GiB",
                present.memory_gib, target.memory_gib,
            )  # fmt: skip
            found.risks["memory"] = UNKNOWN_SMALLER
        return
    headroom = policy.preset.memory_headroom
    projected = 100.0 * needed / target.memory_gib
    found.projected["memory"] = projected
    exceeding = demand.used["memory"].share_above(100.0 * target.memory_gib / present.memory_gib)
    found.risks["memory"] = dimension_risk(projected / 100.0, headroom, exceeding)
    if projected > 100.0 * (1.0 - headroom) + 1e-9:
        found.reject(
            "memory", f"memory would be {projected:.0f} % full at its highest, at most {100 * (1 - headroom):.0f} %",
            projected, 100.0 * (1.0 - headroom),
        )  # fmt: skip
    highest = demand.used["memory"].highest
    if target.memory_gib < present.memory_gib and (highest >= BUSY_PERCENT or demand.out_of_memory):
        found.reject("memory_limit", f"memory is at its limit now ({highest:.0f} %): more may be wanted")
    if policy.user_facing and projected > _USER_FACING_MEMORY + 1e-9:
        found.reject(
            "user_facing_memory", f"memory would be {projected:.0f} % full, at most 60 % for user-facing",
            projected, _USER_FACING_MEMORY,
        )  # fmt: skip


def _rate(found: _Findings, demand: Demand, present: Machine, target: Machine, dimension: str) -> None:
    has, had = capacity(target, dimension), capacity(present, dimension)
    name = _RATES[dimension]
    if dimension in demand.used:
        wanted = demand.at(dimension, 99.5)
        if has is None:
            found.unchecked.append(f"{name}: the catalogue does not say what the target sustains")
            found.risks[dimension] = UNKNOWN_SMALLER if target.vcpu < present.vcpu else UNKNOWN_SAME
            return
        found.projected[dimension] = 100.0 * wanted / has
        found.risks[dimension] = dimension_risk(
            wanted / has, 1.0 - SUSTAINED_SHARE, demand.used[dimension].share_above(has)
        )
        if wanted > SUSTAINED_SHARE * has * (1.0 + 1e-12):
            found.reject(
                dimension,
                f"{name}: {wanted:,.0f} at {demand.statistic(99.5)}, the target sustains {has:,.0f} of which 80 % may"
                " be used",
                wanted, SUSTAINED_SHARE * has,
            )  # fmt: skip
        elif had is not None and has < had and wanted >= BUSY_PERCENT / 100.0 * had:
            found.reject(f"{dimension}_limit", f"{name} is at its limit now ({wanted:,.0f} of {had:,.0f})")
        return
    found.unchecked.append(f"{name}: not measured")
    if has is None or had is None:
        found.risks[dimension] = UNKNOWN_SMALLER if target.vcpu < present.vcpu else UNKNOWN_SAME
        return
    found.risks[dimension] = UNKNOWN_SAME if has >= had else UNKNOWN_SMALLER
    if has < UNKNOWN_RATE_SHARE * had:
        found.reject(
            f"{dimension}_unknown", f"{name} is not measured: {has:,.0f} would be less than half of {had:,.0f}",
            had, has,
        )  # fmt: skip


def _accelerator(found: _Findings, demand: Demand, present: Machine, target: Machine) -> None:
    same = (target.gpu_model, target.gpu_count) == (present.gpu_model, present.gpu_count)
    if same:
        return
    if present.gpu_count == 0:
        found.reject("gpu", "the target has accelerators that are not used")
        return
    if not {"gpu", "gpu_memory"} <= set(demand.used):
        found.reject("gpu", "GPU is not measured: model and number must stay")
        return
    if target.gpu_model != present.gpu_model or target.gpu_count == 0:
        found.reject("gpu", "the model of the GPU must stay")
        return
    factor = present.gpu_count / target.gpu_count
    for dimension in ("gpu", "gpu_memory"):
        projected = demand.at(dimension, 99.5) * factor
        found.projected[dimension] = projected
        found.risks[dimension] = dimension_risk(
            projected / 100.0, 0.2, demand.used[dimension].share_above(100.0 / factor)
        )
        if projected > 80.0 + 1e-9:
            found.reject(dimension, f"{dimension.replace('_', ' ')} would be {projected:.0f} %", projected, 80.0)


def _local_disk(found: _Findings, resource: Resource, present: Machine, target: Machine) -> None:
    if present.local_disk_gb <= 0.0 or resource.local_disk_used_gb == 0.0:
        return
    needed = present.local_disk_gb if resource.local_disk_used_gb is None else resource.local_disk_used_gb
    use = "use not known, counted as in use" if resource.local_disk_used_gb is None else "in use"
    if target.local_disk_gb < needed or target.local_disk_kind != present.local_disk_kind:
        found.reject(
            "local_disk", f"local disk of {needed:g} GB {use}, the target has {target.local_disk_gb:g} GB",
            needed, target.local_disk_gb,
        )  # fmt: skip


def _steps(found: _Findings, demand: Demand, present: Machine, target: Machine) -> None:
    # Who hardly works has shown no load to size for: in traces of real machines those are the ones that later needed
    # more than a small target had. A step at a time, the next after it has been seen on the smaller size.
    peak = demand.used["cpu"].highest
    if peak < HARDLY_USED_PERCENT and present.vcpu > 2.0 * target.vcpu + 1e-9:
        found.reject(
            "hardly_used", f"hardly used (CPU at most {peak:.1f} %): its load is not known, half the size at a time",
            present.vcpu / 2.0, target.vcpu,
        )  # fmt: skip
    if "memory" in demand.used and "ebs_throughput" in demand.used:
        return
    steps = math.log2(max(present.vcpu / target.vcpu, present.memory_gib / target.memory_gib))
    if steps > _MOST_STEPS_DOWN + 1e-9:
        found.reject(
            "steps", f"{steps:.0f} sizes down at once while memory or block storage is not measured",
            steps, _MOST_STEPS_DOWN,
        )  # fmt: skip


def _credits(
    found: _Findings, resource: Resource, demand: Demand, present: Machine, target: Machine
) -> CreditOutcome | None:
    if target.burst_baseline_percent is None:
        return None
    factor = processing_factor(present, target)
    baseline, mean = target.burst_baseline_percent, demand.used["cpu"].mean * factor
    unlimited = runs_unlimited(resource, target)
    if unlimited and mean > baseline:
        found.reject("credits", f"mean CPU would be {mean:.1f} %, the baseline is {baseline:g} %", mean, baseline)
        return None
    outcome = credit_outcome(demand, target, factor=factor, unlimited=unlimited)
    if outcome is None:
        found.reject("credits", "whether the credits suffice needs CPU samples in order of time")
    elif not unlimited and outcome.throttled_share > 0.0:
        found.reject(
            "credits", f"would be throttled in {outcome.throttled_share:.1%} of the time", outcome.throttled_share, 0.0
        )
    elif outcome.charged_credits > 0.0 and target.surplus_price is None:
        found.reject("credits", "would be charged surplus credits, whose price is not known")
    return outcome


def _grows(found: _Findings, dimension: str, present: Machine, target: Machine) -> None:
    if dimension == "credits":
        more = not target.burstable or _earned(target) > _earned(present)
        if target.vcpu < present.vcpu or not more:
            found.reject("grows", "earns no more credits than the present size, which runs out of them")
        return
    has, had = capacity(target, dimension), capacity(present, dimension)
    if dimension == "cpu" and has is not None and had is not None:
        has, had = 1.0, processing_factor(present, target)
    if has is None or had is None or has <= had:
        found.reject("grows", f"{dimension.replace('_', ' ')} is too small now, the target has no more of it")


def _earned(machine: Machine) -> float:
    return (machine.burst_baseline_percent or 0.0) * machine.vcpu
