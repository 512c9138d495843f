"""A proposal taken on: a recommendation in the workspace with its evidence, approved by who took it on.

Waste checks never find it again and never let it expire, since it is under a check id of its own. What a waste check
recommends for the same money is named, so that it can be marked as a duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from workbench.checks.registry import load_checks
from workbench.clock import now
from workbench.errors import BadDecision, BadFilter
from workbench.rightsizing.options import KINDS
from workbench.rightsizing.records import Advice, Proposal, Rightsizing
from workbench.rightsizing.waste import RANK
from workbench.workspace import Finding, Scan, Workspace
from workbench.workspace.access import Permission, require
from workbench.workspace.lifecycle import UNDECIDED, Decision, State, Step
from workbench.workspace.recommendation_records import Choice, Recommendation, RecommendationFilter
from workbench.workspace.scan_records import ACCEPTED

__all__ = ["CHECK_ID", "Accepted", "accept", "mark_duplicates", "same_money"]

CHECK_ID = "rightsizing"
"""Check id of recommendations made here."""

_SAME = {
    "instances": ("machine",), "autoscaling_groups": ("machine",), "rds_instances": ("database",),
    "cache_clusters": ("database",), "volumes": ("volume",),
}  # fmt: skip
_COMMANDS = {
    "instances": "aws ec2 modify-instance-attribute --instance-id {id} --instance-type Value={type} --region {region}",
    "rds_instances": "aws rds modify-db-instance --db-instance-identifier {id} --db-instance-class {type}"
    " --region {region}",
    "cache_clusters": "aws elasticache modify-cache-cluster --cache-cluster-id {id} --cache-node-type {type}"
    " --apply-immediately --region {region}",
}
_REMEDY = {
    "instances": ("Agree a time with its owner", "Stop it, change the type, start it", "Watch it for a week"),
    "autoscaling_groups": (
        "Make a new version of the launch template with the size",
        "Refresh the machines of the group",
        "Watch it for a week",
    ),
    "rds_instances": ("Agree a maintenance window: it restarts for 5 to 10 minutes", "Change the class", "Watch it"),
    "cache_clusters": ("Agree a time: nodes are replaced", "Change the node type", "Watch memory and evictions"),
    "volumes": ("Take a snapshot", "Change the type while it is in use; not again for six hours"),
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was taken on: the recommendation, and others about the same money that still wait for a decision."""

    recommendation: Recommendation
    duplicates: tuple[Recommendation, ...]


def accept(workspace: Workspace, result: Rightsizing, one: Advice, proposal: Proposal | None = None) -> Accepted:
    """Make a recommendation of a proposal and approve it.

    Args:
        workspace: who acts is its principal.
        result: the run it is from.
        one: advice on the resource.
        proposal: one of its sizes; None: the first.

    Raises:
        AccessDenied: the principal may not decide or record.
        BadDecision: there is nothing to take on.
        BadFilter: the size is not among those proposed.
    """
    require(workspace.principal, Permission.DECIDE)
    require(workspace.principal, Permission.RECORD_SCANS)
    chosen = proposal or one.proposed
    if chosen is None or one.finding != "over":
        raise BadDecision(f"Nothing is proposed for {one.name}", detail=one.reason)
    if chosen not in (one.proposed, *one.alternatives):
        raise BadFilter(f"{chosen.size.instance_type} is not among the sizes proposed for {one.name}")
    scan = Scan(
        started_at=now(),
        snapshot_id=result.snapshot_id,
        preset=ACCEPTED,
        as_of=result.as_of,
        parameters={"options": _plain(asdict(result.options))},
    )
    finding = _finding(result, one, chosen)
    saved = workspace.record_scan(scan, [finding])
    found = _of(workspace, one, check_id=CHECK_ID)
    if not found:
        raise BadDecision(
            f"The proposal for {one.name} was not taken on", detail=saved.followed.note,
            hint="Look at newer data first",
        )  # fmt: skip
    [kept] = found
    if kept.state in UNDECIDED or kept.state is State.EXPIRED:
        step = Decision(Step.APPROVE, f"Rightsizing: {one.current.instance_type} to {chosen.size.instance_type}")
        if kept.state is not State.EXPIRED:
            [kept] = workspace.recommendations.decide([Choice(kept.id, kept.version)], step)
    return Accepted(kept, same_money(workspace, one))


