"""The clock can be fixed and always answers in UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workbench import clock
from workbench.errors import BadSetting


def test_a_fixed_clock_is_exact(monkeypatch):
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-20T23:30:00Z")
    assert clock.now() == datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert clock.today() == date(2026, 11, 20)


def test_an_offset_is_converted_to_utc(monkeypatch):
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-20T23:30:00-02:00")
    assert clock.today() == date(2026, 11, 21)


def test_without_a_fixed_time_it_is_now(monkeypatch):
    monkeypatch.delenv("WORKBENCH_NOW", raising=False)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_nonsense_names_the_remedy(monkeypatch):
    monkeypatch.setenv("WORKBENCH_NOW", "yesterday")
    with pytest.raises(BadSetting, match="ISO time"):
        clock.now()
