"""A view and its address say the same thing."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.costs.dimensions import DIMENSIONS
from workbench.costs.url import filter_text, parse, query_string, to_params
from workbench.costs.view import (
    Basis,
    Chart,
    Compare,
    CompareMode,
    Filter,
    Grain,
    Period,
    Range,
    UnusableRange,
    ViewSpec,
)

HOSTILE = [
    "",
    "!",
    "!!",
    "∅",
    "!∅",
    "\\",
    "\\∅",
    "\\!x",
    "a:b",
    "a,b",
    "50%",
    "%20",
    "a&b=c",
    "x\ny",
    "+",
    "#",
    "ünï",
    "\0",
]

text = st.one_of(st.text(max_size=8), st.sampled_from(HOSTILE))
tags = text.filter(bool).map(lambda key: f"tag.{key}")
dimensions = st.one_of(st.sampled_from(list(DIMENSIONS)), tags)
days = st.dates(min_value=date(1, 1, 1))
periods = st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair)))
views = st.builds(
    ViewSpec,
    range=st.one_of(st.sampled_from(Range), periods),
    compare=st.one_of(
        st.sampled_from([mode for mode in CompareMode if mode is not CompareMode.CUSTOM]).map(Compare),
        periods.map(lambda period: Compare(CompareMode.CUSTOM, period)),
    ),
    basis=st.sampled_from(Basis),
    currency=st.none() | text,
    grain=st.sampled_from(Grain),
    by=st.lists(dimensions, min_size=1, max_size=3).map(tuple),
    filters=st.lists(st.builds(Filter, dimensions, st.none() | text, st.booleans()), max_size=6).map(tuple),
    chart=st.sampled_from(Chart),
    snapshot=st.none() | text,
)


@given(views, st.sampled_from(Basis))
def test_a_view_survives_its_parameters(view: ViewSpec, default: Basis) -> None:
    assert parse(to_params(view), default_basis=default) == (view, ())


@given(views)
def test_a_view_survives_a_whole_address(view: ViewSpec) -> None:
    read = parse_qs(query_string(view), keep_blank_values=True, strict_parsing=True)
    assert parse(read) == (view, ())


@given(st.dictionaries(text, st.lists(text, max_size=3), max_size=5) | st.dictionaries(
    st.sampled_from(["range", "from", "to", "cmp", "basis", "ccy", "grain", "by", "f", "chart", "snap"]),
    st.lists(text, max_size=3),
))  # fmt: skip
def test_any_address_is_read_and_written_back_without_a_change_of_scope(params: dict[str, list[str]]) -> None:
    view, _ = parse(params)
    again, _ = parse(to_params(view))
    assert again == view


@pytest.mark.parametrize(
    ("item", "written"),
    [
        (Filter("service", "Amazon EC2"), "service:Amazon EC2"),
        (Filter("service", "Amazon EC2", negated=True), "service:!Amazon EC2"),
        (Filter("tag.team", None), "tag.team:∅"),
        (Filter("tag.team", None, negated=True), "tag.team:!∅"),
        (Filter("tag.team", "∅"), "tag.team:\\∅"),
        (Filter("tag.team", "!x"), "tag.team:\\!x"),
        (Filter("tag.user:Name", "a:b,c"), "tag.user\\:Name:a:b,c"),
        (Filter("region", ""), "region:"),
    ],
)
def test_filters_are_written_as_documented(item: Filter, written: str) -> None:
    assert filter_text(item) == written
    assert parse({"f": written})[0].filters == (item,)


def test_an_empty_address_is_the_month_to_date_by_service_against_the_previous_month() -> None:
    view, notices = parse({})
    assert notices == ()
    assert (view.range, view.compare.mode, view.basis, view.grain, view.by) == (
        Range.MTD,
        CompareMode.PREVIOUS,
        Basis.EFFECTIVE,
        Grain.DAY,
        ("service",),
    )


def test_the_basis_of_the_settings_counts_when_the_address_names_none() -> None:
    assert parse({}, default_basis=Basis.BILLED)[0].basis is Basis.BILLED
    assert parse({"basis": "list"}, default_basis=Basis.BILLED)[0].basis is Basis.LIST


def test_an_address_is_read_as_written_in_the_grammar() -> None:
    view, notices = parse(
        parse_qs("from=2026-11-01&to=2026-11-20&cmp=2026-01-01..2026-01-31&by=service,account&f=service:A&f=service:!B")
    )
    assert notices == ()
    assert view.range == Period(date(2026, 11, 1), date(2026, 11, 20))
    assert view.compare == Compare(CompareMode.CUSTOM, Period(date(2026, 1, 1), date(2026, 1, 31)))
    assert view.by == ("service", "account")
    assert view.filters == (Filter("service", "A"), Filter("service", "B", negated=True))


def test_an_unknown_parameter_is_ignored_with_a_notice() -> None:
    view, notices = parse({"utm_source": "mail"})
    assert view == ViewSpec()
    assert len(notices) == 1
    assert "utm_source" in notices[0]


@pytest.mark.parametrize(
    "params",
    [
        {"range": "7d"},
        {"range": ""},
        {"from": "2026-11-01"},
        {"to": "2026-11-01"},
        {"from": "2026-11-31", "to": "2026-12-01"},
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"from": "20261101", "to": "20261102"},
        {"from": "2026-W45-1", "to": "2026-W46-1"},
    ],
)
def test_a_period_that_cannot_be_read_is_kept_and_never_replaced_by_another(params: dict[str, str]) -> None:
    view, notices = parse(params)
    assert view.range == UnusableRange(tuple(params.items()))
    assert len(notices) == 1
    assert to_params(view) == {**{key: [value] for key, value in params.items()}, "basis": ["effective"]}


@pytest.mark.parametrize("written", ["bogus:x", "bogus:!x", "service", "", "tag.:x", "SERVICE:x"])
def test_a_filter_that_cannot_be_understood_is_kept_with_a_notice(written: str) -> None:
    view, notices = parse({"f": [written]})
    assert len(view.filters) == 1
    assert len(notices) == 1
    assert "matches nothing" in notices[0]


@pytest.mark.parametrize(
    ("key", "value"), [("basis", "net"), ("grain", "hour"), ("chart", "pie"), ("cmp", "next"), ("cmp", "custom")]
)
def test_an_unknown_choice_is_said(key: str, value: str) -> None:
    _, notices = parse({key: value})
    assert len(notices) == 1
    assert value in notices[0]


def test_an_unreadable_comparison_compares_nothing() -> None:
    assert parse({"cmp": "2026-01-02..2026-01-01"})[0].compare.mode is CompareMode.NONE


def test_a_repeated_parameter_counts_once_and_is_said() -> None:
    view, notices = parse({"grain": ["week", "month"]})
    assert view.grain is Grain.WEEK
    assert len(notices) == 1


def test_adding_a_filter_drops_its_opposite_and_duplicates() -> None:
    view = ViewSpec(filters=(Filter("service", "A", negated=True), Filter("region", "r")))
    narrowed = view.with_filter(Filter("service", "A")).with_filter(Filter("service", "A"))
    assert narrowed.filters == (Filter("region", "r"), Filter("service", "A"))
