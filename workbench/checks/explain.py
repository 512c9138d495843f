"""A judgement in words: which figure met which threshold, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.checks.header import Term
from workbench.checks.registry import Check
from workbench.engines.base import Value
from workbench.queries import OutputColumn

__all__ = ["Reason", "explain", "rule_text", "shown"]

_NUMBERS = (int, float)


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison of a rule, as it came out.

    Attributes:
        label: what the figure is.
        have: the figure as text; empty when missing.
        operator: how it is compared.
        limit: what with, as text; empty for ``is null``.
        met: whether it holds; None when it cannot be told.
        margin: figure minus threshold, in the unit of the column; None when they are not numbers.
        unit: of figure and margin.
        alternative: whether another comparison of the same clause would do as well.
    """

    label: str
    have: str
    operator: str
    limit: str
    met: bool | None
    margin: float | None
    unit: str
    alternative: bool


def explain(check: Check, row: Mapping[str, Any], values: Mapping[str, Value]) -> tuple[Reason, ...]:
    """Each comparison of the check's rule on one judged row, in order."""
    columns = {column.name: column for column in check.header.columns}
    return tuple(
        _reason(term, columns[term.column], row, values, alternative=len(clause) > 1)
        for clause in check.facts.when
        for term in clause
    )


def rule_text(check: Check, values: Mapping[str, Value]) -> str:
    """The rule in words with the values of its parameters."""
    text = check.facts.rule
    for name, value in values.items():
        text = text.replace("{" + name + "}", shown(value))
    return text


def shown(value: Any, unit: str = "") -> str:
    """A figure of a rule as text: numbers without needless digits, with their unit."""
    if value is None:
        return ""
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, int):
        text = f"{value:,}"
    elif isinstance(value, str):
        text = value
    else:
        try:
            number = float(value)
        except (TypeError, ValueError):
            return str(value)
        text = f"{number:,.4g}" if abs(number) < 1000 else f"{number:,.0f}"
    return f"{text} {unit}" if unit else text


def _reason(
    term: Term, column: OutputColumn, row: Mapping[str, Any], values: Mapping[str, Value], *, alternative: bool
) -> Reason:
    have = row.get(term.column)
    limit = None if term.operator.startswith("is") else term.limit(row, values)
    margin = None
    if _is_number(have) and _is_number(limit):
        margin = float(have) - float(limit)  # type: ignore[arg-type]  # both are numbers
    return Reason(
        column.text,
        shown(have, column.unit),
        term.operator,
        shown(limit, column.unit),
        term.met(row, values),
        margin,
        column.unit,
        alternative,
    )


def _is_number(value: Any) -> bool:
    try:
        return value is not None and not isinstance(value, bool | str) and float(value) == float(value)
    except (TypeError, ValueError):
        return False
