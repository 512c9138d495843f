"""The search for a resource among all of bill and inventory, a page of rows at a time.

The address holds the search: ``q`` (text), ``type`` and ``page`` (1 first).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from workbench import formats
from workbench.costs.resources import ResourcePage, find_resources, resource_types
from workbench.export import Answer
from workbench.schema.resources import kind_of
from workbench.ui.blocks import block
from workbench.ui.charts import palette_for
from workbench.ui.context import PageContext
from workbench.ui.export_menu import data_exports
from workbench.ui.table import TableColumn, show_table
from workbench.ui.text import visible

__all__ = ["draw", "type_name"]

_ROWS = 50
_EXPORTED = 1_000_000

_COLUMNS: tuple[TableColumn, ...] = (
    TableColumn("name", "Name", width=220),
    TableColumn("type", "Type"),
    TableColumn("cost", "30 days", "money", help="Effective cost of the last 30 complete days of the bill"),
    TableColumn("list_cost_month", "List price, $ a month", "quantity", help="List price in USD, without traffic"),
    TableColumn("account", "Account"),
    TableColumn("region", "Region"),
    TableColumn("size", "Size"),
    TableColumn("state", "State"),
    TableColumn("env", "Env"),
    TableColumn("team", "Team"),
    TableColumn("where", "Known from"),
    TableColumn("resource_id", "Id", width=260),
)
_ELSEWHERE = TableColumn("elsewhere", "30 days, other currency")


def type_name(resource_type: str | None) -> str:
    """A type in words: ``NAT gateway``; as it is on the bill where it is no inventory table."""
    kind = kind_of(resource_type or "")
    return kind.noun if kind else resource_type or "not stated"


def draw(ctx: PageContext) -> None:
    """Search, the rows of one page, and the way to one of them."""
    own = ctx.own_params()
    search, chosen_type = _first(own, "q"), _first(own, "type") or None
    number = _first(own, "page")
    page = max(int(number), 1) if number.isdigit() and len(number) < 7 else 1
    _controls(ctx, search, chosen_type)

    def ask(limit: int, offset: int) -> ResourcePage:
        return find_resources(ctx.engine, search=search, resource_type=chosen_type, limit=limit, offset=offset)

    def export() -> Answer:
        found = ask(_EXPORTED, 0)
        return Answer("Resources", found.table, found.queries)

    block(
        ctx,
        "Resources",
        key="resources",
        note="Every resource of the inventory and of the bill, the costliest of the last 30 complete days first.",
        load=lambda: ask(_ROWS, (page - 1) * _ROWS),
        draw=lambda found: _draw(ctx, found, search, chosen_type),
        empty=lambda _: False,
        exports=lambda _: data_exports(ctx, "resources", export, basis="effective"),
        height=640,
    )


def _controls(ctx: PageContext, search: str, chosen_type: str | None) -> None:
    types = resource_types(ctx.engine)
    counts = dict(types)
    names: list[str | None] = [None, *counts]
    if chosen_type is not None and chosen_type not in counts:
        names.append(chosen_type)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input(
            "Search",
            value=search,
            key=f"wb-find-{search}",
            placeholder="Id, name, type or tag such as team=web",
            on_change=lambda: ctx.choose(q=st.session_state[f"wb-find-{search}"].strip() or None, page=None),
            width=420,
        )
        st.selectbox(
            "Type",
            names,
            names.index(chosen_type),
            format_func=lambda name: (
                "All types" if name is None else f"{visible(type_name(name))} ({formats.count(counts.get(name, 0))})"
            ),
            key=f"wb-type-{chosen_type}",
            on_change=lambda: ctx.choose(type=st.session_state[f"wb-type-{chosen_type}"], page=None),
            width=240,
        )


def _draw(ctx: PageContext, found: ResourcePage, search: str, chosen_type: str | None) -> None:
    if not found.total:
        st.caption("No resource of the bill or the inventory matches.")
        if search or chosen_type:
            st.button(
                "Clear the search", key="wb-find-clear", on_click=lambda: ctx.choose(q=None, type=None, page=None)
            )
        return
    currency = ctx.resolved.currency
    table = _shown(found.table, currency)
    columns = list(_COLUMNS)
    if any(table["elsewhere"].to_pylist()):
        columns.insert(3, _ELSEWHERE)
    stamp = f"{hash((search, chosen_type, found.offset, ctx.engine.snapshot_id)) & 0xFFFFFFFF:x}"
    chosen = show_table(
        table,
        columns,
        key=f"wb-resources-{stamp}",
        currency=currency,
        palette=palette_for(st.context.theme.type),
        alt="Resources",
        selectable=True,
    )
    last = found.offset + found.table.num_rows
    st.caption(
        f"{formats.count(found.offset + 1)} to {formats.count(last)} of {formats.plural(found.total, 'resource')}"
    )
    _bar(ctx, found, chosen, stamp)


def _bar(ctx: PageContext, found: ResourcePage, chosen: int | None, stamp: str) -> None:
    """Open a row, or turn the page."""
    ids, names = found.table["resource_id"].to_pylist(), found.table["name"].to_pylist()
    number = found.offset // _ROWS + 1
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        position = st.selectbox(
            "Resource",
            range(len(ids)),
            chosen,
            format_func=lambda n: visible(names[n] if names[n] == ids[n] else f"{names[n]} ({ids[n]})", limit=90),
            key=f"wb-open-{stamp}-{chosen}",
            placeholder="Select a row, or choose here",
            width=420,
        )
        st.button(
            "Open",
            type="primary",
            key="wb-open",
            disabled=position is None,
            on_click=lambda: ctx.choose(resource=ids[position or 0]),
        )
        if found.total > _ROWS:
            st.button(
                "Previous page",
                key="wb-page-back",
                disabled=number == 1,
                on_click=lambda: ctx.choose(page=str(number - 1) if number > 2 else None),
            )
            st.button(
                "Next page",
                key="wb-page-on",
                disabled=found.offset + len(ids) >= found.total,
                on_click=lambda: ctx.choose(page=str(number + 1)),
            )


def _shown(table: pa.Table, currency: str) -> pa.Table:
    """Amounts in the currency shown apart from those in others; one text for type, account and where it is known."""
    rows = table.to_pylist()
    same = pc.equal(table["cost_currency"], currency)
    return (
        table.append_column("type", pa.array([type_name(row["resource_type"]) for row in rows], pa.string()))
        .append_column("cost", pc.if_else(same, table["cost_30d"], None))
        .append_column("elsewhere", pa.array([_elsewhere(row, currency) for row in rows], pa.string()))
        .append_column("account", pc.coalesce(table["account_name"], table["account_number"]))
        .append_column("where", pa.array([_where(row) for row in rows], pa.string()))
    )


def _elsewhere(row: dict[str, Any], currency: str) -> str | None:
    if (row["cost_currencies"] or 0) > 1:
        return "several currencies"
    if row["cost_30d"] is None or row["cost_currency"] == currency:
        return None
    return formats.money(row["cost_30d"], row["cost_currency"])


def _where(row: dict[str, Any]) -> str:
    if row["in_inventory"]:
        return "bill and inventory" if row["on_bill"] else "inventory"
    return "bill"


def _first(params: dict[str, list[str]], key: str) -> str:
    values = params.get(key) or [""]
    return values[0]
