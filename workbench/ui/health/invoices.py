"""Entering expected invoice totals: a grid with an explicit Save, CSV upload, template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from workbench.costs.tieout import State, TieOut
from workbench.errors import WorkbenchError
from workbench.export.invoice_list import parse_expected, template
from workbench.formats import plural
from workbench.schema.currencies import ISO_CURRENCIES
from workbench.ui.context import PageContext
from workbench.ui.errors import message_of, show_error
from workbench.ui.health.invoice_edits import FIELDS, GridRow, grid_rows, parse_edits
from workbench.ui.text import plain
from workbench.workspace import SavedInvoice, Workspace

__all__ = ["draw"]

_ROWS = "_health_invoice_rows"
_TURN = "_health_invoice_turn"
_SHOWN_PROBLEMS = 20


def draw(ctx: PageContext, result: TieOut, saved: Sequence[SavedInvoice]) -> None:
    """The grid, and below it the CSV way."""
    st.caption(
        "Type the total of each invoice, as printed on it. Leave the invoice id empty to compare a whole month;"
        " leave the account empty for all accounts together. Amounts are without tax unless marked."
    )
    _grid(ctx, result, saved)
    _csv(ctx, result, saved)


def _grid(ctx: PageContext, result: TieOut, saved: Sequence[SavedInvoice]) -> None:
    rows = _rows(result, saved)
    currencies = _currencies(ctx, saved)
    key = f"invoice-grid-{st.session_state.get(_TURN, 0)}"
    st.data_editor(
        _frame(rows),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        alt="Expected invoice totals",
        column_config={
            "month": st.column_config.TextColumn("Month", required=True, help="2026-10", max_chars=20),
            "invoice_issuer": st.column_config.TextColumn("Issuer", max_chars=200),
            "invoice_id": st.column_config.TextColumn("Invoice", max_chars=200),
            "billing_account_id": st.column_config.TextColumn("Billing account", max_chars=200),
            "currency": st.column_config.SelectboxColumn("Currency", options=currencies, default=currencies[0]),
            "amount": st.column_config.TextColumn(
                "Invoice total", alignment="right", help="1234.56, a point for the decimals", max_chars=40
            ),
            "includes_tax": st.column_config.CheckboxColumn("With tax", default=False),
            "note": st.column_config.TextColumn("Note", max_chars=500),
        },
    )
    parsed = parse_edits(rows, st.session_state.get(key, {}), currencies)
    for problem in parsed.problems[:_SHOWN_PROBLEMS]:
        st.warning(plain(problem, limit=300), icon=":material/edit:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        save = st.button("Save totals", type="primary", disabled=not parsed.edits, key="invoice-save")
        st.button(
            "Reload", on_click=_reload, key="invoice-reload", help="Forget what was typed and show what is stored"
        )
        if parsed.edits:
            st.caption(f"{plural(len(parsed.edits), 'change')} not saved yet")
    if save:
        try:
            Workspace(ctx.settings).save_invoices(parsed.edits)
        except WorkbenchError as error:
            show_error(message_of(error, where="Save totals"))
            return
        st.toast(f"{plural(len(parsed.edits), 'total')} saved", icon=":material/check:")
        _reload()
        st.rerun()


def _frame(rows: Sequence[GridRow]) -> pd.DataFrame:
    """The cells with their types, which an empty grid could not tell."""
    types = {field: "bool" if field == "includes_tax" else "object" for field in FIELDS}
    return pd.DataFrame(
        {field: pd.Series([row.values()[field] for row in rows], dtype=types[field]) for field in FIELDS}
    )


def _rows(result: TieOut, saved: Sequence[SavedInvoice]) -> tuple[GridRow, ...]:
    """The rows as they were when the grid was drawn first; see ``invoice_edits`` for why they stay."""
    rows: tuple[GridRow, ...] | None = st.session_state.get(_ROWS)
    if rows is None:
        rows = grid_rows(saved, [row for row in result.rows if row.state is State.NOT_CHECKED])
        st.session_state[_ROWS] = rows
    return rows


def _reload() -> None:
    st.session_state.pop(_ROWS, None)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _currencies(ctx: PageContext, saved: Sequence[SavedInvoice]) -> list[str]:
    """Those of the bill first, then those of stored totals, then the rest of ISO 4217."""
    known: dict[str, Any] = dict.fromkeys(ctx.snapshot.manifest.currencies)
    known |= dict.fromkeys(one.invoice.currency for one in saved)
    return [*known, *sorted(ISO_CURRENCIES - known.keys())]


def _csv(ctx: PageContext, result: TieOut, saved: Sequence[SavedInvoice]) -> None:
    st.markdown("**From a CSV file**")
    st.download_button(
        "Download the template",
        data=lambda: template(result.lines, [one.invoice for one in saved]),
        file_name="expected-invoices.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="invoice-template",
        help="One row for each amount on the bill; fill in the column amount",
    )
    turn = st.session_state.get(_TURN, 0)
    upload = st.file_uploader("CSV with invoice totals", type=["csv"], key=f"invoice-csv-{turn}", max_upload_size=5)
    if upload is None:
        return
    try:
        read = parse_expected(upload.getvalue(), currencies=ctx.snapshot.manifest.currencies)
    except WorkbenchError as error:
        show_error(message_of(error, where="Invoice list"))
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
    blank = f" {plural(read.blank, 'row')} without an amount will be left out." if read.blank else ""
    st.markdown(f"The file has {plural(len(read.invoices), 'invoice total')}.{blank}")
    if st.button("Import totals", type="primary", disabled=not read.invoices, key="invoice-import"):
        try:
            counts = Workspace(ctx.settings).import_invoices(read.invoices)
        except WorkbenchError as error:
            show_error(message_of(error, where="Import totals"))
            return
        st.toast(
            f"{counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged", icon=":material/check:"
        )
        _reload()
        st.rerun()
