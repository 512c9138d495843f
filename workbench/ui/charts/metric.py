"""Metrics of one resource over time: a line a reading, one unit a chart."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from workbench import formats
from workbench.costs.resource_facts import Reading
from workbench.ui.charts.frame import figure, name_of
from workbench.ui.charts.palette import MAX_SERIES, Palette
from workbench.ui.charts.text import safe

__all__ = ["metric_lines"]

_HEIGHT = 260


def metric_lines(readings: Sequence[Reading], palette: Palette, *, height: int = _HEIGHT) -> go.Figure:
    """Readings of one unit, at most five, from zero; percentages up to at least 100.

    Raises:
        ValueError: more than five readings, or several units.
    """
    units = {reading.unit for reading in readings}
    if len(readings) > MAX_SERIES or len(units) > 1:
        raise ValueError(f"{len(readings)} readings in {len(units)} units do not fit one chart")
    chart = figure(palette, height=height)
    for position, reading in enumerate(readings):
        chart.add_trace(
            go.Scatter(
                x=list(reading.times),
                y=list(reading.values),
                name=name_of(f"{reading.metric}, {reading.statistic}"),
                mode="lines" if len(reading.times) > 1 else "markers",
                line={"color": palette.colour(position), "width": 1.5},
                marker={"color": palette.colour(position)},
                customdata=[f"{formats.quantity(value)} {safe(reading.unit)}" for value in reading.values],
                hovertemplate="%{customdata}",
            )
        )
    high = max((value for reading in readings for value in reading.values), default=0.0)
    low = min((value for reading in readings for value in reading.values), default=0.0)
    top = max(high, 100.0) if units == {"%"} else high
    chart.update_xaxes(
        type="date",
        tickformat="%-d %b\n%Y",
        showgrid=False,
        tickfont={"size": 12, "color": palette.muted},
        automargin=True,
        fixedrange=True,
        nticks=8,
    )
    chart.update_yaxes(
        range=[min(low, 0.0), top * 1.04 or 1.0],
        gridcolor=palette.grid,
        zerolinecolor=palette.muted,
        tickfont={"size": 12, "color": palette.muted},
        automargin=True,
        fixedrange=True,
        ticksuffix=" %" if units == {"%"} else "",
    )
    return chart.update_layout(hovermode="x unified")
