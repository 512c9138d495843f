"""The shell in this process, on a tiny bill."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.conftest import PublishBill
from tests.support.bills import charge
from workbench.settings import PROJECT_ROOT

OpenApp = Callable[..., AppTest]

# 20 days of October and all of September: S3 at 3 and Lambda at 2 USD a day, in September S3 at 1.
BILL = [
    charge(cost, service_name=service, charge_period_start=datetime(2026, month, day))
    for month, days, costs in ((9, 30, (1, 2)), (10, 20, (3, 2)))
    for service, cost in zip(("Amazon S3", "AWS Lambda"), costs, strict=True)
    for day in range(1, days + 1)
]


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_NOW", "2026-10-21T09:00:00Z")


@pytest.fixture(autouse=True)
def _no_answers_from_before() -> Iterator[None]:
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def tiny_bill(publish_bill: PublishBill) -> None:
    """``BILL`` is published in the home folder of ``settings``."""
    publish_bill(BILL)


@pytest.fixture
def open_app() -> OpenApp:
    """Run the shell with these query parameters and give the finished app."""

    def run(params: Mapping[str, str | list[str]] | None = None, **more: Any) -> AppTest:
        app = AppTest.from_file(str(PROJECT_ROOT / "workbench" / "ui" / "shell.py"), default_timeout=60)
        for key, value in {**(params or {}), **more}.items():
            app.query_params[key] = value
        return app.run()

    return run
