"""Charts over time: stacked bars, lines, stacked areas and running totals, all from :class:`TimeSeries`.

Every mark of a series carries its position as ``legendgroup``: that is how a click is traced back to the series.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from workbench.ui.charts.frame import (
    add_marks,
    amounts,
    figure,
    hover_texts,
    money_axis,
    name_of,
    period_text,
    time_axis,
)
from workbench.ui.charts.palette import Palette, rgba
from workbench.ui.charts.series import Series, TimeSeries

__all__ = ["area", "bars", "cumulative", "lines"]

HEIGHT = 360
_ZERO = Decimal(0)


def bars(data: TimeSeries, palette: Palette, *, height: int = HEIGHT) -> go.Figure:
    """Stacked bars from zero: charges upward, credits downward, with the net as a line where both occur.

    Bars of partial periods are hatched and named.
    """
    chart = figure(palette, height=height)
    partial = {day for day, _ in data.partial}
    hatch = ["/" if day in partial else "" for day in data.periods]
    for position, one in enumerate(data.series):
        colour = _colour(palette, one, position)
        chart.add_trace(
            go.Bar(
                **_points(data, one),
                legendgroup=str(position),
                marker={
                    "color": colour,
                    "line": {"width": 0},
                    "pattern": {"shape": hatch, "fillmode": "replace", "fgcolor": colour, "size": 6, "solidity": 0.45},
                },
            )
        )
    _finish(chart, data, palette, stacked=True, band=False)
    # One bar at a time: a hover over the whole day could not tell which part was clicked.
    chart.update_traces(hovertemplate=f"%{{fullData.name}}<br>{_heading(data)}<br>%{{customdata}}<extra></extra>")
    chart.update_layout(hovermode="closest", barmode="relative", bargap=0.18 if len(data.periods) < 120 else 0.02)
    return chart


def lines(data: TimeSeries, palette: Palette, *, height: int = HEIGHT) -> go.Figure:
    """One line a series; the comparison is drawn only beside a single line, because it is a total."""
    chart = figure(palette, height=height)
    few = len(data.periods) <= 2
    for position, one in enumerate(data.series):
        chart.add_trace(
            go.Scatter(
                **_points(data, one),
                legendgroup=str(position),
                mode="lines+markers" if few else "lines",
                line={"color": _colour(palette, one, position), "width": 2},
                connectgaps=False,
            )
        )
    _finish(chart, data, palette, stacked=False, band=True)
    return chart


def area(data: TimeSeries, palette: Palette, *, height: int = HEIGHT) -> go.Figure:
    """Stacked areas; amounts below zero are stacked downward on their own, so that no area hides another."""
    chart = figure(palette, height=height)
    for position, one in enumerate(data.series):
        colour = _colour(palette, one, position)
        below = any(value is not None and value < 0 for value in one.values)
        above = any(value is not None and value > 0 for value in one.values) or not below
        for wanted, group, sign in ((above, "up", 1), (below, "down", -1)):
            if not wanted:
                continue
            points = _points(data, one)
            points["y"] = [None if value is None else float(value) if value * sign > 0 else 0.0 for value in one.values]
            # Hover and legend belong to one of the two halves only.
            second = sign < 0 and above
            if second:
                points |= {"hoverinfo": "skip", "hovertemplate": None}
            chart.add_trace(
                go.Scatter(
                    **points,
                    mode="lines",
                    stackgroup=group,
                    legendgroup=str(position),
                    showlegend=not second,
                    line={"color": colour, "width": 1},
                    fillcolor=rgba(colour, 0.75),
                )
            )
    _finish(chart, data, palette, stacked=True, band=True)
    return chart


def cumulative(data: TimeSeries, palette: Palette, *, height: int = HEIGHT) -> go.Figure:
    """Running totals since the first period as stacked areas, with the comparison's running total."""
    return area(data.cumulated(), palette, height=height)


def _colour(palette: Palette, one: Series, position: int) -> str:
    return palette.other if one.other else palette.colour(position)


def _points(data: TimeSeries, one: Series) -> dict[str, Any]:
    return {
        "x": list(data.periods),
        "y": amounts(one.values),
        "name": name_of(one.name),
        "customdata": hover_texts(one.values, data.currency),
        "hovertemplate": "%{customdata}",
    }


def _finish(chart: go.Figure, data: TimeSeries, palette: Palette, *, stacked: bool, band: bool) -> None:
    """Axes, net and comparison lines, the hover heading and the marks."""
    heights = _reach(data, stacked=stacked)
    if stacked and data.has_negative:
        chart.add_trace(
            go.Scatter(
                **_points(data, Series("Net", data.totals)),
                mode="lines+markers",
                line={"color": palette.total, "width": 2},
                marker={"size": 4},
            )
        )
    # The comparison is a total: beside several separate lines it would be read as one of them.
    if data.comparison and (stacked or len(data.series) == 1):
        other = data.comparison
        width = len(data.periods)
        texts = [
            f"{text} ({period_text(day, data.grain)})"
            for day, text in zip(other.periods, hover_texts(other.values, data.currency), strict=True)
        ]
        heights += [value for value in amounts(other.values)[:width] if value is not None]
        chart.add_trace(
            go.Scatter(
                x=list(data.periods),
                y=amounts(other.values)[:width],
                name=name_of(other.label),
                customdata=texts[:width],
                hovertemplate="%{customdata}",
                mode="lines",
                line={"color": palette.total, "width": 1.5, "dash": "dot"},
            )
        )
    chart.update_xaxes(**time_axis(palette, data), unifiedhovertitle={"text": _heading(data)})
    chart.update_yaxes(**money_axis(palette, data.currency, min(heights, default=0.0), max(heights, default=0.0)))
    chart.update_layout(hovermode="x unified")
    add_marks(chart, palette, data, band=band)


def _heading(data: TimeSeries) -> str:
    """The period a hover is about, as Plotly writes it."""
    if data.grain == "month":
        return "%{x|%B %Y}"
    return ("Week of " if data.grain == "week" else "") + "%{x|%a %-d %b %Y}"


def _reach(data: TimeSeries, *, stacked: bool) -> list[float]:
    """How far up and down the marks of each period go."""
    columns = zip(*(one.values for one in data.series), strict=True)
    known = [[value for value in column if value is not None] for column in columns]
    if not stacked:
        return [float(value) for column in known for value in column]
    ups = [sum((value for value in column if value > 0), _ZERO) for column in known]
    downs = [sum((value for value in column if value < 0), _ZERO) for column in known]
    return [float(value) for value in (*ups, *downs)]
