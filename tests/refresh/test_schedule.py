"""Refreshing on a schedule: intervals, failures that do not end it, and an end that breaks nothing off."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time

import pytest

from workbench.errors import BadSetting, DatabaseUnreachable
from workbench.refresh import RefreshReport, every, interval


def report(snapshot="20261120T090000Z-000001"):
    return RefreshReport(snapshot, None, {}, None, 0.1)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("90m", 5400), ("6h", 21600), ("1d", 86400), (" 1.5 H ", 5400)]
)
def test_an_interval_is_a_number_with_a_unit(text, seconds):
    assert interval(text) == seconds


@pytest.mark.parametrize("text", ["", "6", "h", "0h", "5s", "-1h", "6 hours", "1w"])
def test_anything_else_is_refused(text):
    with pytest.raises(BadSetting, match="is no interval"):
        interval(text)


def test_it_runs_again_after_the_interval_until_stopped():
    stop, told, began = threading.Event(), [], []

    def work():
        began.append(time.monotonic())
        if len(began) == 3:
            stop.set()
        return report()

    assert every(0.2, work, tell=told.append, stop=stop) == 3
    assert all(0.1 < later - earlier < 1 for earlier, later in itertools.pairwise(began))
    assert "snapshot 20261120T090000Z-000001" in told[0]


def test_a_failure_is_told_and_tried_again():
    stop, told, runs = threading.Event(), [], []

    def work():
        runs.append(1)
        if len(runs) < 3:
            raise DatabaseUnreachable("PostgreSQL cannot be reached: costs")
        stop.set()
        return report(None)

    every(0.05, work, tell=told.append, stop=stop)
    assert [text.split(":")[0] for text in told] == ["Refresh failed", "Refresh failed", "Refreshed in 0.1 s"]
    assert "nothing new" in told[2]


def test_an_unexpected_error_ends_it():
    def work():
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError):
        every(60, work, tell=print)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_refresh_under_way(number):
    finished = []

    def work():
        os.kill(os.getpid(), number)
        time.sleep(0.1)
        finished.append(1)
        return report()

    before = signal.getsignal(number)
    began = time.monotonic()
    assert every(3600, work, tell=lambda text: None) == 1
    assert finished == [1]
    assert time.monotonic() - began < 5
    assert signal.getsignal(number) is before
