"""The parts of the Explore page: controls, headline, chart, groups with drill-down, charge lines of a resource.

Every choice is a new address (``ctx.update``). A click on the chart does what the button under the table does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from workbench import formats
from workbench.costs import explore
from workbench.costs.dimensions import DIMENSIONS, tag_key
from workbench.costs.labels import labels_of
from workbench.costs.results import Breakdown, LinesPage, Series, Totals, Tree
from workbench.costs.view import Chart, Filter, ViewSpec
from workbench.export import Answer, What, answer
from workbench.ui import explore_table as rows
from workbench.ui.blocks import block
from workbench.ui.charts import CONFIG, ROOT, left_out, palette_for
from workbench.ui.charts.pictures import series_picture, to_draw, tree_picture
from workbench.ui.context import PageContext
from workbench.ui.day_notes import chart_notes, day_notes, draw_day_notes, note_texts
from workbench.ui.drill import crumbs, drilled, next_dimension
from workbench.ui.export_menu import chart_exports, table_exports
from workbench.ui.kpi import change_words
from workbench.ui.registry import page_info
from workbench.ui.table import cut_note, show_table
from workbench.ui.text import plain, visible
from workbench.ui.words import BASES, GRAINS, dimension_in_sentence, dimension_label, filter_label

__all__ = ["breadcrumbs", "chart", "controls", "groups", "headline", "lines"]

_CHARTS: dict[Chart, str] = {
    Chart.BAR: "Bars",
    Chart.LINE: "Lines",
    Chart.AREA: "Area",
    Chart.CUMULATIVE: "Cumulative",
    Chart.TREEMAP: "Treemap",
}
_LINES_SHOWN = 100


def breadcrumbs(ctx: PageContext) -> None:
    """The way down so far; each step leads back to the list it was chosen from."""
    trail = crumbs(ctx.view)
    if not trail:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="wb-crumbs"):
        st.button("All cost", type="tertiary", key="wb-crumb-all", on_click=ctx.update, args=(trail[0].back,))
        for position, crumb in enumerate(trail):
            st.caption("›", width="content")
            name = plain(filter_label(crumb.item, _name(ctx, crumb.item)), limit=60)
            if position + 1 < len(trail):
                target = trail[position + 1].back
                st.button(name, type="tertiary", key=f"wb-crumb-{position}", on_click=ctx.update, args=(target,))
            else:
                st.markdown(f"**{name}**", width="content")


def controls(ctx: PageContext) -> None:
    """Grouping and kind of chart."""
    view = ctx.view
    keys = dimension_keys(ctx)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="wb-explore-controls"):
        first, *more = view.by
        label = f"By {dimension_in_sentence(first)}"
        _choose(ctx, "wb-by", label, keys, lambda key: replace(view, by=(key, *view.by[1:2])))
        rest: list[str | None] = [None, *(key for key in keys if key != first)]
        label = f"then by {dimension_in_sentence(more[0])}" if more else "then by …"
        _choose(ctx, "wb-then", label, rest, lambda key: replace(view, by=(first, key) if key else (first,)))
        st.session_state["wb-chart"] = view.chart
        st.segmented_control(
            "Chart",
            list(_CHARTS),
            format_func=_CHARTS.__getitem__,
            key="wb-chart",
            required=True,
            label_visibility="collapsed",
            on_change=lambda: ctx.update(replace(view, chart=Chart(st.session_state["wb-chart"]))),
        )


def headline(ctx: PageContext) -> None:
    """The total of the view and its change: the figure that chart and table add up to."""

    def draw(result: Totals) -> None:
        change, currency = result.change, ctx.resolved.currency
        shown = formats.direction(change.delta)
        with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
            st.metric(
                plain(ctx.resolved.label),
                plain(formats.money(change.current, currency)),
                delta=plain(change_words(change, ctx.resolved)) if change.previous is not None else None,
                delta_color="orange" if shown == "up" else "blue" if shown == "down" else "off",
                delta_arrow="off",
                width="content",
            )
            if change.previous is not None and (compared := ctx.resolved.comparison):
                st.metric(
                    plain(formats.period(compared.period.first, compared.period.last)),
                    plain(formats.money(change.previous, currency)),
                    width="content",
                    help=plain(compared.label),
                )
            if planned := ctx.resolved.planned:
                st.metric(
                    f"Budget, {plain(formats.period(planned.period.first, planned.period.last))}",
                    plain(formats.money(change.previous, currency)),
                    width="content",
                    help=plain(planned.sentence, limit=300),
                )
            st.metric("Charge lines", formats.count(result.lines), width="content")
        for notice in result.notices:
            st.caption(plain(notice, limit=300))

    block(
        ctx,
        BASES[ctx.view.basis],
        key="total",
        load=lambda: explore.totals(ctx.engine, ctx.resolved),
        draw=draw,
        height=90,
    )


def chart(ctx: PageContext) -> None:
    """Cost over time by the first dimension, or a treemap of the first two."""
    name = plain(dimension_in_sentence(ctx.view.by[0]))
    if ctx.view.chart is Chart.TREEMAP:
        then = f" and {plain(dimension_in_sentence(ctx.view.by[1]))}" if len(ctx.view.by) > 1 else ""
        _treemap(ctx, f"Cost by {name}{then}")
    else:
        _over_time(ctx, f"Cost by {name}, {GRAINS[ctx.resolved.grain].lower()}")


def groups(ctx: PageContext) -> None:
    """The table behind the chart, and the way down from it."""
    currency, palette = ctx.resolved.currency, palette_for(st.context.theme.type)

    def draw(result: Breakdown) -> None:
        table, totals = rows.group_rows(result)
        chosen = show_table(
            table,
            rows.group_columns(result, ctx.resolved),
            key=f"wb-groups-{_stamp(ctx)}",
            currency=currency,
            palette=palette,
            alt=f"Cost by {', '.join(visible(dimension_in_sentence(key)) for key in result.by)}",
            totals=totals,
            selectable=True,
        )
        total = plain(formats.money(result.change.current, currency))
        st.caption(f"{cut_note(result.shown, result.groups, result.coverage)} · total {total}")
        _drill_bar(ctx, result, chosen)

    block(
        ctx,
        f"By {' and '.join(plain(dimension_in_sentence(key)) for key in ctx.view.by)}",
        key="groups",
        load=lambda: explore.breakdown(ctx.engine, ctx.resolved, limit=ctx.settings.table_rows),
        draw=draw,
        exports=lambda _: table_exports(ctx, "cost-by-" + "-".join(ctx.view.by), lambda: _ask(ctx, What.BREAKDOWN)),
        height=420,
    )


def lines(ctx: PageContext) -> None:
    """The charge lines of the resource the view is filtered to; nothing on a wider view."""
    if len(ctx.view.values_of("resource")) != 1:
        return

    def draw(result: LinesPage) -> None:
        show_table(
            result.table,
            rows.LINE_COLUMNS,
            key=f"wb-lines-{_stamp(ctx)}",
            currency=ctx.resolved.currency,
            palette=palette_for(st.context.theme.type),
            alt="Charge lines of the resource",
        )
        st.caption(f"{cut_note(result.table.num_rows, result.total, None, 'charge line')}, largest cost first")
        _resource_link(ctx, ctx.view.values_of("resource")[0])

    block(
        ctx,
        "Charge lines",
        key="lines",
        load=lambda: explore.charge_lines(ctx.engine, ctx.resolved, limit=_LINES_SHOWN),
        draw=draw,
        queries=lambda result: (result.query,),
        exports=lambda _: table_exports(ctx, "charge-lines", lambda: _ask(ctx, What.LINES)),
        height=420,
    )


def dimension_keys(ctx: PageContext) -> list[str]:
    """What can be grouped by, promoted tags last."""
    return [*DIMENSIONS, *(tag_key(name) for name in ctx.resolved.tag_keys)]


def _over_time(ctx: PageContext, title: str) -> None:
    found = day_notes(ctx, ctx.resolved)
    notes = chart_notes(found, ctx.resolved)

    def draw(result: Series) -> None:
        data = to_draw(result, ctx.resolved)
        if data.empty:
            st.caption("The bill states no cost on this basis in this period.")
            return
        total = formats.money(data.total, ctx.resolved.currency)
        _plot(
            ctx,
            series_picture(result, ctx.resolved, palette_for(st.context.theme.type), notes),
            alt=f"{_CHARTS[ctx.view.chart]}: {visible(title)}, total {total}",
            clicked=lambda point: _series_clicked(ctx, result, point),
        )
        draw_day_notes(ctx, ctx.resolved, found, key="explore-notes")

    block(
        ctx,
        title,
        key="chart",
        load=lambda: explore.series(ctx.engine, ctx.resolved),
        draw=draw,
        exports=lambda result: (
            *chart_exports(
                ctx,
                title,
                lambda palette: series_picture(result, ctx.resolved, palette, notes),
                lambda: Answer(title, result.table, result.queries, note_texts(found)),
            ),
            *table_exports(ctx, title, lambda: _ask(ctx, What.SERIES)),
        ),
        height=400,
    )


def _treemap(ctx: PageContext, title: str) -> None:
    def draw(result: Tree) -> None:
        if result.table.num_rows:
            _plot(
                ctx,
                tree_picture(result, ctx.resolved, palette_for(st.context.theme.type)),
                alt=f"Treemap: {visible(title)}, total {formats.money(result.total, ctx.resolved.currency)}",
                clicked=lambda point: _tile_clicked(ctx, result, point),
            )
        hidden, amount = left_out(result)
        if hidden:
            money = plain(formats.money(amount, ctx.resolved.currency))
            st.caption(f"Without an area: {formats.plural(hidden, 'group')} below zero, {money} together")

    block(
        ctx,
        title,
        key="chart",
        load=lambda: explore.tree(ctx.engine, ctx.resolved),
        draw=draw,
        exports=lambda result: (
            *chart_exports(
                ctx,
                title,
                lambda palette: tree_picture(result, ctx.resolved, palette),
                lambda: Answer(title, result.table, result.queries),
            ),
            *table_exports(ctx, title, lambda: _ask(ctx, What.BREAKDOWN)),
        ),
        height=440,
    )


def _plot(ctx: PageContext, figure: go.Figure, *, alt: str, clicked: Callable[[dict[str, Any]], None]) -> None:
    key = f"wb-plot-{ctx.view.chart.value}-{_stamp(ctx)}"

    def select() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points:
            clicked(points[0])

    st.plotly_chart(figure, theme=None, config=CONFIG, key=key, on_select=select, selection_mode="points", alt=alt)


def _series_clicked(ctx: PageContext, result: Series, point: dict[str, Any]) -> None:
    position = str(point.get("legendgroup") or "")
    if position.isdigit() and int(position) < len(result.groups):
        key, _, other = result.groups[int(position)]
        if not other:
            view = replace(ctx.view, by=ctx.view.by[:1])
            ctx.update(drilled(view, (key,), next_dimension(view)))


def _tile_clicked(ctx: PageContext, result: Tree, point: dict[str, Any]) -> None:
    by_id = {row["id"]: row for row in result.table.to_pylist()}
    row = by_id.get(point.get("id", ROOT))
    path: list[str | None] = []
    while row is not None:
        if row["other"]:
            return
        path.insert(0, row["key"])
        row = by_id.get(row["parent"])
    if path:
        view = replace(ctx.view, by=ctx.view.by[: len(path)])
        ctx.update(drilled(view, tuple(path), next_dimension(view)))


def _drill_bar(ctx: PageContext, result: Breakdown, chosen: int | None) -> None:
    """Choose a group (the selected row is chosen already) and what to see inside it."""
    names = rows.group_names(result)
    if not names:
        return
    stamp = f"{_stamp(ctx)}-{chosen}"
    into = [key for key in dimension_keys(ctx) if key not in ctx.view.by]
    default = next_dimension(ctx.view)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="wb-drill"):
        position = st.selectbox(
            "Look into",
            range(len(names)),
            chosen,
            format_func=lambda index: visible(names[index], limit=80),
            key=f"wb-drill-group-{stamp}",
            placeholder="Select a row, or choose here",
            width=320,
        )
        dimension = st.selectbox(
            "and group by",
            into,
            into.index(default) if default in into else 0,
            format_func=lambda key: visible(dimension_label(key)),
            key=f"wb-drill-into-{stamp}",
            width=200,
        )
        idle = position is None
        values = rows.group_keys(result, position or 0)
        st.button(
            "Drill down",
            type="primary",
            key="wb-drill-go",
            disabled=idle,
            on_click=ctx.update,
            args=(drilled(ctx.view, values, dimension),),
        )
        st.button(
            "Leave out",
            key="wb-drill-out",
            disabled=idle or len(values) > 1,
            on_click=ctx.update,
            args=(ctx.view.with_filter(Filter(ctx.view.by[0], values[0], negated=True)),),
        )
        if "resource" in result.by:
            _resource_link(ctx, None if idle else values[result.by.index("resource")])


def _resource_link(ctx: PageContext, resource_id: str | None) -> None:
    """The way to the page of a resource, with the period but without the filters that led here."""
    whole = ctx.params(replace(ctx.view, filters=(), by=("service",)))
    st.page_link(
        page_info("resource").script,
        label="About this resource",
        icon=page_info("resource").icon,
        query_params={**whole, "resource": [resource_id or ""]},
        disabled=not resource_id,
    )


def _choose(ctx: PageContext, key: str, label: str, options: Sequence[Any], changed: Callable[[Any], ViewSpec]) -> None:
    st.menu_button(
        plain(label),
        list(options),
        format_func=lambda option: "Nothing more" if option is None else plain(dimension_label(option)),
        key=key,
        on_click=lambda: ctx.update(changed(st.session_state[key])),
    )


def _ask(ctx: PageContext, what: What) -> Answer:
    return answer(ctx.engine, ctx.resolved, what)


def _name(ctx: PageContext, item: Filter) -> str:
    return labels_of(ctx.engine, item.dimension, [item.value])[item.value]


def _stamp(ctx: PageContext) -> str:
    """Part of the key of widgets that hold a choice made in one view: another view starts without it."""
    return f"{hash((ctx.view, ctx.engine.snapshot_id)) & 0xFFFFFFFF:x}"
