"""What people know about one resource: the recommendations for it and what was decided, and its annotations."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from workbench import formats
from workbench.costs.resources import Resource
from workbench.ui import notes
from workbench.ui.acting import workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.recommendation_table import full_table
from workbench.ui.recommendation_words import amount_of, until_words
from workbench.ui.registry import page_info
from workbench.ui.text import plain
from workbench.ui.workspace_files import exports
from workbench.workspace import Page, Recommendation, RecommendationFilter
from workbench.workspace.note_records import Subject

__all__ = ["draw"]

_LISTED = 10


def draw(ctx: PageContext, found: Resource) -> None:
    """Draw both blocks."""
    _decisions(ctx, found)
    notes.draw(
        ctx, Subject.RESOURCE, found.resource_id, key="resource-own", title="Notes", of=found.resource_id
    )  # fmt: skip


def _decisions(ctx: PageContext, found: Resource) -> None:
    wanted = RecommendationFilter(resource_id=found.resource_id, intentional=None)

    def whole() -> tuple[Recommendation, ...]:
        return workspace(ctx).recommendations.list(wanted, limit=100_000).rows

    block(
        ctx,
        "Recommendations",
        key="resource-decisions",
        load=lambda: workspace(ctx).recommendations.list(wanted, limit=_LISTED),
        draw=lambda page: _draw(found, page),
        empty=lambda _: False,
        exports=lambda page: (
            exports(
                ctx,
                "recommendations-of-a-resource",
                f"Recommendations for {found.resource_id}",
                lambda: full_table(whole()),
                filters=(f"resource = {found.resource_id}", "also what is intentional"),
            )
            if page.rows
            else ()
        ),
        height=120,
    )


def _draw(found: Resource, page: Page) -> None:
    if not page.rows:
        st.caption("No scan that was kept found anything here.")
    accounts = {one.account_id for one in page.rows}
    names = {entry.facts["account_number"]: entry.facts["account_name"] for entry in found.entries}
    target = page_info("recommendations")
    for row in page.rows:
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"wb-resource-rec-{row.id}"):
            st.page_link(
                target.script,
                label=plain(f"{row.id} · {row.title or row.check_id}"),
                icon=target.icon,
                query_params={"id": [str(row.id)]},
            )
            st.caption(plain(_standing(row, names, several=len(accounts) > 1), limit=300))
    with st.container(horizontal=True, gap="medium"):
        if page.total > len(page.rows):
            st.page_link(
                target.script,
                label=f"All {formats.count(page.total)} in the queue",
                icon=target.icon,
                query_params={"resource": [found.resource_id], "waiting": ["no"], "intentional": ["yes"]},
            )
        waste = page_info("waste")
        st.page_link(
            waste.script,
            label="Why it is flagged, or not",
            icon=waste.icon,
            query_params={"part": ["why"], "resource": [found.resource_id]},
        )


def _standing(row: Recommendation, names: Mapping[str | None, str | None], *, several: bool) -> str:
    words = [until_words(row)]
    if row.saving_expected is not None:
        words.append(f"{amount_of(row.saving_expected, row.currency)} a month")
    if several:
        words.append(names.get(row.account_id) or row.account_id)
    if row.assignee:
        words.append(row.assignee)
    if row.due is not None:
        words.append(f"due {formats.iso_date(row.due)}")
    if row.gone_since is not None:
        words.append(f"no longer found since {formats.iso_date(row.gone_since)}")
    return " · ".join(words)
