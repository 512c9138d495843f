"""Decisions on machines, groups, databases and caches, each with all that was measured and billed of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from models.rightsizing.bill import Line, Resimulated
from models.rightsizing.candidates import Catalogue
from models.rightsizing.confidence import Confidence, stable
from models.rightsizing.decide import Decision, Option, decide, eligible
from models.rightsizing.demand import Demand, Refusal
from models.rightsizing.facts import Hours, Machine, PriceMissing, Resource, Usage
from models.rightsizing.groups import Group, decide_group, sum_hours
from workbench.checks.ground import Subject
from workbench.rightsizing.build import cache_resource, database_resource, machine_resource, terms_of
from workbench.rightsizing.demand import DAILY_STORAGE, comparable_days, demand_of, usage_of
from workbench.rightsizing.fleet import line_key
from workbench.rightsizing.hours import Billed
from workbench.rightsizing.metrics import Days, Series
from workbench.rightsizing.pool import family_of, units_of
from workbench.rightsizing.read import Facts
from workbench.rightsizing.sizes import Terms

__all__ = ["SIZED", "Case", "case_of", "decide_case", "decide_members", "lowered", "resimulate_of", "target_line"]

SIZED = ("instances", "rds_instances", "cache_clusters")
"""Kinds that have a size in the catalogue and series of metrics."""

_MAKERS: Mapping[str, Callable[..., Resource]] = {
    "instances": machine_resource, "rds_instances": database_resource, "cache_clusters": cache_resource,
}  # fmt: skip
_DAILY_POINTS = 10
_LOW = 50
_PART = timedelta(days=7)


@dataclass(slots=True, eq=False)
class Case:
    """One resource with all that is known of it.

    Attributes:
        kind, row, subject: as in the inventory and the registry.
        terms, resource: for the models.
        billed, hours: what the bill has of it by the hour.
        usage, demand: measured; None before, ``Refusal`` when it does not suffice.
        notes: what a reader must know of the measuring.
    """

    kind: str
    row: Mapping[str, Any]
    subject: Subject | None
    terms: Terms
    resource: Resource
    billed: Billed | None
    hours: Hours | None
    usage: Usage | None = None
    demand: Demand | Refusal | None = None
    notes: tuple[str, ...] = ()
    refusal: Refusal | None = None

    @property
    def id(self) -> str:
        """Id as in the metrics."""
        return self.resource.resource_id

    def measured(self, facts: Facts, series: Series | None, days: Days | None) -> None:
        """Fill usage and demand."""
        usage, notes = usage_of(self.kind, series, days, self.resource.machine, facts.daily_hours(self.billed))
        if usage is None:
            self.demand = Refusal("insufficient_data", "needs CPU metrics of the window")
            return
        self.usage = usage
        estimated = DAILY_STORAGE in notes
        if days is not None:
            days = comparable_days(self.kind, series, days)
        self.demand, more = demand_of(usage, self.resource, days, facts.first, facts.now, estimated=estimated)
        self.notes = (*notes, *more)


def case_of(facts: Facts, kind: str, row: Mapping[str, Any]) -> Case:
    """A resource before anything is measured; ``refusal`` says why nothing needs to be."""
    subject = facts.subject(kind, row)
    billed = facts.bill_of(subject)
    terms = terms_of(kind, row, billed)
    machine = facts.sizes.machine(terms, row["instance_type"])
    resource = _MAKERS[kind](row, machine, facts.changed.get((kind, row["resource_id"])))
    case = Case(kind, row, subject, terms, resource, billed, facts.hours_of(billed, subject))
    if subject is not None and subject.excluded:
        case.refusal = Refusal("suppressed", subject.excluded)
    elif not row["instance_type"]:
        case.refusal = Refusal("cannot_tell", "needs its size: the inventory has none")
    else:
        case.refusal = eligible(resource, facts.as_of)
    return case


def decide_case(facts: Facts, case: Case, *, every: bool = False) -> Decision:
    """The decision on one resource that stands for itself.

    Args:
        facts: what the run stands on.
        case: measured.
        every: judge all sizes, for the reader, not only those that could save.
    """
    if case.refusal is not None:
        return Decision(case.resource, case.refusal.finding, case.refusal.reason)
    if case.demand is None or isinstance(case.demand, Refusal):
        refusal = case.demand or Refusal("insufficient_data", "needs CPU metrics of the window")
        return Decision(case.resource, refusal.finding, refusal.reason)
    catalogue = _catalogue(facts, case, every=every)
    policy = facts.options.policy

    def decided(agree: bool | None) -> Decision:
        assert isinstance(case.demand, Demand)  # noqa: S101  (looked at above)
        return decide(
            case.resource, case.demand, catalogue, policy,
            now=facts.now, hours=case.hours, resimulate=resimulate_of(facts, [case]), targets_agree=agree,
            every_rejection=every,
        )  # fmt: skip

    found = decided(None)
    if found.finding == "over" and found.options:
        agree = _parts_agree(facts, case, catalogue)
        if agree is False:
            found = decided(False)
    return _with_notes(found, case.notes)


def decide_members(facts: Facts, group: Group, cases: list[Case]) -> Decision:
    """One decision for all machines of a scaling group."""
    demands = {case.id: case.demand for case in cases if isinstance(case.demand, Demand)}
    refused = [case for case in cases if case.refusal is not None and case.refusal.finding == "suppressed"]
    if refused:
        first = replace(cases[0].resource, resource_id=group.group_id, name=group.group_id)
        return Decision(first, "suppressed", f"{refused[0].id}: {refused[0].refusal.reason}")  # type: ignore[union-attr]
    hours = [case.hours for case in cases if case.hours is not None]
    catalogue = Catalogue([])
    if cases and cases[0].resource.machine is not None:
        catalogue = _catalogue(facts, cases[0], every=False)
    found = decide_group(
        group, demands, catalogue, facts.options.policy, now=facts.now,
        hours=sum_hours(hours) if len(hours) == len(cases) and hours else None,
        resimulate=resimulate_of(facts, cases),
    )  # fmt: skip
    notes = dict.fromkeys(note for case in cases for note in case.notes)
    return _with_notes(found, tuple(notes))


def _catalogue(facts: Facts, case: Case, *, every: bool) -> Catalogue:
    present = case.resource.machine
    if present is None or every:
        return facts.sizes.every(case.terms)
    return facts.sizes.worth_judging(case.terms, present)


def target_line(facts: Facts, case: Case, target: Machine) -> Line | None:
    """The line of a machine after a change; its price is that of the bill times the ratio of the list prices.

    None: it is not among the machines of the bill, or a price is missing.
    """
    present = case.resource.machine
    if facts.pool is None or case.billed is None or present is None:
        return None
    old, new = present.price, target.price
    if isinstance(old, PriceMissing) or isinstance(new, PriceMissing) or not old.hourly:
        return None
    key = line_key(case.billed.resource_id, case.billed.account, present.instance_type)
    line = facts.pool.line(key)
    if line is None:
        return None
    price = line.price * new.hourly / old.hourly
    share = facts.rates.of(line.region, target.instance_type)
    rate = None if share is None else price * share
    return replace(
        line, instance_type=target.instance_type, family=family_of(target.instance_type), price=price,
        units=units_of(target.instance_type), family_rate=rate, compute_rate=rate,
    )  # fmt: skip


def resimulate_of(facts: Facts, cases: list[Case]) -> Callable[[Machine], Resimulated] | None:
    """Saving of a size on the bill of the whole fleet; None: not all of the machines are on it."""
    if facts.pool is None or not facts.priced_alike or any(case.kind != "instances" for case in cases):
        return None
    present = cases[0].resource.machine if cases else None
    if present is None or any(target_line(facts, case, present) is None for case in cases):
        return None
    pool = facts.pool
    shares = [_whole(case) for case in cases]

    def saved(target: Machine) -> Resimulated:
        lines = [target_line(facts, case, target) for case in cases]
        known = [line for line in lines if line is not None]
        if len(known) < len(cases):
            return Resimulated(0.0, 0.0)
        parts = [pool.row(line) for line in known]
        ends = [part.expiry for part in parts if part.expiry is not None]
        return Resimulated(
            sum(part.today * share for part, share in zip(parts, shares, strict=True)),
            sum(part.after_expiry * share for part, share in zip(parts, shares, strict=True)),
            max(ends, default=None),
        )

    return saved


def _whole(case: Case) -> float:
    """All hours a machine ran over those at its present size: after a change of size it goes on at the present one."""
    billed = case.billed
    present = billed.ran.get(case.resource.instance_type) if billed is not None else None
    if billed is None or present is None or present.total <= 0.0:
        return 1.0
    return sum(ran.total for size, ran in billed.ran.items() if size) / present.total


def _parts_agree(facts: Facts, case: Case, catalogue: Catalogue) -> bool | None:
    """Whether both halves of the window and its last week lead to the same size; None: too short to be cut."""
    usage = case.usage
    if usage is None or usage.steps * usage.step_minutes < 2 * 30 * 60 * 2:
        return None
    middle = usage.steps // 2
    week = round(_PART / timedelta(minutes=usage.step_minutes))
    targets = []
    for begin, end in ((0, middle), (middle, usage.steps), (max(0, usage.steps - week), usage.steps)):
        part = _cut(usage, begin, end)
        found = decide(case.resource, part, catalogue, facts.options.policy, now=facts.now, hours=case.hours)
        if found.demand is None:
            continue
        targets.append(found.options[0].machine.instance_type if found.options else None)
    return stable(targets) if len(targets) > 1 else None


def _cut(usage: Usage, begin: int, end: int) -> Usage:
    series = ("cpu", "memory", "ebs_mbit_s", "ebs_iops", "network_mbit_s", "gpu", "gpu_memory", "credits", "running",
              "cpu_mean")  # fmt: skip
    parts: dict[str, Any] = {
        name: None if (held := getattr(usage, name)) is None else held[begin:end] for name in series
    }
    return replace(usage, start=usage.start + begin * timedelta(minutes=usage.step_minutes), **parts)


def _with_notes(found: Decision, notes: tuple[str, ...]) -> Decision:
    """The notes of the measuring, and less confidence where block storage is an estimate."""
    if not notes:
        return found
    found = replace(found, notes=(*found.notes, *notes))
    if DAILY_STORAGE not in notes or found.demand is None:
        return found
    options = tuple(_less_sure(option) for option in found.options)
    sure = options[0].confidence if options else found.confidence and lowered(found.confidence)
    return replace(found, options=options, confidence=sure)


def _less_sure(option: Option) -> Option:
    sure = lowered(option.confidence)
    against = tuple(text for text in option.against if text != f"confidence is low ({option.confidence.score})")
    if sure.score < _LOW:
        against = (*against, f"confidence is low ({sure.score})")
    return replace(option, confidence=sure, against=against)


def lowered(sure: Confidence) -> Confidence:
    """Less confidence, because block storage is an estimate."""
    return Confidence(max(0, sure.score - _DAILY_POINTS), (*sure.deductions, (DAILY_STORAGE, _DAILY_POINTS)))
