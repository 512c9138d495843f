"""Sizes beside each other: what was measured, offered, rejected and tried. No Streamlit here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from workbench import formats
from workbench.rightsizing import Advice, Proposal, Rejected, Size
from workbench.ui.rightsizing.words import dimension, risk_text

__all__ = ["compared", "evidence_rows", "level_rows", "proposal_rows", "rejected_rows", "size_text"]


def size_text(size: Size) -> str:
    """``m5.large, 2 vCPU, 8 GiB``; what is not known is left out."""
    parts = [size.instance_type or "not known"]
    parts += [f"{size.vcpu:g} vCPU"] if size.vcpu is not None else []
    parts += [f"{size.memory_gib:g} GiB"] if size.memory_gib is not None else []
    return ", ".join(parts)


def level_rows(one: Advice) -> list[dict[str, Any]]:
    """How high each measured dimension went."""
    units = {"network": "Mbit/s", "ebs_throughput": "Mbit/s", "ebs_iops": "operations/s"}
    return [
        {
            "Measured": _capital(dimension(name)),
            "p50": round(level.p50, 1),
            "p95": round(level.p95, 1),
            "p99.5": round(level.p99_5, 1),
            "max": round(level.highest, 1),
            "Unit": units.get(name, "%"),
        }
        for name, level in one.levels.items()
    ]


def evidence_rows(one: Advice) -> list[dict[str, str]]:
    """Figures of kinds that have no size in the catalogue, all as text; what is not known is left out."""
    return [
        {"Figure": _capital(dimension(name)), "Value": f"{value:g}" if isinstance(value, int | float) else str(value)}
        for name, value in one.evidence.items()
        if value is not None
    ]


def proposal_rows(proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Sizes to move to, the advised one first."""
    rows = []
    for number, one in enumerate(proposals):
        expected = dict(one.projected)
        rows.append(
            {
                "Size": one.size.instance_type,
                "Is": "advised" if number == 0 else "alternative",
                "vCPU": one.size.vcpu,
                "GiB": one.size.memory_gib,
                "Saves today": one.savings.today,
                "At list price": one.savings.at_list,
                "After expiry": one.savings.after_expiry,
                "CPU expected": _percent(expected.get("cpu")),
                "Memory expected": _percent(expected.get("memory")),
                "Risk": risk_text(one),
                "Effort": one.effort or None,
                "Confidence": one.confidence,
                "Against it": "; ".join(one.against) or None,
                "Currency": one.savings.currency or "USD",
            }
        )
    return rows


def rejected_rows(rejected: Iterable[Rejected]) -> list[dict[str, Any]]:
    """Sizes that were judged and are not offered, with all reasons."""
    return [
        {
            "Size": one.size.instance_type,
            "vCPU": one.size.vcpu,
            "GiB": one.size.memory_gib,
            "List price an hour": None if one.size.price is None else round(one.size.price, 4),
            "Currency": one.size.currency or None,
            "Reasons": len(one.reasons),
            "Why not": "; ".join(one.reasons) or one.size.price_note or None,
        }
        for one in rejected
    ]


def compared(one: Advice, tried: Proposal) -> list[dict[str, Any]]:
    """Figure by figure: the present size, the advised one and the one tried."""
    advised = one.proposed
    names = dict.fromkeys(
        [*("cpu", "memory"), *(name for each in (advised, tried) if each for name, _ in each.projected)]
    )
    levels = {name: level.highest if name == "memory" else level.p99_5 for name, level in one.levels.items()}
    sizes = (one.current, advised.size if advised else None, tried.size)
    rows = [_line("Size", *(size_text(size) if size else None for size in sizes))]
    rows.append(_line("List price an hour", *(_price(size) for size in sizes)))
    for name in names:
        now = levels.get(name) if name in ("cpu", "memory", "gpu", "gpu_memory") else None
        expected = [dict(each.projected).get(name) if each else None for each in (advised, tried)]
        rows.append(_line(f"{_capital(dimension(name))}, %", *(_percent(value) for value in (now, *expected))))
    rows.append(_line("Risk", None, *(_of(each, risk_text) for each in (advised, tried))))
    rows.append(_line("Effort", None, *(_of(each, lambda p: p.effort or None) for each in (advised, tried))))
    rows.append(_line("Confidence", None, *(_of(each, _sure) for each in (advised, tried))))
    for label, field in (("at list price", "at_list"), ("today", "today"), ("after expiry", "after_expiry")):
        amounts = [_of(each, lambda p, field=field: _money(p, field)) for each in (advised, tried)]
        rows.append(_line(f"Saves a month {label}", None, *amounts))
    return rows


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _line(figure: str, now: str | None, advised: str | None, tried: str | None) -> dict[str, Any]:
    return {"Figure": figure, "Tried": tried, "Advised": advised, "Now": now}


def _of(proposal: Proposal | None, read: Any) -> str | None:
    return None if proposal is None else read(proposal)


def _sure(proposal: Proposal) -> str | None:
    return None if proposal.confidence is None else f"{proposal.confidence} of 100, {proposal.confidence_level}"


def _money(proposal: Proposal, field: str) -> str | None:
    amount = getattr(proposal.savings, field)
    return None if amount is None else formats.money(amount, proposal.savings.currency)


def _price(size: Size | None) -> str | None:
    if size is None:
        return None
    if size.price is None:
        return f"not known: {size.price_note}" if size.price_note else None
    return formats.money(size.price, size.currency, decimals=4)


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f} %"
