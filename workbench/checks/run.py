"""Run one check: what it needs first, then its SQL, then its verdicts held against what a check may answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from workbench.checks.ground import BASES, Ground, compose, tables_of
from workbench.checks.header import Preset
from workbench.checks.registry import FIXED, MONEY, Check
from workbench.engines import Query
from workbench.engines.base import Value
from workbench.errors import BadFilter, CannotRun, QueryFailed, QueryTimeout, WorkbenchError
from workbench.queries.run import ARROW_TYPES, parse_value

__all__ = ["VERDICTS", "Judged", "Outcome", "judge", "missing", "parameters"]

Verdict = Literal["flagged", "passed", "excluded", "cannot tell"]
VERDICTS: tuple[Verdict, ...] = ("flagged", "passed", "excluded", "cannot tell")

Outcome = Literal["findings", "clean", "cannot run", "failed"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What one check said of all it looked at.

    Attributes:
        check: the check.
        values: parameter → value it ran with.
        outcome: findings, clean, cannot run or failed; before exclusions by policy.
        table: a row for each judged resource, fixed columns first; None when it did not run.
        why: what is missing, the error, or that there was nothing to judge.
        hint: what to do about it.
        query: the statement as run.
        seconds: time the engine took.
    """

    check: Check
    values: Mapping[str, Value]
    outcome: Outcome
    table: pa.Table | None = field(default=None, repr=False)
    why: str = ""
    hint: str = ""
    query: Query | None = None
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """Verdict → how many."""
        if self.table is None:
            return {}
        pairs = pc.value_counts(self.table.column("verdict")).to_pylist()
        return {pair["values"]: pair["counts"] for pair in pairs}

    def rows(self, verdict: Verdict | None = None) -> Iterator[dict[str, Any]]:
        """Judgements as dictionaries, of one verdict or all."""
        if self.table is None:
            return iter(())
        table = self.table
        if verdict is not None:
            table = table.filter(pc.equal(table.column("verdict"), verdict))
        return iter(table.to_pylist())


def parameters(check: Check, preset: Preset = "default", given: Mapping[str, str] | None = None) -> dict[str, Value]:
    """Parameter → value: those given, else those of the preset.

    Raises:
        BadFilter: an unknown parameter, or a text that is not of its type.
    """
    texts = dict(check.preset(preset))
    for name, text in (given or {}).items():
        if name not in texts:
            raise BadFilter(
                f"{check.id} has no parameter {name}",
                hint=f"It has: {', '.join(texts)}" if texts else "It has none",
            )
        texts[name] = text
    return {one.name: parse_value(one, texts[one.name]) for one in check.header.parameters}


def judge(
    ground: Ground,
    check: Check,
    values: Mapping[str, Value],
    *,
    subject: str | None = None,
    seen: dict[str, str | None] | None = None,
    timeout: float | None = None,
) -> Judged:
    """Run a check; never raises for what is wrong with data or check: the outcome says it.

    Args:
        ground: shared facts.
        check: the check.
        values: of all its parameters.
        subject: judge only this one.
        seen: what was already found out about tables and columns, shared by the checks of a scan.
        timeout: seconds; default: the engine's limit.
    """
    query = _query(ground, check, values, subject)
    if not ground.newest and check.facts.history == "inventory":
        # The state of today would be told of a day on which it may have been another.
        why = f"The inventory knows its own day only, {ground.last}"
        return Judged(check, values, "cannot run", why=why, query=query)
    lacking = missing(ground, check, {} if seen is None else seen)
    if lacking is not None:
        return Judged(check, values, "cannot run", why=lacking, hint=_hint(check), query=query)
    start = perf_counter()
    try:
        table = ground.engine.run(query, timeout=timeout) if timeout is not None else ground.engine.run(query)
        _check_answer(check, table)
        table = _aligned(check, table)
    except QueryTimeout as exc:
        return Judged(check, values, "failed", why=exc.title, hint=exc.hint or "", query=query)
    except CannotRun as exc:
        return Judged(check, values, "cannot run", why=exc.title, hint=exc.hint or "", query=query)
    except WorkbenchError as exc:
        return Judged(check, values, "failed", why=": ".join(t for t in (exc.title, exc.detail) if t), query=query)
    seconds = perf_counter() - start
    verdicts = set(pc.unique(table.column("verdict")).to_pylist())
    if verdicts == {"cannot tell"}:
        [reason, *_] = sorted({str(text) for text in table.column("reason").to_pylist()})
        return Judged(check, values, "cannot run", table, reason, _hint(check), query, seconds)
    outcome: Outcome = "findings" if "flagged" in verdicts else "clean"
    why = "" if verdicts else "The data have nothing of the kind it looks at"
    return Judged(check, values, outcome, table, why, query=query, seconds=seconds)


