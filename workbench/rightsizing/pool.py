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

    def value(self, money: float) -> float:
        """On-demand value that an amount covers."""
        if money <= 0.0:
            return 0.0
        place = bisect_right(self.spent, money) - 1
        if place >= len(self.needs):
            return self.covered[-1]
        return self.covered[place] + (money - self.spent[place]) / self.needs[place] * self.values[place]

    def changed(self, gone: _Entry | None, new: _Entry | None) -> float:
        """On-demand value covered after one line went and another came."""
        at, need, value = len(self.orders), 0.0, 0.0
        if gone is not None:
            at = bisect_left(self.orders, gone.order)
            need, value = gone.need, gone.value
        before = self.spent[at]

        def without(money: float) -> float:
            return self.value(money) if gone is None or money <= before else self.value(money + need) - value

        if new is None:
            return without(self.money)
        to = bisect_left(self.orders, new.order)
        ahead = self.spent[to] - (need if gone is not None and at < to else 0.0)
        if self.money <= ahead:
            return without(self.money)
        if self.money <= ahead + new.need:
            return without(ahead) + (self.money - ahead) / new.need * new.value
        return without(self.money - new.need) + new.value


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
        self.cost = self.rest - self.queue.value(self.queue.money)

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

    def saved(self, old: Line, new: Line) -> float:
        """Cost of an hour before minus after; commitments cost the same either way."""
        cells = {(line.region, line.family) for line in (old, new)}
        if not cells & self.special:
            gone, come = self.entry(old, old.quantity), self.entry(new, new.quantity)
            rest = self.rest - old.price * old.quantity + new.price * new.quantity
            return self.cost - (rest - self.queue.changed(gone, come))
        return self._settled_again(old, new, cells)

    def _settled_again(self, old: Line, new: Line, cells: set[tuple[str, str]]) -> float:
        rest, queue = self.rest, []
        touched: set[str] = {old.key}
        for cell in cells:
            before = self.cells.get(cell, [])
            after = [line for line in before if line.key != old.key]
            if cell == (new.region, new.family):
                after = [*after, new]
            left = self.settle(cell, after) if cell in self.special else {one.key: one.quantity for one in after}
            rest += sum(one.price * left[one.key] for one in after)
            rest -= sum(one.price * self.left_of(one) for one in before)
            touched |= {one.key for one in before}
            queue += [entry for one in after if (entry := self.entry(one, left[one.key])) is not None]
        if self.owner is None:
            return self.cost - rest
        kept = [
            _Entry(order, need, value)
            for order, need, value in zip(self.queue.orders, self.queue.needs, self.queue.values, strict=True)
            if order[3] not in touched
        ]
        after_all = _Queue([*kept, *queue], self.queue.money)
        return self.cost - (rest - after_all.value(after_all.money))


class Pool:
    """All machines paid by the hour in one currency, and the commitments that cover them.

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
        lasting = portfolio.lasting(as_of)
        self._now = [_Side(lines, portfolio) for _, lines in self._hours]
        self._later = self._now if self._expiry is None else [_Side(lines, lasting) for _, lines in self._hours]
        self._lines = {line.key: line for _, lines in self._hours for line in lines}
        owners = [one.account for one in portfolio.reservations] + [one.account for one in portfolio.plans]
        self._owners = frozenset(owners)
        self._known: dict[tuple[object, ...], Resimulated] = {}

    def line(self, key: str) -> Line | None:
        """A line as it is in one kind of hour; None: it is not among the machines."""
        return self._lines.get(key)

    def row(self, new: Line) -> Resimulated:
        """What one change alone takes off the bill, a month; lines that are alike have the same answer."""
        old = [side.lines[new.key] for side in self._now]
        shape = (
            *((one.quantity, one.price, one.compute_rate, one.family_rate) for one in old),
            old[0].instance_type, old[0].region, old[0].operating_system,
            old[0].account if old[0].account in self._owners else None,
            new.instance_type, new.price, new.compute_rate, new.family_rate,
        )  # fmt: skip
        if shape not in self._known:
            today = self._saved(self._now, new)
            later = today if self._later is self._now else self._saved(self._later, new)
            differs = abs(today - later) > 0.005
            self._known[shape] = Resimulated(today, later, self._expiry if differs else None)
        return self._known[shape]

    def _saved(self, sides: Sequence[_Side], new: Line) -> float:
        total = 0.0
        for (count, _), side in zip(self._hours, sides, strict=True):
            old = side.lines[new.key]
            if old.quantity > 0.0:
                total += count * side.saved(old, replace(new, quantity=old.quantity, account=old.account))
        return total * HOURS_A_MONTH / self._window

    def fleet(self, changes: Mapping[str, Line]) -> Resimulated:
        """What all changes together take off the bill, a month."""
        return fleet_saving(self._hours, self._portfolio, changes, self._as_of)