def same_money(workspace: Workspace, one: Advice) -> tuple[Recommendation, ...]:
    """Recommendations of waste checks that would size the same resource and wait for a decision."""
    groups = _SAME.get(one.kind, ())
    checks = {
        check.id
        for check in load_checks()
        if check.facts.conflict is not None and check.facts.conflict[0] in groups and check.facts.conflict[1] == RANK
    }
    return tuple(
        each for each in _of(workspace, one, check_id=None) if each.check_id in checks and each.state in UNDECIDED
    )


def mark_duplicates(workspace: Workspace, accepted: Accepted) -> tuple[Recommendation, ...]:
    """Mark the others as duplicates of it, all or none.

    Raises:
        AccessDenied: the principal may not decide.
        Conflict: one was changed meanwhile.
    """
    if not accepted.duplicates:
        return ()
    choices = [Choice(each.id, each.version) for each in accepted.duplicates]
    decision = Decision(Step.DUPLICATE, "Sized by rightsizing", duplicate_of=accepted.recommendation.id)
    return workspace.recommendations.decide(choices, decision)


def _of(workspace: Workspace, one: Advice, check_id: str | None) -> Sequence[Recommendation]:
    wanted = RecommendationFilter(
        account_id=one.account, resource_id=one.resource_id, check_id=check_id, intentional=None
    )
    return workspace.recommendations.list(wanted, limit=200).rows


def _finding(result: Rightsizing, one: Advice, chosen: Proposal) -> Finding:
    found = chosen.savings
    expected = found.today if found.today is not None else found.at_list
    basis = "effective" if found.today is not None else "list"
    careful = None if expected is None else expected * (1.0 - (chosen.risk or 0.0) / 8.0)
    highest = None if expected is None else max(expected, found.after_expiry or expected)
    verb = "Move" if one.kind != "volumes" else "Change"
    command = _COMMANDS.get(one.kind, "")
    payload: dict[str, Any] = {
        "title": f"{verb} {one.current.instance_type} to {chosen.size.instance_type}",
        "area": "Compute",
        "kind": "saving",
        "service_name": KINDS[one.kind],
        "resource_type": one.kind,
        "resource_name": one.name,
        "account_name": one.account_name,
        "env": one.env,
        "basis": basis,
        "saving_low": _money(careful),
        "saving_high": _money(highest),
        "savings": {
            "low": {basis: _money(careful)},
            "expected": {"list": _money(found.at_list), "effective": _money(found.today)},
            "high": {basis: _money(highest)},
        },
        "cost_month": {"effective": _money(one.cost_month)},
        "formula": "Bill before minus bill after under the commitments in force, a month of 730 hours",
        "rule": " ".join(part.text for part in one.explanation),
        "parameters": _plain(asdict(result.options)),
        "evidence": _evidence(result, one, chosen),
        "confidence": chosen.confidence,
        "doubts": [[points, reason] for reason, points in chosen.doubts],
        "risk": "low" if chosen.risk_band.startswith("very") else chosen.risk_band,
        "effort": {"very low": "low"}.get(chosen.effort, chosen.effort),
        "restart": one.kind != "volumes",
        "reversible": True,
        "remedy": list(_REMEDY.get(one.kind, ())),
        "command": command.format(id=one.resource_id, type=chosen.size.instance_type, region=one.region or "REGION"),
        "check_version": 1,
    }
    saving = None if expected is None else Decimal(_money(expected) or 0)
    return Finding(CHECK_ID, one.account, one.resource_id, one.region, found.currency, saving, payload)


def _evidence(result: Rightsizing, one: Advice, chosen: Proposal) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "current_type": one.current.instance_type,
        "proposed_type": chosen.size.instance_type,
        "saving_list": chosen.savings.at_list,
        "saving_today": chosen.savings.today,
        "saving_after_expiry": chosen.savings.after_expiry,
        "expiry": _plain(chosen.savings.expiry),
        "risk": chosen.risk,
        "risk_drivers": ", ".join(chosen.drivers),
        "snapshot": result.snapshot_id,
        "price_day": _plain(chosen.size.price_day),
    }
    for name, level in one.levels.items():
        evidence |= {f"{name}_p50": level.p50, f"{name}_p95": level.p95, f"{name}_p99_5": level.p99_5}
        evidence[f"{name}_max"] = level.highest
    evidence |= {f"{name}_projected": value for name, value in chosen.projected}
    if one.window is not None:
        evidence |= {
            "window_start": one.window.start.isoformat(), "window_end": one.window.end.isoformat(),
            "samples": one.window.samples, "coverage": one.window.coverage,
        }  # fmt: skip
    if one.members:
        evidence["members"] = ", ".join(one.members)
    return evidence


def _money(amount: float | None) -> str | None:
    return None if amount is None else f"{amount:.6f}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
