"""What the cloud costs now, what changed, and what needs a decision."""

import streamlit as st

from workbench.ui import overview_page
from workbench.ui.context import page_context

ctx = page_context()
overview_page.figures(ctx)

chart, decisions = st.columns([3, 1])
with chart:
    overview_page.daily(ctx)
with decisions:
    overview_page.needs_a_decision(ctx)

up, down = st.columns(2)
with up:
    overview_page.largest_changes(ctx, "up")
with down:
    overview_page.largest_changes(ctx, "down")
