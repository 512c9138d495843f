"""Try a check on a few hand-made rows: the examples that come with every check, and those of the editor.

Examples are TOML::

    [[case]]
    name = "just below the threshold"
    expect = { i-1 = "flagged", i-2 = "passed" }
    saving = { i-1 = 73.0 }

    [[case.instances]]
    id = "i-1"
    state = "running"
    avg_cpu_7d = 4.9
    hourly_cost = 0.1

    [[case.charges]]
    days = [2026-10-02, 2026-10-31]
    cost = 2
    resource_id = "i-1"
    x_usage_type = "BoxUsage:m5.large"

A case has ``expect`` (subject → verdict, of every subject that is judged) or ``cannot_run`` (a part of the reason); it
may have ``as_of`` (2026-10-31 unless given), ``preset``, ``parameters`` and ``saving`` (subject → a month, effective
cost, or list price without a bill). Columns left out are null, except those a row cannot be without; the account ``a1``
exists, with the number 000000000002. ``days`` repeats a charge line on each day, ``cost`` sets all four costs of a
line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, cast

import duckdb
import pyarrow as pa

from workbench.checks.ground import read_ground
from workbench.checks.header import PRESETS, Preset
from workbench.checks.price import price
from workbench.checks.registry import Check
from workbench.checks.run import Judged, judge, parameters
from workbench.engines import Query
from workbench.errors import BadFile, QueryFailed
from workbench.progress import Silent
from workbench.schema import TABLES, VIEWS, create_table, create_view
from workbench.schema.charges import COSTS
from workbench.schema.model import Kind, Table, quote
from workbench.schema.tables import table as declared_table
from workbench.settings import Settings
from workbench.snapshot.rollups import build_rollups

__all__ = ["Case", "Tried", "read_cases", "try_case"]

_AS_OF = date(2026, 10, 31)
_ACCOUNT = {"id": "a1", "name": "Team A", "account_number": "000000000002", "provider": "AWS"}
_LINE: Mapping[str, Any] = {
    "billing_account_id": "000000000001", "billing_currency": "USD", "charge_category": "Usage",
    "charge_frequency": "Usage-Based", "pricing_category": "Standard", "provider_name": "AWS",
    "sub_account_id": "000000000002", "sub_account_name": "Team A", "region_id": "us-east-1",
    "service_category": "Compute", "service_name": "Amazon Elastic Compute Cloud", "consumed_quantity": 1.0,
    "consumed_unit": "Hours", "pricing_quantity": 1.0, "pricing_unit": "Hours", "x_source_id": 1, "x_spread": False,
}  # fmt: skip
_KEYS = {"name", "expect", "cannot_run", "as_of", "preset", "parameters", "saving"}


@dataclass(frozen=True, slots=True)
class Case:
    """One example: rows, and what the check must say of them."""

    name: str
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    expect: Mapping[str, str] = field(default_factory=dict)
    cannot_run: str = ""
    as_of: date = _AS_OF
    preset: Preset = "default"
    parameters: Mapping[str, str] = field(default_factory=dict)
    saving: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a check said of a case; ``problems`` is empty when it said what it must."""

    case: Case
    judged: Judged
    savings: Mapping[str, Decimal | None]
    problems: tuple[str, ...]


