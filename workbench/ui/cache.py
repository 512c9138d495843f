"""The one place where answers are kept: keyed by snapshot id and :class:`Query`, bounded, shared by all sessions.

Arrow tables cannot be changed, so one object serves every session without copying. A snapshot never changes under its
id, so an entry is never wrong; a new snapshot simply has new keys.
"""

from __future__ import annotations

import pyarrow as pa
import streamlit as st

from workbench.engines import Engine, Query

__all__ = ["CachedEngine", "cached_run"]

MAX_ANSWERS = 512


@st.cache_resource(max_entries=MAX_ANSWERS, show_spinner=False)
def _answer(snapshot_id: str, query: Query, _engine: Engine) -> pa.Table:  # noqa: ARG001 - snapshot_id is part of the key
    return _engine.run(query)


def cached_run(engine: Engine, query: Query) -> pa.Table:
    """The answer to ``query``, from the cache where this snapshot has answered it before."""
    table: pa.Table = _answer(engine.snapshot_id, query, engine)
    return table


class CachedEngine:
    """An :class:`Engine` that remembers: pass it to any question of ``workbench.costs``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def name(self) -> str:
        """Which engine answers."""
        return self._engine.name

    @property
    def snapshot_id(self) -> str:
        """Id of the data that answers."""
        return self._engine.snapshot_id

    def run(self, query: Query, *, timeout: float | None = None) -> pa.Table:
        """Run one statement, or give the answer kept for it; ``timeout`` counts only when it runs."""
        if timeout is not None:
            return self._engine.run(query, timeout=timeout)
        return cached_run(self._engine, query)
