"""Annotations wherever they are listed: read, written, changed with their history, deleted.

``draw`` is the block of one thing (a recommendation, a resource). Lists of their own kind, such as that of a chart, use
``heading``, ``text_of``, ``actions`` and ``form``. What they say is text: it is never rendered or run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.ui.acting import allowed, attempt, principal, refused_because, said, workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.text import plain, visible
from workbench.ui.workspace_files import exports
from workbench.workspace import EntryFilter, Permission
from workbench.workspace.annotations import KIND
from workbench.workspace.note_records import Annotation, SavedAnnotation, Subject

__all__ = ["actions", "draw", "export_table", "forget", "form", "heading", "text_of"]

_EDITED = "_notes_edited"
_SHOWN = 4_000
_SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        **dict.fromkeys(("subject", "subject_id"), pa.string()),
        **dict.fromkeys(("first_day", "last_day"), pa.date32()),
        "text": pa.string(),
        "created_at": pa.timestamp("us"),
        "created_by": pa.string(),
        "updated_at": pa.timestamp("us"),
        "updated_by": pa.string(),
    }
)


def forget() -> None:
    """Drop the annotation that is being edited. For callbacks."""
    st.session_state.pop(_EDITED, None)


def draw(ctx: PageContext, subject: Subject, subject_id: str, *, key: str, title: str, of: str) -> None:
    """The block of the annotations on one thing, oldest first, and the place for another one.

    Args:
        ctx: the page's context.
        subject: kind of the thing.
        subject_id: which one.
        key: unique on the page.
        title: heading, our own words.
        of: what the thing is called in the title of an export.
    """
    block(
        ctx,
        title,
        key=key,
        load=lambda: workspace(ctx).annotations.on(subject, subject_id),
        draw=lambda found: _draw(ctx, subject, subject_id, found, key),
        empty=lambda _: False,
        exports=lambda found: (
            exports(ctx, f"annotations-{subject}", f"Annotations on {of}", lambda: export_table(found)) if found else ()
        ),
        height=160,
    )


def export_table(found: Sequence[SavedAnnotation]) -> pa.Table:
    """Every field, for files; times are UTC."""
    rows = [
        {
            "id": one.id,
            "subject": str(one.annotation.subject),
            "subject_id": one.annotation.subject_id,
            "first_day": one.annotation.first_day,
            "last_day": one.annotation.last_day,
            "text": one.annotation.body,
            "created_at": one.created_at.replace(tzinfo=None),
            "created_by": one.created_by,
            "updated_at": one.updated_at.replace(tzinfo=None),
            "updated_by": one.updated_by,
        }
        for one in found
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def heading(one: SavedAnnotation) -> str:
    """Who wrote it and when, and who changed it last; as Markdown that shows letter by letter."""
    changed = f", changed {formats.timestamp(one.updated_at)} by {one.updated_by}" if one.version > 1 else ""
    return plain(f"{one.created_by}, {formats.timestamp(one.created_at)}{changed}", limit=300)


def text_of(body: str, *, limit: int = _SHOWN) -> str:
    """The text line by line, cut, without characters that reorder or hide what follows."""
    return "\n".join(visible(line, limit=limit) for line in body[:limit].splitlines())


def actions(ctx: PageContext, one: SavedAnnotation, *, key: str) -> None:
    """Buttons to change it and to see what it said before, as far as whoever is at the page may."""
    own = one.created_by == principal().name
    with st.container(horizontal=True, gap="small", width="content"):
        if not refused_because(Permission.ANNOTATE if own else Permission.MODERATE):
            st.button(
                "Edit", type="tertiary", key=f"{key}-edit-{one.id}",
                on_click=st.session_state.__setitem__, args=(_EDITED, one),
            )  # fmt: skip
            st.button(
                "Delete", type="tertiary", key=f"{key}-delete-{one.id}", on_click=_delete, args=(ctx, one, key),
                help="The audit log keeps what it said.",
            )  # fmt: skip
        if one.version > 1 and not refused_because(Permission.READ_AUDIT):
            with st.popover("Earlier", type="tertiary", key=f"{key}-earlier-{one.id}", on_change="rerun") as earlier:
                if earlier.open:
                    _earlier(ctx, one)


def form(ctx: PageContext, one: SavedAnnotation, *, key: str) -> bool:
    """The form to change ``one`` when it is being edited; whether it was drawn.

    It holds what was on the screen when *Edit* was pressed. What somebody else made of it meanwhile is shown before it
    can be overwritten.
    """
    edited: SavedAnnotation | None = st.session_state.get(_EDITED)
    if edited is None or edited.id != one.id:
        return False
    stamp = f"{key}-{one.id}-{edited.version}"
    meanwhile = one.version != edited.version
    with st.form(f"{stamp}-form"):
        if meanwhile:
            st.caption(f"{plain(one.updated_by)} changed it meanwhile, {formats.timestamp(one.updated_at)}. It says:")
            st.text(text_of(one.annotation.body))
        if edited.annotation.subject is Subject.DATES:
            days = (edited.annotation.first_day, edited.annotation.last_day)
            st.date_input("Days", days, key=f"{stamp}-days", format="YYYY-MM-DD", width=260)
            st.text_input("About", edited.annotation.subject_id, key=f"{stamp}-about", max_chars=200)
        st.text_area("Annotation", edited.annotation.body, key=f"{stamp}-body", height=120)
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button(
                "Overwrite" if meanwhile else "Save",
                type="primary",
                key=f"{stamp}-save",
                on_click=_save,
                args=(ctx, one if meanwhile else edited, stamp, key),
            )
            st.form_submit_button("Cancel", key=f"{stamp}-cancel", on_click=forget)
    return True


def _draw(ctx: PageContext, subject: Subject, subject_id: str, found: Sequence[SavedAnnotation], key: str) -> None:
    said(forget, place=key)
    if not found:
        st.caption("Nobody wrote anything.")
    for one in found:
        if form(ctx, one, key=key):
            continue
        with st.container(border=True, gap="xsmall", key=f"{key}-shown-{one.id}"):
            st.caption(heading(one))
            st.text(text_of(one.annotation.body))
            if len(one.annotation.body) > _SHOWN:
                whole = formats.count(len(one.annotation.body))
                st.caption(f"The first {formats.count(_SHOWN)} of {whole} characters")
            actions(ctx, one, key=key)
    if not allowed(Permission.ANNOTATE):
        return
    turn = st.session_state.get(f"{key}-turn", 0)
    # The thing is in the key: what was typed about one is not offered for another.
    new = f"{key}-new-{subject_id}-{turn}"
    with st.form(f"{new}-form", border=False):
        st.text_area("New annotation", key=new, height=90, placeholder="Plain text; others will read it")
        st.form_submit_button("Add", key=f"{new}-add", on_click=_add, args=(ctx, subject, subject_id, new, key))


def _earlier(ctx: PageContext, one: SavedAnnotation) -> None:
    """What it said before, newest first."""
    wanted = EntryFilter(object_kind=KIND, object_id=str(one.id))
    for entry in workspace(ctx).activity(wanted, limit=20):
        before = entry.before if isinstance(entry.before, dict) else {}
        if "body" not in before:
            continue
        st.caption(plain(f"until {formats.timestamp(entry.at)}, changed by {entry.actor}", limit=200))
        if before.get("first_day"):
            about = f" · {before['subject_id']}" if before.get("subject_id") else ""
            st.caption(plain(f"{before['first_day']} to {before.get('last_day')}{about}", limit=300))
        st.text(text_of(str(before["body"])))


def _add(ctx: PageContext, subject: Subject, subject_id: str, new: str, key: str) -> None:
    body = st.session_state.get(new) or ""

    def act() -> str:
        workspace(ctx).annotations.add(Annotation(subject, body, subject_id))
        return "Annotation added"

    if attempt("The annotation", act, place=key):
        st.session_state[f"{key}-turn"] = st.session_state.get(f"{key}-turn", 0) + 1


def _save(ctx: PageContext, seen: SavedAnnotation, stamp: str, key: str) -> None:
    body = st.session_state.get(f"{stamp}-body") or ""
    about, first, last = seen.annotation.subject_id, seen.annotation.first_day, seen.annotation.last_day
    if seen.annotation.subject is Subject.DATES:
        about = (st.session_state.get(f"{stamp}-about") or "").strip()
        first, last = _range(st.session_state.get(f"{stamp}-days"))

    def act() -> str:
        changed = Annotation(seen.annotation.subject, body, about, first, last)
        workspace(ctx).annotations.change(seen.id, seen.version, changed)
        return "Annotation changed"

    if attempt("The annotation", act, place=key):
        forget()


def _range(days: Any) -> tuple[date | None, date | None]:
    """First and last day; one alone is both."""
    return (days[0], days[-1]) if isinstance(days, tuple) and days else (None, None)


def _delete(ctx: PageContext, one: SavedAnnotation, key: str) -> None:
    def act() -> str:
        workspace(ctx).annotations.delete(one.id, one.version)
        return "Annotation deleted; the audit log keeps what it said"

    attempt("The annotation", act, place=key)
