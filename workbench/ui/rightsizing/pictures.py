"""Figures of this page: use against capacities, and savings on three bases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import plotly.graph_objects as go

from models.rightsizing.savings import Savings
from workbench import formats
from workbench.ui.charts.frame import figure, money_axis
from workbench.ui.charts.palette import Palette, rgba
from workbench.ui.charts.text import safe

__all__ = ["Frame", "Use", "savings_picture", "thinned", "use_picture"]

_HEIGHT = 210
_LEGEND = 70
_TITLE = 0.06
_BETWEEN = 0.05
_HIGHEST = 250.0
_POINTS = 1_500


@dataclass(frozen=True, slots=True)
class Use:
    """One dimension over time, in percent of the present size.

    Attributes:
        name: of the dimension.
        values: a sample each; NaN: none.
        capacity: of the target; None: not known, or there is no target.
        headroom: share of the target that stays free, 0-1.
    """

    name: str
    values: Sequence[float]
    capacity: float | None
    headroom: float


@dataclass(frozen=True, slots=True)
class Frame:
    """What all dimensions of a picture share.

    Attributes:
        present, target: names of sizes; an empty target: none.
        times: begin of each sample, UTC.
        first, last: the span of the axis.
        start, end: the window that counts, shaded.
    """

    present: str
    target: str
    times: Sequence[datetime]
    first: datetime
    last: datetime
    start: datetime
    end: datetime


def thinned(
    times: Sequence[datetime], values: Sequence[float], most: int = _POINTS
) -> tuple[list[datetime], list[float | None]]:
    """At most ``most`` points: the highest of as many samples in a row as needed; a gap stays a gap."""
    each = max(1, math.ceil(len(values) / most))
    numbers = np.asarray(values, dtype=np.float64)
    kept: list[float | None] = []
    for begin in range(0, len(numbers), each):
        part = numbers[begin : begin + each]
        known = part[~np.isnan(part)]
        kept.append(float(known.max()) if len(known) else None)
    return list(times[::each]), kept


def use_picture(uses: Sequence[Use], frame: Frame, palette: Palette) -> go.Figure:
    """Use over time, a dimension below the other, with the present capacity, the target's, and the room it leaves."""
    chart = figure(palette, height=_LEGEND + _HEIGHT * len(uses))
    for number, use in enumerate(uses):
        _one(chart, use, frame, palette, number, len(uses))
    chart.update_xaxes(
        type="date",
        range=[frame.first, frame.last],
        tickformat="%-d %b\n%Y",
        showgrid=False,
        tickfont={"size": 12, "color": palette.muted},
        automargin=True,
        fixedrange=True,
        nticks=6,
        anchor=f"y{len(uses) if len(uses) > 1 else ''}",
    )
    return chart.update_layout(hovermode="x", legend_traceorder="normal")


