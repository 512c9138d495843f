"""A simulated company, loaded the ordinary way, with its answers; and the same in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.small_estate import PLAN, written
from workbench.engines import PostgresEngine, connect_postgres
from workbench.ingest import ingest
from workbench.postgres import init_statements, load_snapshot
from workbench.progress import Silent
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, SnapshotStore


@dataclass(frozen=True, slots=True)
class Estate:
    """The company: its snapshot, its files, and what must be found in it (check x resource)."""

    opened: OpenSnapshot
    settings: Settings
    folder: Path
    truth: pa.Table


@pytest.fixture(scope="package")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """40 accounts, 120 days, every case in every role."""
    home = tmp_path_factory.mktemp("waste")
    folder = home / "company"
    written(folder, PLAN)
    settings = Settings(home=home / "home")
    ingest([folder], settings)
    truth = pq.read_table(home / "company.truth" / "findings.parquet")
    with SnapshotStore(settings).open() as opened:
        yield Estate(opened, settings, folder, truth)


@pytest.fixture(scope="module")
def estate_in_postgres(estate: Estate, database: str) -> Iterator[PostgresEngine]:
    """The same data in PostgreSQL."""
    with connect_postgres(database, autocommit=True) as connection:
        for statement in init_statements():
            connection.execute(statement)
    opened = estate.opened
    load = load_snapshot(database, opened.engine.path, opened.manifest, estate.settings, Silent()).load
    engine = PostgresEngine(database, load.id, timeout=120)
    yield engine
    engine.close()
