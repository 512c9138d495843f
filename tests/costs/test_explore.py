"""Totals, series, breakdown, tree, values and charge lines against an independent reading of the same lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.costs.conftest import COLUMN_OF, HOSTILE_TAG_KEYS, HOSTILE_TEXTS, Row, days_of, kept, value_of
from tests.support.memory import MemoryEngine
from workbench.costs import explore
from workbench.costs.drivers import drivers
from workbench.costs.overview import overview
from workbench.costs.resolve import ResolvedView
from workbench.costs.url import filter_text
from workbench.costs.view import Filter, Period

ViewOf = Callable[..., ResolvedView]
ZERO = Decimal(0)


def total(rows: Iterable[Row], view: ResolvedView, period: Period) -> Decimal:
    costs = (cost for row in rows if kept(row, view) for day, cost in days_of(row, view.basis) if day_in(day, period))
    return sum((cost for cost in costs if cost is not None), ZERO)


def by_key(rows: Iterable[Row], view: ResolvedView, period: Period, keys: tuple[str, ...]) -> dict[Any, Decimal]:
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for row in rows:
        if kept(row, view):
            for day, cost in days_of(row, view.basis):
                if day_in(day, period):
                    sums[tuple(value_of(row, key) for key in keys)] += cost or ZERO
    return dict(sums)


def day_in(day: date, period: Period) -> bool:
    return period.first <= day <= period.last


def column_sum(table: Any, name: str = "cost") -> Decimal:
    return sum((value for value in table.column(name).to_pylist() if value is not None), ZERO)


DIMENSION_KEYS = [*COLUMN_OF, "tag.team", *(f"tag.{key}" for key in HOSTILE_TAG_KEYS)]
filter_values = st.one_of(
    st.none(),
    st.sampled_from(
        [*HOSTILE_TEXTS, "Service 1", "Service 2", "a1", "r1", "u1", "Usage", "Credit", "web", "", "nowhere"]
    ),
)
filters = st.lists(st.builds(Filter, st.sampled_from(DIMENSION_KEYS), filter_values, st.booleans()), max_size=4)
ranges = st.sampled_from(
    [
        {"range": "mtd"},
        {"range": "30d"},
        {"range": "90d"},
        {"range": "last_month"},
        {"first": "2026-10-09", "last": "2026-10-15"},
    ]
)
bases = st.sampled_from(["effective", "billed", "list"])
several = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@several
@given(filters, ranges, bases, st.sampled_from(DIMENSION_KEYS))
def test_every_answer_equals_the_sum_of_the_lines(
    rows: list[Row],
    engine: MemoryEngine,
    view_of: ViewOf,
    chosen: list[Filter],
    range_: dict[str, str],
    basis: str,
    by: str,
) -> None:
    view = view_of(**range_, basis=basis, f=[filter_text(item) for item in chosen], grain="week").with_spec(by=(by,))
    expected = total(rows, view, view.period)
    totals = explore.totals(engine, view)
    groups = explore.breakdown(engine, view, limit=3)
    assert (totals.cost or ZERO) == expected
    assert (groups.change.current or ZERO) == expected
    assert explore.series(engine, view).total == expected
    assert explore.tree(engine, view, parents=2).total == expected
    lines = explore.charge_lines(engine, view, limit=10_000)
    assert column_sum(lines.table, view.basis.column) == expected
    assert lines.table.num_rows == lines.total
    assert column_sum(explore.values(engine, view.with_spec(filters=()), by, limit=1000).table) == total(
        rows, view.with_spec(filters=()), view.period
    )
    if view.comparison is not None and view.comparison.unknown is None and totals.change.previous is not None:
        assert totals.change.previous == total(rows, view, view.comparison.period)
        assert groups.change.previous == totals.change.previous


@settings(several, max_examples=15)
@given(filters, st.randoms())
def test_the_order_of_filters_changes_neither_the_query_nor_the_answer(
    engine: MemoryEngine, view_of: ViewOf, chosen: list[Filter], chance: Any
) -> None:
    shuffled = list(chosen)
    chance.shuffle(shuffled)
    one = explore.totals(engine, view_of(f=[filter_text(item) for item in chosen]))
    other = explore.totals(engine, view_of(f=[filter_text(item) for item in shuffled]))
    assert one == other


@settings(several, max_examples=10)
@given(st.sampled_from(DIMENSION_KEYS), filters)
def test_the_parts_of_a_dimension_add_up_to_the_whole(
    engine: MemoryEngine, view_of: ViewOf, key: str, chosen: list[Filter]
) -> None:
    written = [filter_text(item) for item in chosen if item.dimension != key]
    whole = explore.totals(engine, view_of(f=written)).cost
    found = explore.values(engine, view_of(f=written), key, limit=1000).table.column("value").to_pylist()
    parts = [explore.totals(engine, view_of(f=[*written, filter_text(Filter(key, value))])).cost for value in found]
    rest = [filter_text(Filter(key, value, negated=True)) for value in found]
    assert sum((part or ZERO for part in parts), ZERO) == whole
    assert explore.totals(engine, view_of(f=[*written, *rest])).lines == 0 if rest else True


def test_a_value_and_its_negation_split_the_whole_and_absence_stays_with_the_negation(
    engine: MemoryEngine, view_of: ViewOf
) -> None:
    whole = explore.totals(engine, view_of()).lines
    web = explore.totals(engine, view_of(f="tag.team:web")).lines
    not_web = explore.totals(engine, view_of(f="tag.team:!web")).lines
    absent = explore.totals(engine, view_of(f="tag.team:∅")).lines
    present = explore.totals(engine, view_of(f="tag.team:!∅")).lines
    assert web + not_web == whole == absent + present
    assert explore.totals(engine, view_of(f=["tag.team:!web", "tag.team:!data", "tag.team:!"])).lines == absent > 0


@pytest.mark.parametrize(
    "key", ["service", "account", "usage_type", "resource", "tag.team", "tag.user:Name", "tag.a.b"]
)
def test_a_breakdown_has_each_group_with_its_cost_comparison_and_state(
    rows: list[Row], engine: MemoryEngine, view_of: ViewOf, key: str
) -> None:
    view = view_of().with_spec(by=(key,))
    assert view.comparison is not None
    now, before = (by_key(rows, view, p, (key,)) for p in (view.period, view.comparison.period))
    found = explore.breakdown(engine, view, limit=1000)
    assert found.other is None
    assert found.groups == found.shown == found.table.num_rows
    table = found.table.to_pylist()
    assert {(row["key_1"],): row["cost"] for row in table if row["state"] != "gone"} == now
    assert {(row["key_1"],): row["previous"] for row in table if row["state"] != "new"} == before
    for row in table:
        group = (row["key_1"],)
        assert row["state"] == ("both" if group in now and group in before else "new" if group in now else "gone")
        assert row["delta"] == now.get(group, ZERO) - before.get(group, ZERO)
    sizes = [abs(row["cost"]) for row in table]
    assert sizes == sorted(sizes, reverse=True)


def test_a_cut_table_has_one_other_row_and_says_how_much_it_covers(
    rows: list[Row], engine: MemoryEngine, view_of: ViewOf
) -> None:
    view = view_of(by="resource")
    costs = by_key(rows, view, view.period, ("resource",))
    found = explore.breakdown(engine, view, limit=4)
    assert found.shown == found.table.num_rows == 4
    assert found.other is not None
    assert found.groups == found.other.groups + 4
    shown = {(row["key_1"],): row["cost"] for row in found.table.to_pylist()}
    assert shown == {key: costs[key] for key in sorted(costs, key=lambda key: -abs(costs[key]))[:4]}
    assert column_sum(found.table) + found.other.change.current == sum(costs.values())
    gross = sum(abs(cost) for cost in costs.values())
    assert found.coverage == pytest.approx(float(sum(abs(c) for c in shown.values()) / gross * 100))


def test_shares_add_up_to_a_hundred_with_credits_negative(engine: MemoryEngine, view_of: ViewOf) -> None:
    table = explore.breakdown(engine, view_of(by="charge_category"), limit=10).table
    shares = dict(zip(table.column("key_1").to_pylist(), table.column("share").to_pylist(), strict=True))
    assert sum(shares.values()) == pytest.approx(100)
    assert shares["Credit"] < 0


def test_shares_of_a_total_that_is_not_positive_are_not_given(engine: MemoryEngine, view_of: ViewOf) -> None:
    table = explore.breakdown(engine, view_of(by="service", f="charge_category:Credit"), limit=10).table
    assert set(table.column("share").to_pylist()) == {None}


@pytest.mark.parametrize(("order", "sign"), [("rise", -1), ("fall", 1)])
def test_movers_are_ordered_by_signed_change(
    rows: list[Row], engine: MemoryEngine, view_of: ViewOf, order: Any, sign: int
) -> None:
    view = view_of()
    assert view.comparison is not None
    now, before = (by_key(rows, view, p, ("service",)) for p in (view.period, view.comparison.period))
    changes = sorted(sign * (now.get(key, ZERO) - before.get(key, ZERO)) for key in {*now, *before})[:3]
    table = explore.breakdown(engine, view, limit=3, order=order, spark=False).table
    assert [sign * value for value in table.column("delta").to_pylist()] == changes


def test_sparklines_add_up_to_their_rows(engine: MemoryEngine, view_of: ViewOf) -> None:
    found = explore.breakdown(engine, view_of(range="90d", by="service,account"), limit=7)
    for row in found.table.to_pylist():
        assert len(row["spark"]) == len(found.spark_buckets)
        assert sum(row["spark"]) == pytest.approx(float(row["cost"]))


def test_two_levels_group_by_both(rows: list[Row], engine: MemoryEngine, view_of: ViewOf) -> None:
    view = view_of(by="service,region", cmp="none")
    table = explore.breakdown(engine, view, limit=1000).table.to_pylist()
    assert {(row["key_1"], row["key_2"]): row["cost"] for row in table} == by_key(
        rows, view, view.period, ("service", "region")
    )


def test_the_children_of_a_tree_add_up_to_their_parents(rows: list[Row], engine: MemoryEngine, view_of: ViewOf) -> None:
    found = explore.tree(engine, view_of(range="90d", by="service,resource"), parents=3, children=2)
    nodes = found.table.to_pylist()
    assert len({node["id"] for node in nodes}) == len(nodes)
    for node in nodes:
        children = [child["cost"] for child in nodes if child["parent"] == node["id"]]
        if children:
            assert sum(children) == node["cost"]
            assert len(children) <= 3
    tops = [node for node in nodes if node["level"] == 1]
    assert len(tops) == 4
    assert tops[-1]["other"]
    assert sum(node["cost"] for node in tops) == found.total


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_a_series_has_every_bucket_of_every_group(
    rows: list[Row], engine: MemoryEngine, view_of: ViewOf, grain: str
) -> None:
    view = view_of(first="2026-09-10", last="2026-11-09", by="service", grain=grain)
    found = explore.series(engine, view)
    costs = by_key(rows, view, view.period, ("service",))
    largest = [key for (key,) in sorted(costs, key=lambda key: -abs(costs[key]))[:5]]
    assert [key for key, _, other in found.groups if not other] == largest
    assert found.groups[-1] == (None, "Other", True)
    table = found.table.to_pylist()
    buckets = sorted({row["bucket"] for row in table})
    assert len(table) == 6 * len(buckets)
    begin = {
        "day": lambda d: d,
        "week": lambda d: d - timedelta(days=d.weekday()),
        "month": lambda d: d.replace(day=1),
    }[grain]
    assert buckets == sorted({begin(view.period.first + timedelta(days=n)) for n in range(view.period.days)})
    expected: dict[Any, Decimal] = defaultdict(Decimal)
    for row in rows:
        if kept(row, view):
            for day, cost in days_of(row, "effective"):
                if day_in(day, view.period):
                    name = row["service_name"] if row["service_name"] in largest else None
                    expected[begin(day), name] += cost or ZERO
    assert {(row["bucket"], row["key"]): row["cost"] for row in table if row["cost"]} == {
        key: cost for key, cost in expected.items() if cost
    }


def test_a_running_total_ends_at_the_total_of_its_group(engine: MemoryEngine, view_of: ViewOf) -> None:
    found = explore.series(engine, view_of(by="service"))
    table = found.table.to_pylist()
    for key, _, other in found.groups:
        mine = [row for row in table if row["key"] == key and row["other"] == other]
        known = [row["cumulative"] for row in mine if row["cumulative"] is not None]
        assert known[-1] == sum(row["cost"] for row in mine if row["cost"] is not None)


def test_the_comparison_is_laid_over_the_series_and_adds_up(engine: MemoryEngine, view_of: ViewOf) -> None:
    view = view_of()
    found = explore.series(engine, view)
    previous = found.previous.to_pylist()
    assert [(row["bucket"], row["compared"]) for row in previous][:2] == [
        (date(2026, 11, 1), date(2026, 10, 1)),
        (date(2026, 11, 2), date(2026, 10, 2)),
    ]
    assert column_sum(found.previous) == explore.totals(engine, view).change.previous


def test_a_longer_comparison_keeps_all_its_days(engine: MemoryEngine, view_of: ViewOf) -> None:
    found = explore.series(engine, view_of(first="2026-11-02", last="2026-11-03", cmp="2026-10-01..2026-10-05"))
    assert [row["bucket"] for row in found.previous.to_pylist()] == [
        date(2026, 11, 2),
        date(2026, 11, 3),
        None,
        None,
        None,
    ]


def test_the_total_alone_is_one_series(engine: MemoryEngine, view_of: ViewOf) -> None:
    found = explore.series(engine, view_of(), groups=0)
    assert found.groups == ((None, "Total", False),)
    assert found.table.num_rows == 20


@pytest.mark.parametrize("search", ["serv", "SERVICE 1", "%", "_", "\\", "drop", "nothing at all"])
def test_values_are_searched_as_plain_text(rows: list[Row], engine: MemoryEngine, view_of: ViewOf, search: str) -> None:
    view = view_of(cmp="none")
    found = explore.values(engine, view, "service", search=search)
    costs = by_key(rows, view, view.period, ("service",))
    assert set(found.table.column("value").to_pylist()) == {key for (key,) in costs if search.lower() in key.lower()}
    assert found.total == found.table.num_rows


def test_values_are_searched_by_display_name_too(rows: list[Row], engine: MemoryEngine, view_of: ViewOf) -> None:
    newest: dict[str, tuple[Any, str]] = {}
    for row in rows:
        if row["resource_id"] and row.get("resource_name"):
            seen = (row["charge_period_start"], row["resource_name"])
            newest[row["resource_id"]] = max(newest.get(row["resource_id"], seen), seen)
    table = explore.values(engine, view_of(range="90d"), "resource", search="name 1").table.to_pylist()
    assert table
    assert all(newest[row["value"]][1] == row["label"] and "name 1" in row["label"].lower() for row in table)


def test_values_leave_out_the_filter_of_their_own_dimension(engine: MemoryEngine, view_of: ViewOf) -> None:
    alone = explore.values(engine, view_of(f="region:r1"), "service").total
    own = explore.values(engine, view_of(f=["region:r1", "service:Service 1"]), "service").total
    assert alone == own > 1


def test_pages_of_charge_lines_follow_each_other_without_gap_or_overlap(engine: MemoryEngine, view_of: ViewOf) -> None:
    view = view_of(range="90d")
    whole = explore.charge_lines(engine, view, limit=1000)
    paged = [
        line
        for offset in range(0, whole.total, 50)
        for line in explore.charge_lines(engine, view, limit=50, offset=offset).table.to_pylist()
    ]
    assert paged == whole.table.to_pylist()
    sizes = [abs(line["effective_cost"]) for line in paged]
    assert sizes == sorted(sizes, reverse=True)


def test_lines_that_state_no_cost_on_this_basis_are_counted_not_taken_for_zero(
    rows: list[Row], engine: MemoryEngine, view_of: ViewOf
) -> None:
    view = view_of(basis="list")
    missing = sum(
        1
        for row in rows
        if kept(row, view) and row["list_cost"] is None and day_in(row["charge_period_start"].date(), view.period)
    )
    found = explore.totals(engine, view)
    assert found.lines_without_basis == missing > 0
    assert f"{missing} charge lines in this period" in found.notices[0]


def test_each_dimension_is_answered_by_the_smallest_table_that_has_it(engine: MemoryEngine, view_of: ViewOf) -> None:
    def table_for(by: str, *filters: str) -> str:
        (query, *_) = explore.breakdown(engine, view_of(f=list(filters)).with_spec(by=(by,)), spark=False).queries
        return next(
            name for name in ("daily_resource_costs", "daily_costs", "charge_days") if f"FROM {name}" in query.sql
        )

    assert table_for("service") == "daily_costs"
    assert table_for("tag.team", "tag.user\\:Name:∅") == "daily_costs"
    assert table_for("resource", "service:Service 1") == "daily_resource_costs"
    assert table_for("resource", "tag.team:web") == "charge_days"
    assert table_for("usage_type") == "charge_days"
    assert table_for("tag.a.b") == "charge_days"


def test_no_value_or_tag_key_reaches_the_text_of_a_query(engine: MemoryEngine, view_of: ViewOf) -> None:
    engine.queries.clear()
    for key, value in zip(cycle(HOSTILE_TAG_KEYS), HOSTILE_TEXTS, strict=False):
        view = view_of(f=[filter_text(Filter(f"tag.{key}", value)), filter_text(Filter("service", value))])
        explore.totals(engine, view)
        explore.values(engine, view, f"tag.{key}", search=value)
        explore.breakdown(engine, view.with_spec(by=(f"tag.{key}",), filters=()))
    texts = {query.sql for query in engine.queries}
    assert not any("DROP" in text or "script" in text or "1=1" in text or "uote" in text for text in texts)
    assert engine.run(engine.queries[0]).num_rows


def test_every_generated_query_can_be_translated_to_postgres(engine: MemoryEngine, view_of: ViewOf) -> None:
    engine.queries.clear()
    for address in (
        {"by": "service"},
        {"by": "resource,service", "grain": "week"},
        {"by": "tag.a.b", "cmp": "none", "grain": "month"},
    ):
        view = view_of(f=["service:!Service 1", "tag.team:∅", "account:a1", "account:∅"], **address)
        explore.totals(engine, view)
        explore.series(engine, view)
        explore.breakdown(engine, view)
        explore.tree(engine, view)
        explore.values(engine, view, view.spec.by[0], search="x")
        explore.charge_lines(engine, view)
    drivers(engine, view_of())
    overview(engine, view_of())
    for text in sorted({query.sql for query in engine.queries}):
        (translated,) = sqlglot.transpile(
            text, read="duckdb", write="postgres", unsupported_level=sqlglot.ErrorLevel.RAISE
        )
        assert translated
