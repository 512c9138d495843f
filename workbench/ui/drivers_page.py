"""The parts of the Drivers page: the change in a sentence, the waterfall, the movers and the largest single items."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.costs.drivers import DRIVER_DIMENSIONS, PARTS, Drivers, drivers
from workbench.costs.labels import OTHER
from workbench.costs.view import ViewSpec
from workbench.export import Answer, drivers_answer
from workbench.export.answers import MAX_ROWS
from workbench.ui.blocks import block
from workbench.ui.charts import CONFIG, palette_for
from workbench.ui.charts.pictures import PART_LABELS, drivers_picture
from workbench.ui.context import PageContext
from workbench.ui.drill import drilled, next_dimension
from workbench.ui.export_menu import chart_exports, table_exports
from workbench.ui.table import TableColumn, cut_note, show_table
from workbench.ui.text import plain, visible
from workbench.ui.words import dimension_label

__all__ = ["change", "controls", "items", "movers"]

_PART_HELP = {
    "new": "Usage that had no cost in the earlier period",
    "gone": "Usage that has no cost in the later period",
    "usage": "More or less use at the earlier price",
    "rate": "List prices that changed",
    "discount": "A changed share of the list price that is paid: negotiated, committed, spot",
    "mix": "Use moved to a dearer or cheaper place or way of paying",
    "other": "Credits, taxes, purchases, corrections, unused commitments, usage without comparable quantity",
}
_ITEMS_SHOWN = 50
_WHOLE, _CHANGE_ONLY = "Whole bill", "Change only"


def dimension_of(ctx: PageContext) -> str:
    """What movers are listed by: the view's outermost dimension where drivers know it, else services."""
    key = ctx.view.by[0]
    return key if key in DRIVER_DIMENSIONS else DRIVER_DIMENSIONS[0]


def controls(ctx: PageContext) -> None:
    """The grouping of the movers; the two periods are chosen in the filter bar."""
    shown = dimension_of(ctx)

    def choose() -> None:
        key = st.session_state["wb-drivers-by"]
        ctx.update(_by(ctx.view, key))

    st.menu_button(
        f"Movers by {dimension_label(shown).lower()}",
        list(DRIVER_DIMENSIONS),
        format_func=dimension_label,
        key="wb-drivers-by",
        on_click=choose,
    )


def change(ctx: PageContext) -> Drivers | None:
    """The sentence and the waterfall; the parts lead exactly from the earlier total to the later one."""

    def draw(result: Drivers) -> None:
        st.text(visible(result.sentence, limit=600))
        scale = st.segmented_control(
            "Scale",
            (_WHOLE, _CHANGE_ONLY),
            default=_WHOLE,
            required=True,
            key="wb-waterfall-scale",
            label_visibility="collapsed",
        )
        palette = palette_for(st.context.theme.type)
        figure = drivers_picture(result, ctx.resolved, palette, whole=scale != _CHANGE_ONLY)
        st.plotly_chart(figure, theme=None, config=CONFIG, key="wb-waterfall", alt=visible(result.sentence, limit=600))
        with st.expander("The parts as a table"):
            table, totals = part_rows(result)
            show_table(
                table,
                (
                    TableColumn("part", "Part"),
                    TableColumn("amount", "Amount", "change"),
                    TableColumn("meaning", "What it holds", width="large"),
                ),
                key="wb-parts",
                currency=ctx.resolved.currency,
                palette=palette_for(st.context.theme.type),
                alt="Parts of the change",
                totals=totals,
            )
        for notice in result.notices:
            st.caption(plain(notice, limit=300))

    return block(
        ctx,
        "What explains the change",
        key="change",
        load=lambda: _ask(ctx),
        draw=draw,
        empty=lambda result: result.movers.num_rows == 0,
        exports=lambda result: (
            *chart_exports(
                ctx,
                "drivers-waterfall",
                lambda palette: drivers_picture(result, ctx.resolved, palette),
                lambda: drivers_answer(result, ctx.resolved.currency),
            ),
            *table_exports(ctx, "drivers-parts", lambda: _parts_answer(result)),
        ),
        height=460,
    )


def movers(ctx: PageContext, result: Drivers) -> None:
    """The groups that changed most with their parts, and the way into Explore."""
    label = dimension_label(result.by)

    def draw(result: Drivers) -> None:
        table, totals = mover_rows(result)
        chosen = show_table(
            table,
            (
                TableColumn("name", label),
                TableColumn("delta", "Change", "change"),
                TableColumn("start", "Before", "money"),
                TableColumn("end", "After", "money"),
                *(TableColumn(part, PART_LABELS[part], "change", help=_PART_HELP[part]) for part in PARTS),
            ),
            key=f"wb-movers-{ctx.engine.snapshot_id}-{hash(ctx.view) & 0xFFFFFFFF:x}",
            currency=ctx.resolved.currency,
            palette=palette_for(st.context.theme.type),
            alt=f"Movers by {label.lower()}",
            totals=totals,
            selectable=True,
        )
        groups = result.movers.num_rows + (result.rest["groups"] if result.rest else 0)
        st.caption(f"{cut_note(result.movers.num_rows, groups, None)}, largest change first")
        _look_into(ctx, result, chosen)

    block(
        ctx,
        f"Movers by {label.lower()}",
        key="movers",
        load=lambda: result,
        draw=draw,
        exports=lambda found: table_exports(ctx, f"movers-by-{found.by}", lambda: _all_movers(ctx)),
        height=420,
    )


