"""Reading expected invoices from CSV: forgiving about headers, strict about values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.support.invoices import line
from workbench.errors import BadFile
from workbench.export.invoice_list import parse_expected, template
from workbench.workspace.records import ExpectedInvoice


def errors(text: str) -> list[str]:
    return [str(error) for error in parse_expected(text.encode()).errors]


@pytest.mark.parametrize(
    "text",
    [
        "billing_month,currency,amount,billing_account_id\n2026-10,USD,1234.50,0012",
        "Billing Month;Currency;Invoice total;Account\n2026-10-01;usd;1234.50;0012",
        "\ufeffACCOUNT ID\tAmount Due\tCurrency Code\tPeriod\r\n0012\t1234.50\tUSD\tOctober 2026\r\n\r\n",
    ],
)
def test_headers_order_delimiter_and_month_spelling_may_vary(text: str) -> None:
    read = parse_expected(text.encode())
    assert read.errors == ()
    assert read.invoices == (ExpectedInvoice(date(2026, 10, 1), "USD", Decimal("1234.50"), billing_account_id="0012"),)


def test_all_columns_are_read() -> None:
    text = (
        "month,issuer,invoice number,account,currency,total,tax included,note,colour\n"
        '2026-10,"Amazon Web Services, Inc.",42,payer,USD,-10.00,yes,credit note,red\n'
    )
    read = parse_expected(text.encode())
    assert read.invoices == (
        ExpectedInvoice(
            date(2026, 10, 1), "USD", Decimal("-10.00"), "Amazon Web Services, Inc.", "42", "payer", True, "credit note"
        ),
    )
    assert read.ignored == ("colour",)


def test_every_bad_value_is_named_with_its_row_and_nothing_is_taken() -> None:
    text = (
        "month,currency,amount\n"
        "2026-10,USD,100.00\n"
        '2026-11,USD,"1,234.56"\n'
        "Oct-26,USD,5\n"
        "2026-12,DOLLAR,6\n"
        "2026-13,USD,$7\n"
        "2026-10,USD,200\n"
    )
    read = parse_expected(text.encode())
    assert read.invoices == ()
    assert [(error.row, error.column, error.value) for error in read.errors] == [
        (3, "amount", "1,234.56"),
        (4, "billing_month", "Oct-26"),
        (5, "currency", "DOLLAR"),
        (6, "billing_month", "2026-13"),
        (6, "amount", "$7"),
        (7, "amount", "200"),
    ]
    assert "nothing between thousands" in str(read.errors[0])
    assert "same invoice as row 2" in str(read.errors[-1])


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ('"1,234"', "separator"),
        ('"12,50"', "separator"),
        ("1 234.00", "separator"),
        ("1'234.00", "separator"),
        ("EUR 5", "separator"),
        ("€5", "currency sign"),
        ("(5.00)", "currency sign"),
        ("1e3", "digits"),
        ("+5", "digits"),
        (".5", "digits"),
        ("nan", "plain number"),
        ("=1+1", "plain number"),
        ("1.1234567890123", "12 decimals"),
    ],
)
def test_an_amount_that_could_be_read_in_two_ways_is_refused(amount: str, reason: str) -> None:
    (error,) = errors(f"month,currency,amount\n2026-10,USD,{amount}\n")
    assert reason in error


def test_an_unquoted_thousands_separator_is_not_read_as_the_next_column() -> None:
    (error,) = errors("month,currency,amount\n2026-10,USD,1,234.56\n")
    assert error.startswith("row 2, last column: '234.56' is one value too many")


def test_months_that_could_be_days_are_refused() -> None:
    for text in ("10/2026", "1/10/2026", "10-11", "2026", ""):
        (error,) = errors(f"month,currency,amount\n{text},USD,1\n")
        assert "is not a month" in error


def test_a_virtual_currency_is_accepted_only_when_the_bill_has_it() -> None:
    text = b"month,currency,amount\n2026-10,Tokens,1\n"
    assert parse_expected(text).errors[0].column == "currency"
    assert parse_expected(text, currencies=["Tokens"]).invoices[0].currency == "Tokens"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"month,currency,amount\n", "no rows"),
        (b"month,amount\n2026-10,1\n", "no column currency"),
        (b"month,period,currency,amount\n", "Two columns mean billing_month"),
        ("month,currency,amount\n".encode("utf-16"), "not UTF-8"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not UTF-8"),
        (b"a,b\0,c\n1,2,3\n", "not text"),
        (b'month,currency,amount\n2026-10,USD,"1\n', "not valid CSV"),
        (b"x" * 5_000_001, "too large"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_with_a_reason(content: bytes, message: str) -> None:
    with pytest.raises(BadFile, match=message):
        parse_expected(content)


def test_the_template_lists_the_bill_and_reads_back_as_it_was_filled_in() -> None:
    lines = [line(invoice_id="=HYPERLINK(1)", billing_account_id="-12"), line(date(2026, 11, 1))]
    known = ExpectedInvoice(date(2026, 9, 1), "USD", Decimal("7.10"), includes_tax=True, note="@home")
    empty = template(lines, [known])
    rows = empty.decode("utf-8-sig").splitlines()
    assert rows[0] == "billing_month,invoice_issuer,invoice_id,billing_account_id,currency,amount,includes_tax,note"
    assert rows[1] == "2026-09,,,,USD,7.10,yes,'@home"
    assert rows[2] == "2026-10,AWS,'=HYPERLINK(1),'-12,USD,,no,"

    read = parse_expected(empty)
    assert (read.invoices, read.blank) == ((known,), 2)
    filled = parse_expected(empty.replace(b"USD,,no", b"USD,5,no"))
    assert filled.invoices[1].key == lines[0].key
    assert filled.blank == 0
