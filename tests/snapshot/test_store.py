"""Publish, fall back, roll back, prune: what is served, and what happens when files are damaged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.support.bills import charge, insert_charges
from tests.support.kill_points import store_files
from workbench.engines import Query
from workbench.errors import SnapshotBusy, SnapshotCorrupt, SnapshotMissing
from workbench.progress import Silent
from workbench.settings import PROJECT_ROOT, Settings
from workbench.snapshot import Manifest, SnapshotStore
from workbench.snapshot.lock import refresh_lock


def add(store: SnapshotStore, cost: int, note: str = "") -> Manifest:
    """Publish one more charge on top of what is there."""
    with store.build() as build:
        insert_charges(build.connection, [charge(cost)])
        return build.publish(note=note)


def served(store: SnapshotStore, snapshot_id: str | None = None) -> tuple[Decimal, str | None]:
    """Total effective cost and notice of what is served."""
    with store.open(snapshot_id) as snapshot:
        [row] = snapshot.engine.run(Query("total", "SELECT sum(effective_cost) AS cost FROM daily_costs")).to_pylist()
        return row["cost"], snapshot.notice


@pytest.fixture
def store(settings: Settings) -> SnapshotStore:
    return SnapshotStore(settings)


def test_nothing_published_says_how_to_begin(store: SnapshotStore) -> None:
    assert store.current() is None
    assert store.list() == []
    with pytest.raises(SnapshotMissing) as error:
        store.open()
    assert "workbench ingest" in error.value.hint


def test_each_publish_builds_on_the_one_before(store: SnapshotStore, settings: Settings) -> None:
    first, second = add(store, 1, "first"), add(store, 2, "second")
    assert served(store) == (Decimal(3), None)
    assert served(store, first.id) == (Decimal(1), None)
    assert (second.parent, second.rows["charges"], second.totals["USD"]["effective_cost"]) == (
        first.id,
        2,
        "3.000000000000",
    )
    assert [one.note for one in store.list()] == ["second", "first"]
    assert store.current() == second
    assert store_files(settings.home) == []


def test_leaving_without_publish_changes_nothing(store: SnapshotStore, settings: Settings) -> None:
    add(store, 1)
    with store.build() as build:
        insert_charges(build.connection, [charge(2)])
    with pytest.raises(duckdb.ConversionException), store.build() as build:
        build.connection.execute("SELECT CAST('x' AS INTEGER)")
    assert served(store) == (Decimal(1), None)
    assert (len(store.list()), store_files(settings.home)) == (1, [])


def test_a_fresh_build_begins_empty(store: SnapshotStore) -> None:
    add(store, 1)
    with store.build(fresh=True) as build:
        assert build.connection.sql("SELECT count(*) FROM charges").fetchall() == [(0,)]
        assert build.publish().parent is None


class _AddsAChargeAfterTheRollups(Silent):
    def __init__(self) -> None:
        self.connection: duckdb.DuckDBPyConnection

    def step(self, title: str, *, total: float | None = None) -> None:
        if title == "Write the snapshot":
            insert_charges(self.connection, [charge("0.000000000001")])


def test_rollups_that_do_not_add_up_are_not_published(store: SnapshotStore) -> None:
    add(store, 1)
    progress = _AddsAChargeAfterTheRollups()
    with store.build(progress) as build:
        progress.connection = build.connection
        with pytest.raises(SnapshotCorrupt) as error:
            build.publish()
    assert "daily_costs has effective_cost 1.000000000000 USD, charges has 1.000000000001" in error.value.detail
    assert served(store) == (Decimal(1), None)


def flip_a_byte(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def remove_with_manifest(path: Path) -> None:
    path.unlink()
    path.with_suffix(".json").unlink()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "a flipped byte": flip_a_byte,
    "a truncated file": truncate,
    "an emptied file": lambda path: path.write_bytes(b""),
    "a missing file": Path.unlink,
    "a folder in its place": replace_by_a_folder,
    "a missing manifest": lambda path: path.with_suffix(".json").unlink(),
    "a broken manifest": lambda path: path.with_suffix(".json").write_text("{"),
    "a file and a manifest missing": remove_with_manifest,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_snapshot_falls_back_with_a_notice_until_the_next_build(
    store: SnapshotStore, settings: Settings, damage: Callable[[Path], None]
) -> None:
    first, second = add(store, 1), add(store, 2)
    damage(settings.home / second.file)

    cost, notice = served(store)
    assert cost == Decimal(1)
    assert notice is not None
    assert first.id in notice
    with pytest.raises((SnapshotCorrupt, SnapshotMissing)):
        store.open(second.id)

    third = add(store, 4, "after the damage")
    assert served(store) == (Decimal(5), None)
    assert third.parent == first.id
    assert "has to be loaded again" in third.note


def test_a_file_damaged_while_in_use_is_noticed_by_a_later_open(store: SnapshotStore, settings: Settings) -> None:
    add(store, 1)
    second = add(store, 2)
    assert served(store) == (Decimal(3), None)
    flip_a_byte(settings.home / second.file)
    assert served(store)[0] == Decimal(1)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "20200101T000000Z-000000", "file": "gone"}', None])
def test_a_broken_pointer_serves_the_newest_good_one(
    store: SnapshotStore, settings: Settings, text: str | None
) -> None:
    add(store, 1)
    second = add(store, 2)
    pointer = settings.snapshots_dir / "CURRENT.json"
    pointer.unlink() if text is None else pointer.write_text(text)

    cost, notice = served(store)
    assert cost == Decimal(3)
    assert notice is not None
    assert second.id in notice

    add(store, 4)
    assert served(store) == (Decimal(7), None)


def test_with_no_good_snapshot_a_build_begins_from_nothing_and_says_so(
    store: SnapshotStore, settings: Settings
) -> None:
    only = add(store, 1)
    flip_a_byte(settings.home / only.file)
    with pytest.raises(SnapshotCorrupt):
        store.open()
    told: list[str] = []

    class Told(Silent):
        def message(self, text: str) -> None:
            told.append(text)

    with store.build(Told()) as build:
        insert_charges(build.connection, [charge(2)])
        build.publish()
    assert served(store) == (Decimal(2), None)
    assert told == ["No good snapshot is left; built from nothing. All bills have to be loaded again"]


def test_rollback_serves_the_older_one_and_later_builds_begin_from_it(store: SnapshotStore) -> None:
    first, second = add(store, 1), add(store, 2)
    assert store.rollback() == first
    assert served(store) == (Decimal(1), None)
    third = add(store, 4)
    assert (third.parent, served(store)) == (first.id, (Decimal(5), None))
    assert third.id > second.id
    assert store.rollback(second.id) == second
    assert served(store) == (Decimal(3), None)


def test_rollback_skips_a_damaged_one_and_refuses_it_by_name(store: SnapshotStore, settings: Settings) -> None:
    first, second, _ = add(store, 1), add(store, 2), add(store, 4)
    flip_a_byte(settings.home / second.file)
    with pytest.raises(SnapshotCorrupt):
        store.rollback(second.id)
    assert served(store) == (Decimal(7), None)
    assert store.rollback() == first
    with pytest.raises(SnapshotMissing):
        store.rollback()
    with pytest.raises(SnapshotMissing):
        store.rollback("20200101T000000Z-000000")


def test_prune_keeps_the_newest_and_the_one_served(store: SnapshotStore, settings: Settings) -> None:
    one, two, three, four = (add(store, cost) for cost in (1, 2, 4, 8))
    store.rollback(one.id)
    assert store.prune(1) == (three.id, two.id)
    assert served(store) == (Decimal(1), None)
    assert [left.id for left in store.list()] == [four.id, one.id]
    assert store_files(settings.home) == []


def test_prune_keeps_the_one_that_answers_for_a_damaged_one(store: SnapshotStore, settings: Settings) -> None:
    first, second = add(store, 1), add(store, 2)
    flip_a_byte(settings.home / second.file)
    assert store.prune(1) == ()
    cost, notice = served(store)
    assert cost == Decimal(1)
    assert notice is not None
    assert first.id in notice


def test_verify_reports_each_kind_of_damage(store: SnapshotStore, settings: Settings) -> None:
    first, second = add(store, 1), add(store, 2)
    assert store.verify(first.id).ok
    truncate(settings.home / second.file)
    report = store.verify(second.id)
    assert not report.ok
    assert "bytes" in (report.problem or "")
    with pytest.raises(SnapshotMissing):
        store.verify("20200101T000000Z-000000")


def test_a_snapshot_can_be_verified_while_it_is_served(store: SnapshotStore) -> None:
    manifest = add(store, 1)
    with store.open():
        assert store.verify(manifest.id).problem is None


def test_an_open_snapshot_answers_on_while_it_is_replaced_and_pruned(store: SnapshotStore) -> None:
    add(store, 1)
    with store.open() as before:
        add(store, 2)
        store.prune(1)
        total = Query("total", "SELECT sum(effective_cost) AS cost FROM daily_costs")
        assert before.engine.run(total).to_pylist() == [{"cost": Decimal(1)}]
    assert served(store) == (Decimal(3), None)


def test_a_second_refresh_is_refused_and_told_who_holds_the_lock(store: SnapshotStore) -> None:
    with store.build():
        for attempt in (lambda: add(store, 1), store.rollback, lambda: store.prune(1)):
            with pytest.raises(SnapshotBusy) as error:
                attempt()
            assert "Process" in error.value.detail
    add(store, 1)


_HOLD = """
import sys
from workbench.settings import load_settings
from workbench.snapshot import SnapshotStore
with SnapshotStore(load_settings()).build():
    print("building", flush=True)
    sys.stdin.read()
"""


def test_the_lock_keeps_processes_apart_and_dies_with_its_holder(store: SnapshotStore, settings: Settings) -> None:
    add(store, 1)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD], cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "building\n"
        with pytest.raises(SnapshotBusy) as error:
            add(store, 2)
        assert f"Process {other.pid} " in error.value.detail
        assert served(store) == (Decimal(1), None)
        other.kill()
    add(store, 4)
    assert served(store) == (Decimal(5), None)
    assert store_files(settings.home) == []


def test_the_lock_is_held_per_opening_not_per_process(tmp_path: Path) -> None:
    with refresh_lock(tmp_path / "lock"), pytest.raises(SnapshotBusy), refresh_lock(tmp_path / "lock"):
        pass
    with refresh_lock(tmp_path / "lock"):
        pass
