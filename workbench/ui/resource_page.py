"""The parts of the page of one resource: what it is, cost, use, and what is known about it.

The address names it (``resource=<id>``); period, basis, currency and filters of the view count for its costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.costs import explore
from workbench.costs.provenance import Listing
from workbench.costs.resource_facts import Metrics, Reading, changes, four_costs, metrics, relations
from workbench.costs.resources import Entry, Resource, resource_of
from workbench.costs.results import LinesPage, Series
from workbench.costs.view import Chart, Filter, ViewSpec
from workbench.engines import Query
from workbench.export import Answer, What, answer
from workbench.schema import INVENTORY
from workbench.schema.inventory import inventory_table
from workbench.ui import explore_table as lines_table
from workbench.ui.blocks import block
from workbench.ui.charts import CONFIG, palette_for
from workbench.ui.charts.metric import metric_lines
from workbench.ui.charts.palette import MAX_SERIES
from workbench.ui.charts.pictures import series_picture, to_draw
from workbench.ui.context import PageContext
from workbench.ui.day_notes import chart_notes, day_notes, draw_day_notes, note_texts
from workbench.ui.export_menu import chart_exports, data_exports, table_exports
from workbench.ui.health.grids import show_rows
from workbench.ui.registry import page_info
from workbench.ui.resource_finder import type_name
from workbench.ui.table import cut_note, show_table
from workbench.ui.text import plain, visible
from workbench.ui.words import BASES

__all__ = ["about", "costs", "heading", "load", "use"]

_LINES = 50
_COST_COLUMNS = ("effective_cost", "billed_cost", "contracted_cost", "list_cost")
_HIDDEN_ATTRIBUTES = ("id", "x_source_id", "tags")


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows to show and export, with the queries behind them."""

    rows: tuple[dict[str, Any], ...]
    queries: tuple[Query, ...]


def load(ctx: PageContext) -> Resource | None:
    """The resource the address names; None when it names none, or one that is not there, which is said."""
    asked = (ctx.own_params().get("resource") or [""])[0]
    if not asked:
        return None
    found = resource_of(ctx.engine, asked)
    if found is None:
        st.text(f"Neither the bill nor the inventory has a resource {visible(asked)}.")
    return found


def heading(ctx: PageContext, found: Resource) -> None:
    """Name, what it is, and what bill and inventory do not say about each other."""
    first = found.entries[0].facts
    st.button(
        "All resources", icon=":material/arrow_back:", type="tertiary", on_click=lambda: ctx.choose(resource=None)
    )
    st.markdown(f"### {plain(first['name'] or found.resource_id)}")
    st.text(found.resource_id)
    account = first["account_name"] or first["account_number"]
    words = [found.entries[0].noun, first["size"], first["state"], first["service_name"], account, first["region"]]
    st.text(" · ".join(visible(str(word)) for word in words if word))
    if not found.in_inventory:
        if any(ctx.snapshot.manifest.rows.get(table.name) for table in INVENTORY):
            st.info("On the bill, but in no inventory that is loaded: it may be gone.", icon=":material/info:")
        else:
            st.caption("No inventory is loaded, so only the bill tells about it.")
    if not found.on_bill:
        st.info("In the inventory, but no charge of the bill is for it.", icon=":material/info:")


def costs(ctx: PageContext, found: Resource) -> None:
    """The four costs of the period, cost over time by charge category, and the charge lines."""
    own = _of_resource(ctx, found.resource_id)
    if not found.on_bill:
        return
    block(
        own,
        "Cost",
        key="resource-cost",
        load=lambda: four_costs(own.engine, own.resolved),
        draw=lambda costs: _draw_costs(own, found, costs),
        empty=lambda costs: not costs.table["lines"][0].as_py(),
        exports=lambda costs: table_exports(own, "resource-costs", lambda: Answer("Cost", costs.table, costs.queries)),
        height=90,
    )
    _over_time(own)
    _lines(ctx, own, found.resource_id)


