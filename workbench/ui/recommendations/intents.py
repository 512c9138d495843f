"""The tab *Intentional*: rules that hold findings back until a day, what each holds back, the form to write one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from workbench import clock, formats
from workbench.checks.custom import all_checks
from workbench.ui.acting import allowed, attempt, principal, workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.health.grids import show_rows
from workbench.ui.picking import choose_one, put
from workbench.ui.recommendations.filters import account_names
from workbench.ui.text import visible
from workbench.ui.workspace_files import row_exports
from workbench.workspace import Intent, IntentKind, Permission, SavedIntent

__all__ = ["draw", "forget", "rule_rows"]

_EDITED = "_recommendations_rule"
_DAYS = 90


def forget() -> None:
    """Drop the rule that is being edited. For callbacks."""
    st.session_state.pop(_EDITED, None)


def draw(ctx: PageContext) -> None:
    """Draw rules, the one chosen, and the form."""
    names = account_names(ctx)
    checks, _ = all_checks(ctx.settings, principal())
    titles = {one.id: one.title for one in sorted(checks, key=lambda one: one.title.casefold())}

    def show(rules: Sequence[SavedIntent]) -> None:
        if not rules:
            st.text("There are no rules: nothing is held back.")
        else:
            show_rows(ctx, rule_rows(rules, names, titles), alt="Intentional rules", key="wb-rec-rules")
        _chosen(ctx, rules)

    block(
        ctx,
        "Intentional",
        key="rec-intents",
        note="What is on purpose leaves the queue and the sums until the day the rule ends, and says which rule it is.",
        load=lambda: workspace(ctx).intents(),
        draw=show,
        empty=lambda _: False,
        exports=lambda rules: row_exports(
            ctx, "intentional-rules", "Intentional rules", rule_rows(rules, names, titles)
        ),
        height=200,
    )
    with st.container(border=True, gap="xsmall"):
        edited: SavedIntent | None = st.session_state.get(_EDITED)
        st.markdown("**New rule**" if edited is None else f"**Change rule {edited.id}**")
        if allowed(Permission.MARK_INTENTIONAL):
            _form(ctx, edited, names, titles)


def rule_rows(
    rules: Sequence[SavedIntent], accounts: Mapping[str, str], titles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A row a rule."""
    today = clock.today()
    return [
        {
            "Rule": one.id,
            "By": str(one.intent.kind),
            "What": f"{one.intent.key}={one.intent.value}"
            if one.intent.kind is IntentKind.TAG
            else accounts.get(one.intent.value, one.intent.value),
            "Check": "all" if one.intent.check_id is None else titles.get(one.intent.check_id, one.intent.check_id),
            "Ends": one.intent.expires_on,
            "Holds back": one.hides,
            "State": "holds" if one.intent.expires_on > today else "expired",
            "Reason": one.intent.reason,
            "Written by": one.created_by,
            "Changed": formats.timestamp(one.updated_at),
        }
        for one in rules
    ]


def _chosen(ctx: PageContext, rules: Sequence[SavedIntent]) -> None:
    """A rule to look into, change or delete."""
    if not rules:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        choose_one(
            ctx, "rule", "Rule", {str(one.id): f"{one.id} · {_short(one)}" for one in rules},
            everything="Choose one", width=330,
        )  # fmt: skip
        asked = (ctx.own_params().get("rule") or [""])[-1]
        one = next((rule for rule in rules if str(rule.id) == asked), None)
        if one is None:
            if asked:
                st.caption(f"There is no rule {visible(asked)}.")
            return
        st.button(
            f"Show the {formats.count(one.hides)} it holds back",
            key="wb-rec-rule-show",
            disabled=not one.hides,
            on_click=_show_held,
            args=(one,),
        )
        if allowed(Permission.MARK_INTENTIONAL):
            st.button("Change", key="wb-rec-rule-edit", on_click=st.session_state.__setitem__, args=(_EDITED, one))
            st.button(
                "Delete", key="wb-rec-rule-delete", on_click=_delete, args=(ctx, one),
                help="What it holds back shows again. The audit log keeps the rule.",
            )  # fmt: skip


def _short(one: SavedIntent) -> str:
    return f"{one.intent.key}={one.intent.value}" if one.intent.key else one.intent.value


