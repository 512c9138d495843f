"""All budgets and how they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from workbench import formats
from workbench.costs.budgets import BudgetReading, read_budgets
from workbench.export import Answer
from workbench.export.budget_list import budget_list
from workbench.ui.blocks import ExportChoice, block
from workbench.ui.budgets.detail import draw_detail
from workbench.ui.budgets.plan import draw_plan
from workbench.ui.budgets.words import CANNOT_TELL, is_current, reading_row, state_word
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.export_menu import data_exports
from workbench.ui.health.grids import arrow_rows, current_palette, show_rows
from workbench.workspace import Workspace

__all__ = ["draw"]

_ORDER = ("over", "ahead of plan", "within", "not started", CANNOT_TELL)


def draw(ctx: PageContext) -> None:
    """The page."""
    with calm("Budgets"):
        readings = read_budgets(ctx.engine, Workspace(ctx.settings).budgets.list())
        shown = _current(ctx, readings)
        if readings:
            _table(ctx, shown)
            draw_detail(ctx, shown)
        else:
            st.info("No budget is planned yet: add one below, or import a CSV file.", icon=":material/savings:")
    draw_plan(ctx)


def _current(ctx: PageContext, readings: Sequence[BudgetReading]) -> tuple[BudgetReading, ...]:
    last = ctx.snapshot.manifest.last_day
    current = tuple(one for one in readings if is_current(one, last))
    past = len(readings) - len(current)
    if not past:
        return current
    everything = st.toggle(
        f"Also {formats.plural(past, 'period')} that are over", key="budgets-past", value=not current
    )
    return tuple(readings) if everything else current


def _table(ctx: PageContext, readings: Sequence[BudgetReading]) -> None:
    counts = Counter(state_word(one) for one in readings)
    note = ", ".join(f"{formats.count(counts[word])} {word}" for word in _ORDER if counts[word])
    rows = sorted(
        (reading_row(one) for one in readings), key=lambda row: (_ORDER.index(row["State"]), -(row["Amount"] or 0))
    )
    palette = current_palette()
    colours = {"over": palette.increase, "ahead of plan": palette.increase, "within": palette.decrease}
    block(
        ctx,
        "How they stand",
        key="budgets",
        note=f"{note}. Planned so far is the share of the days that have data.",
        load=lambda: rows,
        draw=lambda found: show_rows(
            ctx,
            found,
            alt="Budgets",
            key="budgets-table",
            money=("Amount", "Cost so far", "Planned so far", "Difference"),
            signed=("Difference",),
            colours=lambda row: colours.get(str(row["State"]), ""),
            coloured="State",
        ),
        empty=lambda _: False,
        exports=lambda found: (
            *data_exports(
                ctx, "budgets", lambda: Answer("Budgets", arrow_rows(found), ()), basis="as named by the column Basis"
            ),
            ExportChoice(
                "Plan: CSV that can be imported",
                "budgets.csv",
                "text/csv",
                lambda: budget_list(one.saved.budget for one in readings),
            ),
        ),
    )