def _one(chart: go.Figure, use: Use, frame: Frame, palette: Palette, number: int, of: int) -> None:
    axis = f"y{number + 1 if number else ''}"
    # Plots of one height, each with its title above and room to the next.
    height = (1.0 - of * _TITLE - (of - 1) * _BETWEEN) / of
    high = 1.0 - _TITLE - number * (height + _TITLE + _BETWEEN)
    low = max(0.0, high - height)
    chart.add_annotation(
        x=0, y=high, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False,
        text=f"<b>{safe(use.name)}</b>, percent of {safe(frame.present)}", font={"size": 12, "color": palette.ink},
    )  # fmt: skip
    chart.add_shape(
        type="rect", xref="x", yref="paper", x0=frame.start, x1=frame.end, y0=low, y1=high,
        fillcolor=rgba(palette.muted, 0.10), line_width=0, layer="below",
    )  # fmt: skip
    times, heights = thinned(frame.times, use.values)
    chart.add_trace(
        go.Scatter(
            x=times,
            y=heights,
            yaxis=axis,
            name="Used",
            legendgroup="used",
            showlegend=not number,
            mode="lines" if len(times) > 1 else "markers",
            connectgaps=False,
            line={"color": palette.colour(0), "width": 1.25},
            marker={"color": palette.colour(0)},
            hovertemplate=f"{safe(use.name)} %{{y:.1f}} %<extra></extra>",
        )
    )
    _across(chart, frame, axis, 100.0, f"All of {frame.present}", {"color": palette.ink, "width": 1.5}, not number)
    top = max([100.0, *(value for value in heights if value is not None)])
    if frame.target and use.capacity is not None:
        line = {"color": palette.colour(1), "width": 2}
        _across(chart, frame, axis, use.capacity, f"All of {frame.target}", line, not number)
        room = use.capacity * (1.0 - use.headroom)
        # The line that must not be crossed; without headroom it is the one above.
        _across(chart, frame, axis, room, "Less the room to leave", {**line, "width": 1.5, "dash": "dash"}, not number)
        # A far larger target would press the use to the floor: it is cut and the words below the chart give it.
        top = max(top, min(use.capacity, _HIGHEST))
    chart.update_layout(
        {
            f"yaxis{number + 1 if number else ''}": {
                "domain": [low, high],
                "range": [0, top * 1.06],
                "gridcolor": palette.grid,
                "zerolinecolor": palette.muted,
                "tickfont": {"size": 12, "color": palette.muted},
                "ticksuffix": " %",
                "nticks": 5,
                "automargin": True,
                "fixedrange": True,
            }
        }
    )


def _across(
    chart: go.Figure, frame: Frame, axis: str, height: float, name: str, line: dict[str, Any], legend: bool
) -> None:
    chart.add_trace(
        go.Scatter(
            x=[frame.first, frame.last],
            y=[height, height],
            yaxis=axis,
            name=safe(name, 48),
            legendgroup=name,
            showlegend=legend,
            mode="lines",
            line=line,
            hoverinfo="skip",
        )
    )


def savings_picture(found: Savings, palette: Palette) -> go.Figure | None:
    """From the saving at list price to that on today's bill to that after commitments end; None: only list is known."""
    if found.at_list is None or found.today is None:
        return None
    bars: list[tuple[str, float, str]] = [
        ("At list price", found.at_list, "absolute"),
        ("Rates and commitments", found.today - found.at_list, "relative"),
        ("On today's bill", found.today, "total"),
    ]
    if found.after_expiry is not None and found.expiry is not None:
        bars += [
            ("Commitments that end", found.after_expiry - found.today, "relative"),
            (f"From {formats.iso_date(found.expiry)}", found.after_expiry, "total"),
        ]
    chart = figure(palette, height=60 + 44 * len(bars), legend=False)
    chart.add_trace(
        go.Waterfall(
            orientation="h",
            y=list(range(len(bars))),
            x=[amount for _, amount, _ in bars],
            measure=[measure for _, _, measure in bars],
            text=[safe(formats.money(amount, found.currency, signed=measure == "relative"))
                  for _, amount, measure in bars],
            textposition="outside",
            textfont={"size": 12, "color": palette.ink},
            hoverinfo="skip",
            cliponaxis=False,
            increasing={"marker": {"color": palette.other}},
            decreasing={"marker": {"color": palette.other}},
            totals={"marker": {"color": palette.colour(0)}},
            connector={"line": {"color": palette.muted, "width": 1, "dash": "dot"}},
        )
    )  # fmt: skip
    levels = [found.at_list, found.today, found.after_expiry or 0.0, 0.0]
    low, high = min(levels), max(levels)
    axis = money_axis(palette, found.currency, low, high)
    reach = high - low or 1.0
    axis["range"] = [low - 0.35 * reach if low < 0 else 0, high + 0.35 * reach]
    chart.update_xaxes(**axis, showticklabels=False, showgrid=False)
    chart.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(bars))),
        ticktext=[safe(name) for name, _, _ in bars],
        autorange="reversed",
        tickfont={"size": 13, "color": palette.ink},
        ticklabelstandoff=8,
        automargin=True,
        fixedrange=True,
        showgrid=False,
        zeroline=False,
    )
    return chart.update_layout(margin={"l": 8, "r": 12, "t": 8, "b": 8}, bargap=0.35)
