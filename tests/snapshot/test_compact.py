"""A file that is mostly holes is rewritten before it is published."""

from __future__ import annotations

import pytest

from tests.support.bills import charge, insert_charges
from workbench.engines import Query
from workbench.progress import Silent
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore
from workbench.snapshot import build as build_module

_LOADS = """
INSERT INTO loads
SELECT i, TIMESTAMP '2026-10-01', random(), md5(i::VARCHAR), 0, 0, 0, 0, 0 FROM range(500_000) t(i)
"""


class _Steps(Silent):
    def __init__(self) -> None:
        self.titles: list[str] = []

    def step(self, title: str, *, total: float | None = None) -> None:
        self.titles.append(title)


def test_much_deleted_is_compacted_and_nothing_is_lost(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_module, "_LEAST_BLOCKS", 8)
    store, steps = SnapshotStore(settings), _Steps()
    with store.build(steps) as build:
        build.connection.execute(_LOADS)
        insert_charges(build.connection, [charge(1), charge(31, x_spread=True)])
        full = build.publish()
    assert "Compact the snapshot" not in steps.titles

    with store.build(steps) as build:
        build.connection.execute("DELETE FROM loads WHERE load_id % 10 > 0")
        sparse = build.publish()

    assert "Compact the snapshot" in steps.titles
    assert sparse.bytes < full.bytes / 3
    assert (sparse.rows["loads"], sparse.rows["charges"], sparse.totals) == (50_000, 2, full.totals)
    assert store.verify(sparse.id).problem is None
    with store.open() as snapshot:
        days = Query("days", "SELECT count(*) AS lines FROM charge_days")
        assert snapshot.engine.run(days).to_pylist() == [{"lines": 2}]
