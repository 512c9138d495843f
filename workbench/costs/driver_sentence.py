"""A change in one factual sentence: amounts and "explains", never a cause the bill cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workbench import formats
from workbench.costs.results import Change

__all__ = ["PART_WORDS", "sentence_of"]

PART_WORDS: dict[str, str] = {
    "new": "new items",
    "gone": "items that ended",
    "usage": "usage",
    "rate": "list prices",
    "discount": "discounts",
    "mix": "the mix of places and pricing",
    "other": "credits, taxes, fees and other charges",
}
"""Part → words on the screen."""

_NAMED = 2  # parts named on each side; more would not be read
_LEAST_SHARE = Decimal("0.01")  # of the largest part; rounding of unit prices leaves parts of fractions of a cent


def sentence_of(
    change: Change, parts: Sequence[tuple[str, Decimal]], largest: tuple[str, Decimal] | None, currency: str
) -> str:
    """The change in words.

    Args:
        change: end against start, both known.
        parts: (name, amount) that add up to the change.
        largest: label and change of the group that changed most.
        currency: ISO code of all amounts.
    """
    delta = change.delta or Decimal(0)
    least = max((abs(amount) for _, amount in parts), default=Decimal(0)) * _LEAST_SHARE
    with_change = [(name, amount) for name, amount in parts if amount and abs(amount) >= least]
    if not delta and not with_change:
        return f"Cost did not change: {formats.money(change.current, currency)} in both periods."
    percent = f" ({formats.percent(change.percent, signed=True)})" if change.percent is not None else ""
    to = formats.money(change.current, currency)
    if not delta:
        head, leading = f"Cost stayed at {to}, while parts moved in both directions", True
    else:
        verb = "rose" if delta > 0 else "fell"
        head, leading = f"Cost {verb} by {formats.money(abs(delta), currency)}{percent} to {to}", delta > 0
    with_it = [item for item in with_change if (item[1] > 0) == leading]
    against = [item for item in with_change if (item[1] > 0) != leading]
    text = f"{head}: {_explained(with_it, currency)}"
    if against:
        text += f", offset by {_listed(against, currency)}"
    if largest is not None and largest[1]:
        text += f"; {largest[0]} changed most ({formats.money(largest[1], currency, signed=True)})"
    return text + "."


def _explained(items: Sequence[tuple[str, Decimal]], currency: str) -> str:
    first, *others = sorted(items, key=lambda item: -abs(item[1]))[:_NAMED]
    plural = first[0] in ("new", "gone", "rate", "discount", "other")
    text = f"{PART_WORDS[first[0]]} explain{'' if plural else 's'} {formats.money(first[1], currency, signed=True)}"
    return text + "".join(f" and {_amount(item, currency)}" for item in others)


def _listed(items: Sequence[tuple[str, Decimal]], currency: str) -> str:
    largest = sorted(items, key=lambda item: -abs(item[1]))[:_NAMED]
    return " and ".join(_amount(item, currency) for item in largest)


def _amount(item: tuple[str, Decimal], currency: str) -> str:
    return f"{PART_WORDS[item[0]]} {formats.money(item[1], currency, signed=True)}"
