"""Annotations of all kinds, found by their words; each leads to what it is about, and is changed where it stands."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from workbench import formats
from workbench.ui import notes
from workbench.ui.acting import said, workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.picking import choose_one, type_in
from workbench.ui.registry import page_info
from workbench.ui.text import plain, visible
from workbench.ui.workspace_files import exports
from workbench.workspace.note_records import Annotation, SavedAnnotation, Subject

__all__ = ["SUBJECTS", "draw"]

SUBJECTS = {
    Subject.RECOMMENDATION: "Recommendation",
    Subject.RESOURCE: "Resource",
    Subject.DATES: "Days",
    Subject.ANOMALY: "Anomaly",
    Subject.SAVED_VIEW: "Saved view",
}
"""Kind of thing → its name on the page."""

_SHOWN = 50
_EXPORTED = 100_000
_CHARACTERS = 600
_KEY = "notes-found"


def draw(ctx: PageContext) -> None:
    """The search and what it finds; both are in the address."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        text = type_in(ctx, "words", "Search", placeholder="Words, in any order", width=300)
        choose_one(ctx, "about", "On", {one.value: name for one, name in SUBJECTS.items()}, everything="All", width=170)
    asked = (ctx.own_params().get("about") or [""])[-1]
    known = [one for one in SUBJECTS if one == asked]
    if asked and not known:
        st.text(f"{visible(asked)} is no kind of thing that has annotations: nothing matches.")
        return
    subject = known[0] if known else None
    block(
        ctx,
        "Annotations",
        key=_KEY,
        note="Newest first, of everything that people wrote.",
        load=lambda: workspace(ctx).annotations.search(text, subject=subject, limit=_SHOWN + 1),
        draw=lambda found: _draw(ctx, found, narrowed=bool(text or subject)),
        empty=lambda _: False,
        exports=lambda found: (
            exports(
                ctx,
                "annotations",
                "Annotations",
                lambda: notes.export_table(workspace(ctx).annotations.search(text, subject=subject, limit=_EXPORTED)),
                filters=[f"{name} = {value}" for name, value in (("words", text), ("on", asked)) if value],
            )
            if found
            else ()
        ),
    )


def _draw(ctx: PageContext, found: Sequence[SavedAnnotation], *, narrowed: bool) -> None:
    said(notes.forget, place=_KEY)
    if not found:
        st.caption("No annotation matches." if narrowed else "Nobody wrote anything yet.")
    for one in found[:_SHOWN]:
        if notes.form(ctx, one, key=_KEY):
            continue
        with st.container(border=True, gap="xsmall", key=f"{_KEY}-shown-{one.id}"):
            st.caption(notes.heading(one))
            _about(one.annotation)
            st.text(notes.text_of(one.annotation.body, limit=_CHARACTERS))
            if len(one.annotation.body) > _CHARACTERS:
                whole = formats.count(len(one.annotation.body))
                st.caption(f"The first {formats.count(_CHARACTERS)} of {whole} characters")
            notes.actions(ctx, one, key=_KEY)
    if len(found) > _SHOWN:
        st.caption(f"The {_SHOWN} newest. More words find fewer; the export has all of them.")


def _about(written: Annotation) -> None:
    """What it is about, as the way there where there is one."""
    if written.subject is Subject.DATES and written.first_day and written.last_day:
        label = formats.period(written.first_day, written.last_day)
        label += f" · {written.subject_id}" if written.subject_id else ""
        page, params = "explore", {"from": [f"{written.first_day}"], "to": [f"{written.last_day}"]}
    elif written.subject is Subject.RECOMMENDATION:
        label, page, params = f"Recommendation {written.subject_id}", "recommendations", {"id": [written.subject_id]}
    elif written.subject is Subject.RESOURCE:
        label, page, params = f"Resource {written.subject_id}", "resource", {"resource": [written.subject_id]}
    else:
        st.text(f"{SUBJECTS[written.subject]} {visible(written.subject_id)}")
        return
    target = page_info(page)
    st.page_link(target.script, label=plain(label), icon=target.icon, query_params=params)
