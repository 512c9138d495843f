"""Decisions as records for readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from models.rightsizing.candidates import Candidate
from models.rightsizing.decide import Decision, Option
from models.rightsizing.demand import Demand
from models.rightsizing.explain import Part, explain
from models.rightsizing.facts import Machine, PriceMissing
from workbench.checks.ground import Subject
from workbench.rightsizing.options import KINDS
from workbench.rightsizing.read import Facts
from workbench.rightsizing.records import Advice, Counted, Level, Proposal, Rejected, Size, Suppression

__all__ = ["advice_of", "held_back", "level_of", "plain_advice", "proposal_of", "rejected_of", "size_of_machine"]

_MOST_REJECTED = 12


def size_of_machine(machine: Machine) -> Size:
    """A size as shown."""
    price = machine.price
    if isinstance(price, PriceMissing):
        return Size(machine.instance_type, machine.vcpu, machine.memory_gib, price_note=price.reason)
    return Size(
        machine.instance_type, machine.vcpu, machine.memory_gib, price.hourly, price.currency, price.as_of, price.source
    )


def proposal_of(option: Option) -> Proposal:
    """An option as shown."""
    risk, sure = option.candidate.risk, option.confidence
    return Proposal(
        size_of_machine(option.machine), option.candidate.projected, option.savings, risk.score, risk.band,
        risk.drivers, option.effort.level, option.effort.reason, sure.score, sure.level, sure.deductions,
        option.against,
    )  # fmt: skip


def rejected_of(
    candidates: Iterable[Candidate], present: Machine | None, limit: int | None = _MOST_REJECTED
) -> tuple[Rejected, ...]:
    """Sizes with something against them: cheaper ones first, of these those with least against them."""
    known = present.price if present is not None else None
    most = float("inf") if known is None or isinstance(known, PriceMissing) else known.hourly

    def rank(one: Candidate) -> tuple[bool, int, float, str]:
        price = one.machine.price
        amount = float("inf") if isinstance(price, PriceMissing) else price.hourly
        return amount >= most, len(one.rejections), amount, one.machine.instance_type

    ranked = sorted(candidates, key=rank)
    return tuple(
        Rejected(
            size_of_machine(one.machine),
            tuple(reason.code for reason in one.rejections),
            tuple(reason.text for reason in one.rejections),
        )
        for one in ranked[:limit]
    )


def level_of(demand: Demand, name: str) -> Level:
    """Percentiles of one dimension."""
    used = demand.used[name]
    return Level(used.percentile(50.0), used.percentile(95.0), used.percentile(99.5), used.highest)


def advice_of(
    facts: Facts, kind: str, decision: Decision, subject: Subject | None, *, members: Sequence[str] = (),
    env: str | None = None, region: str | None = None, cost: float | None = None,
) -> Advice:  # fmt: skip
    """The record of a decision about something with a size in the catalogue."""
    resource, demand = decision.resource, decision.demand
    account, account_name = _account(facts, subject, resource.account)
    identity = subject.resource_id if subject is not None and not members else resource.resource_id
    first = facts.waste.of(account, identity)
    proposals = tuple(proposal_of(option) for option in decision.options)
    parts = explain(decision, facts.options.policy)
    if first:
        parts = (*parts, _suppressed(first))
    return Advice(
        kind=kind,
        resource_id=identity,
        name=(subject.name if subject else "") or resource.name or identity,
        account=account,
        account_name=account_name,
        region=region or (subject.region if subject else None),
        env=env or (subject.env if subject else None),
        finding=decision.finding,
        reason=decision.reason,
        status=decision.status,
        counted=_counted(decision, bool(first)),
        suppressed_by=first,
        current=size_of_machine(resource.machine) if resource.machine else Size(resource.instance_type),
        cost_month=cost,
        cost_currency=facts.currency if cost is not None else "",
        proposed=proposals[0] if proposals else None,
        alternatives=proposals[1:],
        levels={name: level_of(demand, name) for name in sorted(demand.used)} if demand is not None else {},
        window=demand.window if demand is not None else None,
        members=tuple(sorted(members)),
        needs=_needs(kind, decision),
        notes=decision.notes,
        explanation=parts,
        rejected=rejected_of(decision.rejected, resource.machine),
        evidence={},
    )


def plain_advice(
    facts: Facts, kind: str, subject: Subject | None, row: Mapping[str, object], finding: str, reason: str, *,
    status: str = "ok", needs: tuple[str, ...] = (), size: str = "", notes: tuple[str, ...] = (),
    proposed: Proposal | None = None, evidence: Mapping[str, str | float | None] | None = None,
) -> Advice:  # fmt: skip
    """The record of something that has no size in the catalogue."""
    account, account_name = _account(facts, subject, str(row.get("account_id") or ""))
    identity = subject.resource_id if subject is not None else str(row["resource_id"])
    first = facts.waste.of(account, identity)
    parts = [Part("finding", f"{KINDS[kind].capitalize()} {identity}: {reason}.")]
    if first:
        parts.append(_suppressed(first))
    cost = facts.cost_of(subject)
    counted: Counted = ""
    if proposed is not None and finding == "over" and status == "ok" and not first:
        counted = "small" if proposed.against else "total"
    return Advice(
        kind=kind,
        resource_id=identity,
        name=(subject.name if subject else "") or identity,
        account=account,
        account_name=account_name,
        region=subject.region if subject else None,
        env=subject.env if subject else None,
        finding=finding,
        reason=reason,
        status=status,
        counted=counted,
        suppressed_by=first,
        current=Size(size),
        cost_month=cost,
        cost_currency=facts.currency if cost is not None else "",
        proposed=proposed,
        alternatives=(),
        levels={},
        window=None,
        members=(),
        needs=needs,
        notes=notes,
        explanation=tuple(parts),
        rejected=(),
        evidence=evidence or {},
    )


def held_back(one: Advice, first: tuple[Suppression, ...]) -> Advice:
    """The same with other actions that count first."""
    return replace(one, suppressed_by=first, counted="", explanation=(*one.explanation, _suppressed(first)))


def _suppressed(first: tuple[Suppression, ...]) -> Part:
    return Part("not_counted", f"Not counted: {first[0].title} ({first[0].check_id}) counts first on this resource.")


def _counted(decision: Decision, first: bool) -> Counted:
    if first or decision.finding != "over" or not decision.options or decision.status != "ok":
        return ""
    if decision.headline is not None:
        return "total"
    found = decision.options[0].savings
    amount = found.at_list if found.today is None else found.today
    return "small" if amount is not None and amount > 0.0 else ""


def _needs(kind: str, decision: Decision) -> tuple[str, ...]:
    needs: list[str] = []
    if decision.finding in ("insufficient_data", "data_quality") or decision.finding == "cannot_tell":
        needs.append(decision.reason)
    if decision.status == "price_missing" and decision.resource.machine is not None:
        needs.append(f"a price of {decision.resource.instance_type} in the catalogue")
    demand = decision.demand
    if demand is not None:
        wanted = {"memory": "memory", "ebs_throughput": "block storage", "network": "network"}
        if kind == "cache_clusters":
            wanted.pop("ebs_throughput")
        needs += [f"metrics of {text}" for name, text in wanted.items() if name not in demand.used]
    return tuple(needs)


def _account(facts: Facts, subject: Subject | None, account: str) -> tuple[str, str]:
    number, name, _ = facts.ground.account(account or None)
    if subject is not None:
        number, name = subject.account_number or number, subject.account_name or name
    return number or account or "", name or number or account or ""
