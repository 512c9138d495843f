"""The data dictionary, generated from the declaration of the tables."""

from __future__ import annotations

import streamlit as st

from workbench.schema import TABLES, duckdb_type
from workbench.ui.context import PageContext
from workbench.ui.health.grids import show_rows

__all__ = ["draw"]


def draw(ctx: PageContext) -> None:
    """One table at a time."""
    declared = st.selectbox(
        "Table",
        TABLES,
        format_func=lambda table: f"{table.name} ({len(table.columns)} columns)",
        key="dictionary-table",
        width=420,
    )
    st.text(f"One row is {declared.grain}. Source: {declared.source}.")
    show_rows(
        ctx,
        [
            {
                "Column": column.name,
                "Meaning": column.description,
                "Type": duckdb_type(column.kind),
                "Unit": column.unit,
                "Always there": "yes" if column.required else "no",
                "Source": column.source,
            }
            for column in declared.columns
        ],
        alt=f"Columns of {declared.name}",
        key=f"dictionary-{declared.name}",
    )
