"""Who takes care, until when, how urgent."""

from __future__ import annotations

from datetime import date

import streamlit as st

from workbench.ui.context import PageContext
from workbench.ui.recommendations.acting import attempt, refused_because
from workbench.ui.recommendations.words import PRIORITIES
from workbench.ui.text import visible
from workbench.ui.waste.kept import workspace
from workbench.workspace import Choice, Edit, Permission, Recommendation

__all__ = ["draw"]


def draw(ctx: PageContext, row: Recommendation) -> None:
    """The plan, as a form for those who may change it. The reason why not is drawn above, with the decision."""
    st.markdown("**Plan**")
    if refused_because(Permission.DECIDE):
        due = f"due {row.due.isoformat()}" if row.due else "no due day"
        st.text(f"{visible(row.assignee) or 'Nobody'}, {due}, priority {PRIORITIES[row.priority].lower()}")
        return
    # Another version is another form: what was typed into the earlier one was about other values.
    key = f"{row.id}-{row.version}"
    with (
        st.form(f"wb-rec-plan-{key}", border=False),
        st.container(horizontal=True, gap="small", vertical_alignment="bottom"),
    ):
        st.text_input("Assignee", row.assignee, key=f"wb-rec-assignee-{key}", max_chars=200, width=190)
        st.date_input("Due", row.due, key=f"wb-rec-due-{key}", format="YYYY-MM-DD", width=150)
        st.selectbox(
            "Priority",
            list(PRIORITIES),
            list(PRIORITIES).index(row.priority),
            format_func=lambda number: PRIORITIES[number],
            key=f"wb-rec-priority-{key}",
            width=110,
        )
        st.form_submit_button("Save", key=f"wb-rec-plan-save-{key}", on_click=_save, args=(ctx, row, key))


def _save(ctx: PageContext, row: Recommendation, key: str) -> None:
    assignee = (st.session_state[f"wb-rec-assignee-{key}"] or "").strip()
    due: date | None = st.session_state[f"wb-rec-due-{key}"]
    priority: int = st.session_state[f"wb-rec-priority-{key}"]

    def act() -> str:
        if (assignee, due, priority) == (row.assignee, row.due, row.priority):
            return "Nothing was changed"
        edit = Edit(assignee, due, due is None, priority)
        workspace(ctx).recommendations.edit([Choice(row.id, row.version)], edit)
        return f"Recommendation {row.id} planned"

    attempt("The plan", act)
