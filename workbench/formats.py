"""Values as people read them: the only place that turns money, shares, dates, sizes and ages into text.

Rules (one for the whole product):

* Missing is an en dash, zero is ``$0.00``; an amount too small to show is ``<$0.01``, never a false zero.
* Cents only under 100; compact amounts keep three figures (``$1.28M``); percentages have one decimal.
* A negative amount carries a real minus sign before the symbol: ``−$12.50``.
* Dates are ISO in tables, written out in labels; every time says that it is UTC.

Pure functions without locale: the same value gives the same text everywhere.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

__all__ = [
    "MISSING",
    "Direction",
    "age",
    "count",
    "currency_symbol",
    "delta",
    "direction",
    "duration",
    "file_size",
    "iso_date",
    "money",
    "money_decimals",
    "month",
    "partial",
    "percent",
    "percent_change",
    "period",
    "plural",
    "quantity",
    "timestamp",
]

MISSING = "–"
_MINUS = "−"

Number = Decimal | float | int
Direction = Literal["up", "down", "flat"]

_SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "CNY": "CN¥",
    "INR": "₹",
    "RUB": "₽",
    "KZT": "₸",
    "TRY": "₺",
    "KRW": "₩",
    "BRL": "R$",
    "AUD": "A$",
    "CAD": "CA$",
    "NZD": "NZ$",
    "SGD": "S$",
    "HKD": "HK$",
    "MXN": "MX$",
}
_UNITS = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"))
_CENTS_BELOW = Decimal(100)


def currency_symbol(currency: str) -> str:
    """What stands before an amount: ``$`` for USD, the code and a no-break space for a currency without a sign."""
    return _SYMBOLS.get(currency, f"{currency}\u00a0" if currency else "")


def money(
    value: Number | None,
    currency: str = "USD",
    *,
    compact: bool = False,
    signed: bool = False,
    decimals: int | None = None,
) -> str:
    """An amount in its currency.

    Args:
        value: the amount; None (or NaN) is missing.
        currency: ISO code.
        compact: three figures and K, M, B or T, for tiles and chart labels.
        signed: a plus sign before a positive amount, for changes.
        decimals: fixed decimals, so that a column aligns (see :func:`money_decimals`); overrides the cents rule.
    """
    amount = _decimal(value)
    if amount is None:
        return MISSING
    symbol = currency_symbol(currency)
    if amount == 0:
        return f"{symbol}{Decimal(0):.{2 if decimals is None else decimals}f}"
    sign = _MINUS if amount < 0 else "+" if signed else ""
    size = abs(amount)
    places = _places(size) if decimals is None else decimals
    if compact and decimals is None and (text := _compact(size)):
        return f"{sign}{symbol}{text}"
    rounded = _rounded(size, places)
    if rounded == 0:
        return f"{sign}<{symbol}{Decimal(1).scaleb(-places):f}"
    return f"{sign}{symbol}{rounded:,.{places}f}"


def money_decimals(values: Iterable[Number | None]) -> int:
    """Decimals for a column of amounts: 2 while all are under 100, else 0, so that the column aligns."""
    sizes = [abs(amount) for amount in map(_decimal, values) if amount is not None]
    return _places(max(sizes, default=Decimal(0)))


def percent(value: Number | None, *, signed: bool = False) -> str:
    """A percentage given as 0-100, one decimal; a share too small to show is ``<0.1%``."""
    amount = _decimal(value)
    if amount is None:
        return MISSING
    sign = _MINUS if amount < 0 else "+" if signed and amount > 0 else ""
    size = abs(amount)
    rounded = _rounded(size, 1)
    if rounded == 0 and size != 0:
        return f"{sign}<0.1%"
    return f"{sign}{rounded:,.1f}%"


def percent_change(current: Number | None, previous: Number | None) -> Decimal | None:
    """Change in percent of ``previous``, 0-100; None when either is missing or ``previous`` is zero or negative.

    A percentage of a negative base (a month of net credits) has no readable meaning, so none is given.
    """
    now, before = _decimal(current), _decimal(previous)
    if now is None or before is None or before <= 0:
        return None
    return (now - before) / before * 100


def direction(change: Number | None) -> Direction:
    """Whether a change is up, down or flat; missing is flat."""
    amount = _decimal(change)
    if amount is None or amount == 0:
        return "flat"
    return "up" if amount > 0 else "down"


def delta(current: Number | None, previous: Number | None, currency: str = "USD", *, compact: bool = True) -> str:
    """The change from ``previous`` to ``current`` with arrow, sign and a word: ``▲ +$1.24K (+12.3%) higher``.

    An amount that appears from nothing is ``new``, one that disappears is ``gone``: never an endless percentage.
    Missing on either side is an en dash.
    """
    now, before = _decimal(current), _decimal(previous)
    if now is None or before is None:
        return MISSING
    change = now - before
    if change == 0:
        return "no change"
    arrow = "▲" if change > 0 else "▼"
    amount = money(change, currency, compact=compact, signed=True)
    if before == 0:
        return f"{arrow} {amount} new"
    if now == 0:
        return f"{arrow} {amount} gone"
    share = percent_change(now, before)
    part = f" ({percent(share, signed=True)})" if share is not None else ""
    return f"{arrow} {amount}{part} {'higher' if change > 0 else 'lower'}"


def count(value: Number | None) -> str:
    """A whole number with thousands separators."""
    amount = _decimal(value)
    return MISSING if amount is None else f"{_rounded(amount, 0):,.0f}".replace("-", _MINUS)


def plural(value: int, one: str, many: str | None = None) -> str:
    """A count with its noun: ``1 file``, ``3 files``, ``2 currencies``."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def quantity(value: Number | None, unit: str = "") -> str:
    """A usage quantity with its unit: two decimals under 100, none above."""
    amount = _decimal(value)
    if amount is None:
        return MISSING
    places = _places(abs(amount))
    if amount and not _rounded(abs(amount), places):
        number = f"{amount:.2g}"
    else:
        number = f"{_rounded(amount, places):,.{places}f}"
    return f"{number.replace('-', _MINUS, 1)} {unit}".strip()


