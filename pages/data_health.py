"""Is the bill all there, does it match the invoices, and what was loaded?"""

import streamlit as st

from workbench.ui.context import page_context
from workbench.ui.health import (
    completeness,
    dictionary,
    invoices,
    load_bills,
    loads,
    price_lists,
    quality,
    snapshots,
    tie_out,
)

ctx = page_context()
result, saved = tie_out.compare_bill(ctx)
tie_out.comparison(ctx, result)
completeness.facts(ctx)

parts = {
    "Expected totals": lambda: invoices.draw(ctx, result, saved),
    "Bill totals": lambda: tie_out.totals(ctx, result),
    "Completeness": lambda: completeness.days(ctx),
    "Files": lambda: loads.draw(ctx),
    "Quality": lambda: quality.draw(ctx),
    "Snapshots": lambda: snapshots.draw(ctx),
    "Price lists": lambda: price_lists.draw(ctx),
    "Load bills": lambda: load_bills.draw(ctx.settings),
    "Dictionary": lambda: dictionary.draw(ctx),
}
# Only the open tab runs: the others would ask the engine for nothing.
for tab, draw in zip(st.tabs(list(parts), on_change="rerun", key="health-part"), parts.values(), strict=True):
    if tab.open:
        with tab:
            draw()
