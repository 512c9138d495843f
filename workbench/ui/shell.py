"""The script Streamlit runs on every rerun: navigation, snapshot, view, header, filter bar, then the page.

Whatever fails here or in a page becomes one calm message; see :mod:`workbench.ui.errors`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from workbench.costs import url
from workbench.costs.resolve import resolve
from workbench.costs.view import Basis, Compare, CompareMode, ViewSpec
from workbench.errors import SnapshotMissing, WorkbenchError
from workbench.settings import Settings, load_settings
from workbench.ui import filter_bar, header, saved_views
from workbench.ui.cache import CachedEngine
from workbench.ui.context import PageContext, carried_params, raw_params, set_page_context
from workbench.ui.errors import calm, message_of
from workbench.ui.registry import PAGES, PageInfo
from workbench.ui.source import source_for
from workbench.workspace import Workspace
from workbench.workspace.budgets import Budget

__all__ = ["main"]

# A picture of our own: Streamlit loads a Material symbol for the tab from a Google host.
_ICON = Path(__file__).parent / "assets" / "icon.png"


def main() -> None:
    """Draw one run of the app."""
    st.set_page_config(page_title="FinOps workbench", page_icon=str(_ICON), layout="wide")
    with calm("The app"):
        settings = load_settings()
        pages = {page.key: st.Page(page.script, title=page.title, url_path=page.key) for page in PAGES}
        start = st.Page(lambda: _open_start_page(settings, pages), title="Start", default=True, visibility="hidden")
        current = st.navigation([start, *pages.values()], position="hidden")
        page = next((info for info in PAGES if info.key == current.url_path), None)
        if page is None:
            current.run()
            return
        _navigation(pages)
        context = _context(settings, page)
        if context is None:
            return
        header.draw(context)
        if page.filters and context.resolution is None:
            header.no_charges()
            return
        if page.filters:
            filter_bar.draw(context)
        with calm(page.title):
            current.run()


def _open_start_page(settings: Settings, pages: dict[str, st.Page]) -> None:
    """An address without page and parameters opens the saved view chosen for that, else the page of the settings."""
    chosen = None if raw_params() else saved_views.start_view(settings)
    if chosen is not None:
        st.switch_page(pages[chosen[0]], query_params=chosen[1])
    known = settings.start_page if settings.start_page in pages else PAGES[0].key
    st.switch_page(pages[known], query_params=raw_params())


def _navigation(pages: dict[str, st.Page]) -> None:
    """Links to the pages by section; each keeps the view, which Streamlit's own menu would drop."""
    params = carried_params()
    with st.sidebar:
        st.markdown("**FinOps workbench**")
        section = ""
        for info in PAGES:
            if info.section != section:
                section = info.section
                st.caption(section)
            st.page_link(pages[info.key], label=info.title, icon=info.icon, query_params=params, width="stretch")


def _budgets(settings: Settings, view: ViewSpec) -> tuple[ViewSpec, tuple[Budget, ...], tuple[str, ...]]:
    """The view to resolve with all budgets as they are now, where it is compared with its own; else without any.

    Budgets that cannot be read leave the costs to be seen, compared with nothing, and a notice.
    """
    if view.compare.mode is not CompareMode.BUDGET:
        return view, (), ()
    try:
        return view, tuple(one.budget for one in Workspace(settings).budgets.list()), ()
    except WorkbenchError as error:
        reference = message_of(error, where="Budgets").reference
        told = f"The budgets cannot be read, so nothing is compared: {error.title} (reference {reference})"
        return replace(view, compare=Compare(CompareMode.NONE)), (), (told,)


def _context(settings: Settings, page: PageInfo) -> PageContext | None:
    """Open the snapshot and read the view; None when there is no data yet and the page says so instead."""
    view, notices = url.parse(
        {key: values for key, values in raw_params().items() if not page.owns(key)}, default_basis=Basis(settings.basis)
    )
    try:
        snapshot = source_for(settings).get(view.snapshot)
    except SnapshotMissing as missing:
        header.no_data(page, settings, missing, view.snapshot)
        return None
    engine = CachedEngine(snapshot.engine)
    resolution = None
    if page.filters and snapshot.manifest.rows.get("charges"):
        asked, budgets, unread = _budgets(settings, view)
        resolution = resolve(engine, asked, budgets=budgets)
        notices = (*notices, *unread)
    context = PageContext(
        settings=settings,
        snapshot=snapshot,
        engine=engine,
        view=view,
        notices=(*notices, *(resolution.notices if resolution else ())),
        page=page,
        resolution=resolution,
    )
    set_page_context(context)
    return context


main()
