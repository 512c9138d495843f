"""The lead of the page: does the bill match the invoices?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from workbench import clock
from workbench.costs.tieout import BilledLine, State, TieOut, TieOutRow, headline, tie_out
from workbench.errors import StorageError
from workbench.export import Answer
from workbench.ui.blocks import ExportChoice, block
from workbench.ui.context import PageContext
from workbench.ui.errors import message_of, show_error
from workbench.ui.export_menu import data_exports
from workbench.ui.health.grids import arrow_rows, current_palette, show_rows
from workbench.workspace import SavedInvoice, Workspace

__all__ = ["compare_bill", "comparison", "totals"]

_ICONS = {
    State.MATCHED: "✓",
    State.DIFFERS: "✗",
    State.NOT_ON_BILL: "✗",
    State.NOT_CHECKED: "!",
    State.OPEN: "○",
}

_HELP = {
    "Lines": "Charge lines behind the amount; the tolerance grows with them",
    "Billed": "Billed cost of the lines, without tax unless the expected total includes tax",
    "Tax": "Billed cost of tax lines",
    "Difference": "Billed minus expected",
    "Tolerance": "Largest difference that rounding explains: 100 cents, or half a cent times the square root of the"
    " lines if that is more (FOCUS 1.4)",
}

_GROUPS: dict[str, tuple[str, ...]] = {
    "Month": ("Month",),
    "Invoice": ("Month", "Issuer", "Invoice"),
    "Account": ("Month", "Billing account"),
}


def compare_bill(ctx: PageContext) -> tuple[TieOut, tuple[SavedInvoice, ...]]:
    """The comparison and the stored totals; when these cannot be read, that is said and the bill is shown alone."""
    try:
        saved = Workspace(ctx.settings).expected_invoices()
    except StorageError as error:
        show_error(message_of(error, where="Expected invoice totals"))
        saved = ()
    return tie_out(ctx.engine, [one.invoice for one in saved], clock.now()), saved


def comparison(ctx: PageContext, result: TieOut) -> None:
    """Headline and one row for each expected invoice and each amount on the bill that has none."""
    _headline(result)
    block(
        ctx,
        "Bill against invoices",
        key="tie-out",
        note="All billing months and currencies of the snapshot; filters never apply here.",
        load=lambda: result,
        draw=lambda found: _comparison_table(ctx, found),
        empty=lambda found: not found.rows,
        exports=lambda found: _exports(ctx, "tie-out", "Bill against invoices", found, _comparison_rows(found)),
    )


def totals(ctx: PageContext, result: TieOut) -> None:
    """What the bill adds up to by month, invoice or account."""
    block(
        ctx,
        "Totals on the bill",
        key="bill-totals",
        note="Billed cost, as the invoice asks for it. The sum is the same however it is grouped.",
        load=lambda: result,
        draw=lambda found: _totals_table(ctx, found),
        empty=lambda found: not found.lines,
        exports=lambda found: _exports(ctx, "bill-totals", "Totals on the bill", found, _line_rows(found.lines)),
    )


def _headline(result: TieOut) -> None:
    text = headline(result)
    if result.matched:
        st.success(text, icon=":material/check_circle:")
    elif result.to_match:
        st.error(text, icon=":material/error:")
    else:
        st.info(text, icon=":material/schedule:")


def _comparison_table(ctx: PageContext, result: TieOut) -> None:
    palette = current_palette()
    colours = {State.DIFFERS: palette.alert, State.NOT_ON_BILL: palette.alert, State.NOT_CHECKED: palette.increase}
    of_text = {_state_text(state): colours.get(state, "") for state in State}
    rows = _comparison_rows(result)
    # A column that tells no two rows apart only takes room.
    said: dict[str, set[str | None]] = {
        "Issuer": {line.invoice_issuer for line in result.lines} | {row.invoice_issuer for row in result.rows},
        "Billing account": {line.billing_account_id for line in result.lines},
        "Currency": {row.currency for row in result.rows},
    }
    hidden = {name for name, values in said.items() if len(values - {None}) <= 1}
    hidden |= {name for name in ("Tax", "Remark") if not any(row[name] for row in rows)}
    show_rows(
        ctx,
        rows,
        alt="Bill against invoices",
        key="tie-out-table",
        money=("Billed", "Tax", "Expected", "Difference", "Tolerance"),
        signed=("Difference",),
        colours=lambda row: of_text[str(row["State"])],
        coloured="State",
        hidden=hidden,
        widths={"Remark": 240},
        help=_HELP,
    )


def _state_text(state: State) -> str:
    return f"{_ICONS[state]} {state.value}"


def _comparison_rows(result: TieOut) -> list[dict[str, Any]]:
    """Newest month first."""
    return [_comparison_row(row) for row in sorted(result.rows, key=lambda row: row.billing_month, reverse=True)]


def _comparison_row(row: TieOutRow) -> dict[str, Any]:
    issuer, invoice, account = row.scope
    return {
        "State": _state_text(row.state),
        "Month": f"{row.billing_month:%Y-%m}",
        "Issuer": issuer,
        "Invoice": invoice,
        "Billing account": account,
        "Currency": row.currency,
        "Billed": row.billed,
        "Expected": row.expected,
        "Difference": row.difference,
        "Tolerance": row.tolerance,
        "Remark": ". ".join(part for part in ("Compared with tax" if row.includes_tax else "", row.remark) if part),
        "Tax": row.tax,
        "Lines": row.rows,
    }


def _totals_table(ctx: PageContext, result: TieOut) -> None:
    by = st.segmented_control(
        "Group by", list(_GROUPS), default="Month", key="bill-totals-by", label_visibility="collapsed", required=True
    )
    rows = _line_rows(result.lines)
    grouped = _summed(rows, (*_GROUPS[by or "Month"], "Currency"))
    sums = _summed(rows, ("Currency",))
    last = [{name: one.get(name, "") for name in grouped[0]} | {"Month": "Total"} for one in sums]
    show_rows(
        ctx,
        [*grouped, *last],
        alt=f"Totals on the bill by {by}",
        key="bill-totals-table",
        money=("Billed without tax", "Tax", "Billed"),
        totals=len(last),
        hidden=() if len(sums) > 1 else ("Currency",),
    )


def _line_rows(lines: Iterable[BilledLine]) -> list[dict[str, Any]]:
    return [
        {
            "Month": f"{line.billing_month:%Y-%m}",
            "Issuer": line.invoice_issuer or "not stated",
            "Invoice": line.invoice_id or "no invoice id",
            "Billing account": line.billing_account_id or "not stated",
            "Currency": line.currency,
            "Lines": line.rows + line.tax_rows,
            "Billed without tax": line.billed,
            "Tax": line.tax,
            "Billed": line.billed + line.tax,
        }
        for line in lines
    ]


def _summed(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """Rows added up by ``names``; amounts stay exact."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        total = sums.setdefault(
            tuple(row[name] for name in names),
            {name: row[name] for name in names}
            | {"Lines": 0, "Billed without tax": Decimal(0), "Tax": Decimal(0), "Billed": Decimal(0)},
        )
        for name in ("Lines", "Billed without tax", "Tax", "Billed"):
            total[name] += row[name]
    return list(sums.values())


def _exports(
    ctx: PageContext, stem: str, title: str, result: TieOut, rows: Sequence[dict[str, Any]]
) -> tuple[ExportChoice, ...]:
    answer: Callable[[], Answer] = lambda: Answer(title, arrow_rows(rows), result.queries)  # noqa: E731
    return data_exports(ctx, stem, answer, basis="billed")
