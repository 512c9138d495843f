"""What people remarked on one recommendation: read, add, edit and delete one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from workbench import formats
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.recommendations.acting import allowed, attempt, refused_because
from workbench.ui.recommendations.files import row_exports
from workbench.ui.text import plain, visible
from workbench.ui.waste.kept import principal, workspace
from workbench.workspace import EntryFilter, Permission
from workbench.workspace.annotations import KIND
from workbench.workspace.note_records import Annotation, SavedAnnotation, Subject

__all__ = ["draw", "forget"]

_EDITED = "_recommendations_note"
_SHOWN = 4_000


def forget() -> None:
    """Drop the remark that is being edited. For callbacks."""
    st.session_state.pop(_EDITED, None)


def draw(ctx: PageContext, id: int) -> None:
    """Draw the remarks, oldest first, and the place for another one."""
    block(
        ctx,
        "Annotations",
        key="rec-notes",
        load=lambda: workspace(ctx).annotations.on(Subject.RECOMMENDATION, str(id)),
        draw=lambda found: _draw(ctx, id, found),
        empty=lambda _: False,
        exports=lambda found: row_exports(
            ctx, f"annotations-{id}", f"Annotations of recommendation {id}", [_row(one) for one in found]
        ),
        height=160,
    )


def _row(one: SavedAnnotation) -> dict[str, Any]:
    return {
        "id": one.id,
        "text": one.annotation.body,
        "created_at": one.created_at.replace(tzinfo=None),
        "created_by": one.created_by,
        "updated_at": one.updated_at.replace(tzinfo=None),
        "updated_by": one.updated_by,
    }


def _draw(ctx: PageContext, id: int, found: Sequence[SavedAnnotation]) -> None:
    if not found:
        st.caption("Nobody wrote anything.")
    edited: SavedAnnotation | None = st.session_state.get(_EDITED)
    for one in found:
        if edited is not None and edited.id == one.id:
            _edit(ctx, edited)
        else:
            _show(ctx, one)
    if not allowed(Permission.ANNOTATE):
        return
    turn = st.session_state.get("wb-rec-note-turn", 0)
    key = f"wb-rec-note-{id}-{turn}"
    with st.form(f"{key}-form", border=False):
        st.text_area("New annotation", key=key, height=90, placeholder="Plain text; others will read it")
        st.form_submit_button("Add", key=f"{key}-add", on_click=_add, args=(ctx, id, key))


def _show(ctx: PageContext, one: SavedAnnotation) -> None:
    with st.container(border=True, gap="xsmall", key=f"wb-rec-note-shown-{one.id}"):
        edited = f", changed {formats.timestamp(one.updated_at)} by {one.updated_by}" if one.version > 1 else ""
        st.caption(plain(f"{one.created_by}, {formats.timestamp(one.created_at)}{edited}", limit=300))
        st.text(_lines(one.annotation.body))
        if len(one.annotation.body) > _SHOWN:
            st.caption(f"The first {formats.count(_SHOWN)} of {formats.count(len(one.annotation.body))} characters")
        own = one.created_by == principal().name
        with st.container(horizontal=True, gap="small"):
            if not refused_because(Permission.ANNOTATE if own else Permission.MODERATE):
                st.button(
                    "Edit", type="tertiary", key=f"wb-rec-note-edit-{one.id}",
                    on_click=st.session_state.__setitem__, args=(_EDITED, one),
                )  # fmt: skip
                st.button(
                    "Delete", type="tertiary", key=f"wb-rec-note-delete-{one.id}", on_click=_delete, args=(ctx, one),
                    help="The audit log keeps what it said.",
                )  # fmt: skip
            if one.version > 1 and not refused_because(Permission.READ_AUDIT):
                with st.popover(
                    "Earlier", type="tertiary", key=f"wb-rec-note-earlier-{one.id}", on_change="rerun"
                ) as earlier:
                    if earlier.open:
                        _earlier(ctx, one)


def _earlier(ctx: PageContext, one: SavedAnnotation) -> None:
    """What it said before, newest first."""
    wanted = EntryFilter(object_kind=KIND, object_id=str(one.id))
    for entry in workspace(ctx).activity(wanted, limit=20):
        before = entry.before.get("body") if isinstance(entry.before, dict) else None
        if before is not None:
            st.caption(plain(f"until {formats.timestamp(entry.at)}, changed by {entry.actor}", limit=200))
            st.text(_lines(str(before)))


def _edit(ctx: PageContext, one: SavedAnnotation) -> None:
    """The text as it was when *Edit* was pressed: a change made meanwhile is a conflict."""
    key = f"wb-rec-note-body-{one.id}-{one.version}"
    with st.form(f"{key}-form"):
        st.text_area("Annotation", one.annotation.body, key=key, height=120)
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button("Save", type="primary", key=f"{key}-save", on_click=_save, args=(ctx, one, key))
            st.form_submit_button("Cancel", key=f"{key}-cancel", on_click=st.session_state.pop, args=(_EDITED, None))


def _add(ctx: PageContext, id: int, key: str) -> None:
    body = st.session_state.get(key) or ""

    def act() -> str:
        workspace(ctx).annotations.add(Annotation(Subject.RECOMMENDATION, body, str(id)))
        return "Annotation added"

    if attempt("The annotation", act):
        st.session_state["wb-rec-note-turn"] = st.session_state.get("wb-rec-note-turn", 0) + 1


def _save(ctx: PageContext, one: SavedAnnotation, key: str) -> None:
    body = st.session_state.get(key) or ""

    def act() -> str:
        changed = Annotation(Subject.RECOMMENDATION, body, one.annotation.subject_id)
        workspace(ctx).annotations.change(one.id, one.version, changed)
        return "Annotation changed"

    if attempt("The annotation", act):
        forget()


def _delete(ctx: PageContext, one: SavedAnnotation) -> None:
    def act() -> str:
        workspace(ctx).annotations.delete(one.id, one.version)
        return "Annotation deleted; the audit log keeps what it said"

    attempt("The annotation", act)


def _lines(body: str) -> str:
    """The text line by line, without characters that reorder or hide what follows."""
    return "\n".join(visible(line, limit=_SHOWN) for line in body[:_SHOWN].splitlines())
