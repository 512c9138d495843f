"""Does the bill match the invoices? The FOCUS 1.4 rounding-variance rule, invoice by invoice.

Rule (FOCUS 1.4, CostAndUsage.BilledCost and InvoiceDetail, appendix "Rounding variance tolerance")::

    |sum of billed cost - invoice| <= max(100 x subunit, 0.5 x sqrt(rows) x subunit)

Tax stays out of the sum unless the expected amount says that it contains tax. What is not yet invoiced (no invoice id,
billing period not over) is *open* and does not keep the bill from tying out.

Everything else does: a bill ties out only when each of its amounts is covered by an expected amount that matches.
Filters never apply here. Pure: an engine and plain expected invoices in, frozen results out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from workbench.engines import Engine, Query
from workbench.formats import plural
from workbench.schema.currencies import subunit
from workbench.workspace.records import ExpectedInvoice, InvoiceKey

__all__ = [
    "BilledLine",
    "MonthState",
    "State",
    "TieOut",
    "TieOutRow",
    "billed_lines",
    "compare",
    "tie_out",
    "tolerance",
]

BILLED_LINES = Query(
    "Billed cost by month, invoice and account",
    """
SELECT
  CAST(date_trunc('month', billing_period_start) AS DATE) AS billing_month,
  billing_currency AS currency,
  invoice_issuer_name AS invoice_issuer,
  invoice_id,
  billing_account_id,
  max(billing_period_end) AS period_end,
  coalesce(sum(billed_cost) FILTER (charge_category <> 'Tax'), 0) AS billed,
  coalesce(sum(billed_cost) FILTER (charge_category = 'Tax'), 0) AS tax,
  count(*) FILTER (charge_category <> 'Tax') AS row_count,
  count(*) FILTER (charge_category = 'Tax') AS tax_row_count,
  count(*) FILTER (billed_cost IS NULL) AS unknown_row_count
FROM charges
GROUP BY ALL
ORDER BY billing_month, currency, invoice_issuer NULLS FIRST, billing_account_id NULLS FIRST, invoice_id NULLS FIRST
""".strip(),
)


class State(Enum):
    """Outcome for one expected invoice or one amount on the bill, worst first."""

    DIFFERS = "differs"
    NOT_ON_BILL = "not on the bill"  # expected, nothing billed
    NOT_CHECKED = "not checked"  # billed, no expected amount
    MATCHED = "matched"
    OPEN = "not invoiced yet"  # billed, no invoice id, billing period not over


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One amount on the bill: billing month x currency x issuer x invoice x billing account.

    ``billed`` is the billed cost without tax, ``tax`` the billed cost of tax lines, both in ``currency``; ``rows`` and
    ``tax_rows`` count the charge lines behind them; ``unknown_rows`` are those of both that state no billed cost and
    add nothing. ``period_end`` is exclusive, UTC; None when the bill does not say.
    """

    billing_month: date
    currency: str
    invoice_issuer: str | None
    invoice_id: str | None
    billing_account_id: str | None
    billed: Decimal
    tax: Decimal
    rows: int
    tax_rows: int
    period_end: datetime | None = None
    unknown_rows: int = 0

    @property
    def key(self) -> InvoiceKey:
        """The expected invoice that covers exactly this line has the same key."""
        return (self.billing_month, self.currency, self.invoice_issuer, self.invoice_id, self.billing_account_id)

    def is_open(self, now: datetime) -> bool:
        """Whether no invoice can have been issued for it yet; ``now`` is aware UTC."""
        if self.invoice_id is not None:
            return False
        return (self.period_end or _next_month(self.billing_month)) > now.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class TieOutRow:
    """One comparison, or one amount on the bill that nothing is compared with.

    Args:
        billed: billed cost compared, in ``currency``: without tax unless ``includes_tax``; None when the bill has
            nothing for it.
        tax: tax on the same lines, for information.
        rows: charge lines behind ``billed``.
        expected: amount of the invoice; None when not given.
        includes_tax: whether ``billed`` and ``expected`` contain tax.
        tolerance: largest difference that still matches; None when there is nothing to compare.
        state: the outcome.
        remark: what else helps to find a difference, and what the bill does not state; empty when there is neither.
    """

    billing_month: date
    currency: str
    invoice_issuer: str | None
    invoice_id: str | None
    billing_account_id: str | None
    billed: Decimal | None
    tax: Decimal
    rows: int
    expected: Decimal | None
    includes_tax: bool
    tolerance: Decimal | None
    state: State
    remark: str = ""

    @property
    def scope(self) -> tuple[str, str, str]:
        """Issuer, invoice and account in words, also where they are not named."""
        expected = self.expected is not None
        return (
            self.invoice_issuer or ("all issuers" if expected else "not stated"),
            self.invoice_id or ("whole month" if expected else "no invoice id"),
            self.billing_account_id or ("all accounts" if expected else "not stated"),
        )

    @property
    def difference(self) -> Decimal | None:
        """Billed minus expected; None when one of them is missing."""
        if self.billed is None or self.expected is None:
            return None
        return self.billed - self.expected


