"""From streams to daily quantities: weekly rhythm, growth, month-end load, surges and everyday variation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from workbench.simulate.estate import Calendar, Stream
from workbench.simulate.noise import wobble
from workbench.simulate.price_list import QUANTITY_UNITS

__all__ = ["Usage", "daily_usage"]

Integers = npt.NDArray[np.int64]

# Share of the ordinary use on Monday to Sunday.
_WEEK = {
    "steady": (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    "office": (1.0, 1.02, 1.03, 1.02, 0.98, 0.74, 0.70),
    "evening": (0.95, 0.95, 0.97, 1.0, 1.08, 1.16, 1.12),
    "working_hours": (0.55, 0.58, 0.58, 0.58, 0.52, 0.0, 0.0),
    "month_end": (1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.6),
}
_MONTH_END_DAYS, _MONTH_END_FACTOR = 3, 1.55
_VARIATION = 0.06


@dataclass(frozen=True, slots=True)
class Usage:
    """Charge lines before pricing, one a stream and day with use: equal-length arrays in stream order.

    ``stream`` indexes the estate, ``day`` counts from 0, ``quantity`` is in 1e-4 of the item's unit.
    """

    stream: Integers
    day: Integers
    quantity: Integers


def daily_usage(streams: list[Stream], calendar: Calendar, first_day: date) -> Usage:
    """The quantity of every stream on every day it is in use."""
    days = np.arange(calendar.days, dtype=np.int64)
    weekday = (first_day.weekday() + days) % 7
    month_lengths, before_month_end = _month_shape(calendar, first_day)
    parts: list[tuple[Integers, Integers, Integers]] = []
    for number, stream in enumerate(streams):
        amount = stream.per_day * np.array(_WEEK[stream.rhythm])[weekday]
        if stream.growth:
            amount = amount * (1.0 + stream.growth * days / 365.0)
        if stream.rhythm == "month_end":
            amount = np.where(before_month_end < _MONTH_END_DAYS, amount * _MONTH_END_FACTOR, amount)
        if stream.surge is not None:
            begins, ends, factor = stream.surge
            amount = np.where((days >= begins) & (days < ends), amount * factor, amount)
        if stream.sku.unit == "GB-Months":
            amount = amount / month_lengths
        elif stream.sku.unit != "Hours":
            amount = amount * (1.0 + _VARIATION * wobble(stream.key, days))
        elif stream.rhythm != "steady":
            # Machines of a fleet run whole hours, never more than the day has.
            amount = np.minimum(np.floor(amount * (1.0 + _VARIATION * wobble(stream.key, days)) + 0.5), 24.0)
        quantity = np.floor(amount * QUANTITY_UNITS + 0.5).astype(np.int64)
        used = (days >= stream.first) & (days < stream.last) & (quantity > 0)
        parts.append((np.full(int(used.sum()), number, dtype=np.int64), days[used], quantity[used]))
    return Usage(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _month_shape(calendar: Calendar, first_day: date) -> tuple[Integers, Integers]:
    """For each day: the length of its month, and how many days of the month are left after it."""
    lengths, left = [], []
    for day in range(calendar.days):
        today = first_day + timedelta(days=day)
        length = ((today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
        lengths.append(length)
        left.append(length - today.day)
    return np.array(lengths, dtype=np.int64), np.array(left, dtype=np.int64)
