"""Stored statements run: typed parameters, needs checked first, answers against independently computed ones."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from tests.costs.conftest import days_of, varied_rows
from workbench.errors import BadFilter, CannotRun, QueryFailed
from workbench.queries import StoredQuery, default_values, find_query, load_queries, parse_header, plan_of, run_stored
from workbench.snapshot import SnapshotStore

_MAY_BE_EMPTY = {
    "governance/new_services",
    "costs/data_transfer",
    "commitments/unused",  # the fee of the bill is of October
    "requirement_002/underutilized_commitments",
}
NOVEMBER = {"first": "2026-11-01", "last": "2026-11-20", "currency": "USD"}


def answer(estate, name, **given):
    return run_stored(estate.engine, find_query(name), given).table.to_pylist()


def november(basis="effective", *, where=lambda row: True, key):
    """Sum of a cost per key over November in USD, from the rows the bill was made of."""
    sums = defaultdict(Decimal)
    for row in varied_rows():
        if row["billing_currency"] != "USD" or not where(row):
            continue
        for day, cost in days_of(row, basis):
            if date(2026, 11, 1) <= day <= date(2026, 11, 20) and cost is not None:
                sums[key(row, day)] += cost
    return dict(sums)


@pytest.mark.parametrize("stored", load_queries(), ids=lambda query: query.name)
def test_every_stored_statement_runs_with_its_defaults(estate, stored):
    given = {p.name: "team" for p in stored.header.parameters if p.default is None}
    found = run_stored(estate.engine, stored, given)
    if stored.header.columns:
        assert found.table.column_names == [column.name for column in stored.header.columns]
    if stored.name not in _MAY_BE_EMPTY:
        assert found.table.num_rows


def test_by_day(estate):
    found = answer(estate, "costs/by_day", **NOVEMBER)
    expected = november(key=lambda row, day: day)
    assert {row["charge_date"]: row["effective_cost"] for row in found} == expected
    last7 = [float(expected[day]) for day in sorted(expected)[-7:]]
    assert found[-1]["mean_7d"] == pytest.approx(sum(last7) / 7)


def test_by_service_and_month(estate):
    found = answer(estate, "costs/by_service_and_month", **NOVEMBER)
    expected = november(key=lambda row, day: row["service_name"])
    assert {row["service_name"]: row["effective_cost"] for row in found} == expected
    assert sum(row["share"] for row in found) == pytest.approx(100)


def test_by_account(estate):
    found = answer(estate, "costs/by_account", **NOVEMBER)
    for basis in ("billed", "effective", "list"):
        expected = november(basis, key=lambda row, day: row["sub_account_id"])
        assert {row["sub_account_id"]: row[f"{basis}_cost"] for row in found} == expected


def test_month_over_month_has_new_and_vanished_services(estate):
    found = {row["service_name"]: row for row in answer(estate, "costs/month_over_month", month="2026-11-15")}
    now = november(key=lambda row, day: row["service_name"])
    assert {name: row["now"] for name, row in found.items() if row["now"]} == {k: v for k, v in now.items() if v}
    assert all(row["change"] == row["now"] - row["before"] for row in found.values())


def test_unused_commitments(estate):
    [found] = answer(estate, "commitments/unused", first="2026-10-01", last="2026-10-31", currency="USD")
    assert (found["commitment_discount_id"], found["unused"]) == ("ri-1", Decimal("33.333333333333"))
    assert found["unused_percent"] == 100


def test_without_resource_and_untagged_are_parts_of_the_whole(estate):
    whole = sum(november(key=lambda row, day: 1).values())
    without = sum(row["effective_cost"] for row in answer(estate, "costs/without_resource", **NOVEMBER))
    assert without == sum(november(where=lambda row: row["resource_id"] is None, key=lambda row, day: 1).values())
    assert abs(without) < abs(whole)
    expected = november(
        where=lambda row: row["charge_category"] == "Usage" and not json.loads(row.get("tags") or "{}").get("team"),
        key=lambda row, day: 1,
    )
    found = answer(estate, "governance/untagged", tag="team", **NOVEMBER)
    assert sum(row["untagged"] for row in found) == expected[1]


def test_a_tag_key_with_signs_is_one_key(estate):
    for key in ("/slash", "~0", "a.b", "it's"):
        expected = november(
            where=lambda row, key=key: key in json.loads(row.get("tags") or "{}"), key=lambda row, day: 1
        ).get(1, Decimal(0))
        found = answer(estate, "governance/tag_values", tag=key, **NOVEMBER)
        assert sum(row["effective_cost"] for row in found if row["tag_value"] is not None) == expected


def test_inventory(estate):
    assert answer(estate, "inventory/storage")[0] == {
        "volume_type": "io1", "state": "available", "volumes": 1, "size_gib": 500, "monthly_cost": Decimal("62.5"),
    }  # fmt: skip
    assert [row["machines"] for row in answer(estate, "inventory/by_type")] == [2, 1]
    assert [row["resource_id"] for row in answer(estate, "inventory/recent_changes", at_most="1")] == ["vol-1"]


def test_access_keys_older_than_the_limit_and_never_used(estate):
    # The newest call is of 20 November: 90 days before is 22 August.
    assert [row["id"] for row in answer(estate, "governance/unused_access_keys")] == ["k4", "k2"]


def test_utilization_over_the_last_thirty_days_of_data(estate):
    [found] = answer(estate, "commitments/utilization")
    assert (found["commitment_id"], found["mean_percent"], found["least_percent"], found["days"]) == (
        "c1",
        70.0,
        60.0,
        2,
    )


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("idle_instances", ["i1"]),
        ("unattached_volumes", ["v1"]),
        ("unassociated_elastic_ips", ["e1"]),
        ("orphaned_snapshots", ["s2", "s3"]),
        ("log_groups_without_retention", ["l1"]),
        ("underutilized_commitments", []),
    ],
)
def test_the_required_statements_find_what_they_say(estate, name, ids):
    assert sorted(row["id"] for row in answer(estate, f"requirement_002/{name}")) == ids


def test_defaults_come_from_the_data(estate):
    assert default_values(estate.engine, find_query("costs/by_day").header) == {
        "first": date(2026, 11, 1),
        "last": date(2026, 11, 20),
        "currency": "USD",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"first": "1 November"}, "is not of the type date"),
        ({"frist": "2026-11-01"}, "There is no parameter frist"),
    ],
)
def test_a_wrong_parameter_is_refused(estate, given, said):
    with pytest.raises(BadFilter, match=said):
        run_stored(estate.engine, find_query("costs/by_day"), given)


def test_a_parameter_without_default_must_be_given(estate):
    with pytest.raises(BadFilter, match="tag is missing"):
        run_stored(estate.engine, find_query("governance/tag_values"))


def test_values_are_never_text(estate):
    found = answer(estate, "costs/by_day", **{**NOVEMBER, "currency": "USD' OR '1'='1"})
    assert found == []


def test_an_empty_table_is_said_instead_of_an_empty_answer(publish_bill):
    opened = publish_bill([])
    with pytest.raises(CannotRun, match="instances has no rows"):
        run_stored(opened.engine, find_query("inventory/by_type"))


def test_a_missing_column_is_named(settings):
    store = SnapshotStore(settings)
    with store.build(fresh=True) as build:
        build.publish()
    header, sql = parse_header(
        "-- title: x\n-- purpose: x\n-- grain: x\n-- requires instances: colour\nSELECT 1 AS one", source="x"
    )
    with store.open() as opened, pytest.raises(CannotRun, match="colour"):
        run_stored(opened.engine, StoredQuery("x", header, sql))


def test_an_answer_that_is_not_as_the_header_says_is_refused(estate):
    header, sql = parse_header(
        "-- title: x\n-- purpose: x\n-- grain: x\n-- column one (money, USD): x\nSELECT 1 AS one", source="x"
    )
    with pytest.raises(QueryFailed, match="one is int32"):
        run_stored(estate.engine, StoredQuery("x", header, sql))


def test_the_plan_can_be_seen(estate):
    found = run_stored(estate.engine, find_query("costs/by_day"), NOVEMBER)
    assert "daily_costs" in plan_of(estate.engine, found.queries[0])
