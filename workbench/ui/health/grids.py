"""Tables of *Data health*: amounts to the cent in the currency of their own row, states in words and colour.

Rows are dictionaries by heading. Cells keep numbers, so that the grid sorts by value; text from the bill stays text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.schema.currencies import minor_units
from workbench.ui.charts.palette import Palette, palette_for
from workbench.ui.context import PageContext
from workbench.ui.text import visible

__all__ = ["arrow_rows", "current_palette", "show_rows"]

Row = Mapping[str, Any]

# A year of months is seen without scrolling inside the table.
_UNCUT_ROWS = 14


def current_palette() -> Palette:
    """Colours of the theme the page is shown in."""
    return palette_for(st.context.theme.type)


def arrow_rows(rows: Sequence[Row]) -> pa.Table:
    """The rows as an Arrow table, for export: exact amounts, headings as column names."""
    return pa.Table.from_pylist([dict(row) for row in rows])


def show_rows(
    ctx: PageContext,
    rows: Sequence[Row],
    *,
    alt: str,
    key: str,
    money: Sequence[str] = (),
    signed: Sequence[str] = (),
    currency: str | Callable[[Row], str] = "Currency",
    colours: Callable[[Row], str] | None = None,
    coloured: str = "",
    totals: int = 0,
    hidden: Collection[str] = (),
    widths: Mapping[str, int] | None = None,
    help: Mapping[str, str] | None = None,
) -> None:
    """Draw rows as a table; more than ``settings.table_rows`` are cut and the cut is said.

    Args:
        ctx: the page's context.
        rows: dictionaries with the same headings in the same order.
        alt: name of the table for screen readers.
        key: unique on the page.
        money: headings of amounts.
        signed: those of them that are differences, with a sign.
        currency: heading that holds the currency of a row, or the function that knows it; only for amounts.
        colours: text colour of a row's cell under ``coloured``; empty for none.
        coloured: heading of the cell that is coloured.
        totals: how many of the last rows are sums, in bold.
        hidden: headings of columns that are not drawn.
        widths: headings of columns with a width of their own, in pixels.
        help: explanations at headings.
    """
    limit = ctx.settings.table_rows
    shown = list(rows) if len(rows) <= limit else list(rows[:limit])
    names = [name for name in shown[0] if name not in hidden] if shown else []
    frame = pd.DataFrame([{name: _cell(row[name]) for name in names} for row in shown])
    styled = frame.style
    codes = [str(currency(row) if callable(currency) else row[currency]) for row in shown] if money else []
    for code in dict.fromkeys(codes):
        of_code = [index for index, one in enumerate(codes) if one == code]
        for name in set(money) & set(names):
            styled = styled.format(_money(code, signed=name in signed), subset=pd.IndexSlice[of_code, [name]])
    for name in frame.columns:
        if name not in money:
            styled = styled.format(_text, subset=[name])
    if colours is not None and coloured:
        texts = [f"color: {colour}" if (colour := colours(row)) else "" for row in shown]
        styled = styled.apply(lambda _: texts, axis=0, subset=[coloured])
    if totals and len(rows) <= limit:
        styled = styled.map(lambda _: "font-weight: bold", subset=pd.IndexSlice[frame.index[-totals:], :])
    right = {name for name in frame.columns if name in money or _is_numeric(frame[name])}
    st.dataframe(
        styled,
        hide_index=True,
        key=key,
        alt=alt,
        placeholder=formats.MISSING,
        height="content" if len(shown) <= _UNCUT_ROWS else "auto",
        column_config={
            name: st.column_config.Column(
                name,
                help=(help or {}).get(name),
                width=(widths or {}).get(name),
                alignment="right" if name in right else None,
            )
            for name in frame.columns
        },
    )
    if len(rows) > limit:
        st.caption(f"{formats.count(limit)} of {formats.count(len(rows))} rows; the export has all of them")


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return visible(value, limit=300)
    return value


def _money(currency: str, *, signed: bool) -> Callable[[Any], str]:
    decimals = minor_units(currency)

    def write(value: Any) -> str:
        return formats.MISSING if pd.isna(value) else formats.money(value, currency, decimals=decimals, signed=signed)

    return write


def _text(value: Any) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return formats.MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and float(value).is_integer():
        return formats.count(value)
    return str(value)


def _is_numeric(values: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
