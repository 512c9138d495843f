"""What every engine offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import pyarrow as pa

__all__ = ["Engine", "Query", "Value"]

Value = str | int | float | bool | date | datetime | None
"""What a parameter may be."""


@dataclass(frozen=True, slots=True)
class Query:
    """One statement with its named parameters (``$name`` in the text); hashable, so it is a cache key.

    Values reach the engine only as parameters, never as text.
    """

    title: str
    sql: str
    params: tuple[tuple[str, Value], ...] = ()

    @property
    def named(self) -> dict[str, Value]:
        """The parameters by name."""
        return dict(self.params)


class Engine(Protocol):
    """A read-only place to ask."""

    @property
    def name(self) -> str:
        """Which engine answers, for the header strip: ``DuckDB snapshot``."""

    @property
    def snapshot_id(self) -> str:
        """Id of the data that answers; part of every cache key."""

    def run(self, query: Query, *, timeout: float | None = None) -> pa.Table:
        """Run one statement.

        Raises:
            QueryTimeout: it ran longer than ``timeout`` seconds (default: the engine's limit).
            QueryFailed: the engine refused it.
            CannotRun: it names a table or column that is not there.
        """