def use(ctx: PageContext, found: Resource) -> None:
    """Metrics of the period."""
    period = ctx.resolved.period

    def draw(result: Metrics) -> None:
        if not result.readings:
            st.caption(
                "No metrics are loaded for it."
                if result.newest is None
                else f"No metrics in this period; the newest are of {formats.iso_date(result.newest)}."
            )
            return
        for unit, readings in _by_unit(result.readings):
            st.caption(f"In {plain(unit)}" if unit == "%" else plain(unit))
            st.plotly_chart(
                metric_lines(readings, palette_for(st.context.theme.type)),
                theme=None,
                config=CONFIG,
                key=f"wb-metric-{unit}-{readings[0].metric}-{readings[0].statistic}",
                alt=f"Metrics in {visible(unit)}: {', '.join(visible(one.metric) for one in readings)}",
            )

    block(
        ctx,
        "Metrics",
        key="resource-metrics",
        note="Times are UTC. A point an hour, or a day in periods over six weeks.",
        load=lambda: metrics(ctx.engine, found.resource_id, period.first, period.last),
        draw=draw,
        empty=lambda _: False,
        exports=lambda result: (
            data_exports(ctx, "metrics", lambda: Answer("Metrics", result.table, result.queries), basis="none")
            if result.readings
            else ()
        ),
    )


def about(ctx: PageContext, found: Resource) -> None:
    """Related resources, changes, tags and attributes."""
    _rows_block(
        ctx,
        "Related resources",
        "related",
        lambda: _related(relations(ctx.engine, found.resource_id)),
        "The inventory links nothing to it.",
    )
    _rows_block(
        ctx,
        "Changes",
        "changes",
        lambda: _changed(changes(ctx.engine, found.resource_id)),
        "No change of it is recorded.",
    )
    left, right = st.columns([1, 2])
    with left:
        _rows_block(
            ctx,
            "Tags",
            "tags",
            lambda: _Table(
                tuple({"Key": key, "Value": value, "From": source} for key, value, source in found.tags),
                found.queries,
            ),
            "It has no tags.",
        )
    with right:
        for position, entry in enumerate(found.entries):
            title = "Attributes" if len(found.entries) == 1 else f"Attributes: {plain(entry.noun)}"
            title += _account_of(found, entry, ", account ")
            _rows_block(
                ctx,
                title,
                f"attributes-{position}",
                lambda entry=entry: _Table(_attributes(entry), found.queries),
                "Nothing more is known.",
            )


def _of_resource(ctx: PageContext, resource_id: str) -> PageContext:
    """The context whose answers are about the resource alone; its exports say so, too."""
    spec = _view_of(ctx.view, resource_id)
    resolved = ctx.resolved.with_spec(filters=spec.filters, by=spec.by, chart=spec.chart)
    return replace(ctx, resolution=resolved)


def _view_of(view: ViewSpec, resource_id: str) -> ViewSpec:
    others = tuple(item for item in view.filters if item.dimension != "resource")
    filters = (*others, Filter("resource", resource_id))
    return replace(view, filters=filters, by=("charge_category",), chart=Chart.BAR)


def _draw_costs(ctx: PageContext, found: Resource, result: Listing) -> None:
    currency, row = ctx.resolved.currency, result.table.to_pylist()[0]
    labels = {basis.column: label for basis, label in BASES.items()}
    with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
        for column in _COST_COLUMNS:
            st.metric(labels[column], plain(formats.money(row[column], currency)), width="content")
        st.metric("Charge lines", formats.count(row["lines"]), width="content")
    st.caption(f"{plain(ctx.resolved.label)}, in {currency}")
    for entry in found.entries:
        if entry.facts["cost_30d"] is not None and found.window is not None:
            amount = plain(formats.money(entry.facts["cost_30d"], entry.facts["cost_currency"]))
            days = plain(formats.period(*found.window))
            where = _account_of(found, entry, " in account ")
            st.caption(f"Effective cost of the 30 days {days}{where}: {amount}")


def _account_of(found: Resource, entry: Entry, words: str) -> str:
    """``words`` and the account, where accounts share the id; else nothing."""
    accounts = {one.facts["account_number"] for one in found.entries}
    number = entry.facts["account_number"]
    return f"{words}{plain(number)}" if number and len(accounts) > 1 else ""


def _over_time(ctx: PageContext) -> None:
    title = "Cost by charge category"
    found = day_notes(ctx, ctx.resolved)
    notes = chart_notes(found, ctx.resolved)

    def draw(result: Series) -> None:
        if to_draw(result, ctx.resolved).empty:
            st.caption("The bill states no cost on this basis in this period.")
            return
        total = formats.money(result.total, ctx.resolved.currency)
        picture = series_picture(result, ctx.resolved, palette_for(st.context.theme.type), notes)
        st.plotly_chart(picture, theme=None, config=CONFIG, key="wb-resource-days", alt=f"{title}, total {total}")
        draw_day_notes(ctx, ctx.resolved, found, key="resource-notes")

    block(
        ctx,
        title,
        key="resource-days",
        load=lambda: explore.series(ctx.engine, ctx.resolved),
        draw=draw,
        exports=lambda result: (
            *chart_exports(
                ctx,
                "resource-cost",
                lambda palette: series_picture(result, ctx.resolved, palette, notes),
                lambda: Answer(title, result.table, result.queries, note_texts(found)),
            ),
            *table_exports(ctx, "resource-cost", lambda: answer(ctx.engine, ctx.resolved, What.SERIES)),
        ),
        height=400,
    )


