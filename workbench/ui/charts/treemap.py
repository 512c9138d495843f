"""Treemap: how a total is made up of one or two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import plotly.graph_objects as go

from workbench import formats
from workbench.costs.results import Tree
from workbench.ui.charts.frame import figure
from workbench.ui.charts.palette import MAX_SERIES, Palette, ink_on
from workbench.ui.charts.text import NAME_LENGTH, safe

__all__ = ["ROOT", "left_out", "treemap"]

ROOT = "workbench:all"
"""Id of the tile around all others; a click on it is no choice."""


@dataclass(frozen=True, slots=True)
class _Node:
    id: str
    parent: str
    label: str
    cost: Decimal
    share: float | None
    other: bool
    leaf: bool


def left_out(tree: Tree) -> tuple[int, Decimal]:
    """How many groups a treemap cannot draw because they are below zero, and their sum; say it beside the chart."""
    hidden = [node.cost for node in _nodes(tree) if node.leaf and node.cost < 0]
    return len(hidden), sum(hidden, Decimal(0))


def treemap(tree: Tree, palette: Palette, *, currency: str, root: str, height: int = 420) -> go.Figure:
    """Areas in proportion to cost; the five largest outer groups have colours, the others are grey.

    Only amounts above zero have an area (:func:`left_out`); labels state the cost and share of the whole group. Ids are
    those of ``tree``, so a click can be looked up there.
    """
    nodes = _nodes(tree)
    areas = {node.id: node.cost for node in nodes if node.leaf and node.cost > 0}
    for node in reversed(nodes):  # leaves come last
        if node.parent and node.id in areas:
            areas[node.parent] = areas.get(node.parent, Decimal(0)) + areas[node.id]
    drawn = [node for node in nodes if node.id in areas]
    fills = _fills(drawn, areas, palette)
    chart = figure(palette, height=height, legend=False)
    total = sum((areas[node.id] for node in drawn if not node.parent), Decimal(0))
    chart.add_trace(
        go.Treemap(
            ids=[ROOT, *(node.id for node in drawn)],
            parents=["", *(node.parent or ROOT for node in drawn)],
            labels=[safe(root), *(safe(node.label, NAME_LENGTH) for node in drawn)],
            values=[float(total), *(float(areas[node.id]) for node in drawn)],
            customdata=[
                [safe(root), safe(formats.money(tree.total, currency, compact=True)), ""],
                *(_texts(node, currency) for node in drawn),
            ],
            texttemplate="%{label}<br>%{customdata[1]}%{customdata[2]}",
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}%{customdata[2]}<extra></extra>",
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


def _nodes(tree: Tree) -> list[_Node]:
    """The nodes, outer levels first; a cost that cannot be told has no area."""
    rows = sorted(tree.table.to_pylist(), key=lambda row: row["level"])
    parents = {row["parent"] for row in rows}
    return [
        _Node(
            row["id"],
            row["parent"] or "",
            row["label"],
            row["cost"] or Decimal(0),
            row["share"],
            row["other"],
            row["id"] not in parents,
        )
        for row in rows
    ]


def _fills(drawn: list[_Node], areas: dict[str, Decimal], palette: Palette) -> list[str]:
    """One colour a node: that of its outermost group."""
    named = [node for node in drawn if not node.parent and not node.other]
    largest = sorted(named, key=lambda node: -areas[node.id])[:MAX_SERIES]
    colours = {node.id: palette.colour(position) for position, node in enumerate(largest)}
    fills: dict[str, str] = {}
    for node in drawn:
        fills[node.id] = fills[node.parent] if node.parent else colours.get(node.id, palette.other)
    return list(fills.values())


def _texts(node: _Node, currency: str) -> list[str]:
    share = "" if node.share is None else f" · {formats.percent(node.share)}"
    return [safe(node.label), safe(formats.money(node.cost, currency, compact=True)), safe(share)]
