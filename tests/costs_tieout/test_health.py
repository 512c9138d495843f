"""Completeness, freshness and provenance on tiny bills counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tests.support.bills import charge
from workbench.costs.health import DayState, MonthCover, completeness, day_runs, freshness

SEPTEMBER = datetime(2026, 9, 1)


def lines(day: int, count: int, **values: object) -> list[dict]:
    """``count`` lines of 1 USD on the ``day``-th day from 1 September 2026 on."""
    start = SEPTEMBER + timedelta(days=day - 1)
    return [charge("1", charge_period_start=start + timedelta(hours=hour), **values) for hour in range(count)]


def bill(**counts: int) -> list[dict]:
    """Twelve lines on each of 30 days, but ``day_<n>`` of them where given."""
    return [row for day in range(1, 31) for row in lines(day, counts.get(f"day_{day}", 12))]


def test_a_full_month_is_complete_and_its_costs_add_up(publish_bill) -> None:
    result = completeness(publish_bill(bill()).engine, "USD")
    (provider,) = result.providers
    assert {day.state for day in provider.days} == {DayState.COMPLETE}
    assert sum(day.cost or 0 for day in provider.days) == 360
    assert result.months == (MonthCover("AWS", date(2026, 9, 1), days=30, of_days=30, rows=360),)
    assert result.gaps == 0


def test_missing_and_thin_days_are_found_and_a_thin_last_day_is_called_partial(publish_bill) -> None:
    result = completeness(publish_bill(bill(day_10=0, day_11=0, day_20=5, day_21=6, day_30=10)).engine, "USD")
    (provider,) = result.providers
    assert provider.in_state(DayState.MISSING) == (date(2026, 9, 10), date(2026, 9, 11))
    assert provider.in_state(DayState.LOW) == (date(2026, 9, 20),), "6 of 12 is half, 5 is less"
    assert provider.in_state(DayState.PARTIAL) == (date(2026, 9, 30),), "10 of 12 is under 90 %"
    assert result.months[0].days == 28
    assert result.gaps == 3


def test_a_weekend_is_compared_with_weekends(publish_bill) -> None:
    weekend = {f"day_{day}": 3 for day in (5, 6, 12, 13, 19, 20, 26, 27)}  # Saturdays and Sundays of September 2026
    (provider,) = completeness(publish_bill(bill(**weekend)).engine, "USD").providers
    assert {day.state for day in provider.days} == {DayState.COMPLETE}


def test_a_provider_billed_by_the_month_has_no_missing_days(publish_bill) -> None:
    monthly = [charge("9", provider_name="SaaS", charge_period_start=datetime(2026, month, 1)) for month in (8, 9, 10)]
    aws, saas = completeness(publish_bill([*bill(), *monthly]).engine, "USD").providers
    assert (aws.daily, saas.daily) == (True, False)
    assert saas.in_state(DayState.MISSING) == ()


def test_few_lines_a_day_say_nothing_about_a_day(publish_bill) -> None:
    thin = [row for day in range(1, 31) for row in lines(day, 1 if day in (20, 30) else 4)]
    (provider,) = completeness(publish_bill(thin).engine, "USD").providers
    assert {day.state for day in provider.days} == {DayState.COMPLETE}


def test_a_month_that_was_never_loaded_is_missing_day_by_day(publish_bill) -> None:
    later = [row for day in range(62, 92) for row in lines(day, 1)]  # November; October is not there
    result = completeness(publish_bill([*bill(), *later]).engine, "USD")
    assert day_runs(result.providers[0].in_state(DayState.MISSING)) == ((date(2026, 10, 1), date(2026, 10, 31)),)
    assert [(month.month.month, month.days) for month in result.months] == [(9, 30), (10, 0), (11, 30)]


def test_corrections_of_closed_periods_do_not_stretch_the_days(publish_bill) -> None:
    correction = charge("-1", charge_class="Correction", charge_period_start=datetime(2025, 1, 5))
    (provider,) = completeness(publish_bill([*bill(), correction]).engine, "USD").providers
    assert provider.days[0].day == date(2026, 9, 1)


def test_a_fee_spread_over_a_month_does_not_make_its_days_delivered(publish_bill) -> None:
    fee = charge(
        "30",
        charge_period_start=SEPTEMBER,
        charge_period_end=datetime(2026, 10, 1),
        commitment_discount_id="ri-1",
        x_spread=True,
    )
    (provider,) = completeness(publish_bill([fee, *lines(1, 2), *lines(3, 2)]).engine, "USD").providers
    assert [(day.rows, day.cost) for day in provider.days] == [(3, 3), (0, 1), (2, 3)]
    assert provider.in_state(DayState.MISSING) == (date(2026, 9, 2),)


def test_costs_are_of_one_currency_and_lines_of_all(publish_bill) -> None:
    rows = [*lines(1, 2), *lines(1, 3, billing_currency="EUR"), *lines(2, 1, billing_currency="EUR")]
    (provider,) = completeness(publish_bill(rows).engine, "USD").providers
    assert [(day.rows, day.cost) for day in provider.days] == [(5, Decimal(2)), (1, None)]


def test_freshness_names_the_last_day_of_each_provider(publish_bill) -> None:
    snapshot = publish_bill([*lines(1, 1), *lines(4, 1), *lines(2, 1, provider_name="Azure")])
    published = datetime(2026, 9, 5, 6, tzinfo=UTC)
    result = freshness(snapshot.engine, published, published + timedelta(hours=3))
    assert result.last_days == (("AWS", date(2026, 9, 4)), ("Azure", date(2026, 9, 2)))
    assert result.snapshot_age == timedelta(hours=3)
    assert result.loaded_at is None


def test_day_runs_join_consecutive_days() -> None:
    days = [date(2026, 9, day) for day in (9, 3, 4, 5)]
    assert day_runs(days) == (
        (date(2026, 9, 3), date(2026, 9, 5)),
        (date(2026, 9, 9), date(2026, 9, 9)),
    )
    assert day_runs([]) == ()
