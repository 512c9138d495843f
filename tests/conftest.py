"""Fixtures every room shares."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.bills import snapshot_of
from tests.support.postgres import fresh_database, postgres_server
from workbench.settings import PROJECT_ROOT, Settings, load_settings
from workbench.snapshot import OpenSnapshot

# The collector finds little here and would look at everything the suite has imported again and again.
gc.set_threshold(100_000, 50, 100)

PublishBill = Callable[[Iterable[Mapping[str, Any]]], OpenSnapshot]


@pytest.fixture(autouse=True)
def _main_stays_main() -> Iterator[None]:
    """A tested app puts its own script in the place of ``__main__``, which a process spawned later would run."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith("WORKBENCH_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WORKBENCH_CONFIG", str(tmp_path / "absent.toml"))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with an empty home folder, also seen by processes started from the test."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    return load_settings()


@pytest.fixture
def home(settings: Settings) -> Settings:
    """Another name of ``settings``, for tests about the home folder."""
    return settings


@pytest.fixture
def publish_bill(settings: Settings) -> Iterator[PublishBill]:
    """Publish charge lines in the home folder of ``settings`` and open the snapshot; closed after the test."""
    opened: list[OpenSnapshot] = []

    def publish(rows: Iterable[Mapping[str, Any]]) -> OpenSnapshot:
        opened.append(snapshot_of(settings, rows))
        return opened[-1]

    yield publish
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the shared reference data, ``WORKBENCH_SHARED_DATA`` or ``../shared/data``; skips where absent."""
    folder = Path(os.environ.get("WORKBENCH_SHARED_DATA", PROJECT_ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"The shared reference data is not at {folder}")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Connection string of a real PostgreSQL server that lives as long as the test process."""
    # A socket path may have about a hundred characters, so not below pytest's own folder.
    with tempfile.TemporaryDirectory(prefix="wb-pg-") as folder, postgres_server(Path(folder) / "data") as server:
        yield server


@pytest.fixture(scope="module")
def database(postgres: str) -> str:
    """Connection string of an empty database of this module."""
    return fresh_database(postgres)
