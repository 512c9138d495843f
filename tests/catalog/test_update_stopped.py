"""An update that is stopped at any point leaves nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.price_api import PriceApi, fetch, machine, price
from workbench.catalog import PriceMissing, load_catalog
from workbench.catalog.kept import folder_of, kept_lists
from workbench.settings import PROJECT_ROOT

pytestmark = pytest.mark.usefixtures("small_reference")


@pytest.mark.parametrize(("ends", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_an_update_that_is_stopped_amid_a_list_leaves_nothing_half_done(
    api: PriceApi, tmp_path: Path, ends: signal.Signals, code: int
) -> None:
    api.page = 1
    api.products = [machine("m99.large", "0.1"), machine("m98.large", "0.2")]
    asked_twice, released = threading.Event(), threading.Event()

    def hold(number: int) -> None:
        if number == 2:
            asked_twice.set()
            released.wait(60)

    api.before = hold
    command = [sys.executable, "-m", "workbench.cli.main", "catalog", "update", "--service", "ec2"]
    command += ["--region", "us-east-1", "--endpoint", api.url]
    started = subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env={**os.environ, "WORKBENCH_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background lets them ignore it, and a child inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    asked_twice.wait(60)
    started.send_signal(ends)
    _, said = started.communicate(timeout=60)
    released.set()
    assert started.returncode == code, said
    if ends is signal.SIGINT:
        assert "nothing was changed" in said
    assert kept_lists(tmp_path) == ()
    assert isinstance(load_catalog(tmp_path).price("AWS", "us-east-1", "m99.large"), PriceMissing)

    api.before = lambda _: None
    assert fetch(api, tmp_path).exit_code == 0
    assert price(tmp_path, "us-east-1", "m99.large").amount == Decimal("0.1")


def test_what_a_killed_update_left_is_swept_and_never_read(api: PriceApi, tmp_path: Path) -> None:
    scratch = folder_of(tmp_path) / "unfinished"
    scratch.mkdir(parents=True)
    left = scratch / "999999999-2026-11-01T000000Z_ec2_us-east-1.parquet"
    own = scratch / f"{os.getpid()}-2026-11-01T000000Z_ec2_us-east-1.parquet"
    for path in (left, own):
        path.write_bytes(b"half")
    assert kept_lists(tmp_path) == ()
    api.products = [machine(price="0.2")]
    fetch(api, tmp_path)
    assert (left.exists(), own.exists(), len(kept_lists(tmp_path))) == (False, True, 1)
