"""The completeness strip: one cell a day, one row a provider, coloured by state."""

from __future__ import annotations

from datetime import timedelta

import plotly.graph_objects as go

from workbench import formats
from workbench.costs.health import Completeness, Day, DayState, ProviderDays, day_runs
from workbench.ui.charts.frame import figure
from workbench.ui.charts.palette import Palette, rgba
from workbench.ui.charts.text import safe

__all__ = ["strip"]

_ROW_HEIGHT = 34

# Word in the legend and sign drawn on the days: a state is never told by its colour alone.
_SIGNS = {
    DayState.LOW: ("Few lines", "triangle-down"),
    DayState.PARTIAL: ("Partial last day", "diamond"),
    DayState.MISSING: ("No charges", "x"),
}


def strip(data: Completeness, palette: Palette) -> go.Figure:
    """Draw the days of every provider; days to look at carry a sign, one for each run of such days."""
    chart = figure(palette, height=140 + _ROW_HEIGHT * len(data.providers))
    names = [safe(provider.provider, 24) for provider in data.providers]
    _cells(chart, data, names, palette)
    chart.add_trace(_key_only("Complete", "square", rgba(palette.decrease, 0.6)))
    for state in _SIGNS:
        _signs(chart, data, names, palette, state)
    chart.update_layout(
        margin={"l": 8, "r": 12, "t": 64, "b": 8},
        legend={"itemclick": False, "itemdoubleclick": False},
        xaxis={
            "type": "date",
            "showgrid": False,
            "tickformat": "%-d %b\n%Y",
            "tickfont": {"size": 12, "color": palette.muted},
            "nticks": 6,
            "automargin": True,
            "fixedrange": True,
        },
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
            "fixedrange": True,
        },
    )
    return chart


def _cells(chart: go.Figure, data: Completeness, names: list[str], palette: Palette) -> None:
    first = min(provider.days[0].day for provider in data.providers)
    last = max(provider.days[-1].day for provider in data.providers)
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    codes = {DayState.COMPLETE: 0, DayState.LOW: 1, DayState.PARTIAL: 1, DayState.MISSING: 2}
    colours = [rgba(palette.decrease, 0.6), palette.increase, palette.alert, rgba(palette.muted, 0.2)]
    rows, hovers = [], []
    for name, provider in zip(names, data.providers, strict=True):
        by_day = {day.day: day for day in provider.days}
        row = [by_day.get(day) for day in span]
        rows.append([None if day is None else 3 if _quiet(provider, day) else codes[day.state] for day in row])
        hovers.append(["" if day is None else _hover(name, provider, day, data.currency) for day in row])
    bands = [(index / len(colours), colour) for index, colour in enumerate(colours)]
    edges = [((index + 1) / len(colours), colour) for index, colour in enumerate(colours)]
    chart.add_trace(
        go.Heatmap(
            x=span,
            y=names,
            z=rows,
            zmin=-0.5,
            zmax=len(colours) - 0.5,
            colorscale=[list(stop) for pair in zip(bands, edges, strict=True) for stop in pair],
            showscale=False,
            xgap=0.5,
            ygap=6,
            text=hovers,
            hoverinfo="text",
        )
    )


def _signs(chart: go.Figure, data: Completeness, names: list[str], palette: Palette, state: DayState) -> None:
    label, symbol = _SIGNS[state]
    points = [
        (first + (last - first) / 2, name)
        for name, provider in zip(names, data.providers, strict=True)
        for first, last in day_runs(provider.in_state(state))
    ]
    if not points:
        return
    colour = palette.alert if state is DayState.MISSING else palette.increase
    chart.add_trace(
        go.Scatter(
            x=[day for day, _ in points],
            y=[name for _, name in points],
            mode="markers",
            marker={
                "symbol": symbol,
                "size": 9,
                "color": palette.background,
                "line": {"width": 1.5, "color": palette.ink},
            },
            hoverinfo="skip",
            showlegend=False,
        )
    )
    chart.add_trace(_key_only(label, symbol, colour))


def _key_only(label: str, symbol: str, colour: str) -> go.Scatter:
    """A trace that is only an entry of the legend."""
    return go.Scatter(
        x=[None], y=[None], mode="markers", name=label, marker={"symbol": symbol, "size": 11, "color": colour}
    )


def _quiet(provider: ProviderDays, day: Day) -> bool:
    return not provider.daily and day.rows == 0


def _hover(name: str, provider: ProviderDays, day: Day, currency: str) -> str:
    state = "no lines expected" if _quiet(provider, day) else day.state.value
    usual = f", usually about {formats.count(day.usual)}" if day.usual is not None else ""
    return (
        f"{name}, {day.day:%a} {formats.iso_date(day.day)}: {state}<br>"
        f"{formats.plural(day.rows, 'line')}{usual}<br>"
        f"Effective cost {safe(formats.money(day.cost, currency))}"
    )
