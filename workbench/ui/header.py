"""The top of every page: its title, the strip that says what the numbers are, and banners about the data's state."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from workbench import clock, formats
from workbench.errors import SnapshotMissing
from workbench.postgres import OpenData
from workbench.settings import Settings
from workbench.ui import saved_views
from workbench.ui.context import PageContext, write_params
from workbench.ui.health import load_bills
from workbench.ui.registry import PageInfo
from workbench.ui.text import plain
from workbench.ui.words import BASES

__all__ = ["banners", "draw", "no_charges", "no_data", "strip"]


def draw(ctx: PageContext) -> None:
    """Draw title, strip, saved views and banners."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="wb-header"):
        # One part beside the button: a long strip breaks within it and does not push the button down.
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="stretch"):
            st.title(ctx.page.title, anchor=False, width="content")
            st.caption(strip(ctx), width="stretch")
        saved_views.draw(ctx)
    for banner in banners(ctx.snapshot, ctx.settings):
        st.warning(plain(banner, limit=400), icon=":material/history:")
    if ctx.notices:
        st.info("  \n".join(plain(notice, limit=400) for notice in ctx.notices), icon=":material/info:")


def strip(ctx: PageContext) -> str:
    """Period, basis, currency, comparison, snapshot with its age, engine: one line of Markdown, data escaped."""
    manifest = ctx.snapshot.manifest
    parts: list[str] = []
    view = ctx.resolution
    if view is not None:
        parts.append(f"**{plain(view.label)}**")
        parts.append(f"{BASES[view.basis]} in {plain(view.currency)}")
        if view.comparison is not None:
            compared = view.comparison.period
            parts.append(f"vs {plain(formats.period(compared.first, compared.last))}")
        elif view.planned is not None:
            parts.append(f"vs {plain(view.planned.label)}")
    pinned = "pinned " if ctx.view.snapshot else ""
    parts.append(f"{pinned}snapshot of {formats.timestamp(manifest.created_at)}, {_age(ctx.snapshot)} old")
    parts.append(ctx.engine.name)
    return " · ".join(parts)


def banners(snapshot: OpenData, settings: Settings) -> tuple[str, ...]:
    """What is wrong with the data being shown: an earlier snapshot answers, or it is stale."""
    found = [snapshot.notice] if snapshot.notice else []
    if clock.now() - snapshot.manifest.created_at > timedelta(hours=settings.stale_after_hours):
        found.append(
            f"The data is {_age(snapshot)} old: the snapshot was published on "
            f"{formats.timestamp(snapshot.manifest.created_at)}. Load newer bills with: workbench ingest PATH"
        )
    return tuple(found)


def _age(snapshot: OpenData) -> str:
    return formats.age(clock.now() - snapshot.manifest.created_at)


def no_data(page: PageInfo, settings: Settings, missing: SnapshotMissing, pinned: str | None) -> None:
    """Instead of a page: nothing has been published, or the snapshot of the link is gone."""
    st.title(page.title, anchor=False)
    with st.container(border=True):
        if pinned is not None:
            st.markdown("**The snapshot of this link is not here any more**")
            st.text(str(missing))
            st.button("Show the current snapshot", type="primary", on_click=write_params, args=({},))
            return
        st.markdown("**No data yet**")
        st.markdown("Load a bill: FOCUS, or AWS Cost and Usage Reports, as files or a folder.")
        st.code("workbench ingest path/to/bills", language="bash")
        st.markdown("Or look around first, in a simulated company.")
        st.code("workbench demo", language="bash")
        st.text(f"Data is kept in {settings.home}")
        st.button("Check again", icon=":material/refresh:")
    with st.container(border=True):
        st.markdown("**Load bills from here**")
        load_bills.draw(settings)


def no_charges() -> None:
    """Instead of a cost page: the snapshot is there but holds no charge line."""
    with st.container(border=True):
        st.markdown("**No charges have been loaded**")
        st.markdown("Files were offered but none of them could be loaded. *Data health* says why, row by row.")
        st.code("workbench ingest path/to/bills", language="bash")
