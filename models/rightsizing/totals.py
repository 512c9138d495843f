"""What the rows of a fleet add up to: what counts, what was also found, and the bill of all changes together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.rightsizing.facts import Machine

if TYPE_CHECKING:
    from models.rightsizing.decide import Decision, Option

__all__ = ["Totals", "totals"]


@dataclass(frozen=True, slots=True)
class Totals:
    """What the rows of a fleet add up to, a month.

    Attributes:
        rows: sum of today's savings of the headline rows, each as if it were alone.
        fleet: bill before minus bill after all of them together; None: not re-simulated.
        small: sum of the options found that may not be counted (small, risky or unsure).
        counted, others: number of rows in ``rows`` and in ``small``.
    """

    rows: float
    fleet: float | None
    small: float
    counted: int
    others: int


def totals(
    decisions: Iterable[Decision],
    *,
    fleet: Callable[[Mapping[str, Machine]], float] | None = None,
    taken: frozenset[str] = frozenset(),
) -> Totals:
    """Totals of a fleet, in one currency.

    Args:
        decisions: any order.
        fleet: saving of all changes together, from the bill.
        taken: resources on which another action counts first.
    """
    heads: dict[str, Option] = {}
    small: list[float] = []
    currencies: set[str] = set()
    for each in decisions:
        if each.resource.resource_id in taken or not each.options or each.finding != "over":
            continue
        first = each.options[0]
        amount = first.savings.today if first.savings.today is not None else first.savings.at_list
        if amount is None:
            continue
        currencies.add(first.savings.currency)
        if each.headline is None:
            if amount > 0.0:  # what costs more today saves nothing: it is shown, and added to nothing
                small.append(amount)
        else:
            heads[each.resource.resource_id] = first
    if len(currencies) > 1:
        raise ValueError(f"Amounts in {', '.join(sorted(currencies))} do not add up: convert them first")
    rows = math.fsum(option.savings.today or 0.0 for option in heads.values())
    together = None if fleet is None else fleet({key: option.machine for key, option in sorted(heads.items())})
    return Totals(rows, together, math.fsum(small), len(heads), len(small))