def _show_held(one: SavedIntent) -> None:
    st.session_state["rec-part"] = "Queue"
    intent = one.intent
    put(
        part=[],
        rule=[],
        id=[],
        waiting=["no"],
        intentional=["only"],
        account=[intent.value] if intent.kind is IntentKind.ACCOUNT else [],
        tag=[f"{intent.key}={intent.value}"] if intent.kind is IntentKind.TAG else [],
        check=[intent.check_id] if intent.check_id else [],
        state=[],
        q=[],
        who=[],
        resource=[],
        min=[],
        page=[],
    )


def _form(ctx: PageContext, edited: SavedIntent | None, accounts: Mapping[str, str], titles: Mapping[str, str]) -> None:
    turn = st.session_state.get("wb-rec-rule-turn", 0)
    key = f"wb-rec-rule-{turn}" if edited is None else f"wb-rec-rule-{edited.id}-{edited.version}"
    before = None if edited is None else edited.intent
    today = clock.today()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        kind = st.segmented_control(
            "By",
            list(IntentKind),
            default=before.kind if before else IntentKind.TAG,
            format_func=lambda one: str(one).capitalize(),
            required=True,
            key=f"{key}-kind",
        )
        if kind == IntentKind.TAG:
            st.text_input("Tag key", before.key if before else "", key=f"{key}-key", max_chars=300, width=160)
            st.text_input(
                "Tag value", before.value if before and before.key else "", key=f"{key}-value", max_chars=300, width=160
            )
        else:
            known = list(dict.fromkeys([*([before.value] if before and not before.key else []), *accounts]))
            st.selectbox(
                "Account",
                known,
                index=0 if before and not before.key else None,
                format_func=lambda number: visible(accounts.get(number, number), limit=80),
                accept_new_options=True,
                key=f"{key}-account",
                placeholder="Choose or type its id",
                width=280,
            )
        checks = ["", *titles]
        if before and before.check_id and before.check_id not in titles:
            checks.append(before.check_id)
        st.selectbox(
            "Check",
            checks,
            index=checks.index(before.check_id) if before and before.check_id else 0,
            format_func=lambda one: visible(titles.get(one, one), limit=80) if one else "All",
            key=f"{key}-check",
            width=220,
        )
        st.date_input(
            "Ends on",
            max(before.expires_on, today + timedelta(days=1)) if before else today + timedelta(days=_DAYS),
            min_value=today + timedelta(days=1),
            format="YYYY-MM-DD",
            key=f"{key}-ends",
            help="The first day it no longer holds.",
            width=150,
        )
        st.text_input(
            "Reason",
            before.reason if before else "",
            key=f"{key}-reason",
            max_chars=2000,
            placeholder="Others will read it",
            width=320,
        )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add rule" if edited is None else "Save rule",
            type="primary",
            key=f"{key}-save",
            on_click=_save,
            args=(ctx, edited, key),
        )
        if edited is not None:
            st.button("Cancel", key=f"{key}-cancel", on_click=forget)


def _save(ctx: PageContext, edited: SavedIntent | None, key: str) -> None:
    typed = st.session_state
    kind = IntentKind(typed[f"{key}-kind"])
    named = f"{key}-value" if kind is IntentKind.TAG else f"{key}-account"
    # A day that was taken away is refused by the library like one in the past.
    ends: date = typed[f"{key}-ends"] or clock.today()
    intent = Intent(
        kind,
        (typed.get(named) or "").strip(),
        (typed[f"{key}-reason"] or "").strip(),
        ends,
        (typed.get(f"{key}-key") or "").strip() if kind is IntentKind.TAG else "",
        typed[f"{key}-check"] or None,
    )

    def act() -> str:
        place = workspace(ctx)
        saved = place.save_intent(
            intent, id=None if edited is None else edited.id, version=None if edited is None else edited.version
        )
        return f"Rule {saved.id} holds back {formats.plural(saved.hides, 'recommendation')}"

    if attempt("The rule", act):
        forget()
        typed["wb-rec-rule-turn"] = typed.get("wb-rec-rule-turn", 0) + 1


def _delete(ctx: PageContext, one: SavedIntent) -> None:
    def act() -> str:
        workspace(ctx).delete_intent(one.id, one.version)
        return f"Rule {one.id} deleted; what it held back shows again"

    if attempt("The rule", act):
        forget()
        put(rule=[])
