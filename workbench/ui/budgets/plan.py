"""Planning: one budget by hand, many from a CSV file."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from workbench.costs.view import Basis
from workbench.errors import WorkbenchError
from workbench.export.budget_list import budget_list, parse_budgets, parse_period
from workbench.export.typed_list import parse_amount
from workbench.formats import plural
from workbench.ui.budgets.detail import parse_thresholds
from workbench.ui.context import PageContext
from workbench.ui.errors import message_of, show_error
from workbench.ui.text import plain
from workbench.workspace import Permission, Workspace, why
from workbench.workspace.budgets import Budget, BudgetPeriod, BudgetScope

__all__ = ["draw_plan"]

_TURN = "_budgets_turn"
_SCOPES = {
    BudgetScope.ALL: "Everything",
    BudgetScope.ACCOUNT: "An account",
    BudgetScope.SERVICE: "A service",
    BudgetScope.TAG: "A tag",
}


def draw_plan(ctx: PageContext) -> None:
    """Add one, or import a list; nothing for those who may not."""
    workspace = Workspace(ctx.settings)
    verdict = why(workspace.principal, Permission.PLAN_BUDGETS)
    if not verdict.allowed:
        st.caption(f"Budgets cannot be added: {plain(verdict.reason)}.")
        return
    with st.expander("Add a budget"):
        _one(ctx, workspace)
    with st.expander("Import from CSV"):
        _many(workspace)


def _one(ctx: PageContext, workspace: Workspace) -> None:
    manifest = ctx.snapshot.manifest
    scope = st.radio(
        "For", list(_SCOPES), format_func=lambda one: _SCOPES[one], horizontal=True, key="budget-new-scope"
    )
    with st.form("budget-new", border=False):
        with st.container(horizontal=True, gap="small"):
            key = st.text_input("Tag key", max_chars=200, width=200) if scope is BudgetScope.TAG else ""
            value = ""
            if scope is not BudgetScope.ALL:
                label = {"account": "Account number", "service": "Service name", "tag": "Tag value"}[scope]
                value = st.text_input(label, max_chars=200, width=260, help="As it stands on the bill")
            period = st.text_input(
                "Period", max_chars=10, width=140, placeholder="2026-12", help="2026-12, 2026-Q4 or 2026"
            )
            amount = st.text_input("Amount", max_chars=40, width=160, placeholder="1234.56")
            currency = st.selectbox("Currency", manifest.currencies or ("USD",), width=110)
            basis = st.selectbox("Cost basis", [one.value for one in Basis], width=150)
            thresholds = st.text_input("Warn at, in percent", value="80, 100", max_chars=60, width=160)
            name = st.text_input("Name", max_chars=120, width=220)
        send = st.form_submit_button("Add", type="primary")
    if not send:
        return
    found, number, warn = parse_period(period.strip()), parse_amount(amount.strip()), parse_thresholds(thresholds)
    problems = [
        "The period is 2026-12, 2026-Q4 or 2026" if found is None else "",
        f"The amount {number}" if isinstance(number, str) else "",
        "Thresholds are rising whole percentages such as 80, 100" if warn is None else "",
        "Say what it is for" if scope is not BudgetScope.ALL and not value.strip() else "",
        "A tag has a key" if scope is BudgetScope.TAG and not key.strip() else "",
    ]
    if any(problems) or found is None or warn is None or isinstance(number, str):
        for problem in filter(None, problems):
            st.error(plain(problem, limit=200))
        return
    kind, first_day = found
    _add(workspace, Budget(
        Decimal(number), currency, BudgetPeriod(kind), first_day, scope, value.strip(), key.strip(),
        basis, warn, name.strip(),  # type: ignore[arg-type]  # a value of Basis
    ))  # fmt: skip


def _add(workspace: Workspace, budget: Budget) -> None:
    try:
        workspace.budgets.save(budget)
    except WorkbenchError as error:
        show_error(message_of(error, where="Add a budget"))
        return
    st.toast("The budget is added", icon=":material/check:")
    st.rerun()


def _many(workspace: Workspace) -> None:
    st.caption(
        "Columns: period, amount, currency; and scope, key, value, basis, thresholds, name, note. All rows or none."
    )
    example = Budget(Decimal(1000), "USD", BudgetPeriod.MONTH, parse_period("2026-12")[1])  # type: ignore[index]  # valid
    st.download_button(
        "Download an example",
        data=budget_list([example]),
        file_name="budgets.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="budgets-example",
    )
    turn = st.session_state.get(_TURN, 0)
    upload = st.file_uploader("CSV with budgets", type=["csv"], key=f"budgets-csv-{turn}", max_upload_size=5)
    if upload is None:
        return
    try:
        read = parse_budgets(upload.getvalue())
    except WorkbenchError as error:
        show_error(message_of(error, where="Budget list"))
        return
    if read.errors:
        st.error(f"{plural(len(read.errors), 'value')} cannot be used; nothing was imported", icon=":material/error:")
        st.dataframe(
            {
                "Row": [error.row for error in read.errors],
                "Column": [error.column for error in read.errors],
                "Value": [error.value for error in read.errors],
                "What is wrong": [error.reason for error in read.errors],
            },
            hide_index=True,
            alt="Values that cannot be used",
        )
        return
    if read.ignored:
        st.caption("Columns not used: " + ", ".join(plain(name) for name in read.ignored))
    if st.button(f"Import {plural(len(read.budgets), 'budget')}", type="primary", key="budgets-import"):
        try:
            counts = workspace.budgets.import_all(read.budgets)
        except WorkbenchError as error:
            show_error(message_of(error, where="Import budgets"))
            return
        st.session_state[_TURN] = turn + 1
        st.toast(
            f"{counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged", icon=":material/check:"
        )
        st.rerun()