@dataclass(frozen=True, slots=True)
class MonthState:
    """All amounts of one billing month and currency; ``state`` is the worst of its rows."""

    billing_month: date
    currency: str
    billed: Decimal
    tax: Decimal
    state: State


@dataclass(frozen=True, slots=True)
class TieOut:
    """The whole comparison: ``rows`` to show, ``lines`` as on the bill, ``months`` summed up."""

    rows: tuple[TieOutRow, ...]
    lines: tuple[BilledLine, ...]
    months: tuple[MonthState, ...]
    queries: tuple[Query, ...] = (BILLED_LINES,)

    @property
    def to_match(self) -> tuple[MonthState, ...]:
        """Months that must match: all but those still open."""
        return tuple(month for month in self.months if month.state is not State.OPEN)

    @property
    def matched(self) -> bool:
        """Whether the bill ties out: there is something to match, and all of it does."""
        return bool(self.to_match) and all(month.state is State.MATCHED for month in self.to_match)

    @property
    def compared(self) -> bool:
        """Whether anything is expected at all."""
        return any(row.expected is not None for row in self.rows)


def tolerance(rows: int, currency: str) -> Decimal:
    """Largest difference that rounding explains: ``max(100, 0.5 x sqrt(rows))`` subunits of ``currency``.

    >>> tolerance(5, "USD"), tolerance(1_000_000, "USD"), tolerance(5, "JPY")
    (Decimal('1.00'), Decimal('5.00'), Decimal('100'))
    """
    return max(Decimal(100), Decimal("0.5") * Decimal(rows).sqrt()) * subunit(currency)


def billed_lines(engine: Engine) -> tuple[BilledLine, ...]:
    """All amounts on the bill, over the whole snapshot and every currency."""
    return tuple(_line(row) for row in engine.run(BILLED_LINES).to_pylist())


def tie_out(engine: Engine, expected: Sequence[ExpectedInvoice], now: datetime) -> TieOut:
    """Compare the bill in ``engine`` with the expected invoices; ``now`` (aware UTC) tells which months are open.

    Raises:
        CannotRun: the snapshot has no charges table.
    """
    return compare(billed_lines(engine), expected, now)


def compare(lines: Sequence[BilledLine], expected: Sequence[ExpectedInvoice], now: datetime) -> TieOut:
    """Compare amounts on the bill with expected invoices.

    An expected amount with an invoice id is compared with that invoice; one without is the total of its month. Issuer
    and account narrow either, when given. Amounts may overlap (a month total and an invoice in it): each is compared
    for itself.
    """
    compared: list[TieOutRow] = []
    covered: set[int] = set()
    for invoice in expected:
        found = [index for index, line in enumerate(lines) if _belongs(line, invoice)]
        covered.update(found)
        compared.append(_compared(invoice, [lines[index] for index in found], lines))
    unchecked = [_unchecked(line, now) for index, line in enumerate(lines) if index not in covered]
    rows = tuple(sorted([*compared, *unchecked], key=_order))
    return TieOut(rows, tuple(lines), _months(rows, lines))


def headline(result: TieOut) -> str:
    """One sentence: does the bill tie out, how many months match, and what keeps the others from it."""
    months = result.to_match
    if not months:
        return "Nothing to compare yet: " + (
            "every month on the bill is still open" if result.months else "no charges are loaded"
        )
    if not result.compared:
        return f"Bill not checked yet: no invoice total has been entered for {plural(len(months), 'month')}"
    counts = Counter(month.state for month in months)
    matched = f"{counts[State.MATCHED]} of {plural(len(months), 'month')} matched"
    if result.matched:
        return f"Bill ties out: {matched}"
    differs, absent, unchecked = counts[State.DIFFERS], counts[State.NOT_ON_BILL], counts[State.NOT_CHECKED]
    parts = [matched]
    if differs:
        parts.append(f"{differs} {'differs' if differs == 1 else 'differ'}")
    if absent:
        parts.append(f"{absent} not on the bill")
    if unchecked:
        parts.append(f"{unchecked} not checked")
    return f"Bill does not tie out{'' if differs or absent else ' yet'}: " + ", ".join(parts)


def _belongs(line: BilledLine, invoice: ExpectedInvoice) -> bool:
    return (
        line.billing_month == invoice.billing_month
        and line.currency == invoice.currency
        and invoice.invoice_id in (None, line.invoice_id)
        and invoice.invoice_issuer in (None, line.invoice_issuer)
        and invoice.billing_account_id in (None, line.billing_account_id)
    )


