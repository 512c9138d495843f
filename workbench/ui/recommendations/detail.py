"""One recommendation: what it is, where it stands, money, evidence, what to do, decision, plan, history, remarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from workbench import formats
from workbench.checks.custom import all_checks
from workbench.checks.registry import Check
from workbench.errors import Conflict
from workbench.ui import notes
from workbench.ui.acting import principal, workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.picking import put
from workbench.ui.recommendation_table import full_table
from workbench.ui.recommendation_words import KEYS, PRIORITIES, name_of, until_words
from workbench.ui.recommendations import deciding, facts, planning, timeline
from workbench.ui.recommendations.filters import account_names
from workbench.ui.recommendations.listing import ROWS, listed
from workbench.ui.recommendations.payload import tags, text
from workbench.ui.recommendations.wanted import Wanted
from workbench.ui.registry import page_info
from workbench.ui.text import plain, visible
from workbench.ui.workspace_files import exports
from workbench.workspace import Recommendation, SavedIntent
from workbench.workspace.note_records import Subject

__all__ = ["draw"]

_PLACE = "_recommendations_place"
_SEEN = "_recommendations_seen"
_GROUP = "group"
_MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class _One:
    row: Recommendation
    payload: Mapping[str, Any]
    check: Check | None
    rule: SavedIntent | None
    account: str


def draw(ctx: PageContext, asked: str, wanted: Wanted) -> None:
    """Draw the one the address opens; ``wanted`` is the queue it was picked from."""
    _steps(ctx, asked, wanted)
    if not (asked.isascii() and asked.isdigit() and len(asked) <= _MAX_DIGITS):
        st.text(f"{visible(asked)} is no number of a recommendation.")
        return
    number = int(asked)
    found: list[_One] = []

    def load() -> _One | None:
        try:
            found.append(_load(ctx, number))
        except Conflict:
            return None
        return found[0]

    block(
        ctx,
        f"Recommendation {number}",
        key="rec-one",
        load=load,
        draw=lambda one: _head(ctx, number, one),
        empty=lambda _: False,
        exports=lambda one: (
            exports(ctx, f"recommendation-{number}", f"Recommendation {number}", lambda: full_table([one.row]))
            if one
            else ()
        ),
        height=200,
    )
    if not found:
        return
    one = found[0]
    left, right = st.columns(2, gap="medium")
    with left:
        facts.evidence(ctx, one.row, one.payload, one.check)
        facts.remedy(one.payload)
    with right:
        facts.money(ctx, one.row, one.payload)
        facts.confidence(one.row, one.payload, one.check)
    timeline.draw(ctx, number)
    notes.draw(
        ctx, Subject.RECOMMENDATION, str(number), key="rec-notes", title="Annotations", of=f"recommendation {number}"
    )


def _load(ctx: PageContext, number: int) -> _One:
    place = workspace(ctx)
    row = place.recommendations.get(number)
    checks, _ = all_checks(ctx.settings, principal())
    return _One(
        row,
        place.recommendations.evidence(number),
        next((one for one in checks if one.id == row.check_id), None),
        next((one for one in place.intents() if one.id == row.hidden_by), None),
        account_names(ctx).get(row.account_id, row.account_id),
    )


def _steps(ctx: PageContext, asked: str, wanted: Wanted) -> None:
    """Back to the queue, and to its neighbours there; after one that has left it comes the one that moved up."""
    names = [str(row.id) for row in listed(workspace(ctx), wanted, limit=ROWS).rows]
    if asked in names:
        place = names.index(asked)
        st.session_state[_PLACE] = place
        before, after = names[:place][-1:], names[place + 1 :][:1]
    else:
        place = min(st.session_state.get(_PLACE, 0), len(names))
        before, after = names[:place][-1:], names[place:][:1]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Queue", icon=":material/arrow_back:", type="tertiary", key="wb-rec-close", on_click=put, kwargs={"id": []}
        )
        st.button(
            "Previous", key="wb-rec-previous", shortcut="K", disabled=not before, on_click=put, kwargs={"id": before}
        )
        st.button("Next", key="wb-rec-next", shortcut="J", disabled=not after, on_click=put, kwargs={"id": after})
        with st.popover("Keys", icon=":material/keyboard:", type="tertiary", key="wb-rec-keys"):
            for key, does in KEYS.items():
                st.markdown(f"`{key}` {does}")
        if asked in names:
            st.caption(f"{names.index(asked) + 1} of {len(names)} on this page of the queue", width="content")


def _head(ctx: PageContext, number: int, one: _One | None) -> None:
    if one is None:
        st.text(f"There is no recommendation {number}.")
        return
    row = one.row
    st.markdown(f"### {plain(row.title or row.check_id)}: {plain(name_of(row))}")
    with st.container(horizontal=True, gap="small"):
        st.badge(plain(until_words(row)), color="blue")
        for label, value in (("Risk", row.risk), ("Effort", row.effort)):
            if value:
                st.badge(plain(f"{label} {value}"), color="gray")
        st.badge(f"Priority {PRIORITIES[row.priority].lower()}", color="gray")
    env = text(one.payload, "env")
    words = [row.resource_id, row.resource_type, one.account, row.region, env, row.service, f"check {row.check_id}"]
    st.text(" · ".join(visible(str(word)) for word in words if word))
    tagged = tags(one.payload)
    if tagged:
        st.text("Tags: " + ", ".join(visible(f"{key}={value}", limit=80) for key, value in tagged.items()))
    _standing(row, one.rule)
    if row.resource_id and row.resource_type != _GROUP:
        page = page_info("resource")
        st.page_link(
            page.script,
            label="About this resource",
            icon=page.icon,
            query_params={**ctx.params(), "resource": [row.resource_id]},
        )
    _meanwhile(row)
    deciding.draw_one(ctx, row)
    planning.draw(ctx, row)


def _standing(row: Recommendation, rule: SavedIntent | None) -> None:
    """Since when, why, and what holds it back."""
    found = f"Found in data to {formats.iso_date(row.first_seen)}, last seen {formats.iso_date(row.last_seen)}"
    st.caption(
        plain(
            f"{until_words(row).capitalize()} since {formats.iso_date(row.state_since)}. {found}."
            f" Last changed {formats.timestamp(row.updated_at)} by {row.updated_by}.",
            limit=400,
        )
    )
    if row.reason:
        st.text(f"Reason: {visible(row.reason, limit=2000)}")
    if row.gone_since is not None:
        st.info(f"No longer found in data to {formats.iso_date(row.gone_since)}.", icon=":material/search_off:")
    if row.duplicate_of is not None:
        st.button(
            f"Open {row.duplicate_of}, the one to keep",
            key="wb-rec-original",
            on_click=put,
            kwargs={"id": [str(row.duplicate_of)]},
        )
    if rule is not None:
        said = rule.intent
        what = f"account {said.value}" if not said.key else f"tag {said.key}={said.value}"
        st.info(
            plain(
                f"Intentional until {formats.iso_date(said.expires_on)}: rule {rule.id} for {what}."
                f" {said.reason} ({rule.created_by})",
                limit=600,
            ),
            icon=":material/visibility_off:",
        )
        st.button("Open the rule", key="wb-rec-rule", on_click=_open_rule, args=(rule.id,))


def _meanwhile(row: Recommendation) -> None:
    """Say that somebody else changed it while it was open here: what is decided now is about the new state."""
    seen: tuple[int, int] | None = st.session_state.get(_SEEN)
    if seen is None or seen[0] != row.id or row.updated_by == principal().name:
        st.session_state[_SEEN] = (row.id, row.version)
    elif seen[1] != row.version:
        words = f"{row.updated_by} changed it while it was open here, {formats.timestamp(row.updated_at)}"
        st.warning(plain(f"{words}: it is {until_words(row)} now.", limit=300), icon=":material/group:")


def _open_rule(number: int) -> None:
    st.session_state["rec-part"] = "Intentional"
    put(part=["intentional"], rule=[str(number)])
