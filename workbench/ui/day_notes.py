"""Annotations on days: ruled, numbered lines on the charts that cover them, and the list they belong to.

What somebody wrote about days is shown on every time chart whose period touches those days; a scope (an account, a
service) may be named in words, nothing is hidden because of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from workbench import formats
from workbench.costs.resolve import ResolvedView
from workbench.costs.view import Grain
from workbench.errors import WorkbenchError
from workbench.ui import notes
from workbench.ui.acting import allowed, attempt, said, workspace
from workbench.ui.charts import Note
from workbench.ui.context import PageContext
from workbench.ui.errors import message_of, show_error
from workbench.ui.text import plain, visible
from workbench.workspace import Permission
from workbench.workspace.note_records import Annotation, SavedAnnotation, Subject

__all__ = ["chart_notes", "day_notes", "draw_day_notes", "note_texts"]

_LISTED = 12
_CHARACTERS = 600


def day_notes(ctx: PageContext, view: ResolvedView) -> tuple[SavedAnnotation, ...]:
    """Annotations whose days touch the period, in the order of their days; none when the workspace cannot be read."""
    try:
        return workspace(ctx).annotations.between(view.period.first, view.period.last)
    except WorkbenchError as error:
        show_error(message_of(error, where="Annotations"))
        return ()


def chart_notes(found: Sequence[SavedAnnotation], view: ResolvedView) -> tuple[Note, ...]:
    """A line for each of them, at the bucket in which its days begin; numbered as in the list."""
    return tuple(
        Note(_bucket(max(one.annotation.first_day or view.period.first, view.period.first), view.grain), number)
        for number, one in enumerate(found, start=1)
    )


def note_texts(found: Sequence[SavedAnnotation]) -> tuple[str, ...]:
    """One line each, for exported charts, which show the numbers alone."""
    return tuple(
        f"{number}: {formats.period(one.annotation.first_day, one.annotation.last_day)}, {one.created_by}:"
        f" {' '.join(one.annotation.body.split())[:_CHARACTERS]}"
        for number, one in enumerate(found, start=1)
    )


def draw_day_notes(ctx: PageContext, view: ResolvedView, found: Sequence[SavedAnnotation], *, key: str) -> None:
    """The list beside a chart, and the place for another one.

    Args:
        ctx: the page's context.
        view: whose period the annotations belong to.
        found: those of :func:`day_notes`.
        key: unique on the page.
    """
    said(notes.forget, place=key)
    for number, one in enumerate(found[:_LISTED], start=1):
        _show(ctx, one, number, key)
    if len(found) > _LISTED:
        st.caption(f"and {formats.plural(len(found) - _LISTED, 'further annotation')}")
    with st.popover("Annotate", icon=":material/edit_note:", type="tertiary", key=f"{key}-annotate"):
        if allowed(Permission.ANNOTATE):
            _form(ctx, view, key)


def _bucket(day: date, grain: Grain) -> date:
    """First day of the bucket a day is drawn in."""
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain is Grain.MONTH else day


def _show(ctx: PageContext, one: SavedAnnotation, number: int, key: str) -> None:
    written = one.annotation
    days = formats.period(written.first_day, written.last_day)
    about = f" · {written.subject_id}" if written.subject_id else ""
    with st.container(horizontal=True, gap="small", vertical_alignment="top", key=f"{key}-note-{one.id}"):
        st.markdown(f"**{number}**", width="content")
        with st.container(gap=None):
            if notes.form(ctx, one, key=key):
                return
            st.caption(f"{plain(f'{days}{about}', limit=200)} · {notes.heading(one)}")
            st.text(visible(written.body, limit=_CHARACTERS))
        notes.actions(ctx, one, key=key)


def _form(ctx: PageContext, view: ResolvedView, key: str) -> None:
    turn = st.session_state.get(f"{key}-turn", 0)
    with st.form(f"{key}-form-{turn}", border=False):
        last = min(view.period.last, view.coverage.last)
        st.date_input("Days", (last, last), key=f"{key}-days-{turn}", format="YYYY-MM-DD")
        st.text_input("About", key=f"{key}-about-{turn}", max_chars=200, placeholder="Account or service, if not all")
        st.text_area("What happened", key=f"{key}-body-{turn}", height=100, placeholder="Plain text, for all")
        st.form_submit_button("Add", type="primary", on_click=_add, args=(ctx, key, turn))


def _add(ctx: PageContext, key: str, turn: int) -> None:
    days = st.session_state.get(f"{key}-days-{turn}") or ()
    first, last = (days[0], days[-1]) if isinstance(days, tuple) and days else (None, None)
    body = st.session_state.get(f"{key}-body-{turn}") or ""
    about = (st.session_state.get(f"{key}-about-{turn}") or "").strip()

    def act() -> str:
        workspace(ctx).annotations.add(Annotation(Subject.DATES, body, about, first, last))
        return "Annotation added"

    if attempt("The annotation", act, place=key):
        st.session_state[f"{key}-turn"] = turn + 1
