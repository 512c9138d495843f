"""Sparkline: the shape of a series in the space of a line of text; the numbers stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import plotly.graph_objects as go

from workbench.ui.charts.frame import amounts, figure
from workbench.ui.charts.palette import Palette, rgba

__all__ = ["sparkline"]


def sparkline(values: Sequence[Decimal | None], palette: Palette, *, height: int = 48) -> go.Figure:
    """A line without axes that starts at zero, its last known point marked."""
    points = amounts(values)
    last = max((position for position, value in enumerate(points) if value is not None), default=None)
    colour = palette.colour(0)
    chart = figure(palette, height=height, legend=False)
    chart.add_trace(
        go.Scatter(
            y=points,
            mode="lines",
            line={"color": colour, "width": 1.5},
            fill="tozeroy",
            fillcolor=rgba(colour, 0.12),
            hoverinfo="skip",
        )
    )
    if last is not None:
        chart.add_trace(
            go.Scatter(
                x=[last], y=[points[last]], mode="markers", marker={"color": colour, "size": 5}, hoverinfo="skip"
            )
        )
    hidden = {"visible": False, "fixedrange": True}
    chart.update_xaxes(**hidden)
    chart.update_yaxes(**hidden, rangemode="tozero")
    chart.update_layout(margin={"l": 2, "r": 4, "t": 4, "b": 2})
    return chart
