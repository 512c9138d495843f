"""One budget: its cost day by day against the plan, and changing or deleting it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import plotly.graph_objects as go
import streamlit as st

from workbench import formats
from workbench.costs import explore
from workbench.costs.budgets import BudgetReading
from workbench.costs.resolve import resolve
from workbench.costs.results import Series as Answer
from workbench.costs.view import Grain
from workbench.errors import Conflict, WorkbenchError
from workbench.export import Answer as Exported
from workbench.export.typed_list import parse_amount
from workbench.ui.blocks import ExportChoice, block
from workbench.ui.budgets.words import budget_label, scope_text
from workbench.ui.charts import CONFIG, Comparison, Palette, TimeSeries, cumulative, time_series
from workbench.ui.context import PageContext, raw_params
from workbench.ui.errors import message_of, show_error
from workbench.ui.export_menu import data_exports, picture_exports, whole_provenance, whole_stem
from workbench.ui.health.grids import current_palette
from workbench.ui.registry import page_info
from workbench.ui.text import plain, visible
from workbench.workspace import Permission, Workspace, why
from workbench.workspace.budgets import Budget, SavedBudget

__all__ = ["draw_detail", "parse_thresholds", "planned"]


def draw_detail(ctx: PageContext, readings: Sequence[BudgetReading]) -> None:
    """Choose one of those shown, and see it."""
    if not readings:
        return
    known = {str(one.saved.id): one for one in readings}
    asked = (raw_params().get("budget") or [""])[-1]
    chosen = st.selectbox(
        "Budget",
        list(known),
        index=list(known).index(asked) if asked in known else 0,
        format_func=lambda key: visible(budget_label(known[key].saved.budget), limit=120),
        key="budget-choice",
        on_change=lambda: ctx.choose(budget=st.session_state["budget-choice"]),
        width=520,
    )
    reading = known[chosen]
    budget = reading.saved.budget
    block(
        ctx,
        "Cost and plan, added up by day",
        key="budget-course",
        note=f"{plain(scope_text(budget), limit=120)}, {budget.basis} cost in {budget.currency}",
        load=lambda: explore.series(ctx.engine, resolve(ctx.engine, replace(reading.view, grain=Grain.DAY))),
        draw=lambda found: _draw_course(found, reading),
        empty=lambda found: found.table.num_rows == 0,
        exports=lambda found: _exports(ctx, found, reading),
        height=300,
    )
    target = page_info("explore")
    st.page_link(target.script, label="Open in Explore", icon=target.icon, query_params=ctx.params(reading.view))
    _change(ctx, reading.saved)


def planned(budget: Budget, periods: Sequence[date]) -> Comparison:
    """The plan as equal daily parts from the first day, so that added up it ends at the amount."""
    days = (budget.last_day - budget.first_day).days + 1
    last = max((*periods, budget.first_day))
    number = min((last - budget.first_day).days + 1, days)
    parts = tuple(budget.first_day + timedelta(days=n) for n in range(number))
    return Comparison("Plan", parts, tuple(budget.amount / days for _ in parts))


def _exports(ctx: PageContext, found: Answer, reading: BudgetReading) -> tuple[ExportChoice, ...]:
    budget = reading.saved.budget
    shown = Exported(f"Cost of the budget {budget_label(budget)} by day", found.table, found.queries)
    return (
        *picture_exports(
            whole_stem(ctx, "cost-and-plan"),
            lambda palette: _course(found, reading, palette),
            lambda: shown,
            whole_provenance(ctx, budget.basis),
        ),
        *data_exports(ctx, "cost-and-plan", lambda: shown, basis=budget.basis),
    )


def _course(found: Answer, reading: BudgetReading, palette: Palette) -> go.Figure:
    budget = reading.saved.budget
    drawn: TimeSeries = time_series(found, currency=budget.currency, grain="day")
    return cumulative(replace(drawn, comparison=planned(budget, drawn.periods)), palette, height=300)


def _draw_course(found: Answer, reading: BudgetReading) -> None:
    budget = reading.saved.budget
    st.plotly_chart(
        _course(found, reading, current_palette()),
        theme=None,
        config=CONFIG,
        key="budget-chart",
        alt=visible(f"Cost against the budget {budget_label(budget)}"),
    )
    if reading.status is not None:
        left = reading.status.remaining
        words = "left" if left >= 0 else "over the amount"
        st.caption(
            f"{plain(formats.money(abs(left), budget.currency))} {words};"
            f" {reading.status.days_passed} of {reading.status.days} days have data"
        )


def _change(ctx: PageContext, saved: SavedBudget) -> None:
    workspace = Workspace(ctx.settings)
    verdict = why(workspace.principal, Permission.PLAN_BUDGETS)
    if not verdict.allowed:
        st.caption(f"It cannot be changed: {plain(verdict.reason)}.")
        return
    # The form stays as it was opened: what somebody else saves meanwhile must not change what is being typed.
    opened: SavedBudget = st.session_state.setdefault(_opened_key(saved), saved)
    budget = opened.budget
    with st.expander("Change or delete it"):
        st.caption(f"Last changed {formats.timestamp(saved.updated_at)} by {plain(saved.updated_by, limit=80)}.")
        with st.form(f"budget-form-{saved.id}", border=False):
            amount = st.text_input("Amount of the whole period", value=format(budget.amount, "f"), max_chars=40)
            thresholds = st.text_input(
                "Warn at, in percent", value=", ".join(map(str, budget.thresholds)), max_chars=60
            )
            name = st.text_input("Name", value=budget.name, max_chars=120)
            note = st.text_input("Note", value=budget.note, max_chars=500)
            send = st.form_submit_button("Save", type="primary")
        if opened.version != saved.version:
            _meanwhile(saved)
        if send and (changed := _typed(opened, amount, thresholds, name, note)) is not None:
            _save(workspace, opened, changed)
        if (typed := st.session_state.get(_typed_key(saved))) is not None:
            _settle(workspace, saved, typed)
        sure = st.checkbox("I want to delete this budget", key=f"budget-sure-{saved.id}")
        if st.button("Delete", disabled=not sure, key="budget-delete"):
            _delete(workspace, saved)


def _opened_key(saved: SavedBudget) -> str:
    return f"_budget_opened_{saved.id}"


def _typed_key(saved: SavedBudget) -> str:
    return f"_budget_typed_{saved.id}"


def _forget(saved: SavedBudget) -> None:
    for key in (_opened_key(saved), _typed_key(saved)):
        st.session_state.pop(key, None)


def _meanwhile(saved: SavedBudget) -> None:
    st.warning(
        f"{plain(saved.updated_by, limit=80)} changed it meanwhile, {formats.timestamp(saved.updated_at)}:"
        f" the amount is {plain(formats.money(saved.budget.amount, saved.budget.currency))} now."
    )
    if st.button("Reload", key="budget-reload", help="Forget what was typed and show what is stored"):
        _forget(saved)
        st.rerun()


def _settle(workspace: Workspace, saved: SavedBudget, typed: Budget) -> None:
    """Somebody else saved first: what was typed is written over it only when that is said."""
    if st.button("Overwrite with what I typed", key="budget-overwrite"):
        _forget(saved)
        try:
            workspace.budgets.save(typed, id=saved.id, version=saved.version)
        except WorkbenchError as error:
            show_error(message_of(error, where="Save the budget"))
            return
        st.rerun()


def _typed(opened: SavedBudget, amount: str, thresholds: str, name: str, note: str) -> Budget | None:
    """The budget as typed; None after saying what cannot be used."""
    number, warn = parse_amount(amount.strip()), parse_thresholds(thresholds)
    if isinstance(number, str):
        st.error(plain(f"The amount {number}", limit=200))
        return None
    if warn is None:
        st.error("Thresholds are rising whole percentages such as 80, 100")
        return None
    return replace(opened.budget, amount=Decimal(number), thresholds=warn, name=name.strip(), note=note.strip())


def _save(workspace: Workspace, opened: SavedBudget, changed: Budget) -> None:
    try:
        workspace.budgets.save(changed, id=opened.id, version=opened.version)
    except Conflict:
        st.session_state[_typed_key(opened)] = changed
        return
    except WorkbenchError as error:
        show_error(message_of(error, where="Save the budget"))
        return
    _forget(opened)
    st.toast("The budget is saved", icon=":material/check:")
    st.rerun()


def _delete(workspace: Workspace, saved: SavedBudget) -> None:
    try:
        workspace.budgets.delete(saved.id, saved.version)
    except WorkbenchError as error:
        show_error(message_of(error, where="Delete the budget"))
        return
    _forget(saved)
    st.toast("The budget is deleted; Activity keeps it", icon=":material/check:")
    st.rerun()


def parse_thresholds(text: str) -> tuple[int, ...] | None:
    """``80, 100`` as numbers; None when it is anything else."""
    parts = [part.strip().removesuffix("%").strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        return None
    numbers = tuple(int(part) for part in parts)
    return numbers if list(numbers) == sorted(set(numbers)) and all(numbers) else None
