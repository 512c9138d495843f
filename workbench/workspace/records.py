"""Frozen values that go in and out of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

__all__ = ["ExpectedInvoice", "ImportCounts", "InvoiceEdit", "InvoiceKey", "SavedInvoice"]

InvoiceKey = tuple[date, str, str | None, str | None, str | None]
"""Billing month, currency, issuer, invoice id, billing account."""


@dataclass(frozen=True, slots=True)
class ExpectedInvoice:
    """What an invoice asks for, as read from the invoice itself.

    Args:
        billing_month: first day of the billing period.
        currency: currency of ``amount``.
        amount: invoice total; negative for a credit note.
        invoice_issuer: who sent it; None when the bill has only one issuer or does not say.
        invoice_id: its number; None when the amount is the total of the whole month (of the issuer and the account,
            when they are given).
        billing_account_id: account it was sent to; None for all accounts together.
        includes_tax: whether ``amount`` contains tax.
        note: free text.
    """

    billing_month: date
    currency: str
    amount: Decimal
    invoice_issuer: str | None = None
    invoice_id: str | None = None
    billing_account_id: str | None = None
    includes_tax: bool = False
    note: str = ""

    @property
    def key(self) -> InvoiceKey:
        """What may be expected only once."""
        return (self.billing_month, self.currency, self.invoice_issuer, self.invoice_id, self.billing_account_id)


@dataclass(frozen=True, slots=True)
class SavedInvoice:
    """An expected invoice as stored; ``version`` counts its changes from 1, times are UTC."""

    id: int
    version: int
    invoice: ExpectedInvoice
    created_at: datetime
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class InvoiceEdit:
    """One change to save.

    Args:
        invoice: the new values; None deletes.
        id: the stored row; None adds one.
        version: the version that was on the screen when the change was made.
    """

    invoice: ExpectedInvoice | None
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import did to the stored invoices."""

    added: int
    changed: int
    unchanged: int
