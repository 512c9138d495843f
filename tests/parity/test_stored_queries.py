"""Every stored statement on DuckDB and on PostgreSQL: the same rows, in the same order, of the same types."""

from __future__ import annotations

import pytest

from tests.queries.conftest import estate as estate
from tests.support.parity import difference, ordered
from workbench.engines import PostgresEngine, connect_postgres
from workbench.postgres import init_statements, load_snapshot
from workbench.progress import Silent
from workbench.queries import load_queries, run_free, run_stored
from workbench.settings import Settings

GIVEN = (
    {},
    {"first": "2026-08-03", "last": "2026-11-20"},
    {"first": "2026-10-31", "last": "2026-11-01", "currency": "NOK"},
    {"first": "2020-01-01", "last": "2020-01-02"},
)


@pytest.fixture(scope="module")
def postgres_engine(database, estate):
    with connect_postgres(database, autocommit=True) as connection:
        for statement in init_statements():
            connection.execute(statement)
    load = load_snapshot(database, estate.engine.path, estate.manifest, Settings(), Silent()).load
    engine = PostgresEngine(database, load.id)
    yield engine
    engine.close()


@pytest.mark.parametrize("given", GIVEN, ids=lambda given: ",".join(given.values()) or "defaults")
@pytest.mark.parametrize("stored", load_queries(), ids=lambda query: query.name)
def test_a_stored_statement_gives_the_same_on_both_engines(estate, postgres_engine, stored, given):
    known = {parameter.name: parameter for parameter in stored.header.parameters}
    if given and not set(given) <= set(known):
        given = {name: value for name, value in given.items() if name in known}
        if not given:
            return  # asked with its defaults already
    values = given | {name: "team" for name, parameter in known.items() if parameter.default is None}
    ours, theirs = (run_stored(engine, stored, values) for engine in (estate.engine, postgres_engine))
    problem = difference(ours.table, theirs.table, in_order=ordered(ours.queries[0]))
    assert problem == ""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT service_name, SUM(billed_cost) AS cost FROM charges GROUP BY ALL ORDER BY cost DESC, 1",
        "SELECT date_trunc('month', charge_period_start) AS m, COUNT(*) AS n FROM charges GROUP BY 1 ORDER BY 1",
        "SELECT volume_id FROM volumes WHERE state = 'available' ORDER BY 1 DESC",
    ],
)
def test_sql_of_ones_own_gives_the_same_on_both_engines(estate, postgres_engine, sql):
    ours, theirs = (run_free(engine, sql, Settings()) for engine in (estate.engine, postgres_engine))
    assert difference(ours.table, theirs.table, in_order=True) == ""
