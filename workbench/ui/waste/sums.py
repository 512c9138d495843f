"""Sums of a scan for tiles and treemap, and who else claims the same money. No Streamlit here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import pyarrow as pa

from workbench.checks.ground import Basis
from workbench.checks.scan import Found, ScanResult
from workbench.costs.results import Tree

__all__ = [
    "MoneyKey",
    "Overview",
    "Rival",
    "counted_less",
    "main_currency",
    "money_keys",
    "overview",
    "service_of",
    "tree_of",
]

MoneyKey = tuple[str, str, str | None]
"""Currency, id on the bill and account of what a finding's saving is a part of."""

K = TypeVar("K", str, tuple[str, str, str])

_ZERO = Decimal(0)
_LAST = 99


@dataclass(frozen=True, slots=True)
class Overview:
    """What the tiles say, in one currency on one basis.

    Attributes:
        counted, gross: savings a month, each dollar once and all added.
        elsewhere: currency → counted savings in other currencies.
        only_list: findings of savings that have no amount on the basis but one at list price, and these amounts by
            currency, each dollar once; never part of ``counted``.
        unpriced: findings of savings that have no amount at all.
        kinds: kind → number of findings.
        accounts: account → counted saving, of all accounts with a finding; largest first.
        outcomes: outcome → number of checks.
    """

    counted: Decimal
    gross: Decimal
    elsewhere: Mapping[str, Decimal]
    only_list: int
    list_amounts: Mapping[str, Decimal]
    unpriced: int
    kinds: Mapping[str, int]
    accounts: Mapping[str, Decimal]
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rival:
    """A finding that was counted first on a part of the same money."""

    found: Found
    counted: Decimal


def main_currency(result: ScanResult, asked: str | None, of_bill: str | None) -> str:
    """The currency shown: the one asked for, else that of the bill, else that of the largest total."""
    if asked:
        return asked
    if of_bill:
        return of_bill
    sums = sorted(result.totals, key=lambda one: (-one.gross, one.currency))
    return next((one.currency for one in sums if one.currency), "USD")


def overview(result: ScanResult, currency: str, basis: Basis) -> Overview:
    """The sums of a scan."""
    total = result.total(currency, basis)
    savings = [one for one in result.found if one.check.facts.kind == "saving"]
    only_list: dict[str, Decimal] = {}
    listed = unpriced = 0
    for one in savings:
        amount, used = one.best(basis)
        if amount is None:
            unpriced += 1
        elif used != basis:
            listed += 1
            code = one.price.currency
            only_list[code] = only_list.get(code, _ZERO) + one.counted.get("list", _ZERO)
    accounts: dict[str, Decimal] = {}
    for one in result.found:
        own = one.counted.get(basis, _ZERO) if one.price.currency == currency else _ZERO
        accounts[one.account] = accounts.get(one.account, _ZERO) + own
    return Overview(
        total.deduplicated,
        total.gross,
        {
            one.currency: one.deduplicated
            for one in result.totals
            if one.basis == basis and one.currency != currency and one.gross
        },
        listed,
        dict(sorted(only_list.items())),
        unpriced,
        Counter(one.check.facts.kind for one in result.found),
        dict(sorted(accounts.items(), key=lambda pair: (-pair[1], pair[0]))),
        Counter(one.outcome for one in result.results),
    )


def service_of(one: Found) -> str:
    """The service on the bill, or the area of the check where the bill does not say."""
    return one.service or one.check.facts.area


def tree_of(found: Iterable[Found], currency: str, basis: Basis) -> Tree:
    """Counted savings by service, then check; adds up to the total counted once."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    for one in found:
        amount = one.counted.get(basis)
        if amount is None or one.price.currency != currency or one.check.facts.kind != "saving":
            continue
        key = (service_of(one), one.check.id, one.check.title)
        sums[key] = sums.get(key, _ZERO) + amount
    services: dict[str, Decimal] = {}
    for (service, _, _), amount in sums.items():
        services[service] = services.get(service, _ZERO) + amount
    total = sum(services.values(), _ZERO)
    rows = [
        _node(str(number), "", service, service, 1, amount, total)
        for number, (service, amount) in enumerate(_largest(services))
    ]
    ids = {row["key"]: row["id"] for row in rows}
    rows += [
        _node(f"{ids[service]}/{check}", str(ids[service]), title, check, 2, amount, total)
        for (service, check, title), amount in _largest(sums)
    ]
    return Tree(pa.Table.from_pylist(rows, schema=_TREE), ("service", "check"), total, ())


_TREE = pa.schema(
    [
        ("id", pa.string()),
        ("parent", pa.string()),
        ("label", pa.string()),
        ("key", pa.string()),
        ("level", pa.int64()),
        ("other", pa.bool_()),
        ("cost", pa.decimal128(38, 6)),
        ("share", pa.float64()),
    ]
)


def _node(id: str, parent: str, label: str, key: str, level: int, amount: Decimal, total: Decimal) -> dict[str, Any]:
    share = float(amount / total * 100) if total > 0 else None
    return {
        "id": id,
        "parent": parent,
        "label": label,
        "key": key,
        "level": level,
        "other": False,
        "cost": amount,
        "share": share,
    }


def _largest(sums: Mapping[K, Decimal]) -> list[tuple[K, Decimal]]:
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def money_keys(one: Found) -> tuple[MoneyKey, ...]:
    """What the saving of a finding is a part of; a commitment goes by the last part of its address everywhere."""
    code, conflict = one.price.currency, one.check.facts.conflict
    if conflict is not None and conflict[0] == "commitment":
        return ((code, one.resource_id.replace(":", "/").rpartition("/")[2], None),)
    return tuple((code, *key) for key in one.price.money)


def counted_less(
    one: Found, basis: Basis, by_money: Mapping[MoneyKey, Sequence[Found]]
) -> tuple[Decimal | None, tuple[Rival, ...]]:
    """How much less than its saving is counted of a finding, and the findings that were counted before it.

    Returns:
        The difference (None when the saving is not known on ``basis`` or not counted at all), and the rivals with
        what was counted of them, largest first.
    """
    saving, counted = one.price.expected[basis], one.counted.get(basis)
    if saving is None or counted is None or counted >= saving:
        return (None if saving is None or counted is None else _ZERO), ()
    own = _rank(one)
    rivals = {
        other.key: Rival(other, amount)
        for key in money_keys(one)
        for other in by_money.get(key, ())
        if other.key != one.key and _rank(other) <= own and (amount := other.counted.get(basis, _ZERO)) > 0
    }
    return saving - counted, tuple(sorted(rivals.values(), key=lambda rival: (-rival.counted, rival.found.key)))


def _rank(one: Found) -> int:
    return one.check.facts.conflict[1] if one.check.facts.conflict else _LAST
