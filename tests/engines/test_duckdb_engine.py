"""The snapshot engine: exact money out, nothing but reading in, and it can be stopped."""

import threading
import time
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from workbench.engines import DuckDBEngine, Query
from workbench.errors import CannotRun, QueryFailed, QueryTimeout, SnapshotCorrupt


@pytest.fixture
def engine(tmp_path):
    path = tmp_path / "s.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT i AS i, i * 0.000000000001::DECIMAL(38, 12) AS c FROM range(5) r(i)"
        )
    engine = DuckDBEngine(path, "s1", timeout=5)
    yield engine
    engine.close()


def test_money_stays_decimal(engine):
    result = engine.run(Query("Sum", "SELECT sum(c) AS c FROM t WHERE i >= $low", (("low", 2),)))
    assert result.to_pylist() == [{"c": Decimal("0.000000000009")}]


def test_dates_are_parameters(engine):
    result = engine.run(Query("Day", "SELECT $day AS day", (("day", date(2026, 11, 20)),)))
    assert result["day"].to_pylist() == [date(2026, 11, 20)]


def test_a_slow_query_is_interrupted_and_the_engine_goes_on(engine):
    slow = Query("Slow", "SELECT count(*) FROM range(10000000000) a, range(1000) b")
    begun = time.perf_counter()
    with pytest.raises(QueryTimeout, match=r"Slow took longer than 0\.2 s"):
        engine.run(slow, timeout=0.2)
    assert time.perf_counter() - begun < 5
    assert engine.run(Query("One", "SELECT 1 AS one"))["one"].to_pylist() == [1]


def test_one_interrupted_query_does_not_stop_another(engine):
    answers = []
    steady = Query("Steady", "SELECT count(*) AS n FROM range(300000000) a WHERE a.range % 3 = 0")
    thread = threading.Thread(target=lambda: answers.append(engine.run(steady, timeout=300)["n"].to_pylist()))
    thread.start()
    with pytest.raises(QueryTimeout):
        engine.run(Query("Slow", "SELECT count(*) FROM range(10000000000) a, range(1000) b"), timeout=0.1)
    thread.join()
    assert answers == [[100000000]]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x (i INT)",
        "DELETE FROM t",
        "COPY t TO '/tmp/out.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "ATTACH '/tmp/other.duckdb'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_nothing_but_reading_the_snapshot_is_possible(engine, sql):
    with pytest.raises(QueryFailed):
        engine.run(Query("Hostile", sql))


def test_a_missing_table_or_column_is_cannot_run(engine):
    with pytest.raises(CannotRun, match="nowhere"):
        engine.run(Query("Q", "SELECT * FROM nowhere"))
    with pytest.raises(CannotRun, match="missing"):
        engine.run(Query("Q", "SELECT missing FROM t"))


def test_a_file_that_is_no_database_is_corrupt(tmp_path):
    path = tmp_path / "bad.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(SnapshotCorrupt, match="verify"):
        DuckDBEngine(path, "bad")


def test_a_missing_file_is_corrupt_and_is_not_created(tmp_path):
    with pytest.raises(SnapshotCorrupt):
        DuckDBEngine(tmp_path / "none.duckdb", "none")
    assert not (tmp_path / "none.duckdb").exists()


def test_a_file_can_be_opened_twice_in_one_process_and_both_answer_in_utc(engine):
    other = DuckDBEngine(engine.path, "s1", timeout=5)
    zone = Query("Zone", "SELECT current_setting('TimeZone') AS zone, count(*) AS n FROM t")
    assert engine.run(zone).to_pylist() == other.run(zone).to_pylist() == [{"zone": "UTC", "n": 5}]
    other.close()
    assert engine.run(zone).num_rows == 1
