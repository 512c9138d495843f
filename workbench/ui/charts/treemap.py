"""Treemap: how a total is made up of one or two dimensions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import plotly.graph_objects as go

from workbench import formats
from workbench.ui.charts.frame import figure
from workbench.ui.charts.palette import MAX_SERIES, Palette, ink_on
from workbench.ui.charts.text import NAME_LENGTH, safe

__all__ = ["Tile", "left_out", "path_of", "tile_id", "treemap"]

ROOT = "[]"


@dataclass(frozen=True, slots=True)
class Tile:
    """One leaf: its values from the outer to the inner dimension, their names, and its amount."""

    path: tuple[str | None, ...]
    names: tuple[str, ...]
    value: Decimal


def tile_id(path: Sequence[str | None]) -> str:
    """The id Plotly gives back on a click; unique even where names repeat."""
    return json.dumps(list(path), ensure_ascii=False, separators=(",", ":"))


def path_of(identifier: str) -> tuple[str | None, ...]:
    """The path of a clicked tile; empty for the root and for text that is no id."""
    try:
        path = json.loads(identifier)
    except ValueError:
        return ()
    return tuple(path) if isinstance(path, list) else ()


def left_out(tiles: Sequence[Tile]) -> tuple[int, Decimal]:
    """How many tiles a treemap cannot draw (zero or less: credits) and what they add up to; say it beside the chart."""
    hidden = [tile.value for tile in tiles if tile.value <= 0]
    return len(hidden), sum(hidden, Decimal(0))


def treemap(tiles: Sequence[Tile], palette: Palette, *, currency: str, root: str, height: int = 420) -> go.Figure:
    """Areas in proportion to cost; the five largest outer groups have colours, the others are grey.

    Only amounts above zero have an area, see :func:`left_out`. Shares in the labels are of what is drawn.
    """
    drawn = [tile for tile in tiles if tile.value > 0]
    total = sum((tile.value for tile in drawn), Decimal(0))
    values: dict[tuple[str | None, ...], Decimal] = {}
    names: dict[tuple[str | None, ...], str] = {}
    for tile in drawn:
        for depth in range(1, len(tile.path) + 1):
            node = tile.path[:depth]
            values[node] = values.get(node, Decimal(0)) + tile.value
            names[node] = tile.names[depth - 1]
    groups = sorted((node for node in values if len(node) == 1), key=lambda node: -values[node])
    colours: dict[tuple[str | None, ...], str] = {
        node: palette.colour(position) for position, node in enumerate(groups[:MAX_SERIES])
    }
    nodes = sorted(values, key=lambda node: (len(node), -values[node]))
    fills = [colours.get(node[:1], palette.other) for node in nodes]
    chart = figure(palette, height=height, legend=False)
    chart.add_trace(
        go.Treemap(
            ids=[ROOT, *(tile_id(node) for node in nodes)],
            parents=["", *(tile_id(node[:-1]) for node in nodes)],
            labels=[safe(root), *(safe(names[node], NAME_LENGTH) for node in nodes)],
            values=[float(total), *(float(values[node]) for node in nodes)],
            customdata=[
                [safe(root), _money(total, currency), "100.0%"],
                *([safe(names[node]), _money(values[node], currency), _share(values[node], total)] for node in nodes),
            ],
            texttemplate="%{label}<br>%{customdata[1]} · %{customdata[2]}",
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}, %{customdata[2]} of what is shown<extra></extra>",
            branchvalues="total",
            sort=True,
            marker={
                "colors": ["rgba(0,0,0,0)", *fills],
                "line": {"width": 1, "color": palette.background},
                "pad": {"t": 22, "l": 2, "r": 2, "b": 2},
            },
            textfont={"color": [palette.ink, *(ink_on(fill) for fill in fills)], "size": 13},
            pathbar={"visible": False},
            tiling={"packing": "squarify", "pad": 1},
        )
    )
    chart.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, uniformtext={"minsize": 11, "mode": "hide"})
    return chart


def _money(value: Decimal, currency: str) -> str:
    return safe(formats.money(value, currency, compact=True))


def _share(value: Decimal, total: Decimal) -> str:
    return safe(formats.percent(value / total * 100))
