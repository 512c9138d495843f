"""Figures of this page: use against capacities, and savings on three bases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import plotly.graph_objects as go

from models.rightsizing.savings import Savings
from workbench import formats
from workbench.ui.charts.frame import figure, money_axis
from workbench.ui.charts.palette import Palette, rgba
from workbench.ui.charts.text import safe

__all__ = ["Capacities", "savings_picture", "thinned", "use_picture"]

_HEIGHT = 280
_POINTS = 1_500


@dataclass(frozen=True, slots=True)
class Capacities:
    """Lines across the use of one dimension, in percent of the present size.

    Attributes:
        present: name of the present size, at 100.
        target: name of the other size; empty: none.
        capacity: of the target; None: not known.
        headroom: share of the target that stays free, 0-1.
        first, last: the span of the axis.
        start, end: the window that counts, shaded.
    """

    present: str
    target: str
    capacity: float | None
    headroom: float
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


def use_picture(
    name: str, times: Sequence[datetime], values: Sequence[float], lines: Capacities, palette: Palette
) -> go.Figure:
    """Use of one dimension over time with the present capacity, the target's, and the room that stays free.

    Args:
        name: of the dimension.
        times: begin of each sample, UTC.
        values: percent of the present size; NaN: no sample.
        lines: what is drawn across.
        palette: colours.
    """
    chart = figure(palette, height=_HEIGHT)
    chart.add_shape(
        type="rect", xref="x", yref="paper", x0=lines.start, x1=lines.end, y0=0, y1=1,
        fillcolor=rgba(palette.muted, 0.10), line_width=0, layer="below",
    )  # fmt: skip
    shown, heights = thinned(times, values)
    chart.add_trace(
        go.Scatter(
            x=shown,
            y=heights,
            name=safe(name),
            mode="lines" if len(shown) > 1 else "markers",
            connectgaps=False,
            line={"color": palette.colour(0), "width": 1.25},
            marker={"color": palette.colour(0)},
            hovertemplate="%{y:.1f} %<extra></extra>",
        )
    )
    _across(chart, lines, 100.0, f"All of {lines.present}", {"color": palette.ink, "width": 1.5})
    top = max([100.0, *(value for value in heights if value is not None)])
    if lines.target and lines.capacity is not None:
        colour = palette.colour(1)
        room = lines.capacity * (1.0 - lines.headroom)
        _across(chart, lines, lines.capacity, f"All of {lines.target}", {"color": colour, "width": 2})
        if lines.headroom:
            free = f"{lines.target} with {100.0 * lines.headroom:.0f} % free"
            _across(chart, lines, room, free, {"color": colour, "width": 1.5, "dash": "dash"})
        # A far larger target would press the use to the floor: then only its room is looked at.
        top = max(top, lines.capacity if lines.capacity <= 250.0 else min(room, 250.0))
    chart.update_xaxes(
        type="date",
        range=[lines.first, lines.last],
        tickformat="%-d %b\n%Y",
        showgrid=False,
        tickfont={"size": 12, "color": palette.muted},
        automargin=True,
        fixedrange=True,
        nticks=6,
    )
    chart.update_yaxes(
        range=[0, top * 1.06],
        gridcolor=palette.grid,
        zerolinecolor=palette.muted,
        tickfont={"size": 12, "color": palette.muted},
        ticksuffix=" %",
        automargin=True,
        fixedrange=True,
    )
    return chart.update_layout(hovermode="x")


def _across(chart: go.Figure, lines: Capacities, height: float, name: str, line: dict[str, object]) -> None:
    chart.add_trace(
        go.Scatter(
            x=[lines.first, lines.last],
            y=[height, height],
            name=safe(name, 48),
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
    axis["nticks"] = 4
    chart.update_xaxes(**axis, showticklabels=False)
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
