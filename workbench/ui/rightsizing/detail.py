"""One resource: what it used, what is proposed and why, what it saves, what is against every other size."""

from __future__ import annotations

import streamlit as st

from workbench import formats
from workbench.rightsizing import Advice, Proposal, advice_table
from workbench.ui.blocks import block
from workbench.ui.charts import CONFIG
from workbench.ui.context import PageContext
from workbench.ui.health.grids import current_palette, show_rows
from workbench.ui.picking import close
from workbench.ui.registry import page_info
from workbench.ui.rightsizing import charts, deciding, trying
from workbench.ui.rightsizing.files import run_exports
from workbench.ui.rightsizing.kept import Ran, with_rejections
from workbench.ui.rightsizing.pictures import savings_picture
from workbench.ui.rightsizing.sizes import evidence_rows, level_rows, proposal_rows, rejected_rows, size_text
from workbench.ui.rightsizing.words import FINDINGS, counts_as, risk_text
from workbench.ui.text import plain, visible

__all__ = ["draw"]


def draw(ctx: PageContext, ran: Ran, name: str) -> None:
    """Draw the resource the address opens."""
    one = ran.named.get(name)
    if one is None:
        with st.container(border=True):
            st.text(f"{visible(name, limit=200)} is not among the resources looked at: other kinds, accounts or data.")
            st.button("Close", key="wb-rightsizing-close", on_click=close("rightsizing-list", "resource"))
        return
    block(
        ctx,
        plain(f"{one.name}: {FINDINGS.get(one.finding, one.finding)}"),
        key="rightsizing-one",
        load=lambda: one,
        draw=lambda found: _draw(ctx, ran, found),
        empty=lambda _: False,
        queries=lambda _: ran.result.queries,
        exports=lambda found: run_exports(
            ctx,
            ran.result,
            "rightsizing-of-one",
            f"Rightsizing of {found.name}",
            lambda: advice_table([found]),
            draw=charts.picture_of(ran, found, ran.result.options, _target(found)),
        ),
        height=700,
    )
    trying.draw(ctx, ran, one)


def _draw(ctx: PageContext, ran: Ran, one: Advice) -> None:
    _head(ctx, one)
    offered = [each for each in (one.proposed, *one.alternatives) if each is not None]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        charts.draw(ran, one, ran.result.options, _target(one), key="wb-rightsizing-use")
        if one.levels:
            show_rows(ctx, level_rows(one), alt="How high it went", key="wb-rightsizing-levels")
    with right:
        _why(one)
        if one.proposed is not None:
            _savings(one.proposed)
    if offered:
        _sizes(ctx, offered)
    _evidence(ctx, one)
    _unchecked(one)
    _rejected(ctx, ran, one)
    deciding.draw(ctx, ran, one)


def _target(one: Advice) -> str:
    return "" if one.proposed is None else one.proposed.size.instance_type


def _head(ctx: PageContext, one: Advice) -> None:
    words = [one.resource_id, size_text(one.current), one.account_name or one.account, one.region, one.env]
    st.text(" · ".join(visible(str(word)) for word in words if word))
    if one.proposed is not None:
        count = counts_as(one)
        st.markdown(
            f"**{plain(one.current.instance_type)} → {plain(one.proposed.size.instance_type)}**"
            + (f" · in the total: {plain(count, limit=200)}" if count else "")
        )
        _badges(one.proposed)
    if one.cost_month is not None:
        amount = formats.money(one.cost_month, one.cost_currency)
        st.caption(plain(f"Costs {amount} a month of 730 hours, effective"))
    for first in one.suppressed_by:
        what = "counts first on it, so this saving is in no total" if one.finding == "over" else "finds it, too"
        st.info(plain(f"{first.title} ({first.check_id}) {what}.", limit=300), icon=":material/layers:")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.page_link(
            page_info("resource").script,
            label="About this resource",
            icon=page_info("resource").icon,
            query_params={**ctx.params(), "resource": [one.resource_id]},
        )
        st.page_link(
            page_info("waste").script,
            label="All checks on it",
            icon=page_info("waste").icon,
            query_params={
                **ctx.params(), "part": ["why"], "resource": [one.resource_id],
                **({"in": [one.account]} if one.account else {}),
            },
        )  # fmt: skip
        st.button("Close", icon=":material/close:", key="wb-rightsizing-close",
                  on_click=close("rightsizing-list", "resource"))  # fmt: skip


