"""The page *Rightsizing*: controls, figures, table, and the resource that is open."""

from __future__ import annotations

import streamlit as st

from workbench.ui import acting
from workbench.ui.context import PageContext
from workbench.ui.errors import message_of, show_error
from workbench.ui.picking import put
from workbench.ui.rightsizing import controls, detail, listing, summary
from workbench.ui.rightsizing.kept import asked

__all__ = ["draw"]


def draw(ctx: PageContext) -> None:
    """Draw the page."""
    what = asked(ctx)
    controls.draw(ctx, what)
    try:
        ran = controls.ran(ctx, what)
    except Exception as error:
        show_error(message_of(error, where="Rightsizing"))
        options = what.choice.options
        if options.accounts or options.kinds or options.as_of:
            st.button("All kinds and accounts, to the last day", key="wb-rightsizing-reset", on_click=controls.reset())
        return
    acting.said(reload=lambda: put())
    currency = summary.currency_of(ctx, ran)
    controls.saying(ran, currency)
    state = summary.state(ctx, ran)
    if state is not None:
        summary.draw_state(state, ran)
    if not ran.result.advice:
        return
    summary.draw(ctx, ran, currency)
    opened = listing.draw(ctx, ran, currency)
    if opened:
        detail.draw(ctx, ran, opened)
