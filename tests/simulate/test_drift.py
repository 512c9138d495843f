"""The estate moves on: a longer simulation repeats the past, and its change events are the difference."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.support.small_estate import PLAN, with_cases
from workbench.simulate.drift import CHANGES, write_change_events

DAYS = 41
BEFORE = PLAN.last_day
EVENTS = """SELECT resource_type, resource_id, field_name, old_value, new_value, changed_at
            FROM resource_change_events ORDER BY ALL"""


def estate_after(days: int) -> duckdb.DuckDBPyConnection:
    connection = with_cases(PLAN.advanced(days), days=7)
    write_change_events(connection)
    return connection


@pytest.fixture(scope="module")
def before() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = estate_after(0)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def after() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = estate_after(DAYS)
    yield connection
    connection.close()


def test_every_kind_of_change_happened(before):
    happened = {row[0] for row in before.execute("SELECT DISTINCT change || resource_type FROM drift").fetchall()}
    assert happened == {change.name + change.table for change in CHANGES}


def test_the_past_is_the_same_seen_from_later(before, after):
    events = before.execute(EVENTS).fetchall()
    later = after.execute(EVENTS).fetchall()
    assert [event for event in later if event[5].date() <= BEFORE] == events
    assert len(later) > len(events) > 10


@pytest.mark.parametrize("table", sorted({change.table for change in CHANGES}))
def test_the_difference_of_two_inventories_is_what_the_events_say(before, after, table):
    """Field by field: what differs between the two days is in the events between them, and nothing else is."""
    fields = {field for change in CHANGES if change.table == table for field in change.fields}
    differing = set()
    for field in fields:
        sql = f"SELECT id, {field}::VARCHAR FROM {table}"
        then, now = dict(before.execute(sql).fetchall()), dict(after.execute(sql).fetchall())
        differing |= {(key, field, then[key], now[key]) for key in then if key in now and then[key] != now[key]}
    listed = after.execute(
        "SELECT id, field_name, old_value, new_value FROM drift WHERE resource_type = ? AND changed_on > ?",
        [table, BEFORE],
    ).fetchall()
    assert set(listed) == differing
    assert listed


def test_events_come_from_the_drift_engine_in_order(after):
    rows = after.execute("SELECT change_source, changed_at, id FROM resource_change_events").fetchall()
    assert {row[0] for row in rows} == {"drift_engine"}
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    assert len({row[2] for row in rows}) == len(rows)


def test_a_stopped_machine_has_no_metrics_after_its_last_day(after):
    late = after.execute(
        """SELECT count(*) FROM daily_levels l JOIN drift d USING (resource_type, id)
           WHERE d.change = 'stop' AND l.day >= d.changed_on"""
    ).fetchone()
    assert late == (0,)


def test_volumes_of_a_stopped_machine_rest(after):
    """No reads or writes since the machine stopped, and the last use is on the day it did."""
    rows = after.execute(
        """SELECT d.changed_on, v.last_used_at::DATE,
                  (SELECT sum(l.operations) FROM daily_levels l WHERE l.id = v.id AND l.day >= d.changed_on)
           FROM drift d JOIN instances i USING (id) JOIN volumes v ON v.attached_instance_id = i.instance_id
           WHERE d.change = 'stop' AND d.resource_type = 'instances'"""
    ).fetchall()
    assert rows
    assert all(changed == used and operations == 0 for changed, used, operations in rows)
