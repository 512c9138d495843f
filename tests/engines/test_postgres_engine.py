"""Questions to a real PostgreSQL: types as a snapshot gives them, limits, and calm errors."""

from __future__ import annotations

import threading
from datetime import date, datetime
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest

from workbench.engines import PostgresEngine, Query, connect_postgres, server_label
from workbench.errors import CannotRun, DatabaseUnreachable, QueryFailed, QueryTimeout


@pytest.fixture
def engine(database):
    found = PostgresEngine(database, "test", timeout=20)
    yield found
    found.close()


def ask(engine, sql, **params):
    return engine.run(Query("A question", sql, tuple(params.items())))


def test_values_have_the_types_of_a_snapshot(engine):
    table = ask(
        engine,
        "SELECT 'x' AS text, CAST(1.5 AS DECIMAL(38, 12)) AS money, CAST(2 AS DOUBLE) AS number,"
        " CAST(3 AS BIGINT) AS whole, TRUE AS yes, DATE '2026-10-31' AS day,"
        " TIMESTAMP '2026-10-31 23:59:59.5' AS time, CAST(NULL AS VARCHAR) AS none",
    )
    assert table.schema.types == [
        pa.string(), pa.decimal128(38, 12), pa.float64(), pa.int64(), pa.bool_(), pa.date32(), pa.timestamp("us"),
        pa.string(),
    ]  # fmt: skip
    assert table.to_pylist() == [
        {"text": "x", "money": Decimal("1.5"), "number": 2.0, "whole": 3, "yes": True, "day": date(2026, 10, 31),
         "time": datetime(2026, 10, 31, 23, 59, 59, 500000), "none": None}
    ]  # fmt: skip


def test_no_rows_still_have_columns_and_types(engine):
    table = ask(engine, "SELECT CAST(1 AS DECIMAL(38, 12)) AS money WHERE FALSE")
    assert (table.num_rows, table.schema.types) == (0, [pa.decimal128(38, 12)])


@pytest.mark.parametrize("text", ["%s", "'; DROP TABLE charges; --", "%(x)s", "\\", "ünï"])
def test_values_are_parameters_never_text(engine, text):
    assert ask(engine, "SELECT $value AS v, 'a%b' AS w", value=text).to_pylist() == [{"v": text, "w": "a%b"}]


def test_a_slow_query_is_cancelled_by_the_server(engine):
    with pytest.raises(QueryTimeout, match=r"longer than 0\.2 s"):
        engine.run(Query("A slow question", "SELECT pg_sleep(5)"), timeout=0.2)
    assert ask(engine, "SELECT 1 AS one").to_pylist() == [{"one": 1}]


def test_nothing_can_be_written(engine):
    with pytest.raises(QueryFailed, match="read-only"):
        ask(engine, "CREATE TABLE mine (a INTEGER)")


def test_a_missing_table_is_named(engine):
    with pytest.raises(CannotRun, match="nowhere"):
        ask(engine, "SELECT * FROM nowhere")


def test_a_server_that_dropped_the_connection_is_asked_again(engine, database):
    ask(engine, "SELECT 1 AS one")
    with connect_postgres(database, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert ask(engine, "SELECT 2 AS two").to_pylist() == [{"two": 2}]


def test_a_connection_that_dies_amid_a_question_is_a_calm_error(engine, database):
    def cut():
        with connect_postgres(database, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE '%pg_sleep(20)%'"
                " AND pid <> pg_backend_pid()"
            )

    timer = threading.Timer(0.5, cut)
    timer.start()
    with pytest.raises(DatabaseUnreachable, match="went away"):
        ask(engine, "SELECT pg_sleep(20)")
    timer.join()
    assert ask(engine, "SELECT 1 AS one").num_rows == 1


def test_threads_share_an_engine(engine):
    answers = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(ask(engine, "SELECT $n AS n", n=n).column("n")[0].as_py()))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(8))


def test_a_wrong_password_is_refused_without_showing_it(postgres):
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS nobody")
    with pytest.raises(DatabaseUnreachable) as caught:
        connect_postgres(postgres.replace("postgres:@", "nobody:s3cret@"))
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_the_label_has_neither_user_nor_password():
    assert server_label("postgresql://me:s3cret@db.internal:5432/costs") == "costs on db.internal"
    assert "s3cret" not in server_label("host=db.internal dbname=costs user=me password=s3cret")
