"""Priced charge lines as arrays, and the two commitments that cover part of them.

Money is in 1e-12 dollars, prices in 1e-8, quantities in 1e-4 (see ``price_list``), so every product is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from workbench.simulate.estate import Calendar, Stream
from workbench.simulate.price_list import MONEY_UNITS, PRICE_UNITS, QUANTITY_UNITS
from workbench.simulate.usage import Integers, Usage

__all__ = ["RESERVATION", "SAVINGS_PLAN", "Commitment", "Lines", "Unused", "cover", "price", "reserved_hours"]

NOT_COVERED = -1


@dataclass(frozen=True, slots=True)
class Commitment:
    """A one-year commitment. ``per_hour`` is what an hour of it costs, in 1e-8 dollars.

    The reservation is paid once for the whole term, the savings plan day by day.
    """

    id: str
    name: str
    category: str
    type: str
    unit: str
    service: str
    region: str
    begins_in_month: int
    per_hour: int
    paid_upfront: bool
    sku_id: str
    details: str


RESERVED_DATABASES = 8
_RESERVED_RATE = 31_050_000  # $0.3105 an hour a database, against $0.4815 list

RESERVATION = Commitment(
    id="arn:aws:rds:eu-west-1:210000000001:ri:orders-2025",
    name="orders databases, 8 x db.r6g.xlarge, 1 year, all upfront",
    category="Usage",
    type="Reserved Instance",
    unit="Hours",
    service="rds",
    region="ireland",
    begins_in_month=1,
    per_hour=_RESERVED_RATE * RESERVED_DATABASES,
    paid_upfront=True,
    sku_id="AmazonRDS-EUW1-ReservedInstance:db.r6g.xlarge",
    details='{"x_PurchaseTerm": "1yr", "x_PaymentOption": "AllUpfront"}',
)
SAVINGS_PLAN = Commitment(
    id="arn:aws:savingsplans::210000000001:savingsplan/compute-2025",
    name="Compute Savings Plan, $15.20 an hour, 1 year, no upfront",
    category="Spend",
    type="Savings Plan",
    unit="USD",
    service="ec2",
    region="global",
    begins_in_month=3,
    per_hour=1_520_000_000,
    paid_upfront=False,
    sku_id="ComputeSavingsPlans-1yr-NoUpfront",
    details='{"x_PurchaseTerm": "1yr", "x_PaymentOption": "NoUpfront"}',
)
COMMITMENTS = (RESERVATION, SAVINGS_PLAN)
_SAVINGS_PLAN_PERCENT = 71  # of the list price


@dataclass(frozen=True, slots=True)
class Lines:
    """Charge lines with their four costs; ``commitment`` indexes ``COMMITMENTS`` or is ``NOT_COVERED``.

    ``commitment_quantity`` is in 1e-12 of the commitment's unit.
    """

    stream: Integers
    day: Integers
    quantity: Integers
    list_cost: Integers
    contracted_cost: Integers
    billed_cost: Integers
    effective_cost: Integers
    commitment: Integers
    commitment_quantity: Integers

    def take(self, rows: Integers) -> Lines:
        """The lines at ``rows``."""
        return Lines(*(getattr(self, name)[rows] for name in self.__slots__))

    def then(self, other: Lines) -> Lines:
        """These lines followed by the other ones."""
        return Lines(*(np.concatenate((getattr(self, name), getattr(other, name))) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Unused:
    """What is left of a commitment on each day with a remainder, in 1e-12 dollars."""

    commitment: Commitment
    by_day: dict[int, int] = field(default_factory=dict)


def price(usage: Usage, streams: list[Stream]) -> Lines:
    """On-demand lines: billed and effective are the contracted price times the quantity."""
    list_price = np.array([stream.sku.list_price for stream in streams], dtype=np.int64)[usage.stream]
    contracted_price = np.array([stream.sku.contracted_price for stream in streams], dtype=np.int64)[usage.stream]
    contracted = contracted_price * usage.quantity
    nothing = np.zeros_like(contracted)
    return Lines(
        stream=usage.stream,
        day=usage.day,
        quantity=usage.quantity,
        list_cost=list_price * usage.quantity,
        contracted_cost=contracted,
        billed_cost=contracted,
        effective_cost=contracted,
        commitment=nothing + NOT_COVERED,
        commitment_quantity=nothing,
    )


def cover(lines: Lines, streams: list[Stream], calendar: Calendar) -> tuple[Lines, list[Unused]]:
    """Apply both commitments: covered lines cost nothing on the invoice and their share of the commitment effectively.

    Each day, used plus unused is exactly what a day of the commitment costs.
    """
    reserved, unused_hours = _cover_databases(lines, streams, calendar)
    covered, unused_spend = _cover_machines(reserved, streams, calendar)
    order = np.lexsort((covered.commitment, covered.day, covered.stream))
    return covered.take(order), [unused_hours, unused_spend]


def reserved_hours(money: int) -> int:
    """How much database time an amount of the reservation stands for, in 1e-4 hours."""
    return money // _RESERVED_RATE


def _cover_databases(lines: Lines, streams: list[Stream], calendar: Calendar) -> tuple[Lines, Unused]:
    begins = calendar.day(RESERVATION.begins_in_month)
    reserved = np.array([stream.sku.usage_type.endswith("InstanceUsage:db.r6g.xlarge") for stream in streams])
    covered = reserved[lines.stream] & (lines.day >= begins)
    effective = np.where(covered, lines.quantity * _RESERVED_RATE, lines.effective_cost)
    result = replace(
        lines,
        billed_cost=np.where(covered, 0, lines.billed_cost),
        effective_cost=effective,
        commitment=np.where(covered, COMMITMENTS.index(RESERVATION), lines.commitment),
        commitment_quantity=np.where(covered, lines.quantity * (MONEY_UNITS // QUANTITY_UNITS), 0),
    )
    unused = Unused(RESERVATION)
    for day in range(begins, calendar.days):
        rest = _a_day_of(RESERVATION) - int(effective[covered & (lines.day == day)].sum())
        if rest:
            unused.by_day[day] = rest
    return result, unused


def _cover_machines(lines: Lines, streams: list[Stream], calendar: Calendar) -> tuple[Lines, Unused]:
    eligible = np.array(["-BoxUsage:" in stream.sku.usage_type for stream in streams])
    rate = np.array([stream.sku.list_price * _SAVINGS_PLAN_PERCENT // 100 for stream in streams], dtype=np.int64)
    plan = COMMITMENTS.index(SAVINGS_PLAN)
    billed, effective = lines.billed_cost.copy(), lines.effective_cost.copy()
    commitment, committed = lines.commitment.copy(), lines.commitment_quantity.copy()
    splits: list[tuple[int, int, int]] = []
    unused = Unused(SAVINGS_PLAN)
    for day in range(calendar.day(SAVINGS_PLAN.begins_in_month), calendar.days):
        rows = np.flatnonzero(eligible[lines.stream] & (lines.day == day))
        needs = rate[lines.stream[rows]] * lines.quantity[rows]
        whole = int(np.searchsorted(np.cumsum(needs), _a_day_of(SAVINGS_PLAN), side="right"))
        rest = _a_day_of(SAVINGS_PLAN) - int(needs[:whole].sum())
        if whole == len(rows):
            if rest:
                unused.by_day[day] = rest
        elif quantity := int(rest // rate[lines.stream[rows[whole]]]):
            splits.append((int(rows[whole]), rest, quantity))
        else:
            needs[whole - 1] += rest  # less than the smallest quantity costs: the last covered line absorbs it
        inside = rows[:whole]
        billed[inside], effective[inside] = 0, needs[:whole]
        commitment[inside], committed[inside] = plan, needs[:whole]
    result = replace(
        lines, billed_cost=billed, effective_cost=effective, commitment=commitment, commitment_quantity=committed
    )
    return _split(result, streams, splits), unused


def _split(lines: Lines, streams: list[Stream], splits: list[tuple[int, int, int]]) -> Lines:
    """Cut the line where the plan ran out: (line, money left, quantity it covers) → a covered and an on-demand part."""
    if not splits:
        return lines
    rows, money, quantity = (np.array(column, dtype=np.int64) for column in zip(*splits, strict=True))
    whole = lines.take(rows)
    covered = replace(
        _repriced(whole, streams, quantity),
        billed_cost=np.zeros_like(money),
        effective_cost=money,
        commitment=np.full_like(rows, COMMITMENTS.index(SAVINGS_PLAN)),
        commitment_quantity=money,
    )
    remainder = _repriced(whole, streams, whole.quantity - quantity)
    untouched = np.ones(len(lines.stream), dtype=bool)
    untouched[rows] = False
    return lines.take(np.flatnonzero(untouched)).then(covered).then(remainder)


def _repriced(lines: Lines, streams: list[Stream], quantity: Integers) -> Lines:
    return price(Usage(lines.stream, lines.day, quantity), streams)


def _a_day_of(commitment: Commitment) -> int:
    return 24 * commitment.per_hour * (MONEY_UNITS // PRICE_UNITS)
