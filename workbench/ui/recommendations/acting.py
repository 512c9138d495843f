"""Writing from a page: a callback tries, and what is to be said about it waits for the run that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from workbench.errors import Conflict, WorkbenchError
from workbench.ui.errors import Message, message_of, show_error
from workbench.ui.text import plain
from workbench.ui.waste.kept import principal
from workbench.workspace import Permission, why

__all__ = ["allowed", "attempt", "refused_because", "said"]

_SAID = "_recommendations_said"


@dataclass(frozen=True, slots=True)
class _Said:
    """What the last write came to."""

    done: str = ""
    failed: Message | None = None
    conflict: bool = False


def attempt(where: str, act: Callable[[], str]) -> bool:
    """Run a write; ``act`` gives the words for its success. For callbacks.

    An error is kept for :func:`said`; nothing was written then.
    """
    try:
        st.session_state[_SAID] = _Said(done=act())
    except WorkbenchError as error:
        st.session_state[_SAID] = _Said(failed=message_of(error, where=where), conflict=isinstance(error, Conflict))
        return False
    except Exception as error:
        st.session_state[_SAID] = _Said(failed=message_of(error, where=where))
        return False
    return True


def said(reload: Callable[[], None]) -> None:
    """Say once what the last write came to; a conflict offers to show the present state.

    Args:
        reload: callback that forgets what was chosen.
    """
    found: _Said | None = st.session_state.pop(_SAID, None)
    if found is None:
        return
    if found.done:
        st.toast(plain(found.done, limit=300), icon=":material/check:")
    if found.failed is not None:
        show_error(found.failed)
        if found.conflict:
            st.button("Reload", icon=":material/refresh:", key="wb-rec-reload", on_click=reload)


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
