"""A build killed at any point leaves the old snapshot or the whole new one, and the next build succeeds."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.bills import charge, snapshot_of
from workbench.settings import PROJECT_ROOT, Settings


@pytest.mark.slow
def test_a_build_killed_at_any_point_is_all_or_nothing(settings: Settings) -> None:
    snapshot_of(settings, [charge(1)]).close()

    run = subprocess.run(
        [sys.executable, "-m", "tests.support.kill_points", str(settings.home)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    *killed, finished = [json.loads(line) for line in run.stdout.splitlines()]
    points = [one["point"] for one in killed]
    for step in (
        "Roll up",
        "Write the snapshot",
        "Check every column and total",
        "Publish",
        "os.rename CURRENT.json.new",
    ):
        assert step in points
    pointed = points.index("os.rename CURRENT.json.new")
    for number, one in enumerate(killed):
        expected = 1.0 if number <= pointed else 3.0
        assert one["served"] == [expected, None], one
        assert one["rebuilt"] == [expected + 4.0, None], one
        assert one["left"] == [], one
        assert set(one["verified"]) == {None}, one
    assert (finished["point"], finished["exit"], finished["served"]) == (None, 0, [3.0, None])
