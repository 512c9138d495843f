"""Volumes, container services, and what cannot be sized from what is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from models.rightsizing.savings import Savings
from models.rightsizing.volumes import Volume, VolumeDecision, VolumePrices, decide_volume
from workbench.catalog import Price
from workbench.rightsizing.advice import plain_advice
from workbench.rightsizing.metrics import Days, daily_of
from workbench.rightsizing.read import Facts
from workbench.rightsizing.records import Advice, Proposal, Size

__all__ = ["advise_others"]

_TYPES = ("gp2", "gp3", "io1", "io2")
_LATENCY = ("latency", "latency-sensitive", "latency_sensitive")
# Room over what was seen, and least requests: 15-25 % and the floors of the Kubernetes Vertical Pod Autoscaler and of
# KRR, https://github.com/robusta-dev/krr, 2026-10.
_ROOM = 1.2
_LEAST_CORES, _LEAST_MB = 0.025, 100.0
_LEAST_DAYS = 7
_WORTH = 0.1
_NEEDS = {
    "lambda_functions": "the highest memory used and the duration at two memory settings (Lambda Insights or a power"
    " tuning run)",
    "managed_services": "a price list of the sizes of its service",
    "streaming_clusters": "throughput in and out by the minute",
}


def advise_others(facts: Facts) -> Iterator[Advice]:
    """Advice on all kinds without a size in the catalogue of machines."""
    if facts.rows.get("volumes"):
        yield from _volumes(facts)
    if facts.rows.get("container_services"):
        days = daily_of(
            facts.engine, "container_services", facts.first, facts.as_of, asked=facts.queries.append
        )  # fmt: skip
        yield from (_service(facts, row, days.get(row["resource_id"])) for row in facts.rows["container_services"])
    for kind, needs in _NEEDS.items():
        for row in facts.rows.get(kind, ()):
            subject = facts.subject(kind, row)
            if subject is not None and subject.excluded:
                yield plain_advice(facts, kind, subject, row, "suppressed", subject.excluded)
                continue
            size = f"{row['memory_mb']} MB" if kind == "lambda_functions" else str(row.get("instance_type") or "")
            yield plain_advice(facts, kind, subject, row, "cannot_tell", f"needs {needs}", needs=(needs,), size=size)


def _volumes(facts: Facts) -> Iterator[Advice]:
    prices: dict[tuple[str, str], tuple[VolumePrices, tuple[Price, ...]]] = {}
    for row in facts.rows["volumes"]:
        place = (row["provider"], row["region"] or "")
        if place not in prices:
            prices[place] = _volume_prices(facts, *place)
        yield _volume(facts, row, *prices[place])


def _volume_prices(facts: Facts, provider: str, region: str) -> tuple[VolumePrices, tuple[Price, ...]]:
    rate = facts.rate.rate if facts.rate is not None else 1.0
    found: dict[str, float] = {}
    used: list[Price] = []
    for item in (*_TYPES, "gp3-iops", "gp3-throughput", "io1-iops", "io2-iops"):
        answer = facts.catalog.storage_price(provider, region, item)
        if isinstance(answer, Price):
            found[item] = float(answer.amount) * rate
            used.append(answer)
    return VolumePrices(
        {kind: found[kind] for kind in _TYPES if kind in found},
        {kind: found[f"{kind}-iops"] for kind in _TYPES if f"{kind}-iops" in found},
        found.get("gp3-throughput"),
    ), tuple(used)


def _volume(facts: Facts, row: Mapping[str, Any], prices: VolumePrices, sources: tuple[Price, ...]) -> Advice:
    subject = facts.subject("volumes", row)
    size = f"{row['size_gib']} GiB {row['volume_type'] or ''}".strip()
    if subject is not None and subject.excluded:
        return plain_advice(facts, "volumes", subject, row, "suppressed", subject.excluded, size=size)
    if row["volume_type"] is None or row["size_gib"] is None:
        needs = "its type and size: the inventory has none"
        return plain_advice(facts, "volumes", subject, row, "cannot_tell", f"needs {needs}", needs=(needs,))
    if row["state"] != "in-use":
        reason = f"{row['state']}: not attached, so look at whether it is needed at all"
        return plain_advice(facts, "volumes", subject, row, "not_applicable", reason, size=size)
    volume = Volume(
        row["resource_id"], row["volume_type"], float(row["size_gib"]), row["iops"], row["throughput"],
        attached=int(row["attachments"] or 1), latency_sensitive=_latency(row["tags"]),
    )  # fmt: skip
    found = decide_volume(volume, prices)
    finding, status = _VOLUME[found.outcome]
    lacking = (f"a price of {row['volume_type']} and gp3 in {row['region']}",) if status == "price_missing" else ()
    proposed = None
    if found.outcome == "change" and found.saving is not None:
        proposed = _volume_proposal(facts, row, volume, found, sources)
    return plain_advice(
        facts, "volumes", subject, row, finding, found.reason, status=status, needs=lacking, size=size,
        proposed=proposed, evidence={"iops": found.iops, "mb_s": found.mb_s, "measured": str(found.measured).lower()},
    )  # fmt: skip


_VOLUME = {
    "change": ("over", "ok"), "keep": ("optimized", "ok"), "not_applicable": ("not_applicable", "ok"),
    "price_missing": ("cannot_tell", "price_missing"),
}  # fmt: skip


def _volume_proposal(
    facts: Facts, row: Mapping[str, Any], volume: Volume, found: VolumeDecision, sources: tuple[Price, ...]
) -> Proposal:
    subject = facts.subject("volumes", row)
    costs = None if subject is None else facts.ground.costs(facts.ground.cost_key(subject))
    saving = found.saving or 0.0
    notes: list[str] = []
    today = None
    if costs is not None and costs.currency == facts.currency and facts.priced_alike:
        listed, contracted = costs.amounts["list"], costs.amounts["contracted"]
        share = float(contracted / listed) if listed and contracted is not None else 1.0
        today = saving * share
        if share != 1.0:
            notes.append(f"on demand is paid at {share:.0%} of list")
    else:
        notes.append("what it saves today needs a line of the bill")
    currency = facts.currency if facts.priced_alike else "USD"
    against = []
    if today is None:
        against.append("the saving today is not known")
    elif today < facts.options.min_saving:
        against.append(f"saves {today:,.2f} a month today, at least {facts.options.min_saving:,.2f} is asked for")
    day = min((one.as_of for one in sources), default=None)
    old = day is not None and (facts.as_of - day).days > facts.options.policy.price_max_age_days
    sure = 90 - (10 if old else 0)
    doubts = [("application latency is not measured", 10)]
    if old:
        doubts.append((f"a price is older than {facts.options.policy.price_max_age_days} days", 10))
    text = f"{volume.size_gib:g} GiB gp3, {found.iops or 0:,.0f} operations/s, {found.mb_s or 0:,.0f} MB/s"
    status = "ok" if today is not None else "needs_hours"
    return Proposal(
        Size(text, currency=currency, price_day=day), (),
        Savings(status, currency, saving, today, today, None, tuple(notes)),
        0.5, "very low", (), "low", "changed while it is in use, back only after six hours", sure,
        "high" if sure >= 80 else "medium", tuple(doubts), tuple(against),
    )  # fmt: skip


def _latency(text: str | None) -> bool:
    try:
        tags = json.loads(text) if text else {}
    except ValueError:
        return False
    return isinstance(tags, dict) and any(str(tags.get(key, "")).lower() in ("true", "yes", "1") for key in _LATENCY)


def _service(facts: Facts, row: Mapping[str, Any], days: Days | None) -> Advice:
    """Requests of a container service: a smaller request frees room on the nodes, it does not lower the bill itself."""
    kind = "container_services"
    subject = facts.subject(kind, row)
    size = f"{row['requested_cpu'] or 0:g} cores, {row['requested_memory_mb'] or 0:,} MB"
    if subject is not None and subject.excluded:
        return plain_advice(facts, kind, subject, row, "suppressed", subject.excluded, size=size)
    if row["autoscaler"]:
        reason = "its replicas follow their use: review the target of the autoscaler with the request"
        return plain_advice(facts, kind, subject, row, "not_applicable", reason, size=size)
    seen = 0 if days is None else int((~np.isnan(days.values["cpu_max"])).sum())
    if days is None or seen < _LEAST_DAYS:
        needs = f"daily CPU and memory of at least {_LEAST_DAYS} days, {seen} are there"
        return plain_advice(facts, kind, subject, row, "insufficient_data", f"needs {needs}", needs=(needs,), size=size)
    cores = _need(_highest(days, "cpu_p95"), _LEAST_CORES)
    memory = _need(_highest(days, "mem_max"), _LEAST_MB)
    evidence: dict[str, str | float | None] = {
        "requested_cores": row["requested_cpu"], "requested_mb": row["requested_memory_mb"],
        "cores_p95": _highest(days, "cpu_p95"), "mb_highest": _highest(days, "mem_max"),
        "cores": cores, "mb": memory, "days": float(seen),
    }  # fmt: skip
    frees = [
        f"{label} from {have:g} to {want:g}"
        for label, have, want in (
            ("cores", row["requested_cpu"], cores), ("MB", row["requested_memory_mb"], memory)
        )
        if have and want is not None and want < have * (1.0 - _WORTH)
    ]  # fmt: skip
    # CPU beyond the request is lent by the node, and a single day says little; memory beyond it may be taken away.
    usual = float(np.nanmedian(days.values["cpu_p95"])) if cores is not None else None
    highest = evidence["mb_highest"]
    lacks = []
    if row["requested_cpu"] and usual is not None and usual > row["requested_cpu"] * _ROOM:
        lacks.append("cores")
    if row["requested_memory_mb"] and isinstance(highest, float) and highest > row["requested_memory_mb"]:
        lacks.append("MB")
    notes = ("frees room on the nodes; the bill falls only when a node can go",)
    if lacks:
        reason = f"uses more than it requests: {', '.join(lacks)}"
        return plain_advice(facts, kind, subject, row, "under", reason, size=size, evidence=evidence)
    if frees:
        reason = (
            f"requests more than it used since {days.days[0]}: {', '.join(frees)}, {row['replica_count'] or 1} times"
        )
        return plain_advice(facts, kind, subject, row, "over", reason, size=size, notes=notes, evidence=evidence)
    return plain_advice(facts, kind, subject, row, "optimized", "requests what it uses", size=size, evidence=evidence)


def _highest(days: Days, name: str) -> float | None:
    values = days.values[name]
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else None


def _need(seen: float | None, least: float) -> float | None:
    if seen is None:
        return None
    need = max(least, seen * _ROOM)
    return round(need, 3) if need < 10 else float(np.ceil(need))