def iso_date(value: date | datetime | None) -> str:
    """``2026-11-20``."""
    if value is None:
        return MISSING
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def timestamp(value: datetime | None) -> str:
    """``2026-11-20 09:00 UTC``; a value without zone is UTC."""
    if value is None:
        return MISSING
    moment = value if value.tzinfo is None else value.astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def month(value: date | None) -> str:
    """``November 2026``."""
    return MISSING if value is None else f"{calendar.month_name[value.month]} {value.year}"


def period(start: date | None, end: date | None) -> str:
    """A span of days, both ends included: ``November 2026``, ``1–20 Nov 2026``, ``1 Sep – 20 Nov 2026``."""
    if start is None or end is None:
        return MISSING
    if start == end:
        return _day(start, year=True)
    last = calendar.monthrange(end.year, end.month)[1]
    if start.day == 1 and end.day == last and (start.year, start.month) == (end.year, end.month):
        return month(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{_day(end, year=True)}"
    return f"{_day(start, year=start.year != end.year)} – {_day(end, year=True)}"


def partial(days: int, of_days: int) -> str:
    """How much of a period is covered: ``20 of 30 days``; empty when all of it is."""
    return "" if days >= of_days else f"{days} of {plural(of_days, 'day')}"


def age(value: timedelta) -> str:
    """A time span in its largest unit, rounded down: ``5 minutes``, ``3 hours``, ``2 days``."""
    seconds = max(0, int(value.total_seconds()))
    if seconds < 60:
        return "less than a minute"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return plural(seconds // size, unit)
    raise AssertionError(seconds)  # pragma: no cover - 60 s and more always has a unit


def duration(seconds: Number | None) -> str:
    """How long something took: ``340 ms``, ``12.4 s``, ``2 min 5 s``."""
    amount = _decimal(seconds)
    if amount is None:
        return MISSING
    if amount < 1:
        return f"{_rounded(amount * 1000, 0):.0f} ms"
    if _rounded(amount, 1) < 60:
        return f"{_rounded(amount, 1):.1f} s"
    minutes, rest = divmod(int(_rounded(amount, 0)), 60)
    return f"{minutes} min {rest} s"


def file_size(value: Number | None) -> str:
    """Bytes in decimal units: ``812 B``, ``1.2 MB``."""
    amount = _decimal(value)
    if amount is None:
        return MISSING
    if amount < 1000:
        return f"{amount:.0f} B"
    units = ("kB", "MB", "GB", "TB")
    power = 1
    while _rounded(amount / 1000**power, 1) >= 1000 and power < len(units):
        power += 1
    return f"{_rounded(amount / 1000**power, 1):,.1f} {units[power - 1]}"


def _decimal(value: Number | None) -> Decimal | None:
    if value is None:
        return None
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    return amount if amount.is_finite() else None


# Wide enough for any DECIMAL(38,12) and any float; the default context would refuse 29 digits.
_WIDE = Context(prec=400)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=_WIDE)


def _places(size: Decimal) -> int:
    return 2 if _rounded(size, 2) < _CENTS_BELOW else 0


def _compact(size: Decimal) -> str:
    """Three figures with a unit, or nothing below 1,000."""
    for index, (unit, letter) in enumerate(_UNITS):
        if _rounded(size, 0) < unit:
            continue
        scaled = size / unit
        places = 2 if _rounded(scaled, 2) < 10 else 1 if _rounded(scaled, 1) < 100 else 0
        if _rounded(scaled, places) >= 1000 and index > 0:
            unit, letter = _UNITS[index - 1]
            scaled, places = size / unit, 2
        return f"{_rounded(scaled, places):,.{places}f}{letter}"
    return ""


def _day(value: date, *, year: bool) -> str:
    text = f"{value.day} {calendar.month_abbr[value.month]}"
    return f"{text} {value.year}" if year else text
