"""Which files of a folder make up the bill: manifests, assemblies, partitions, missing files."""

from __future__ import annotations

import json
import shutil
import tarfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.support.aws_bill import ask, line, load, write_csv, write_manifest
from workbench.settings import Settings

PERIOD = "20260501-20260601"


def _assembly(report: Path, name: str, cost: str, *, files: int = 1) -> list[str]:
    """Files of one assembly, one line each; returns their keys in the bucket."""
    keys = []
    for number in range(1, files + 1):
        path = report / PERIOD / name / f"daily-{number}.csv.gz"
        write_csv(path, [line(f"{name}-{number}", **{"lineItem/UnblendedCost": cost})])
        keys.append(f"prefix/daily/{PERIOD}/{name}/{path.name}")
    write_manifest(report / PERIOD / name / "daily-Manifest.json", name, keys)
    return keys


def _total(settings: Settings) -> Decimal:
    [row] = ask(settings, "SELECT sum(billed_cost) AS cost FROM charges")
    return row["cost"]


def test_the_assembly_of_the_root_manifest_is_loaded_and_older_ones_are_not(settings: Settings, tmp_path: Path) -> None:
    report = tmp_path / "prefix" / "daily"
    _assembly(report, "older", "100")
    keys = _assembly(report, "current", "1.5", files=2)
    write_manifest(report / PERIOD / "daily-Manifest.json", "current", keys)
    loaded = load(settings, tmp_path)
    assert [(file.status, file.billing_month) for file in loaded.files] == [("loaded", date(2026, 5, 1))] * 2
    assert _total(settings) == Decimal("3.0")
    assert ask(settings, "SELECT DISTINCT dataset, version FROM source_files") == [
        {"dataset": "aws:111122223333/daily", "version": "current"}
    ]


def test_a_restated_month_replaces_the_month(settings: Settings, tmp_path: Path) -> None:
    report = tmp_path / "prefix" / "daily"
    write_manifest(report / PERIOD / "daily-Manifest.json", "a1", _assembly(report, "a1", "1"))
    load(settings, tmp_path)
    assert load(settings, tmp_path).snapshot_id is None
    write_manifest(report / PERIOD / "daily-Manifest.json", "a2", _assembly(report, "a2", "2", files=2))
    again = load(settings, tmp_path)
    assert (again.rows_loaded, again.rows_replaced) == (2, 1)
    assert _total(settings) == Decimal(4)


def test_a_missing_file_refuses_the_month_by_name(settings: Settings, tmp_path: Path) -> None:
    report = tmp_path / "prefix" / "daily"
    keys = _assembly(report, "a1", "1", files=2)
    write_manifest(report / PERIOD / "daily-Manifest.json", "a1", keys)
    (report / PERIOD / "a1" / "daily-2.csv.gz").unlink()
    refused = load(settings, tmp_path)
    assert {file.status for file in refused.files} == {"refused"}
    assert f"{PERIOD}/a1/daily-2.csv.gz" in refused.files[0].reason
    assert refused.rows_loaded == 0


def test_a_file_of_the_same_name_in_another_month_is_not_taken_instead(settings: Settings, tmp_path: Path) -> None:
    data = tmp_path / "export" / "data"
    write_csv(data / "BILLING_PERIOD=2026-04" / "export-00001.csv.gz", [line("april")])
    manifest = tmp_path / "export" / "metadata" / "BILLING_PERIOD=2026-05" / "export-Manifest.json"
    manifest.parent.mkdir(parents=True)
    key = "s3://bucket/export/data/BILLING_PERIOD=2026-05/export-00001.csv.gz"
    manifest.write_text(json.dumps({"executionId": "e1", "exportArn": "arn:aws:bcm:x", "dataFiles": [key]}))
    found = {file.status: file for file in load(settings, tmp_path).files}
    assert "BILLING_PERIOD=2026-05/export-00001.csv.gz" in found["refused"].reason
    assert found["loaded"].billing_month == date(2026, 4, 1)


def test_an_export_is_replaced_by_its_next_execution(settings: Settings, tmp_path: Path) -> None:
    def deliver(execution: str, cost: str) -> None:
        key = f"export/data/BILLING_PERIOD=2026-05/{execution}/export-00001.csv.gz"
        write_csv(tmp_path / key, [line("one", **{"lineItem/UnblendedCost": cost})])
        for folder in ("", f"{execution}/"):
            manifest = tmp_path / f"export/metadata/BILLING_PERIOD=2026-05/{folder}export-Manifest.json"
            manifest.parent.mkdir(parents=True, exist_ok=True)
            content = {"executionId": execution, "exportArn": "arn:aws:bcm:x", "dataFiles": [f"s3://bucket/{key}"]}
            manifest.write_text(json.dumps(content))

    deliver("2026-05-02T00:00:00.000Z-e1", "1")
    load(settings, tmp_path)
    deliver("2026-05-03T00:00:00.000Z-e2", "2")
    report = load(settings, tmp_path)
    assert (report.rows_loaded, report.rows_replaced, _total(settings)) == (1, 1, Decimal(2))


def test_a_single_assembly_needs_no_manifest_and_several_do(settings: Settings, tmp_path: Path) -> None:
    report = tmp_path / "prefix" / "daily"
    _assembly(report, "a1", "1")
    (report / PERIOD / "a1" / "daily-Manifest.json").unlink()
    assert [file.status for file in load(settings, tmp_path).files] == ["loaded"]
    _assembly(report, "a2", "2")
    (report / PERIOD / "a2" / "daily-Manifest.json").unlink()
    refused = load(settings, tmp_path)
    assert {file.status for file in refused.files} == {"refused"}
    assert "several assemblies" in refused.files[0].reason
    assert _total(settings) == Decimal(1)


def test_an_archive_of_the_bucket_is_read_like_the_bucket(settings: Settings, tmp_path: Path) -> None:
    report = tmp_path / "bucket" / "prefix" / "daily"
    _assembly(report, "older", "100")
    write_manifest(report / PERIOD / "daily-Manifest.json", "a1", _assembly(report, "a1", "1"))
    archive = tmp_path / "bucket.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(tmp_path / "bucket", arcname=".")
    shutil.rmtree(tmp_path / "bucket")
    assert load(settings, archive).rows_loaded == 1
    assert _total(settings) == Decimal(1)


def test_the_monthly_folders_of_athena_follow_their_manifest(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "daily" / "daily" / "year=2026" / "month=5"
    write_csv(folder / "daily-00001.csv.gz", [line("current")])
    write_csv(folder / "daily-00002.csv.gz", [line("left over from a larger version")])
    write_csv(tmp_path / "daily" / "daily" / "cost_and_usage_data_status" / "status.csv", [{"status": "READY"}])
    manifest = tmp_path / "daily" / PERIOD / "daily-Manifest.json"
    write_manifest(manifest, "a1", ["daily/daily/year=2026/month=5/daily-00001.csv.gz"])
    report = load(settings, tmp_path)
    assert [file.status for file in report.files] == ["loaded"]
    assert ask(settings, "SELECT x_line_item_id FROM charges") == [{"x_line_item_id": "current"}]


def test_a_manifest_that_is_no_json_is_named(settings: Settings, tmp_path: Path) -> None:
    manifest = tmp_path / "daily" / PERIOD / "daily-Manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{")
    write_csv(manifest.parent / "a1" / "daily-1.csv.gz", [line("one")])
    report = load(settings, tmp_path)
    assert [file.status for file in report.files] == ["refused"]
    assert "cannot be read" in report.files[0].reason
