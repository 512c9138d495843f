"""The completeness strip: one cell a day, one row a provider, coloured by state."""

from __future__ import annotations

import plotly.graph_objects as go

from workbench import formats
from workbench.costs.health import Completeness, Day, DayState
from workbench.ui.charts.frame import figure
from workbench.ui.charts.palette import Palette, rgba
from workbench.ui.charts.text import safe

__all__ = ["strip"]

_DAY_MS = 86_400_000
_ROW_HEIGHT = 34
_QUIET = "No lines expected"


def strip(data: Completeness, palette: Palette) -> go.Figure:
    """Draw the days of every provider.

    Each state is a trace of its own with a word in the legend and a pattern besides its colour.
    """
    chart = figure(palette, height=96 + _ROW_HEIGHT * len(data.providers))
    names = [safe(provider.provider, 24) for provider in data.providers]
    looks = {
        DayState.COMPLETE.value: (rgba(palette.decrease, 0.55), ""),
        DayState.LOW.value: (palette.increase, "/"),
        DayState.PARTIAL.value: (palette.increase, "."),
        DayState.MISSING.value: (palette.alert, "x"),
        _QUIET: (rgba(palette.muted, 0.18), ""),
    }
    for label, (colour, pattern) in looks.items():
        cells = [
            (row, day)
            for row, provider in enumerate(data.providers)
            for day in provider.days
            if _label(day, daily=provider.daily) == label
        ]
        if not cells:
            continue
        chart.add_trace(
            go.Bar(
                name=label[0].upper() + label[1:],
                x=[day.day for _, day in cells],
                base=[row - 0.4 for row, _ in cells],
                y=[0.8] * len(cells),
                width=[_DAY_MS] * len(cells),
                marker={
                    "color": colour,
                    "line": {"width": 0.5, "color": palette.background},
                    "pattern": {"shape": pattern, "fgcolor": palette.background, "size": 5, "solidity": 0.35},
                },
                hovertext=[_hover(names[row], day, data.currency) for row, day in cells],
                hoverinfo="text",
            )
        )
    chart.update_layout(
        barmode="overlay",
        bargap=0,
        xaxis={
            "type": "date",
            "showgrid": False,
            "tickformat": "%-d %b\n%Y",
            "tickfont": {"size": 12, "color": palette.muted},
            "nticks": 8,
            "fixedrange": True,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [len(names) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
            "fixedrange": True,
        },
    )
    return chart


def _label(day: Day, *, daily: bool) -> str:
    return _QUIET if not daily and day.rows == 0 else day.state.value


def _hover(provider: str, day: Day, currency: str) -> str:
    usual = f", usually about {formats.count(day.usual)}" if day.usual is not None else ""
    return (
        f"{provider}, {day.day:%a} {formats.iso_date(day.day)}: {day.state.value}<br>"
        f"{formats.plural(day.rows, 'line')}{usual}<br>"
        f"Effective cost {safe(formats.money(day.cost, currency))}"
    )
