"""One resource: its advice with every size judged, its series, and any size tried on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from models.rightsizing.candidates import judge, processing_factor, surplus_month
from models.rightsizing.confidence import confidence, effort
from models.rightsizing.decide import Decision, Option
from models.rightsizing.demand import Demand, Window, capacity
from models.rightsizing.explain import Part, explain
from models.rightsizing.facts import Machine
from models.rightsizing.groups import group_demand, sum_hours
from models.rightsizing.idle import too_small
from models.rightsizing.savings import savings
from workbench.errors import BadFilter, CannotRun
from workbench.rightsizing.advice import advice_of, level_of, proposal_of, rejected_of, size_of_machine
from workbench.rightsizing.decide import SIZED, Case, decide_case, lowered, resimulate_of
from workbench.rightsizing.demand import DAILY_STORAGE
from workbench.rightsizing.options import KINDS, Options
from workbench.rightsizing.read import Facts
from workbench.rightsizing.records import Advice, Level, Proposal, Size
from workbench.rightsizing.run import measured_cases, run_with
from workbench.rightsizing.sizes import Sizes

__all__ = ["WhatIf", "detail", "series_table", "what_if"]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A size tried on a resource.

    Attributes:
        kind, resource_id, name: which.
        current: size it has.
        proposal: the size asked for with projections, savings, risk, effort and confidence; ``against`` has all that
            speaks against it.
        fits: nothing is against it at these options.
        rejections: (code, text) of what it lacks or is not allowed to be.
        capacities: what the size has of each dimension, in percent of the present one, to be drawn into a chart.
        levels, window: what was measured.
        explanation: in sentences.
        options: what was asked.
    """

    kind: str
    resource_id: str
    name: str
    current: Size
    proposal: Proposal
    fits: bool
    rejections: tuple[tuple[str, str], ...]
    capacities: tuple[tuple[str, float], ...]
    levels: dict[str, Level]
    window: Window
    explanation: tuple[Part, ...]
    options: Options


def asked(facts: Facts, resource: str, options: Options | None = None) -> Facts:
    """The same facts narrowed to one resource, under other options; the bill and its window stay.

    Raises:
        BadFilter: there is no such resource.
    """
    options = replace(options or facts.options, resources=(resource,), kinds=(), accounts=())
    rows = {
        kind: [row for row in every if resource in (row["resource_id"], row["name"])]
        for kind, every in facts.rows.items()
    }
    groups = {row["id"] for row in rows.get("autoscaling_groups", ())}
    if groups:
        rows["instances"] = [row for row in facts.rows["instances"] if row["group_id"] in groups]
    if not any(rows.values()):
        raise BadFilter(f"There is no resource {resource} in the inventory", hint="Give its id or name")
    return replace(
        facts,
        options=options,
        first=facts.as_of - timedelta(days=options.lookback_days - 1),
        rows=rows,
        sizes=Sizes(facts.catalog, options.policy, facts.rate),
        queries=[],
    )


def detail(facts: Facts, resource: str, options: Options | None = None) -> tuple[Advice, ...]:
    """Advice on the resources with this id or name, with every size that was judged and what is against it.

    Args:
        facts: of :func:`workbench.rightsizing.read_facts`.
        resource: id or name.
        options: other than those of ``facts``.

    Raises:
        BadFilter: there is no such resource.
    """
    narrow = asked(facts, resource, options)
    found = run_with(narrow)
    members = bool(narrow.rows.get("autoscaling_groups"))
    every = {}
    for kind in SIZED:
        if kind == "instances" and members:
            continue
        for case in measured_cases(narrow, kind):
            decision = decide_case(narrow, case, every=True)
            one = advice_of(narrow, kind, decision, case.subject)
            every[one.key] = rejected_of(decision.rejected, decision.resource.machine, None)
    advice = (replace(one, rejected=every.get(one.key, one.rejected)) for one in found.advice)
    return tuple(one for one in advice if not (members and one.kind == "instances"))


def series_table(facts: Facts, resource: str, options: Options | None = None) -> pa.Table:
    """Time (UTC) and each measured dimension of one resource: percent, Mbit/s, operations/s; NaN is no sample.

    Raises:
        BadFilter: there is no such resource.
        CannotRun: there are no samples of it.
    """
    for _, case in _cases(asked(facts, resource, options)):
        usage = case.usage
        if usage is None:
            continue
        step = timedelta(minutes=usage.step_minutes)
        columns: dict[str, Any] = {"time": [usage.start + n * step for n in range(usage.steps)]}
        for name in ("cpu", "memory", "network_mbit_s", "ebs_mbit_s", "ebs_iops", "gpu", "gpu_memory", "credits"):
            values = getattr(usage, name)
            if values is not None:
                columns[name] = np.asarray(values, dtype=np.float64)
        return pa.table(columns)
    raise CannotRun(
        f"There are no samples of {resource} in the window", hint="Load its metrics with an inventory folder"
    )


