"""The data dictionary, generated from the declaration of the tables and views."""

from __future__ import annotations

import streamlit as st

from workbench import formats
from workbench.export import Answer
from workbench.schema import TABLES, VIEWS, Table, View, duckdb_type
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.export_menu import data_exports
from workbench.ui.health.grids import arrow_rows, show_rows
from workbench.ui.text import plain

__all__ = ["draw", "found_columns"]

_DECLARED: tuple[Table, ...] = (*TABLES, *VIEWS)


def found_columns(search: str) -> tuple[dict[str, str], ...]:
    """Columns of all tables and views, in which every word of ``search`` occurs: in name, meaning, unit or source."""
    words = search.lower().split()
    return tuple(
        row
        for declared in _DECLARED
        for row in _rows(declared)
        if all(word in " ".join(row.values()).lower() for word in words)
    )


def draw(ctx: PageContext) -> None:
    """One table at a time, or the columns of all that hold a text."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        search = st.text_input(
            "Search all columns", key="dictionary-search", placeholder="Word in a name or meaning", width=320
        )
        declared = st.selectbox(
            "Table or view",
            _DECLARED,
            format_func=_heading,
            key="dictionary-table",
            width=420,
            disabled=bool(search.strip()),
        )
    if search.strip():
        found = found_columns(search)
        title, note = "Columns found", f"{formats.plural(len(found), 'column')} with “{plain(search.strip())}”"
    else:
        found = tuple({key: value for key, value in row.items() if key != "Table"} for row in _rows(declared))
        title = plain(declared.name)
        kind = "View" if isinstance(declared, View) else "Table"
        note = plain(f"{kind}. One row is {declared.grain}. Source: {declared.source}.", limit=400)
    block(
        ctx,
        title,
        key="dictionary",
        note=note,
        load=lambda: found,
        draw=lambda rows: show_rows(ctx, rows, alt="Data dictionary", key=f"dictionary-{declared.name}-{search}"),
        empty=lambda _: False,
        exports=lambda rows: data_exports(
            ctx, "dictionary", lambda: Answer("Data dictionary", arrow_rows(rows), ()), basis="none"
        ),
    )


def _heading(declared: Table) -> str:
    kind = "view, " if isinstance(declared, View) else ""
    return f"{declared.name} ({kind}{len(declared.columns)} columns)"


def _rows(declared: Table) -> tuple[dict[str, str], ...]:
    return tuple(
        {
            "Table": declared.name,
            "Column": column.name,
            "Meaning": column.description,
            "Type": duckdb_type(column.kind),
            "Unit": column.unit,
            "Always there": "yes" if column.required else "no",
            "Source": column.source,
        }
        for column in declared.columns
    )
