"""Table of the expected invoices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.workspace.models.base import Base
from workbench.workspace.models.versioned import Versioned
from workbench.workspace.records import ExpectedInvoice, SavedInvoice

__all__ = ["ExpectedInvoiceRow"]


class ExpectedInvoiceRow(Versioned, Base):
    """An expected invoice total; ``deleted_at`` set means deleted, kept for the record."""

    __tablename__ = "expected_invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    billing_month: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    invoice_issuer: Mapped[str | None]
    invoice_id: Mapped[str | None]
    billing_account_id: Mapped[str | None]
    includes_tax: Mapped[bool]
    note: Mapped[str]

    # The second of two people who type in the same invoice is told so, instead of doubling it.
    __table_args__ = (
        Index(
            "expected_invoices_once",
            text("billing_month"),
            text("currency"),
            text("coalesce(invoice_issuer, '')"),
            text("coalesce(invoice_id, '')"),
            text("coalesce(billing_account_id, '')"),
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    def write(self, invoice: ExpectedInvoice) -> None:
        """Take over the values of ``invoice``."""
        self.billing_month = invoice.billing_month
        self.currency = invoice.currency
        self.amount = invoice.amount
        self.invoice_issuer = invoice.invoice_issuer
        self.invoice_id = invoice.invoice_id
        self.billing_account_id = invoice.billing_account_id
        self.includes_tax = invoice.includes_tax
        self.note = invoice.note

    def saved(self) -> SavedInvoice:
        """The row as a frozen record."""
        invoice = ExpectedInvoice(
            billing_month=self.billing_month,
            currency=self.currency,
            amount=self.amount,
            invoice_issuer=self.invoice_issuer,
            invoice_id=self.invoice_id,
            billing_account_id=self.billing_account_id,
            includes_tax=self.includes_tax,
            note=self.note,
        )
        return SavedInvoice(self.id, self.version, invoice, self.created_at, self.updated_at, self.updated_by)
