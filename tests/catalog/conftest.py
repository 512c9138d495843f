"""A catalogue of a few types for tests that load one many times, and the whole one for those that look things up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.support.price_api import PriceApi, price_api
from workbench.catalog import Catalog, load_catalog, lookup, sources

_KEPT = re.compile(r"\b(db\.|cache\.)?m5\.(x?large)\b|gp3|Standard_D[48]s_v5")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """All of the reference data, without updates."""
    return load_catalog()


@pytest.fixture(scope="session")
def few_types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference data of m5.large and m5.xlarge as machines, databases and caches, and of two sizes of Azure."""
    folder = tmp_path_factory.mktemp("reference")
    for path in sources.REFERENCE.glob("*.csv"):
        head, *rows = path.read_text().splitlines(keepends=True)
        (folder / path.name).write_text(head + "".join(row for row in rows if _KEPT.search(row)))
    rates = "aws_reserved_rates.parquet"
    duckdb.sql(f"FROM '{sources.REFERENCE / rates}' WHERE instance_type = 'm5.xlarge'").write_parquet(
        str(folder / rates)
    )
    return folder


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[PriceApi]:
    """A Price List API, and credentials for it."""
    for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(name, value)
    # Growing pauses, but none that a test would feel.
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.01)
    with price_api() as server:
        yield server


@pytest.fixture
def small_reference(few_types: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The catalogue reads ``few_types`` in this test."""
    lookup._load.cache_clear()
    monkeypatch.setattr(sources, "REFERENCE", few_types)
    yield
    lookup._load.cache_clear()
