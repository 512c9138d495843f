"""Values as people read them; expected texts written by hand, invariants by property."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import formats

AMOUNTS = st.decimals(min_value=Decimal(-(10**25)), max_value=Decimal(10**25), places=12)


@pytest.mark.parametrize(
    ("value", "full", "compact"),
    [
        (None, "–", "–"),
        (Decimal(0), "$0.00", "$0.00"),
        (Decimal("0.004"), "<$0.01", "<$0.01"),
        (Decimal("-0.004"), "−<$0.01", "−<$0.01"),
        (Decimal("12.5"), "$12.50", "$12.50"),
        (Decimal("99.994"), "$99.99", "$99.99"),
        (Decimal("99.996"), "$100", "$100"),
        (Decimal("-1234.56"), "−$1,235", "−$1.23K"),
        (Decimal("999.4"), "$999", "$999"),
        (Decimal("999.6"), "$1,000", "$1.00K"),
        (Decimal("1284000"), "$1,284,000", "$1.28M"),
        (Decimal("999999"), "$999,999", "$1.00M"),
        (Decimal("12845000000"), "$12,845,000,000", "$12.8B"),
        (Decimal("1e15"), "$1,000,000,000,000,000", "$1,000T"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
    ],
)
def test_money(value: Decimal | float | None, full: str, compact: str) -> None:
    assert formats.money(value) == full
    assert formats.money(value, compact=True) == compact


def test_money_names_a_currency_without_a_sign_by_its_code() -> None:
    assert formats.money(Decimal(5), "EUR") == "€5.00"
    assert formats.money(Decimal(5), "CHF") == "CHF\u00a05.00"
    assert formats.money(Decimal(5), "AUD") == "A$5.00"


def test_a_column_of_money_has_one_number_of_decimals() -> None:
    small, large = [Decimal("1.5"), None, Decimal("99.99")], [Decimal("1.5"), Decimal("-100")]
    assert formats.money_decimals(small) == 2
    assert formats.money_decimals(large) == 0
    assert formats.money_decimals([]) == 2
    assert [formats.money(v, decimals=0) for v in large] == ["$2", "−$100"]
    assert formats.money(Decimal("0.3"), decimals=0) == "<$1"


@pytest.mark.parametrize(
    ("current", "previous", "text"),
    [
        (Decimal(11234), Decimal(10000), "▲ +$1.23K (+12.3%) higher"),
        (Decimal(90), Decimal(100), "▼ −$10.00 (−10.0%) lower"),
        (Decimal(5), Decimal(0), "▲ +$5.00 new"),
        (Decimal(0), Decimal(5), "▼ −$5.00 gone"),
        (Decimal(5), Decimal(5), "no change"),
        (Decimal(5), Decimal(-3), "▲ +$8.00 higher"),
        (Decimal(5), None, "–"),
        (None, Decimal(5), "–"),
    ],
)
def test_delta_says_the_change_with_arrow_sign_and_word(
    current: Decimal | None, previous: Decimal | None, text: str
) -> None:
    assert formats.delta(current, previous) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "0.0%"), (12.34, "12.3%"), (-12.36, "−12.4%"), (0.04, "<0.1%"), (1234.5, "1,234.5%")],
)
def test_percent(value: float | None, text: str) -> None:
    assert formats.percent(value) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), "November 2026"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2026, 11, 1), date(2026, 11, 20), "1–20 Nov 2026"),
        (date(2026, 9, 1), date(2026, 11, 20), "1 Sep – 20 Nov 2026"),
        (date(2025, 12, 1), date(2026, 11, 20), "1 Dec 2025 – 20 Nov 2026"),
        (date(2026, 11, 20), date(2026, 11, 20), "20 Nov 2026"),
        (None, date(2026, 11, 20), "–"),
    ],
)
def test_period(first: date | None, last: date | None, text: str) -> None:
    assert formats.period(first, last) == text


def test_partial_is_silent_for_a_whole_period() -> None:
    assert formats.partial(20, 30) == "20 of 30 days"
    assert formats.partial(30, 30) == ""


def test_times_are_shown_in_utc_and_say_so() -> None:
    moment = datetime(2026, 11, 20, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    assert formats.timestamp(moment) == "2026-11-20 08:30 UTC"
    assert formats.timestamp(datetime(2026, 11, 20, 9)) == "2026-11-20 09:00 UTC"
    assert formats.iso_date(moment) == "2026-11-20"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "less than a minute"), (60, "1 minute"), (7_199, "1 hour"), (172_800, "2 days"), (-5, "less than a minute")],
)
def test_age_rounds_down(seconds: int, text: str) -> None:
    assert formats.age(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (0.34, "340 ms"), (12.44, "12.4 s"), (59.96, "1 min 0 s"), (125, "2 min 5 s")]
)
def test_duration(seconds: float | None, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (812, "812 B"), (1_000, "1.0 kB"), (999_950, "1.0 MB"), (1.2e15, "1,200.0 TB")]
)
def test_file_size(size: float, text: str) -> None:
    assert formats.file_size(size) == text


def test_counts_and_quantities() -> None:
    assert formats.count(1284) == "1,284"
    assert formats.count(-3) == "−3"
    assert formats.plural(1, "file") == "1 file"
    assert formats.plural(3, "currency", "currencies") == "3 currencies"
    assert formats.quantity(12345.6, "Hrs") == "12,346 Hrs"
    assert formats.quantity(-0.5, "GB") == "−0.50 GB"
    assert formats.quantity(0.0001, "GB") == "0.0001 GB"


@given(AMOUNTS, st.booleans())
def test_only_missing_is_an_en_dash_and_only_zero_looks_like_zero(value: Decimal, compact: bool) -> None:
    text = formats.money(value, compact=compact)
    assert text != formats.MISSING
    assert (text == "$0.00") == (value == 0)


@given(AMOUNTS)
def test_full_money_reads_back_within_its_rounding(value: Decimal) -> None:
    text = formats.money(value)
    digits = re.sub(r"[^\d.]", "", text)
    read = Decimal(digits) * (-1 if text.startswith("−") else 1)
    tolerance = Decimal("0.01") if "." in digits else Decimal("0.5")
    assert abs(read - value) <= tolerance


@given(AMOUNTS)
def test_sign_is_symmetric(value: Decimal) -> None:
    if value:
        bare = formats.money(abs(value))
        assert formats.money(-abs(value)) == "−" + bare
        assert formats.money(abs(value), signed=True) == "+" + bare


@given(st.decimals(min_value=1000, max_value=Decimal("9.99e14"), places=2))
def test_compact_money_keeps_three_figures(value: Decimal) -> None:
    text = formats.money(value, compact=True)
    number, unit = Decimal(text[1:-1]), text[-1]
    assert len(re.sub(r"\D", "", text)) == 3
    assert abs(number * {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}[unit] / value - 1) <= Decimal("0.005")


@given(AMOUNTS, AMOUNTS)
def test_delta_points_the_way_the_cost_went(current: Decimal, previous: Decimal) -> None:
    text = formats.delta(current, previous)
    expected = {"up": "▲ +", "down": "▼ −", "flat": "no change"}[formats.direction(current - previous)]
    assert text.startswith(expected)
    assert "∞" not in text
