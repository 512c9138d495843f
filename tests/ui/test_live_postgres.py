"""The pages on a live PostgreSQL: the same figures, the strip says who answers, trouble is said calmly."""

from __future__ import annotations

import pytest

from tests.conftest import PublishBill
from tests.support.postgres import fresh_database
from tests.ui.conftest import BILL, OpenApp
from tests.ui.test_shell import shown
from workbench.engines import connect_postgres
from workbench.postgres import init_statements, load_snapshot
from workbench.progress import Silent
from workbench.settings import Settings


@pytest.fixture
def live(postgres: str, settings: Settings, publish_bill: PublishBill, monkeypatch: pytest.MonkeyPatch) -> str:
    """The tiny bill in a database, and the app set to it."""
    url = fresh_database(postgres)
    opened = publish_bill(BILL)
    with connect_postgres(url, autocommit=True) as connection:
        for statement in init_statements():
            connection.execute(statement)
    load_snapshot(url, opened.engine.path, opened.manifest, settings, Silent())
    monkeypatch.setenv("WORKBENCH_POSTGRES_URL", url)
    monkeypatch.setenv("WORKBENCH_SOURCE", "postgres")
    return url


@pytest.mark.parametrize("page", ["overview", "explore", "drivers", "data_health"])
def test_every_page_answers(live: str, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", page)
    app = open_app()
    assert not app.exception
    words = shown(app)
    assert "PostgreSQL, workbench_" in words
    assert "could not be shown" not in words
    assert "Reference " not in words


def test_the_figures_are_those_of_the_bill(live: str, open_app: OpenApp) -> None:
    # 20 days of October at 3 + 2 USD.
    assert "$100" in shown(open_app())


def test_a_server_that_does_not_answer_is_said_calmly(
    settings: Settings, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_POSTGRES_URL", "postgresql://me:hunter2@127.0.0.1:1/costs")
    monkeypatch.setenv("WORKBENCH_SOURCE", "postgres")
    words = shown(open_app())
    assert "PostgreSQL cannot be reached: costs on 127.0.0.1" in words
    assert "hunter2" not in words