def _lines(page: PageContext, ctx: PageContext, resource_id: str) -> None:
    def draw(result: LinesPage) -> None:
        show_table(
            result.table,
            lines_table.LINE_COLUMNS,
            key="wb-resource-lines",
            currency=ctx.resolved.currency,
            palette=palette_for(st.context.theme.type),
            alt="Charge lines of the resource",
        )
        st.caption(f"{cut_note(result.table.num_rows, result.total, None, 'charge line')}, largest cost first")
        there = replace(_view_of(page.view, resource_id), by=("usage_type",))
        st.page_link(
            page_info("explore").script, label="Open in Explore", icon=":material/query_stats:",
            query_params=page.params(there),
        )  # fmt: skip

    block(
        ctx,
        "Charge lines",
        key="resource-lines",
        load=lambda: explore.charge_lines(ctx.engine, ctx.resolved, limit=_LINES),
        draw=draw,
        queries=lambda result: (result.query,),
        exports=lambda _: table_exports(ctx, "charge-lines", lambda: answer(ctx.engine, ctx.resolved, What.LINES)),
        height=420,
    )


def _rows_block(ctx: PageContext, title: str, key: str, ask: Any, nothing: str) -> None:
    """A block of plain rows; ``nothing`` is said when there are none."""

    def draw(result: _Table) -> None:
        if not result.rows:
            st.caption(nothing)
            return
        show_rows(ctx, result.rows, alt=title, key=f"wb-{key}")

    block(
        ctx,
        title,
        key=f"resource-{key}",
        load=ask,
        draw=draw,
        empty=lambda _: False,
        exports=lambda result: (
            data_exports(
                ctx,
                key,
                lambda: Answer(title, pa.Table.from_pylist(list(result.rows)), result.queries),
                basis="effective",
            )
            if result.rows
            else ()
        ),
        height=120,
    )


def _related(found: Listing) -> _Table:
    return _Table(
        tuple(
            {
                "Relation": row["relation"],
                "Type": type_name(row["resource_type"]),
                "Name": row["name"],
                "State": row["state"],
                "Size": row["size"],
                "30 days": None if row["cost_30d"] is None else formats.money(row["cost_30d"], row["cost_currency"]),
                "Id": row["resource_id"],
            }
            for row in found.table.to_pylist()
        ),
        found.queries,
    )


def _changed(found: Listing) -> _Table:
    return _Table(
        tuple(
            {
                "When": formats.timestamp(row["changed_at"]),
                "Field": row["field_name"],
                "Before": row["old_value"],
                "After": row["new_value"],
                "Noticed by": row["change_source"],
            }
            for row in found.table.to_pylist()
        ),
        found.queries,
    )


def _attributes(entry: Entry) -> tuple[dict[str, Any], ...]:
    """Every known column of its inventory row with unit and meaning; for the bill alone, what the registry says."""
    if entry.inventory_table is None:
        names = ("provider", "resource_type", "service_category", "service_name", "region", "account_number",
                 "first_charge_date", "last_charge_date")  # fmt: skip
        return tuple(
            {"Attribute": name, "Value": _text(entry.facts[name]), "Unit": None, "Meaning": None}
            for name in names
            if entry.facts[name] is not None
        )
    declared = inventory_table(entry.inventory_table)
    return tuple(
        {
            "Attribute": column.name,
            "Value": _text(entry.attributes[column.name]),
            "Unit": column.unit or None,
            "Meaning": column.description,
        }
        for column in declared.columns
        if column.name not in _HIDDEN_ATTRIBUTES and entry.attributes.get(column.name) is not None
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "hour"):
        return formats.timestamp(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return formats.quantity(value) if isinstance(value, float) else str(value)


def _by_unit(readings: Sequence[Reading]) -> Iterable[tuple[str, Sequence[Reading]]]:
    """Readings of one unit together, at most as many as one chart can hold."""
    units = dict.fromkeys(reading.unit for reading in readings)
    for unit in units:
        same = [reading for reading in readings if reading.unit == unit]
        for start in range(0, len(same), MAX_SERIES):
            yield unit, same[start : start + MAX_SERIES]
