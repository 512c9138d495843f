"""What a person typed into the grid of expected totals, turned into changes to save. No Streamlit here.

The grid shows one :class:`GridRow` for each stored total and one without an amount for each billed amount that has
none yet, so that usually only amounts are typed. Its rows are fixed while someone types: the grid reports changes by
position, and a row that moved underneath would receive the change of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.costs.tieout import TieOutRow
from workbench.export.invoice_list import parse_month
from workbench.export.typed_list import parse_amount
from workbench.workspace import ExpectedInvoice, InvoiceEdit, SavedInvoice

__all__ = ["FIELDS", "GridRow", "Parsed", "grid_rows", "parse_edits"]

FIELDS = (
    "month",
    "invoice_issuer",
    "invoice_id",
    "billing_account_id",
    "currency",
    "amount",
    "includes_tax",
    "note",
)
"""Columns of the grid, all text but ``includes_tax``."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of the grid; ``saved`` is the stored total behind it, None for a billed amount without one."""

    month: str
    invoice_issuer: str
    invoice_id: str
    billing_account_id: str
    currency: str
    amount: str
    includes_tax: bool
    note: str
    saved: SavedInvoice | None

    def values(self) -> dict[str, Any]:
        """The cells by column."""
        return {field: getattr(self, field) for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Parsed:
    """Changes to save, or everything that must be corrected first (then ``edits`` is empty)."""

    edits: tuple[InvoiceEdit, ...]
    problems: tuple[str, ...]


def grid_rows(saved: Iterable[SavedInvoice], unchecked: Iterable[TieOutRow]) -> tuple[GridRow, ...]:
    """Stored totals and billed amounts without one, newest month first."""
    rows = [_stored(one) for one in saved]
    rows += [
        GridRow(
            month=f"{row.billing_month:%Y-%m}",
            invoice_issuer=row.invoice_issuer or "",
            invoice_id=row.invoice_id or "",
            billing_account_id=row.billing_account_id or "",
            currency=row.currency,
            amount="",
            includes_tax=False,
            note="",
            saved=None,
        )
        for row in unchecked
    ]
    rows.sort(key=lambda row: (row.invoice_issuer, row.billing_account_id, row.invoice_id))
    return tuple(sorted(rows, key=lambda row: row.month, reverse=True))


def parse_edits(rows: Sequence[GridRow], state: Mapping[str, Any], currencies: Iterable[str]) -> Parsed:
    """Read the state of the grid.

    Args:
        rows: the rows as shown.
        state: what ``st.data_editor`` keeps: ``edited_rows`` (position → column → value), ``added_rows``,
            ``deleted_rows`` (positions).
        currencies: codes that may be typed.
    """
    reader = _Reader(frozenset(currencies))
    deleted = set(state.get("deleted_rows", ()))
    for position in sorted(deleted):
        stored = rows[position].saved
        if stored is not None:
            reader.edits.append(InvoiceEdit(None, stored.id, stored.version))
    for position, changes in sorted((int(key), value) for key, value in state.get("edited_rows", {}).items()):
        if position not in deleted:
            reader.read(f"Row {position + 1}", rows[position].values() | changes, rows[position].saved)
    for number, cells in enumerate(state.get("added_rows", ()), start=1):
        reader.read(f"New row {number}", dict.fromkeys(FIELDS) | cells, None)
    return Parsed(() if reader.problems else tuple(reader.edits), tuple(reader.problems))


class _Reader:
    """Collects edits and problems."""

    def __init__(self, currencies: frozenset[str]) -> None:
        self.edits: list[InvoiceEdit] = []
        self.problems: list[str] = []
        self._currencies = currencies

    def read(self, where: str, cells: Mapping[str, Any], saved: SavedInvoice | None) -> None:
        text = {field: str(cells[field] or "").strip() for field in FIELDS}
        if not text["amount"]:
            if saved is not None:
                self.problems.append(f"{where}: the amount is empty. To remove the total, delete the row")
            elif any(text[field] for field in ("month", "invoice_id", "note")) and where.startswith("New"):
                self.problems.append(f"{where}: the amount is empty")
            return
        before = len(self.problems)
        month = parse_month(text["month"])
        if month is None:
            self.problems.append(f"{where}: {text['month']!r} is not a month; write 2026-10")
        amount = parse_amount(text["amount"])
        if isinstance(amount, str):
            self.problems.append(f"{where}: the amount {text['amount']!r} {amount}")
        if text["currency"] not in self._currencies:
            self.problems.append(f"{where}: choose a currency")
        if len(self.problems) > before or month is None or isinstance(amount, str):
            return
        invoice = ExpectedInvoice(
            billing_month=month,
            currency=text["currency"],
            amount=amount,
            invoice_issuer=text["invoice_issuer"] or None,
            invoice_id=text["invoice_id"] or None,
            billing_account_id=text["billing_account_id"] or None,
            includes_tax=bool(cells["includes_tax"]),
            note=text["note"],
        )
        if saved is None:
            self.edits.append(InvoiceEdit(invoice))
        elif invoice != saved.invoice:
            self.edits.append(InvoiceEdit(invoice, saved.id, saved.version))


def _stored(saved: SavedInvoice) -> GridRow:
    invoice = saved.invoice
    return GridRow(
        month=f"{invoice.billing_month:%Y-%m}",
        invoice_issuer=invoice.invoice_issuer or "",
        invoice_id=invoice.invoice_id or "",
        billing_account_id=invoice.billing_account_id or "",
        currency=invoice.currency,
        amount=format(invoice.amount, "f"),
        includes_tax=invoice.includes_tax,
        note=invoice.note,
        saved=saved,
    )
