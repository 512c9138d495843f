"""Drivers: hand-checked decompositions, and parts that always add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.support.bills import charge
from tests.support.memory import MemoryEngine
from workbench.costs.drivers import DRIVER_DIMENSIONS, PARTS, Drivers, drivers
from workbench.costs.explore import totals
from workbench.costs.resolve import ResolvedView, resolve
from workbench.costs.url import parse
from workbench.errors import CannotRun
from workbench.settings import Settings

ZERO = Decimal(0)
OCTOBER, NOVEMBER = datetime(2026, 10, 5), datetime(2026, 11, 5)
# Tiny lines outside the items under test that make both periods covered by data.
EDGES = [
    charge(0, charge_period_start=day, service_name="Edge", consumed_quantity=0.0)
    for day in (datetime(2026, 10, 1), datetime(2026, 11, 30))
]


def line(month: datetime, cost: Any, quantity: float | None = None, **overrides: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "consumed_quantity": quantity,
        "pricing_quantity": None,
        "x_usage_type": "m5",
        **overrides,
    }
    return charge(cost, charge_period_start=month, **values)


def view_for(engine: MemoryEngine, **params: Any) -> ResolvedView:
    view, _ = parse({"range": "mtd", **params})
    return resolve(engine, view, today=date(2030, 1, 1))


@pytest.fixture
def ask(settings: Settings) -> Iterator[Callable[..., Drivers]]:
    opened: list[MemoryEngine] = []

    def asked(*rows: dict[str, Any], by: str = "service", **params: Any) -> Drivers:
        opened.append(MemoryEngine([*EDGES, *rows], settings))
        return drivers(opened[-1], view_for(opened[-1], **params), by=by)

    yield asked
    for engine in opened:
        engine.close()


def parts_of(found: Drivers) -> dict[str, Decimal]:
    """The parts that are not zero."""
    return {name: amount for name, amount in found.parts if amount}


def test_the_example_of_the_documentation(ask: Callable[..., Drivers]) -> None:
    found = ask(line(OCTOBER, "8", 100.0, list_cost=10), line(NOVEMBER, "9", 150.0, list_cost=18))
    assert parts_of(found) == {"usage": Decimal(4), "rate": Decimal("2.4"), "discount": Decimal("-5.4")}
    assert found.change.delta == Decimal(1)


def test_without_list_cost_the_whole_price_change_is_rate_and_that_is_said(ask: Callable[..., Drivers]) -> None:
    found = ask(line(OCTOBER, "8", 100.0, list_cost=None), line(NOVEMBER, "9", 150.0, list_cost=18))
    assert parts_of(found) == {"usage": Decimal(4), "rate": Decimal(-3)}
    assert "cannot be told apart" in found.notices[0]


def test_an_item_without_a_past_is_new_and_one_without_a_present_is_gone(ask: Callable[..., Drivers]) -> None:
    found = ask(line(OCTOBER, "5", 1.0, x_usage_type="old"), line(NOVEMBER, "7", 1.0, x_usage_type="fresh"))
    assert parts_of(found) == {"new": Decimal(7), "gone": Decimal(-5)}


def test_lines_of_zero_cost_and_quantity_are_no_past(ask: Callable[..., Drivers]) -> None:
    assert parts_of(ask(line(OCTOBER, "0", 0.0), line(NOVEMBER, "7", 1.0))) == {"new": Decimal(7)}


def test_use_that_moves_to_a_dearer_account_is_mix(ask: Callable[..., Drivers]) -> None:
    # 10 h at 1.00 and 10 h at 3.00 (family 2.00) become 5 h and 15 h: usage 0, mix 5 x (3 - 2) - 5 x (1 - 2) = 10.
    found = ask(
        line(OCTOBER, "10", 10.0, sub_account_id="cheap"),
        line(OCTOBER, "30", 10.0, sub_account_id="dear"),
        line(NOVEMBER, "5", 5.0, sub_account_id="cheap"),
        line(NOVEMBER, "45", 15.0, sub_account_id="dear"),
    )
    assert parts_of(found) == {"mix": Decimal(10)}


def test_use_that_moves_under_a_commitment_is_mix_not_new_and_gone(ask: Callable[..., Drivers]) -> None:
    found = ask(
        line(OCTOBER, "100", 100.0, pricing_category="Standard"),
        line(NOVEMBER, "60", 100.0, pricing_category="Committed"),
    )
    assert parts_of(found) == {"mix": Decimal(-40)}


@pytest.mark.parametrize(
    ("overrides", "kind"),
    [
        ({"charge_category": "Credit"}, "Credit"),
        ({"charge_category": "Tax"}, "Tax"),
        ({"charge_category": "Purchase"}, "Purchase"),
        ({"charge_class": "Correction"}, "Correction"),
        ({"commitment_discount_status": "Unused"}, "Unused commitment"),
    ],
)
def test_charges_that_are_not_use_are_other_by_kind(
    ask: Callable[..., Drivers], overrides: dict[str, str], kind: str
) -> None:
    found = ask(line(OCTOBER, "3", 1.0, **overrides), line(NOVEMBER, "8", 2.0, **overrides))
    assert parts_of(found) == {"other": Decimal(5)}
    assert {"kind": kind, "amount": Decimal(5)} in found.other.to_pylist()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ({"quantity": None}, {"quantity": 2.0}),
        ({"quantity": 1.0, "consumed_unit": "Hours"}, {"quantity": 3600.0, "consumed_unit": "Seconds"}),
        ({"quantity": -1.0}, {"quantity": 2.0}),
        ({"quantity": 1.0, "consumed_unit": None}, {"quantity": 2.0, "consumed_unit": None}),
    ],
)
def test_use_without_comparable_quantities_is_other(
    ask: Callable[..., Drivers], start: dict[str, Any], end: dict[str, Any]
) -> None:
    found = ask(line(OCTOBER, "3", **start), line(NOVEMBER, "8", **end))
    assert parts_of(found) == {"other": Decimal(5)}
    assert found.other.to_pylist() == [{"kind": "Usage", "amount": Decimal(5)}]


def test_the_pricing_quantity_serves_where_nothing_was_measured(ask: Callable[..., Drivers]) -> None:
    found = ask(
        line(OCTOBER, "8", None, pricing_quantity=100.0, list_cost=None),
        line(NOVEMBER, "12", None, pricing_quantity=150.0, list_cost=None),
    )
    assert parts_of(found) == {"usage": Decimal(4)}


def test_movers_are_listed_by_absolute_change_and_the_rest_is_one_row(ask: Callable[..., Drivers]) -> None:
    rows = [line(NOVEMBER, str(n), 1.0, service_name=f"S{n}") for n in (3, 1, 2)]
    rows.append(line(OCTOBER, "9", 1.0, service_name="S9"))
    found = ask(*rows)
    assert [row["label"] for row in found.movers.to_pylist()] == ["S9", "S3", "S2", "S1", "Edge"]
    engine_rows = found.movers.slice(0, 1).to_pylist()[0]
    assert (engine_rows["delta"], engine_rows["gone"]) == (Decimal(-9), Decimal(-9))


def test_items_show_quantities_only_where_they_can_be_compared(ask: Callable[..., Drivers]) -> None:
    found = ask(line(OCTOBER, "8", 100.0), line(NOVEMBER, "9", 150.0), line(NOVEMBER, "1", None, x_usage_type="n"))
    items = {row["usage_type"]: (row["start_quantity"], row["end_quantity"]) for row in found.items.to_pylist()}
    assert items["m5"] == (100.0, 150.0)
    assert items["n"] == (None, None)


def test_a_view_without_comparison_has_no_drivers(ask: Callable[..., Drivers]) -> None:
    with pytest.raises(CannotRun, match="two periods"):
        ask(line(OCTOBER, "1", 1.0), cmp="none")


def test_a_comparison_without_data_has_no_drivers(ask: Callable[..., Drivers]) -> None:
    with pytest.raises(CannotRun, match="no data before"):
        ask(line(OCTOBER, "1", 1.0), cmp="prev_year")


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (
            [("8", 100.0, 10)],
            [("9", 150.0, 18)],
            "Cost rose by $1.00 (+12.5%) to $9.00: usage explains +$4.00 and list prices +$2.40,"
            " offset by discounts −$5.40; EC2 changed most (+$1.00).",
        ),
        (
            [("10", 10.0, 10)],
            [("5", 5.0, 5)],
            "Cost fell by $5.00 (−50.0%) to $5.00: usage explains −$5.00; EC2 changed most (−$5.00).",
        ),
        ([("5", 1.0, 5)], [("5", 1.0, 5)], "Cost did not change: $5.00 in both periods."),
        (
            [],
            [("5", 1.0, 5)],
            "Cost rose by $5.00 to $5.00: new items explain +$5.00; EC2 changed most (+$5.00).",
        ),
        (  # the price of list moved by a thousandth: a part too small to be named
            [("10", 10.0, 10)],
            [("20.02", 20.0, "20.02")],
            "Cost rose by $10.02 (+100.2%) to $20.02: usage explains +$10.00; EC2 changed most (+$10.02).",
        ),
    ],
)
def test_the_change_in_one_sentence(
    ask: Callable[..., Drivers], start: list[Any], end: list[Any], sentence: str
) -> None:
    rows = [
        line(month, cost, quantity, list_cost=listed, service_name="EC2")
        for month, lines in ((OCTOBER, start), (NOVEMBER, end))
        for cost, quantity, listed in lines
    ]
    found = ask(*rows)
    assert found.sentence == sentence
    assert "because" not in found.sentence


amounts = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=12) | st.just(ZERO)
lines = st.builds(
    line,
    st.sampled_from([OCTOBER, NOVEMBER]),
    amounts,
    st.none() | st.just(0.0) | st.floats(min_value=-10, max_value=1e9) | st.floats(min_value=1e-12, max_value=1e-6),
    list_cost=st.none() | amounts,
    service_name=st.sampled_from(["A", "B", None]),
    x_usage_type=st.sampled_from(["u", "v", None]),
    consumed_unit=st.sampled_from(["Hours", "Hours", "Hours", "GB", None]),
    sub_account_id=st.sampled_from(["a", "b"]),
    region_id=st.sampled_from(["r", None]),
    charge_category=st.sampled_from(["Usage", "Usage", "Usage", "Credit", "Tax", "Purchase"]),
    charge_class=st.sampled_from([None, None, None, "Correction"]),
    pricing_category=st.sampled_from(["Standard", "Committed", None]),
    commitment_discount_status=st.sampled_from([None, None, "Used", "Unused"]),
)


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines, max_size=14), st.sampled_from(["effective", "billed", "list"]))
def test_parts_add_up_exactly_in_total_for_each_mover_and_for_each_item(
    settings: Settings, rows: list[dict[str, Any]], basis: str
) -> None:
    engine = MemoryEngine([*EDGES, *rows], settings)
    try:
        view = view_for(engine, basis=basis)
        whole = totals(engine, view)
        by_dimension = [drivers(engine, view, by=by, limit=2) for by in DRIVER_DIMENSIONS]
        for found in by_dimension:
            assert found.change.delta == sum(amount for _, amount in found.parts)
            assert found.change.current == (whole.cost or ZERO)
            assert found.change.previous == (whole.change.previous or ZERO)
            listed = [*found.movers.to_pylist(), *([found.rest] if found.rest else [])]
            for row in [*listed, *found.items.to_pylist()]:
                assert row["delta"] == row["end"] - row["start"] == sum(row[part] for part in PARTS)
            for part, amount in found.parts:
                assert amount == sum(row[part] for row in listed) == sum(row[part] for row in found.items.to_pylist())
            assert sum(found.other.column("amount").to_pylist()) == dict(found.parts)["other"]
    finally:
        engine.close()


def test_how_movers_are_listed_changes_no_part(ask: Callable[..., Drivers]) -> None:
    rows = [
        line(month, cost, quantity, sub_account_id=account, region_id=region, service_category=category)
        for month, cost, quantity, account, region, category in (
            (OCTOBER, "8", 100.0, "a", "r", "Compute"),
            (OCTOBER, "4", 40.0, "b", "s", "Compute"),
            (NOVEMBER, "9", 150.0, "a", "r", "Compute"),
            (NOVEMBER, "7", 20.0, "b", "s", "Compute"),
        )
    ]
    assert len({ask(*rows, by=by).parts for by in DRIVER_DIMENSIONS}) == 1
