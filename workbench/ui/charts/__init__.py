"""One function a chart: a table in, a Plotly figure out; nothing here draws on the page.

==============  =====================================================================================
``palette``     the colours of both themes; ``palette_for(st.context.theme.type)``
``series``      ``time_series(costs.Series)`` → ``TimeSeries``: at most five series and Other
``time``        ``bars``, ``lines``, ``area``, ``cumulative``
``treemap``     ``treemap(costs.Tree)``; a click gives the id of a row of the tree
``waterfall``   ``waterfall(start, steps, end)``
``sparkline``   ``sparkline(values)``
``frame``       what they share; ``CONFIG`` for ``st.plotly_chart``
==============  =====================================================================================

Draw with ``st.plotly_chart(figure, theme=None, config=CONFIG, alt=...)``. Empty data is not drawn: ask
``TimeSeries.empty`` and let the block show its empty state. Only ``plotly.graph_objects`` is used
(``plotly.express`` costs about four times as much a rerun).
"""

from workbench.ui.charts.frame import CONFIG
from workbench.ui.charts.palette import DARK, LIGHT, Palette, palette_for
from workbench.ui.charts.series import Comparison, Note, Series, TimeSeries, time_series
from workbench.ui.charts.sparkline import sparkline
from workbench.ui.charts.time import area, bars, cumulative, lines
from workbench.ui.charts.treemap import ROOT, left_out, treemap
from workbench.ui.charts.waterfall import Step, waterfall

__all__ = [
    "CONFIG",
    "DARK",
    "LIGHT",
    "ROOT",
    "Comparison",
    "Note",
    "Palette",
    "Series",
    "Step",
    "TimeSeries",
    "area",
    "bars",
    "cumulative",
    "left_out",
    "lines",
    "palette_for",
    "sparkline",
    "time_series",
    "treemap",
    "waterfall",
]
