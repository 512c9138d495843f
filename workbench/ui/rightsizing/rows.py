"""Advice as rows of the table, filtered. No Streamlit here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import pyarrow as pa

from workbench import formats
from workbench.rightsizing import KINDS, Advice, Level, Proposal
from workbench.ui.rightsizing.choice import Wanted
from workbench.ui.rightsizing.words import FINDINGS, counts_as, drivers, group_of, window_text
from workbench.ui.table import TableColumn

__all__ = ["Shown", "columns", "in_words", "select", "table_of"]

_LEVELS = ("p50", "p95", "p99_5", "highest")
_LEVEL_WORDS = ("p50", "p95", "p99.5", "max")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the filters leave; ``small`` were hidden as small, risky or unsure, with their sum of rows by currency."""

    advice: tuple[Advice, ...]
    small: int = 0
    small_sums: tuple[tuple[str, float], ...] = ()


def select(advice: Sequence[Advice], wanted: Wanted) -> Shown:
    """The advice that matches, in the order of the run: largest counted saving first."""
    matching = [one for one in advice if wanted.group in ("all", group_of(one.finding)) and _has(one, wanted.search)]
    if wanted.small:
        return Shown(tuple(matching))
    hidden = [one for one in matching if _is_small(one)]
    sums: dict[str, list[float]] = {}
    for one in hidden:
        if one.proposed is not None and one.saving is not None:
            sums.setdefault(one.proposed.savings.currency, []).append(max(0.0, one.saving))
    return Shown(
        tuple(one for one in matching if not _is_small(one)),
        len(hidden),
        tuple((code, fsum(values)) for code, values in sorted(sums.items())),
    )


def _is_small(one: Advice) -> bool:
    return one.counted == "small" and not one.suppressed_by


def _has(one: Advice, search: str) -> bool:
    text = search.casefold()
    places = (
        one.name, one.resource_id, one.account, one.account_name, one.region or "", one.env or "", KINDS[one.kind],
        one.current.instance_type, one.proposed.size.instance_type if one.proposed else "",
    )  # fmt: skip
    return not text or any(text in place.casefold() for place in places)


def columns(shown: Sequence[Advice], currency: str) -> tuple[TableColumn, ...]:
    """Columns of :func:`table_of`; those without any value are left out."""
    percent = "Percent of the present size"
    found = [
        TableColumn("name", "Resource", width=200),
        TableColumn("change", "Now → proposed", width=210),
        TableColumn("today", "Saves today", "money", help="A month: bill before minus bill after, this change alone"),
        TableColumn("at_list", "At list price", "money", help="A month: difference of list prices over the hours run"),
        TableColumn("counts", "In the total", width=150),
        TableColumn("risk", "Risk", "quantity", help="0 to 4; what makes it is in the next column"),
        TableColumn("risk_words", "Risk in words"),
        TableColumn("effort", "Effort"),
        TableColumn("confidence", "Confidence", "number", help="0 to 100"),
        *(TableColumn(f"cpu_{name}", f"CPU {words}", "percent", help=percent)
          for name, words in zip(_LEVELS, _LEVEL_WORDS, strict=True)),
        *(TableColumn(f"memory_{name}", f"Memory {words}", "percent", help=percent)
          for name, words in zip(_LEVELS, _LEVEL_WORDS, strict=True)),
        TableColumn("window", "Window", help="Days, samples and how complete they are"),
        TableColumn("finding", "Finding"),
        TableColumn("reason", "Why", width=260),
        TableColumn("kind", "Kind"),
        TableColumn("account", "Account"),
        TableColumn("region", "Region"),
        TableColumn("env", "Env"),
        TableColumn("elsewhere", "Other currency", help="An amount that has no place in the columns of savings"),
        TableColumn("resource_id", "Id", width=220),
    ]  # fmt: skip
    rows = [_row(one, currency) for one in shown]
    always = {"name", "change", "finding", "kind", "resource_id"}
    return tuple(one for one in found if one.name in always or any(row[one.name] not in (None, "") for row in rows))


def table_of(shown: Iterable[Advice], currency: str) -> pa.Table:
    """One row a resource; savings a month in ``currency``, empty where they are known otherwise."""
    return pa.Table.from_pylist([_row(one, currency) for one in shown], schema=_SCHEMA)


_NUMBERS = ("today", "at_list", "risk", *(f"{name}_{level}" for name in ("cpu", "memory") for level in _LEVELS))
_SCHEMA = pa.schema(
    [
        (name, pa.float64() if name in _NUMBERS else pa.int64() if name == "confidence" else pa.string())
        for name in (
            "name", "change", *_NUMBERS, "risk_words", "effort", "confidence", "window", "finding", "counts", "reason",
            "kind", "account", "region", "env", "elsewhere", "resource_id",
        )
    ]
)  # fmt: skip


def _row(one: Advice, currency: str) -> dict[str, Any]:
    proposed = one.proposed
    row: dict[str, Any] = {
        "name": one.name, "change": _change(one), "finding": FINDINGS.get(one.finding, one.finding),
        "counts": counts_as(one), "reason": one.reason or None, "kind": KINDS[one.kind],
        "account": one.account_name or one.account, "region": one.region, "env": one.env,
        "window": window_text(one.window), "resource_id": one.resource_id, "today": None, "at_list": None,
        "risk": None, "risk_words": None, "effort": None, "confidence": None, "elsewhere": None,
    }  # fmt: skip
    for name in ("cpu", "memory"):
        level: Level | None = one.levels.get(name)
        row |= {f"{name}_{each}": None if level is None else getattr(level, each) for each in _LEVELS}
    if proposed is not None:
        found = proposed.savings
        row |= {
            "risk": proposed.risk, "risk_words": _band(proposed), "effort": proposed.effort or None,
            "confidence": proposed.confidence,
        }  # fmt: skip
        if found.currency == currency:
            row |= {"today": found.today, "at_list": found.at_list}
        elif one.saving is not None:
            row["elsewhere"] = formats.money(one.saving, found.currency)
    return row


def _band(proposed: Proposal) -> str | None:
    if proposed.risk is None:
        return None
    return f"{proposed.risk_band}: {drivers(proposed)}" if proposed.drivers else proposed.risk_band


def _change(one: Advice) -> str | None:
    now = one.current.instance_type
    return f"{now} → {one.proposed.size.instance_type}" if one.proposed is not None else now or None


def in_words(wanted: Wanted, group_name: str) -> tuple[str, ...]:
    """The filters as sentences, for exports."""
    words = [f"finding = {group_name}"] if wanted.group != "all" else []
    words += [f"search = {wanted.search}"] if wanted.search else []
    return (*words, *(() if wanted.small else ("without what is small, risky or unsure",)))
