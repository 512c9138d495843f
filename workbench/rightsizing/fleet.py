"""From the hours of the bill to the pool: lines, reservations and plans as the models want them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from models.rightsizing.bill import Line, Plan, Portfolio, Reservation
from workbench.rightsizing.hours import payer, size_of, system_of, weekdays
from workbench.rightsizing.pool import Pool, family_of, units_of

__all__ = ["Held", "Rates", "line_key", "read_pool"]

_FAMILY = re.compile(r"EC2Instance|instance savings", re.IGNORECASE)
_LEAST_HOURS = 1e-9


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of plans as shares of the price on demand, as this very bill has them.

    Attributes:
        by_type: (region, type) → share.
        by_family: (region, family) → share.
        overall: of all; None: no plan covers anything.
    """

    by_type: Mapping[tuple[str, str], float]
    by_family: Mapping[tuple[str, str], float]
    overall: float | None

    def of(self, region: str, instance_type: str) -> float | None:
        """The nearest share that is known."""
        found = self.by_type.get((region, instance_type))
        if found is None:
            found = self.by_family.get((region, family_of(instance_type)))
        return self.overall if found is None else found


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of the commitments: last day, whether other sizes are covered, which are for one family."""

    ends: Mapping[str, date | None]
    flexible: Mapping[str, bool]
    one_family: frozenset[str]


def line_key(resource_id: str, account: str | None, instance_type: str) -> str:
    """Name of a line in the pool."""
    return f"{resource_id}\n{account or ''}\n{instance_type}"


def read_pool(
    rows: Iterable[Mapping[str, Any]],
    commitments: Iterable[Mapping[str, Any]],
    currency: str,
    first: date,
    last: date,
) -> tuple[Pool | None, Held, Rates]:
    """The pool of one currency.

    Args:
        rows: hours of the bill, see ``sql.billed_hours``.
        commitments: of the bill, see ``sql.commitments``.
        currency: only lines in it.
        first, last: days of the bill that are looked at.
    """
    mine = [row for row in rows if row["billing_currency"] == currency and row["service_category"] == "Compute"]
    used = [row for row in mine if row["commitment_status"] != "Unused" and row["hours"] and size_of(row)]
    rates = _rates(used)
    working, weekend = (24.0 * days for days in weekdays(first, last))
    portfolio, held = _portfolio(used, list(commitments), currency, working + weekend)
    lines = _lines(used, rates, working, weekend)
    if not lines:
        return None, held, rates
    kinds = [
        (count, [replace(line, quantity=quantities[place]) for line, quantities in lines])
        for place, count in enumerate((working, weekend))
    ]
    return Pool(kinds, portfolio, last), held, rates


def _lines(
    rows: list[Mapping[str, Any]], rates: Rates, working: float, weekend: float
) -> list[tuple[Line, tuple[float, float]]]:
    """Lines with their mean number of machines in an hour of a working day and of a weekend; none at spot."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    facts: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        if payer(row["pricing_category"], row["commitment_type"]) == "spot" or row["resource_id"] is None:
            continue
        key = line_key(row["resource_id"], row["sub_account_id"], size_of(row))
        entry = sums[key]
        entry[1 if row["weekend"] else 0] += row["hours"]
        cost = row["contracted_cost"] if row["contracted_cost"] is not None else row["list_cost"]
        entry[2] += cost or 0.0
        facts[key] = row
    found = []
    for key, (at_work, at_weekend, cost) in sorted(sums.items()):
        row, hours = facts[key], at_work + at_weekend
        if hours <= _LEAST_HOURS:
            continue
        size, region = size_of(row), row["region_id"] or ""
        # Sums of a bill differ in the last digits; lines that are alike are to be seen as alike.
        price = round(cost / hours, 10)
        share = rates.of(region, size)
        rate = None if share is None else round(price * share, 12)
        system = system_of(row["operating_system"], row["operation"]) or ("linux", "included")
        line = Line(
            key, size, family_of(size), region, system[0], price,
            units=units_of(size), account=row["sub_account_id"] or "", family_rate=rate, compute_rate=rate,
        )  # fmt: skip
        quantities = (
            round(at_work / working, 9) if working else 0.0, round(at_weekend / weekend, 9) if weekend else 0.0,
        )  # fmt: skip
        found.append((line, quantities))
    return found


