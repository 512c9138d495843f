"""A snapshot in PostgreSQL: the same rows and totals, old or new for readers, never half."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import psycopg
import pytest

from tests.support.bills import charge
from workbench.engines import SCHEMA, PostgresEngine, Query, connect_postgres
from workbench.errors import CannotRun, Conflict, DatabaseUnreachable, DataError
from workbench.postgres import database_status, init_statements, load_snapshot, served_load
from workbench.progress import Silent
from workbench.schema import TABLES, VIEWS
from workbench.schema.model import quote


@pytest.fixture
def finops(database: str):
    """A database with the empty analytics schema."""
    with connect_postgres(database, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        for statement in init_statements():
            connection.execute(statement)
    return database


def bill():
    return [
        charge("1.5", tags='{"team": "web"}', charge_period_start=datetime(2026, 9, 30, 23)),
        charge("0.000000000001", resource_id=None, charge_period_start=datetime(2026, 10, 1)),
        charge("-3", charge_category="Credit", billing_currency="EUR", list_cost=None, x_attributes="not json"),
        charge(
            "31",
            x_spread=True,
            charge_category="Purchase",
            charge_period_start=datetime(2026, 10, 1),
            charge_period_end=datetime(2026, 11, 1),
        ),
    ]


def load(url, opened, settings, **options):
    return load_snapshot(url, opened.engine.path, opened.manifest, settings, Silent(), **options)


def test_every_table_has_the_rows_of_the_snapshot(finops, settings, publish_bill, request):
    opened = publish_bill(bill())
    result = load(finops, opened, settings)
    engine = PostgresEngine(finops, result.load.id)
    request.addfinalizer(engine.close)
    for table in (*TABLES, *VIEWS):
        names = ", ".join(quote(name) for name in table.names if name != "x_attributes")
        query = Query("all rows", f"SELECT {names} FROM {quote(table.name)}")
        ours, theirs = opened.engine.run(query), engine.run(query)
        assert theirs.column_names == ours.column_names
        if ours.num_rows:
            assert theirs.schema.types == ours.schema.types, table.name
        rows = sorted(map(repr, ours.to_pylist()))
        assert sorted(map(repr, theirs.to_pylist())) == rows, table.name
    assert result.rows == sum(opened.manifest.rows.values())


def test_a_text_that_is_no_json_is_kept_as_a_json_text(finops, settings, publish_bill):
    load(finops, publish_bill(bill()), settings)
    with connect_postgres(finops) as connection:
        found = connection.execute(
            "SELECT x_attributes #>> '{}' FROM charges WHERE x_attributes IS NOT NULL"
        ).fetchall()
    assert found == [("not json",)]


def test_charges_lie_in_partitions_of_their_month(finops, settings, publish_bill):
    load(finops, publish_bill(bill()), settings)
    with connect_postgres(finops) as connection:
        found = connection.execute("SELECT tableoid::regclass::text, count(*) FROM charges GROUP BY 1 ORDER BY 1")
        assert found.fetchall() == [("charges_2026_09", 1), ("charges_2026_10", 3)]


def test_loading_the_same_snapshot_again_does_nothing(finops, settings, publish_bill):
    opened = publish_bill(bill())
    first = load(finops, opened, settings)
    again = load(finops, opened, settings)
    assert (first.changed, again.changed) == (True, False)
    assert again.load == first.load
    assert load(finops, opened, settings, again=True).load.number == first.load.number + 1


def test_another_snapshot_replaces_the_tables_and_has_another_id(finops, settings, publish_bill):
    first = load(finops, publish_bill(bill()), settings)
    second = load(finops, publish_bill([charge("7")]), settings)
    assert second.load.id != first.load.id
    engine = PostgresEngine(finops, second.load.id)
    assert engine.run(Query("sum", "SELECT SUM(billed_cost) AS cost FROM charges")).to_pylist() == [
        {"cost": Decimal(7)}
    ]
    engine.close()


def test_a_load_that_breaks_off_leaves_the_old_tables_and_the_next_one_succeeds(
    finops, settings, publish_bill, monkeypatch
):
    before = load(finops, publish_bill(bill()), settings)
    opened = publish_bill([charge("7")])

    def breaks(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workbench.postgres.load._check", breaks)
        with pytest.raises(KeyboardInterrupt):
            load(finops, opened, settings)
    assert served_load(finops) == before.load
    assert load(finops, opened, settings).load.manifest.id == opened.manifest.id


def test_totals_other_than_the_manifests_are_not_published(finops, settings, publish_bill):
    before = load(finops, publish_bill(bill()), settings)
    opened = publish_bill([charge("7")])
    wrong = type(opened.manifest)(**{**opened.manifest.to_json(), "totals": {"USD": {"billed_cost": "8"}}})
    with pytest.raises(DataError, match="totals of charges"):
        load_snapshot(finops, opened.engine.path, wrong, settings, Silent())
    assert served_load(finops) == before.load


def test_views_of_others_are_named_instead_of_dropped(finops, settings, publish_bill):
    load(finops, publish_bill(bill()), settings)
    with connect_postgres(finops, autocommit=True) as connection:
        connection.execute(f"CREATE VIEW public.mine AS SELECT * FROM {SCHEMA}.loads")
    with pytest.raises(Conflict, match=r"public\.mine"):
        load(finops, publish_bill([charge("7")]), settings)
    with connect_postgres(finops, autocommit=True) as connection:
        connection.execute("DROP VIEW public.mine")


def test_a_second_load_at_the_same_time_is_refused(finops, settings, publish_bill):
    from workbench.postgres.load import _LOCK

    with connect_postgres(finops, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        with pytest.raises(Conflict, match="Another load"):
            load(finops, publish_bill(bill()), settings)


def test_a_database_without_tables_says_what_to_do(postgres):
    with pytest.raises(CannotRun, match="workbench db init"):
        served_load(postgres)
    status = database_status(postgres)
    assert (status.initialised, status.load) == (False, None)


def test_an_empty_schema_says_what_to_do(finops):
    with pytest.raises(CannotRun, match="workbench db load"):
        served_load(finops)


def test_status_counts_rows_and_sizes(finops, settings, publish_bill):
    result = load(finops, publish_bill(bill()), settings)
    status = database_status(finops)
    assert status.load == result.load
    assert status.rows["charges"] == 4
    assert status.bytes["charges"] > 0
    assert status.version.startswith("1")


def test_no_server_is_a_calm_error_without_the_password():
    with pytest.raises(DatabaseUnreachable) as caught:
        served_load("postgresql://me:hunter2@127.0.0.1:1/none")
    assert "hunter2" not in str(caught.value)
    assert "none on 127.0.0.1" in str(caught.value)


def test_the_reader_role_reads_and_cannot_write(finops, settings, publish_bill):
    load(finops, publish_bill(bill()), settings)
    with connect_postgres(finops, autocommit=True) as connection:
        connection.execute("SET ROLE finops_reader")
        assert connection.execute("SELECT count(*) FROM charges").fetchone() == (4,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM charges")
