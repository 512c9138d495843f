"""What a scan found out about a recommendation: figures, money, confidence, what to do. Nothing here runs anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from workbench import formats
from workbench.checks.registry import Check
from workbench.costs.view import Basis
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.health.grids import show_rows
from workbench.ui.recommendation_words import amount_of
from workbench.ui.recommendations.payload import counted, doubts, figures, filled, money_rows, steps, text
from workbench.ui.text import plain, visible
from workbench.ui.words import BASES
from workbench.ui.workspace_files import row_exports
from workbench.workspace import Recommendation

__all__ = ["confidence", "evidence", "money", "remedy"]

_AMOUNTS = ("Costs", "Low", "Expected", "High", "Counted")
_BASIS_WORDS = {basis.value: label for basis, label in BASES.items()}


def evidence(ctx: PageContext, row: Recommendation, payload: Mapping[str, Any], check: Check | None) -> None:
    """The rule with its thresholds, and the figures it looked at."""

    def show(rows: list[dict[str, Any]]) -> None:
        words = filled(payload, "rule")
        if words:
            st.text(visible(words, limit=600))
        if rows:
            show_rows(ctx, rows, alt="Figures", key="wb-rec-figures", widths={"Figure": 300})
        else:
            st.caption("The scan kept no figures.")
        if check is None:
            st.caption(plain(f"The check {row.check_id} is not known here any more; these are the figures it gave."))

    block(
        ctx,
        "Why it was found",
        key="rec-evidence",
        load=lambda: figures(payload, check, row.currency),
        draw=show,
        empty=lambda _: False,
        exports=lambda rows: row_exports(ctx, f"figures-{row.id}", f"Figures of recommendation {row.id}", rows),
        height=200,
    )


def money(ctx: PageContext, row: Recommendation, payload: Mapping[str, Any]) -> None:
    """What it saves a month on each basis, and what of it the scan counted."""

    def show(rows: list[dict[str, Any]]) -> None:
        _headline(row, payload)
        if rows:
            show_rows(
                ctx, rows, alt="Saving a month", key="wb-rec-money", money=_AMOUNTS, currency=lambda _: row.currency,
                help={"Counted": "What the scan counted, each dollar once over all its findings."},
            )  # fmt: skip
        formula = filled(payload, "formula")
        if formula:
            st.caption(plain(formula, limit=400))

    block(
        ctx,
        "What it saves a month",
        key="rec-money",
        load=lambda: money_rows(payload, _BASIS_WORDS),
        draw=show,
        empty=lambda _: False,
        exports=lambda rows: row_exports(
            ctx,
            f"saving-{row.id}",
            f"Saving of recommendation {row.id}",
            [{**one, "Currency": row.currency} for one in rows],
        ),
        height=200,
    )


def _headline(row: Recommendation, payload: Mapping[str, Any]) -> None:
    kind = text(payload, "kind")
    if row.saving_expected is None:
        words = {
            "review": "A review: the amounts are what is at stake, not a saving. They are in no sum.",
            "hygiene": "Hygiene: there is no saving in it.",
        }
        st.caption(words.get(kind, "Neither the bill nor a list price tells what it saves."))
        return
    with st.container(horizontal=True, gap="medium"):
        for label, value in (
            ("Low", row.saving_low),
            ("Expected", row.saving_expected),
            ("High", row.saving_high),
            ("Counted", counted(payload, row.basis)),
        ):
            st.metric(label, plain(amount_of(value, row.currency)), width="content")
    known = {basis.value for basis in Basis}
    word = _BASIS_WORDS[row.basis].lower() if row.basis in known else row.basis or "an unnamed basis"
    st.caption(plain(f"In {row.currency or 'no currency'}, on {word}, a month of 730 hours"))
    st.caption("Counted is what the scan added to its total, in which the same money is once.")


def confidence(row: Recommendation, payload: Mapping[str, Any], check: Check | None) -> None:
    """How sure it is, and what was taken off."""
    with st.container(border=True, gap="xsmall"), calm("Confidence"):
        st.markdown(f"**Confidence {formats.count(row.confidence)} of 100**")
        found = doubts(payload)
        if check is not None and row.confidence is not None:
            own = check.facts.confidence
            st.caption(f"{own} is the check's own" + ("; less:" if found else "; nothing is taken off."))
        elif not found:
            st.caption("Nothing is taken off.")
        for doubt in found:
            st.caption(plain(f"• {doubt.points}: {doubt.reason}", limit=300))
        with st.container(horizontal=True, gap="small"):
            if "restart" in payload:
                st.badge("Needs a restart" if payload["restart"] else "No restart", color="gray")
            if "reversible" in payload:
                st.badge("Can be undone" if payload["reversible"] else "Cannot be undone", color="gray")


def remedy(payload: Mapping[str, Any]) -> None:
    """What to do, step by step and as text for a command line."""
    with st.container(border=True, gap="xsmall"), calm("What to do"):
        st.markdown("**What to do**")
        found, command = steps(payload), text(payload, "command")
        if not found and not command:
            st.caption("The check names no steps.")
        for number, step in enumerate(found, start=1):
            st.markdown(f"{number}\\. {plain(step, limit=600)}")
        if command:
            st.caption("The same as text for a command line. The workbench never runs it.")
            st.code(visible(command, limit=2000), language="bash", wrap_lines=True)
