"""Every statement the explorer composes, on DuckDB and PostgreSQL: the same rows, in the same order, of the same types.

The statements are collected by asking the real questions of a varied bill (nulls, credits, hostile texts and tag keys,
a fee spread over two months, charges at midnight, two currencies) under many views, and then put to both engines.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import product

import pytest

from tests.costs.conftest import HOSTILE_TAG_KEYS, HOSTILE_TEXTS, varied_rows
from tests.support.bills import charge, snapshot_of
from tests.support.parity import difference, ordered
from workbench.costs import drivers as drivers_of
from workbench.costs import health, overview, provenance, tieout
from workbench.costs.dimensions import DIMENSIONS, tag_key
from workbench.costs.explore import breakdown, charge_lines, series, totals, tree, values
from workbench.costs.resolve import resolve
from workbench.costs.view import Basis, Compare, CompareMode, Filter, Grain, Period, Range, ViewSpec
from workbench.engines import PostgresEngine, Query, connect_postgres
from workbench.errors import CannotRun, QueryFailed, WorkbenchError
from workbench.postgres import init_statements, load_snapshot
from workbench.progress import Silent
from workbench.settings import Settings


@dataclass
class Recorder:
    """Runs on the snapshot and remembers every statement once."""

    engine: object
    queries: dict[Query, None] = field(default_factory=dict)
    name = "recorder"
    snapshot_id = "recorder"

    def run(self, query, *, timeout=None):
        self.queries[query] = None
        return self.engine.run(query)


def views():
    """Every dimension as a group and, with and without a value, as a filter; every grain, basis, range, comparison."""
    keys = [*DIMENSIONS, *(tag_key(key) for key in HOSTILE_TAG_KEYS), tag_key("team")]
    year = Period(date(2026, 8, 1), date(2026, 11, 30))
    for key in keys:
        yield ViewSpec(range=year, by=(key,), compare=Compare(CompareMode.NONE))
        if key in DIMENSIONS:
            yield ViewSpec(range=Range.DAYS_90, filters=(Filter(key, None), Filter(key, "Service 1")))
        yield ViewSpec(range=Range.DAYS_90, filters=(Filter(key, HOSTILE_TEXTS[0], True), Filter(key, None, True)))
    yield from (
        ViewSpec(range=year, by=pair) for pair in (("service", "region"), ("account", "resource", "usage_type"))
    )
    for grain, basis in product(Grain, Basis):
        yield ViewSpec(range=year, grain=grain, basis=basis, by=("account",))
    for asked, mode in product(Range, (CompareMode.PREVIOUS, CompareMode.PREVIOUS_YEAR)):
        yield ViewSpec(range=asked, compare=Compare(mode))
    yield ViewSpec(
        range=year, currency="NOK", compare=Compare(CompareMode.CUSTOM, Period(date(2026, 8, 1), date(2026, 9, 2)))
    )
    yield ViewSpec(range=Period(date(2020, 1, 1), date(2020, 1, 2)))
    for text in HOSTILE_TEXTS:
        yield ViewSpec(range=year, filters=(Filter("service", text), Filter("region", text, True)))


def ask_everything(engine, view):
    """Every question of the pages about one view."""
    totals(engine, view)
    series(engine, view)
    breakdown(engine, view, limit=7)
    breakdown(engine, view, limit=7, order="change")
    tree(engine, view, parents=4, children=3)
    charge_lines(engine, view, limit=20, offset=3)
    for key in view.spec.by:
        values(engine, view, key, search="e_%1")
    by = view.spec.by[0]
    with suppress(CannotRun):  # nothing to compare with
        drivers_of.drivers(engine, view, by=by if by in drivers_of.DRIVER_DIMENSIONS else "service")


@pytest.fixture(scope="module")
def both(database, tmp_path_factory):
    """The snapshot's engine, PostgreSQL with the same data, and the statements."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), promoted_tags=("user:Name", "team"))
    rows = [
        *varied_rows(),
        charge(
            "10", charge_period_start=datetime(2026, 10, 31, 23, 59, 59), billing_period_start=datetime(2026, 10, 1)
        ),
        charge("20", charge_period_start=datetime(2026, 11, 1), billing_period_start=datetime(2026, 10, 1)),
        charge("30", tags='{"team": null}'),
        charge("40", tags='{"team": 1.50, "user:Name": {"a": 1}}'),
        charge("50", service_name="Ärger", region_id="Z"),
        charge("60", service_name="ärger", region_id="a"),
    ]
    opened = snapshot_of(settings, rows)
    with connect_postgres(database, autocommit=True) as connection:
        for statement in init_statements():
            connection.execute(statement)
    load = load_snapshot(database, opened.engine.path, opened.manifest, settings, Silent()).load
    postgres = PostgresEngine(database, load.id)
    recorder = Recorder(opened.engine)
    for spec in views():
        ask_everything(recorder, resolve(recorder, spec))
    year = resolve(recorder, ViewSpec(range=Range.DAYS_90))
    overview.overview(recorder, year)
    for currency in ("USD", "NOK"):
        health.completeness(recorder, currency)
        provenance.tag_coverage(recorder, currency)
    health.freshness(recorder, datetime(2026, 11, 20), datetime(2026, 11, 21))
    for question in (provenance.source_files, provenance.loads, provenance.rejected_rows, provenance.findings):
        question(recorder)
    tieout.billed_lines(recorder)
    yield opened.engine, postgres, tuple(recorder.queries)
    postgres.close()
    opened.close()


def test_every_statement_of_the_explorer_gives_the_same_on_both_engines(both):
    snapshot, postgres, queries = both
    different = {}
    for query in queries:
        try:
            # The parts of a change are estimated in floating point, of which PostgreSQL keeps 15 digits as a number.
            tolerance = Decimal("1e-6") if query.title.startswith("Drivers") else Decimal(0)
            problem = difference(snapshot.run(query), postgres.run(query), in_order=ordered(query), tolerance=tolerance)
        except WorkbenchError as exc:
            problem = str(exc)
        if problem:
            different.setdefault(f"{query.title}: {problem}", f"{query.sql}\n{query.params}")
    print(f"\n{len(queries)} statements, {len({query.sql for query in queries})} shapes")
    assert different == {}, "\n".join(list(different)[:40])
    assert len({query.sql for query in queries}) > 300


def test_a_statement_that_is_no_canonical_sql_is_refused_by_both(both):
    snapshot, postgres, _ = both
    for engine in (snapshot, postgres):
        with pytest.raises(QueryFailed):
            engine.run(Query("broken", "SELECT FROM WHERE"))
