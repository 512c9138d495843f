"""Findings as rows of the table: which are shown, and what the cells hold. No Streamlit here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from workbench import formats
from workbench.checks.ground import Basis
from workbench.checks.scan import Found
from workbench.costs.view import Basis as ViewBasis
from workbench.ui.table import TableColumn
from workbench.ui.text import plain
from workbench.ui.waste.choice import Wanted
from workbench.ui.waste.sums import service_of
from workbench.ui.words import BASES as BASIS_WORDS

__all__ = ["Shown", "columns", "in_words", "range_text", "select", "table_of"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the filters leave; ``below`` were hidden by the minimum alone."""

    found: tuple[Found, ...]
    below: int


def select(found: Sequence[Found], excluded: Sequence[Found], wanted: Wanted, basis: Basis) -> Shown:
    """The findings that match ``wanted``, what is counted of them on ``basis`` in falling order."""
    everything = (*found, *excluded) if wanted.excluded else tuple(found)
    matching = [one for one in everything if _matches(one, wanted)]
    kept = [one for one in matching if not _below(one, wanted.minimum, basis)]
    return Shown(tuple(sorted(kept, key=lambda one: _largest_first(one, basis))), len(matching) - len(kept))


def _largest_first(one: Found, basis: Basis) -> tuple[Decimal, Decimal]:
    return -one.counted.get(basis, _ZERO), -(one.best(basis)[0] or _ZERO)


def _matches(one: Found, wanted: Wanted) -> bool:
    facts = one.check.facts
    exact = (
        (wanted.account, one.account),
        (wanted.service, service_of(one)),
        (wanted.check, one.check.id),
        (wanted.risk, facts.risk),
        (wanted.effort, facts.effort),
        (wanted.kind, facts.kind),
    )
    return (
        all(asked is None or asked == have for asked, have in exact)
        and _has_tag(one, wanted.tag)
        and _has_text(one, wanted.search)
    )


def _has_tag(one: Found, asked: str) -> bool:
    if not asked.strip():
        return True
    key, sign, value = asked.partition("=")
    key = key.strip()
    return key in one.tags and (not sign or one.tags[key] == value.strip())


def _has_text(one: Found, search: str) -> bool:
    text = search.strip().casefold()
    if not text:
        return True
    places = (one.name, one.resource_id, one.check.id, one.check.title, one.account, one.account_name, one.region or "")
    return any(text in place.casefold() for place in (*places, *(f"{key}={value}" for key, value in one.tags.items())))


def _below(one: Found, minimum: Decimal, basis: Basis) -> bool:
    """Hygiene has no amount, and an amount that is not known is not small."""
    amount, _ = one.best(basis)
    return minimum > 0 and one.check.facts.kind != "hygiene" and amount is not None and amount < minimum


def columns(basis: Basis, currency: str, shown: Sequence[Found]) -> tuple[TableColumn, ...]:
    """Columns of :func:`table_of`; those without any value are left out."""
    word = BASIS_WORDS[ViewBasis(basis)].lower()
    found = [
        TableColumn("title", "Check", width=190),
        TableColumn("name", "Resource", width=220),
        TableColumn("saving", "Saving a month", "money", help=f"Expected, {word} in {plain(currency)}"),
        TableColumn("range", "Low to high"),
        TableColumn("counted", "Counted", "money", help="What totals count of it, once every dollar is counted once"),
    ]
    if any(_elsewhere(one, basis, currency) for one in shown):
        found.append(
            TableColumn(
                "elsewhere",
                "Not added",
                help="An amount to review, known at list price only, or in another currency: in no total here",
            )
        )
    found += [
        TableColumn("account", "Account"),
        TableColumn("region", "Region"),
        TableColumn("env", "Env"),
        TableColumn("risk", "Risk"),
        TableColumn("effort", "Effort"),
        TableColumn("confidence", "Confidence", "number", help="1 to 100"),
        TableColumn("kind", "Kind", help="Only savings are counted in totals"),
        TableColumn("service", "Service"),
    ]
    if any(one.excluded for one in shown):
        found.append(TableColumn("excluded", "Excluded"))
    return tuple(found)


def table_of(shown: Iterable[Found], basis: Basis, currency: str) -> pa.Table:
    """One row a finding; money in ``currency`` on ``basis``, empty where it is known otherwise."""
    rows = [
        {
            "title": one.check.title,
            "name": one.name,
            "saving": one.price.expected[basis] if _has_place(one, currency) else None,
            "range": range_text(one, basis) if _has_place(one, currency) else None,
            "counted": one.counted.get(basis) if one.price.currency == currency else None,
            "elsewhere": _elsewhere(one, basis, currency) or None,
            "account": one.account_name,
            "region": one.region,
            "env": one.env,
            "risk": one.check.facts.risk,
            "effort": one.check.facts.effort,
            "confidence": one.confidence,
            "kind": one.check.facts.kind,
            "service": service_of(one),
            "excluded": one.excluded or None,
        }
        for one in shown
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


_SCHEMA = pa.schema(
    [
        (name, pa.decimal128(38, 6) if name in ("saving", "counted") else pa.string())
        if name != "confidence"
        else (name, pa.int64())
        for name in (
            "title", "name", "saving", "range", "counted", "elsewhere", "account", "region", "env", "risk", "effort",
            "confidence", "kind", "service", "excluded",
        )
    ]
)  # fmt: skip


def range_text(one: Found, basis: Basis) -> str | None:
    """``$10 to $20``; one amount when the outcome is sure."""
    low, high, code = one.price.low[basis], one.price.high[basis], one.price.currency
    if low is None or high is None:
        return None
    decimals = formats.money_decimals((low, high))
    texts = [formats.money(amount, code, decimals=decimals) for amount in (low, high)]
    return texts[0] if texts[0] == texts[1] else " to ".join(texts)


def _has_place(one: Found, currency: str) -> bool:
    return one.price.currency == currency and one.check.facts.kind == "saving"


def _elsewhere(one: Found, basis: Basis, currency: str) -> str:
    """The amount that has no place in the columns of savings in ``currency`` on ``basis``."""
    amount, used = one.best(basis)
    kind = one.check.facts.kind
    if amount is None or kind == "hygiene" or (used == basis and _has_place(one, currency)):
        return ""
    text = formats.money(amount, one.price.currency)
    text += "" if used == basis else " at list price"
    return f"{text} to review" if kind == "review" else text


def in_words(wanted: Wanted) -> tuple[str, ...]:
    """The filters as sentences, for exports."""
    named = (
        ("search", wanted.search),
        ("account", wanted.account),
        ("service", wanted.service),
        ("check", wanted.check),
        ("risk", wanted.risk),
        ("effort", wanted.effort),
        ("kind", wanted.kind),
        ("tag", wanted.tag),
    )
    words = [f"{name} = {value}" for name, value in named if value]
    if wanted.minimum > _ZERO:
        words.append(f"saving a month at least {wanted.minimum}")
    if wanted.excluded:
        words.append("with what policy excludes")
    return tuple(words)
