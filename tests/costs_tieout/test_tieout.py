"""The tie-out rule, checked with hand arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.invoices import NOVEMBER, OCTOBER, expected, line
from workbench.costs.tieout import State, compare, headline, tolerance
from workbench.schema.currencies import ISO_CURRENCIES, minor_units, subunit

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rows", "currency", "allowed"),
    [
        (5, "USD", "1.00"),  # 100 x 0.01; 0.5 x sqrt(5) x 0.01 = 0.01 is less
        (40_000, "USD", "1.00"),  # both are 1.00 here
        (1_000_000, "USD", "5.00"),  # 0.5 x 1000 x 0.01
        (0, "USD", "1.00"),
        (1_000_000, "JPY", "500"),  # subunit 1
        (5, "KWD", "0.100"),  # subunit 0.001
    ],
)
def test_the_tolerance_is_the_focus_rule(rows: int, currency: str, allowed: str) -> None:
    assert tolerance(rows, currency) == Decimal(allowed)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_rows_never_narrow_the_tolerance(one: int, other: int) -> None:
    assert tolerance(min(one, other), "USD") <= tolerance(max(one, other), "USD")


def test_minor_units_follow_iso_4217() -> None:
    assert [minor_units(code) for code in ("USD", "EUR", "JPY", "CLP", "KWD", "TND", "CLF", "MC")] == [
        2, 2, 0, 0, 3, 3, 4, 2,
    ]  # fmt: skip
    assert subunit("KRW") == 1
    assert len(ISO_CURRENCIES) > 150


@pytest.mark.parametrize(
    ("amount", "state"),
    [("100", State.MATCHED), ("101", State.MATCHED), ("99", State.MATCHED), ("101.01", State.DIFFERS)],
)
def test_a_difference_up_to_the_tolerance_matches_and_one_cent_more_does_not(amount: str, state: State) -> None:
    result = compare([line(billed="100")], [expected(amount=amount)], NOW)
    assert [row.state for row in result.rows] == [state]
    assert result.rows[0].difference == Decimal(100) - Decimal(amount)
    assert result.matched is (state is State.MATCHED)


def test_what_is_billed_without_an_expected_amount_keeps_the_bill_from_tying_out() -> None:
    result = compare([line(), line(NOVEMBER, invoice_id="N1")], [expected()], NOW)
    assert [(row.billing_month, row.state) for row in result.rows] == [
        (OCTOBER, State.MATCHED),
        (NOVEMBER, State.NOT_CHECKED),
    ]
    assert not result.matched
    assert [month.state for month in result.months] == [State.MATCHED, State.NOT_CHECKED]


def test_an_open_month_is_left_out_until_it_is_over() -> None:
    lines = [line(), line(NOVEMBER, period_end=datetime(2026, 12, 1))]
    during = compare(lines, [expected()], NOW)
    assert [row.state for row in during.rows] == [State.MATCHED, State.OPEN]
    assert during.matched
    assert [month.billing_month for month in during.to_match] == [OCTOBER]

    after = compare(lines, [expected()], datetime(2026, 12, 1, tzinfo=UTC))
    assert after.rows[1].state is State.NOT_CHECKED
    assert not after.matched


def test_a_bill_with_only_an_open_month_has_nothing_to_match_and_does_not_claim_to_tie_out() -> None:
    result = compare([line(NOVEMBER)], [], NOW)
    assert not result.matched
    assert headline(result) == "Nothing to compare yet: every month on the bill is still open"


def test_an_expected_invoice_that_is_not_on_the_bill_is_shown_with_a_reason() -> None:
    result = compare([line()], [expected(), expected(date(2026, 9, 1))], NOW)
    assert [(row.state, row.remark) for row in result.rows] == [
        (State.NOT_ON_BILL, "Nothing of this month is loaded"),
        (State.MATCHED, ""),
    ]
    assert not result.matched


def test_tax_stays_out_unless_the_expected_amount_contains_it() -> None:
    taxed = line(billed="100", tax=Decimal(19), tax_rows=1)
    without = compare([taxed], [expected(amount="100")], NOW)
    including = compare([taxed], [expected(amount="119", includes_tax=True)], NOW)
    forgotten = compare([taxed], [expected(amount="119")], NOW)
    assert without.rows[0].state is including.rows[0].state is State.MATCHED
    assert (without.rows[0].billed, including.rows[0].billed) == (100, 119)
    assert (without.rows[0].rows, including.rows[0].rows) == (5, 6)
    assert (forgotten.rows[0].state, forgotten.rows[0].remark) == (State.DIFFERS, "Matches with tax included")


def test_a_month_without_invoice_ids_is_compared_as_a_whole_for_one_account_or_for_all() -> None:
    lines = [line(billed="60", billing_account_id="a"), line(billed="40", billing_account_id="b")]
    together = compare(lines, [expected(amount="100")], NOW)
    one = compare(lines, [expected(amount="60", billing_account_id="a")], NOW)
    assert [(row.billed, row.state) for row in together.rows] == [(100, State.MATCHED)]
    assert [(row.billing_account_id, row.state) for row in one.rows] == [
        ("a", State.MATCHED),
        ("b", State.NOT_CHECKED),
    ]


def test_invoices_of_one_month_are_told_apart_by_id_and_issuer() -> None:
    lines = [
        line(billed="70", invoice_id="1"),
        line(billed="30", invoice_id="1", invoice_issuer="Reseller"),
        line(billed="5", invoice_id="2"),
    ]
    invoices = [
        expected(amount="70", invoice_id="1", invoice_issuer="AWS"),
        expected(amount="33", invoice_id="1", invoice_issuer="Reseller"),
        expected(amount="5", invoice_id="2"),
    ]
    result = compare(lines, invoices, NOW)
    assert [(row.invoice_issuer, row.invoice_id, row.state) for row in result.rows] == [
        (None, "2", State.MATCHED),
        ("AWS", "1", State.MATCHED),
        ("Reseller", "1", State.DIFFERS),
    ]


def test_currencies_are_never_mixed() -> None:
    lines = [line(billed="100"), line(billed="90", currency="EUR")]
    result = compare(lines, [expected(amount="100"), expected(amount="90", currency="EUR")], NOW)
    assert result.matched
    assert [(month.currency, month.billed) for month in result.months] == [("EUR", 90), ("USD", 100)]
    wrong = compare([line()], [expected(currency="EUR")], NOW)
    assert wrong.rows[0].remark == "The month is billed in USD"


def test_an_unknown_account_or_id_is_named_as_the_reason() -> None:
    no_ids = compare([line()], [expected(invoice_id="7")], NOW)
    assert "leave the invoice id empty" in no_ids.rows[0].remark
    wrong = compare([line(invoice_id="1")], [expected(invoice_id="7", billing_account_id="other")], NOW)
    assert wrong.rows[0].remark == "The bill of this month has no such invoice id and account"
    moved = compare([line(NOVEMBER, invoice_id="7"), line(invoice_id="6")], [expected(invoice_id="7")], NOW)
    remark = next(row.remark for row in moved.rows if row.state is State.NOT_ON_BILL)
    assert remark == "The same invoice id is on the bill in 2026-11"


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        (("100", "200"), "Bill ties out: 2 of 2 months matched"),
        (("100", "202"), "Bill does not tie out: 1 of 2 months matched, 1 differs"),
        (("100", None), "Bill does not tie out yet: 1 of 2 months matched, 1 not checked"),
        ((None, None), "Bill not checked yet: no invoice total has been entered for 2 months"),
        (("90", "190"), "Bill does not tie out: 0 of 2 months matched, 2 differ"),
    ],
)
def test_the_headline_says_how_many_months_match_and_what_is_wrong(amounts: tuple, text: str) -> None:
    lines = [line(OCTOBER, "100"), line(date(2026, 9, 1), "200")]
    invoices = [
        expected(month, amount)
        for month, amount in zip((OCTOBER, date(2026, 9, 1)), amounts, strict=True)
        if amount is not None
    ]
    assert headline(compare(lines, invoices, NOW)) == text
