"""Inventory folders: loaded together or not at all, replaced whole, every refusal with its row."""

from __future__ import annotations

import zipfile
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.focus_bill import csv_text, focus_row
from workbench.engines import Query
from workbench.ingest import ingest
from workbench.schema.reference import FEEDS
from workbench.snapshot import SnapshotStore

VOLUME = {
    "id": "v1",
    "account_id": "a1",
    "volume_id": "vol-1",
    "region": "eu-west-1",
    "size_gib": "500",
    "volume_type": "io1",
    "state": "available",
    "monthly_cost": "62.5",
    "last_used_at": "2026-09-01T00:00:00Z",
    "tags": '{"team": "web"}',
    "provider": "AWS",
}
CLIENT = {"id": "c1", "account_id": "a1", "name": "ci", "scopes": '["read:*"]', "provider": "AWS"}


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "inventory"
    found.mkdir()
    return found


def write(folder, table, *rows):
    path = folder / f"{table}.csv"
    path.write_text(csv_text(rows))
    return path


def rows(settings, sql):
    with SnapshotStore(settings).open() as snapshot:
        return snapshot.engine.run(Query("rows", sql)).to_pylist()


def test_a_folder_of_tables_is_loaded_with_types_and_provenance(folder, settings):
    write(folder, "volumes", VOLUME, {**VOLUME, "id": "v2", "volume_id": "vol-2", "size_gib": "", "tags": "NULL"})
    write(folder, "api_clients", CLIENT)
    report = ingest([folder], settings)
    assert [(file.status, file.format, file.format_version, file.rows) for file in report.files] == [
        ("loaded", "inventory", "api_clients", 1),
        ("loaded", "inventory", "volumes", 2),
    ]
    first, second = rows(settings, "SELECT * FROM volumes ORDER BY id")
    assert (first["size_gib"], first["monthly_cost"], first["last_used_at"], first["tags"]) == (
        500,
        Decimal("62.5"),
        datetime(2026, 9, 1),
        '{"team": "web"}',
    )
    assert (second["size_gib"], second["tags"]) == (None, None)
    assert rows(settings, "SELECT scopes FROM api_clients") == [{"scopes": '["read:*"]'}]
    [source] = rows(settings, f"SELECT path, dataset FROM source_files WHERE source_id = {first['x_source_id']}")
    assert source == {"path": str(folder / "volumes.csv"), "dataset": str(folder)}


def test_the_same_folder_again_changes_nothing(folder, settings):
    write(folder, "volumes", VOLUME)
    first = ingest([folder], settings)
    again = ingest([folder], settings)
    assert (again.status, again.exit_code, again.snapshot_id) == ("unchanged", 4, None)
    assert SnapshotStore(settings).served_id() == first.snapshot_id


def test_a_newer_version_replaces_the_whole_inventory(folder, settings):
    write(folder, "api_clients", CLIENT)
    write(folder, "volumes", VOLUME, {**VOLUME, "id": "v2", "volume_id": "vol-2"})
    ingest([folder], settings)
    (folder / "api_clients.csv").unlink()
    write(folder, "volumes", {**VOLUME, "state": "in-use"})
    report = ingest([folder], settings)
    assert (report.status, report.rows_replaced) == ("done", 3)
    assert report.files[0].notes == ("Not in this version, so nothing of it is left in: api_clients",)
    assert rows(settings, "SELECT id, state FROM volumes") == [{"id": "v1", "state": "in-use"}]
    assert rows(settings, "SELECT id FROM api_clients") == []


def test_two_inventories_live_side_by_side(tmp_path, settings):
    for name, one in (("aws", "v1"), ("other", "v2")):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "volumes", {**VOLUME, "id": one})
    ingest([tmp_path / "aws", tmp_path / "other"], settings)
    write(tmp_path / "aws", "volumes", {**VOLUME, "id": "v3"})
    ingest([tmp_path / "aws"], settings)
    assert rows(settings, "SELECT id FROM volumes ORDER BY id") == [{"id": "v2"}, {"id": "v3"}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size_gib": "many"}, "is not a plain number"),
        ({"size_gib": "1.5"}, "is not a whole number"),
        ({"monthly_cost": "$62"}, "is not a plain number"),
        ({"last_used_at": "yesterday"}, "is not a time"),
        ({"tags": "{broken"}, "is not JSON"),
        ({"account_id": ""}, "has no value"),
    ],
)
def test_a_bad_cell_refuses_the_whole_inventory_with_its_row(folder, settings, change, said):
    write(folder, "api_clients", CLIENT)
    write(folder, "volumes", VOLUME, {**VOLUME, "id": "v2", **change})
    report = ingest([folder], settings)
    assert (report.status, report.snapshot_id) == ("failed", None)
    bad = next(file for file in report.files if file.path.endswith("volumes.csv"))
    assert said in bad.reason
    assert [row.row_number for row in bad.rejected] == [3]


