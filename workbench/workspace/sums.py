"""Exact sums and comparisons of money in SQL: those of NUMERIC in PostgreSQL, functions of our own in SQLite."""

from __future__ import annotations

import sqlite3
from decimal import Context, Decimal
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Float, and_, cast, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from workbench.workspace.models.base import ExactDecimal

__all__ = ["add_functions", "at_least", "exact_sum"]

# Amounts have up to 38 digits; the default of 28 would round their sum.
_EXACT = Context(prec=60)


class exact_sum(GenericFunction[Decimal]):
    """Sum of amounts; NULL when there are none."""

    type = ExactDecimal()
    inherit_cache = True


@compiles(exact_sum, "postgresql")
def _postgres_sum(element: exact_sum, compiler: Any, **options: Any) -> str:
    return f"sum({compiler.process(element.clauses, **options)})"


class money_at_least(GenericFunction[bool]):
    """Whether an amount is not below another, by all their digits; NULL when one is not known."""

    type = Boolean()
    inherit_cache = True


class _at_least_of(GenericFunction[bool]):
    """Amount, least amount, and two floats: all that is above the second is enough, nothing below the first is."""

    type = Boolean()
    inherit_cache = True


@compiles(_at_least_of)
def _sqlite_at_least(element: _at_least_of, compiler: Any, **options: Any) -> str:
    # Floats settle all but the amounts next to the least: our own function, which is slow, is called only for them.
    amount, least, low, high = element.clauses
    rough = cast(amount, Float)
    settled = or_(rough > high, and_(rough >= low, money_at_least(amount, least)))
    return f"({compiler.process(settled, **options)})"


@compiles(_at_least_of, "postgresql")
def _postgres_at_least(element: _at_least_of, compiler: Any, **options: Any) -> str:
    amount, least, *_ = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{amount} >= {least}"


def at_least(amount: Any, least: Decimal) -> ColumnElement[bool]:
    """SQL condition: ``amount`` is known and not below ``least``."""
    near = float(least)
    margin = abs(near) * 1e-9
    bounds = (literal(bound, Float()) for bound in (near - margin, near + margin))
    return _at_least_of(amount, literal(least, ExactDecimal()), *bounds)


def _at_least(amount: str | None, least: str | None) -> bool | None:
    return None if amount is None or least is None else Decimal(amount) >= Decimal(least)


class _Sum:
    def __init__(self) -> None:
        self._total: Decimal | None = None

    def step(self, amount: Any) -> None:
        if amount is not None:
            self._total = _EXACT.add(self._total or Decimal(0), Decimal(amount))

    def finalize(self) -> str | None:
        return None if self._total is None else format(self._total, "f")


def add_functions(connection: sqlite3.Connection) -> None:
    """Teach a SQLite connection the functions."""
    connection.create_aggregate("exact_sum", 1, _Sum)  # type: ignore[arg-type]  # typeshed wants int from finalize
    connection.create_function("money_at_least", 2, _at_least, deterministic=True)
