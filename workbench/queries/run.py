"""Run a stored statement: parameters from text, what it needs checked first, the answer checked against its header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from workbench.engines import Engine, Query
from workbench.engines.base import Value
from workbench.errors import BadFilter, CannotRun, QueryFailed
from workbench.queries.header import Header, Kind, Parameter
from workbench.queries.registry import StoredQuery
from workbench.schema.model import quote

__all__ = ["ARROW_TYPES", "StoredAnswer", "default_values", "parse_value", "plan_of", "run_stored"]

_COVERAGE = Query(
    "First and last charge day and the currency with most cost",
    "SELECT MIN(charge_date) AS first, MAX(charge_date) AS last,"
    " (SELECT billing_currency FROM daily_costs GROUP BY billing_currency"
    " ORDER BY SUM(ABS(effective_cost)) DESC NULLS LAST, billing_currency LIMIT 1) AS currency FROM daily_costs",
)
ARROW_TYPES: dict[Kind, tuple[str, ...]] = {
    "text": ("string", "large_string", "string_view"),
    "json": ("string", "large_string", "string_view"),
    "date": ("date32",),
    "time": ("timestamp",),
    "number": ("double", "float"),
    "integer": ("int",),
    "boolean": ("bool",),
    "money": ("decimal128",),
}
"""How Arrow spells the kinds of a header."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer of a stored statement; ``values`` are the parameters it ran with."""

    stored: StoredQuery
    table: pa.Table
    queries: tuple[Query, ...]
    values: Mapping[str, Value]


def run_stored(
    engine: Engine, stored: StoredQuery, given: Mapping[str, str] | None = None, *, timeout: float | None = None
) -> StoredAnswer:
    """Run it.

    Args:
        engine: a snapshot or a database.
        stored: the statement.
        given: parameter → text; those left out take their defaults.
        timeout: seconds; default: the engine's limit.

    Raises:
        BadFilter: an unknown parameter, a text that is not of its type, or one that has no default is not given.
        CannotRun: a table, column or row it needs is not there; says what.
        QueryTimeout, QueryFailed: from the engine; or the answer is not what the header says.
    """
    values = _values(engine, stored.header, given or {})
    query = Query(stored.header.title, stored.sql, tuple(sorted(values.items())))
    _check_needs(engine, stored)
    table = engine.run(query, timeout=timeout) if timeout is not None else engine.run(query)
    _check_answer(stored, table)
    return StoredAnswer(stored, table, (query,), values)


def plan_of(engine: Engine, query: Query) -> str:
    """How the engine would run ``query``, as the engine writes it."""
    table = engine.run(Query(f"Plan of {query.title}", f"EXPLAIN {query.sql}", query.params))
    return "\n".join(str(value) for value in table.columns[-1].to_pylist())


def default_values(engine: Engine, header: Header) -> dict[str, Value]:
    """Parameter → its default; parameters without one are left out."""
    return {p.name: _default(engine, p) for p in header.parameters if p.default is not None}


def _values(engine: Engine, header: Header, given: Mapping[str, str]) -> dict[str, Value]:
    known = {parameter.name: parameter for parameter in header.parameters}
    if unknown := sorted(set(given) - set(known)):
        raise BadFilter(
            f"There is no parameter {unknown[0]}", hint=f"There are: {', '.join(known)}" if known else "It has none"
        )
    values: dict[str, Value] = {}
    for name, parameter in known.items():
        if name in given:
            values[name] = parse_value(parameter, given[name])
        elif parameter.default is None:
            raise BadFilter(f"{name} is missing", detail=parameter.text, hint=f"Give it as -p {name}=…")
        else:
            values[name] = _default(engine, parameter)
    return values


def _default(engine: Engine, parameter: Parameter) -> Value:
    """A named default from the data, or a literal.

    Named: ``first day of data``, ``last day of data``, ``N days before the last day``, ``first day of the last month``,
    ``main currency``, ``none``.
    """
    text = parameter.default or ""
    if text == "none":
        return None
    words = text.split()
    if text not in ("first day of data", "last day of data", "main currency", "first day of the last month") and words[
        1:
    ] != ["days", "before", "the", "last", "day"]:
        return parse_value(parameter, text)
    [row] = engine.run(_COVERAGE).to_pylist()
    last: date | None = row["last"]
    if last is None:
        raise CannotRun("No charges have been loaded", hint="Load a bill with: workbench ingest PATH")
    match text:
        case "first day of data":
            return row["first"]  # type: ignore[no-any-return]  # a date
        case "last day of data":
            return last
        case "first day of the last month":
            return last.replace(day=1)
        case "main currency":
            return str(row["currency"])
        case _:
            return last - timedelta(days=int(words[0]))


def parse_value(parameter: Parameter, text: str) -> Value:
    """The value a text stands for; raises ``BadFilter`` with an example when it is not of the parameter's type."""
    try:
        match parameter.kind:
            case "date":
                return date.fromisoformat(text)
            case "time":
                return datetime.fromisoformat(text)
            case "number":
                return float(text)
            case "integer":
                return int(text)
            case "boolean":
                return {"true": True, "yes": True, "false": False, "no": False}[text.lower()]
            case _:
                return text
    except (ValueError, KeyError):
        example = {"date": "2026-10-31", "time": "2026-10-31T12:00:00", "boolean": "true"}.get(parameter.kind, "12.5")
        raise BadFilter(
            f"{parameter.name}: “{text[:80]}” is not of the type {parameter.kind}", hint=f"Write it like {example}"
        ) from None


def _check_needs(engine: Engine, stored: StoredQuery) -> None:
    """Ask for the required columns of no row, so that the engine names what is missing; then for a row where needed."""
    for table, columns in stored.header.requires.items():
        names = ", ".join(quote(name) for name in columns) or "*"
        engine.run(Query(f"{stored.header.title}: {table}", f"SELECT {names} FROM {quote(table)} LIMIT 0"))
    for table in stored.header.needs_rows:
        found = engine.run(Query(f"Whether {table} has rows", f"SELECT 1 AS found FROM {quote(table)} LIMIT 1"))
        if not found.num_rows:
            raise CannotRun(
                f"{stored.header.title} cannot tell: {table} has no rows",
                hint=f"Load an inventory with {table}: workbench ingest FOLDER",
            )


def _check_answer(stored: StoredQuery, table: pa.Table) -> None:
    declared = stored.header.columns
    if not declared:
        return
    problems = []
    if [column.name for column in declared] != table.column_names:
        problems.append(f"columns {', '.join(table.column_names)}")
    else:
        problems = [
            f"{column.name} is {field.type}"
            for column, field in zip(declared, table.schema, strict=True)
            if table.num_rows
            and table.column(field.name).null_count < table.num_rows
            and not str(field.type).startswith(ARROW_TYPES[column.kind])
        ]
    if problems:
        raise QueryFailed(f"{stored.name} does not answer as its header says", detail="; ".join(problems))
