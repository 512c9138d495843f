"""One dollar counted once.

Findings claim parts of what resources cost. Claims on the same money are counted in the order of their ranks (what
removes a resource before what schedules it, before what makes it smaller, ...; ``conflict`` in the header of a check),
each on what the earlier ones left: after a schedule that saves 65 %, halving the size saves half of the remaining 35 %.
Claims of equal rank are alternatives: the largest is counted. Nothing counted exceeds what the resource costs, and
reviews and hygiene are never counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbench.checks.ground import BASES, Basis
from workbench.checks.price import Amounts

__all__ = ["Claim", "Total", "count_once", "totals"]

MoneyKey = tuple[str, str | None]
_SIX = Decimal("0.000001")
_ZERO = Decimal(0)
_LAST = 99


@dataclass(frozen=True, slots=True)
class Claim:
    """What one finding claims.

    Attributes:
        order: place of the finding in its list.
        rank: 1 is counted first; None: after all others.
        currency: of the amounts.
        expected: saving a month by basis.
        money: key → what the finding's saving is a part of, by basis.
        whole: key → all that the resource costs a month, by basis; never less than ``money``.
        counts: whether it is counted at all.
    """

    order: int
    rank: int | None
    currency: str
    expected: Amounts
    money: Mapping[MoneyKey, Amounts]
    whole: Mapping[MoneyKey, Amounts]
    counts: bool


@dataclass(frozen=True, slots=True)
class Total:
    """Savings of many findings: all added, and each dollar once."""

    currency: str
    basis: Basis
    gross: Decimal
    deduplicated: Decimal


def count_once(claims: Sequence[Claim]) -> dict[int, dict[Basis, Decimal]]:
    """Order of a finding → what of its saving is counted, by basis; a basis without a price is left out.

    The answer does not depend on the order of ``claims``. What nobody else claims is counted in full.
    """
    merged: dict[int, dict[Basis, Decimal]] = {}
    counting = [claim for claim in claims if claim.counts]
    wanted = Counter((claim.currency, key) for claim in counting for key in claim.money)
    contested = []
    for claim in counting:
        if any(wanted[claim.currency, key] > 1 for key in claim.money):
            contested.append(claim)
        else:
            known = ((basis, claim.expected[basis]) for basis in BASES)
            merged[claim.order] = {basis: amount.quantize(_SIX) for basis, amount in known if amount is not None}
    for basis in BASES:
        for order, amount in _counted(contested, basis).items():
            merged.setdefault(order, {})[basis] = amount
    return merged


def _counted(claims: Sequence[Claim], basis: Basis) -> dict[int, Decimal]:
    left: dict[tuple[str, MoneyKey], Decimal] = {}  # share of the money that is not claimed yet
    taken: dict[tuple[str, MoneyKey], int] = {}  # rank that claimed last
    counted: dict[int, Decimal] = {}
    priced = [claim for claim in claims if claim.expected[basis] is not None]
    for claim in sorted(priced, key=lambda one: (one.rank or _LAST, -(one.expected[basis] or _ZERO), one.order)):
        rank = claim.rank or _LAST
        amount = _ZERO
        for key, part in _parts(claim, basis):
            place = (claim.currency, key)
            if claim.rank is not None and taken.get(place) == rank:
                continue
            share = left.get(place, Decimal(1))
            saved = part * share
            whole = _whole(claim, key, basis)
            if whole:
                left[place] = min(max(share - saved / whole, _ZERO), Decimal(1))
            taken[place] = rank
            amount += saved
        counted[claim.order] = amount.quantize(_SIX)
    return counted


def _parts(claim: Claim, basis: Basis) -> list[tuple[MoneyKey, Decimal]]:
    """The expected saving, divided over the money it is a part of."""
    expected = claim.expected[basis] or _ZERO
    if len(claim.money) == 1:
        return [(key, expected) for key in claim.money]
    costs = [(key, amounts[basis] or _ZERO) for key, amounts in claim.money.items()]
    whole = sum((cost for _, cost in costs), _ZERO)
    if not costs:
        return [((f"finding {claim.order}", None), expected)]
    if not whole:
        return [(key, expected / len(costs)) for key, _ in costs]
    return [(key, expected * cost / whole) for key, cost in costs]


def _whole(claim: Claim, key: MoneyKey, basis: Basis) -> Decimal | None:
    amounts = claim.whole.get(key) or claim.money.get(key)
    return amounts[basis] if amounts is not None else None


def totals(found: Iterable[tuple[str, Amounts, Mapping[Basis, Decimal], bool]]) -> tuple[Total, ...]:
    """Totals by currency and basis.

    Args:
        found: of each finding its currency, expected savings, what is counted of them, and whether it counts at all.
    """
    sums: dict[tuple[str, Basis], list[Decimal]] = {}
    for currency, expected, counted, counts in found:
        if not counts:
            continue
        for basis in BASES:
            amount = expected[basis]
            if amount is not None:
                pair = sums.setdefault((currency, basis), [_ZERO, _ZERO])
                pair[0] += amount
                pair[1] += counted.get(basis, _ZERO)
    return tuple(Total(currency, basis, *pair) for (currency, basis), pair in sorted(sums.items()))
