"""Which tag keys reach ``daily_costs`` and with which values."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.support.bills import charge, snapshot_of
from workbench.engines import Query
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, promoted_tags


def rows(snapshot: OpenSnapshot, sql: str) -> list[tuple]:
    with snapshot:
        return [tuple(row.values()) for row in snapshot.engine.run(Query("test", sql)).to_pylist()]


KEYS = "SELECT tag_key, effective_cost, distinct_values FROM promoted_tags ORDER BY position"


def test_the_keys_with_most_absolute_cost_are_promoted_in_that_order(settings: Settings) -> None:
    bill = [
        charge(1, tags='{"small": "x"}'),
        charge(-9, tags='{"refunded": "x", "team": "a"}'),
        charge(5, tags='{"team": "b"}'),
    ]
    assert rows(snapshot_of(settings, bill), KEYS) == [
        ("team", Decimal(14), 2),
        ("refunded", Decimal(9), 1),
        ("small", Decimal(1), 1),
    ]


def test_keys_given_in_the_settings_keep_their_order_even_when_absent(settings: Settings) -> None:
    chosen = settings.model_copy(update={"promoted_tags": ("absent", "team")})
    bill = [charge(1, tags='{"team": "a", "costly": "x"}')]
    assert rows(snapshot_of(chosen, bill), KEYS) == [("absent", Decimal(0), 0), ("team", Decimal(1), 1)]
    assert rows(snapshot_of(chosen, bill), "SELECT tag_1, tag_2, tag_3 FROM daily_costs") == [(None, "a", None)]


@pytest.mark.parametrize(
    ("tags", "value"),
    [
        ('{"k": "text"}', "text"),
        ('{"k": true}', "true"),  # a tag without a value
        ('{"k": 12.5}', "12.5"),
        ('{"k": ""}', ""),
        ('{"k": null}', None),
        ('{"k": {"deep": 1}}', '{"deep":1}'),
        ('{"k": "first", "k": "last"}', "first"),
        ('{"other": "x"}', None),
        ("{broken", None),
        ('["k"]', None),
        ('"k"', None),
        ("", None),
        (None, None),
    ],
)
def test_values_are_json_values_as_text(settings: Settings, tags: str | None, value: str | None) -> None:
    chosen = settings.model_copy(update={"promoted_tags": ("k",)})
    assert rows(snapshot_of(chosen, [charge(1, tags=tags)]), "SELECT tag_1, effective_cost FROM daily_costs") == [
        (value, Decimal(1))
    ]


def test_hostile_keys_are_just_keys(settings: Settings) -> None:
    hostile = ("$.a.b", 'quo"te', "'; DROP TABLE charges; --", "уникод", "*")
    chosen = settings.model_copy(update={"promoted_tags": hostile})
    bill = [charge(1, tags=json.dumps({key: f"value {i}" for i, key in enumerate(hostile)}))]
    assert rows(snapshot_of(chosen, bill), "SELECT tag_1, tag_2, tag_3, tag_4, tag_5 FROM daily_costs") == [
        tuple(f"value {i}" for i in range(5))
    ]


def test_a_key_with_a_value_per_resource_is_left_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promoted_tags, "MAX_DISTINCT_VALUES", 3)
    bill = [charge(100, tags=json.dumps({"Name": f"machine {i}", "team": f"t{i % 3}"})) for i in range(4)]
    assert [key for key, *_ in rows(snapshot_of(settings, bill), KEYS)] == ["team"]


def test_keys_that_multiply_the_rows_give_way(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promoted_tags, "MAX_COMBINATIONS", 7)
    bill = [charge(9, tags=json.dumps({"many": i, "three": i % 3, "two": i % 2})) for i in range(6)]
    bill += [charge(90, tags='{"many": 6}'), charge(90, tags='{"many": 7}')]
    # "many" carries most cost but has 8 values; the others make 6 combinations, and one of having neither.
    assert [key for key, *_ in rows(snapshot_of(settings, bill), KEYS)] == ["two", "three"]