def _badges(proposed: Proposal) -> None:
    sure = f", {proposed.confidence_level}" if proposed.confidence_level else ""
    with st.container(horizontal=True, gap="small"):
        st.badge(plain(f"Risk {risk_text(proposed)}"), color="gray")
        if proposed.effort:
            st.badge(plain(f"Effort {proposed.effort}"), color="gray")
        if proposed.confidence is not None:
            st.badge(plain(f"Confidence {proposed.confidence} of 100{sure}"), color="gray")


def _why(one: Advice) -> None:
    st.markdown("**Why**")
    parts = [part.text for part in one.explanation if part.topic not in ("resource", "unchecked")]
    for text in parts or [one.reason]:
        st.markdown(plain(text, limit=900))
    for need in one.needs:
        st.markdown(f"Needs: {plain(need, limit=300)}")


def _savings(proposed: Proposal) -> None:
    found = proposed.savings
    amount = found.today if found.today is not None else found.at_list
    st.markdown("**What it saves a month**" if amount is None or amount >= 0 else "**What it costs a month more**")
    if found.at_list is None and found.today is None:
        st.caption(plain(f"Cannot be told: {found.status.replace('_', ' ')}", limit=300))
    chart = savings_picture(found, current_palette())
    if chart is not None:
        st.plotly_chart(
            chart, theme=None, config=CONFIG, key="wb-rightsizing-savings",
            alt="Saving a month at list price, on today's bill and after commitments end",
        )  # fmt: skip
    elif found.at_list is not None:
        listed = formats.money(found.at_list, found.currency)
        st.markdown(f"{plain(listed)} at list price; what it saves today is not known")
    if chart is not None and amount is not None and amount < 0:
        st.caption("Below zero: the bill grows by it.")
    if found.today is not None and found.expiry is None:
        st.caption("No commitment it runs on ends within a year.")
    for note in found.notes:
        st.caption(plain(f"{note[0].upper()}{note[1:]}.", limit=300))
    if proposed.size.price_day is not None:
        source = f", {proposed.size.price_note}" if proposed.size.price_note else ""
        st.caption(plain(f"List price of {formats.iso_date(proposed.size.price_day)}{source}", limit=300))


def _sizes(ctx: PageContext, offered: list[Proposal]) -> None:
    st.markdown("**Advised size and alternatives**" if len(offered) > 1 else "**Advised size**")
    show_rows(
        ctx,
        proposal_rows(offered),
        alt="Sizes to move to",
        key="wb-rightsizing-sizes",
        money=("Saves today", "At list price", "After expiry"),
        hidden=("Currency",),
        help={"CPU expected": "Percent of that size, at the percentile that must fit",
              "Memory expected": "Percent of that size, at the highest sample"},
    )  # fmt: skip


def _evidence(ctx: PageContext, one: Advice) -> None:
    rows = evidence_rows(one)
    if rows:
        st.markdown("**Figures**")
        show_rows(ctx, rows, alt="Figures", key="wb-rightsizing-evidence")


def _unchecked(one: Advice) -> None:
    texts = [part.text for part in one.explanation if part.topic == "unchecked"]
    said = " ".join(texts).casefold()
    texts += [f"{note[0].upper()}{note[1:]}." for note in one.notes if note and note.casefold() not in said]
    if texts:
        st.markdown("**What was not checked, and what limits it**")
        for text in texts:
            st.caption(plain(text, limit=500))


def _rejected(ctx: PageContext, ran: Ran, one: Advice) -> None:
    if one.kind not in charts.SIZED_KINDS or not (one.rejected or one.levels):
        return
    with st.expander(
        "Sizes that are not offered, and why", icon=":material/block:", on_change="rerun", key="wb-rightsizing-rejected"
    ) as part:
        if not part.open:
            return
        with st.spinner("Judging every size"):
            rows = rejected_rows(with_rejections(ran, one).rejected)
        if not rows:
            st.caption("Every size that was judged is offered.")
            return
        show_rows(ctx, rows, alt="Sizes that are not offered", key="wb-rightsizing-rejected-rows",
                  widths={"Why not": 520})  # fmt: skip
        st.caption("Those with the fewest reasons against them come first.")
