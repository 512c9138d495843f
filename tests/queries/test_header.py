"""The header of a stored statement: read exactly, refused with file and line."""

from __future__ import annotations

import pytest

from workbench.errors import BadFile, BadFilter
from workbench.queries import find_query, load_queries, parse_header
from workbench.queries.header import OutputColumn, Parameter
from workbench.queries.registry import read_query

GOOD = """-- title: Cost by service
-- purpose: What each service
--   cost.
-- grain: service
-- param first (date, default: 2026-10-01): First day
-- param tag (text): A tag
-- column service_name (text): Service
-- column cost (money, USD): Cost
-- requires daily_costs: service_name, effective_cost, charge_date
-- needs rows: volumes, instances
-- chart: bar service_name cost
-- conflict: idle
SELECT service_name, SUM(effective_cost) AS cost FROM daily_costs
WHERE charge_date >= $first AND service_name <> $tag GROUP BY 1;
"""


def test_every_part_is_read():
    header, sql = parse_header(GOOD, source="x.sql")
    assert (header.title, header.purpose, header.grain) == ("Cost by service", "What each service cost.", "service")
    assert header.parameters == (
        Parameter("first", "date", "2026-10-01", "First day"),
        Parameter("tag", "text", None, "A tag"),
    )
    assert header.columns[1] == OutputColumn("cost", "money", "USD", "Cost")
    assert header.requires == {"daily_costs": ("service_name", "effective_cost", "charge_date")}
    assert header.needs_rows == ("volumes", "instances")
    assert header.chart == ("bar", "service_name", "cost")
    assert header.extra == {"conflict": "idle"}
    assert sql.startswith("SELECT")
    assert sql.endswith("GROUP BY 1")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("-- title: Cost by service\n", "", "there is no title"),
        ("-- grain: service", "-- grain service", "line 4: not `-- key: value`"),
        ("(date, default: 2026-10-01)", "(day)", "line 5: first has no type"),
        ("(date, default: 2026-10-01)", "(date, 2026)", "may stand"),
        ("chart: bar service_name cost", "chart: pie service_name cost", "chart is not"),
        ("chart: bar service_name cost", "chart: bar service_name other", "chart is not"),
        ("-- conflict: idle", "-- grain: twice", "grain is there twice"),
        ("-- title: Cost by service", "--   continued", "without a key before it"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(old, new, said):
    with pytest.raises(BadFile, match=r"x\.sql") as caught:
        parse_header(GOOD.replace(old, new), source="x.sql")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SELECT service_name", "SELECT FROM service_name", "not SQL"),
        ("GROUP BY 1;", "GROUP BY 1; SELECT 1;", "not one SELECT"),
        ("SELECT service_name, SUM(effective_cost) AS cost", "CREATE TABLE x AS SELECT 1 AS cost", "not one SELECT"),
        ("<> $tag", "<> $other", "parameters in the SQL and in the header differ: other, tag"),
        ("FROM daily_costs", "FROM charges", "reads charges without `requires`"),
        ("requires daily_costs: service_name", "requires daily_costs: server_name", "daily_costs.server_name"),
        ("requires daily_costs:", "requires nowhere: a\n-- requires daily_costs:", "nowhere, which is not in"),
    ],
)  # fmt: skip
def test_a_statement_that_does_not_keep_to_its_header_is_refused(tmp_path, old, new, said):
    path = tmp_path / "queries" / "x.sql"
    path.parent.mkdir()
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(BadFile, match=r"queries/x\.sql") as caught:
        read_query(path, path.parent)
    assert said in str(caught.value)


def test_all_stored_statements_are_read_and_named_by_their_path():
    names = [query.name for query in load_queries()]
    assert len(names) >= 26
    assert names == sorted(names)
    assert find_query("costs/by_day").folder == "costs"


def test_an_unknown_name_suggests_the_closest():
    with pytest.raises(BadFilter, match="Did you mean costs/by_day"):
        find_query("costs/by_dya")


@pytest.mark.parametrize("stored", load_queries(), ids=lambda query: query.name)
def test_every_column_has_a_meaning_and_every_amount_a_unit(stored):
    if stored.folder == "requirement_002":
        assert stored.header.columns == ()
        return
    assert stored.header.columns
    for column in stored.header.columns:
        assert column.text
        assert column.unit or column.kind not in ("money", "number")
    for parameter in stored.header.parameters:
        assert parameter.text
