"""A run as a table: one row a resource, plain columns, every amount with its basis in the name."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from workbench.rightsizing.records import Advice, Level, Rightsizing

__all__ = ["SCHEMA", "advice_table", "document"]

_TEXT, _NUMBER, _WHOLE, _DAY = pa.string(), pa.float64(), pa.int64(), pa.date32()
_LEVELS = ("p50", "p95", "p99_5", "max")

SCHEMA = pa.schema(
    [
        ("kind", _TEXT), ("account", _TEXT), ("account_name", _TEXT), ("resource_id", _TEXT), ("name", _TEXT),
        ("region", _TEXT), ("env", _TEXT), ("finding", _TEXT), ("reason", _TEXT), ("counted", _TEXT),
        ("suppressed_by", _TEXT), ("current_type", _TEXT), ("current_vcpu", _NUMBER), ("current_memory_gib", _NUMBER),
        ("current_list_price_hour", _NUMBER), ("cost_month_effective", _NUMBER), ("cost_currency", _TEXT),
        ("proposed_type", _TEXT), ("proposed_vcpu", _NUMBER), ("proposed_memory_gib", _NUMBER),
        ("proposed_list_price_hour", _NUMBER), ("price_day", _DAY), ("alternatives", _TEXT), ("currency", _TEXT),
        ("saving_month_list", _NUMBER), ("saving_month_today", _NUMBER), ("saving_month_after_expiry", _NUMBER),
        ("expiry", _DAY), ("saving_status", _TEXT), ("risk", _NUMBER), ("risk_drivers", _TEXT), ("effort", _TEXT),
        ("confidence", _WHOLE), ("against", _TEXT),
        *((f"{name}_{level}_percent", _NUMBER) for name in ("cpu", "memory") for level in _LEVELS),
        ("cpu_projected_percent", _NUMBER), ("memory_projected_percent", _NUMBER),
        ("window_start", pa.timestamp("us")), ("window_end", pa.timestamp("us")), ("samples", _WHOLE),
        ("coverage_percent", _NUMBER), ("members", _WHOLE), ("needs", _TEXT), ("explanation", _TEXT),
    ]
)  # fmt: skip
"""Columns in order. Savings and costs are a month of 730 hours."""


def advice_table(advice: Iterable[Advice]) -> pa.Table:
    """One row a resource, in the order given."""
    return pa.Table.from_pylist([_row(one) for one in advice], SCHEMA)


def _row(one: Advice) -> dict[str, object]:
    proposed, window = one.proposed, one.window
    row: dict[str, object] = {
        "kind": one.kind, "account": one.account, "account_name": one.account_name, "resource_id": one.resource_id,
        "name": one.name, "region": one.region, "env": one.env, "finding": one.finding, "reason": one.reason,
        "counted": one.counted, "suppressed_by": ", ".join(each.check_id for each in one.suppressed_by),
        "current_type": one.current.instance_type, "current_vcpu": one.current.vcpu,
        "current_memory_gib": one.current.memory_gib, "current_list_price_hour": one.current.price,
        "cost_month_effective": one.cost_month, "cost_currency": one.cost_currency,
        "alternatives": ", ".join(each.size.instance_type for each in one.alternatives),
        "members": len(one.members) or None, "needs": "; ".join(one.needs),
        "explanation": " ".join(part.text for part in one.explanation),
    }  # fmt: skip
    for name in ("cpu", "memory"):
        row |= _levels(name, one.levels.get(name))
    if window is not None:
        row |= {
            "window_start": window.start.replace(tzinfo=None), "window_end": window.end.replace(tzinfo=None),
            "samples": window.samples, "coverage_percent": 100.0 * window.coverage,
        }  # fmt: skip
    if proposed is not None:
        found, projected = proposed.savings, dict(proposed.projected)
        row |= {
            "proposed_type": proposed.size.instance_type, "proposed_vcpu": proposed.size.vcpu,
            "proposed_memory_gib": proposed.size.memory_gib, "proposed_list_price_hour": proposed.size.price,
            "price_day": proposed.size.price_day, "currency": found.currency, "saving_month_list": found.at_list,
            "saving_month_today": found.today, "saving_month_after_expiry": found.after_expiry,
            "expiry": found.expiry, "saving_status": found.status, "risk": proposed.risk,
            "risk_drivers": ", ".join(proposed.drivers), "effort": proposed.effort,
            "confidence": proposed.confidence, "against": "; ".join(proposed.against),
            "cpu_projected_percent": projected.get("cpu"), "memory_projected_percent": projected.get("memory"),
        }  # fmt: skip
    return row


def _levels(name: str, level: Level | None) -> dict[str, object]:
    if level is None:
        return {}
    values = (level.p50, level.p95, level.p99_5, level.highest)
    return {f"{name}_{label}_percent": value for label, value in zip(_LEVELS, values, strict=True)}


def document(result: Rightsizing, *, advice: Iterable[Advice] | None = None) -> dict[str, object]:
    """A run as one JSON document: what was asked, totals, what was looked at, and the advice."""
    return {
        "snapshot": result.snapshot_id,
        "engine": result.engine,
        "first": result.first,
        "as_of": result.as_of,
        "billed_days": result.billed_days,
        "options": result.options,
        "totals": result.totals,
        "looked": result.looked,
        "notes": result.notes,
        "seconds": round(result.seconds, 3),
        "advice": list(result.advice if advice is None else advice),
        "queries": [{"title": query.title, "sql": query.sql, "params": query.named} for query in result.queries],
    }
