"""The bill of a fleet under reservations and savings plans, and what a change of sizes takes off it.

One hour at a time: ``hourly_bill`` applies reservations first (exact size before size-flexible, smallest size first),
then plans of one family, then plans of all compute, each to the owner's account first and to the highest discount
first. What is left is paid on demand. A commitment costs the same whether it is used or not, so the change of a size
saves only what other usage takes over. Amounts are in one currency.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from models.rightsizing.facts import HOURS_A_MONTH

__all__ = ["Line", "Plan", "Portfolio", "Reservation", "Resimulated", "fleet_saving", "hourly_bill", "row_saving"]

_EXPIRES_WITHIN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Line:
    """Usage of one resource in one hour.

    Attributes:
        key: the resource.
        instance_type, family, region, operating_system: what runs.
        price: on demand of one machine hour, after the negotiated discount.
        units: normalised size, 8 for an xlarge; None: covered by reservations of its exact type only.
        quantity: machine hours in this hour.
        account: owner.
        family_rate, compute_rate: hourly rate under a plan of one family, of all compute; None: not eligible.
    """

    key: str
    instance_type: str
    family: str
    region: str
    operating_system: str
    price: float
    units: float | None = None
    quantity: float = 1.0
    account: str = ""
    family_rate: float | None = None
    compute_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """Reserved machines of one type.

    Attributes:
        key: the reservation.
        instance_type, family, region, operating_system: what it is for.
        count: machines.
        hourly: cost of one, upfront part spread over the term.
        units: normalised size of one.
        flexible: covers other sizes of the family.
        account: owner.
        ends: last day; None: not within the time looked at.
    """

    key: str
    instance_type: str
    family: str
    region: str
    operating_system: str
    count: float
    hourly: float
    units: float | None = None
    flexible: bool = True
    account: str = ""
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A commitment to spend an amount an hour at plan rates.

    Attributes:
        key: the plan.
        commitment: amount an hour.
        family, region: what it is for; None: all compute everywhere.
        account: owner.
        ends: last day.
    """

    key: str
    commitment: float
    family: str | None = None
    region: str | None = None
    account: str = ""
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All commitments."""

    reservations: tuple[Reservation, ...] = ()
    plans: tuple[Plan, ...] = ()

    def lasting(self, as_of: date) -> Portfolio:
        """Only what does not end within a year."""
        limit = as_of + _EXPIRES_WITHIN
        return Portfolio(
            tuple(each for each in self.reservations if each.ends is None or each.ends > limit),
            tuple(each for each in self.plans if each.ends is None or each.ends > limit),
        )

    def last_end(self, as_of: date) -> date | None:
        """Day by which all that ends within a year has ended; None: nothing ends."""
        limit = as_of + _EXPIRES_WITHIN
        ends = [each.ends for each in self.reservations] + [each.ends for each in self.plans]
        return max((each for each in ends if each is not None and each <= limit), default=None)


@dataclass(frozen=True, slots=True)
class Resimulated:
    """Saving of one change a month, bill before minus bill after.

    Attributes:
        today: under all commitments; negative when the change costs more.
        after_expiry: without those that end within a year.
        expiry: day from which ``after_expiry`` holds; None: nothing ends within a year.
    """

    today: float
    after_expiry: float
    expiry: date | None = None


@dataclass(slots=True)
class _Open:
    line: Line
    left: float = field(default=0.0)


def hourly_bill(lines: Sequence[Line], portfolio: Portfolio) -> float:
    """Cost of one hour: all commitments, plus on demand for the rest. The order of the lines is irrelevant."""
    rest = [_Open(line, line.quantity) for line in sorted(lines, key=_canonical)]
    costs: list[float] = []
    for reservation in sorted(portfolio.reservations, key=lambda r: (r.flexible, r.ends or date.max, r.key)):
        costs.append(reservation.count * reservation.hourly)
        _reserve(reservation, rest)
    for plan in sorted(portfolio.plans, key=lambda p: (p.family is None, p.ends or date.max, p.key)):
        costs.append(plan.commitment)
        _spend(plan, rest)
    costs.extend(each.left * each.line.price for each in rest)
    return math.fsum(costs)


def _canonical(line: Line) -> tuple[str, str, str, str, float, float]:
    return line.key, line.account, line.instance_type, line.operating_system, line.price, line.quantity


def _reserve(reservation: Reservation, rest: list[_Open]) -> None:
    flexible = reservation.flexible and reservation.units is not None
    fitting = [
        each
        for each in rest
        if each.left > 0.0
        and (each.line.region, each.line.operating_system) == (reservation.region, reservation.operating_system)
        and (
            each.line.instance_type == reservation.instance_type
            or (flexible and each.line.family == reservation.family and each.line.units is not None)
        )
    ]
    fitting.sort(key=lambda each: (each.line.account != reservation.account, each.line.units or 0.0, each.line.key))
    capacity = reservation.count * (reservation.units or 1.0 if flexible else 1.0)
    for each in fitting:
        size = (each.line.units or reservation.units or 1.0) if flexible else 1.0
        covered = min(each.left, capacity / size)
        each.left -= covered
        capacity -= covered * size
        if capacity <= 0.0:
            return


def _spend(plan: Plan, rest: list[_Open]) -> None:
    eligible: list[tuple[tuple[bool, float, float, str], float, _Open]] = []
    for each in rest:
        line = each.line
        rate = line.compute_rate if plan.family is None else line.family_rate
        if plan.family is not None and (line.family, line.region) != (plan.family, plan.region):
            continue
        if rate is None or rate <= 0.0 or line.price <= 0.0 or each.left <= 0.0:
            continue
        eligible.append(((line.account != plan.account, rate / line.price, rate, line.key), rate, each))
    money = plan.commitment
    for _, rate, each in sorted(eligible, key=lambda entry: entry[0]):
        covered = min(each.left, money / rate)
        each.left -= covered
        money -= covered * rate
        if money <= 0.0:
            return


def fleet_saving(
    hours: Sequence[tuple[float, Sequence[Line]]],
    portfolio: Portfolio,
    changes: Mapping[str, Line],
    as_of: date,
) -> Resimulated:
    """What all changes together take off the bill, a month.

    Args:
        hours: kinds of hours in the window: how many there were of it, and the usage of one.
        portfolio: commitments.
        changes: new line by resource; its quantity is that of the line it replaces.
        as_of: today, for what ends within a year.
    """
    window = math.fsum(count for count, _ in hours)
    if window <= 0.0:
        raise ValueError("The window has no hours")

    def saved(held: Portfolio) -> float:
        return math.fsum(
            count * (hourly_bill(lines, held) - hourly_bill([_changed(line, changes) for line in lines], held))
            for count, lines in hours
            if any(line.key in changes for line in lines)
        )

    today = saved(portfolio) * HOURS_A_MONTH / window
    expiry = portfolio.last_end(as_of)
    later = today if expiry is None else saved(portfolio.lasting(as_of)) * HOURS_A_MONTH / window
    return Resimulated(today, later, expiry)


def row_saving(
    hours: Sequence[tuple[float, Sequence[Line]]], portfolio: Portfolio, new: Line, as_of: date
) -> Resimulated:
    """What one change alone takes off the bill, a month; see :func:`fleet_saving`."""
    return fleet_saving(hours, portfolio, {new.key: new}, as_of)


def _changed(line: Line, changes: Mapping[str, Line]) -> Line:
    new = changes.get(line.key)
    return line if new is None else replace(new, quantity=line.quantity, account=line.account)
