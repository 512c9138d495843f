"""The figures of this page: the metric behind a finding, a threshold over its range, checks and scans over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from workbench import formats
from workbench.checks.curve import Curve, Point, Replay
from workbench.costs.resource_facts import Reading
from workbench.ui.charts.frame import figure, money_axis
from workbench.ui.charts.metric import metric_lines
from workbench.ui.charts.palette import Palette
from workbench.ui.charts.text import safe

__all__ = ["curve_picture", "metric_picture", "replay_picture"]

_HEIGHT = 240


def metric_picture(reading: Reading, limit: float | None, words: str, palette: Palette) -> go.Figure:
    """A metric by day with the threshold of the rule as a dashed line."""
    chart = metric_lines([reading], palette, height=_HEIGHT)
    if limit is not None:
        chart.add_hline(
            y=limit,
            line={"color": palette.ink, "width": 1, "dash": "dash"},
            annotation={"text": safe(words), "font": {"size": 11, "color": palette.ink}},
            annotation_position="top left",
        )
    # As high as the days and the threshold reach: both are compared, not the days with what would be possible.
    high = max([*reading.values, limit or 0.0])
    chart.update_yaxes(range=[min([0.0, *reading.values]), high * 1.25 or 1.0])
    return chart.update_layout(showlegend=False, margin_t=12)


def curve_picture(curve: Curve, palette: Palette, currency: str | None) -> go.Figure:
    """Findings (``currency`` None) or saving a month over the range of a parameter; presets are ruled lines."""
    at = [float(str(point.at)) for point in curve.points]
    chart = _line(at, curve.points, palette, currency)
    by_value: dict[float, list[str]] = {}
    for name, value in curve.presets.items():
        by_value.setdefault(value, []).append(name)
    for value, names in by_value.items():
        chart.add_vline(
            x=value,
            line={"color": palette.ink, "width": 1, "dash": "dot"},
            annotation={"text": ", ".join(names), "font": {"size": 11, "color": palette.muted}},
            annotation_position="top",
        )
    unit = f" ({safe(curve.parameter.unit)})" if curve.parameter.unit else ""
    chart.update_xaxes(
        title={"text": f"{safe(curve.parameter.name)}{unit}", "font": {"size": 12, "color": palette.muted}},
        showgrid=False,
        tickfont={"size": 12, "color": palette.muted},
        automargin=True,
        fixedrange=True,
    )
    return chart.update_layout(margin_t=28)


def replay_picture(found: Replay, palette: Palette, currency: str | None) -> go.Figure:
    """Findings (``currency`` None) or saving a month by day; a day that cannot be told is a gap."""
    days = [point.at for point in found.points if isinstance(point.at, date)]
    chart = _line(days, found.points, palette, currency)
    chart.update_xaxes(
        type="date",
        tickformat="%-d %b\n%Y",
        showgrid=False,
        range=[days[0], days[-1]] if len(days) > 1 else None,
        tickfont={"size": 12, "color": palette.muted},
        automargin=True,
        fixedrange=True,
        nticks=7,
    )
    return chart


def _line(at: Sequence[Any], points: Sequence[Point], palette: Palette, currency: str | None) -> go.Figure:
    chart = figure(palette, height=_HEIGHT, legend=False)
    if currency is None:
        values: list[Decimal | int | None] = [point.flagged for point in points]
        texts = [formats.MISSING if value is None else formats.plural(int(value), "finding") for value in values]
    else:
        values = [None if point.flagged is None else point.saving.get(currency, Decimal(0)) for point in points]
        texts = [safe(formats.money(value, currency)) for value in values]
    heights = [None if value is None else float(value) for value in values]
    chart.add_trace(
        go.Scatter(
            x=list(at),
            y=heights,
            mode="lines+markers",
            connectgaps=False,
            line={"color": palette.colour(0), "width": 2},
            marker={"size": 6, "color": palette.colour(0)},
            customdata=[safe(text) for text in texts],
            hovertemplate="%{x}: %{customdata}<extra></extra>",
        )
    )
    high = max((value for value in heights if value is not None), default=0.0)
    if currency is None:
        chart.update_yaxes(
            range=[0, high * 1.1 or 1],
            rangemode="tozero",
            gridcolor=palette.grid,
            tickfont={"size": 12, "color": palette.muted},
            tickformat=",d",
            dtick=max(1, round(high / 4)),
            automargin=True,
            fixedrange=True,
        )
    else:
        low = min((value for value in heights if value is not None), default=0.0)
        chart.update_yaxes(**money_axis(palette, currency, low, high or 1.0))
    return chart