def _rates(rows: list[Mapping[str, Any]]) -> Rates:
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        if payer(row["pricing_category"], row["commitment_type"]) == "plan" and row["contracted_cost"]:
            entry = sums[row["region_id"] or "", size_of(row)]
            entry[0] += row["effective_cost"] or 0.0
            entry[1] += row["contracted_cost"]
    families: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (region, size), (cost, contracted) in sums.items():
        families[region, family_of(size)][0] += cost
        families[region, family_of(size)][1] += contracted
    whole = sum(contracted for _, contracted in sums.values())
    return Rates(
        {place: cost / contracted for place, (cost, contracted) in sums.items()},
        {place: cost / contracted for place, (cost, contracted) in families.items()},
        sum(cost for cost, _ in sums.values()) / whole if whole else None,
    )


def _portfolio(
    rows: list[Mapping[str, Any]], commitments: list[Mapping[str, Any]], currency: str, window: float
) -> tuple[Portfolio, Held]:
    covered: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["commitment"]:
            covered[row["commitment"]].append(row)
    open_hours: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in rows:
        if payer(row["pricing_category"], row["commitment_type"]) == "on_demand":
            system = system_of(row["operating_system"], row["operation"]) or ("linux", "included")
            open_hours[row["region_id"] or "", family_of(size_of(row)), system[0]] += row["hours"]
    reservations, plans = [], []
    ends: dict[str, date | None] = {}
    flexible: dict[str, bool] = {}
    one_family = set()
    for one in commitments:
        name = one["commitment"]
        ends[name] = one["end_date"]
        mine = covered.get(name, [])
        cells = {(row["region_id"] or "", family_of(size_of(row))) for row in mine}
        if payer(None, one["commitment_type"]) == "plan":
            of_family = bool(_FAMILY.search(f"{one['scope'] or ''} {one['service_name'] or ''}")) and len(cells) == 1
            if of_family:
                one_family.add(name)
            if one["currency"] == currency and window:
                region, family = next(iter(cells)) if of_family else (None, None)
                account = one["owner"] or one["unused_account"] or ""
                plans.append(Plan(name, one["cost"] / window, family, region, account, one["end_date"]))
            continue
        reservation = _reservation(one, mine, open_hours, window)
        if reservation is not None:
            flexible[name] = reservation.flexible
            if one["currency"] == currency:
                reservations.append(reservation)
    return Portfolio(tuple(reservations), tuple(plans)), Held(ends, flexible, frozenset(one_family))


def _reservation(
    one: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    open_hours: Mapping[tuple[str, str, str], float],
    window: float,
) -> Reservation | None:
    """A reservation of machines; None: it covered none of them, so what it is for is not known."""
    if not rows or not window:
        return None
    by_type: dict[str, float] = defaultdict(float)
    for row in rows:
        by_type[size_of(row)] += row["hours"]
    size = max(sorted(by_type), key=lambda name: by_type[name])
    row = rows[0]
    region, family = row["region_id"] or "", family_of(size)
    system = (system_of(row["operating_system"], row["operation"]) or ("linux", "included"))[0]
    whole = units_of(size)
    hours = one["unused"] or 0.0
    for name, ran in by_type.items():
        part = units_of(name)
        hours += ran * part / whole if part and whole else ran
    # One that lies idle while its family runs on demand beside it covers its own size only.
    idle = (one["unused"] or 0.0) > 0.01 * hours and open_hours.get((region, family, system), 0.0) > 0.01 * hours
    return Reservation(
        key=one["commitment"],
        instance_type=size,
        family=family,
        region=region,
        operating_system=system,
        count=hours / window,
        hourly=one["cost"] / hours if hours else 0.0,
        units=units_of(size),
        flexible=system == "linux" and not idle,
        account=one["owner"] or one["unused_account"] or row["sub_account_id"] or "",
        ends=one["end_date"],
    )