def missing(ground: Ground, check: Check, seen: dict[str, str | None]) -> str | None:
    """What a check needs and the data has not, in words; None when all is there."""
    header = check.header
    # An empty table answers nothing, whatever it is read for.
    rows = dict.fromkeys([*header.needs_rows, *tables_of(check.sql)])
    for table, columns in header.requires.items():
        problem = _asked(ground, seen, f"{table}({','.join(columns)})", _columns_there, table, columns)
        if problem is not None:
            return problem
    for table in rows:
        if (problem := _asked(ground, seen, table, _has_rows, table)) is not None:
            return problem
    for name in header.needs_values:
        table, _, column = name.partition(".")
        if (problem := _asked(ground, seen, name, _has_values, table, column)) is not None:
            return problem
    return None


def _asked(ground: Ground, seen: dict[str, str | None], key: str, ask: Any, *arguments: Any) -> str | None:
    if key not in seen:
        seen[key] = ask(ground, *arguments)
    return seen[key]


def _columns_there(ground: Ground, table: str, columns: tuple[str, ...]) -> str | None:
    try:
        ground.engine.run(Query(f"Columns of {table}", f"SELECT {', '.join(columns) or '*'} FROM {table} LIMIT 0"))
    except WorkbenchError as exc:
        return f"needs {table}: {exc.detail or exc.title}"
    return None


def _has_rows(ground: Ground, table: str) -> str | None:
    found = ground.engine.run(Query(f"Whether {table} has rows", f"SELECT 1 AS found FROM {table} LIMIT 1"))
    return None if found.num_rows else f"needs {_NOUNS.get(table, table)}: none are loaded"


def _has_values(ground: Ground, table: str, column: str) -> str | None:
    found = ground.engine.run(
        Query(
            f"Whether {table}.{column} has values", f"SELECT 1 AS found FROM {table} WHERE {column} IS NOT NULL LIMIT 1"
        )
    )
    return None if found.num_rows else f"needs {table}.{column}: no row has a value"


_NOUNS = {"charges": "a bill", "resource_costs": "a bill", "metrics_daily": "daily metrics (metrics_daily)"}


def _hint(check: Check) -> str:
    reads = set(check.header.requires) | set(tables_of(check.sql))
    if reads <= {"charges", "daily_costs", "daily_resource_costs", "resource_costs", "charge_days"}:
        return "Load a bill that has these columns with: workbench ingest PATH"
    return "Load an inventory folder that has them with: workbench ingest FOLDER"


def _query(ground: Ground, check: Check, values: Mapping[str, Value], subject: str | None) -> Query:
    sql = check.sql
    given: dict[str, Value] = dict(values)
    if subject is not None:
        sql = f"SELECT * FROM (\n{sql}\n) AS judged WHERE subject = $subject"
        given["subject"] = subject
    sql = compose(sql, newest=ground.newest)
    given |= {name: value for name, value in ground.offered.items() if f"${name}" in sql}
    return Query(check.title, sql, tuple(sorted(given.items())))


_FIXED_TYPES = dict.fromkeys((*FIXED, "parts", "currency"), ("string", "large_string", "string_view"))


_MONEY_TYPE = pa.decimal128(38, 12)
_KIND_TYPES = {"number": pa.float64(), "integer": pa.int64(), "money": _MONEY_TYPE, "text": pa.string()}
_COLUMN_TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(_FIXED_TYPES, pa.string()),
    **dict.fromkeys(("share_low", "share", "share_high"), pa.float64()),
    **dict.fromkeys(("list_low", "list", "list_high", *(f"base_{basis}" for basis in BASES)), _MONEY_TYPE),
}


def _aligned(check: Check, table: pa.Table) -> pa.Table:
    """The answer in the types its columns are declared with: engines give literals types of their own."""
    declared = {column.name: _KIND_TYPES.get(column.kind) for column in check.header.columns}
    for place, column in enumerate(table.schema):
        wanted = _COLUMN_TYPES.get(column.name) or declared.get(column.name)
        if wanted is not None and column.type != wanted:
            cast = table.column(place).cast(wanted, safe=False)
            table = table.set_column(place, column.name, cast)
    return table


def _check_answer(check: Check, table: pa.Table) -> None:
    """Raise ``QueryFailed`` unless the answer has the columns a check must have, of their types."""
    names = set(table.column_names)
    problems = [
        f"there is no column {name}" for name in ("subject", "account", "verdict", "reason") if name not in names
    ]
    declared = {column.name: ARROW_TYPES[column.kind] for column in check.header.columns}
    problems += [f"the column {name} is missing" for name in declared if name not in names]
    problems += [f"the column {name} is not declared" for name in sorted(names - set(declared) - {*FIXED, *MONEY})]
    for field_ in table.schema:
        wanted = declared.get(field_.name) or _FIXED_TYPES.get(field_.name) or ("double", "float", "decimal128", "int")
        filled = table.num_rows and table.column(field_.name).null_count < table.num_rows
        if filled and not str(field_.type).startswith(wanted):
            problems.append(f"{field_.name} is {field_.type}")
    if not problems and table.num_rows:
        odd = set(pc.unique(table.column("verdict")).to_pylist()) - set(VERDICTS)
        problems += [f"“{verdict}” is not a verdict" for verdict in sorted(map(str, odd))]
        subjects = table.column("subject")
        if subjects.null_count:
            problems.append("a subject is null")
    if problems:
        raise QueryFailed(f"{check.id} does not answer as a check must", detail="; ".join(problems))
