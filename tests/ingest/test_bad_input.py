"""Every kind of unusable file is one calm line that names the file, the place and the remedy."""

from __future__ import annotations

import gzip
import json
import os
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.focus_bill import HEADER, csv_text, focus_row, write_csv, write_parquet
from workbench.engines import Query
from workbench.errors import StorageError
from workbench.ingest import FileResult, ingest
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, SnapshotStore

GOOD = csv_text([focus_row()])


def only(settings: Settings, path: Path) -> FileResult:
    report = ingest([path], settings)
    assert len(report.files) == 1
    return report.files[0]


def _truncated_gzip() -> bytes:
    # Random digits do not compress away, so that half the file is well inside the rows.
    rows = [focus_row(os.urandom(30).hex()) for _ in range(2000)]
    data = gzip.compress(csv_text(rows).encode())
    return data[: len(data) // 2]


def _truncated_parquet(folder: Path) -> bytes:
    data = write_parquet(folder / "whole.parquet", [focus_row(str(i)) for i in range(100)]).read_bytes()
    return data[: len(data) // 2]


def _text_in_cost(_: Path) -> bytes:
    return csv_text([focus_row(), focus_row("i-2", Tags='{"a":\n"b"}'), focus_row("i-3", BilledCost="$1,000")]).encode()


CASES: dict[str, tuple[str, Callable[[Path], bytes], tuple[str, ...]]] = {
    "empty file": ("a.csv", lambda _: b"", ("empty", "0 bytes")),
    "blank lines": ("a.csv", lambda _: b"\n\n  \n", ("blank lines",)),
    "contract commitments": (
        "a.csv",
        lambda _: b"ContractCommitmentId,ContractCommitmentCost,ContractId,BillingCurrency\nc-1,100,k-1,USD\n",
        ("not a bill: contract commitments are not loaded yet",),
    ),
    "pdf": ("a.csv", lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3 stream", ("PDF",)),
    "html": ("a.csv", lambda _: b"\n<!DOCTYPE html><html><body>Sign in</body>", ("web page",)),
    "zip named csv": ("a.csv", lambda _: b"PK\x03\x04rest", ("ZIP",)),
    "json": ("a.csv", lambda _: b'{"error": "expired"}', ("JSON",)),
    "binary": ("a.csv", lambda _: bytes(range(256)) * 40, ("zero byte",)),
    "truncated gzip": ("a.csv.gz", lambda _: _truncated_gzip(), ("gzip", "cut off")),
    "damaged gzip": ("a.csv.gz", lambda _: b"\x1f\x8b\x08\x00garbage" * 9, ("gzip",)),
    "truncated parquet": ("a.parquet", _truncated_parquet, ("Parquet", "cut off")),
    "missing cost column": (
        "a.csv",
        lambda _: csv_text([focus_row()]).replace("EffectiveCost", "EffectivCost").encode(),
        ("without EffectiveCost",),
    ),
    "unknown format": ("a.csv", lambda _: b"name,colour\nx,red\n", ("not a bill format", "missing: BilledCost")),
    "text in a cost column": ("a.csv", _text_in_cost, ("line 5", "column BilledCost", "'$1,000'")),
    "infinite cost": (
        "a.csv",
        lambda _: csv_text([focus_row(ListCost="Infinity")]).encode(),
        ("line 2", "ListCost", "'Infinity'"),
    ),
    "cost beyond 26 digits": (
        "a.csv",
        lambda _: csv_text([focus_row(BilledCost="1" + "0" * 26)]).encode(),
        ("line 2", "BilledCost"),
    ),
    "no currency": ("a.csv", lambda _: csv_text([focus_row(BillingCurrency="NULL")]).encode(), ("BillingCurrency",)),
    "slashed date": (
        "a.csv",
        lambda _: csv_text([focus_row(ChargePeriodStart="9/1/24")]).encode(),
        ("line 2", "ChargePeriodStart", "'9/1/24'"),
    ),
    "impossible hour": (
        "a.csv",
        lambda _: csv_text([focus_row(ChargePeriodEnd="2026-10-01T30:00:00Z")]).encode(),
        ("line 2", "ChargePeriodEnd"),
    ),
    "too few fields": ("a.csv", lambda _: (GOOD * 1 + "1,2,3\n").encode(), ("line 3", "3 fields")),
    "too many fields": ("a.csv", lambda _: (GOOD + GOOD.splitlines()[1] + ",x\n").encode(), ("line 3",)),
    "open quote": ("a.csv", lambda _: (GOOD + '"never closed,1\n2\n').encode(), ("line 3", "quote")),
    "not utf-8": ("a.csv", lambda _: csv_text([focus_row("caf\u00e9")]).encode("latin-1"), ("line 2", "UTF-8")),
    "same column twice": (
        "a.csv",
        lambda _: csv_text([focus_row()]).replace("ListCost", "BilledCost").encode(),
        ("two columns are called BilledCost",),
    ),
    "zip without bills": ("a.zip", lambda folder: _zip(folder, {"readme.md": b"x"}), ("no CSV or Parquet",)),
    "damaged zip": ("a.zip", lambda _: b"PK\x03\x04 damaged", ("archive is damaged",)),
}


def _zip(folder: Path, members: dict[str, bytes]) -> bytes:
    path = folder / "made.bin"
    with zipfile.ZipFile(path, "w") as bundle:
        for name, data in members.items():
            bundle.writestr(name, data)
    return path.read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_one_line_with_its_place_and_a_remedy(case: str, tmp_path: Path, settings: Settings) -> None:
    name, content, expected = CASES[case]
    path = tmp_path / "bills" / name
    path.parent.mkdir()
    path.write_bytes(content(tmp_path))
    result = only(settings, path)
    assert result.status == "refused"
    assert result.path == str(path)
    assert "\n" not in result.reason
    for part in expected:
        assert part in result.reason
    assert result.hint
    assert SnapshotStore(settings).current() is None


def test_good_files_load_beside_a_bad_one(tmp_path: Path, settings: Settings) -> None:
    write_csv(tmp_path / "in" / "good.csv", [focus_row()])
    (tmp_path / "in" / "bad.csv").write_bytes(b"%PDF-1.4")
    report = ingest([tmp_path / "in"], settings)
    assert [(Path(file.path).name, file.status) for file in report.files] == [
        ("bad.csv", "refused"),
        ("good.csv", "loaded"),
    ]
    assert report.exit_code == 3
    with SnapshotStore(settings).open() as snapshot:
        [(status, reason)] = _rows(snapshot, "SELECT status, reason FROM source_files WHERE status = 'refused'")
    assert status == "refused"
    assert "PDF" in reason


def _rows(snapshot: OpenSnapshot, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in snapshot.engine.run(Query("test", sql)).to_pylist()]


def test_refused_rows_are_kept_with_line_column_value_and_reason(tmp_path: Path, settings: Settings) -> None:
    write_csv(tmp_path / "in" / "good.csv", [focus_row()])
    write_csv(
        tmp_path / "in" / "bad.csv",
        [focus_row(), focus_row(Tags='{"a":\n\n"b"}'), focus_row(BilledCost="n/a"), focus_row(ListCost="1_0")],
    )
    ingest([tmp_path / "in"], settings)
    with SnapshotStore(settings).open() as snapshot:
        rows = _rows(snapshot, "SELECT row_number, column_name, value FROM rejected_rows ORDER BY row_number")
    assert rows == [(6, "BilledCost", "n/a"), (7, "ListCost", "1_0")]


def test_refusing_the_same_file_again_publishes_nothing(tmp_path: Path, settings: Settings) -> None:
    write_csv(tmp_path / "good.csv", [focus_row()])
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"%PDF-1.4")
    ingest([tmp_path / "good.csv"], settings)
    first = ingest([bad], settings)
    assert first.snapshot_id is not None
    again = ingest([bad], settings)
    assert (again.snapshot_id, again.exit_code) == (None, 1)
    write_csv(bad, [focus_row("i-2")])
    ingest([bad], settings)
    with SnapshotStore(settings).open() as snapshot:
        assert _rows(snapshot, "SELECT count(*) FROM source_files WHERE status = 'refused'") == [(0,)]
        assert _rows(snapshot, "SELECT count(*) FROM rejected_rows") == [(0,)]


def test_a_200_mb_line_is_refused_quickly_and_in_little_memory(tmp_path: Path, settings: Settings) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    for path, start in ((first, b""), (second, GOOD.encode())):
        with path.open("wb") as out:
            out.write(start)
            for _ in range(200):
                out.write(b"x" * 1_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = ingest([first, second], settings)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert [file.reason for file in report.files] == [
        "line 1 is longer than 4 MB",
        "line 3 is longer than 4 MB",
    ]
    assert grown < 100_000  # kilobytes


def test_an_endless_line_inside_gzip_is_not_an_empty_bill(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write((",".join(HEADER) + "\n").encode())
        for _ in range(80):
            out.write(b"x" * 1_000_000)
    result = only(settings, path)
    assert result.status == "refused"
    assert "4 MB" in result.reason


def test_missing_paths_and_folders_without_bills_are_named(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()
    report = ingest([tmp_path / "nothing.csv", tmp_path / "empty", str(tmp_path / "*.parquet")], settings)
    assert [file.reason for file in report.files] == [
        "no such file or folder",
        "no bills in this folder",
        "no such file or folder",
    ]
    assert report.exit_code == 1


def test_folders_that_link_to_themselves_are_walked_once(tmp_path: Path, settings: Settings) -> None:
    write_csv(tmp_path / "in" / "a.csv", [focus_row()])
    (tmp_path / "in" / "again").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in" / "loop")
    report = ingest([tmp_path / "in"], settings)
    assert [file.status for file in report.files] == ["loaded"]


@pytest.mark.parametrize(
    "name", ["a b.csv", "x'; DROP TABLE charges; --.csv", 'q"uote.csv', "new\nline.csv", "a[1]*?{x}.csv", "naïve ☃.csv"]
)
def test_hostile_file_names_are_only_names(name: str, tmp_path: Path, settings: Settings) -> None:
    path = write_csv(tmp_path / name, [focus_row()])
    write_csv(tmp_path / "a1xyx.csv", [focus_row("i-other", BilledCost="100")])
    result = only(settings, path)
    assert (result.status, result.rows) == ("loaded", 1)
    assert str(result.totals["USD"]["billed_cost"]) == "1.500000000000"


def test_hostile_column_names_and_values_are_only_text(tmp_path: Path, settings: Settings) -> None:
    name = """x_'); DROP TABLE charges; --"{}"""
    rows = [{**focus_row(Tags='{"<b>": "=cmd()"}', ServiceName="'; --"), name: 'say "hi"\\'}]
    assert only(settings, write_csv(tmp_path / "a.csv", rows)).status == "loaded"
    with SnapshotStore(settings).open() as snapshot:
        [(service, attributes)] = _rows(snapshot, "SELECT service_name, x_attributes FROM charges")
    assert service == "'; --"
    assert json.loads(attributes) == {name: 'say "hi"\\'}


def test_a_file_without_permission_is_named(tmp_path: Path, settings: Settings) -> None:
    path = write_csv(tmp_path / "a.csv", [focus_row()])
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user reads every file")
    assert only(settings, path).reason == "Permission denied"


def test_a_full_disk_is_not_the_fault_of_the_bill(tmp_path: Path, settings: Settings) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_bytes(csv_text([focus_row(str(i)) for i in range(4000)]).encode("utf-16"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(StorageError, match="The disk is full"):
            ingest([bill], settings)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ingest([bill], settings).status == "done"


def test_bills_load_again_when_no_snapshot_is_good(tmp_path: Path, settings: Settings) -> None:
    bill = write_csv(tmp_path / "bill.csv", [focus_row()])
    ingest([bill], settings)
    (snapshot,) = settings.snapshots_dir.glob("*.duckdb")
    snapshot.write_bytes(b"damaged")
    report = ingest([bill], settings)
    assert report.status == "done"
    with SnapshotStore(settings).open() as again:
        assert again.manifest.rows["charges"] == 1
