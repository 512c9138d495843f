"""The typed header of a stored statement: comment lines ``-- key: value`` before the SQL.

::

    -- title: Cost by service and month
    -- purpose: What each service cost in each month of the period;
    --   continued lines are indented.
    -- grain: service x month
    -- param first (date, default: first day of data): First charge day
    -- param max_cpu (number, cautious: 3, default: 5, aggressive: 10, unit: %, range: 1..30): Mean CPU below it is idle
    -- column service_name (text): Service as on the bill
    -- column effective_cost (money, billing_currency): Effective cost
    -- requires daily_costs: charge_date, service_name, effective_cost
    -- needs rows: volumes
    -- needs values: volumes.last_used_at
    -- chart: bar service_name effective_cost

Keys that are not listed here are kept in ``Header.extra`` for other readers of the same format (waste checks).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from workbench.errors import BadFile

__all__ = ["KINDS", "ChartKind", "Header", "Kind", "OutputColumn", "Parameter", "parse_header"]

Kind = Literal["text", "date", "time", "number", "integer", "boolean", "money", "json"]
KINDS: tuple[Kind, ...] = ("text", "date", "time", "number", "integer", "boolean", "money", "json")

ChartKind = Literal["bar", "line"]

_LINE = re.compile(r"^--\s(?P<key>[a-z][a-z0-9_]*(?:\s[a-z0-9_]+)?(?:\s\([^)]*\))?):\s*(?P<value>.*)$")
_MORE = re.compile(r"^--\s{2,}(?P<value>\S.*)$")
_ABOUT = ("default", "cautious", "aggressive", "unit", "range")
_NAMED = re.compile(r"^(?P<family>param|column|requires|needs)\s(?P<name>[a-z0-9_]+)(?:\s\((?P<about>[^)]*)\))?$")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, ``$name`` in the SQL.

    Attributes:
        name: as in the SQL.
        kind: type of its values.
        default: a literal or a named default (``first day of data``); None: it must be given.
        text: what it is, for people.
        presets: literals other than the default, by the name of the preset: cautious, aggressive.
        unit: of its values; empty for none.
        span: least and greatest sensible value of a number.
    """

    name: str
    kind: Kind
    default: str | None
    text: str
    presets: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One column of the answer; ``unit`` is a currency, the column that holds it, a physical unit, or empty."""

    name: str
    kind: Kind
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its statement.

    Attributes:
        title: a few words, for lists.
        purpose: what it is for.
        grain: what one row is.
        parameters: in order.
        columns: of the answer, in order; empty: whatever the tables have (``SELECT *``).
        requires: table → columns it reads.
        needs_rows: tables that must not be empty for the answer to mean anything.
        needs_values: ``table.column`` that must not be null in all rows.
        chart: kind, x column and y column; None: no chart.
        extra: further keys → values, for other readers.
    """

    title: str
    purpose: str
    grain: str
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[OutputColumn, ...] = ()
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs_rows: tuple[str, ...] = ()
    needs_values: tuple[str, ...] = ()
    chart: tuple[ChartKind, str, str] | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def parse_header(text: str, *, source: str) -> tuple[Header, str]:
    """Split a file into its header and its statement.

    Args:
        text: the whole file.
        source: name of the file, for messages.

    Raises:
        BadFile: a line cannot be read, or title, purpose or grain is missing; names file and line.
    """
    plain: dict[str, str] = {}
    parameters, columns = [], []
    requires: dict[str, tuple[str, ...]] = {}
    needs: dict[str, tuple[str, ...]] = {}
    for number, key, value in _entries(text, source):
        named = _NAMED.match(key)
        if named is None:
            if key in plain:
                raise _bad(source, number, f"{key} is there twice")
            plain[key] = value
            continue
        family, name, about = named["family"], named["name"], named["about"]
        match family:
            case "param":
                parameters.append(_parameter(name, about, value, source, number))
            case "column":
                columns.append(_column(name, about, value, source, number))
            case "requires":
                requires[name] = _names(value)
            case _ if name in ("rows", "values"):
                needs[name] = _names(value)
            case _:
                raise _bad(source, number, f"needs {name}: write `needs rows` or `needs values`")
    for key in ("title", "purpose", "grain"):
        if not plain.get(key):
            raise _bad(source, 1, f"there is no {key}")
    chart = _chart(plain.pop("chart", None), columns, source)
    header = Header(
        plain.pop("title"),
        plain.pop("purpose"),
        plain.pop("grain"),
        tuple(parameters),
        tuple(columns),
        requires,
        needs.get("rows", ()),
        needs.get("values", ()),
        chart,
        plain,
    )
    return header, _statement(text)


