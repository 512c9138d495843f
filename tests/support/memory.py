"""A bill in memory: the schema and the real rollups without a snapshot file, for tests that need many bills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from tests.support.bills import insert_charges
from workbench.engines import Query
from workbench.progress import Silent
from workbench.schema import TABLES, VIEWS, create_table, create_view
from workbench.settings import Settings
from workbench.snapshot.rollups import build_rollups

__all__ = ["MemoryEngine"]


class MemoryEngine:
    """An engine over charge lines given as rows; keeps every query it ran in ``queries``."""

    name = "memory"
    snapshot_id = "memory"

    def __init__(self, rows: Iterable[Mapping[str, Any]], settings: Settings) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        self.queries: list[Query] = []
        for table in TABLES:
            self._connection.execute(create_table(table))
        for view in VIEWS:
            self._connection.execute(create_view(view))
        insert_charges(self._connection, rows)
        build_rollups(self._connection, settings, Silent())

    def run(self, query: Query, *, timeout: float | None = None) -> pa.Table:
        self.queries.append(query)
        return self._connection.sql(query.sql, params=query.named or None).to_arrow_table()

    def close(self) -> None:
        self._connection.close()
