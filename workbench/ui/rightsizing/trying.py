"""What-if: any size of the catalogue tried on the resource, beside what is advised."""

from __future__ import annotations

import streamlit as st

from workbench import formats
from workbench.catalog.lookup import service_of
from workbench.rightsizing import Advice, WhatIf
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.health.grids import arrow_rows, show_rows
from workbench.ui.picking import choose_one, put
from workbench.ui.rightsizing import charts
from workbench.ui.rightsizing.choice import Tried, read_tried
from workbench.ui.rightsizing.controls import number_in
from workbench.ui.rightsizing.files import run_exports
from workbench.ui.rightsizing.kept import Ran, tried
from workbench.ui.rightsizing.sizes import compared
from workbench.ui.rightsizing.words import PRESET_WORDS, preset_text
from workbench.ui.text import plain

__all__ = ["draw"]


def draw(ctx: PageContext, ran: Ran, one: Advice) -> None:
    """The controls, and what the size would do."""
    if one.kind not in charts.SIZED_KINDS:
        return
    asked = read_tried(ctx.own_params(), ran.result.options)
    with st.container(border=True, gap="small", key="wb-rightsizing-what-if"):
        st.markdown("**What if**")
        _controls(ctx, ran, one, asked)
    if asked is None:
        return
    for notice in asked.notices:
        st.info(plain(notice, limit=300), icon=":material/info:")
    block(
        ctx,
        plain(f"{asked.instance_type} tried on {one.name}"),
        key="rightsizing-tried",
        load=lambda: tried(ran, one, asked.instance_type, asked.options),
        draw=lambda found: _draw(ctx, ran, one, asked, found),
        empty=lambda _: False,
        queries=lambda _: ran.result.queries,
        exports=lambda found: run_exports(
            ctx,
            ran.result,
            "rightsizing-what-if",
            f"{asked.instance_type} tried on {one.name}",
            lambda: arrow_rows(compared(one, found.proposal)),
            filters=(f"asked: {preset_text(asked.options)}, {asked.options.lookback_days} days",),
            draw=charts.picture_of(ran, one, asked.options, asked.instance_type),
        ),
        height=420,
    )


def _controls(ctx: PageContext, ran: Ran, one: Advice, asked: Tried | None) -> None:
    options = ran.result.options
    types = [each.instance_type for each in ran.facts.catalog.types(service=service_of(one.current.instance_type))]
    preset = options.policy.preset
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        choose_one(
            ctx, "try.type", "Try a size", dict(zip(types, types, strict=True)), everything="Choose any size",
            width=220, help="Every size of the catalogue, whether or not it would be offered",
        )  # fmt: skip
        choose_one(
            ctx, "try.preset", "Room to leave", PRESET_WORDS,
            everything=f"As above: {PRESET_WORDS[options.preset].lower()}", width=190,
        )  # fmt: skip
        tried_options = asked.options if asked else options
        for param, label, value, usual in (
            ("try.cpu", "CPU free, %", tried_options.cpu_headroom, preset.cpu_headroom),
            ("try.mem", "Memory free, %", tried_options.memory_headroom, preset.memory_headroom),
        ):
            number_in(
                param, label, None if value is None else round(100.0 * value, 6), None,
                step=5.0, width=140, placeholder=f"{100 * usual:.0f}",
            )  # fmt: skip
        days = tried_options.lookback_days
        number_in("try.days", "Days", float(days), float(options.lookback_days), width=120)
        if asked is not None:
            st.button(
                "Back to the advice", icon=":material/undo:", key="wb-rightsizing-untry",
                on_click=lambda: put(try__type=[], try__preset=[], try__cpu=[], try__mem=[], try__days=[]),
            )  # fmt: skip


def _draw(ctx: PageContext, ran: Ran, one: Advice, asked: Tried, found: WhatIf) -> None:
    days = formats.plural(asked.options.lookback_days, "day")
    st.caption(plain(f"Asked: {preset_text(asked.options)}, {days}", limit=300))
    against = found.proposal.against
    if against:
        st.markdown(f"**{formats.plural(len(against), 'point')} against it**")
        for text in against:
            st.markdown(f"* {plain(text, limit=300)}")
    else:
        st.markdown("**Nothing is against it**")
    show_rows(
        ctx, compared(one, found.proposal), alt="Present, advised and tried size", key="wb-rightsizing-compared",
        widths={"Figure": 160},
        help={"Tried": "CPU at the percentile that must fit, memory at its highest; percent of the size"},
    )  # fmt: skip
    if found.proposal.savings.notes:
        st.caption(plain("Savings of the size tried: " + "; ".join(found.proposal.savings.notes), limit=400))
    charts.draw(ran, one, asked.options, asked.instance_type, key="wb-rightsizing-tried-use")
