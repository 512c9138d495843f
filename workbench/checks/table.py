"""Findings as a plain table, for files and grids."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from workbench.checks.ground import BASES
from workbench.checks.scan import Found

__all__ = ["findings_table"]

_MONEY = pa.decimal128(38, 6)


def findings_table(found: Sequence[Found]) -> pa.Table:
    """One row a finding (grain: check x resource), savings a month in ``currency``, null where they are not known.

    ``counted_…`` is what totals count of the saving once every dollar is counted once; evidence and tags are JSON.
    """
    columns: dict[str, tuple[pa.DataType, list[Any]]] = {
        "check": (pa.string(), [one.check.id for one in found]),
        "title": (pa.string(), [one.check.title for one in found]),
        "area": (pa.string(), [one.check.facts.area for one in found]),
        "kind": (pa.string(), [one.check.facts.kind for one in found]),
        "account": (pa.string(), [one.account for one in found]),
        "account_name": (pa.string(), [one.account_name for one in found]),
        "region": (pa.string(), [one.region for one in found]),
        "env": (pa.string(), [one.env for one in found]),
        "service": (pa.string(), [one.service for one in found]),
        "resource_type": (pa.string(), [one.resource_type for one in found]),
        "resource_id": (pa.string(), [one.resource_id for one in found]),
        "name": (pa.string(), [one.name for one in found]),
        "currency": (pa.string(), [one.price.currency or None for one in found]),
    }
    for basis in BASES:
        columns[f"cost_{basis}"] = (_MONEY, [one.price.cost[basis] for one in found])
        columns[f"saving_low_{basis}"] = (_MONEY, [one.price.low[basis] for one in found])
        columns[f"saving_{basis}"] = (_MONEY, [one.price.expected[basis] for one in found])
        columns[f"saving_high_{basis}"] = (_MONEY, [one.price.high[basis] for one in found])
        columns[f"counted_{basis}"] = (_MONEY, [one.counted.get(basis) for one in found])
    columns |= {
        "risk": (pa.string(), [one.check.facts.risk for one in found]),
        "effort": (pa.string(), [one.check.facts.effort for one in found]),
        "confidence": (pa.int64(), [one.confidence for one in found]),
        "evidence": (pa.string(), [_json(one.evidence) for one in found]),
        "tags": (pa.string(), [_json(one.tags) for one in found]),
        "excluded": (pa.string(), [one.excluded or None for one in found]),
    }
    return pa.table({name: pa.array(values, kind) for name, (kind, values) in columns.items()})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)
