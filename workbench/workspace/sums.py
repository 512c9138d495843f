"""An exact sum of money in SQL: ``sum`` of NUMERIC in PostgreSQL, a function of our own in SQLite."""

from __future__ import annotations

import sqlite3
from decimal import Context, Decimal
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from workbench.workspace.models.base import ExactDecimal

__all__ = ["add_exact_sum", "exact_sum"]

# Amounts have up to 38 digits; the default of 28 would round their sum.
_EXACT = Context(prec=60)


class exact_sum(GenericFunction[Decimal]):
    """Sum of amounts; NULL when there are none."""

    type = ExactDecimal()
    inherit_cache = True


@compiles(exact_sum, "postgresql")
def _postgres_sum(element: exact_sum, compiler: Any, **options: Any) -> str:
    return f"sum({compiler.process(element.clauses, **options)})"


class _Sum:
    def __init__(self) -> None:
        self._total: Decimal | None = None

    def step(self, amount: Any) -> None:
        if amount is not None:
            self._total = _EXACT.add(self._total or Decimal(0), Decimal(amount))

    def finalize(self) -> str | None:
        return None if self._total is None else format(self._total, "f")


def add_exact_sum(connection: sqlite3.Connection) -> None:
    """Teach a SQLite connection the function."""
    connection.create_aggregate("exact_sum", 1, _Sum)  # type: ignore[arg-type]  # typeshed wants int from finalize
