"""Ids sort by order of publishing; manifests and pointers refuse what they cannot read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import PublishBill
from tests.support.bills import charge
from workbench.errors import SnapshotCorrupt
from workbench.snapshot.manifest import SNAPSHOT_ID, Manifest, Pointer, next_id

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_ids_of_one_second_differ_and_grow() -> None:
    taken: list[str] = []
    for _ in range(200):
        taken.append(next_id(NOW, taken))
    assert taken == sorted(set(taken))
    assert all(SNAPSHOT_ID.fullmatch(one) and one.startswith("20261120T090000Z-") for one in taken)


def test_a_clock_set_back_still_gives_a_greater_id() -> None:
    assert next_id(NOW, ["20261120T090500Z-000010"]) > "20261120T090500Z-000010"


def test_a_full_second_goes_on_in_the_next() -> None:
    assert next_id(NOW, ["20261120T090000Z-ffffff"]).startswith("20261120T090001Z-")


def test_a_manifest_reads_back_as_it_was_written(publish_bill: PublishBill, tmp_path: Path) -> None:
    manifest = publish_bill([charge(1), charge(2, billing_currency="EUR", list_cost=None)]).manifest
    path = tmp_path / f"{manifest.id}.json"
    path.write_text(json.dumps(manifest.to_json()))
    assert Manifest.read(path) == manifest


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"id": "20261120T090000Z-000001"}'])
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "20261120T090000Z-000001.json"
    path.write_text(text)
    with pytest.raises(SnapshotCorrupt):
        Manifest.read(path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"id": "../../etc", "file": "x"}'])
def test_a_broken_pointer_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "CURRENT.json"
    path.write_text(text)
    with pytest.raises(SnapshotCorrupt):
        Pointer.read(path)


def test_no_pointer_is_no_error(tmp_path: Path) -> None:
    assert Pointer.read(tmp_path / "CURRENT.json") is None
