"""Hours of the bill by what paid for them, one record a resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from models.rightsizing.facts import Hours

__all__ = ["Billed", "Ran", "billed_of", "hours_of", "system_of", "weekdays"]

Place = tuple[str, str | None]
"""Resource and account as on the bill."""

# Operation of a machine's line → operating system and licence.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html, 2026-11; others have a database in their
# price and are left as they are, so that no price is found for them.
_OPERATIONS = {
    "RunInstances": ("linux", "included"),
    "RunInstances:0002": ("windows", "included"),
    "RunInstances:0800": ("windows", "byol"),
    "RunInstances:0010": ("rhel", "included"),
    "RunInstances:00g0": ("rhel", "byol"),
    "RunInstances:000g": ("suse", "included"),
}


@dataclass(frozen=True, slots=True)
class Ran:
    """Hours of one size of one resource in the window.

    Attributes:
        working, weekend: hours on working days and at weekends.
    """

    working: float = 0.0
    weekend: float = 0.0

    @property
    def total(self) -> float:
        """All hours."""
        return self.working + self.weekend


@dataclass(slots=True)
class Billed:
    """What the bill has of one resource that is paid by the hour.

    Attributes:
        resource_id, account, currency, region, category: as on the bill.
        paid: hours by ``on_demand``, ``reserved``, ``plan`` and ``spot``.
        list_cost, contracted_cost: of all but spot; None: no line has it.
        commitments: what covered it.
        ran: hours by type as billed; "" where the bill does not name one.
        system: operating system and licence; None: not said.
    """

    resource_id: str
    account: str | None
    currency: str
    region: str | None
    category: str | None
    paid: dict[str, float] = field(default_factory=dict)
    list_cost: float | None = None
    contracted_cost: float | None = None
    effective_cost: float = 0.0
    commitments: set[str] = field(default_factory=set)
    ran: dict[str, Ran] = field(default_factory=dict)
    system: tuple[str, str] | None = None

    @property
    def paid_share(self) -> float:
        """Contracted over list price; 1 where one is not known."""
        if not self.list_cost or self.contracted_cost is None:
            return 1.0
        return self.contracted_cost / self.list_cost


def weekdays(first: date, last: date) -> tuple[int, int]:
    """Working days and days of weekends from one day to another."""
    days = [(first + timedelta(days=n)).weekday() >= 5 for n in range((last - first).days + 1)]
    return len(days) - sum(days), sum(days)


def payer(category: str | None, commitment_type: str | None) -> str:
    """What paid for a line."""
    kind = (commitment_type or "").lower()
    if "savings plan" in kind:
        return "plan"
    if "reserv" in kind or category == "Committed":
        return "reserved"
    return "spot" if category == "Dynamic" else "on_demand"


def size_of(row: Mapping[str, Any]) -> str:
    """Type of a line: as it says, else the last part of its usage type, such as ``EUW1-BoxUsage:m5.large``."""
    if row["instance_type"]:
        return str(row["instance_type"])
    usage = str(row["usage_type"] or "")
    return usage.rpartition(":")[2] if ":" in usage else ""


def system_of(operating_system: str | None, operation: str | None) -> tuple[str, str] | None:
    """Operating system and licence of a line; None where it does not say."""
    if operation in _OPERATIONS:
        return _OPERATIONS[operation]
    if operating_system:
        return operating_system.lower(), "included"
    if operation and operation.startswith("RunInstances:"):
        return operation, "included"
    return None


def billed_of(rows: Iterable[Mapping[str, Any]]) -> dict[Place, Billed]:
    """Records by resource and account; lines of unused commitments are left out."""
    found: dict[Place, Billed] = {}
    for row in rows:
        if row["resource_id"] is None or row["commitment_status"] == "Unused" or not row["hours"]:
            continue
        place = (row["resource_id"], row["sub_account_id"])
        one = found.get(place)
        if one is None:
            one = found[place] = Billed(
                *place, row["billing_currency"], row["region_id"], row["service_category"]
            )  # fmt: skip
        how = payer(row["pricing_category"], row["commitment_type"])
        hours = row["hours"]
        one.paid[how] = one.paid.get(how, 0.0) + hours
        size = size_of(row)
        ran = one.ran.get(size, Ran())
        one.ran[size] = (
            replace(ran, weekend=ran.weekend + hours) if row["weekend"] else replace(ran, working=ran.working + hours)
        )
        one.effective_cost += row["effective_cost"] or 0.0
        if how != "spot":
            for name in ("list_cost", "contracted_cost"):
                if row[name] is not None:
                    setattr(one, name, (getattr(one, name) or 0.0) + row[name])
        if row["commitment"]:
            one.commitments.add(row["commitment"])
        one.system = one.system or system_of(row["operating_system"], row["operation"])
    return found


def hours_of(
    billed: Billed,
    days: int,
    *,
    ends: Mapping[str, date | None],
    flexible: Mapping[str, bool],
    one_family: frozenset[str],
    cost_month: float | None,
) -> Hours:
    """The record for the models.

    Args:
        billed: of the resource.
        days: length of the window.
        ends, flexible: of each commitment: last day, whether it covers other sizes.
        one_family: plans that are for one family.
        cost_month: what it costs a month.
    """
    known = [end for name in sorted(billed.commitments) if (end := ends.get(name)) is not None]
    return Hours(
        window=24.0 * days,
        on_demand=billed.paid.get("on_demand", 0.0),
        reserved=billed.paid.get("reserved", 0.0),
        plan=billed.paid.get("plan", 0.0),
        spot=billed.paid.get("spot", 0.0),
        rate_paid_share=billed.paid_share,
        flexible_reservation=all(flexible.get(name, True) for name in billed.commitments),
        commitment_ends=max(known, default=None),
        plan_of_one_family=bool(billed.commitments & one_family),
        cost_month=cost_month,
    )
