"""One function a chart: a table in, a Plotly figure out; nothing here draws on the page.

==============  =====================================================================================
``palette``     the colours of both themes; ``palette_for(st.context.theme.type)``
``series``      ``time_series(table)`` → ``TimeSeries``: at most five series and the rest
``time``        ``bars``, ``lines``, ``area``, ``cumulative``
``treemap``     ``treemap(tiles)``; a click gives an id, ``path_of`` turns it back into values
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
from workbench.ui.charts.treemap import Tile, left_out, path_of, tile_id, treemap
from workbench.ui.charts.waterfall import Step, waterfall

__all__ = [
    "CONFIG",
    "DARK",
    "LIGHT",
    "Comparison",
    "Note",
    "Palette",
    "Series",
    "Step",
    "Tile",
    "TimeSeries",
    "area",
    "bars",
    "cumulative",
    "left_out",
    "lines",
    "palette_for",
    "path_of",
    "sparkline",
    "tile_id",
    "time_series",
    "treemap",
    "waterfall",
]
