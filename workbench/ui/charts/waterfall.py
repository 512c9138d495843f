"""Waterfall: from the cost of one period to the cost of another, cause by cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

import plotly.graph_objects as go

from workbench import formats
from workbench.ui.charts.frame import figure, money_axis
from workbench.ui.charts.palette import Palette
from workbench.ui.charts.text import NAME_LENGTH, safe

__all__ = ["Step", "waterfall"]


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the change: above zero raises cost, below lowers it."""

    name: str
    change: Decimal


def waterfall(
    start: Step | None, steps: Sequence[Step], end: Step, palette: Palette, *, currency: str, height: int = 380
) -> go.Figure:
    """Bars from zero for start and end, floating bars between that lead exactly from one to the other.

    The bars lie, first on top: names stay readable on a narrow screen and small parts have the width of the page.

    Args:
        start: name and total of the earlier period; None: the parts alone, from zero.
        steps: the parts of the change in order.
        end: name and total of the later period, or of all parts together.
        palette: colours; up and down differ in colour, arrow, sign and direction.
        currency: ISO code.
        height: in pixels.

    Raises:
        ValueError: the steps do not lead from start to end; a wrong chart is never drawn.
    """
    levels = list(accumulate((step.change for step in steps), initial=start.change if start else Decimal(0)))
    if levels[-1] != end.change:
        raise ValueError(f"The parts end at {levels[-1]}, the period at {end.change}")
    bars = [*([start] if start else []), *steps, end]
    measures = [*(["absolute"] if start else []), *("relative" for _ in steps), "total"]
    chart = figure(palette, height=height, legend=False)
    chart.add_trace(
        go.Waterfall(
            orientation="h",
            y=list(range(len(bars))),
            x=[float(bar.change) for bar in bars],
            measure=measures,
            text=[
                _label(bar, currency, total=start is not None and measure != "relative")
                for bar, measure in zip(bars, measures, strict=True)
            ],
            textposition="outside",
            textfont={"size": 12, "color": palette.ink},
            customdata=[[safe(bar.name), safe(formats.money(bar.change, currency))] for bar in bars],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
            cliponaxis=False,
            increasing={"marker": {"color": palette.increase}},
            decreasing={"marker": {"color": palette.decrease}},
            totals={"marker": {"color": palette.total}},
            connector={"line": {"color": palette.muted, "width": 1, "dash": "dot"}},
        )
    )
    low, high = float(min(levels)), float(max(levels))
    axis = money_axis(palette, currency, low, high)
    # Room for the labels that stand beside the longest bars.
    reach = max(high, 0.0) - min(low, 0.0) or 1.0
    axis["range"] = [min(low - 0.3 * reach, 0.0) if low < 0 else 0, max(high, 0.0) + 0.3 * reach]
    chart.update_xaxes(**axis)
    chart.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(bars))),
        ticktext=[safe(bar.name, NAME_LENGTH) for bar in bars],
        autorange="reversed",
        tickfont={"size": 13, "color": palette.ink},
        ticklabelstandoff=8,
        automargin=True,
        fixedrange=True,
        showgrid=False,
        zeroline=False,
    )
    chart.update_layout(margin={"l": 8, "r": 12, "t": 8, "b": 8}, bargap=0.3)
    return chart


def _label(bar: Step, currency: str, *, total: bool) -> str:
    if total:
        return safe(formats.money(bar.change, currency, compact=True))
    if bar.change == 0:
        return safe(formats.money(bar.change, currency))
    arrow = "▲" if bar.change > 0 else "▼"
    return f"{arrow} {safe(formats.money(bar.change, currency, compact=True, signed=True))}"
