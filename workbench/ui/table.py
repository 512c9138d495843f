"""The table twin of every chart: an Arrow table on the page, with figures aligned and text shown as it is.

Cells keep their numbers, so the grid sorts by value; what is seen comes from ``workbench.formats``. Text of the bill is
a text cell: the grid never reads it as Markdown, HTML or a link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import pandas as pd
import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.ui.charts.palette import Palette, ink_on
from workbench.ui.text import visible

__all__ = ["Kind", "TableColumn", "cut_note", "show_table"]

Kind = Literal["text", "money", "fine", "change", "percent", "number", "quantity", "date", "time", "trend"]

_ROWS_WITHOUT_SCROLLING = 17
_TALL = 640  # pixels
_COLUMNS_SEEN_WHOLE = 8

_ALIGNED = ("money", "fine", "change", "percent", "number", "quantity")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column on the screen.

    Attributes:
        name: column of the Arrow table.
        label: heading; may hold a tag key, so it is shown letter by letter.
        kind: how values are written; ``fine`` is money to a ten-thousandth of a cent, for charge lines; ``change`` is
            signed money in the colours of change; ``trend`` a small line.
        help: explanation at the heading, our own words only.
        width: in pixels, or ``small``, ``medium``, ``large``; None fits the content.
    """

    name: str
    label: str
    kind: Kind = "text"
    help: str | None = None
    width: int | Literal["small", "medium", "large"] | None = None


def show_table(
    table: pa.Table,
    columns: Sequence[TableColumn],
    *,
    key: str,
    currency: str,
    palette: Palette,
    alt: str,
    totals: int = 0,
    selectable: bool = False,
) -> int | None:
    """Draw a table.

    Args:
        table: the rows in order; already cut to what is worth showing.
        columns: what to show, in order; in a wide table the first stays in place when it is moved sideways.
        key: unique on the page.
        currency: ISO code of all money columns.
        palette: for the colours of change.
        alt: name of the table for screen readers.
        totals: how many of the last rows are sums (Other, Total): written in bold, never selected.
        selectable: whether a row can be chosen.

    Returns:
        Position of the chosen row, or None.
    """
    frame = pd.DataFrame({column.name: _cells(table[column.name], column.kind) for column in columns})
    pinned = columns[0] if _pins(columns) else None
    state = st.dataframe(
        _styled(frame, columns, currency, palette, totals),
        hide_index=True,
        column_config={column.name: _config(column, table, pinned=column is pinned) for column in columns},
        key=key,
        on_select="rerun" if selectable else "ignore",
        selection_mode="single-row",
        height="content" if table.num_rows <= _ROWS_WITHOUT_SCROLLING else _TALL,
        placeholder=formats.MISSING,
        alt=alt,
    )
    if not selectable:
        return None
    chosen: list[int] = cast("Any", state)["selection"]["rows"]
    return chosen[0] if chosen and chosen[0] < table.num_rows - totals else None


def cut_note(shown: int, groups: int, coverage: float | None, noun: str = "group") -> str:
    """``50 of 1,284 groups, 96.2% of cost``; all of them are just counted."""
    if shown >= groups:
        return formats.plural(groups, noun)
    part = f", {formats.percent(coverage)} of cost" if coverage is not None else ""
    return f"{formats.count(shown)} of {formats.plural(groups, noun)}{part}"


def _pins(columns: Sequence[TableColumn]) -> bool:
    """Whether the table is too wide to be seen whole, so that the first column has to stay in place."""
    return len(columns) > _COLUMNS_SEEN_WHOLE


def _cells(column: pa.ChunkedArray, kind: Kind) -> Any:
    values = column.to_pylist()
    if kind in ("money", "fine", "change", "percent", "quantity"):
        # Enough digits to sort and to show; sums are made from exact amounts before they come here.
        return pd.Series([None if value is None else float(value) for value in values], dtype="float64")
    if kind == "number":
        return pd.Series(values, dtype="Int64")
    if kind == "text":
        return pd.Series([None if value is None else visible(value, limit=500) for value in values], dtype="object")
    return pd.Series(values, dtype="object")


def _styled(
    frame: pd.DataFrame, columns: Sequence[TableColumn], currency: str, palette: Palette, totals: int
) -> pd.io.formats.style.Styler:
    styled = frame.style
    for column in columns:
        writer = _writer(column.kind, frame[column.name], currency)
        if writer is not None:
            styled = styled.format(_or_missing(writer), subset=[column.name])
        if column.kind == "change":
            styled = styled.map(_colour(palette), subset=[column.name])
    if _pins(columns) and columns[0].kind == "text":
        # Streamlit draws pinned cells at 60% opacity: only the strongest ink keeps 4.5:1 (WCAG 2.2, 1.4.3) there.
        styled = styled.map(lambda _: f"color: {ink_on(palette.background)}", subset=[columns[0].name])
    if totals:
        styled = styled.map(lambda _: "font-weight: bold", subset=pd.IndexSlice[frame.index[-totals:], :])
    return styled


def _writer(kind: Kind, values: pd.Series[Any], currency: str) -> Callable[[Any], str] | None:
    """Value → what is seen; None where the grid writes the value itself."""
    if kind in ("money", "change"):
        decimals = formats.money_decimals(values.dropna())
        return lambda value: formats.money(value, currency, decimals=decimals, signed=kind == "change")
    if kind == "fine":
        return lambda value: formats.money(value, currency, decimals=6)
    writers: Mapping[Kind, Callable[[Any], str]] = {
        "percent": formats.percent,
        "number": formats.count,
        "quantity": formats.quantity,
        "date": formats.iso_date,
        "time": formats.timestamp,
    }
    return writers.get(kind)


def _or_missing(writer: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: formats.MISSING if pd.isna(value) else writer(value)


def _colour(palette: Palette) -> Callable[[Any], str]:
    def style(value: Any) -> str:
        if pd.isna(value) or value == 0:
            return ""
        return f"color: {palette.increase if value > 0 else palette.decrease}"

    return style


def _config(column: TableColumn, table: pa.Table, *, pinned: bool) -> Any:
    label = visible(column.label)
    if column.kind == "trend":
        low = min((value for row in table[column.name].to_pylist() for value in row or []), default=0.0)
        # From zero, so that a flat line is flat; credits may go below.
        return st.column_config.LineChartColumn(
            label, help=column.help, width=column.width or "small", y_min=min(low, 0.0)
        )
    return st.column_config.Column(
        label,
        help=column.help,
        width=column.width,
        pinned=pinned or None,
        alignment="right" if column.kind in _ALIGNED else None,
    )
