"""The decision about one resource: finding, at most three options, and whether one may be the headline.

Start with ``decide``. It asks in order: is it a case for rightsizing at all, do the samples suffice, is it too small,
idle, too large, or right. ``one_action`` keeps one action a resource; ``totals`` adds up what may be added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.rightsizing.bill import Resimulated
from models.rightsizing.candidates import Candidate, Catalogue, judge, surplus_month
from models.rightsizing.confidence import Confidence, Doubts, Effort, confidence, effort
from models.rightsizing.demand import Demand, Refusal, capacity, measure
from models.rightsizing.facts import HOURS_A_MONTH, Hours, Machine, PriceMissing, Resource, Usage
from models.rightsizing.idle import idle_level, too_small
from models.rightsizing.needs import OLDER_SPEED, memory_needed, processing_factor
from models.rightsizing.policy import Policy
from models.rightsizing.savings import Savings, priced, savings
from models.rightsizing.totals import Totals, totals

__all__ = ["ACTIONS", "Decision", "Option", "Totals", "decide", "eligible", "one_action", "totals"]

MOST_OPTIONS = 3

ACTIONS = ("idle", "schedule", "rightsize", "generation", "commitment")
"""Actions on one resource, the one that counts first."""

_MANAGED = {
    "asg": "member of a scaling group: the group is sized through its launch template",
    "node_group": "member of a node group: the group is sized",
    "emr": "member of an EMR cluster: the cluster is sized",
    "batch": "member of a Batch environment: the environment is sized",
    "eks": "node of a Kubernetes cluster: size the requests of its pods instead",
    "ecs": "host of an ECS cluster: size the tasks instead",
    "karpenter": "node chosen by Karpenter: size the requests of its pods instead",
    "cluster_autoscaler": "node scaled by the cluster autoscaler: size the requests of its pods instead",
    "gke": "node of GKE: its size is managed",
    "dataflow": "worker of Dataflow: its size is managed",
    "dataproc": "worker of Dataproc: its size is managed",
    "app_engine": "machine of App Engine: its size is managed",
}
_PLACED = {
    "dedicated_host": "on a dedicated host: the host is paid, not the machine",
    "placement_group": "in a placement group: sizes belong together",
    "capacity_reservation": "in a capacity reservation: the reservation keeps billing",
}
_MEMORY_BOUND_PERCENT = 80.0


@dataclass(frozen=True, slots=True)
class Option:
    """One size to move to.

    Attributes:
        candidate: the size with its projections and risk.
        savings: list, today, after expiry.
        effort: work of the change.
        confidence: in this size.
        utility: what options are ranked by: saving less risk and effort; None without a saving.
        against: why it is not a headline; empty: it may be.
    """

    candidate: Candidate
    savings: Savings
    effort: Effort
    confidence: Confidence
    utility: float | None
    against: tuple[str, ...]

    @property
    def machine(self) -> Machine:
        """The size."""
        return self.candidate.machine


@dataclass(frozen=True, slots=True)
class Decision:
    """What is said about one resource.

    Attributes:
        resource: which.
        finding: ``over``, ``under``, ``idle``, ``likely_idle``, ``optimized``; or why there is none:
            ``insufficient_data``, ``data_quality``, ``not_applicable``, ``suppressed``, ``cannot_tell``.
        reason: why, for the reader.
        dimensions: in which it is too large or too small.
        status: ``ok`` or ``price_missing``.
        options: at most three sizes, the best first.
        rejected: sizes with something against them; only those near in price unless all were asked for.
        demand: what was measured; None without enough of it.
        notes: warnings and what was not checked.
        confidence: in the first option, or in the finding.
        until: end of a suppression.
    """

    resource: Resource
    finding: str
    reason: str = ""
    dimensions: tuple[str, ...] = ()
    status: str = "ok"
    options: tuple[Option, ...] = ()
    rejected: tuple[Candidate, ...] = ()
    demand: Demand | None = None
    notes: tuple[str, ...] = ()
    confidence: Confidence | None = None
    until: date | None = None

    @property
    def headline(self) -> Option | None:
        """The first option if nothing keeps it from being counted."""
        return next((each for each in self.options[:1] if self.finding == "over" and not each.against), None)


def eligible(resource: Resource, today: date) -> Refusal | None:
    """Why a resource is no case for rightsizing, before any metric is looked at; None: it may be one."""
    dismissed = resource.dismissed
    if dismissed is not None and dismissed.until >= today:
        return Refusal("suppressed", f"dismissed: {dismissed.reason}, until {dismissed.until}")
    if resource.standby:
        return Refusal("suppressed", "tagged as standby for disaster recovery")
    if resource.state != "running":
        return Refusal("not_applicable", f"{resource.state}: look at its volumes and addresses")
    if resource.managed_by:
        return Refusal("not_applicable", _MANAGED.get(resource.managed_by, f"sized by {resource.managed_by}"))
    if resource.placement:
        return Refusal("not_applicable", _PLACED.get(resource.placement, f"placed by {resource.placement}"))
    return None


def decide(
    resource: Resource,
    usage: Usage | Demand | Refusal,
    catalogue: Catalogue,
    policy: Policy,
    *,
    now: datetime,
    hours: Hours | None = None,
    resimulate: Callable[[Machine], Resimulated] | None = None,
    targets_agree: bool | None = None,
    runs_seen: int = 2,
    every_rejection: bool = False,
    rejections: bool = True,
) -> Decision:
    """Decide about one resource.

    Args:
        resource: with its present size.
        usage: metrics, or a demand made from them elsewhere, or why there is none.
        catalogue: sizes with prices.
        policy: percentile, headroom and limits.
        now: end of the last complete step, UTC.
        hours: billed hours in the window.
        resimulate: saving of a size on the fleet's bill; None: from ``hours``.
        targets_agree: whether parts of the window led to the same size; None: not tried.
        runs_seen: runs in a row with the same finding; a headline needs two.
        every_rejection: judge all sizes of the catalogue, not only those that could save.
        rejections: without, sizes that would be rejected are mostly left out early: the same options, several times
            faster, for large fleets.
    """
    today = now.date()
    refusal = eligible(resource, today)
    if refusal is not None:
        until = resource.dismissed.until if refusal.finding == "suppressed" and resource.dismissed else None
        return Decision(resource, refusal.finding, refusal.reason, until=until)
    demand = measure(usage, resource, now) if isinstance(usage, Usage) else usage
    if isinstance(demand, Refusal):
        return Decision(resource, demand.finding, demand.reason)
    notes = _notes(resource, demand, hours)
    level = idle_level(resource, demand)
    sure = confidence(resource, demand, None, as_of=today, price_max_age_days=policy.price_max_age_days)
    if resource.lifecycle == "spot":
        if level is not None:
            return Decision(resource, level, "idle at spot", demand=demand, notes=notes, confidence=sure)
        return Decision(
            resource, "not_applicable", "runs at spot: only idleness is looked at", demand=demand, notes=notes
        )
    lacking = too_small(resource, demand)
    if level is not None and not lacking:
        reason = "hardly any CPU and network use"
        return Decision(resource, level, reason, demand=demand, notes=notes, confidence=sure)
    present = resource.machine
    if present is None:
        finding = "under" if lacking else "cannot_tell"
        return Decision(
            resource, finding, f"{resource.instance_type} is not in the catalogue", tuple(sorted(lacking)),
            "price_missing", demand=demand, notes=notes, confidence=sure,
        )  # fmt: skip
    return _sized(
        resource, present, demand, catalogue, policy, today, hours, resimulate, targets_agree, runs_seen,
        every_rejection, rejections, lacking, notes, sure,
    )  # fmt: skip


def _sized(
    resource: Resource,
    present: Machine,
    demand: Demand,
    catalogue: Catalogue,
    policy: Policy,
    today: date,
    hours: Hours | None,
    resimulate: Callable[[Machine], Resimulated] | None,
    targets_agree: bool | None,
    runs_seen: int,
    every_rejection: bool,
    rejections: bool,
    lacking: frozenset[str],
    notes: tuple[str, ...],
    sure: Confidence,
) -> Decision:
    price = priced(present, today, policy.price_refused_after_days)
    surplus = surplus_month(demand, present, 1.0, resource.unlimited)
    share = demand.window.running_hours / demand.window.hours
    dearest = None
    if not lacking and not isinstance(price, PriceMissing):
        dearest = price.hourly + surplus / (HOURS_A_MONTH * share) if share else price.hourly
        if resource.licence is not None and resource.licence.price_core_month is not None:
            dearest = None
    if every_rejection:
        nearby = catalogue.like(present)
    else:
        nearby = catalogue.nearby(present, demand, policy, dearest, fitting=not rejections)
    judged = [judge(resource, demand, each, policy, growing=lacking) for each in nearby]
    if not policy.allow_burstable:
        judged = [each for each in judged if not each.machine.burstable or present.burstable]
    fitting = [each for each in judged if each.fits]
    rejected = tuple(each for each in judged if not each.fits)

    options: list[Option] = []
    doubts = Doubts.of(resource, demand)
    for each in fitting:
        found = savings(
            present,
            each.machine,
            hours,
            as_of=today,
            share_running=share,
            surplus_month=surplus,
            target_surplus_month=surplus_month(
                demand, each.machine, processing_factor(present, each.machine), True, each
            ),
            licence=resource.licence,
            resimulated=None if resimulate is None else resimulate(each.machine),
            refused_after_days=policy.price_refused_after_days,
        )
        options.append(
            _option(resource, present, demand, each, found, policy, today, hours, doubts, targets_agree, runs_seen)
        )
    if lacking:
        return Decision(
            resource, "under", "too little " + ", ".join(_words(sorted(lacking))), tuple(sorted(lacking)),
            "ok" if not isinstance(price, PriceMissing) else "price_missing",
            tuple(sorted(options, key=_cheapest)[:MOST_OPTIONS]), rejected, demand, notes, sure,
        )  # fmt: skip
    saving = [each for each in options if each.savings.at_list is not None and each.savings.at_list > 0.005]
    if saving:
        chosen = _choose(saving, present, policy)
        less = _smaller_in_any(present, saving)
        return Decision(
            resource, "over", "a cheaper size would do", tuple(less), "ok", chosen, rejected, demand, notes,
            chosen[0].confidence,
        )  # fmt: skip
    unpriced = [
        each
        for each in options
        if each.savings.at_list is None and _smaller(present, each.machine) and not _larger(present, each.machine)
    ]
    if unpriced and (isinstance(price, PriceMissing) or not any(each.savings.at_list is not None for each in options)):
        unpriced.sort(key=lambda each: (each.machine.family != present.family, *_size(each.machine)))
        less = _smaller_in_any(present, unpriced)
        return Decision(
            resource, "over", "a smaller size would do; what it saves needs prices", tuple(less), "price_missing",
            tuple(unpriced[:MOST_OPTIONS]), rejected, demand, notes, unpriced[0].confidence,
        )  # fmt: skip
    bound = _bound(present, demand)
    return Decision(
        resource, "optimized", "no cheaper size would do" + (f": {bound}" if bound else ""),
        status="price_missing" if isinstance(price, PriceMissing) else "ok",
        rejected=rejected, demand=demand, notes=(*notes, bound) if bound else notes, confidence=sure,
    )  # fmt: skip


def _option(
    resource: Resource,
    present: Machine,
    demand: Demand,
    candidate: Candidate,
    found: Savings,
    policy: Policy,
    today: date,
    hours: Hours | None,
    doubts: Doubts,
    targets_agree: bool | None,
    runs_seen: int,
) -> Option:
    work = effort(present, candidate.machine, resource.workload)
    sure = doubts.about(
        candidate.machine, as_of=today, price_max_age_days=policy.price_max_age_days, targets_agree=targets_agree
    )
    counted = found.today if found.today is not None else found.at_list
    utility = None
    if counted is not None:
        utility = counted * (1.0 - candidate.risk.score / 8.0) - policy.effort_cost[work.level] / 12.0
    against: list[str] = []
    if found.today is None:
        against.append("the saving today is not known")
    else:
        cost = None if hours is None else hours.cost_month
        if cost is None and hours is not None and not isinstance(present.price, PriceMissing):
            cost = present.price.hourly * hours.running * hours.monthly
        least = max(policy.min_saving_month, policy.min_saving_share * (cost or 0.0))
        if found.today < least:
            told = f"saves {found.today:,.2f}" if found.today >= 0.0 else f"costs {-found.today:,.2f} more"
            against.append(f"{told} a month today, at least {least:,.2f} is asked for")
    running = demand.window.running_hours if hours is None else hours.running
    if running < policy.min_run_hours:
        against.append(f"ran {running:.0f} h in the window, at least {policy.min_run_hours:.0f} h is asked for")
    if candidate.risk.score > policy.max_risk:
        against.append(f"risk {candidate.risk.score:.1f} is above {policy.max_risk:g}")
    if sure.level == "low":
        against.append(f"confidence is low ({sure.score})")
    if runs_seen < 2:
        against.append("seen in one run only")
    return Option(candidate, found, work, sure, utility, tuple(against))


def _choose(options: Sequence[Option], present: Machine, policy: Policy) -> tuple[Option, ...]:
    """Best that may be counted first; then best of the same family, best Arm or newest, then by utility."""

    def rank(option: Option) -> tuple[bool, float, str]:
        return bool(option.against), -(option.utility or 0.0), option.machine.instance_type

    ranked = sorted(options, key=rank)
    chosen = [ranked[0]]
    family = [each for each in ranked if each.machine.family == present.family]
    if policy.allow_architecture_change:
        special = [each for each in ranked if not each.machine.architectures & present.architectures]
    else:
        special = []
    known = [each.machine.generation for each in ranked if each.machine.generation is not None]
    if not special and known and present.generation is not None and max(known) > present.generation:
        special = [each for each in ranked if each.machine.generation == max(known)]
    for wish in (family, special, ranked):
        for each in wish:
            if len(chosen) < MOST_OPTIONS and not any(each is other for other in chosen):
                chosen.append(each)
                if wish is not ranked:
                    break
    return (chosen[0], *sorted(chosen[1:], key=rank))


def _cheapest(option: Option) -> tuple[bool, float, str]:
    saving = option.savings.at_list
    return saving is None, -(saving or 0.0), option.machine.instance_type


_COMPARED = ("cpu", "memory", "ebs_throughput", "ebs_iops", "network", "gpu")


def _smaller(present: Machine, target: Machine) -> list[str]:
    return [name for name in _COMPARED if _differs(target, present, name)]


def _smaller_in_any(present: Machine, options: Sequence[Option]) -> list[str]:
    return [name for name in sorted(_COMPARED) if any(_differs(each.machine, present, name) for each in options)]


def _larger(present: Machine, target: Machine) -> list[str]:
    return [name for name in ("cpu", "memory") if _differs(present, target, name)]


def _differs(less: Machine, more: Machine, dimension: str) -> bool:
    low, high = capacity(less, dimension), capacity(more, dimension)
    return low is not None and high is not None and low < high


def _size(machine: Machine) -> tuple[float, float, str]:
    return machine.vcpu, machine.memory_gib, machine.instance_type


def _bound(present: Machine, demand: Demand) -> str | None:
    needed = memory_needed(demand, present)
    if needed is not None and 100.0 * needed / present.memory_gib >= _MEMORY_BOUND_PERCENT:
        return f"memory-bound ({needed:.1f} of {present.memory_gib:g} GiB)"
    return None


def _notes(resource: Resource, demand: Demand, hours: Hours | None) -> tuple[str, ...]:
    window, notes = demand.window, []
    if not window.month_end:
        notes.append("no month-end seen")
    if window.since_change:
        notes.append(f"changed {window.days:.1f} d ago: earlier use does not count")
    machine = resource.machine
    if machine is not None and machine.gpu_count and not {"gpu", "gpu_memory"} <= set(demand.used):
        notes.append("needs GPU metrics (DCGM or the provider's agent)")
    if machine is not None and machine.perf_index is None:
        slower = f"an older generation counts as {1 - OLDER_SPEED:.0%} slower"
        notes.append(f"speed of the processor is not known: a newer one counts as equal, {slower}")
    if window.longest_gap_hours >= 24.0:
        notes.append(f"longest gap {window.longest_gap_hours:.0f} h")
    if hours is not None and hours.commitment_ends is not None and hours.reserved + hours.plan > 0.0:
        notes.append(f"covered by a commitment until {hours.commitment_ends}")
    return tuple(notes)


def _words(names: Iterable[str]) -> list[str]:
    return ["CPU" if name == "cpu" else "GPU" if name == "gpu" else name.replace("_", " ") for name in names]


def one_action(actions: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The one action that counts on a resource, and the suppressed ones.

    Args:
        actions: of ``ACTIONS``, at least one.
    """
    ranked = sorted(set(actions), key=ACTIONS.index)
    return ranked[0], tuple(ranked[1:])
