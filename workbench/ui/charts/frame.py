"""What every chart shares: fonts, grid, money axis, hover box, marks of partial periods and notes.

Figures have a transparent background, so that they sit on the page and in the export alike, and carry every colour
themselves: draw them with ``st.plotly_chart(figure, theme=None, config=CONFIG)``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from workbench import formats
from workbench.ui.charts.palette import Palette, rgba
from workbench.ui.charts.series import Grain, TimeSeries
from workbench.ui.charts.text import NAME_LENGTH, safe

__all__ = ["CONFIG", "FONT", "add_marks", "amounts", "figure", "hover_texts", "money_axis", "name_of", "period_text"]

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", "Helvetica Neue", Arial, sans-serif'

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": "reset",
    "plotlyServerURL": "",
}
"""Plotly.js settings; no button of its own, because exports go through the workbench (with provenance)."""

_TICK_FORMAT: dict[Grain, str] = {"day": "%-d %b\n%Y", "week": "%-d %b\n%Y", "month": "%b\n%Y"}
_DAY_MS = 86_400_000


def figure(palette: Palette, *, height: int, legend: bool = True) -> go.Figure:
    """An empty figure in the house style."""
    return go.Figure(
        layout=go.Layout(
            template={},
            height=height,
            autosize=True,
            margin={"l": 8, "r": 12, "t": 36 if legend else 12, "b": 8},
            paper_bgcolor="rgba(0,0,0,0)",
            plot_bgcolor="rgba(0,0,0,0)",
            font={"family": FONT, "size": 13, "color": palette.ink},
            showlegend=legend,
            legend={
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.02,
                "yanchor": "bottom",
                "traceorder": "normal",
                "font": {"size": 12, "color": palette.ink},
                "itemclick": "toggle",
                "itemdoubleclick": "toggleothers",
            },
            hoverlabel={
                "bgcolor": palette.background,
                "bordercolor": palette.grid,
                "font": {"family": FONT, "size": 12, "color": palette.ink},
                "align": "left",
                "namelength": -1,
            },
            separators=".,",
            dragmode=False,
        )
    )


def money_axis(palette: Palette, currency: str, low: float, high: float) -> dict[str, Any]:
    """An axis of money with zero and ``low`` to ``high`` on it, its ticks in the words of the tables: ``−$2.5K``."""
    ticks = _round_steps(min(low, 0.0), max(high, 0.0))
    room = 0.04 * (ticks[-1] - ticks[0])
    return {
        "range": [min(low - room, ticks[0]) if low < 0 else 0, max(high + room, 0)],
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [safe(_tick(value, currency)) for value in ticks],
        "gridcolor": palette.grid,
        "zeroline": True,
        "zerolinecolor": palette.muted,
        "zerolinewidth": 1,
        "tickfont": {"size": 12, "color": palette.muted},
        "automargin": True,
        "fixedrange": True,
    }


def _round_steps(low: float, high: float) -> list[float]:
    """Four to seven round values from at or below ``low`` to at or above ``high``; zero is one of them."""
    span = high - low or 1.0
    power = 10.0 ** math.floor(math.log10(span / 5))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor * 6 >= span)
    return [step * position for position in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _tick(value: float, currency: str) -> str:
    text = formats.money(Decimal(repr(round(value, 6))), currency, compact=True)
    return re.sub(r"\.0+(?=\D?$)|(?<=\.\d)0+(?=[KMBT]$)", "", text)


def time_axis(palette: Palette, data: TimeSeries) -> dict[str, Any]:
    """An x axis of periods; at most one tick a period."""
    axis: dict[str, Any] = {
        "type": "date",
        "tickformat": _TICK_FORMAT[data.grain],
        "showgrid": False,
        "tickfont": {"size": 12, "color": palette.muted},
        "automargin": True,
        "fixedrange": True,
        "nticks": 8,
    }
    if len(data.periods) <= 7:
        axis |= {"tickmode": "array", "tickvals": list(data.periods)}
    return axis


def amounts(values: Sequence[Decimal | None]) -> list[float | None]:
    """Exact amounts as floats for drawing; this is the last step, nothing is added afterwards."""
    return [None if value is None else float(value) for value in values]


def hover_texts(values: Sequence[Decimal | None], currency: str) -> list[str]:
    """The amounts in full, as hover shows them."""
    decimals = formats.money_decimals(values)
    return [safe(formats.money(value, currency, decimals=decimals)) for value in values]


def name_of(name: str) -> str:
    """A series name for the legend."""
    return safe(name, NAME_LENGTH)


def period_text(day: date, grain: Grain) -> str:
    """A period in words: ``Fri 20 Nov 2026``, ``week of 16 Nov 2026``, ``November 2026``."""
    if grain == "month":
        return formats.month(day)
    written = formats.period(day, day)
    return f"Week of {written}" if grain == "week" else f"{day:%a} {written}"


def add_marks(chart: go.Figure, palette: Palette, data: TimeSeries, *, band: bool) -> None:
    """Write the words of partial periods above them (with a shaded band where bars cannot be hatched) and the notes."""
    partial = [(day, words) for day, words in data.partial if day in data.periods]
    if partial:
        chart.update_layout(legend_y=1.09)
    for day, words in partial:
        last = day == data.periods[-1]
        if band:
            low, high = _band(data, day)
            chart.add_shape(
                type="rect",
                xref="x",
                yref="paper",
                x0=low,
                x1=high,
                y0=0,
                y1=1,
                fillcolor=rgba(palette.muted, 0.14),
                line_width=0,
                layer="below",
            )
        if day not in (partial[0][0], partial[-1][0]):
            continue  # the words of many periods would cover each other
        chart.add_annotation(
            x=day,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="right" if last and len(data.periods) > 1 else "center",
            text=safe(words),
            showarrow=False,
            font={"size": 11, "color": palette.muted},
        )
    for note in data.notes:
        chart.add_shape(
            type="line",
            xref="x",
            yref="paper",
            x0=note.day,
            x1=note.day,
            y0=0,
            y1=1,
            line={"color": palette.ink, "width": 1, "dash": "dot"},
        )
        chart.add_annotation(
            x=note.day,
            y=1,
            yref="paper",
            yanchor="top",
            text=str(note.number),
            showarrow=False,
            bgcolor=palette.background,
            bordercolor=palette.ink,
            borderpad=2,
            font={"size": 11, "color": palette.ink},
        )


def _band(data: TimeSeries, day: date) -> tuple[date, date]:
    """From the point before ``day`` to ``day``: on a line that is the stretch the partial period shapes."""
    position = data.periods.index(day)
    if position > 0:
        return data.periods[position - 1], day
    return day, data.periods[1] if len(data.periods) > 1 else day + timedelta(days=1)
