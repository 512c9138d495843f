r"""A view as query parameters, and back: the only module that knows the names in an address.

==========================================  ===========================================================
``range=mtd|last_month|30d|90d|12m``        relative period; or ``from=2026-11-01&to=2026-11-20``, both included
``cmp=prev|prev_year|budget|none|A..B``     comparison; ``A..B`` are two ISO dates, both included
``basis=effective|billed|contracted|list``  which cost
``ccy=USD``                                 currency
``grain=day|week|month``                    bucket of the series
``by=service,account``                      grouping, outermost first
``f=dim:value``, ``f=dim:!value``           keep or leave out one value; repeated
``f=tag.team:∅``, ``f=tag.team:!∅``         without, with a value
``chart=bar|line|area|cumulative|treemap``  how Explore draws it
``snap=20261120T090000Z-ab12cd``            pinned snapshot
==========================================  ===========================================================

Escaping (before the percent-encoding every address has):

* In a dimension (``f`` before its first free colon, ``by`` between commas) a backslash makes the next character plain,
  so the tag key ``user:Name`` is ``tag.user\:Name``. Needed for ``:``, ``,`` and ``\``.
* A value is everything after that colon, as it is: colons, commas, percent signs, line ends. Only a value that begins
  with ``!`` or ``\``, or that is ``∅`` itself, is preceded by one backslash. ``dim:`` alone is the empty text.

What cannot be understood never widens the scope: an unknown parameter is ignored with a notice; an unreadable period
or filter is kept and matches nothing, with a notice; ``parse(to_params(view))[0] == view`` for every view.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from workbench.costs.dimensions import is_dimension
from workbench.costs.view import (
    Basis,
    Chart,
    Compare,
    CompareMode,
    Filter,
    Grain,
    Period,
    Range,
    UnusableRange,
    ViewSpec,
)

__all__ = ["ABSENT", "KEYS", "filter_text", "parse", "query_string", "to_params"]

ABSENT = "∅"
KEYS: tuple[str, ...] = ("range", "from", "to", "cmp", "basis", "ccy", "grain", "by", "f", "chart", "snap")
"""Every parameter a view uses."""

Params = Mapping[str, str | Sequence[str]]
_Choice = TypeVar("_Choice", bound=StrEnum)


def to_params(view: ViewSpec) -> dict[str, list[str]]:
    """The query parameters of ``view``; whatever a reader's program assumes anyway is left out, except the basis."""
    params: dict[str, list[str]] = {}
    match view.range:
        case Period(first, last):
            params["from"], params["to"] = [first.isoformat()], [last.isoformat()]
        case UnusableRange(given):
            params.update({key: [value] for key, value in given})
        case Range.MTD:
            pass
        case chosen:
            params["range"] = [chosen.value]
    if view.compare.period is not None:
        params["cmp"] = [f"{view.compare.period.first}..{view.compare.period.last}"]
    elif view.compare.mode is not CompareMode.PREVIOUS:
        params["cmp"] = [view.compare.mode.value]
    params["basis"] = [view.basis.value]
    if view.currency is not None:
        params["ccy"] = [view.currency]
    if view.grain is not Grain.DAY:
        params["grain"] = [view.grain.value]
    if view.by != ("service",):
        params["by"] = [",".join(_escaped(key, ",") for key in view.by)]
    if view.filters:
        params["f"] = [filter_text(item) for item in view.filters]
    if view.chart is not Chart.BAR:
        params["chart"] = [view.chart.value]
    if view.snapshot is not None:
        params["snap"] = [view.snapshot]
    return params


def query_string(view: ViewSpec) -> str:
    """The view as it stands after the ``?`` of an address."""
    return urlencode(to_params(view), doseq=True, safe=":,!")


def filter_text(item: Filter) -> str:
    """One filter as the ``f`` parameter holds it."""
    if item.value is None:
        value = ABSENT
    elif item.value == ABSENT or item.value.startswith(("!", "\\")):
        value = "\\" + item.value
    else:
        value = item.value
    return f"{_escaped(item.dimension, ':')}:{'!' if item.negated else ''}{value}"


