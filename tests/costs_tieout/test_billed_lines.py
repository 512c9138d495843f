"""Billed amounts by invoice, from published snapshots, with figures counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from tests.support.bills import charge
from workbench.costs.tieout import State, billed_lines, tie_out
from workbench.workspace import ExpectedInvoice


def test_lines_are_summed_by_month_invoice_and_account_with_tax_apart(publish_bill) -> None:
    snapshot = publish_bill(
        [
            charge("10.004", invoice_id="A", invoice_issuer_name="AWS"),
            charge("5.001", invoice_id="A", invoice_issuer_name="AWS", billed_cost=Decimal("7.001")),
            charge("2.5", invoice_id="A", invoice_issuer_name="AWS", charge_category="Tax"),
            charge("-1", invoice_id="B", invoice_issuer_name="AWS", charge_category="Credit"),
            charge("3", charge_period_start=datetime(2026, 11, 2), billing_account_id=None),
            charge("4", billing_currency="EUR"),
        ]
    )
    lines = {
        (line.billing_month, line.currency, line.invoice_id): (line.billed, line.tax, line.rows, line.tax_rows)
        for line in billed_lines(snapshot.engine)
    }
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    assert lines == {
        (october, "USD", "A"): (Decimal("17.005"), Decimal("2.5"), 2, 1),
        (october, "USD", "B"): (Decimal(-1), 0, 1, 0),
        (october, "EUR", None): (4, 0, 1, 0),
        (november, "USD", None): (3, 0, 1, 0),
    }


def test_a_correction_counts_in_the_billing_period_that_invoices_it(publish_bill) -> None:
    november = {"billing_period_start": datetime(2026, 11, 1), "billing_period_end": datetime(2026, 12, 1)}
    snapshot = publish_bill([charge("1", charge_class="Correction", **november), charge("2", **november)])
    (line,) = billed_lines(snapshot.engine)
    assert (line.billing_month, line.billed) == (date(2026, 11, 1), 3)


def test_a_spread_commitment_fee_is_billed_once(publish_bill) -> None:
    fee = charge(
        "31",
        charge_category="Purchase",
        commitment_discount_id="ri-1",
        charge_period_end=datetime(2026, 11, 1),
        x_spread=True,
    )
    (line,) = billed_lines(publish_bill([fee]).engine)
    assert (line.billed, line.rows) == (31, 1)


def test_lines_without_a_billed_cost_are_counted_and_mentioned(publish_bill) -> None:
    snapshot = publish_bill([charge("3"), charge("4", billed_cost=None), charge("5", billed_cost=None)])
    (line,) = billed_lines(snapshot.engine)
    assert (line.billed, line.rows, line.unknown_rows) == (3, 3, 2)
    expected = ExpectedInvoice(date(2026, 10, 1), "USD", Decimal(3))
    (compared,) = tie_out(snapshot.engine, [expected], datetime(2026, 12, 1, tzinfo=UTC)).rows
    assert (compared.state, compared.remark) == (State.MATCHED, "2 charge lines without a billed cost")
    (unchecked,) = tie_out(snapshot.engine, [], datetime(2026, 12, 1, tzinfo=UTC)).rows
    assert unchecked.remark == "2 charge lines without a billed cost"
