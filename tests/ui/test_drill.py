"""The way down and back, as views."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.costs.dimensions import DRILL_PATH
from workbench.costs.view import Filter, ViewSpec
from workbench.ui.drill import crumbs, drilled, next_dimension


def test_the_usual_way_goes_down_to_the_resource_and_into_it() -> None:
    view, way = ViewSpec(by=("service",)), []
    for value in ("EC2", "BoxUsage", "A", "us-east-1", "i-1"):
        way.append(next_dimension(view))
        view = drilled(view, (value,), way[-1])
    assert way == ["usage_type", "account", "region", "resource", "charge_category"]
    assert view.values_of("resource") == ("i-1",)


def test_a_dimension_already_fixed_is_skipped() -> None:
    view = ViewSpec(by=("service",), filters=(Filter("usage_type", "BoxUsage"), Filter("account", "A")))
    assert next_dimension(view) == "region"


def test_a_pair_is_fixed_in_both_dimensions() -> None:
    view = drilled(ViewSpec(by=("service", "account")), ("EC2", None), "region")
    assert view.filters == (Filter("service", "EC2"), Filter("account", None))
    assert view.by == ("region",)


def test_breadcrumbs_lead_back_to_the_list_the_step_was_chosen_from() -> None:
    start = ViewSpec(by=("service",), filters=(Filter("region", "eu-west-1", negated=True),))
    first = drilled(start, ("EC2",), "account")
    second = drilled(first, ("A",), "resource")
    assert [crumb.item.dimension for crumb in crumbs(second)] == ["service", "account"]
    assert [crumb.back for crumb in crumbs(second)] == [start, first]
    assert crumbs(start) == ()


@given(st.lists(st.text(max_size=5) | st.none(), max_size=6))
def test_every_step_can_be_undone(values: list[str | None]) -> None:
    views = [ViewSpec(by=(DRILL_PATH[0],))]
    for value in values:
        views.append(drilled(views[-1], (value,), next_dimension(views[-1])))
        if views[-1].by[0] in {item.dimension for item in views[-1].filters}:
            break
        assert [crumb.back for crumb in crumbs(views[-1])] == views[:-1]
