"""Budgets as CSV: read with an error for each bad row, and written so that the file can be read back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast, get_args, get_type_hints

from workbench.errors import BadFile
from workbench.export.neutral import neutralise, restore
from workbench.export.typed_list import RowError, field_names, find_columns, parse_amount, read_lines
from workbench.schema.currencies import ISO_CURRENCIES
from workbench.workspace.budgets import Budget, BudgetPeriod, BudgetScope

__all__ = ["BudgetFile", "budget_list", "parse_budgets", "parse_period", "period_name"]

_HEADERS = ("period", "scope", "key", "value", "amount", "currency", "basis", "thresholds", "name", "note")
_REQUIRED = ("period", "amount", "currency")
_FIELDS = field_names(
    {
        "period": ("month", "quarter", "year", "budgetperiod"),
        "scope": ("kind", "for"),
        "key": ("tagkey", "tag"),
        "value": ("account", "accountid", "subaccountid", "service", "servicename", "tagvalue"),
        "amount": ("budget", "limit", "budgetlimit", "planned"),
        "currency": ("billingcurrency", "currencycode", "ccy"),
        "basis": ("cost", "costbasis"),
        "thresholds": ("threshold", "warnat", "alerts"),
        "name": ("budgetname", "title"),
        "note": ("notes", "comment", "comments", "remark"),
    }
)
_BASES = get_args(get_type_hints(Budget)["basis"])
_DEFAULT_THRESHOLDS = Budget(Decimal(0), "USD", BudgetPeriod.MONTH, date(2026, 1, 1)).thresholds


@dataclass(frozen=True, slots=True)
class BudgetFile:
    """What a file says: ``budgets`` is empty when there are ``errors``; ``ignored`` are headers that mean nothing."""

    budgets: tuple[Budget, ...]
    errors: tuple[RowError, ...]
    ignored: tuple[str, ...]


def parse_budgets(content: bytes) -> BudgetFile:
    """Read budgets from CSV.

    Columns: period (2026-11, 2026-Q4, 2026), amount, currency; optional: scope (all, account, service, tag), value, key
    (of a tag), basis, thresholds (80;100), name, note. Without a scope a row with a value needs one.

    Raises:
        BadFile: it is not such a file at all: too large, not UTF-8 text, without a needed column, without rows.
    """
    lines = read_lines(content)
    columns, ignored = find_columns(lines[0][1], _FIELDS, _REQUIRED)
    if len(lines) == 1:
        raise BadFile("The file has a header and no rows", hint="Add one row for each budget")
    budgets: list[Budget] = []
    errors: list[RowError] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in lines[1:]:
        text = {name: restore(cells[at].strip()) if at < len(cells) else "" for name, at in columns.items()}
        extra = [
            RowError(number, "last column", cell, "is one value too many") for cell in cells[len(lines[0][1]) :] if cell
        ]
        budget, wrong = _row(number, text)
        if budget is None or extra:
            errors += [*wrong, *extra]
        elif first := seen.get(budget.identity):
            errors.append(RowError(number, "period", text["period"], f"is planned in row {first} already: keep one"))
        else:
            seen[budget.identity] = number
            budgets.append(budget)
    return BudgetFile(() if errors else tuple(budgets), tuple(errors), ignored)


def budget_list(budgets: Iterable[Budget]) -> bytes:
    """Budgets as CSV that :func:`parse_budgets` reads back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADERS)
    for one in budgets:
        thresholds = ";".join(map(str, one.thresholds))
        texts = (one.key, one.value), (one.currency, one.basis, thresholds, one.name, one.note)
        writer.writerow(
            [
                period_name(one.period, one.first_day),
                one.scope,
                *map(neutralise, texts[0]),
                format(one.amount, "f"),
                *map(neutralise, texts[1]),
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def parse_period(text: str) -> tuple[BudgetPeriod, date] | None:
    """Period and first day of 2026-11, 2026-Q4 or 2026; None for anything else."""
    found = re.fullmatch(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|[Qq]([1-4])))?", text)
    if found is None or int(found[1]) == 0:
        return None
    year, month, quarter = int(found[1]), found[2], found[3]
    if month:
        return BudgetPeriod.MONTH, date(year, int(month), 1)
    if quarter:
        return BudgetPeriod.QUARTER, date(year, int(quarter) * 3 - 2, 1)
    return BudgetPeriod.YEAR, date(year, 1, 1)


def period_name(period: BudgetPeriod, first_day: date) -> str:
    """The period as it is typed: 2026-11, 2026-Q4 or 2026."""
    if period is BudgetPeriod.MONTH:
        return f"{first_day:%Y-%m}"
    year = f"{first_day:%Y}"
    return f"{year}-Q{first_day.month // 3 + 1}" if period is BudgetPeriod.QUARTER else year


def _row(number: int, text: dict[str, str]) -> tuple[Budget | None, Sequence[RowError]]:
    """The budget of one row, or every value of it that is wrong."""
    errors: list[RowError] = []

    def refuse(column: str, reason: str) -> None:
        value = text.get(column, "")
        errors.append(RowError(number, column, value, reason if value else f"(empty) {reason}"))

    period = parse_period(text["period"])
    if period is None:
        refuse("period", "is not a period: write 2026-11, 2026-Q4 or 2026")
    amount = parse_amount(text["amount"])
    if isinstance(amount, str):
        refuse("amount", amount)
    elif amount < 0:
        refuse("amount", "is below zero")
    currency = text["currency"].upper()
    if currency not in ISO_CURRENCIES:
        refuse("currency", "is not a currency code: write one such as USD")
    scope = text.get("scope", "").lower() or BudgetScope.ALL
    if scope not in set(BudgetScope):
        refuse("scope", "is none of all, account, service, tag")
    else:
        if (scope == BudgetScope.ALL) == bool(text.get("value")):
            refuse(
                "value",
                "is not wanted for everything" if text.get("value") else "is needed: account, service or tag value",
            )
        if (scope == BudgetScope.TAG) != bool(text.get("key")):
            refuse("key", "is for tags only" if text.get("key") else "is needed: the key of the tag")
    basis = text.get("basis", "").lower() or "effective"
    if basis not in _BASES:
        refuse("basis", f"is none of {', '.join(_BASES)}")
    thresholds = _thresholds(text.get("thresholds", ""))
    if thresholds is None:
        refuse("thresholds", "are not rising whole percentages: write 80;100")
    if errors or period is None or isinstance(amount, str) or thresholds is None:
        return None, errors
    budget = Budget(
        amount=amount,
        currency=currency,
        period=period[0],
        first_day=period[1],
        scope=BudgetScope(scope),
        value=text.get("value", ""),
        key=text.get("key", ""),
        basis=cast(Any, basis),  # one of _BASES
        thresholds=thresholds,
        name=text.get("name", ""),
        note=text.get("note", ""),
    )
    return budget, ()


def _thresholds(text: str) -> tuple[int, ...] | None:
    if not text:
        return _DEFAULT_THRESHOLDS
    parts = re.split(r"\s*[;,/ ]\s*", text.replace("%", ""))
    if not all(re.fullmatch(r"[1-9]\d{0,3}", part) for part in parts):
        return None
    found = tuple(map(int, parts))
    return found if list(found) == sorted(set(found)) else None
