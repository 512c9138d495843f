"""Expected invoice totals: read, save with a version check, import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workbench.errors import Conflict
from workbench.workspace.access import Permission
from workbench.workspace.changes import Change, Desk
from workbench.workspace.models import ExpectedInvoiceRow
from workbench.workspace.records import ExpectedInvoice, ImportCounts, InvoiceEdit, SavedInvoice
from workbench.workspace.versions import begin, end, present, touch

__all__ = ["import_all", "logged", "read_all", "save"]

KIND = "expected_invoice"


def read_all(desk: Desk) -> tuple[SavedInvoice, ...]:
    """All that are not deleted, by month, issuer, account and id."""
    with desk.reading() as session:
        return tuple(row.saved() for row in _live(session)) if session else ()


def save(desk: Desk, edits: Sequence[InvoiceEdit]) -> tuple[SavedInvoice, ...]:
    """Save all changes or none; the invoices as they are afterwards."""
    try:
        with desk.changing(Permission.EXPECT_INVOICES) as change:
            # Deletions first: an invoice may be deleted and typed in anew in one save.
            for edit in sorted(edits, key=lambda edit: edit.invoice is not None):
                _apply(change, edit)
            change.session.flush()
            return tuple(row.saved() for row in _live(change.session))
    except IntegrityError as exc:
        raise Conflict(
            "The same invoice is expected twice",
            detail="Month, currency, issuer, invoice id and account together name one invoice",
            hint="Change the row that is there instead of adding another; reload to see it",
        ) from exc


def import_all(desk: Desk, invoices: Iterable[ExpectedInvoice]) -> ImportCounts:
    """Add what is new and change what is there (same month, currency, issuer, id and account); all or nothing."""
    added = changed = unchanged = 0
    with desk.changing(Permission.EXPECT_INVOICES) as change:
        present = {row.saved().invoice.key: row for row in _live(change.session)}
        for invoice in invoices:
            row = present.get(invoice.key)
            if row is None:
                present[invoice.key] = _add(change, invoice)
                added += 1
            elif row.saved().invoice == invoice:
                unchanged += 1
            else:
                _rewrite(change, row, invoice)
                changed += 1
    return ImportCounts(added, changed, unchanged)


def _apply(change: Change, edit: InvoiceEdit) -> None:
    if edit.id is None:
        if edit.invoice is not None:
            _add(change, edit.invoice)
        return
    # An edit of a stored row that names no version was made on none.
    row = present(change.session, ExpectedInvoiceRow, edit.id, edit.version or 0, "This expected invoice")
    if edit.invoice is not None:
        _rewrite(change, row, edit.invoice)
        return
    change.log("invoice.delete", KIND, row.id, before=row.saved().invoice, after=None)
    end(change, row)
    change.session.flush()


def _add(change: Change, invoice: ExpectedInvoice) -> ExpectedInvoiceRow:
    row = begin(change, ExpectedInvoiceRow())
    row.write(invoice)
    change.session.flush()
    change.log("invoice.add", KIND, row.id, before=None, after=invoice)
    return row


def _rewrite(change: Change, row: ExpectedInvoiceRow, invoice: ExpectedInvoice) -> None:
    change.log("invoice.change", KIND, row.id, before=row.saved().invoice, after=invoice)
    row.write(invoice)
    touch(change, row)


def logged(row: ExpectedInvoiceRow) -> ExpectedInvoice:
    """What the audit log says of a row."""
    return row.saved().invoice


def _live(session: Session) -> list[ExpectedInvoiceRow]:
    kind = ExpectedInvoiceRow
    found = select(kind).where(kind.deleted_at.is_(None))
    order = (kind.billing_month, kind.invoice_issuer, kind.billing_account_id, kind.invoice_id, kind.id)
    return list(session.scalars(found.order_by(*order)))
