"""The page *Recommendations*: the queue or the one that is open, and the rules about what is intentional."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from workbench.ui import acting, notes
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.picking import put
from workbench.ui.recommendations import deciding, detail, intents, queue
from workbench.ui.recommendations.wanted import Wanted, read_wanted

__all__ = ["draw"]

_LAST = "_recommendations_last"

TABS = {"queue": "Queue", "intentional": "Intentional"}


def draw(ctx: PageContext) -> None:
    """Draw the page."""
    acting.said(reload=_reload)
    parts: dict[str, Callable[[], None]] = {"queue": lambda: _queue(ctx), "intentional": lambda: intents.draw(ctx)}
    for part, tab in zip(parts.values(), _tabs(ctx), strict=True):
        if tab.open:
            with tab, calm("Recommendations"):
                part()


def _queue(ctx: PageContext) -> None:
    own = ctx.own_params()
    wanted = _from_the_start(read_wanted(own))
    opened = (own.get("id") or [""])[-1].strip()
    if opened:
        detail.draw(ctx, opened, wanted)
    else:
        queue.draw(ctx, wanted)


def _from_the_start(wanted: Wanted) -> Wanted:
    """After a filter was changed the list begins at its first page again."""
    last: Wanted | None = st.session_state.get(_LAST)
    if last is not None and 1 < wanted.page == last.page and replace(wanted, page=1) != replace(last, page=1):
        put(page=[])
        wanted = replace(wanted, page=1)
    st.session_state[_LAST] = wanted
    return wanted


def _tabs(ctx: PageContext) -> Sequence[Any]:
    asked = (ctx.own_params().get("part") or ["queue"])[-1]

    def changed() -> None:
        chosen = next(name for name, label in TABS.items() if label == st.session_state["rec-part"])
        put(part=[] if chosen == "queue" else [chosen])

    return st.tabs(list(TABS.values()), default=TABS.get(asked, TABS["queue"]), on_change=changed, key="rec-part")


def _reload() -> None:
    deciding.forget()
    intents.forget()
    notes.forget()