def _compared(invoice: ExpectedInvoice, found: Sequence[BilledLine], lines: Sequence[BilledLine]) -> TieOutRow:
    tax = sum((line.tax for line in found), Decimal(0))
    billed = sum((line.billed for line in found), tax if invoice.includes_tax else Decimal(0))
    rows = sum(line.rows + (line.tax_rows if invoice.includes_tax else 0) for line in found)
    allowed = tolerance(rows, invoice.currency)
    if not found:
        state = State.NOT_ON_BILL
    elif abs(billed - invoice.amount) <= allowed:
        state = State.MATCHED
    else:
        state = State.DIFFERS
    return TieOutRow(
        billing_month=invoice.billing_month,
        currency=invoice.currency,
        invoice_issuer=invoice.invoice_issuer,
        invoice_id=invoice.invoice_id,
        billing_account_id=invoice.billing_account_id,
        billed=billed if found else None,
        tax=tax,
        rows=rows,
        expected=invoice.amount,
        includes_tax=invoice.includes_tax,
        tolerance=allowed if found else None,
        state=state,
        remark=_sentences(
            "" if state is State.MATCHED else _clue(invoice, billed, tax, allowed, found, lines), _unknown(found)
        ),
    )


def _clue(
    invoice: ExpectedInvoice,
    billed: Decimal,
    tax: Decimal,
    allowed: Decimal,
    found: Sequence[BilledLine],
    lines: Sequence[BilledLine],
) -> str:
    """The usual reasons of a difference, when the bill itself shows one."""
    if found and tax:
        other_way = billed - tax if invoice.includes_tax else billed + tax
        if abs(other_way - invoice.amount) <= allowed:
            return "Matches without tax" if invoice.includes_tax else "Matches with tax included"
    elsewhere = sorted(
        {
            line.billing_month
            for line in lines
            if invoice.invoice_id is not None
            and line.invoice_id == invoice.invoice_id
            and line.billing_month != invoice.billing_month
        }
    )
    if elsewhere:
        return "The same invoice id is on the bill in " + ", ".join(f"{month:%Y-%m}" for month in elsewhere)
    if found:
        return ""
    same_month = [line for line in lines if line.billing_month == invoice.billing_month]
    if not same_month:
        return "Nothing of this month is loaded"
    if all(line.currency != invoice.currency for line in same_month):
        return "The month is billed in " + ", ".join(sorted({line.currency for line in same_month}))
    if invoice.invoice_id is not None and all(line.invoice_id is None for line in same_month):
        return "The bill names no invoice this month: leave the invoice id empty to compare the whole month"
    wanted = (
        ("invoice id", invoice.invoice_id, {line.invoice_id for line in same_month}),
        ("issuer", invoice.invoice_issuer, {line.invoice_issuer for line in same_month}),
        ("account", invoice.billing_account_id, {line.billing_account_id for line in same_month}),
    )
    unknown = [name for name, value, present in wanted if value is not None and value not in present]
    return f"The bill of this month has no such {' and '.join(unknown)}" if unknown else ""


def _unchecked(line: BilledLine, now: datetime) -> TieOutRow:
    return TieOutRow(
        billing_month=line.billing_month,
        currency=line.currency,
        invoice_issuer=line.invoice_issuer,
        invoice_id=line.invoice_id,
        billing_account_id=line.billing_account_id,
        billed=line.billed,
        tax=line.tax,
        rows=line.rows,
        expected=None,
        includes_tax=False,
        tolerance=None,
        state=State.OPEN if line.is_open(now) else State.NOT_CHECKED,
        remark=_unknown([line]),
    )


def _unknown(found: Sequence[BilledLine]) -> str:
    """What the sum leaves out, because the bill does not state it."""
    unknown = sum(line.unknown_rows for line in found)
    return f"{plural(unknown, 'charge line')} without a billed cost" if unknown else ""


def _sentences(*parts: str) -> str:
    return ". ".join(part for part in parts if part)


def _months(rows: Sequence[TieOutRow], lines: Sequence[BilledLine]) -> tuple[MonthState, ...]:
    states = []
    severity = list(State)
    for month, currency in sorted({(row.billing_month, row.currency) for row in rows}):
        of_month = [row.state for row in rows if (row.billing_month, row.currency) == (month, currency)]
        billed = [line for line in lines if (line.billing_month, line.currency) == (month, currency)]
        states.append(
            MonthState(
                billing_month=month,
                currency=currency,
                billed=sum((line.billed for line in billed), Decimal(0)),
                tax=sum((line.tax for line in billed), Decimal(0)),
                state=min(of_month, key=severity.index),
            )
        )
    return tuple(states)


def _order(row: TieOutRow) -> tuple[date, str, str, str, str]:
    return (
        row.billing_month,
        row.currency,
        row.invoice_issuer or "",
        row.billing_account_id or "",
        row.invoice_id or "",
    )


def _line(row: dict[str, Any]) -> BilledLine:
    return BilledLine(
        billing_month=row["billing_month"],
        currency=row["currency"],
        invoice_issuer=row["invoice_issuer"],
        invoice_id=row["invoice_id"],
        billing_account_id=row["billing_account_id"],
        billed=row["billed"],
        tax=row["tax"],
        rows=row["row_count"],
        tax_rows=row["tax_row_count"],
        period_end=row["period_end"],
        unknown_rows=row["unknown_row_count"],
    )


def _next_month(month: date) -> datetime:
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1)  # noqa: DTZ001 - UTC without zone
