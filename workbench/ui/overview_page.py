"""The parts of the Overview page: figures, daily bars, movers, what needs a decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import streamlit as st

from workbench import clock
from workbench.costs import explore, provenance
from workbench.costs.budgets import BudgetReading, read_budgets
from workbench.costs.overview import Movers, movers, overview
from workbench.costs.results import Series
from workbench.costs.tieout import TieOut, tie_out
from workbench.export import Answer, What, answer
from workbench.ui.blocks import block
from workbench.ui.charts import CONFIG, bars, palette_for
from workbench.ui.charts.pictures import to_draw
from workbench.ui.context import PageContext
from workbench.ui.day_notes import chart_notes, day_notes, draw_day_notes, note_texts
from workbench.ui.decisions import decisions, draw_decisions
from workbench.ui.errors import calm
from workbench.ui.explore_table import change_word
from workbench.ui.export_menu import chart_exports, table_exports
from workbench.ui.kpi import draw_tiles, overview_tiles
from workbench.ui.registry import page_info
from workbench.ui.table import TableColumn, show_table
from workbench.ui.text import plain, visible
from workbench.ui.words import GRAINS, dimension_in_sentence, dimension_label
from workbench.workspace import RecommendationFilter, Workspace

__all__ = ["daily", "figures", "largest_changes", "needs_a_decision"]

Side = Literal["up", "down"]
_CHART_HEIGHT = 300
_MOVERS = {"up": "Largest increases", "down": "Largest decreases"}


def figures(ctx: PageContext) -> None:
    """The row of tiles."""
    with calm("The figures"):
        tiles = overview_tiles(overview(ctx.engine, ctx.resolved), _tie(ctx))
        draw_tiles(tiles, palette_for(st.context.theme.type))


def daily(ctx: PageContext) -> None:
    """Stacked bars over time: five largest groups and Other, partial days hatched and named."""
    view = ctx.resolved
    title = f"Cost by {plain(dimension_in_sentence(view.spec.by[0]))}, {GRAINS[view.grain].lower()}"
    found = day_notes(ctx, view)
    notes = chart_notes(found, view)

    def picture(result: Series, theme: str | None) -> None:
        data = to_draw(result, view, notes)
        if data.empty:
            st.caption("The bill states no cost on this basis in this period.")
            return
        figure = bars(data, palette_for(theme), height=_CHART_HEIGHT)
        st.plotly_chart(figure, theme=None, config=CONFIG, key="wb-overview-bars", alt=visible(title))
        draw_day_notes(ctx, view, found, key="overview-notes")

    block(
        ctx,
        title,
        key="series",
        load=lambda: explore.series(ctx.engine, view),
        draw=lambda result: picture(result, st.context.theme.type),
        exports=lambda result: (
            *chart_exports(
                ctx,
                title,
                lambda palette: bars(to_draw(result, view, notes), palette),
                lambda: Answer(title, result.table, result.queries, note_texts(found)),
            ),
            *table_exports(ctx, title, lambda: answer(ctx.engine, view, What.SERIES)),
        ),
        height=_CHART_HEIGHT,
    )


def needs_a_decision(ctx: PageContext) -> None:
    """What is wrong with the data and wants somebody."""
    with st.container(border=True, gap="xxsmall", key="wb-decisions"):
        st.markdown("**Needs a decision**")
        with calm("The list of decisions"):
            found = decisions(
                provenance.source_files(ctx.engine),
                provenance.findings(ctx.engine),
                _tie(ctx),
                published_at=ctx.snapshot.manifest.created_at,
                now=clock.now(),
                stale_after=timedelta(hours=ctx.settings.stale_after_hours),
                budgets=_current_budgets(ctx),
                waiting=Workspace(ctx.settings)
                .recommendations.list(RecommendationFilter(needs_decision=True, intentional=False), limit=1)
                .total,
            )
            draw_decisions(ctx, found)


def largest_changes(ctx: PageContext, side: Side) -> None:
    """The groups whose cost rose or fell most against the comparison."""
    view = ctx.resolved

    def draw(result: Movers) -> None:
        table = result.up if side == "up" else result.down
        if result.unknown:
            st.caption(f"Changes cannot be told: {plain(result.unknown, limit=200)}.")
            return
        if not table.num_rows:
            st.caption(f"Nothing {'rose' if side == 'up' else 'fell'} against the comparison.")
            return
        words = [change_word(row["state"], row["delta"], row["delta_percent"]) for row in table.to_pylist()]
        show_table(
            table.append_column("change_word", [words]),
            (
                TableColumn("label_1", dimension_label(result.by)),
                TableColumn("delta", "Change", "change"),
                TableColumn("change_word", "Change, %", help="New and gone groups have no percentage"),
                TableColumn("cost", "Now", "money"),
                TableColumn("previous", "Before", "money"),
                TableColumn("spark", "Trend", "trend", help="Cost over the period, from zero"),
            ),
            key=f"wb-movers-{side}",
            currency=view.currency,
            palette=palette_for(st.context.theme.type),
            alt=_MOVERS[side],
        )
        target = page_info("drivers")
        st.page_link(target.script, label="Why it changed", icon=target.icon, query_params=ctx.params())

    block(
        ctx,
        _MOVERS[side],
        key=f"movers-{side}",
        load=lambda: movers(ctx.engine, view),
        draw=draw,
        exports=lambda _: table_exports(ctx, "cost-changes", lambda: answer(ctx.engine, view, What.BREAKDOWN)),
        height=240,
    )


def _current_budgets(ctx: PageContext) -> tuple[BudgetReading, ...]:
    last = ctx.snapshot.manifest.last_day
    current = [one for one in Workspace(ctx.settings).budgets.list() if last is None or one.budget.last_day >= last]
    return read_budgets(ctx.engine, current)


def _tie(ctx: PageContext) -> TieOut:
    expected = tuple(saved.invoice for saved in Workspace(ctx.settings).expected_invoices())
    return tie_out(ctx.engine, expected, clock.now())
