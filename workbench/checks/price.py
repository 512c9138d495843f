"""What a finding saves a month: low, expected and high, on four cost bases.

A check says one of three things. *A share* of what the resource costs (``share_low``, ``share``, ``share_high``;
nothing said means all of it), of its own cost or of the ``parts`` it names (ids as on the bill, one a line). *An amount
at list price* a month (``list``), from a price list: on the other bases it is that amount times what this very resource
pays of its list price. *Amounts of its own* (``base_…`` with ``currency``), of lines it added up itself; shares are of
these.

Savings never exceed what is paid; negative ones, a recommendation that would cost more, are shown as they are. Without
a line on the bill only the list price is known: the finding says so, and the other bases stay empty instead of zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workbench.checks.ground import BASES, Basis, Costs, Ground, Subject, month_of

__all__ = ["Amounts", "Price", "monthly", "price"]

Amounts = Mapping[Basis, Decimal | None]
_SIX = Decimal("0.000001")
_ONE = Decimal(1)
_NONE: Amounts = dict.fromkeys(BASES)


@dataclass(frozen=True, slots=True)
class Price:
    """Savings of one finding.

    Attributes:
        currency: of all amounts; empty when nothing can be priced.
        cost: what is paid a month now, by basis.
        low, expected, high: savings a month by basis.
        money: key on the bill → its part of ``cost``; what other findings may claim too.
        covered: share of the cost that a commitment pays for.
        notes: what a reader must know of these amounts.
    """

    currency: str
    cost: Amounts
    low: Amounts
    expected: Amounts
    high: Amounts
    money: Mapping[tuple[str, str | None], Amounts]
    covered: float = 0.0
    notes: tuple[str, ...] = ()


def price(ground: Ground, row: Mapping[str, Any], subject: Subject | None, account: str | None) -> Price:
    """The savings of one flagged row of a check.

    Args:
        ground: shared facts.
        row: the row, by column.
        subject: the resource; None for a group.
        account: number of the account it is in.
    """
    currency, base, money, covered, notes = _base(ground, row, subject, account)
    listed = _listed(row)
    if listed is None:
        shares = tuple(_number(row.get(name), _ONE) for name in ("share_low", "share", "share_high"))
        middle = shares[1] if row.get("share") is not None else _ONE
        low = shares[0] if row.get("share_low") is not None else middle
        high = shares[2] if row.get("share_high") is not None else middle
        expected = _shared(base, middle)
        amounts = (
            expected if low == middle else _shared(base, low),
            expected,
            expected if high == middle else _shared(base, high),
        )
    else:
        currency, amounts, more = _from_list(currency, base, listed, subject)
        notes += more
    if base["effective"] is None and any(one["list"] is not None for one in amounts):
        notes += ("Not on the bill: priced at list price only",)
    return Price(currency, base, *amounts, money, covered, notes)


def _base(
    ground: Ground, row: Mapping[str, Any], subject: Subject | None, account: str | None
) -> tuple[str, Amounts, dict[tuple[str, str | None], Amounts], float, tuple[str, ...]]:
    """What is paid a month: currency, amounts, the same by key on the bill, share covered, notes."""
    if any(row.get(f"base_{basis}") is not None for basis in BASES):
        amounts: Amounts = {basis: month_of(row.get(f"base_{basis}")) for basis in BASES}
        currency = str(row.get("currency") or ground.currency or "")
        return (
            currency,
            amounts,
            {(f"{row['subject']}", account): amounts} if subject is None else _own(ground, subject, amounts),
            0.0,
            (),
        )
    if "parts" in row:
        return _of_parts(ground, str(row["parts"] or ""), account)
    if subject is None:
        return "", _NONE, {}, 0.0, ()
    key = ground.cost_key(subject)
    costs = ground.costs(key)
    if costs is None or key is None:
        known: Amounts = {**_NONE, "list": _six(subject.list_cost_month)}
        if known["list"] is None:
            return "", _NONE, {}, 0.0, ()
        return "USD", known, {(subject.resource_id, subject.account_number): known}, 0.0, ()
    amounts = monthly(costs)
    if amounts["list"] is None and costs.currency == "USD":
        amounts = {**amounts, "list": _six(subject.list_cost_month)}
    return costs.currency, amounts, {key: amounts}, costs.covered, _young(ground, costs)


def _own(ground: Ground, subject: Subject, amounts: Amounts) -> dict[tuple[str, str | None], Amounts]:
    key = ground.cost_key(subject)
    return {key: amounts} if key is not None else {}


def _of_parts(
    ground: Ground, parts: str, account: str | None
) -> tuple[str, Amounts, dict[tuple[str, str | None], Amounts], float, tuple[str, ...]]:
    money: dict[tuple[str, str | None], Amounts] = {}
    currency, covered = "", Decimal(0)
    for part in dict.fromkeys(filter(None, parts.split("\n"))):
        key = ground.bill_key(part, account)
        costs = ground.costs(key)
        if key is None or costs is None or costs.currency != (currency or costs.currency):
            continue
        currency = costs.currency
        money[key] = monthly(costs)
        covered += Decimal(str(costs.covered)) * (money[key]["effective"] or 0)
    sums: Amounts = {basis: _sum([amounts[basis] for amounts in money.values()]) for basis in BASES}
    whole = sums["effective"]
    return currency, sums, money, float(covered / whole) if whole else 0.0, ()


def _listed(row: Mapping[str, Any]) -> tuple[Decimal, Decimal, Decimal] | None:
    if row.get("list") is None:
        return None
    middle = _number(row["list"], _ONE)
    return _number(row.get("list_low"), middle), middle, _number(row.get("list_high"), middle)


def _from_list(
    currency: str, base: Amounts, listed: tuple[Decimal, Decimal, Decimal], subject: Subject | None
) -> tuple[str, tuple[Amounts, Amounts, Amounts], tuple[str, ...]]:
    """Amounts at list price (USD) as amounts on each basis: times what this resource pays of its list price."""
    reference = base["list"]
    if currency not in ("", "USD"):
        reference = subject.list_cost_month if subject is not None else None
    if not reference or reference < 0:
        amounts = tuple(_only_list(one) for one in listed)
        return (
            "USD",
            (amounts[0], amounts[1], amounts[2]),
            ()
            if base["effective"] is None
            else ("The bill has no list price for it: only the saving at list price is known",),
        )
    shares = tuple(min(one / reference, _ONE) for one in listed)
    return currency or "USD", (_shared(base, shares[0]), _shared(base, shares[1]), _shared(base, shares[2])), ()


def _shared(base: Amounts, share: Decimal) -> Amounts:
    return base if share >= _ONE else {basis: _times(base[basis], share) for basis in BASES}


def _only_list(amount: Decimal) -> Amounts:
    return {**_NONE, "list": _six(amount)}


def _young(ground: Ground, costs: Costs) -> tuple[str, ...]:
    if costs.first_day is None or (days := (ground.as_of - costs.first_day).days + 1) >= 30:
        return ()
    return (f"On the bill for {max(days, 0)} of the 30 days: a full month costs more",)


def monthly(costs: Costs) -> Amounts:
    """What a resource costs in a month of 730 hours, on each basis."""
    return costs.month


def _times(amount: Decimal | None, share: Decimal) -> Decimal | None:
    return None if amount is None else _six(amount * share)


def _six(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_SIX)


def _number(value: Any, default: Decimal) -> Decimal:
    # Shares are floating point and may differ in the last digits between engines.
    return default if value is None else Decimal(str(round(value, 9)))


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
