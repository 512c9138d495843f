"""Who takes care, until when, how urgent: of the one that is open, or of all that are picked.

Of several, what would change is looked at first; the versions on the screen go along, and it is written to all or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import streamlit as st

from workbench import formats
from workbench.ui.acting import attempt, refused_because, workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.health.grids import show_rows
from workbench.ui.recommendation_table import full_table
from workbench.ui.recommendation_words import PRIORITIES, name_of
from workbench.ui.recommendations.wanted import NOBODY
from workbench.ui.text import plain, visible
from workbench.ui.workspace_files import exports
from workbench.workspace import Choice, Edit, Permission, Preview, Recommendation

__all__ = ["draw", "draw_many", "draw_pending", "forget"]

_PENDING = "_recommendations_plan"
_TURN = "_recommendations_plan_turn"
_LISTED = 50


@dataclass(frozen=True, slots=True)
class _Pending:
    """A plan that is looked at before it is written."""

    choices: tuple[Choice, ...]
    edit: Edit


def forget() -> None:
    """Drop the plan that is looked at. For callbacks."""
    st.session_state.pop(_PENDING, None)


def draw(ctx: PageContext, row: Recommendation) -> None:
    """The plan of one, as a form for those who may change it. The reason why not is drawn above, with the decision."""
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


def draw_many(rows: Sequence[Recommendation]) -> None:
    """The plan of all that are picked; what is left empty stays as it is."""
    turn = st.session_state.get(_TURN, 0)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        typed = st.text_input(
            "Assignee", key=f"wb-rec-many-assignee-{turn}", max_chars=200, placeholder="As it is", width=190,
            help="A dash takes the name away.",
        )  # fmt: skip
        no_due = bool(st.session_state.get(f"wb-rec-many-no-due-{turn}"))
        due = st.date_input(
            "Due", None, key=f"wb-rec-many-due-{turn}", format="YYYY-MM-DD", width=150, disabled=no_due
        )  # fmt: skip
        st.checkbox("No due day", key=f"wb-rec-many-no-due-{turn}")
        priority = st.selectbox(
            "Priority",
            list(PRIORITIES),
            index=None,
            format_func=lambda number: PRIORITIES[number],
            key=f"wb-rec-many-priority-{turn}",
            placeholder="As it is",
            width=130,
        )
        name = (typed or "").strip()
        edit = Edit(
            assignee=None if not name else "" if name == NOBODY else name,
            due=None if no_due else due,
            no_due=no_due,
            priority=priority,
        )
        st.button(
            "Preview the plan",
            key="wb-rec-plan-preview",
            disabled=edit == Edit(),
            on_click=_look,
            args=(_Pending(tuple(Choice(row.id, row.version) for row in rows), edit),),
            help="Shows what would change. Nothing is written yet.",
        )


def draw_pending(ctx: PageContext) -> bool:
    """What the plan would change; nothing is written before it is confirmed. False when none is looked at."""
    pending: _Pending | None = st.session_state.get(_PENDING)
    if pending is None:
        return False
    block(
        ctx,
        "Preview of the plan: nothing is written yet",
        key="rec-plan-preview",
        load=lambda: workspace(ctx).recommendations.preview_edit(
            [choice.id for choice in pending.choices], pending.edit
        ),
        draw=lambda found: _draw_preview(ctx, pending, found),
        empty=lambda _: False,
        exports=lambda found: (
            exports(ctx, "plan", "Recommendations a plan would change", lambda: full_table(found.possible))
            if found.possible
            else ()
        ),
        height=240,
    )
    return True


def _draw_preview(ctx: PageContext, pending: _Pending, found: Preview) -> None:
    count, same = len(found.possible), len(found.refused)
    head = f"{formats.count(count)} will be planned"
    if same:
        head += f"; {formats.count(same)} would stay the same and {'is' if same == 1 else 'are'} left out"
    st.markdown(f"**{plain(head, limit=300)}**")
    if count:
        show_rows(
            ctx,
            [_row(row, pending.edit) for row in found.possible[:_LISTED]],
            alt="Would be planned",
            key="wb-rec-plan-rows",
        )
        if count > _LISTED:
            st.caption(f"{_LISTED} of {formats.count(count)} shown")
    with st.container(horizontal=True, gap="small"):
        if count:
            left = {one.id for one in found.refused}
            kept = tuple(choice for choice in pending.choices if choice.id not in left)
            st.button(
                f"Plan {formats.count(count)}",
                type="primary",
                key="wb-rec-plan-confirm",
                on_click=_write,
                args=(ctx, replace(pending, choices=kept)),
            )
        st.button("Back", key="wb-rec-plan-cancel", on_click=forget)


def _row(row: Recommendation, edit: Edit) -> dict[str, Any]:
    after = edit.applied(row.assignee, row.due, row.priority)
    return {
        "Number": row.id,
        "Finding": row.title or row.check_id,
        "Resource": name_of(row),
        "Assignee": _arrow(row.assignee or None, after[0] or None),
        "Due": _arrow(row.due, after[1]),
        "Priority": _arrow(PRIORITIES[row.priority], PRIORITIES[after[2]]),
    }


def _arrow(before: Any, after: Any) -> str:
    old, new = (formats.MISSING if one is None else str(one) for one in (before, after))
    return new if old == new else f"{old} → {new}"


def _look(pending: _Pending) -> None:
    st.session_state[_PENDING] = pending


def _write(ctx: PageContext, pending: _Pending) -> None:
    def act() -> str:
        planned = workspace(ctx).recommendations.edit(pending.choices, pending.edit)
        return f"{formats.plural(len(planned), 'recommendation')} planned"

    if attempt("The plan", act):
        forget()
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
        st.session_state["wb-rec-rows-closed"] = st.session_state.get("wb-rec-rows-closed", 0) + 1
