"""The table of recommendations, to look at or to pick from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import streamlit as st

from workbench import formats
from workbench.ui.recommendation_table import frame_of, money_cells
from workbench.workspace import Recommendation

__all__ = ["draw"]

_UNCUT_ROWS = 12
_TALL = 480  # pixels
_RIGHT = ("Number", "Saving a month", "Confidence")
_WIDTHS = {"Finding": 200, "Resource": 220}


def draw(
    rows: Sequence[Recommendation], accounts: Mapping[str, str], *, key: str, alt: str, pick: bool = False
) -> tuple[Recommendation, ...]:
    """Draw rows; those that are picked, in the order of the table.

    Args:
        rows: at least one.
        accounts: id → name.
        key: unique on the page; where rows are picked, another for other rows.
        alt: name of the table for screen readers.
        pick: whether rows can be picked.
    """
    frame = frame_of(rows, accounts)
    state = st.dataframe(
        money_cells(frame, rows),
        hide_index=True,
        key=key,
        on_select="rerun" if pick else "ignore",
        selection_mode="multi-row",
        height="content" if len(rows) <= _UNCUT_ROWS else _TALL,
        placeholder=formats.MISSING,
        alt=alt,
        column_config={
            name: st.column_config.Column(name, width=_WIDTHS.get(name), alignment="right" if name in _RIGHT else None)
            for name in frame.columns
        },
    )
    if not pick:
        return ()
    positions: list[int] = cast("Any", state)["selection"]["rows"]
    return tuple(rows[position] for position in sorted(positions) if position < len(rows))