def items(ctx: PageContext, result: Drivers) -> None:
    """The single items that changed most: what was bought, where, how much of it."""
    amounts = (TableColumn("delta", "Change", "change"), TableColumn("start", "Before", "money"))
    columns = (
        TableColumn("service", "Service"),
        TableColumn("usage_type", "Usage type"),
        TableColumn("operation", "Operation"),
        TableColumn("account", "Account"),
        TableColumn("region", "Region"),
        *amounts,
        TableColumn("end", "After", "money"),
        TableColumn("start_quantity", "Quantity before", "quantity"),
        TableColumn("end_quantity", "Quantity after", "quantity"),
        TableColumn("unit", "Unit"),
        *(TableColumn(part, PART_LABELS[part], "change", help=_PART_HELP[part]) for part in PARTS),
    )
    block(
        ctx,
        "Largest single items",
        key="items",
        load=lambda: result,
        draw=lambda found: _draw_items(ctx, found, columns),
        exports=lambda found: table_exports(
            ctx, "drivers-items", lambda: Answer("Items with the largest change", found.items, found.queries)
        ),
        height=420,
    )


def part_rows(result: Drivers) -> tuple[pa.Table, int]:
    """Part, amount and meaning, then the whole change; and how many of the last rows are sums."""
    names = [PART_LABELS[name] for name, _ in result.parts]
    amounts = [amount for _, amount in result.parts]
    meanings = [_PART_HELP[name] for name, _ in result.parts]
    money = result.movers.schema.field("delta").type
    return pa.table(
        {
            "part": [*names, "Change"],
            "amount": pa.array([*amounts, result.change.delta], money),
            "meaning": [*meanings, "All parts together"],
        }
    ), 1


def mover_rows(result: Drivers) -> tuple[pa.Table, int]:
    """Movers, Other where the list was cut, and the total of every column."""
    amounts = ("start", "end", "delta", *PARTS)
    records = [
        {"name": row["label"] if row["key"] in (None, row["label"]) else f"{row['label']} ({row['key']})", **row}
        for row in result.movers.to_pylist()
    ]
    totals = 1
    if result.rest is not None:
        groups = formats.plural(result.rest["groups"], "group")
        records.append({**result.rest, "name": f"{OTHER} ({groups})"})
        totals = 2
    whole = {"start": result.change.previous, "end": result.change.current, "delta": result.change.delta}
    records.append({"name": "Total", **whole, **dict(result.parts)})
    money = result.movers.schema.field("delta").type
    schema = pa.schema([("name", pa.string()), *((amount, money) for amount in amounts)])
    return pa.Table.from_pylist([{name: record[name] for name in schema.names} for record in records], schema), totals


def _draw_items(ctx: PageContext, result: Drivers, columns: tuple[TableColumn, ...]) -> None:
    show_table(
        result.items,
        columns,
        key="wb-items",
        currency=ctx.resolved.currency,
        palette=palette_for(st.context.theme.type),
        alt="Items with the largest change",
    )


def _look_into(ctx: PageContext, result: Drivers, chosen: int | None) -> None:
    names = result.movers["label"].to_pylist()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="wb-look"):
        position = st.selectbox(
            "Look into",
            range(len(names)),
            chosen,
            format_func=lambda index: visible(names[index], limit=80),
            key=f"wb-look-{chosen}-{hash(ctx.view) & 0xFFFFFFFF:x}",
            placeholder="Select a row, or choose here",
            width=320,
        )
        view = _by(ctx.view, result.by)
        if position is not None:
            view = drilled(view, (result.movers["key"][position].as_py(),), next_dimension(view))
        st.button("Its drivers", key="wb-look-drivers", disabled=position is None, on_click=ctx.update, args=(view,))
        if st.button("Open in Explore", key="wb-look-explore", type="primary", disabled=position is None):
            ctx.go(view, "explore")


def _by(view: ViewSpec, key: str) -> ViewSpec:
    return replace(view, by=(key,))


def _ask(ctx: PageContext) -> Drivers:
    return drivers(ctx.engine, ctx.resolved, by=dimension_of(ctx), limit=ctx.settings.table_rows, items=_ITEMS_SHOWN)


def _all_movers(ctx: PageContext) -> Answer:
    found = drivers(ctx.engine, ctx.resolved, by=dimension_of(ctx), limit=MAX_ROWS, items=1)
    return drivers_answer(found, ctx.resolved.currency)


def _parts_answer(result: Drivers) -> Answer:
    table, _ = part_rows(result)
    return Answer("Parts of the change", table, result.queries, (result.sentence,))
