"""A decision: only steps that are possible, what it would do before it is taken, and on all that were seen or on none.

Of several, the versions on the screen are kept when *Preview* is pressed; whoever changed one of them after that is
named when the decision is taken, and nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from workbench import clock, formats
from workbench.errors import Conflict
from workbench.ui.acting import allowed, attempt, workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.picking import put
from workbench.ui.recommendation_table import full_table
from workbench.ui.recommendation_words import DONE, SHORTCUTS, STEPS, name_of, state_words, sums
from workbench.ui.recommendations import grid, planning
from workbench.ui.recommendations.filters import account_names
from workbench.ui.recommendations.listing import added_up
from workbench.ui.text import plain, visible
from workbench.ui.workspace_files import exports
from workbench.workspace import Choice, Decision, Permission, Preview, Recommendation, Step, possible

__all__ = ["draw_many", "draw_one", "forget"]

_PENDING = "_recommendations_pending"
_NEEDS_REASON = (Step.REJECT, Step.SNOOZE, Step.REGRESS)
_SNOOZE_DAYS = 14
_LISTED = 50


@dataclass(frozen=True, slots=True)
class _Pending:
    """A decision that is looked at before it is taken."""

    choices: tuple[Choice, ...]
    decision: Decision

    @property
    def ids(self) -> list[int]:
        return [choice.id for choice in self.choices]


def forget() -> None:
    """Drop the decision or plan that is looked at, and what was picked. For callbacks."""
    st.session_state.pop(_PENDING, None)
    planning.forget()
    st.session_state["wb-rec-rows-closed"] = st.session_state.get("wb-rec-rows-closed", 0) + 1


def draw_many(ctx: PageContext, rows: Sequence[Recommendation]) -> None:
    """The decision on the picked rows, and their plan; nothing while none is picked."""
    pending: _Pending | None = st.session_state.get(_PENDING)
    if pending is not None:
        _preview(ctx, pending)
        return
    if planning.draw_pending(ctx):
        return
    if not rows:
        st.caption("Pick rows to decide on them, or to plan them, together.")
        return

    def show(chosen: Sequence[Recommendation]) -> None:
        amounts = sums(added_up(chosen))
        st.caption(
            plain(f"{formats.plural(len(chosen), 'recommendation')} picked" + (f", {amounts}" if amounts else ""))
        )
        if len(chosen) == 1:
            st.button(
                "Open it",
                icon=":material/open_in_full:",
                key="wb-rec-open",
                on_click=put,
                kwargs={"id": [str(chosen[0].id)]},
            )
        if not allowed(Permission.DECIDE):
            return
        decision = _form(ctx, chosen, "many")
        if decision is not None:
            choices = tuple(Choice(row.id, row.version) for row in chosen)
            st.button(
                "Preview", type="primary", key="wb-rec-preview", on_click=_look, args=(_Pending(choices, decision),),
                help="Shows what would change. Nothing is written yet.",
            )  # fmt: skip
        st.markdown("**Plan**")
        planning.draw_many(chosen)

    block(
        ctx,
        "Decide",
        key="rec-decide",
        load=lambda: rows,
        draw=show,
        empty=lambda _: False,
        exports=lambda chosen: exports(ctx, "picked", "Recommendations picked", lambda: full_table(chosen)),
        height=120,
    )


def draw_one(ctx: PageContext, row: Recommendation) -> None:
    """The decision on one that is open on the page."""
    st.markdown("**Decide**")
    if not allowed(Permission.DECIDE):
        return
    decision = _form(ctx, [row], "one")
    if decision is not None:
        st.button(
            STEPS[decision.step],
            type="primary",
            key="wb-rec-take",
            shortcut="Ctrl+Enter",
            on_click=_take,
            args=(ctx, _Pending((Choice(row.id, row.version),), decision)),
        )


def _form(ctx: PageContext, rows: Sequence[Recommendation], name: str) -> Decision | None:
    """Step, reason, day and duplicate; None until everything needed is there, which is said."""
    counts = Counter(step for row in rows for step in possible(row.state))
    offered = [step for step in STEPS if counts[step]]
    if not offered:
        states = ", ".join(sorted({state_words(row.state) for row in rows}))
        st.caption(f"Nothing to decide: {states}. It comes back when a scan finds it again.")
        return None
    chosen_key = f"_recommendations_step_{name}"
    chosen = st.session_state.get(chosen_key)
    with st.container(horizontal=True, gap="small"):
        for step in offered:
            part = (
                "" if counts[step] == len(rows) else f" ({formats.count(counts[step])} of {formats.count(len(rows))})"
            )
            st.button(
                STEPS[step] + part,
                key=f"wb-rec-{name}-{step}",
                type="primary" if step == chosen else "secondary",
                shortcut=SHORTCUTS.get(step) if name == "one" else None,
                on_click=st.session_state.__setitem__,
                args=(chosen_key, step),
            )
    if chosen not in offered:
        st.caption("Choose a step.")
        return None
    return _filled(ctx, Step(chosen), f"{name}-{rows[0].id}-{chosen}")


def _filled(ctx: PageContext, step: Step, key: str) -> Decision | None:
    today = clock.today()
    until: date | None = None
    original: int | None = None
    missing = []
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if step is Step.SNOOZE:
            until = st.date_input(
                "Back on",
                today + timedelta(days=_SNOOZE_DAYS),
                min_value=today + timedelta(days=1),
                format="YYYY-MM-DD",
                key=f"wb-rec-until-{key}",
                width=150,
            )
        if step is Step.DUPLICATE:
            original = st.number_input(
                "Number of the one to keep", min_value=1, value=None, step=1, key=f"wb-rec-of-{key}", width=220
            )
            if original is None:
                missing.append("the number of the one to keep")
        needed = step in _NEEDS_REASON
        reason = st.text_input(
            "Reason" if needed else "Reason (may be empty)",
            key=f"wb-rec-reason-{key}",
            max_chars=2000,
            placeholder="Others will read it",
            width=420,
        )
        if needed and not (reason or "").strip():
            missing.append("a reason")
    if original is not None:
        _kept_one(ctx, original)
    if missing:
        st.caption(f"Needs {' and '.join(missing)}.")
        return None
    return Decision(step, (reason or "").strip(), until, original)


def _kept_one(ctx: PageContext, original: int) -> None:
    """What a duplicate would point to."""
    try:
        row = workspace(ctx).recommendations.get(original)
    except Conflict:
        st.caption(f"There is no recommendation {original}.")
        return
    st.text(
        f"Keeps {original}: {visible(row.title or row.check_id)}, {visible(name_of(row))}, {state_words(row.state)}"
    )


def _look(pending: _Pending) -> None:
    st.session_state[_PENDING] = pending


def _take(ctx: PageContext, pending: _Pending) -> None:
    def act() -> str:
        decided = workspace(ctx).recommendations.decide(pending.choices, pending.decision)
        return f"{formats.plural(len(decided), 'recommendation')} {DONE[pending.decision.step]}"

    if attempt("The decision", act):
        for name in ("many", "one"):
            st.session_state.pop(f"_recommendations_step_{name}", None)
        forget()


def _preview(ctx: PageContext, pending: _Pending) -> None:
    """What the decision would do; nothing is written before it is confirmed."""
    block(
        ctx,
        "Preview: nothing is written yet",
        key="rec-preview",
        load=lambda: workspace(ctx).recommendations.preview(pending.ids, pending.decision),
        draw=lambda found: _draw_preview(ctx, pending, found),
        empty=lambda _: False,
        exports=lambda found: (
            exports(ctx, "preview", "Recommendations a decision would change", lambda: full_table(found.possible))
            if found.possible
            else ()
        ),
        height=240,
    )


def _draw_preview(ctx: PageContext, pending: _Pending, found: Preview) -> None:
    decision, count = pending.decision, len(found.possible)
    amounts = sums(found.amounts)
    head = f"{formats.count(count)} will be {DONE[decision.step]}" + (f", {amounts}" if amounts else "")
    if found.refused:
        head += f"; {formats.count(len(found.refused))} cannot be"
    st.markdown(f"**{plain(head, limit=300)}**")
    st.text(_decision_words(decision))
    if count:
        cut = found.possible[:_LISTED]
        grid.draw(cut, account_names(ctx), key="wb-rec-preview-rows", alt="Would change")
        if count > _LISTED:
            st.caption(f"{_LISTED} of {formats.count(count)} shown")
    if found.refused:
        st.markdown("**Cannot be changed**")
        st.dataframe(
            {
                "Number": [one.id for one in found.refused[:_LISTED]],
                "Why": [visible(one.reason, limit=300) for one in found.refused[:_LISTED]],
            },
            hide_index=True,
            key="wb-rec-refused",
            alt="Cannot be changed",
        )
        if len(found.refused) > _LISTED:
            st.caption(f"{_LISTED} of {formats.count(len(found.refused))} shown")
        st.caption("A decision is taken on all or on none: leave these out, or go back and choose another step.")
    with st.container(horizontal=True, gap="small"):
        if found.refused and count:
            left = {one.id for one in found.refused}
            kept = tuple(choice for choice in pending.choices if choice.id not in left)
            st.button(
                f"Leave out {formats.count(len(left))}",
                type="primary",
                key="wb-rec-leave",
                on_click=_look,
                args=(_Pending(kept, decision),),
            )
        elif count:
            st.button(
                f"{STEPS[decision.step]}: {formats.count(count)}",
                type="primary",
                key="wb-rec-confirm",
                on_click=_take,
                args=(ctx, pending),
            )
        st.button("Back", key="wb-rec-cancel", on_click=st.session_state.pop, args=(_PENDING, None))


def _decision_words(decision: Decision) -> str:
    words = [STEPS[decision.step]]
    if decision.until is not None:
        words.append(f"until {formats.iso_date(decision.until)}")
    if decision.duplicate_of is not None:
        words.append(f"of {decision.duplicate_of}")
    if decision.reason:
        words.append(f"because: {visible(decision.reason, limit=300)}")
    return " ".join(words)