def parse(params: Params, *, default_basis: Basis = Basis.EFFECTIVE) -> tuple[ViewSpec, tuple[str, ...]]:
    """Read a view; never raises.

    Args:
        params: parameter name → its value or values in order.
        default_basis: cost basis when the address names none.

    Returns:
        The view, and a notice in words for everything that could not be used.
    """
    given = {key: [values] if isinstance(values, str) else list(values) for key, values in params.items()}
    notices: list[str] = [f"“{key}” in the address is not known and was ignored" for key in given if key not in KEYS]
    for key, values in given.items():
        if key in KEYS and key != "f" and len(values) > 1:
            notices.append(f"“{key}” is given {len(values)} times in the address; the first one counts")
    one = {key: values[0] for key, values in given.items() if key != "f" and values}
    view = ViewSpec(
        range=_range(one, notices),
        compare=_compare(one.get("cmp"), notices),
        basis=_choice(Basis, "basis", one, default_basis, notices),
        currency=one.get("ccy"),
        grain=_choice(Grain, "grain", one, Grain.DAY, notices),
        by=_by(one.get("by"), notices),
        filters=tuple(_filter(text, notices) for text in given.get("f", [])),
        chart=_choice(Chart, "chart", one, Chart.BAR, notices),
        snapshot=one.get("snap"),
    )
    return view, tuple(notices)


def _range(one: Mapping[str, str], notices: list[str]) -> Range | Period | UnusableRange:
    raw = tuple((key, one[key]) for key in ("range", "from", "to") if key in one)
    explicit = tuple(pair for pair in raw if pair[0] != "range")
    if not raw:
        return Range.MTD
    if explicit:
        if len(explicit) == 2:
            if "range" in one:
                notices.append("“range” was ignored: the address names “from” and “to”")
            period = _period(one["from"], one["to"])
            if period is not None:
                return period
        reason = "needs both “from” and “to”" if len(explicit) == 1 else "must be two ISO dates in order"
        notices.append(f"The period {_shown(explicit)} {reason}; nothing is shown until one is chosen")
        return UnusableRange(explicit)
    try:
        return Range(one["range"])
    except ValueError:
        known = ", ".join(item.value for item in Range)
        notices.append(f"The period {_shown(raw)} is none of {known}; nothing is shown until one is chosen")
        return UnusableRange(raw)


def _period(first: str, last: str) -> Period | None:
    try:
        return Period(_day(first), _day(last))
    except ValueError:
        return None


def _day(text: str) -> date:
    # fromisoformat also reads week dates and dates without hyphens; the grammar has one spelling.
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def _compare(text: str | None, notices: list[str]) -> Compare:
    if text is None:
        return Compare()
    if ".." in text:
        period = _period(*text.split("..", 1))
        if period is not None:
            return Compare(CompareMode.CUSTOM, period)
    elif text in {mode.value for mode in CompareMode} - {CompareMode.CUSTOM.value}:
        return Compare(CompareMode(text))
    notices.append(f"The comparison “{text}” could not be read, so nothing is compared")
    return Compare(CompareMode.NONE)


def _choice(kind: type[_Choice], key: str, one: Mapping[str, str], default: _Choice, notices: list[str]) -> _Choice:
    text = one.get(key)
    if text is None:
        return default
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(item.value for item in kind)
        notices.append(f"{key} “{text}” is none of {known}; {default.value} is shown")
        return default


def _by(text: str | None, notices: list[str]) -> tuple[str, ...]:
    if text is None:
        return ()
    keys = []
    for part in _split(text, ","):
        if is_dimension(part):
            keys.append(part)
        else:
            notices.append(f"Grouping by “{part}” is not known and was ignored")
    return tuple(keys)


def _filter(text: str, notices: list[str]) -> Filter:
    parts = _split(text, ":", limit=1)
    dimension = parts[0]
    if len(parts) == 1:
        notices.append(f"The filter “{text}” is not of the form dimension:value and matches nothing")
        return Filter(dimension, "")
    if not is_dimension(dimension):
        notices.append(f"The filter “{text}” names no known dimension and matches nothing")
    value, negated = parts[1], False
    if value.startswith("!"):
        value, negated = value[1:], True
    if value == ABSENT:
        return Filter(dimension, None, negated)
    return Filter(dimension, value.removeprefix("\\"), negated)


def _escaped(text: str, separator: str) -> str:
    return text.replace("\\", "\\\\").replace(separator, "\\" + separator)


def _split(text: str, separator: str, *, limit: int | None = None) -> list[str]:
    """Split at free separators, at most ``limit`` times, taking the backslashes off all parts but a limited rest."""
    parts, current = [], ""
    characters: Iterator[tuple[int, str]] = iter(enumerate(text))
    for index, character in characters:
        if character == "\\":
            current += next(characters, (index, "\\"))[1]
        elif character == separator:
            parts.append(current)
            current = ""
            if len(parts) == limit:
                return [*parts, text[index + 1 :]]
        else:
            current += character
    return [*parts, current]


def _shown(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"“{key}={value}”" for key, value in pairs)
