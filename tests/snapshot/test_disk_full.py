"""A full disk is a clear error, leaves the served snapshot alone, and nothing half done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bills import charge, snapshot_of
from workbench.errors import StorageError
from workbench.settings import PROJECT_ROOT, Settings
from workbench.snapshot import SnapshotStore
from workbench.snapshot.files import ensure_free, storage_error

_MUCH = (
    "INSERT INTO loads SELECT i, now()::TIMESTAMP, random(), md5(i::VARCHAR), 0, 0, 0, 0, 0 FROM range(1000000) t(i)"
)

_BUILD = f"""
import json, resource, sys
from workbench.errors import WorkbenchError
from workbench.settings import load_settings
from workbench.snapshot import SnapshotStore
if len(sys.argv) > 1:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
try:
    with SnapshotStore(load_settings()).build() as build:
        build.connection.execute("SET checkpoint_threshold = '1MB'")
        build.connection.execute({_MUCH!r})
        build.publish()
except WorkbenchError as error:
    print(json.dumps([type(error).__name__, error.title, error.detail, error.hint]))
"""


def build(*limit: str) -> list[str]:
    """Build a snapshot of some 50 MB in another process; the error it met."""
    run = subprocess.run(
        [sys.executable, "-c", _BUILD, *limit], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def check_untouched(settings: Settings, snapshot_id: str) -> None:
    store = SnapshotStore(settings)
    with store.open() as snapshot:
        assert (snapshot.manifest.id, snapshot.notice) == (snapshot_id, None)
    assert sorted(path.name for path in settings.snapshots_dir.rglob("*") if path.is_file()) == sorted(
        ["CURRENT.json", f"{snapshot_id}.duckdb", f"{snapshot_id}.json", "refresh.lock"]
    )
    with store.build() as again:
        again.publish()


def test_a_file_that_may_not_grow_is_a_storage_error(settings: Settings) -> None:
    with snapshot_of(settings, [charge(1)]) as first:
        pass
    error, title, detail, hint = build(str(10_000_000))
    assert (error, title) == ("StorageError", "The disk is full")
    assert "free" in detail
    assert "prune" in hint
    check_untouched(settings, first.manifest.id)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted without root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_a_storage_error(small_disk: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(small_disk))
    on_disk = settings.model_copy(update={"home": small_disk})
    with snapshot_of(on_disk, [charge(1)]) as first:
        pass
    error, title, _, _ = build()
    assert (error, title) == ("StorageError", "The disk is full")
    check_untouched(on_disk, first.manifest.id)


def test_too_little_space_is_refused_before_anything_is_copied(
    small_disk: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk = settings.model_copy(update={"home": small_disk})
    with snapshot_of(on_disk, [charge(1)]) as first:
        pass
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 18_000_000)
    with pytest.raises(StorageError) as error, SnapshotStore(on_disk).build():
        pass
    assert "are needed" in error.value.detail
    ballast.unlink()
    check_untouched(on_disk, first.manifest.id)


def test_what_is_free_and_needed_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as error:
        ensure_free(tmp_path, 10**18, "for a test")
    assert "1,000,000.0 TB are needed" in error.value.detail


def test_a_home_that_is_a_file_is_a_storage_error(settings: Settings) -> None:
    settings.home.write_text("not a folder")
    with pytest.raises(StorageError) as error, SnapshotStore(settings).build():
        pass
    assert "cannot be written" in error.value.title


def test_a_bill_that_cannot_be_read_is_not_a_storage_error(settings: Settings) -> None:
    assert storage_error(PermissionError(13, "Permission denied", "/bills/october.csv"), settings.home) is None
