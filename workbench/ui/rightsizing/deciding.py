"""A proposal taken on: what the workspace has of the resource, and the button that makes a recommendation of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from workbench import formats
from workbench.rightsizing import Accepted, Advice, Proposal, accept, mark_duplicates, same_money
from workbench.rightsizing.accept import CHECK_ID
from workbench.ui.acting import attempt, refused_because, said, workspace
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.recommendation_words import amount_of, until_words
from workbench.ui.registry import page_info
from workbench.ui.rightsizing.kept import Ran
from workbench.ui.text import plain, visible
from workbench.workspace import Permission, Recommendation, RecommendationFilter, State
from workbench.workspace.lifecycle import UNDECIDED

__all__ = ["draw"]

_PLACE = "rightsizing-accept"
_OPEN = (*UNDECIDED, State.EXPIRED)


def draw(ctx: PageContext, ran: Ran, one: Advice) -> None:
    """State of its recommendations, and the way to take a proposal on."""
    with calm("Recommendations"):
        said(reload=lambda: None, place=_PLACE)
        known = _existing(ctx, one)
        same = same_money(workspace(ctx), one)
        offered = [each for each in (one.proposed, *one.alternatives) if each is not None]
        if not (known or same or (offered and one.finding == "over")):
            return
        st.markdown("**Decision**")
        for each in known:
            _link(each, "Taken on")
        for each in same:
            _link(each, "Waste recommends for the same money")
        if known and same:
            _duplicates(ctx, known[0], same)
        if offered and one.finding == "over" and (not known or known[0].state in _OPEN):
            _offer(ctx, ran, one, offered)


def _existing(ctx: PageContext, one: Advice) -> Sequence[Recommendation]:
    wanted = RecommendationFilter(
        account_id=one.account, resource_id=one.resource_id, check_id=CHECK_ID, intentional=None
    )
    return workspace(ctx).recommendations.list(wanted, limit=5).rows


def _link(each: Recommendation, words: str) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        amount = "" if each.saving_expected is None else f", {amount_of(each.saving_expected, each.currency)} a month"
        st.text(f"{words}: {visible(each.title, limit=120)}, {until_words(each)}{amount}", width="content")
        st.page_link(
            page_info("recommendations").script,
            label=f"Recommendation {each.id}",
            icon=page_info("recommendations").icon,
            query_params={"id": [str(each.id)]},
        )


def _duplicates(ctx: PageContext, kept: Recommendation, same: Sequence[Recommendation]) -> None:
    reason = refused_because(Permission.DECIDE)

    def mark() -> None:
        def act() -> str:
            marked = mark_duplicates(workspace(ctx), Accepted(kept, tuple(same)))
            return f"{formats.plural(len(marked), 'recommendation')} marked as duplicates of {kept.id}"

        attempt("Mark as duplicates", act, place=_PLACE)

    st.button(
        f"Mark {formats.plural(len(same), 'recommendation')} of Waste as duplicates", icon=":material/content_copy:",
        key="wb-rightsizing-duplicates", on_click=mark, disabled=bool(reason), help=plain(reason, limit=300) or None,
    )  # fmt: skip


def _offer(ctx: PageContext, ran: Ran, one: Advice, offered: Sequence[Proposal]) -> None:
    if one.suppressed_by:
        first = one.suppressed_by[0]
        st.caption(plain(f"{first.title} comes first on this resource: do not count both savings.", limit=300))
    reason = refused_because(Permission.DECIDE) or refused_because(Permission.RECORD_SCANS)
    if not reason and ctx.view.snapshot is not None:
        reason = "The address names a snapshot, which may be an earlier one"
    sizes = [each.size.instance_type for each in offered]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen = sizes[0]
        if len(sizes) > 1:
            chosen = st.selectbox(
                "Take on", sizes, format_func=visible, key=f"wb-rightsizing-take-{hash(one.key) & 0xFFFFFFFF:x}",
                width=220,
            )  # fmt: skip
        proposal = offered[sizes.index(chosen)]

        def take() -> None:
            def act() -> str:
                taken = accept(workspace(ctx), ran.result, one, proposal)
                more = f"; {formats.plural(len(taken.duplicates), 'recommendation')} of Waste is about the same money"
                return f"Recommendation {taken.recommendation.id} approved" + (more if taken.duplicates else "")

            attempt("Taking it on", act, place=_PLACE)

        st.button(
            plain(f"Accept {chosen}"), type="primary", icon=":material/check:", key="wb-rightsizing-accept",
            on_click=take, disabled=bool(reason),
        )  # fmt: skip
    if reason:
        st.caption(f":material/lock: {plain(reason, limit=300)}")
    else:
        st.caption("Makes an approved recommendation with this evidence. Nothing is changed in the cloud.")
