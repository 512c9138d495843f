"""What the header of a check says beyond that of any stored statement.

::

    -- resource: instances
    -- provider: AWS
    -- area: Compute
    -- rule: Running, and mean CPU of seven days below {max_cpu} %
    -- when: state = running; avg_cpu_7d < $max_cpu
    -- saving: All that the machine costs
    -- kind: saving
    -- risk: medium
    -- effort: low
    -- restart: yes
    -- reversible: yes
    -- confidence: 70
    -- conflict: machine 1
    -- remedy: Ask the owner | Stop it and wait two weeks | Take a last snapshot and terminate it
    -- cli: aws ec2 stop-instances --instance-ids {resource_id} --region {region}
    -- source: Requirement 002; thresholds of the presets by Compute Optimizer and Trusted Advisor, 2026-10
    -- history: inventory
    -- metric: cpu_avg

``when`` says the rule a second time, clause by clause, so that each judgement can be explained figure by figure:
clauses apart by ``;``, alternatives in a clause apart by `` or ``, each ``column operator value``, where a value is
``$parameter``, another column, a number or a word. Tests compare it with the verdict of the SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast, get_args

from workbench.errors import BadFile
from workbench.queries import Header

__all__ = ["PRESETS", "CheckFacts", "Clause", "History", "Kind", "Level", "Preset", "Term", "read_facts"]

Preset = Literal["cautious", "default", "aggressive"]
PRESETS: tuple[Preset, ...] = get_args(Preset)

Kind = Literal["saving", "review", "hygiene"]
"""``saving`` counts in totals; ``review`` names an amount nobody should add up; ``hygiene`` has none."""

Level = Literal["safe", "low", "medium", "high"]

History = Literal["bill", "metrics", "dates", "inventory"]
"""What a judgement of an earlier day can be made from; an inventory knows only its own day."""

_KEYS = (
    "resource", "provider", "area", "rule", "when", "saving", "kind", "risk", "effort", "restart", "reversible",
    "confidence", "conflict", "remedy", "cli", "source", "history", "metric",
)  # fmt: skip
_OPTIONAL = ("conflict", "cli", "metric")
_TERM = re.compile(r"^(?P<column>[a-z0-9_]+)\s*(?P<operator><=|>=|<>|<|>|=|is not null|is null)\s*(?P<value>.*)$")


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: ``avg_cpu_7d < $max_cpu``."""

    column: str
    operator: str
    value: str

    def met(self, evidence: Mapping[str, Any], values: Mapping[str, Any]) -> bool | None:
        """Whether it holds of these figures; None when a figure is missing."""
        have, limit = evidence.get(self.column), self.limit(evidence, values)
        match self.operator:
            case "is null":
                return have is None
            case "is not null":
                return have is not None
        if have is None or limit is None:
            return None
        have, limit = _alike(have, limit)
        match self.operator:
            case "<":
                return bool(have < limit)
            case "<=":
                return bool(have <= limit)
            case ">":
                return bool(have > limit)
            case ">=":
                return bool(have >= limit)
            case "=":
                return bool(have == limit)
            case _:
                return bool(have != limit)

    def limit(self, evidence: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
        """What the figure is compared with."""
        if self.value.startswith("$"):
            return values.get(self.value[1:])
        if self.value in evidence:
            return evidence[self.value]
        return _literal(self.value)


Clause = tuple[Term, ...]
"""Terms of which one must hold."""


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A check in words and rules.

    Attributes:
        resource: inventory table of what it judges; ``bill`` for resources of the bill, ``group`` for anything else.
        provider: AWS, Azure, Google Cloud, or any.
        area: part of the cloud, for grouping.
        rule: in words; ``{name}`` stands for the value of a parameter.
        when: the rule as clauses that must all hold.
        saving: its formula in words.
        kind: whether its amounts may be added up.
        risk: of doing what it recommends.
        effort: of doing it.
        restart: whether something must restart.
        reversible: whether it can be undone.
        confidence: 1 to 100, before what the data adds or takes away.
        conflict: group and rank; of findings about the same money the lowest rank is counted first.
        remedy: steps in a console.
        cli: the same for a command line, never run by us; ``{resource_id}``, ``{region}``, ``{account}`` and names of
            columns are filled in.
        source: where rule and thresholds come from.
        history: what judging an earlier day needs.
        metric: key of ``metrics_daily`` that shows it; empty for none.
    """

    resource: str
    provider: str
    area: str
    rule: str
    when: tuple[Clause, ...]
    saving: str
    kind: Kind
    risk: Level
    effort: str
    restart: bool
    reversible: bool
    confidence: int
    conflict: tuple[str, int] | None
    remedy: tuple[str, ...]
    cli: str
    source: str
    history: History
    metric: str


def read_facts(header: Header, *, source: str) -> CheckFacts:
    """The further keys of a header; raises ``BadFile`` naming the key that is missing, unknown or not of its kind."""
    extra = header.extra
    if unknown := sorted(set(extra) - set(_KEYS)):
        raise BadFile(f"{source}: a check has no key {unknown[0]}", hint=f"There are: {', '.join(_KEYS)}")
    if missing := [key for key in _KEYS if key not in _OPTIONAL and not extra.get(key)]:
        raise BadFile(f"{source}: there is no {missing[0]}", hint="The header of checks is described in docs/CHECKS.md")
    return CheckFacts(
        resource=extra["resource"],
        provider=extra["provider"],
        area=extra["area"],
        rule=extra["rule"],
        when=_clauses(header, source),
        saving=extra["saving"],
        kind=cast("Kind", _one_of(extra, "kind", get_args(Kind), source)),
        risk=cast("Level", _one_of(extra, "risk", get_args(Level), source)),
        effort=_one_of(extra, "effort", ("low", "medium", "high"), source),
        restart=_one_of(extra, "restart", ("yes", "no"), source) == "yes",
        reversible=_one_of(extra, "reversible", ("yes", "no"), source) == "yes",
        confidence=_whole(extra["confidence"], "confidence", source),
        conflict=_conflict(extra.get("conflict"), source),
        remedy=tuple(step.strip() for step in extra["remedy"].split("|") if step.strip()),
        cli=extra.get("cli", ""),
        source=extra["source"],
        history=cast("History", _one_of(extra, "history", get_args(History), source)),
        metric=extra.get("metric", ""),
    )


def _clauses(header: Header, source: str) -> tuple[Clause, ...]:
    columns = {column.name for column in header.columns}
    parameters = {parameter.name for parameter in header.parameters}
    clauses = []
    for text in header.extra["when"].split(";"):
        terms = []
        for part in text.split(" or "):
            found = _TERM.match(part.strip())
            if found is None:
                raise BadFile(f"{source}: `when` cannot be read: {part.strip()[:80]}")
            term = Term(found["column"], found["operator"], found["value"].strip())
            if term.column not in columns:
                raise BadFile(f"{source}: `when` names the column {term.column}, which is not declared")
            if term.value.startswith("$") and term.value[1:] not in parameters:
                raise BadFile(f"{source}: `when` names the parameter {term.value}, which is not declared")
            terms.append(term)
        clauses.append(tuple(terms))
    return tuple(clauses)


def _one_of(extra: Mapping[str, str], key: str, known: tuple[str, ...], source: str) -> str:
    if extra[key] not in known:
        raise BadFile(f"{source}: {key} is “{extra[key]}”; write {', '.join(known)}")
    return extra[key]


def _whole(text: str, key: str, source: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise BadFile(f"{source}: {key} is not a whole number from 1 to 100")
    return int(text)


def _conflict(text: str | None, source: str) -> tuple[str, int] | None:
    if text is None:
        return None
    group, _, rank = text.rpartition(" ")
    if not group or not rank.isdigit():
        raise BadFile(f"{source}: conflict is not a group and a rank such as `machine 1`")
    return group, int(rank)


def _literal(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _alike(have: Any, limit: Any) -> tuple[Any, Any]:
    """Both of one type, so that they compare."""
    if isinstance(have, Decimal) or isinstance(limit, Decimal):
        return Decimal(str(have)), Decimal(str(limit))
    if isinstance(have, datetime) != isinstance(limit, datetime) and isinstance(have, date) and isinstance(limit, date):
        return datetime.fromisoformat(str(have)), datetime.fromisoformat(str(limit))
    if isinstance(have, str) != isinstance(limit, str):
        return str(have), str(limit)
    return have, limit
