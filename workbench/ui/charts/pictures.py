"""The answers of ``costs`` as the figures the pages and the exports show, one function a question."""

from __future__ import annotations

from decimal import Decimal

import plotly.graph_objects as go

from workbench import formats
from workbench.costs.drivers import Drivers
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import Series, Tree
from workbench.costs.view import Chart
from workbench.ui.charts.palette import Palette
from workbench.ui.charts.series import Note, TimeSeries, time_series
from workbench.ui.charts.time import area, bars, cumulative, lines
from workbench.ui.charts.treemap import treemap
from workbench.ui.charts.waterfall import Step, waterfall

__all__ = ["PART_LABELS", "drivers_picture", "series_picture", "to_draw", "tree_picture"]

_DRAW = {Chart.BAR: bars, Chart.LINE: lines, Chart.AREA: area, Chart.CUMULATIVE: cumulative}

PART_LABELS: dict[str, str] = {
    "new": "New",
    "gone": "Gone",
    "usage": "Usage",
    "rate": "Rate",
    "discount": "Discount",
    "mix": "Mix",
    "other": "Other charges",
}
"""Part of a change → name on the waterfall and in tables."""


def to_draw(answer: Series, view: ResolvedView, notes: tuple[Note, ...] = ()) -> TimeSeries:
    """The answer with the view's currency, grain, annotations and, where its days have data, comparison or budget."""
    compared = view.comparison
    label = formats.period(compared.period.first, compared.period.last) if compared and not compared.unknown else ""
    if view.planned is not None:
        label = "Budget"
    return time_series(answer, currency=view.currency, grain=view.grain.value, compared=label, notes=notes)


def series_picture(answer: Series, view: ResolvedView, palette: Palette, notes: tuple[Note, ...] = ()) -> go.Figure:
    """Cost over time, drawn as the view asks; a treemap is drawn from another question, so it falls back to bars."""
    return _DRAW.get(view.spec.chart, bars)(to_draw(answer, view, notes), palette)


def tree_picture(answer: Tree, view: ResolvedView, palette: Palette) -> go.Figure:
    """Cost by the first one or two dimensions as a treemap."""
    return treemap(answer, palette, currency=view.currency, root="All cost shown")


def drivers_picture(answer: Drivers, view: ResolvedView, palette: Palette, *, whole: bool = True) -> go.Figure:
    """The waterfall from the comparison to the period shown.

    Args:
        answer: the change in parts.
        view: for the currency.
        palette: colours.
        whole: from total to total; else the parts alone, from zero to the change, so that small ones can be seen.
    """
    steps = [Step(PART_LABELS[name], amount) for name, amount in answer.parts]
    start, end = answer.start_period, answer.end_period
    if not whole:
        change = Step("Change", answer.change.delta or Decimal(0))
        return waterfall(None, steps, change, palette, currency=view.currency)
    return waterfall(
        Step(formats.period(start.first, start.last), answer.change.previous or Decimal(0)),
        steps,
        Step(formats.period(end.first, end.last), answer.change.current or Decimal(0)),
        palette,
        currency=view.currency,
    )
