"""Who is at the page, their workspace, and writing from a page.

A callback tries (:func:`attempt`), and what is to be said about it waits for the run that follows (:func:`said`). Each
write names the place on the page that will say it, so that the words appear beside what was pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from workbench.errors import Conflict, WorkbenchError
from workbench.ui.context import PageContext
from workbench.ui.errors import Message, message_of, show_error
from workbench.ui.text import plain
from workbench.workspace import Permission, Principal, Workspace, local_principal, why

__all__ = ["allowed", "attempt", "principal", "refused_because", "said", "workspace"]

_SAID = "_acting_said"


@dataclass(frozen=True, slots=True)
class _Said:
    """What the last write came to, and where that is said."""

    place: str
    done: str = ""
    failed: Message | None = None
    conflict: bool = False


def principal() -> Principal:
    """Who is at the page."""
    return local_principal()


def workspace(ctx: PageContext) -> Workspace:
    """The workspace of whoever is at the page."""
    return Workspace(ctx.settings, principal=principal())


def attempt(where: str, act: Callable[[], str], *, place: str = "page") -> bool:
    """Run a write; ``act`` gives the words for its success. For callbacks.

    An error is kept for :func:`said` of the same ``place``; nothing was written then.
    """
    try:
        st.session_state[_SAID] = _Said(place, done=act())
    except WorkbenchError as error:
        found = message_of(error, where=where)
        st.session_state[_SAID] = _Said(place, failed=found, conflict=isinstance(error, Conflict))
        return False
    except Exception as error:
        st.session_state[_SAID] = _Said(place, failed=message_of(error, where=where))
        return False
    return True


def said(reload: Callable[[], None], *, place: str = "page") -> None:
    """Say once what the last write of this place came to; a conflict offers to show the present state.

    Args:
        reload: callback that forgets what was chosen.
        place: as given to :func:`attempt`.
    """
    found: _Said | None = st.session_state.get(_SAID)
    if found is None or found.place != place:
        return
    del st.session_state[_SAID]
    if found.done:
        st.toast(plain(found.done, limit=300), icon=":material/check:")
    if found.failed is not None:
        show_error(found.failed)
        if found.conflict:
            st.button("Reload", icon=":material/refresh:", key=f"wb-{place}-reload", on_click=reload)


def allowed(permission: Permission) -> bool:
    """Whether whoever is at the page may; if not, the reason is drawn where the buttons would be."""
    reason = refused_because(permission)
    if reason:
        st.caption(f":material/lock: {plain(reason, limit=300)}")
    return not reason


def refused_because(permission: Permission) -> str:
    """Why whoever is at the page may not; empty when they may."""
    verdict = why(principal(), permission)
    return "" if verdict.allowed else verdict.reason
