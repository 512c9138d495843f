"""Counts the FOCUS rules on what was just loaded: one pass over the rows, a closer look only at rules that are broken.

Start with :func:`findings`. Rules live in ``quality_rules.py``; checks of the raw text come from the reader through the
survey of the first pass.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from workbench.ingest.quality_rules import RAW_RULES, RULES, Rule, Severity
from workbench.ingest.readers.base import Projection
from workbench.ingest.survey import Survey
from workbench.schema.currencies import ISO_CURRENCIES

__all__ = ["Finding", "findings"]

_EXAMPLES = 3
_IDENTITY = ("charge_period_start", "service_name", "sub_account_id", "resource_id", "billed_cost", "effective_cost")


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken by at least one row of a file; ``effective_cost`` is that of those rows, None when not known."""

    rule: str
    title: str
    severity: Severity
    rows: int
    effective_cost: Decimal | None
    examples: tuple[Mapping[str, Any], ...]

    @property
    def examples_json(self) -> str:
        """The examples as stored."""
        return json.dumps(self.examples, default=str, ensure_ascii=False)


def findings(
    connection: duckdb.DuckDBPyConnection, source_id: int, projection: Projection, survey: Survey
) -> tuple[Finding, ...]:
    """Every rule the file breaks, raw spelling first.

    Args:
        connection: the charges of the file are in ``charges`` under ``source_id``.
        source_id: which rows.
        projection: tells which columns the file has; a rule about others does not apply.
        survey: what the first pass counted.
    """
    return (
        *_raw(survey),
        *_currencies(connection, source_id, survey),
        *_loaded(connection, source_id, projection),
        *_two_categories(connection, source_id, projection),
        *_commitments(connection, source_id, projection),
    )


def _raw(survey: Survey) -> list[Finding]:
    result = []
    for rule, rows in survey.broken_rules:
        title, severity = RAW_RULES[rule]
        cells = [
            {"column": check.column, "rows": count, "what": check.reason}
            for check, count in survey.broken
            if check.rule == rule
        ]
        result.append(Finding(rule, title, severity, rows, None, tuple(cells)))
    return result


def _currencies(connection: duckdb.DuckDBPyConnection, source_id: int, survey: Survey) -> list[Finding]:
    """Currencies are few and known from the control totals: the rows are read only when one is no ISO code."""
    unknown = sorted(set(survey.totals) - ISO_CURRENCIES)
    if not unknown:
        return []
    rows, cost = connection.execute(
        "SELECT count(*), sum(effective_cost) FROM charges"
        " WHERE x_source_id = $source AND billing_currency IN (SELECT unnest($unknown))",
        {"source": source_id, "unknown": unknown},
    ).fetchall()[0]
    title = "BillingCurrency is an ISO 4217 code (virtual currencies have none)"
    examples = tuple({"billing_currency": code} for code in unknown[:_EXAMPLES])
    return [Finding("currency-iso-4217", title, "warning", rows, cost, examples)]


def _loaded(connection: duckdb.DuckDBPyConnection, source_id: int, projection: Projection) -> list[Finding]:
    rules = [rule for rule in RULES if _applies(rule, projection)]
    counts = _one_row(connection, f"SELECT {', '.join(f'count_if({rule.broken})' for rule in rules)}", source_id)
    broken = [(rule, rows) for rule, rows in zip(rules, counts, strict=True) if rows]
    if not broken:
        return []
    costs = _one_row(
        connection,
        "SELECT " + ", ".join(f"sum(effective_cost) FILTER ({rule.broken})" for rule, _ in broken),
        source_id,
    )
    return [
        Finding(rule.id, rule.title, rule.severity, rows, cost, _examples(connection, source_id, rule))
        for (rule, rows), cost in zip(broken, costs, strict=True)
    ]


def _applies(rule: Rule, projection: Projection) -> bool:
    if not all(name in projection.expressions for name in rule.needs):
        return False
    return not rule.since or (projection.format == "focus" and projection.version >= rule.since)


def _one_row(connection: duckdb.DuckDBPyConnection, select: str, source_id: int) -> tuple[Any, ...]:
    [row] = connection.execute(f"{select} FROM charges WHERE x_source_id = $source", {"source": source_id}).fetchall()
    return tuple(row)


def _examples(connection: duckdb.DuckDBPyConnection, source_id: int, rule: Rule) -> tuple[Mapping[str, Any], ...]:
    columns = tuple(dict.fromkeys((*_IDENTITY, *rule.needs)))
    rows = connection.execute(
        f"SELECT {', '.join(columns)} FROM charges WHERE x_source_id = $source AND ({rule.broken}) LIMIT {_EXAMPLES}",
        {"source": source_id},
    ).fetchall()
    return tuple(_shown(columns, row) for row in rows)


def _shown(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in zip(columns, row, strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value[:200] if isinstance(value, str) else value


def _two_categories(connection: duckdb.DuckDBPyConnection, source_id: int, projection: Projection) -> list[Finding]:
    if not {"service_name", "service_category"} <= projection.expressions.keys():
        return []
    services = connection.execute(
        """
        SELECT provider_name, service_name, sum(rows), sum(effective_cost),
            to_json(map_from_entries(list((service_category, rows) ORDER BY service_category)))
        FROM (
            SELECT provider_name, service_name, service_category, count(*) AS rows,
                sum(effective_cost) AS effective_cost
            FROM charges WHERE x_source_id = $source AND service_name IS NOT NULL AND service_category IS NOT NULL
            GROUP BY ALL
        )
        GROUP BY provider_name, service_name HAVING count(*) > 1 ORDER BY provider_name, service_name
        """,
        {"source": source_id},
    ).fetchall()
    if not services:
        return []
    return [
        Finding(
            "one-category-per-service",
            "A service has one service category",
            "warning",
            sum(int(service[2]) for service in services),
            sum((service[3] for service in services if service[3] is not None), Decimal(0)),
            tuple(
                {"provider_name": provider, "service_name": name, "categories": json.loads(categories)}
                for provider, name, _, _, categories in services[:_EXAMPLES]
            ),
        )
    ]


def _commitments(connection: duckdb.DuckDBPyConnection, source_id: int, projection: Projection) -> list[Finding]:
    """Used + unused against the purchase: information only, a file rarely holds the whole term."""
    if "commitment_discount_id" not in projection.expressions:
        return []
    commitments = connection.execute(
        """
        SELECT commitment_discount_id, sum(lines), sum(accrued), sum(bought)
        FROM (
            SELECT commitment_discount_id, billing_currency, count(*) AS lines,
                sum(effective_cost) FILTER (charge_category = 'Usage') AS accrued,
                sum(billed_cost) FILTER (charge_category = 'Purchase') AS bought
            FROM charges WHERE x_source_id = $source AND commitment_discount_id IS NOT NULL
            GROUP BY ALL
            HAVING bought > 0 AND abs(coalesce(accrued, 0) - bought) > 0.000001 * bought
        )
        GROUP BY commitment_discount_id ORDER BY commitment_discount_id
        """,
        {"source": source_id},
    ).fetchall()
    if not commitments:
        return []
    return [
        Finding(
            "commitment-adds-up",
            "Over its term, used and unused parts of a commitment add up to its purchase",
            "info",
            sum(int(one[1]) for one in commitments),
            sum((one[2] for one in commitments if one[2] is not None), Decimal(0)),
            tuple(
                {"commitment_discount_id": name, "used_and_unused": _plain(accrued), "purchased": _plain(bought)}
                for name, _, accrued, bought in commitments[:_EXAMPLES]
            ),
        )
    ]
