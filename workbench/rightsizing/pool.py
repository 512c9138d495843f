"""The machines of the bill under its commitments, and what a change takes off it.

The bill is computed again by ``models.rightsizing.bill``, for two kinds of hours: those of working days and those of
weekends, with the mean number of machines in each. For one change the difference alone is computed: only the family and
region of the old and the new size can be reserved otherwise, and what is left over is one list that the plans of all
compute go down in order, so that a change is two places in a running sum. Tests hold both ways equal.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import fsum

from models.rightsizing.bill import Line, Plan, Portfolio, Resimulated, fleet_saving
from models.rightsizing.facts import HOURS_A_MONTH

__all__ = ["Pool", "family_of", "units_of"]

_UNITS = {"nano": 0.25, "micro": 0.5, "small": 1.0, "medium": 2.0, "large": 4.0, "xlarge": 8.0}

_Order = tuple[bool, float, float, str]


def units_of(instance_type: str) -> float | None:
    """Normalised size of AWS: 8 for an xlarge; None for bare metal and other names."""
    size = instance_type.rpartition(".")[2]
    if size in _UNITS:
        return _UNITS[size]
    number = size.removesuffix("xlarge")
    return 8.0 * int(number) if number != size and number.isdigit() else None


def family_of(instance_type: str) -> str:
    """``m5`` of ``m5.xlarge``, ``db.m5`` of ``db.m5.xlarge``."""
    return instance_type.rpartition(".")[0]


@dataclass(slots=True)
class _Entry:
    """What reservations and plans of one family leave of a line for the plans of all compute."""

    order: _Order
    need: float
    value: float


class _Queue:
    """Lines in the order in which the plans of all compute go down them, with running sums of money and value."""

    def __init__(self, entries: Sequence[_Entry], money: float) -> None:
        entries = sorted(entries, key=lambda one: one.order)
        self.money = money
        self.orders = [one.order for one in entries]
        self.needs = [one.need for one in entries]
        self.values = [one.value for one in entries]
        self.spent, self.covered = [0.0], [0.0]
        for one in entries:
            self.spent.append(self.spent[-1] + one.need)
            self.covered.append(self.covered[-1] + one.value)

    def value(self, gone: Sequence[_Entry] = (), come: Sequence[_Entry] = ()) -> float:
        """On-demand value that the money covers, after some lines went and others came."""
        events = [(one.order, False, one) for one in gone] + [(one.order, True, one) for one in come]
        events.sort(key=lambda event: event[:2])
        left, value, start = self.money, 0.0, 0
        for order, comes, one in events:
            place = max(start, bisect_left(self.orders, order))
            between = self.spent[place] - self.spent[start]
            if between >= left:
                break
            left -= between
            value += self.covered[place] - self.covered[start]
            start = place if comes else place + 1
            if comes:
                if one.need >= left:
                    return value + left / one.need * one.value
                left -= one.need
                value += one.value
        return value + self._from(start, left)

    def _from(self, start: int, money: float) -> float:
        """Value that money covers from a place on."""
        if money <= 0.0:
            return 0.0
        place = bisect_right(self.spent, self.spent[start] + money) - 1
        covered = self.covered[min(place, len(self.needs))] - self.covered[start]
        if place >= len(self.needs):
            return covered
        return covered + (self.spent[start] + money - self.spent[place]) / self.needs[place] * self.values[place]


class _Side:
    """One kind of hour under one portfolio."""

    def __init__(self, lines: Sequence[Line], portfolio: Portfolio) -> None:
        self.cells: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in lines:
            self.cells[line.region, line.family].append(line)
        self.reservations = sorted(portfolio.reservations, key=lambda r: (r.flexible, r.ends or date.max, r.key))
        every = sorted(portfolio.plans, key=lambda p: (p.family is None, p.ends or date.max, p.key))
        self.family_plans = [one for one in every if one.family is not None]
        compute = [one for one in every if one.family is None]
        self.owner = compute[0].account if compute else None
        self.special = {(one.region, one.family) for one in self.reservations}
        self.special |= {(one.region or "", one.family or "") for one in self.family_plans}
        self.left: dict[tuple[str, str], dict[str, float]] = {
            cell: self.settle(cell, lines) for cell, lines in self.cells.items() if cell in self.special
        }
        self.lines = {line.key: line for line in lines}
        entries = [entry for line in lines if (entry := self.entry(line, self.left_of(line))) is not None]
        self.queue = _Queue(entries, sum(one.commitment for one in compute))
        self.rest = sum(line.price * self.left_of(line) for line in lines)
        self.cost = self.rest - self.queue.value()

    def left_of(self, line: Line) -> float:
        held = self.left.get((line.region, line.family))
        return line.quantity if held is None else held[line.key]

    def entry(self, line: Line, left: float) -> _Entry | None:
        rate = line.compute_rate
        if rate is None or rate <= 0.0 or line.price <= 0.0 or left <= 0.0 or self.owner is None:
            return None
        order = (line.account != self.owner, rate / line.price, rate, line.key)
        return _Entry(order, left * rate, left * line.price)

    def settle(self, cell: tuple[str, str], lines: Sequence[Line]) -> dict[str, float]:
        """Machines of a family and region that reservations and plans of the family leave."""
        left = {line.key: line.quantity for line in lines}
        for one in self.reservations:
            if (one.region, one.family) != cell:
                continue
            flexible = one.flexible and one.units is not None
            fitting = [
                line
                for line in lines
                if left[line.key] > 0.0
                and line.operating_system == one.operating_system
                and (line.instance_type == one.instance_type or (flexible and line.units is not None))
            ]
            fitting.sort(key=lambda line: (line.account != one.account, line.units or 0.0, line.key))
            capacity = one.count * (one.units or 1.0 if flexible else 1.0)
            for line in fitting:
                size = (line.units or one.units or 1.0) if flexible else 1.0
                covered = min(left[line.key], capacity / size)
                left[line.key] -= covered
                capacity -= covered * size
                if capacity <= 0.0:
                    break
        for plan in self.family_plans:
            if (plan.region or "", plan.family or "") == cell:
                self._spend(plan, lines, left)
        return left

    def _spend(self, plan: Plan, lines: Sequence[Line], left: dict[str, float]) -> None:
        eligible = [
            (line.account != plan.account, line.family_rate / line.price, line.family_rate, line.key)
            for line in lines
            if line.family_rate is not None and line.family_rate > 0.0 and line.price > 0.0 and left[line.key] > 0.0
        ]
        money = plan.commitment
        for _, _, rate, key in sorted(eligible):
            covered = min(left[key], money / rate)
            left[key] -= covered
            money -= covered * rate
            if money <= 0.0:
                return

    def saved(self, old: Line, quantity: float, new: Line) -> float:
        """Cost of an hour before minus after, when so many machines of a line become another.

        Commitments cost the same either way.
        """
        rest = self.rest
        gone: list[_Entry | None] = []
        come: list[_Entry | None] = []
        fewer, more = replace(old, quantity=max(0.0, old.quantity - quantity)), replace(new, quantity=quantity)
        for cell in {_cell(old), _cell(new)}:
            before = self.cells.get(cell, []) if cell in self.special else [old] if cell == _cell(old) else []
            after = [fewer if line.key == old.key else line for line in before]
            if cell == _cell(new):
                after.append(more)
            left = self.settle(cell, after) if cell in self.special else {one.key: one.quantity for one in after}
            have = {one.key: self.left_of(one) for one in before}
            for one in before:
                if left[one.key] != have[one.key]:
                    rest -= one.price * have[one.key]
                    gone.append(self.entry(one, have[one.key]))
            for one in after:
                if left[one.key] != have.get(one.key):
                    rest += one.price * left[one.key]
                    come.append(self.entry(one, left[one.key]))
        went, came = [one for one in gone if one is not None], [one for one in come if one is not None]
        return self.cost - (rest - self.queue.value(went, came))


def _cell(line: Line) -> tuple[str, str]:
    return line.region, line.family


class Pool:
    """All machines paid by the hour in one currency, and the commitments that cover them.

    For the saving of one change, machines that are alike are one line: which of them a commitment covers makes no
    difference to the bill.

    Args:
        hours: kinds of hours in the window: how many, and what ran in the mean of them; a line is there in each.
        portfolio: commitments.
        as_of: today, for what ends within a year.
    """

    def __init__(self, hours: Sequence[tuple[float, Sequence[Line]]], portfolio: Portfolio, as_of: date) -> None:
        self._hours = tuple((count, tuple(lines)) for count, lines in hours if count > 0.0)
        self._portfolio = portfolio
        self._as_of = as_of
        self._expiry = portfolio.last_end(as_of)
        self._window = sum(count for count, _ in self._hours)
        owners = [one.account for one in portfolio.reservations] + [one.account for one in portfolio.plans]
        self._owners = frozenset(owners)
        self._lines = [{line.key: line for line in lines} for _, lines in self._hours]
        alike = [self._alike(lines) for _, lines in self._hours]
        lasting = portfolio.lasting(as_of)
        self._now = [_Side(lines, portfolio) for lines in alike]
        self._later = self._now if self._expiry is None else [_Side(lines, lasting) for lines in alike]
        self._known: dict[tuple[object, ...], Resimulated] = {}

    def _shape(self, line: Line) -> tuple[object, ...]:
        """What lines that are alike have in common."""
        account = line.account if line.account in self._owners else ""
        return (
            line.instance_type, line.region, line.operating_system, line.price, line.compute_rate, line.family_rate,
            account,
        )  # fmt: skip

    def _alike(self, lines: Sequence[Line]) -> list[Line]:
        sums: dict[tuple[object, ...], list[Line]] = defaultdict(list)
        for line in lines:
            sums[self._shape(line)].append(line)
        return [
            replace(same[0], key=repr(shape), quantity=fsum(line.quantity for line in same), account=str(shape[-1]))
            for shape, same in sums.items()
        ]

    def line(self, key: str) -> Line | None:
        """A line as it is in one kind of hour; None: it is not among the machines."""
        return self._lines[0].get(key) if self._lines else None

    def row(self, new: Line) -> Resimulated:
        """What one change alone takes off the bill, a month; lines that are alike have the same answer."""
        quantities = tuple(lines[new.key].quantity for lines in self._lines)
        old = self._shape(self._lines[0][new.key])
        shape = (quantities, old, self._shape(new))
        if shape not in self._known:
            today = self._saved(self._now, repr(old), quantities, new)
            later = today if self._later is self._now else self._saved(self._later, repr(old), quantities, new)
            differs = abs(today - later) > 0.005
            self._known[shape] = Resimulated(today, later, self._expiry if differs else None)
        return self._known[shape]

    def _saved(self, sides: Sequence[_Side], old: str, quantities: Sequence[float], new: Line) -> float:
        account = new.account if new.account in self._owners else ""
        changed = replace(new, key="+", account=account)
        total = 0.0
        for (count, _), side, quantity in zip(self._hours, sides, quantities, strict=True):
            if quantity > 0.0:
                total += count * side.saved(side.lines[old], quantity, changed)
        return total * HOURS_A_MONTH / self._window

    def fleet(self, changes: Mapping[str, Line]) -> Resimulated:
        """What all changes together take off the bill, a month."""
        return fleet_saving(self._hours, self._portfolio, changes, self._as_of)
