"""Saved views: the popover in the header of every page, and the view the app opens with.

A saved view is a page and its address, so it opens with a link and keeps relative periods relative. The popover reads
the workspace only while it is open. A change carries the version that was on the screen: what somebody else changed
meanwhile is shown before it can be overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

import streamlit as st

from workbench import formats
from workbench.costs import url
from workbench.errors import WorkbenchError
from workbench.log import get_logger
from workbench.settings import Settings
from workbench.ui.acting import allowed, attempt, principal, refused_because, said, workspace
from workbench.ui.context import PageContext, write_params
from workbench.ui.errors import calm
from workbench.ui.registry import PAGES, PageInfo
from workbench.ui.text import plain
from workbench.workspace import Permission, Workspace
from workbench.workspace.note_records import SavedView, View

__all__ = ["address_of", "draw", "popover_key", "start_view"]

_log = get_logger(__name__)

_CHANGING = "_views_changing"
_TURN = "_views_turn"
_PLACE = "views"
_SEARCH_FROM = 8
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class _Opened:
    """The view being changed, as it was when that began."""

    id: int
    version: int


def draw(ctx: PageContext) -> None:
    """Draw the popover; its body runs only while it is open."""
    popover = st.popover("Views", icon=":material/bookmarks:", on_change="rerun", key=popover_key(ctx))
    if not popover.open:
        return
    with popover, calm("Saved views"):
        said(_stop_changing, place=_PLACE)
        found = workspace(ctx).views.list()
        _listed(ctx, found)
        if allowed(Permission.SAVE_VIEWS):
            _form(ctx)


def start_view(settings: Settings) -> tuple[str, dict[str, list[str]]] | None:
    """Page and parameters of the view one's app opens with; None for the usual page.

    A workspace that cannot be read, or a page that is no more, never keeps the app from opening.
    """
    try:
        saved = Workspace(settings, principal=principal()).views.start()
    except WorkbenchError as error:
        _log.warning("the view to open with could not be read", code=error.code, exc_info=error)
        return None
    if saved is None or _page(saved.view) is None:
        return None
    return saved.view.page, _params(saved.view)


def address_of(ctx: PageContext) -> str:
    """What is shown now as the part of the address after the question mark, written one way only."""
    pinned = {"snap": [ctx.view.snapshot]} if ctx.view.snapshot else {}
    view = url.to_params(ctx.view) if ctx.page.filters else pinned
    return urlencode({**ctx.own_params(), **view}, doseq=True, safe=":,.!/")


def popover_key(ctx: PageContext) -> str:
    """Another address closes the popover."""
    shown = f"{ctx.page.key}?{address_of(ctx)}"
    return f"wb-views-{hashlib.blake2s(shown.encode(), digest_size=4).hexdigest()}"


def _params(view: View) -> dict[str, list[str]]:
    return parse_qs(view.query, keep_blank_values=True)


def _page(view: View) -> PageInfo | None:
    return next((page for page in PAGES if page.key == view.page), None)


def _listed(ctx: PageContext, found: Sequence[SavedView]) -> None:
    me = principal().name
    if not found:
        st.caption("No saved views yet. A saved view keeps a page with its period, filters and grouping.")
        return
    words = ""
    if len(found) > _SEARCH_FROM:
        words = st.text_input("Search", key="wb-views-search", placeholder="Part of a name").strip().casefold()
    shown = [one for one in found if words in one.view.name.casefold()]
    with st.container(gap="xsmall", height=340 if len(shown) > _SEARCH_FROM else "content", key="wb-views-list"):
        for one in shown:
            _row(ctx, one, mine=one.owner == me)
    if not shown:
        st.caption("No view has this in its name.")


def _row(ctx: PageContext, one: SavedView, *, mine: bool) -> None:
    opened: _Opened | None = st.session_state.get(_CHANGING)
    may_change = mine and not refused_because(Permission.SAVE_VIEWS)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=f"wb-view-{one.id}"):
        with st.container(gap=None, width="stretch"):
            page = _page(one.view)
            _open(ctx, one, page)
            st.caption(plain(_about(ctx, one, page, mine=mine), limit=200))
        if may_change:
            st.button(
                "Change",
                icon=":material/edit:",
                type="tertiary",
                key=f"wb-view-change-{one.id}",
                on_click=_begin_changing,
                args=(one,),
            )
    if may_change and opened is not None and opened.id == one.id:
        _change(ctx, one, opened)


def _open(ctx: PageContext, one: SavedView, page: PageInfo | None) -> None:
    """The way to a view."""
    label = plain(one.view.name, limit=_NAME_LENGTH)
    if page is None:
        st.text(one.view.name)
    elif page is ctx.page:
        # A link to the page that is open would leave the old parameters in the address bar.
        st.button(
            label,
            icon=page.icon,
            type="tertiary",
            key=f"wb-view-open-{one.id}",
            on_click=write_params,
            args=(_params(one.view),),
        )
    else:
        st.page_link(page.script, label=label, icon=page.icon, query_params=_params(one.view), width="stretch")


def _about(ctx: PageContext, one: SavedView, page: PageInfo | None, *, mine: bool) -> str:
    parts = [page.title if page else f"The page {one.view.page} is no more"]
    if not mine:
        parts.append(f"shared by {one.owner}")
    elif one.view.shared:
        parts.append("shared")
    if mine and one.view.start:
        parts.append("the app opens with it")
    if page is ctx.page and _params(one.view) == parse_qs(address_of(ctx), keep_blank_values=True):
        parts.append("shown now")
    return " · ".join(parts)


def _form(ctx: PageContext) -> None:
    turn = st.session_state.get(_TURN, 0)
    with st.form(f"wb-views-form-{turn}", border=False):
        st.text_input(
            "Save what is shown as",
            key=f"wb-views-name-{turn}",
            max_chars=_NAME_LENGTH,
            placeholder="Name of the view",
            help="Keeps the page and its address. A period such as month to date moves on with the data.",
        )
        if not refused_because(Permission.SHARE_VIEWS):
            st.checkbox("Share with everybody here", key=f"wb-views-shared-{turn}")
        st.checkbox("Open the app with it", key=f"wb-views-start-{turn}")
        st.form_submit_button("Save view", type="primary", on_click=_save, args=(ctx, turn))


def _save(ctx: PageContext, turn: int) -> None:
    def act() -> str:
        workspace(ctx).views.save(
            View(
                name=(st.session_state.get(f"wb-views-name-{turn}") or "").strip(),
                page=ctx.page.key,
                query=address_of(ctx),
                shared=bool(st.session_state.get(f"wb-views-shared-{turn}")),
                start=bool(st.session_state.get(f"wb-views-start-{turn}")),
            )
        )
        return "View saved"

    if attempt("The view", act, place=_PLACE):
        st.session_state[_TURN] = turn + 1


def _change(ctx: PageContext, one: SavedView, opened: _Opened) -> None:
    stamp = f"{one.id}-{opened.version}"
    meanwhile = one.version != opened.version
    with st.form(f"wb-view-form-{stamp}"):
        if meanwhile:
            st.caption(
                f"{plain(one.updated_by)} changed it meanwhile, {formats.timestamp(one.updated_at)}:"
                f" it is called {plain(one.view.name)} now."
            )
        st.text_input("Name", one.view.name, key=f"wb-view-name-{stamp}", max_chars=_NAME_LENGTH)
        if one.view.shared or not refused_because(Permission.SHARE_VIEWS):
            st.checkbox("Share with everybody here", one.view.shared, key=f"wb-view-shared-{stamp}")
        st.checkbox("Open the app with it", one.view.start, key=f"wb-view-start-{stamp}")
        st.checkbox("Let it show what is shown now", key=f"wb-view-now-{stamp}")
        with st.container(horizontal=True, gap="xsmall"):
            st.form_submit_button(
                "Overwrite" if meanwhile else "Save", type="primary", on_click=_rewrite, args=(ctx, one, stamp)
            )
            st.form_submit_button("Delete", on_click=_delete, args=(ctx, one), help="The audit log keeps where it led.")
            st.form_submit_button("Cancel", type="tertiary", on_click=_stop_changing)


def _rewrite(ctx: PageContext, one: SavedView, stamp: str) -> None:
    def typed(name: str) -> object:
        return st.session_state.get(f"wb-view-{name}-{stamp}")

    changed = replace(
        one.view, name=str(typed("name") or "").strip(), shared=bool(typed("shared")), start=bool(typed("start"))
    )
    if typed("now"):
        changed = replace(changed, page=ctx.page.key, query=address_of(ctx))

    def act() -> str:
        workspace(ctx).views.save(changed, id=one.id, version=one.version)
        return "View changed"

    if attempt("The view", act, place=_PLACE):
        _stop_changing()


def _delete(ctx: PageContext, one: SavedView) -> None:
    def act() -> str:
        workspace(ctx).views.delete(one.id, one.version)
        return "View deleted; the audit log keeps it"

    if attempt("The view", act, place=_PLACE):
        _stop_changing()


def _begin_changing(one: SavedView) -> None:
    st.session_state[_CHANGING] = _Opened(one.id, one.version)


def _stop_changing() -> None:
    st.session_state.pop(_CHANGING, None)