def test_an_id_that_is_there_twice_refuses_it(folder, settings):
    write(folder, "volumes", VOLUME, VOLUME)
    report = ingest([folder], settings)
    assert report.status == "failed"
    assert "id 'v1' more than once" in report.files[0].reason


def test_a_missing_column_is_named(folder, settings):
    write(folder, "volumes", {name: value for name, value in VOLUME.items() if name != "volume_id"})
    assert "volumes without volume_id" in ingest([folder], settings).files[0].reason


def test_a_bill_named_like_a_table_is_told_so(folder, settings):
    (folder / "commitments.csv").write_text(csv_text([focus_row("vol-1")]))
    [refused] = ingest([folder], settings).files
    assert "commitments without id" in refused.reason
    assert "looks like a focus bill" in refused.hint


def test_further_columns_are_kept_or_said_to_be_left_out(folder, settings):
    write(folder, "volumes", {**VOLUME, "iops": "3000", "provider_attributes": '{"kms": "x"}'}, {**VOLUME, "id": "v2"})
    metric = {"resource_id": "i-1", "resource_type": "instances", "metric": "cpu", "statistic": "average", "unit": "%",
              "timestamp": "2026-10-01T00:00:00Z", "value": "3.5", "note": "x"}  # fmt: skip
    write(folder, "resource_metrics", metric)
    report = ingest([folder], settings)
    assert [file.notes for file in report.files] == [
        ("Columns not kept: note",),
        ("Columns kept in provider_attributes: iops",),
    ]
    kept = rows(settings, "SELECT columns_new FROM source_files WHERE format_version = 'volumes'")
    assert kept == [{"columns_new": '["iops"]'}]
    found = rows(settings, "SELECT provider_attributes AS more FROM volumes ORDER BY id")
    assert found == [{"more": '{"kms":"x","iops":"3000"}'}, {"more": None}]


def test_parquet_and_parts_of_a_table(folder, settings):
    for part in (1, 2):
        table = pa.table(
            {
                "resource_id": ["i-1", "i-2"],
                "resource_type": ["instances"] * 2,
                "metric": ["cpu"] * 2,
                "statistic": ["average"] * 2,
                "unit": ["%"] * 2,
                "timestamp": pa.array([datetime(2026, 10, part)] * 2, pa.timestamp("us")),
                "value": [float(part), None],
            }
        )
        pq.write_table(table, folder / f"resource_metrics.{part}.parquet")
    assert ingest([folder], settings).rows_loaded == 4
    assert rows(settings, "SELECT count(value) AS n, CAST(sum(value) AS DOUBLE) AS s FROM resource_metrics") == [
        {"n": 2, "s": 3.0}
    ]


def test_bill_and_inventory_of_one_folder_and_of_an_archive_load_in_one_run(folder, tmp_path, settings):
    write(folder, "volumes", VOLUME)
    (tmp_path / "bill").mkdir()
    (tmp_path / "bill" / "october.csv").write_text(csv_text([focus_row("vol-1")]))
    report = ingest([tmp_path], settings)
    assert {file.format for file in report.files} == {"focus", "inventory"}
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("api_clients.csv", csv_text([CLIENT]))
    assert ingest([tmp_path / "more.zip"], settings).status == "done"
    assert rows(settings, "SELECT name FROM api_clients") == [{"name": "ci"}]


@pytest.mark.parametrize("table", FEEDS, ids=lambda table: table.name)
def test_every_declared_table_can_be_loaded(table, folder, settings):
    texts = {"date": "2026-10-01", "timestamp": "2026-10-01T00:00:00Z", "json": "{}", "boolean": "true"}
    row = {column.name: texts.get(column.kind.value, "1") for column in table.columns if column.name != "x_source_id"}
    write(folder, table.name, row)
    report = ingest([folder], settings)
    assert [(file.status, file.rows) for file in report.files] == [("loaded", 1)], report.files[0].reason
    [found] = rows(settings, f'SELECT * FROM "{table.name}"')
    assert all(found[column.name] is not None for column in table.columns if column.kind.value != "json")
