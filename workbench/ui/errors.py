"""Errors on the screen: one calm message (what, why, what to do, reference id); the traceback goes to the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException

from workbench.errors import WorkbenchError
from workbench.log import get_logger, reference_id
from workbench.ui.text import plain

__all__ = ["Message", "calm", "message_of", "on_script_error", "show_error"]

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads when something failed."""

    title: str
    detail: str
    hint: str
    reference: str


def message_of(error: Exception, *, where: str) -> Message:
    """Log ``error`` with its traceback under a new reference id and give its message.

    An error that is not a :class:`WorkbenchError` never shows its own text: it may hold data or paths.
    """
    reference = reference_id()
    if isinstance(error, WorkbenchError):
        _log.warning("error shown", reference=reference, where=where, code=error.code, exc_info=error)
        return Message(error.title, error.detail, error.hint, reference)
    _log.error("unexpected error", reference=reference, where=where, exc_info=error)
    return Message(
        f"{where} could not be shown",
        "An unexpected error happened. Nothing was changed.",
        "Reload the page. If it happens again, report it with the reference; the log has the details.",
        reference,
    )


def show_error(message: Message) -> None:
    """Draw one message; its texts may name files and values, so they are shown letter by letter."""
    with st.container(border=True, gap="xsmall", key=f"wb-error-{message.reference}"):
        st.markdown(f"**{plain(message.title, limit=300)}**")
        if message.detail:
            st.text(message.detail)
        if message.hint:
            st.text(message.hint)
        st.caption(f"Reference {message.reference}")


@contextmanager
def calm(where: str) -> Iterator[None]:
    """Show any error of the body as one message instead of letting it end the page."""
    try:
        yield
    except (RerunException, StopException):
        raise
    except Exception as error:
        show_error(message_of(error, where=where))


def on_script_error(error: Exception) -> bool:
    """For ``st.App``: whatever escapes the shell (a widget callback) ends in the same message."""
    show_error(message_of(error, where="The page"))
    return True
