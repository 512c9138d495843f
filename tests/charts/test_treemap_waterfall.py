"""Treemaps and waterfalls add up, and refuse to draw what does not."""

from decimal import Decimal

import pyarrow as pa
import pytest

from workbench.costs.results import MONEY, Tree
from workbench.ui.charts import LIGHT, ROOT, Step, left_out, treemap, waterfall


def tree(*nodes: tuple[str, str, str | None, bool, str | None]) -> Tree:
    rows = [
        {"id": id_, "parent": parent, "label": id_, "key": key, "level": 1 + bool(parent), "other": other,
         "cost": None if cost is None else Decimal(cost), "share": None if cost is None else float(cost)}
        for id_, parent, key, other, cost in nodes
    ]  # fmt: skip
    schema = pa.schema(
        [("id", pa.string()), ("parent", pa.string()), ("label", pa.string()), ("key", pa.string()),
         ("level", pa.int64()), ("other", pa.bool_()), ("cost", MONEY), ("share", pa.float64())]
    )  # fmt: skip
    total = sum((Decimal(cost) for _, parent, _, _, cost in nodes if cost and not parent), Decimal(0))
    return Tree(pa.Table.from_pylist(rows, schema=schema), ("service", "account"), total, ())


NODES = tree(
    ("ec2", "", "ec2", False, "70"),
    ("ec2/a", "ec2", "a", False, "100"),
    ("ec2/b", "ec2", "b", False, "-30"),
    ("s3", "", "s3", False, "25"),
    ("s3/a", "s3", "a", False, "25"),
    ("rest", "", None, True, "5"),
    ("unknown", "", "x", False, None),
)


def drawn(answer: Tree) -> dict[str, tuple[str, float]]:
    trace = treemap(answer, LIGHT, currency="USD", root="All").data[0]
    return {id_: (parent, value) for id_, parent, value in zip(trace.ids, trace.parents, trace.values, strict=True)}


def test_each_area_is_the_sum_of_the_areas_inside_it() -> None:
    assert drawn(NODES) == {
        ROOT: ("", 130),
        "ec2": (ROOT, 100),
        "ec2/a": ("ec2", 100),
        "s3": (ROOT, 25),
        "s3/a": ("s3", 25),
        "rest": (ROOT, 5),
    }


def test_labels_state_the_cost_of_the_group_not_the_area() -> None:
    trace = treemap(NODES, LIGHT, currency="USD", root="All").data[0]
    texts = dict(zip(trace.ids, trace.customdata, strict=True))
    assert texts["ec2"][1:] == ["$70.00", " · 70.0%"]
    assert texts[ROOT][1] == "$100"


def test_what_has_no_area_is_counted() -> None:
    assert left_out(NODES) == (1, Decimal(-30))


def test_the_five_largest_groups_have_colours_and_other_is_grey() -> None:
    many = tree(*((f"s{n}", "", f"s{n}", False, str(n)) for n in range(1, 8)), ("rest", "", None, True, "99"))
    trace = treemap(many, LIGHT, currency="USD", root="All").data[0]
    colours = dict(zip(trace.ids, trace.marker.colors, strict=True))
    assert [colours[f"s{n}"] for n in (7, 6, 5, 4, 3)] == list(LIGHT.series)
    assert {colours[name] for name in ("s1", "s2", "rest")} == {LIGHT.other}


STEPS = [Step("New", Decimal("5.10")), Step("Usage", Decimal("-3.05")), Step("Mix", Decimal(0))]


def test_a_waterfall_leads_from_start_to_end() -> None:
    chart = waterfall(Step("Oct", Decimal(10)), STEPS, Step("Nov", Decimal("12.05")), LIGHT, currency="USD")
    trace = chart.data[0]
    assert list(trace.measure) == ["absolute", "relative", "relative", "relative", "total"]
    assert list(trace.x) == [10, 5.1, -3.05, 0, 12.05]
    assert list(trace.text) == ["$10.00", "▲ +$5.10", "▼ −$3.05", "$0.00", "$12.05"]
    assert trace.increasing.marker.color == LIGHT.increase
    assert chart.layout.xaxis.range[0] == 0
    assert chart.layout.xaxis.range[1] > 15.1


def test_the_parts_alone_begin_at_zero() -> None:
    trace = waterfall(None, STEPS, Step("Change", Decimal("2.05")), LIGHT, currency="USD").data[0]
    assert list(trace.measure) == ["relative", "relative", "relative", "total"]
    assert trace.text[-1] == "▲ +$2.05"


def test_parts_that_do_not_add_up_are_not_drawn() -> None:
    with pytest.raises(ValueError, match=r"12\.05"):
        waterfall(Step("Oct", Decimal(10)), STEPS, Step("Nov", Decimal("12.06")), LIGHT, currency="USD")