def _entries(text: str, source: str) -> Iterator[tuple[int, str, str]]:
    """(line, key, value) of each entry; continued lines joined by a space."""
    current: tuple[int, str, list[str]] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("--"):
            break
        if more := _MORE.match(line):
            if current is None:
                raise _bad(source, number, "a continued line without a key before it")
            current[2].append(more["value"].strip())
            continue
        found = _LINE.match(line)
        if found is None:
            raise _bad(source, number, f"not `-- key: value`: {line[:80]}")
        if current is not None:
            yield current[0], current[1], " ".join(current[2])
        current = (number, found["key"], [found["value"].strip()] if found["value"].strip() else [])
    if current is not None:
        yield current[0], current[1], " ".join(current[2])


def _statement(text: str) -> str:
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "\n".join(lines[start:]).strip().removesuffix(";").rstrip()


def _parameter(name: str, about: str | None, value: str, source: str, line: int) -> Parameter:
    kind, *parts = (about or "").split(",")
    given: dict[str, str] = {}
    for part in parts:
        key, sign, text = part.partition(":")
        if not sign or key.strip() not in _ABOUT or key.strip() in given:
            raise _bad(source, line, f"after the type of {name} may stand, once each: {', '.join(_ABOUT)}")
        given[key.strip()] = text.strip()
    presets = {key: text for key, text in given.items() if key in ("cautious", "aggressive")}
    if presets and "default" not in given:
        raise _bad(source, line, f"{name} has presets and no default")
    return Parameter(
        name,
        _kind(kind.strip(), name, source, line),
        given.get("default"),
        value,
        presets,
        given.get("unit", ""),
        _span(given.get("range"), name, source, line),
    )


def _span(text: str | None, name: str, source: str, line: int) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        least, greatest = (float(part) for part in text.split(".."))
    except ValueError:
        raise _bad(source, line, f"the range of {name} is not two numbers such as 1..30") from None
    if not least < greatest:
        raise _bad(source, line, f"the range of {name} does not rise")
    return least, greatest


def _column(name: str, about: str | None, value: str, source: str, line: int) -> OutputColumn:
    kind, _, unit = (about or "").partition(",")
    return OutputColumn(name, _kind(kind.strip(), name, source, line), unit.strip(), value)


def _kind(text: str, name: str, source: str, line: int) -> Kind:
    if text not in KINDS:
        raise _bad(source, line, f"{name} has no type; write one of {', '.join(KINDS)} in brackets")
    return text


def _chart(text: str | None, columns: list[OutputColumn], source: str) -> tuple[ChartKind, str, str] | None:
    if text is None:
        return None
    parts = text.split()
    names = {column.name for column in columns}
    if len(parts) != 3 or parts[0] not in ("bar", "line") or not set(parts[1:]) <= names:
        raise _bad(source, 1, f"chart is not `bar|line x y` with declared columns: {text}")
    return cast("ChartKind", parts[0]), parts[1], parts[2]


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _bad(source: str, line: int, what: str) -> BadFile:
    return BadFile(f"{source}: line {line}: {what}", hint="The header of stored SQL is described in docs/QUERIES.md")
