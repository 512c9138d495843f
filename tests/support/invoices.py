"""Amounts on a bill and expected invoices with defaults."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from workbench.costs.tieout import BilledLine
from workbench.workspace.records import ExpectedInvoice

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def line(month: date = OCTOBER, billed: str = "100", **values: Any) -> BilledLine:
    """100 USD on five charge lines of October 2026, not on an invoice."""
    defaults: dict[str, Any] = {
        "currency": "USD",
        "invoice_issuer": "AWS",
        "invoice_id": None,
        "billing_account_id": "payer",
        "tax": Decimal(0),
        "rows": 5,
        "tax_rows": 0,
    }
    return BilledLine(billing_month=month, billed=Decimal(billed), **(defaults | values))


def expected(month: date = OCTOBER, amount: str = "100", currency: str = "USD", **values: Any) -> ExpectedInvoice:
    """A total of 100 USD expected for October 2026."""
    return ExpectedInvoice(month, currency, Decimal(amount), **values)
