"""The page *Waste*: one scan, four tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from workbench.ui.context import PageContext
from workbench.ui.errors import message_of, show_error
from workbench.ui.picking import put
from workbench.ui.waste import checks, controls, detail, findings, history, summary, whynot
from workbench.ui.waste.kept import Asked, Scanned, asked
from workbench.ui.waste.sums import main_currency

__all__ = ["draw"]

TABS = {"findings": "Findings", "checks": "Checks", "why": "Why not", "history": "History"}


def draw(ctx: PageContext) -> None:
    """Draw the page."""
    what = asked(ctx)
    controls.draw(ctx, what)
    try:
        scanned = controls.run(ctx, what)
    except Exception as error:
        show_error(message_of(error, where="The scan"))
        _way_out(what)
        return
    currency = main_currency(scanned.result, ctx.view.currency, scanned.ground.currency)
    controls.saying(ctx, what, scanned, currency)
    parts: dict[str, Callable[[], None]] = {
        "findings": lambda: _findings(ctx, what, scanned, currency),
        "checks": lambda: checks.draw(ctx, what, scanned, currency),
        "why": lambda: whynot.draw(ctx, what, scanned),
        "history": lambda: history.draw(ctx, currency),
    }
    for part, tab in zip(parts.values(), _tabs(ctx), strict=True):
        if tab.open:
            with tab:
                part()


def _tabs(ctx: PageContext) -> Sequence[Any]:
    asked_for = (ctx.own_params().get("part") or ["findings"])[-1]

    def changed() -> None:
        chosen = next(name for name, label in TABS.items() if label == st.session_state["waste-part"])
        put(part=[] if chosen == "findings" else [chosen])

    return st.tabs(
        list(TABS.values()), default=TABS.get(asked_for, TABS["findings"]), on_change=changed, key="waste-part"
    )


def _findings(ctx: PageContext, what: Asked, scanned: Scanned, currency: str) -> None:
    summary.draw_tiles_of(ctx, scanned, currency)
    summary.draw_outcomes(ctx, scanned)
    summary.draw_treemap(ctx, what, scanned, currency)
    opened = findings.draw(ctx, what, scanned, currency)
    if opened:
        detail.draw(ctx, what, scanned, opened)


def _way_out(what: Asked) -> None:
    """After an error the choice that led to it can be taken back."""
    if what.choice.accounts or what.choice.as_of or what.choice.given:
        st.button(
            "Scan all accounts, to the last day, with the preset",
            key="wb-waste-reset",
            on_click=lambda: put(account=[], asof=[], set=[]),
        )
