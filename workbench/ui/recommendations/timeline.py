"""The life of one recommendation, a row a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from workbench import formats
from workbench.ui.acting import workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.health.grids import show_rows
from workbench.ui.recommendation_words import DONE, PRIORITIES, state_words
from workbench.ui.workspace_files import row_exports
from workbench.workspace import Event

__all__ = ["draw", "event_rows"]


def draw(ctx: PageContext, id: int) -> None:
    """Draw the steps, newest first."""

    def show(rows: list[dict[str, Any]]) -> None:
        if not rows:
            st.caption("Nothing is recorded.")
            return
        show_rows(ctx, rows, alt="History", key="wb-rec-history", widths={"What": 380})

    block(
        ctx,
        "History",
        key="rec-history",
        load=lambda: event_rows(reversed(workspace(ctx).recommendations.history(id))),
        draw=show,
        empty=lambda _: False,
        exports=lambda rows: row_exports(ctx, f"history-{id}", f"History of recommendation {id}", rows),
        height=160,
    )


def event_rows(events: Iterable[Event]) -> list[dict[str, Any]]:
    """When, who, what, the state after it, why."""
    return [
        {
            "When": formats.timestamp(one.at),
            "Who": one.actor,
            "What": _what(one),
            "State": state_words(one.after),
            "Why": one.reason or None,
            "Scan": one.scan_id,
        }
        for one in events
    ]


def _what(event: Event) -> str:
    words = [DONE.get(event.step, event.step).capitalize()]
    for name, value in event.details.items():
        words.append(_detail(name, value))
    return ", ".join(words)


def _detail(name: str, value: Any) -> str:
    label = {"duplicate_of": "of", "until": "until"}.get(name, name)
    if isinstance(value, list | tuple) and len(value) == 2:
        before, after = (_named(name, one) for one in value)
        return f"{label}: {before} → {after}"
    return f"{label} {_named(name, value)}"


def _named(name: str, value: Any) -> str:
    if value in (None, ""):
        return formats.MISSING
    words: Mapping[Any, str] = PRIORITIES if name == "priority" else {}
    return words.get(value, str(value))
