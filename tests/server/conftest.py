"""One running app with a tiny bill for all tests of this folder that do not change its data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.bills import charge, snapshot_of
from tests.support.server import AppServer, running_app
from workbench.settings import Settings

TINY_BILL = [
    charge(cost, service_name=service, charge_period_start=datetime(2026, month, day))
    for month, days, costs in ((9, 30, (1, 2)), (10, 20, (3, 2)))
    for service, cost in zip(("Amazon S3", "AWS Lambda"), costs, strict=True)
    for day in range(1, days + 1)
]
CLOCK = {"WORKBENCH_NOW": "2026-10-21T09:00:00Z"}


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with one snapshot: September and 20 days of October, 100 USD in October."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_NOW", CLOCK["WORKBENCH_NOW"])
        snapshot_of(Settings(home=home), TINY_BILL).close()
    return home


@pytest.fixture(scope="session")
def app(tiny_home: Path) -> Iterator[AppServer]:
    """The app running on ``tiny_home``."""
    with running_app(tiny_home, environment=CLOCK) as server:
        yield server
