"""What a scan said about a finding, read with care: it may be older than this program, or not of its making."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from workbench import formats
from workbench.checks.ground import BASES
from workbench.checks.registry import Check
from workbench.ui.text import visible

__all__ = ["Doubt", "counted", "doubts", "figures", "filled", "money_rows", "steps", "tags", "text"]

_SHOWN = 500
_CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Points taken off the confidence, and why."""

    points: str
    reason: str


def text(payload: Mapping[str, Any], key: str) -> str:
    """A text; empty when there is none."""
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def money_rows(payload: Mapping[str, Any], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """A row a cost basis: what it costs, what it saves at least, likely and at best, and what is counted.

    Args:
        payload: of the finding.
        words: name of each basis.
    """
    savings = _object(payload.get("savings"))
    levels = {label: _object(savings.get(level)) for level, label in _LEVELS.items()}
    costs = _object(payload.get("cost_month"))
    rows = [
        {
            "Basis": words.get(basis, basis),
            "Costs": _amount(costs.get(basis)),
            **{label: _amount(amounts.get(basis)) for label, amounts in levels.items()},
            "Counted": counted(payload, basis),
        }
        for basis in BASES
    ]
    return [row for row in rows if any(value is not None for name, value in row.items() if name != "Basis")]


def counted(payload: Mapping[str, Any], basis: str) -> Decimal | None:
    """What the scan counted of the saving on one basis; None when it does not say."""
    return _amount(_object(payload.get("counted")).get(basis))


_LEVELS = {"low": "Low", "expected": "Expected", "high": "High"}


def figures(payload: Mapping[str, Any], check: Check | None, currency: str = "") -> list[dict[str, Any]]:
    """The figures behind the finding, named as the check names them where it is still known.

    Args:
        payload: of the finding.
        check: whose finding it is; None when it is not known here.
        currency: of its amounts; empty when it has none.
    """
    columns = {} if check is None else {column.name: column for column in check.header.columns}
    rows = []
    for name, value in _object(payload.get("evidence")).items():
        column = columns.get(str(name))
        unit = column.unit if column else ""
        money = unit == _CURRENCY and bool(currency)
        rows.append(
            {
                "Figure": visible(column.text if column else str(name).replace("_", " "), limit=200),
                "Value": _measured(value, unit, currency if money else "") or _shown(value),
                "Unit": None if money else unit or None,
            }
        )
    return rows


def filled(payload: Mapping[str, Any], key: str) -> str:
    """A text such as the rule, with the thresholds of its scan."""
    words = text(payload, key)
    for name, value in _object(payload.get("parameters")).items():
        words = words.replace("{" + str(name) + "}", _shown(value) or "")
    return words


def steps(payload: Mapping[str, Any]) -> list[str]:
    """What to do, in order."""
    found = payload.get("remedy")
    return [str(step) for step in found] if isinstance(found, list | tuple) else []


def doubts(payload: Mapping[str, Any]) -> list[Doubt]:
    """What was taken off the confidence."""
    found = payload.get("doubts")
    pairs = found if isinstance(found, list | tuple) else ()
    return [Doubt(str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, Sequence) and len(pair) == 2]


def tags(payload: Mapping[str, Any]) -> dict[str, str]:
    """Tags of the resource."""
    return {str(key): str(value) for key, value in sorted(_object(payload.get("tags")).items())}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _amount(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _measured(value: Any, unit: str, currency: str) -> str:
    """An amount or a quantity in few digits; empty when it is neither. Without a unit a number may be a name."""
    number = _amount(value) if unit else None
    if number is None:
        return ""
    if currency:
        return formats.money(number, currency)
    return f"{number:,.0f}" if number == number.to_integral_value() else formats.quantity(number)


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    return visible(str(value), limit=_SHOWN)
