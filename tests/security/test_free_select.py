"""SQL of one's own: a SELECT on the analytics tables, and nothing else whatever is tried."""

from __future__ import annotations

import pytest

from tests.support.bills import charge
from workbench.errors import AccessDenied, BadFilter, QueryTimeout, WorkbenchError
from workbench.queries import MAX_ROWS, check_select, run_free
from workbench.settings import Settings

HOSTILE = [
    "",
    "   ; ",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE charges",
    "DROP TABLE charges",
    "DELETE FROM charges",
    "UPDATE charges SET billed_cost = 0",
    "INSERT INTO charges SELECT * FROM charges",
    "CREATE TABLE t AS SELECT 1",
    "COPY charges TO '/tmp/x.csv'",
    "COPY (SELECT 1) TO '/tmp/x.csv'",
    "EXPORT DATABASE '/tmp/x'",
    "ATTACH '/tmp/x.db' AS x",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SET memory_limit = '1TB'",
    "RESET lock_configuration",
    "CALL pragma_version()",
    "EXPLAIN ANALYZE DELETE FROM charges",
    "WITH x AS (DELETE FROM charges RETURNING *) SELECT * FROM x",
    "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM '/tmp/x.csv'",
    "FROM '/etc/passwd'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_parquet('s3://bucket/x')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM parquet_metadata('/tmp/x.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM pragma_table_info('charges')",
    "SELECT * FROM query('DROP TABLE charges')",
    "SELECT * FROM query_table('charges')",
    "SELECT getenv('HOME')",
    "SELECT current_setting('temp_directory')",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM pg_stat_activity",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM system.main.duckdb_tables",
    "SELECT * FROM public.secrets",
    "SELECT * FROM workbench_loads",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT pg_sleep(100)",
    "SELECT lo_import('/etc/passwd')",
    "SELECT dblink('dbname=x', 'SELECT 1')",
    "SELECT set_config('statement_timeout', '0', false)",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT pg_terminate_backend(1)",
    "SELECT nextval('x')",
    "SELECT repeat('x', 1000000000)",
    "SELECT * INTO t FROM charges",
    "SELECT * FROM charges FOR UPDATE",
    "SELECT $p1",
    "SELECT /* ; */ 1 -- ok\n; DROP TABLE charges",
    "SELECT * FROM charges LIMIT 1000000",
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "SELECT '" + "x" * 30_000 + "'",
]


@pytest.mark.parametrize("sql", HOSTILE, ids=lambda sql: sql[:60])
def test_what_is_not_a_plain_select_on_the_tables_is_refused_before_it_runs(sql):
    class NeverAsked:
        name = snapshot_id = "none"

        def run(self, query, *, timeout=None):
            raise AssertionError(query.sql)

    with pytest.raises(BadFilter):
        run_free(NeverAsked(), sql, Settings())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT service_name, SUM(billed_cost) FROM charges GROUP BY 1 ORDER BY 2 DESC",
        "WITH a AS (SELECT * FROM charge_days) SELECT count(*) FROM a",
        "SELECT 1 UNION ALL SELECT 2 ORDER BY 1",
        "SELECT * FROM generate_series(1, 3) AS t(n)",
        "SELECT n FROM (SELECT unnest([1, 2]) AS n)",
        "SELECT 'DROP TABLE charges; read_csv' AS text",
        "SELECT json_extract_string(tags, '$.team') FROM charges LIMIT 5",
        "SELECT upper(service_name), round(billed_cost, 2), date_trunc('month', charge_period_start) FROM charges;",
    ],
)
def test_questions_are_answered(publish_bill, sql):
    assert check_select(sql)
    assert run_free(publish_bill([charge()]).engine, sql, Settings()).table.num_columns


def test_an_answer_is_cut_and_says_so(publish_bill):
    engine = publish_bill([charge()]).engine
    found = run_free(engine, f"SELECT * FROM generate_series(1, {MAX_ROWS + 5})", Settings())
    assert (found.table.num_rows, found.cut) == (MAX_ROWS, True)
    assert not run_free(engine, f"SELECT * FROM generate_series(1, {MAX_ROWS})", Settings()).cut


def test_a_question_that_takes_too_long_is_interrupted(publish_bill):
    engine = publish_bill([charge()]).engine
    slow = (
        "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 10000) c"
    )
    with pytest.raises(QueryTimeout):
        run_free(engine, slow, Settings(), timeout=0.5)
    assert run_free(engine, "SELECT 1 AS one", Settings()).table.to_pylist() == [{"one": 1}]


def test_it_can_be_switched_off(publish_bill):
    with pytest.raises(AccessDenied, match="WORKBENCH_FREE_SQL"):
        run_free(publish_bill([charge()]).engine, "SELECT 1", Settings(free_sql=False))


def test_the_connection_itself_reaches_no_files_and_keeps_its_settings(publish_bill):
    from workbench.engines import Query

    engine = publish_bill([charge()]).engine
    for sql in (
        "SELECT * FROM read_text('/etc/passwd')",
        "SET memory_limit = '1TB'",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
    ):
        with pytest.raises(WorkbenchError):
            engine.run(Query("hostile", sql))
