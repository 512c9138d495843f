"""The finding filter and the table; the row picked is opened below it."""

from __future__ import annotations

import streamlit as st

from workbench import formats
from workbench.rightsizing import advice_table
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.health.grids import current_palette
from workbench.ui.picking import picked, put, table_key, type_in
from workbench.ui.rightsizing.choice import Wanted, name_of, read_wanted
from workbench.ui.rightsizing.files import run_exports
from workbench.ui.rightsizing.kept import Ran
from workbench.ui.rightsizing.rows import Shown, columns, in_words, select, table_of
from workbench.ui.rightsizing.sums import by_group
from workbench.ui.rightsizing.words import GROUPS
from workbench.ui.table import show_table
from workbench.ui.text import plain

__all__ = ["draw"]


def draw(ctx: PageContext, ran: Ran, currency: str) -> str:
    """Draw filters and table; the name of the resource to open, empty for none."""
    wanted = read_wanted(ctx.own_params())
    shown = select(ran.result.advice, wanted)
    opened = [(ctx.own_params().get("resource") or [""])[-1]]
    words = GROUPS[wanted.group][0] if wanted.group in GROUPS else "All"

    def show(found: Shown) -> None:
        _filters(ctx, ran, wanted)
        _hidden(found)
        if not found.advice:
            _nothing(found, wanted)
            return
        opened[0] = _table(ctx, ran, found, currency, wanted)

    block(
        ctx,
        "Resources",
        key="rightsizing-list",
        load=lambda: shown,
        draw=show,
        empty=lambda _: False,
        queries=lambda _: ran.result.queries,
        exports=lambda found: (
            run_exports(
                ctx,
                ran.result,
                "rightsizing",
                "Rightsizing",
                lambda: advice_table(found.advice),
                filters=in_words(wanted, words),
            )
            if found.advice
            else ()
        ),
        height=640,
    )
    return opened[0]


def _filters(ctx: PageContext, ran: Ran, wanted: Wanted) -> None:
    groups = by_group(ran.result.advice)
    names = {name: f"{words} {formats.count(groups[name])}" for name, (words, _) in GROUPS.items()}
    names["all"] = f"All {formats.count(len(ran.result.advice))}"
    key = f"wb-only-finding-{wanted.group}"

    def changed() -> None:
        chosen = st.session_state[key]
        put(only__finding=[chosen] if chosen and chosen != "over" else [])

    st.pills(
        "Finding", list(names), default=wanted.group, format_func=names.__getitem__, key=key, on_change=changed,
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="wb-rightsizing-filters"):
        type_in(ctx, "only.q", "Search", placeholder="Name, id, account, size or kind", width=260)
        st.toggle(
            "Also small, risky or unsure",
            wanted.small,
            key=f"wb-only-small-{wanted.small}",
            on_change=lambda: put(only__small=[] if wanted.small else ["yes"]),
        )


def _hidden(found: Shown) -> None:
    if not found.small:
        return
    amounts = ", ".join(formats.money(amount, code) for code, amount in found.small_sums)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        text = f"{formats.plural(found.small, 'proposal')} small, risky or unsure not listed"
        text += f": {amounts} a month, sum of rows" if amounts else ""
        st.caption(plain(text), width="content")
        st.button(
            "Show them", key="wb-rightsizing-show-small", type="tertiary", on_click=lambda: put(only__small=["yes"])
        )


def _nothing(found: Shown, wanted: Wanted) -> None:
    if found.small:
        st.caption("Nothing else matches.")
    elif wanted.search:
        st.caption("Nothing matches the search.")
        st.button("Clear the search", key="wb-rightsizing-clear", on_click=lambda: put(only__q=[]))
    else:
        st.caption(f"No resource is {GROUPS[wanted.group][0].lower()}." if wanted.group in GROUPS else "No resource.")


def _table(ctx: PageContext, ran: Ran, found: Shown, currency: str, wanted: Wanted) -> str:
    limit = ctx.settings.table_rows
    cut = found.advice[:limit]
    key = table_key("rightsizing-list", (wanted, currency, ran.key[:2], len(found.advice)))
    position = show_table(
        table_of(cut, currency),
        columns(cut, currency),
        key=key,
        currency=currency,
        palette=current_palette(),
        alt="Resources and their sizes",
        selectable=True,
    )
    words = [
        formats.plural(len(found.advice), "resource")
        if len(cut) == len(found.advice)
        else f"{formats.count(len(cut))} of {formats.plural(len(found.advice), 'resource')}; the export has all"
    ]
    words.append("savings are each as if alone and do not add up to the total")
    words.append("select a row to see why")
    st.caption(" · ".join(words))
    return picked(ctx, "resource", key, position, [name_of(*one.key) for one in cut])