def what_if(facts: Facts, resource: str, instance_type: str, options: Options | None = None) -> WhatIf:
    """Try a size on a machine, scaling group, database or cache.

    Args:
        facts: of :func:`workbench.rightsizing.read_facts`.
        resource: id or name.
        instance_type: any size of the catalogue.
        options: preset, headroom and window, other than those of ``facts``.

    Raises:
        BadFilter: there is no such resource or size.
        CannotRun: it cannot be judged, and why.
    """
    narrow = asked(facts, resource, options)
    cases = _cases(narrow)
    if not cases:
        kind = next(kind for kind, rows in narrow.rows.items() if rows)
        raise CannotRun(f"Sizes are not tried on a {KINDS[kind]}", hint="Name a machine, group, database or cache")
    kind, first = cases[0]
    every = [case for _, case in cases]
    group = narrow.rows.get("autoscaling_groups")
    if group:
        kind = "autoscaling_groups"
        first.resource = replace(
            first.resource, resource_id=group[0]["resource_id"], name=group[0]["name"], managed_by="", group_id=None
        )
    else:
        every = [first]
    present, target = first.resource.machine, narrow.sizes.machine(first.terms, instance_type)
    if present is None:
        raise CannotRun(f"The catalogue does not have {first.resource.instance_type}, which {resource} runs on")
    if target is None:
        raise BadFilter(f"There is no size {instance_type} in the catalogue", hint=_near(narrow, first, present))
    return _tried(narrow, kind, every, present, target)


def _cases(facts: Facts) -> list[tuple[str, Case]]:
    return [(kind, case) for kind in SIZED if facts.rows.get(kind) for case in measured_cases(facts, kind, all_of=True)]


def _near(facts: Facts, case: Case, present: Machine) -> str:
    known = [one for one in facts.sizes.all(case.terms).values() if one.family == present.family]
    known.sort(key=lambda one: (one.vcpu, one.instance_type))
    return f"Sizes of its family: {', '.join(one.instance_type for one in known[:12])}"


def _tried(facts: Facts, kind: str, cases: list[Case], present: Machine, target: Machine) -> WhatIf:
    resource, policy = cases[0].resource, facts.options.policy
    demands = [case.demand for case in cases]
    known = [one for one in demands if isinstance(one, Demand)]
    if len(known) < len(demands):
        refused = next(case for case in cases if not isinstance(case.demand, Demand))
        reason = getattr(refused.demand, "reason", "") or "needs CPU metrics of the window"
        raise CannotRun(f"{refused.id} cannot be judged: {reason}")
    demand = known[0] if kind != "autoscaling_groups" else group_demand(known)
    hours = [case.hours for case in cases if case.hours is not None]
    paid = sum_hours(hours) if hours and len(hours) == len(cases) else None
    candidate = judge(resource, demand, target, policy, growing=too_small(resource, demand))
    again = resimulate_of(facts, cases)
    found = savings(
        present, target, paid,
        as_of=facts.as_of,
        share_running=demand.window.running_hours / demand.window.hours,
        surplus_month=surplus_month(demand, present, 1.0, resource.unlimited),
        target_surplus_month=surplus_month(demand, target, processing_factor(present, target), True, candidate),
        resimulated=None if again is None else again(target),
    )  # fmt: skip
    work = effort(present, target, resource.workload)
    sure = confidence(
        resource, demand, target, as_of=facts.as_of, price_max_age_days=policy.price_max_age_days
    )  # fmt: skip
    if any(DAILY_STORAGE in case.notes for case in cases):
        sure = lowered(sure)
    against = [reason.text for reason in candidate.rejections]
    if candidate.risk.score > policy.max_risk:
        against.append(f"risk {candidate.risk.score:.1f} is above {policy.max_risk:g}")
    counted = found.today if found.today is not None else found.at_list
    if counted is None:
        against.append("what it saves cannot be told")
    elif counted <= 0.0:
        against.append(f"costs {-counted:,.2f} {found.currency} a month more")
    if sure.level == "low":
        against.append(f"confidence is low ({sure.score})")
    option = Option(candidate, found, work, sure, None, tuple(against))
    decision = Decision(resource, "what_if", f"tried {target.instance_type}", options=(option,), demand=demand)
    return WhatIf(
        kind=kind,
        resource_id=resource.resource_id,
        name=resource.name or resource.resource_id,
        current=size_of_machine(present),
        proposal=proposal_of(option),
        fits=candidate.fits,
        rejections=tuple((reason.code, reason.text) for reason in candidate.rejections),
        capacities=_capacities(present, target),
        levels={name: level_of(demand, name) for name in sorted(demand.used)},
        window=demand.window,
        explanation=explain(decision, policy),
        options=facts.options,
    )


def _capacities(present: Machine, target: Machine) -> tuple[tuple[str, float], ...]:
    found = [("cpu", 100.0 / processing_factor(present, target))]
    for name in ("memory", "ebs_throughput", "ebs_iops", "network"):
        has, had = capacity(target, name), capacity(present, name)
        if has is not None and had:
            found.append((name, 100.0 * has / had))
    return tuple(found)