def read_cases(text: str, *, source: str) -> tuple[Case, ...]:
    """Read the examples of one check.

    Raises:
        BadFile: not TOML, or a case is not as it should be; names the case.
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as exc:
        raise BadFile(f"{source}: not TOML", detail=str(exc)) from exc
    cases = document.get("case")
    if not isinstance(cases, list) or set(document) != {"case"}:
        raise BadFile(f"{source}: examples are written as [[case]]")
    return tuple(_case(number, one, source) for number, one in enumerate(cases, start=1))


def _case(number: int, given: Mapping[str, Any], source: str) -> Case:
    place = f"{source}: case {number}"
    if not given.get("name"):
        raise BadFile(f"{place} has no name")
    if ("expect" in given) == ("cannot_run" in given):
        raise BadFile(f"{place}: write either `expect` or `cannot_run`")
    known = {table.name for table in TABLES}
    rows = {key: value for key, value in given.items() if key not in _KEYS}
    for name, value in rows.items():
        if name not in known:
            raise BadFile(f"{place}: there is no table {name}")
        if not isinstance(value, list):
            raise BadFile(f"{place}: rows are written as [[case.{name}]]")
        for row in value:
            if unknown := sorted(set(row) - set(declared_table(name).names) - {"days", "cost"}):
                raise BadFile(f"{place}: {name} has no column {unknown[0]}")
    preset = given.get("preset", "default")
    if preset not in PRESETS:
        raise BadFile(f"{place}: there is no preset {preset}")
    return Case(
        given["name"],
        {name: tuple(value) for name, value in rows.items()},
        {str(key): str(value) for key, value in given.get("expect", {}).items()},
        str(given.get("cannot_run", "")),
        given.get("as_of", _AS_OF),
        cast("Preset", preset),
        {key: _text(value) for key, value in given.get("parameters", {}).items()},
        {key: Decimal(str(value)) for key, value in given.get("saving", {}).items()},
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def try_case(check: Check, case: Case) -> Tried:
    """Run ``check`` on the rows of ``case`` in memory and compare; the rows are gone afterwards."""
    connection = _empty().cursor()
    connection.begin()
    try:
        _fill(connection, case)
        ground = read_ground(_Memory(connection), case.as_of)
        judged = judge(ground, check, parameters(check, case.preset, case.parameters))
        savings = {}
        for row in judged.rows("flagged"):
            subject = ground.subject(check.facts.resource, row["subject"], row["account"])
            number = subject.account_number if subject else ground.account(row["account"])[0]
            amounts = price(ground, row, subject, number).expected
            savings[row["subject"]] = amounts["effective"] if amounts["effective"] is not None else amounts["list"]
    finally:
        connection.rollback()
        connection.close()
    return Tried(case, judged, savings, tuple(_problems(case, judged, savings)))


def _problems(case: Case, judged: Judged, savings: Mapping[str, Decimal | None]) -> Iterable[str]:
    if case.cannot_run:
        if judged.outcome != "cannot run":
            yield f"it ran ({judged.outcome}); it should say that it cannot"
        elif case.cannot_run not in judged.why:
            yield f"the reason is “{judged.why}”"
        return
    if judged.outcome == "failed" or judged.table is None:
        yield f"{judged.outcome}: {judged.why}"
        return
    said = {row["subject"]: row["verdict"] for row in judged.rows()}
    for subject in sorted(set(said) | set(case.expect)):
        if said.get(subject) != case.expect.get(subject):
            yield f"{subject} is {said.get(subject, 'not judged')}, not {case.expect.get(subject, 'left alone')}"
    for subject, saving in case.saving.items():
        have = savings.get(subject)
        if have is None or abs(have - saving) > Decimal("0.005"):
            yield f"{subject} saves {have}, not {saving}"
    for row in judged.rows():
        yield from _contradictions(judged, row)


def _contradictions(judged: Judged, row: Mapping[str, Any]) -> Iterable[str]:
    """Where ``when`` and the verdict differ without a reason."""
    if row["reason"] is not None:
        return
    met = [[term.met(row, judged.values) for term in clause] for clause in judged.check.facts.when]
    holds = all(any(one is True for one in clause) for clause in met)
    if holds != (row["verdict"] == "flagged"):
        yield f"{row['subject']} is {row['verdict']}, but its figures say otherwise: {met}"


# -- the database in memory -------------------------------------------------------------------------------------------


class _Memory:
    """An engine over rows in memory."""

    name = "DuckDB in memory"
    snapshot_id = "trial"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, query: Query, *, timeout: float | None = None) -> pa.Table:  # noqa: ARG002 - a few rows
        """See :class:`workbench.engines.Engine`."""
        try:
            result: pa.Table = self._connection.sql(query.sql, params=query.named or None).to_arrow_table()
        except duckdb.Error as exc:
            raise QueryFailed(f"{query.title} failed", detail=str(exc).splitlines()[0]) from exc
        return result


@lru_cache(maxsize=1)
def _empty() -> duckdb.DuckDBPyConnection:
    """A database with the schema and no rows; what is done in it is rolled back."""
    connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "512MB"})
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    for table in TABLES:
        connection.execute(create_table(table))
    for view in VIEWS:
        connection.execute(create_view(view))
    return connection


def _fill(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    end = datetime.combine(case.as_of + timedelta(days=1), time())
    rows: dict[str, list[Mapping[str, Any]]] = {name: list(value) for name, value in case.rows.items()}
    if not any(row.get("id") == _ACCOUNT["id"] for row in rows.get("cloud_accounts", ())):
        rows.setdefault("cloud_accounts", []).append(_ACCOUNT)
    rows["loads"] = [{"load_id": 1, "started_at": end, "status": "done"}]
    if "charges" in rows:
        lines = [line for row in rows["charges"] for line in _lines(row)]
        # A line without cost on the last day, so that the bill reaches it.
        lines.append(_line({"cost": 0, "service_name": "Other"}, case.as_of))
        rows["charges"] = list(lines)
    for name, given in rows.items():
        table = declared_table(name)
        filled = [{**_needed(table, row), **row} for row in given]
        # Rows of the same columns, the days of a line, go in with one statement.
        for columns, alike in groupby(filled, key=tuple):
            _insert(connection, name, columns, [tuple(row.values()) for row in alike])
    if "charges" in rows:
        build_rollups(connection, _settings(), Silent())


def _insert(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    row = "(" + ", ".join("?" for _ in columns) + ")"
    named = ", ".join(quote(column) for column in columns)
    values = [value for one in rows for value in one]
    connection.execute(f"INSERT INTO {quote(name)} ({named}) VALUES {', '.join([row] * len(rows))}", values)


def _lines(row: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    given = {key: value for key, value in row.items() if key != "days"}
    if "days" in row:
        first, last = row["days"]
        for n in range((last - first).days + 1):
            yield _line(given, first + timedelta(days=n))
    else:
        yield _line(given, _AS_OF)


def _line(row: Mapping[str, Any], day: date) -> Mapping[str, Any]:
    amount = row.get("cost", 1)
    start: datetime = row.get("charge_period_start", datetime.combine(day, time()))
    month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return {
        **_LINE,
        **dict.fromkeys(COSTS, amount),
        "charge_period_start": start,
        "charge_period_end": start + timedelta(days=1),
        "billing_period_start": month,
        "billing_period_end": (month + timedelta(days=32)).replace(day=1),
        **{key: value for key, value in row.items() if key != "cost"},
    }


def _needed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that cannot be null: the account, the provider, and ids that follow from ``id``."""
    own = str(row.get("id", f"{table.name}-{len(row)}"))
    fixed = {"account_id": "a1", "provider": "AWS", "region": None}
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name in row or not column.required:
            continue
        if column.name in fixed:
            values[column.name] = fixed[column.name]
        elif column.kind is Kind.TEXT:
            values[column.name] = own
        elif column.kind is Kind.DATE:
            values[column.name] = _AS_OF
    return values


@lru_cache(maxsize=1)
def _settings() -> Settings:
    return Settings(promoted_tags=(), promoted_tag_limit=0)  # type: ignore[call-arg]  # the others have defaults
