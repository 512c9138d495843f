"""Stored SQL with parameters, answers and plans; a SELECT of one's own where that is allowed."""

import streamlit as st

from workbench.ui import queries_page
from workbench.ui.context import page_context

ctx = page_context()
parts = {"Stored queries": lambda: queries_page.draw_stored(ctx)}
if ctx.settings.free_sql:
    parts["SQL of one's own"] = lambda: queries_page.draw_free(ctx)
for tab, draw in zip(st.tabs(list(parts), on_change="rerun", key="queries-part"), parts.values(), strict=True):
    if tab.open:
        with tab:
            draw()
