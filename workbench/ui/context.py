"""What a page works with: the open snapshot, the view in the address bar, and the engine that remembers answers.

A page begins with ``ctx = page_context()``; the shell has made it, and drawn header and filter bar, before the page
runs. The address is the only state: change a view with :meth:`PageContext.update` (in a widget callback) or
:meth:`PageContext.go` (anywhere else), never by keeping it in the session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from workbench.costs import url
from workbench.costs.view import Basis, ViewSpec
from workbench.errors import CannotRun
from workbench.ui.cache import CachedEngine
from workbench.ui.registry import PageInfo, page_info

if TYPE_CHECKING:
    from workbench.costs.resolve import ResolvedView
    from workbench.postgres import OpenData
    from workbench.settings import Settings

__all__ = ["PageContext", "carried_params", "page_context", "raw_params", "set_page_context", "write_params"]

_KEY = "_workbench_page_context"


@dataclass(frozen=True, slots=True)
class PageContext:
    """One run of one page.

    Attributes:
        settings: all settings.
        snapshot: the open snapshot, or database, with its manifest.
        engine: give this to any question of ``workbench.costs``; answers are cached by (snapshot id, query).
        view: the view as written in the address.
        notices: what in the address could not be used, in words.
        page: the page being shown.
        resolution: the view with concrete dates; None for a page without filters. Read it through ``resolved``.
    """

    settings: Settings
    snapshot: OpenData
    engine: CachedEngine
    view: ViewSpec
    notices: tuple[str, ...]
    page: PageInfo
    resolution: ResolvedView | None

    @property
    def resolved(self) -> ResolvedView:
        """The view with concrete dates, comparison and currency.

        Raises:
            CannotRun: this page has none (``PageInfo.filters`` is false).
        """
        if self.resolution is None:
            raise CannotRun(f"{self.page.title} has no period: it is about the data, not about costs")
        return self.resolution

    @property
    def default_basis(self) -> Basis:
        """The cost basis an address that names none stands for."""
        return Basis(self.settings.basis)

    def update(self, view: ViewSpec) -> None:
        """Put ``view`` in the address. Use it in ``on_click`` and ``on_change``: the run that follows shows it."""
        write_params({**self.own_params(), **url.to_params(view)})

    def go(self, view: ViewSpec, page: str | None = None) -> None:
        """Put ``view`` in the address and show it now, on ``page`` (a key of the registry) or on this one."""
        if page is not None and page != self.page.key:
            st.switch_page(page_info(page).script, query_params=url.to_params(view))
        self.update(view)
        st.rerun()

    def choose(self, **own: str | None) -> None:
        """Put parameters of this page's own in the address, beside the view; None takes one out. For callbacks."""
        kept = {key: values for key, values in raw_params().items() if key not in own}
        write_params({**kept, **{key: [value] for key, value in own.items() if value is not None}})

    def own_params(self) -> dict[str, list[str]]:
        """The parameters in the address that are this page's own (``PageInfo.params``)."""
        return {key: values for key, values in raw_params().items() if self.page.owns(key)}

    def params(self, view: ViewSpec | None = None) -> dict[str, list[str]]:
        """Query parameters of ``view`` (default: the one shown), for ``st.page_link(..., query_params=)``."""
        return url.to_params(view or self.view)

    def link(self, view: ViewSpec | None = None, page: str | None = None) -> str:
        """A full address that opens ``view`` on ``page``, for copying; this snapshot is not pinned unless it was."""
        here = (st.context.url or "").split("?")[0].rstrip("/")
        base = here.removesuffix(f"/{self.page.key}")
        own = {} if page else self.own_params()
        query = urlencode({**own, **self.params(view)}, doseq=True, safe=":,.!/")
        return f"{base}/{page or self.page.key}" + (f"?{query}" if query else "")


def page_context() -> PageContext:
    """The context of this run; made by the shell, so a page script cannot run without it."""
    context: PageContext | None = st.session_state.get(_KEY)
    if context is None:
        raise RuntimeError("A page runs inside the shell only: start the app with `streamlit run app.py`")
    return context


def set_page_context(context: PageContext) -> None:
    """Make ``context`` the one :func:`page_context` returns in this session; for the shell and tests."""
    st.session_state[_KEY] = context


def carried_params() -> dict[str, list[str]]:
    """The parameters a link to another page keeps: those of a view. Page scripts use :meth:`PageContext.params`."""
    return {key: values for key, values in raw_params().items() if key in url.KEYS}


def raw_params() -> dict[str, list[str]]:
    """The query parameters as they stand in the address, repeated keys kept in order."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def write_params(params: Mapping[str, Sequence[str]]) -> None:
    """Replace the query parameters of the address."""
    st.query_params.from_dict({key: list(values) for key, values in params.items()})
