"""The decision in sentences, part by part; the same decision always reads the same.

Amounts are plain figures with two decimals and the currency's code; the caller may format them for the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.rightsizing.candidates import processing_factor
from models.rightsizing.decide import Decision, Option
from models.rightsizing.demand import Demand, saturated
from models.rightsizing.facts import Machine
from models.rightsizing.policy import Policy

__all__ = ["Part", "explain"]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RATES = (("ebs_throughput", "block storage", "Mbit/s"), ("ebs_iops", "block storage", "operations/s"),
          ("network", "network", "Mbit/s"))  # fmt: skip
_NAMES = {"cpu": "CPU", "gpu": "GPU", "gpu_memory": "GPU memory", "ebs_throughput": "block storage throughput",
          "ebs_iops": "block storage operations"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence and what it is about: ``resource``, ``demand``, ``finding``, ``target``, ``risk``, ``effort``,
    ``savings``, ``confidence``, ``unchecked`` or ``not_counted``.
    """

    topic: str
    text: str


def explain(decision: Decision, policy: Policy, option: Option | None = None) -> tuple[Part, ...]:
    """All parts of the explanation.

    Args:
        decision: about the resource.
        policy: it was made under.
        option: size to explain; None: the first option, if there is one.
    """
    resource, demand, present = decision.resource, decision.demand, decision.resource.machine
    parts = [Part("resource", _resource(decision))]
    if demand is not None:
        parts.append(Part("demand", _demand(demand, present, policy)))
    finding = decision.finding.replace("_", " ")
    parts.append(Part("finding", f"Finding: {finding}" + (f" – {decision.reason}." if decision.reason else ".")))
    option = option or next(iter(decision.options), None)
    if option is not None and demand is not None and present is not None:
        parts.append(Part("target", _target(option)))
        parts.append(Part("risk", _risk(option, demand, present)))
        parts.append(Part("effort", f"Effort {option.effort.level}: {option.effort.reason}."))
        parts.append(Part("savings", _savings(option)))
        if option.against:
            parts.append(Part("not_counted", f"Not counted: {'; '.join(option.against)}."))
    sure = decision.confidence if option is None else option.confidence
    if sure is not None:
        taken = "; ".join(f"−{points} {reason}" for reason, points in sure.deductions)
        parts.append(Part("confidence", f"Confidence {sure.score} ({sure.level})" + (f": {taken}." if taken else ".")))
    unchecked = [*(option.candidate.unchecked if option is not None else ()), "application latency"]
    if resource.local_disk_used_gb is None and present is not None and present.local_disk_gb:
        unchecked.append("use of the local disk")
    if demand is not None:
        parts.append(Part("unchecked", f"Not checked: {'; '.join(unchecked)}."))
        parts.extend(Part("unchecked", f"{note[0].upper()}{note[1:]}.") for note in decision.notes)
    return tuple(parts)


def _resource(decision: Decision) -> str:
    resource, machine = decision.resource, decision.resource.machine
    name = f"{resource.name} ({resource.resource_id})" if resource.name else resource.resource_id
    if machine is None:
        return f"{name}: {resource.instance_type}, not in the catalogue."
    place = f", {machine.region}" if machine.region else ""
    return (
        f"{name}: {resource.instance_type}, {machine.vcpu:g} vCPU and {machine.memory_gib:g} GiB, "
        f"{machine.operating_system}{place}."
    )


def _demand(demand: Demand, present: Machine | None, policy: Policy) -> str:
    window, percentile = demand.window, policy.preset.cpu_percentile
    kind = "maxima" if window.maxima else "means"
    text = (
        f"CPU {demand.at('cpu', percentile):.1f} % at {demand.statistic(percentile)} over {window.days:.0f} d – "
        f"{window.samples:,} {kind} of {window.step_minutes:g} minutes, {window.coverage:.0%} coverage"
    )
    if "memory" in demand.used:
        highest = demand.used["memory"].highest
        gib = f" ({highest / 100.0 * present.memory_gib:.1f} GiB)" if present is not None else ""
        text += f"; memory at most {highest:.0f} %{gib}"
    else:
        text += "; memory not measured, so no size with less memory is offered"
    for metric, name, unit in _RATES:
        if metric in demand.used:
            text += f"; {name} {demand.at(metric, 99.5):,.0f} {unit} at {demand.statistic(99.5)}"
    return text + "."


def _target(option: Option) -> str:
    expected = ", ".join(
        f"{value:.1f} % {_NAMES.get(name, name.replace('_', ' '))}" for name, value in option.candidate.projected
    )
    machine = option.machine
    return f"On {machine.instance_type} ({machine.vcpu:g} vCPU, {machine.memory_gib:g} GiB) that is {expected}."


def _risk(option: Option, demand: Demand, present: Machine) -> str:
    risk = option.candidate.risk
    drivers = ", ".join(_NAMES.get(name, name.replace("_", " ")) for name in risk.drivers)
    text = f"Risk {risk.score:.1f} of 4, {risk.band} ({drivers})."
    minutes, hour = saturated(demand, processing_factor(present, option.machine))
    if minutes:
        text += f" CPU would have been full for {minutes:,.0f} minutes in {demand.window.days:.0f} d"
        text += "." if hour is None else f", most of them on {_DAYS[hour // 24]} at {hour % 24:02d}:00 UTC."
    return text


def _savings(option: Option) -> str:
    found = option.savings
    notes = f" ({'; '.join(found.notes)})" if found.notes else ""
    if found.at_list is None:
        return f"What it saves cannot be told: {found.status.replace('_', ' ')}{notes}."
    text = f"{_amount(found.at_list)} {found.currency} a month at list price"
    text = text[0].upper() + text[1:]
    # The verb is said again only where it changes.
    more = found.at_list < 0.0
    text += ", today not known" if found.today is None else f", {_amount(found.today, more)} today"
    if found.expiry is not None and found.after_expiry is not None:
        last = more if found.today is None else found.today < 0.0
        text += f", {_amount(found.after_expiry, last)} after {found.expiry}"
    return f"{text}{notes}."


def _amount(saved: float, more: bool | None = None) -> str:
    """An amount saved, or what it costs more; without the verb where the one before was the same."""
    costs = saved < 0.0
    verb = "" if costs is more else "costs " if costs else "saves "
    return f"{verb}{abs(saved):,.2f}" + (" more" if costs else "")
