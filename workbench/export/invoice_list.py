"""Expected invoices as CSV: read with an error for each bad row, and a template filled in from the bill.

Reading is forgiving about headers, order and delimiter, strict about values: an amount or a month that could be read in
two ways is refused, with the row, the column and what to write instead. Nothing is taken from a file with an error.
Text is neutralised on its way out and restored on its way in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workbench.costs.tieout import BilledLine
from workbench.errors import BadFile
from workbench.export.neutral import neutralise, restore
from workbench.export.typed_list import RowError, field_names, find_columns, parse_amount, read_lines
from workbench.schema.currencies import ISO_CURRENCIES
from workbench.workspace.records import ExpectedInvoice, InvoiceKey

__all__ = ["ExpectedFile", "parse_expected", "parse_month", "template"]

_HEADERS = (
    "billing_month",
    "invoice_issuer",
    "invoice_id",
    "billing_account_id",
    "currency",
    "amount",
    "includes_tax",
    "note",
)
_REQUIRED = ("billing_month", "currency", "amount")

# Headers are compared without case, spaces and signs.
_ALIASES = {
    "billing_month": ("month", "period", "billingperiod", "billingperiodstart", "invoicemonth", "date"),
    "invoice_issuer": ("issuer", "invoiceissuername", "vendor", "supplier"),
    "invoice_id": ("invoice", "invoicenumber", "invoiceno", "number"),
    "billing_account_id": ("account", "accountid", "billingaccount", "payeraccount", "payeraccountid"),
    "currency": ("billingcurrency", "currencycode", "ccy"),
    "amount": ("total", "expected", "expectedamount", "invoicetotal", "invoiceamount", "amountdue", "billedcost"),
    "includes_tax": ("taxincluded", "withtax", "includingtax", "inclusiveoftax"),
    "note": ("notes", "comment", "comments", "remark"),
}
_FIELDS = field_names(_ALIASES)

_MONTH_FORMATS = ("%Y-%m", "%Y-%m-%d", "%Y/%m", "%Y%m", "%b %Y", "%B %Y", "%b-%Y")
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"", "no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """What a file says.

    Args:
        invoices: rows with an amount; empty when there are errors.
        errors: everything that must be corrected first.
        blank: rows left out because they have no amount yet.
        ignored: headers that mean nothing here.
    """

    invoices: tuple[ExpectedInvoice, ...]
    errors: tuple[RowError, ...]
    blank: int
    ignored: tuple[str, ...]


def parse_expected(content: bytes, *, currencies: Collection[str] = ()) -> ExpectedFile:
    """Read expected invoices from CSV.

    Args:
        content: the file, UTF-8 with or without BOM; comma, semicolon or tab between values.
        currencies: codes accepted beside ISO 4217, such as a virtual currency that is on the bill.

    Raises:
        BadFile: it is not such a file at all: too large, not UTF-8 text, without a needed column, without rows.
    """
    lines = read_lines(content)
    columns, ignored = find_columns(lines[0][1], _FIELDS, _REQUIRED)
    reader = _RowReader(columns, len(lines[0][1]), frozenset(currencies) | ISO_CURRENCIES)
    for number, cells in lines[1:]:
        reader.read(number, cells)
    if not (reader.invoices or reader.errors or reader.blank):
        raise BadFile("The file has a header and no rows", hint="Add one row for each invoice")
    return ExpectedFile(
        invoices=() if reader.errors else tuple(reader.invoices),
        errors=tuple(reader.errors),
        blank=reader.blank,
        ignored=ignored,
    )


def template(lines: Iterable[BilledLine], expected: Sequence[ExpectedInvoice] = ()) -> bytes:
    """A CSV to fill in: a row for each amount on the bill, with the expected amount where one is known already."""
    known: dict[InvoiceKey, ExpectedInvoice | None] = {invoice.key: invoice for invoice in expected}
    for line in lines:
        known.setdefault(line.key, None)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADERS)
    for key in sorted(known, key=lambda key: tuple(str(part or "") for part in key)):
        writer.writerow(_template_row(key, known[key]))
    return out.getvalue().encode("utf-8-sig")


def _template_row(key: InvoiceKey, invoice: ExpectedInvoice | None) -> list[str]:
    month, currency, issuer, invoice_id, account = key
    return [
        f"{month:%Y-%m}",
        neutralise(issuer or ""),
        neutralise(invoice_id or ""),
        neutralise(account or ""),
        neutralise(currency),
        "" if invoice is None else format(invoice.amount, "f"),
        "yes" if invoice is not None and invoice.includes_tax else "no",
        "" if invoice is None else neutralise(invoice.note),
    ]


def parse_month(text: str) -> date | None:
    """First day of the month written as 2026-10, 2026-10-01 or October 2026; None for anything ambiguous."""
    for pattern in _MONTH_FORMATS:
        try:
            moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - only year and month are used
        except ValueError:
            continue
        return moment.date().replace(day=1)
    return None


class _RowReader:
    """Collects invoices and errors row by row."""

    def __init__(self, columns: dict[str, int], width: int, currencies: frozenset[str]) -> None:
        self.invoices: list[ExpectedInvoice] = []
        self.errors: list[RowError] = []
        self.blank = 0
        self._columns = columns
        self._width = width
        self._currencies = currencies
        self._seen: dict[InvoiceKey, int] = {}

    def read(self, number: int, cells: list[str]) -> None:
        if not any(cell.strip() for cell in cells):
            return
        extra = next((cell for cell in cells[self._width :] if cell.strip()), None)
        if extra is not None:
            self._refuse(number, "last column", extra, "is one value too many: an amount has no separator in it")
            return
        text = {
            field: restore(cells[index].strip()) if index < len(cells) else "" for field, index in self._columns.items()
        }
        if not text["amount"]:
            self.blank += 1
            return
        before = len(self.errors)
        month = parse_month(text["billing_month"])
        if month is None:
            self._refuse(number, "billing_month", text["billing_month"], "is not a month: write 2026-10")
        amount = parse_amount(text["amount"])
        if isinstance(amount, str):
            self._refuse(number, "amount", text["amount"], amount)
        currency = text["currency"] if text["currency"] in self._currencies else text["currency"].upper()
        if currency not in self._currencies:
            self._refuse(number, "currency", text["currency"], "is not a currency code: write one such as USD")
        tax = text.get("includes_tax", "").lower()
        if tax not in _YES | _NO:
            self._refuse(number, "includes_tax", text["includes_tax"], "is neither yes nor no")
        if len(self.errors) > before or month is None or isinstance(amount, str):
            return
        invoice = ExpectedInvoice(
            billing_month=month,
            currency=currency,
            amount=amount,
            invoice_issuer=text.get("invoice_issuer") or None,
            invoice_id=text.get("invoice_id") or None,
            billing_account_id=text.get("billing_account_id") or None,
            includes_tax=tax in _YES,
            note=text.get("note", ""),
        )
        if first := self._seen.get(invoice.key):
            self._refuse(number, "amount", text["amount"], f"is for the same invoice as row {first}: keep one of them")
            return
        self._seen[invoice.key] = number
        self.invoices.append(invoice)

    def _refuse(self, number: int, column: str, value: str, reason: str) -> None:
        self.errors.append(RowError(number, column, value, reason if value else f"(empty) {reason}"))
