"""The three savings of a change: at list price, on today's bill, and after the commitments in force have ended.

Today's bill is best re-simulated over the whole fleet (``bill``). Without that, the hours that commitments paid for
decide, as AWS does it: only hours paid on demand save; a size-flexible reservation follows inside its family; in
another family it runs on unused while the new size is paid on demand, so the saving may be negative, and is shown so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from models.rightsizing.bill import Resimulated
from models.rightsizing.facts import HOURS_A_MONTH, Hours, Licence, Machine, Price, PriceMissing

__all__ = ["ExchangeRate", "Savings", "in_currency", "priced", "savings"]


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """A stated rate: one unit of ``source`` is ``rate`` units of ``target`` on a day."""

    source: str
    target: str
    rate: float
    as_of: date


@dataclass(frozen=True, slots=True)
class Savings:
    """What a change saves a month; None: cannot be told, and ``status`` says why.

    Attributes:
        status: ``ok``, ``price_missing``, ``currency_differs`` or ``needs_hours`` (list only).
        currency: of the amounts; empty without amounts.
        at_list: difference of list prices over the hours that ran.
        today: bill before minus bill after under present commitments; negative when it costs more.
        after_expiry: the same once the commitments that end within a year have ended.
        expiry: day from which ``after_expiry`` holds; None: nothing ends within a year.
        notes: why the figures differ, and what is not included.
    """

    status: str
    currency: str = ""
    at_list: float | None = None
    today: float | None = None
    after_expiry: float | None = None
    expiry: date | None = None
    notes: tuple[str, ...] = ()


def priced(machine: Machine, as_of: date, refused_after_days: int | None) -> Price | PriceMissing:
    """Price of a size, or why it counts as missing."""
    price = machine.price
    if isinstance(price, PriceMissing) or refused_after_days is None:
        return price
    if price.as_of is None:
        return PriceMissing("the day of the price is not known")
    if as_of - price.as_of > timedelta(days=refused_after_days):
        return PriceMissing(f"the price is of {price.as_of}, older than {refused_after_days} days")
    return price


def savings(
    present: Machine,
    target: Machine,
    hours: Hours | None,
    *,
    as_of: date,
    share_running: float = 1.0,
    surplus_month: float = 0.0,
    target_surplus_month: float = 0.0,
    licence: Licence | None = None,
    resimulated: Resimulated | None = None,
    refused_after_days: int | None = None,
) -> Savings:
    """Savings of one change.

    Args:
        present, target: sizes.
        hours: billed hours of the resource in the window; None: only the list figure can be told.
        as_of: today.
        share_running: share of the window in which it ran, used when the hours are not known.
        surplus_month, target_surplus_month: surplus credits of both, a month.
        licence: brought by the customer; its price is included where known.
        resimulated: saving of the fleet's bill, which replaces the one from hours.
        refused_after_days: a price older than this counts as missing.
    """
    old, new = (priced(machine, as_of, refused_after_days) for machine in (present, target))
    if isinstance(old, PriceMissing):
        return Savings("price_missing", notes=(f"no price of {present.instance_type}: {old.reason}",))
    if isinstance(new, PriceMissing):
        return Savings("price_missing", notes=(f"no price of {target.instance_type}: {new.reason}",))
    if old.currency != new.currency:
        return Savings("currency_differs", notes=(f"prices are in {old.currency} and {new.currency}",))
    notes: list[str] = []
    other = surplus_month - target_surplus_month
    if other:
        notes.append("includes surplus CPU credits")
    if licence is not None:
        amount = _licence(licence, present, target, notes)
        other += amount
    running_month = HOURS_A_MONTH * share_running if hours is None else hours.running * hours.monthly
    difference = old.hourly - new.hourly
    at_list = difference * running_month + other
    if resimulated is not None:
        listed = difference * running_month
        if resimulated.today > max(listed, 0.0) + 0.005:
            notes.append("today it is more than at list price: a commitment that lies unused would pay for it")
        elif abs(resimulated.today - listed) > 0.005:
            notes.append("today is at the prices and commitments of the bill, computed again over the whole fleet")
        today, later = resimulated.today + other, resimulated.after_expiry + other
        return Savings("ok", old.currency, at_list, today, later, resimulated.expiry, tuple(notes))
    if hours is None:
        notes.append("what it saves today needs billed hours")
        return Savings("needs_hours", old.currency, at_list, notes=tuple(notes))
    today = _today(present, target, old, new, hours, notes) * hours.monthly + other
    later, expiry = today, None
    ends = hours.commitment_ends
    if ends is not None and hours.reserved + hours.plan > 0.0 and ends <= as_of + timedelta(days=366):
        expiry = ends
        on_demand = hours.on_demand + hours.reserved + hours.plan
        later = on_demand * difference * hours.rate_paid_share * hours.monthly + other
    return Savings("ok", old.currency, at_list, today, later, expiry, tuple(notes))


def _today(present: Machine, target: Machine, old: Price, new: Price, hours: Hours, notes: list[str]) -> float:
    difference = old.hourly - new.hourly
    saved = hours.on_demand * difference
    if hours.rate_paid_share != 1.0:
        notes.append(f"on demand is paid at {hours.rate_paid_share:.0%} of list")
    moved = target.family != present.family
    # What stays covered saves nothing, as the commitment goes on; a dearer size is covered only in part.
    for covered, what, bound in (
        (hours.reserved, "reservation", moved or not hours.flexible_reservation),
        (hours.plan, "savings plan", moved and hours.plan_of_one_family),
    ):
        if not covered:
            continue
        share = covered / hours.running
        if bound:
            saved -= covered * new.hourly
            notes.append(f"{share:.0%} of the hours are covered by a {what}, which would be left unused")
        else:
            saved += covered * min(0.0, difference)
            notes.append(f"{share:.0%} of the hours are covered by a {what} and save nothing while it lasts")
    if hours.spot:
        notes.append("hours at spot are left out")
    return saved * hours.rate_paid_share


def _licence(licence: Licence, present: Machine, target: Machine, notes: list[str]) -> float:
    least = licence.least_cores or 0.0
    before, after = max(present.vcpu, least), max(target.vcpu, least)
    notes.append(f"licence cores {before:g}→{after:g} ({licence.product})")
    if licence.price_core_month is None:
        notes.append("infrastructure only: licence effect not included")
        return 0.0
    return (before - after) * licence.price_core_month


def in_currency(found: Savings, currency: str, rate: ExchangeRate | None) -> Savings:
    """The same in another currency, at a stated rate; without a fitting rate unchanged, with a note."""
    if not found.currency or found.currency == currency:
        return found
    if rate is None or (rate.source, rate.target) != (found.currency, currency):
        note = f"in {found.currency}, the currency of the catalogue: no rate to {currency} is stated"
        return replace(found, notes=(*found.notes, note))

    def converted(amount: float | None) -> float | None:
        return None if amount is None else amount * rate.rate

    return replace(
        found,
        currency=currency,
        at_list=converted(found.at_list),
        today=converted(found.today),
        after_expiry=converted(found.after_expiry),
        notes=(*found.notes, f"{rate.source} to {rate.target} at {rate.rate:g} of {rate.as_of}"),
    )
