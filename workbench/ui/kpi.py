"""The figures at the top of Overview: what each tile says (pure), and how a row of tiles is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import streamlit as st

from workbench import formats
from workbench.costs.overview import Commitments, Overview, Tagging
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import Change, Totals
from workbench.costs.tieout import TieOut, headline
from workbench.ui.charts import CONFIG, Palette, sparkline
from workbench.ui.text import plain

__all__ = ["Tile", "change_words", "draw_tiles", "overview_tiles"]

_DELTA_COLOURS: dict[formats.Direction, Literal["orange", "blue", "gray"]] = {
    "up": "orange",
    "down": "blue",
    "flat": "gray",
}
_SHOWN_KEYS = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure.

    Attributes:
        key: unique name, for tests and widget keys.
        label: what it is.
        value: the figure as text; an en dash when it cannot be told.
        note: what it covers, or why it cannot be told.
        delta: the change with arrow, sign and word; empty when nothing is compared.
        direction: of the change, for its colour.
        help: how it is worked out.
        spark: daily amounts behind it.
    """

    key: str
    label: str
    value: str
    note: str
    delta: str = ""
    direction: formats.Direction = "flat"
    help: str = ""
    spark: tuple[Decimal | None, ...] = ()


def overview_tiles(found: Overview, tie: TieOut) -> tuple[Tile, ...]:
    """The tiles of Overview; a commitment tile only where the bill has commitments."""
    currency = found.month.currency
    tiles = [
        _spend("to-date", "Month to date", found.month, found.to_date, spark=_daily(found)),
        _spend("last-month", "Last full month", found.last_month, found.last_month_totals),
        _outlook(found, currency),
        _untagged(found.tagging, currency),
        _tie_out(tie),
    ]
    if found.commitments.present:
        tiles.insert(4, _unused(found.commitments, currency))
    return tuple(tiles)


def _daily(found: Overview) -> tuple[Decimal | None, ...]:
    return tuple(found.daily.table.column("cost").to_pylist())


def _spend(key: str, label: str, view: ResolvedView, totals: Totals, *, spark: tuple[Decimal | None, ...] = ()) -> Tile:
    change, compared = totals.change, view.comparison
    words = f"{formats.money(totals.cost, view.currency)} in {view.label}."
    delta = ""
    if compared is not None and change.previous is not None:
        delta = change_words(change, view)
        words += f" Compared with {formats.period(compared.period.first, compared.period.last)}."
    if view.planned is not None:
        delta = change_words(change, view)
        words += f" {view.planned.sentence}."
    if view.unplanned:
        words += f" Not compared with a budget: {view.unplanned}."
    if totals.unknown:
        words += f" Not compared: {totals.unknown}."
    return Tile(
        key=key,
        label=label,
        value=formats.money(totals.cost, view.currency, compact=True),
        note=formats.period(view.period.first, view.period.last) + (" vs budget" if view.planned else ""),
        delta=delta,
        direction=formats.direction(change.delta),
        help=words,
        spark=spark,
    )


def change_words(change: Change, view: ResolvedView) -> str:
    """The change with arrow, sign and word; against a budget of zero nothing is new, and no cost is not gone."""
    if view.planned is None or not change.delta or (change.current and change.previous):
        return formats.delta(change.current, change.previous, view.currency)
    amount = formats.money(change.delta, view.currency, compact=True, signed=True)
    return f"▲ {amount} higher" if change.delta > 0 else f"▼ {amount} lower"


def _outlook(found: Overview, currency: str) -> Tile:
    outlook = found.outlook
    if outlook is None:
        return Tile("outlook", "Month-end outlook", formats.MISSING, found.outlook_refusal or "")
    low, high = (formats.money(value, currency, compact=True) for value in (outlook.low, outlook.high))
    months = formats.plural(len(outlook.errors), "earlier month")
    return Tile(
        key="outlook",
        label="Month-end outlook",
        value=formats.money(outlook.expected, currency, compact=True),
        note=f"{low} to {high}",
        help=f"Cost to date plus the usual cost of each weekday left. The range spans the errors the same rule would "
        f"have made in {months}.",
    )


def _untagged(tagging: Tagging, currency: str) -> Tile:
    if not tagging.keys:
        return Tile("untagged", "Untagged", formats.MISSING, "The bill has no tags")
    names = ", ".join(tagging.keys[:_SHOWN_KEYS])
    more = len(tagging.keys) - _SHOWN_KEYS
    return Tile(
        key="untagged",
        label="Untagged",
        value=formats.percent(tagging.percent),
        note=f"{formats.money(tagging.untagged, currency, compact=True)} of the period",
        help=f"Cost with none of these tags: {names}{f' and {more} more' if more > 0 else ''}.",
    )


def _unused(commitments: Commitments, currency: str) -> Tile:
    return Tile(
        key="unused",
        label="Unused commitments",
        value=formats.money(commitments.unused, currency, compact=True),
        note=f"{formats.percent(commitments.utilisation)} used",
        help="Effective cost of commitments that nothing used in the period.",
    )


def _tie_out(tie: TieOut) -> Tile:
    value = "Matched" if tie.matched else "Not matched" if tie.compared else "Not checked"
    return Tile("tie-out", "Invoice tie-out", value, headline(tie), help="The whole bill, whatever the filters.")


def draw_tiles(tiles: Sequence[Tile], palette: Palette) -> None:
    """Draw a row of tiles that wraps on narrow screens."""
    grid = st.grid(len(tiles), min_column_width=165, gap="xsmall", border=True, key="wb-tiles")
    for tile in tiles:
        with grid.cell(), st.container(gap="xxsmall", key=f"wb-tile-{tile.key}"):
            st.metric(
                tile.label,
                plain(tile.value),
                plain(tile.delta) if tile.delta else None,
                delta_arrow="off",
                delta_color=_DELTA_COLOURS[tile.direction],
                help=plain(tile.help, limit=400) if tile.help else None,
            )
            st.caption(plain(tile.note, limit=200))
            if any(value is not None for value in tile.spark):
                st.plotly_chart(
                    sparkline(tile.spark, palette, height=36),
                    theme=None,
                    config=CONFIG,
                    key=f"wb-spark-{tile.key}",
                    alt=f"{tile.label}, by day",
                )
