"""How many resources of each finding, and amounts that are in no total. No Streamlit here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from workbench import formats
from workbench.rightsizing import Advice, Rightsizing, Total
from workbench.ui.rightsizing.words import GROUPS, KIND_WORDS, group_of, listed

__all__ = [
    "Beside", "State", "beside", "by_group", "by_kind", "group_words", "main_total", "state_of", "total_rows",
]  # fmt: skip

_COULD_TELL = ("over", "under", "idle", "right")


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of money but in no total, or only in part.

    Attributes:
        listed, listed_count: proposals of which only the saving at list price is known, by currency; they are among
            what is small, risky or unsure.
        unpriced: proposals and findings that no list price gives an amount.
    """

    listed: Mapping[str, float]
    listed_count: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class State:
    """Why there is nothing to show, or little: a heading, what it means, and what would help."""

    title: str
    text: str
    hint: str = ""


def by_group(advice: Iterable[Advice]) -> dict[str, int]:
    """Resources in each group of findings, every group named; they add up to all."""
    found = Counter(group_of(one.finding) for one in advice)
    return {name: found.get(name, 0) for name in GROUPS}


def group_words(groups: Mapping[str, int]) -> str:
    """``210 too large · 738 too small``; groups without a resource are left out."""
    return " · ".join(f"{formats.count(number)} {GROUPS[name][0].lower()}" for name, number in groups.items() if number)


def main_total(totals: Sequence[Total], asked: str | None) -> Total | None:
    """The total of the currency asked for, else the largest; None: there is none."""
    of_currency = [one for one in totals if one.currency == asked]
    return next(iter(of_currency), None) or max(totals, key=lambda one: (one.today, one.small), default=None)


def beside(advice: Iterable[Advice]) -> Beside:
    """Amounts outside all totals."""
    amounts: dict[str, list[float]] = {}
    unpriced = 0
    for one in advice:
        if one.finding != "over" or one.suppressed_by:
            continue
        if one.saving is None:
            unpriced += 1
        elif one.proposed is not None and one.proposed.savings.today is None:
            amounts.setdefault(one.proposed.savings.currency, []).append(one.saving)
    return Beside(
        {code: fsum(values) for code, values in sorted(amounts.items())},
        sum(len(values) for values in amounts.values()),
        unpriced,
    )


def by_kind(result: Rightsizing) -> list[dict[str, Any]]:
    """A row a kind: resources by group of findings, and what could not be told without."""
    rows = []
    for one in result.looked:
        groups: Counter[str] = Counter()
        for finding, number in one.findings.items():
            groups[group_of(finding)] += number
        rows.append(
            {
                "Kind": KIND_WORDS[one.kind],
                "Looked at": one.resources,
                **{words: groups.get(name) for name, (words, _) in GROUPS.items()},
                "Could not tell without": listed(one.needs, 3) or None,
            }
        )
    return rows


def total_rows(totals: Sequence[Total]) -> list[dict[str, Any]]:
    """Totals as a table: one row a currency, with the sum of the rows beside the total it is not."""
    return [
        {
            "Currency": one.currency,
            "Resources": one.counted,
            "List price": one.at_list,
            "Today": one.today,
            "After expiry": one.after_expiry,
            "Expiry": None if one.expiry is None else formats.iso_date(one.expiry),
            "Sum of rows, today": one.rows,
            "Small, sum of rows": one.small,
            "Small": one.small_count,
            "Suppressed, sum of rows": one.suppressed,
            "Suppressed": one.suppressed_count,
        }
        for one in totals
    ]


def state_of(result: Rightsizing, *, on_bill: bool, any_inventory: bool) -> State | None:
    """What is missing when nothing, or nothing certain, was found; None: there are proposals.

    Args:
        result: the run.
        on_bill: whether a bill is loaded.
        any_inventory: whether the data has an inventory of any kind that is sized.
    """
    groups = by_group(result.advice)
    if not result.advice:
        if any_inventory:
            return State("Nothing is looked at", "No resource is of these kinds and accounts.", "Choose others above.")
        if on_bill:
            return State(
                "Cannot tell: there is a bill, but no inventory",
                "A bill says what was paid, not which sizes run and how much they used.",
                "Load an inventory with metrics: workbench ingest path/to/inventory",
            )
        return State(
            "No inventory is loaded",
            "Rightsizing compares what resources have with what they used.",
            "Load an inventory with metrics: workbench ingest path/to/inventory",
        )
    if not any(groups[name] for name in _COULD_TELL):
        if not groups["unknown"]:
            return State("Nothing to size", f"All {formats.count(len(result.advice))} resources are left out.")
        needs = dict.fromkeys(text for one in result.looked for text in one.needs)
        return State(
            f"Cannot tell for any of {formats.plural(len(result.advice), 'resource')}",
            f"Missing: {listed(tuple(needs), 3)}." if needs else "Too little was measured.",
            "Metrics are loaded as tables of an inventory folder: workbench ingest path/to/inventory",
        )
    if not groups["over"]:
        some = groups["unknown"]
        rest = f" {formats.plural(some, 'resource')} could not be judged, which says nothing of them." if some else ""
        return State("Nothing is too large", f"No smaller or cheaper size would do for what was judged.{rest}")
    return None
