"""The row of controls under the header. Each shows what is chosen and writes the choice to the address.

Nothing here keeps state: labels come from the view in the address, and every change is a new address. Keys contain the
view they belong to where a control holds unfinished input, so that it closes and empties once the view has moved on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from workbench import formats
from workbench.costs import explore, url
from workbench.costs.dimensions import DIMENSIONS, is_dimension, tag_key
from workbench.costs.labels import labels_of
from workbench.costs.view import Compare, CompareMode, Filter, Period, Range, ViewSpec
from workbench.ui.context import PageContext, write_params
from workbench.ui.errors import calm
from workbench.ui.text import plain, visible
from workbench.ui.words import BASES, COMPARISONS, GRAINS, RANGES, dimension_label, filter_label

__all__ = ["draw"]

T = TypeVar("T")
_PICKER_VALUES = 200


def draw(ctx: PageContext) -> None:
    """Draw the bar for the view of ``ctx``."""
    view = ctx.view
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="wb-filters"):
        _menu(ctx, "range", _range_label(ctx), RANGES, lambda chosen: replace(view, range=chosen))
        _dates(ctx)
        _menu(
            ctx,
            "compare",
            _compare_label(view.compare),
            COMPARISONS,
            lambda chosen: replace(view, compare=Compare(chosen)),
        )
        _menu(ctx, "basis", BASES[view.basis], BASES, lambda chosen: replace(view, basis=chosen))
        currencies = {item.currency: item.currency for item in ctx.resolved.currencies}
        if len(currencies) > 1:
            _menu(
                ctx,
                "currency",
                ctx.resolved.currency,
                currencies,
                lambda chosen: replace(view, currency=chosen),
            )
        _menu(ctx, "grain", GRAINS[view.grain], GRAINS, lambda chosen: replace(view, grain=chosen))
        _chips(ctx)
        _add_filter(ctx)
        if view != ViewSpec(basis=ctx.default_basis, by=view.by, chart=view.chart):
            st.button("Reset", key="wb-reset", type="tertiary", on_click=write_params, args=({},))


def _range_label(ctx: PageContext) -> str:
    chosen = ctx.view.range
    return RANGES[chosen] if isinstance(chosen, Range) else "Custom dates"


def _compare_label(compare: Compare) -> str:
    return COMPARISONS.get(compare.mode, "Custom comparison")


def _menu(ctx: PageContext, name: str, label: str, options: Mapping[T, str], changed: Callable[[T], ViewSpec]) -> None:
    key = f"wb-{name}"

    def choose() -> None:
        ctx.update(changed(st.session_state[key]))

    st.menu_button(
        plain(label),
        list(options),
        format_func=lambda option: plain(options[option]),
        key=key,
        on_click=choose,
    )


def _dates(ctx: PageContext) -> None:
    """Own dates, for the period and for the comparison."""
    period, coverage = ctx.resolved.requested, ctx.resolved.coverage
    key = f"wb-dates-{_token(ctx.view)}"
    earliest, latest = min(coverage.first, period.first), max(coverage.last, period.last)
    with (
        st.popover("Dates", icon=":material/calendar_month:", key=f"{key}-pop"),
        st.form(f"{key}-form", border=False),
    ):
        st.date_input(
            "Period (UTC days)",
            (period.first, period.last),
            min_value=earliest,
            max_value=latest,
            key=f"{key}-period",
            format="YYYY-MM-DD",
        )
        st.date_input(
            "Compare with (empty: as chosen beside)",
            _days(ctx.view.compare.period),
            key=f"{key}-compare",
            format="YYYY-MM-DD",
        )
        st.form_submit_button("Apply", type="primary", on_click=_apply_dates, args=(ctx, key))


def _days(period: Period | None) -> list[Any]:
    return [] if period is None else [period.first, period.last]


def _apply_dates(ctx: PageContext, key: str) -> None:
    view = ctx.view
    if chosen := _period(st.session_state[f"{key}-period"]):
        view = replace(view, range=chosen)
    if compared := _period(st.session_state[f"{key}-compare"]):
        view = replace(view, compare=Compare(CompareMode.CUSTOM, compared))
    ctx.update(view)


def _period(days: Any) -> Period | None:
    """A half-chosen range (one day clicked) is that one day."""
    chosen = tuple(days) if isinstance(days, Iterable) else (days,)
    chosen = tuple(day for day in chosen if day is not None)
    return Period(chosen[0], chosen[-1]) if chosen else None


def _token(view: ViewSpec) -> str:
    """A short name of a view for widget keys."""
    return hashlib.blake2s(url.query_string(view).encode(), digest_size=4).hexdigest()


def _chips(ctx: PageContext) -> None:
    """One button a filter; it shows the display name of an id and removes the filter."""
    for index, item in enumerate(ctx.view.filters):
        names = labels_of(ctx.engine, item.dimension, (item.value,)) if is_dimension(item.dimension) else {}
        label = filter_label(item, names.get(item.value))
        st.button(
            plain(label, limit=48),
            icon=":material/close:",
            help=f"Remove the filter {plain(label, limit=300)}",
            key=f"wb-chip-{index}",
            on_click=ctx.update,
            args=(ctx.view.without_filter(item),),
        )


def _add_filter(ctx: PageContext) -> None:
    """The picker; its body runs only while it is open."""
    key = f"wb-add-{_token(ctx.view)}"
    popover = st.popover("Filter", icon=":material/add:", type="tertiary", on_change="rerun", key=key)
    if not popover.open:
        return
    with popover, calm("Filter values"):
        keys = [*DIMENSIONS, *(tag_key(tag) for tag in ctx.resolved.tag_keys)]
        chosen = st.selectbox(
            "Filter by", keys, keys.index("service"), lambda name: visible(dimension_label(name)), key=f"{key}-by"
        )
        search = st.text_input("Search", key=f"{key}-search-{chosen}", placeholder="Part of the name or id")
        found = explore.values(ctx.engine, ctx.resolved, chosen, search=search, limit=_PICKER_VALUES)
        names = {row["value"]: row["label"] for row in found.table.to_pylist()}
        st.multiselect(
            "Values, largest cost first",
            list(names),
            format_func=lambda value: "(none)" if value is None else visible(names[value] or value or "(empty)"),
            key=f"{key}-values-{chosen}",
            placeholder="Choose",
        )
        if found.total > len(names):
            st.caption(f"{formats.count(len(names))} of {formats.count(found.total)} values: search to see others")
        st.toggle("Leave these out instead", key=f"{key}-negated")
        st.button("Add filter", type="primary", key=f"{key}-apply", on_click=_apply_filter, args=(ctx, key, chosen))


def _apply_filter(ctx: PageContext, key: str, dimension: str) -> None:
    view = ctx.view
    for value in st.session_state[f"{key}-values-{dimension}"]:
        view = view.with_filter(Filter(dimension, value, st.session_state[f"{key}-negated"]))
    ctx.update(view)
