"""Tables of the workspace."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, Index, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator

from workbench.workspace.records import ExpectedInvoice, SavedInvoice

__all__ = ["Base", "ExpectedInvoiceRow"]


class ExactDecimal(TypeDecorator[Decimal]):
    """Money as the text it was written as: SQLite has no decimal type and would round through a float."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Plain notation, never an exponent."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """The same digits again."""
        return None if value is None else Decimal(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, stored without zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Convert to UTC and drop the zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Say that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Metadata of the workspace."""


class ExpectedInvoiceRow(Base):
    """An expected invoice total; ``deleted_at`` set means deleted, kept for the record."""

    __tablename__ = "expected_invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    billing_month: Mapped[date]
    currency: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    invoice_issuer: Mapped[str | None]
    invoice_id: Mapped[str | None]
    billing_account_id: Mapped[str | None]
    includes_tax: Mapped[bool]
    note: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str]
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

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
