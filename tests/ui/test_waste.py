"""The page Waste on an estate small enough to count by hand: one idle machine and one that is not.

The bill ends on 31 October, so its last complete day is the 30th. It has 2 USD a day for i-idle and 3 for i-busy, which
is 60.83 and 91.25 in a month of 730 hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.bills import charge
from tests.support.inventory import inventory_snapshot
from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench.checks.registry import load_checks
from workbench.settings import Settings

HOSTILE = "=<b>[x](http://example.invalid)</b>:red[$a$]"
OpenWaste = Callable[..., AppTest]

ACCOUNT = {"id": "a1", "name": "Team A", "account_number": "000000000002"}


def machine(name: str, cpu: float | None, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "instance_id": name, "account_id": "a1", "region": "us-east-1", "name": name,
        "instance_type": "m5.large", "state": "running", "avg_cpu_7d": cpu, **more,
    }  # fmt: skip


def bill(costs: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        charge(cost, resource_id=name, charge_period_start=datetime(2026, 10, day))
        for name, cost in costs.items()
        for day in range(1, 32)
    ]


@pytest.fixture
def estate(settings: Settings) -> Iterator[Callable[..., None]]:
    """Publish machines, and charges by machine a day."""
    opened = []

    def publish(machines: list[dict[str, Any]] | None = None, costs: Mapping[str, int] | None = None) -> None:
        rows = machines if machines is not None else [machine("i-idle", 1), machine("i-busy", 60)]
        tables = {"cloud_accounts": [ACCOUNT], "instances": rows}
        opened.append(inventory_snapshot(settings, bill(costs or {"i-idle": 2, "i-busy": 3}), tables))

    yield publish
    for one in opened:
        one.close()


@pytest.fixture(autouse=True)
def _on_waste(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page opens first, with one check."""
    monkeypatch.setenv("WORKBENCH_START_PAGE", "waste")
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-01T09:00:00Z")
    only_idle = tuple(check for check in load_checks() if check.id == "ec2_idle")
    monkeypatch.setattr("workbench.checks.custom.load_checks", lambda: only_idle)


def test_what_was_found_is_counted_and_listed(estate: Callable[..., None], open_app: OpenApp) -> None:
    estate()
    app = open_app()
    assert not app.exception
    words = shown(app)
    assert "Data to 2026-10-30" in words
    assert "Saving a month $60.83" in words
    assert "Share of cost 40.0%" in words  # 60.83 of 152.08
    assert [row["name"] for row in app.dataframe[0].value.to_dict("records")] == ["i-idle"]
