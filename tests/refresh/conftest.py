"""A database with a small rich bill, as another program would have filled it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.costs.conftest import varied_rows
from tests.support.bills import charge, snapshot_of
from tests.support.postgres import fresh_database
from workbench.engines import SCHEMA, connect_postgres
from workbench.postgres import init_statements, load_snapshot
from workbench.progress import Silent
from workbench.settings import Settings

Run = Callable[[str], None]


@pytest.fixture(scope="module")
def template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Database with charges of three source files, inventory and books."""
    url = fresh_database(postgres)
    rows = [{**row, "x_source_id": n % 3 + 1} for n, row in enumerate(varied_rows(count=120))]
    rows += [charge("0.000000000001", x_source_id=3), charge("9.5", billing_currency="EUR", x_source_id=2)]
    settings = Settings(home=tmp_path_factory.mktemp("template"))
    opened = snapshot_of(settings, rows)
    with connect_postgres(url, autocommit=True) as connection:
        for statement in init_statements():
            connection.execute(statement)
        load_snapshot(url, opened.engine.path, opened.manifest, settings, Silent())
        connection.execute(
            f"INSERT INTO {SCHEMA}.volumes (id, account_id, volume_id, provider, monthly_cost, tags)"
            " VALUES ('v1', 'a1', 'vol-1', 'AWS', 62.5, '{\"team\":  \"web\"}')"
        )
    opened.close()
    return url


@pytest.fixture
def source(postgres: str, template: str) -> str:
    """A copy of the template, for this test alone."""
    return fresh_database(postgres, template.split("/")[3].split("?")[0])


@pytest.fixture
def run(source: str) -> Run:
    """Change the source: one statement in the analytics schema, committed."""

    def execute(statement: str) -> None:
        with connect_postgres(source, autocommit=True) as connection:
            connection.execute(statement)

    return execute


@pytest.fixture
def settings(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    return Settings(home=tmp_path / "home")
