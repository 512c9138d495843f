"""``workbench demo`` and ``workbench run``: a company to look around in, through the ordinary ingest."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.bills import charge
from workbench.cli.main import main
from workbench.engines import Query
from workbench.progress import Silent
from workbench.settings import Settings, load_settings
from workbench.simulate import demo_plan, simulate
from workbench.snapshot import SnapshotStore

NOW = "2026-11-20T09:00:00Z"


def asked(settings: Settings, sql: str) -> list[dict]:
    with SnapshotStore(settings).open() as snapshot:
        return snapshot.engine.run(Query("asked by a test", sql)).to_pylist()


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the demo, built by the command in a process of its own."""
    home = tmp_path_factory.mktemp("demo-home")
    built = subprocess.run(
        [sys.executable, "-m", "workbench.cli.main", "demo", "--json"],
        env={**os.environ, "WORKBENCH_HOME": str(home), "WORKBENCH_NOW": NOW},
        stdout=subprocess.PIPE,
        timeout=300,
        check=True,
    )
    (home / "answer.json").write_bytes(built.stdout)
    return home


@pytest.fixture
def demo_settings(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WORKBENCH_HOME", str(demo_home))
    monkeypatch.setenv("WORKBENCH_NOW", NOW)
    return load_settings()


def test_the_loaded_demo_is_the_written_one(demo_settings, tmp_path):
    plan = demo_plan(date(2026, 11, 19))
    written = simulate(plan, tmp_path / "demo", demo_settings, Silent())
    (loaded,) = asked(
        demo_settings, "SELECT count(*) AS lines, sum(billed_cost) AS billed, max(x_spread) AS spread FROM charges"
    )
    billed = sum(Decimal(month["billed_cost"]) for month in written.totals.values())
    assert (loaded["lines"], loaded["billed"], loaded["spread"]) == (written.lines, billed, False)
    assert loaded["lines"] < 300_000
    (days,) = asked(demo_settings, "SELECT min(charge_date) AS first, max(charge_date) AS last FROM daily_costs")
    assert (days["first"], days["last"]) == (plan.first_day, plan.last_day)


def test_the_answer_is_one_json_document_with_every_month_and_table(demo_home):
    answer = json.loads((demo_home / "answer.json").read_text(), parse_float=Decimal)
    assert [file["status"] for file in answer["files"]] == ["loaded"] * (4 + 28)


def test_bill_and_inventory_of_the_demo_name_the_same_resources(demo_settings):
    (both,) = asked(
        demo_settings,
        """SELECT count(DISTINCT i.instance_id) AS machines, count(DISTINCT c.resource_id) AS billed
           FROM instances i LEFT JOIN charges c ON c.resource_id = i.instance_id
           WHERE i.state = 'running' AND i.launch_time < TIMESTAMP '2026-11-01'""",
    )
    assert both["machines"] == both["billed"] > 200


def test_the_demo_breaks_no_rule_of_focus(demo_settings):
    """The only remark there may be: the commitments' terms have not ended, so they do not add up yet."""
    findings = asked(demo_settings, "SELECT DISTINCT rule, severity FROM quality_findings")
    assert findings == [{"rule": "commitment-adds-up", "severity": "info"}]


def test_the_tags_of_the_demo_are_promoted(demo_settings):
    keys = asked(demo_settings, "SELECT tag_key FROM promoted_tags ORDER BY tag_key")
    assert [row["tag_key"] for row in keys] == ["cost_center", "env", "owner", "project", "team"]


def test_real_bills_are_not_mixed_with_the_demo(settings, capsys, tmp_path):
    bill = tmp_path / "july.csv"
    bill.write_text(
        "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,"
        "ChargeCategory,BillingAccountId,ServiceName,ServiceCategory,InvoiceIssuerName\n"
        "1,1,USD,2026-07-01T00:00:00Z,2026-08-01T00:00:00Z,2026-07-01T00:00:00Z,2026-07-02T00:00:00Z,Usage,1,S,Other,P\n"
    )
    assert main(["ingest", str(bill)]) == 0
    before = SnapshotStore(settings).current()
    capsys.readouterr()
    assert main(["demo"]) == 1
    shown = capsys.readouterr()
    assert "Real bills are loaded here" in shown.err
    assert "WORKBENCH_HOME" in shown.err
    assert SnapshotStore(settings).current() == before
    assert not (settings.home / "demo").exists()


def test_building_the_demo_again_replaces_it(demo_home, demo_settings, monkeypatch):
    """Next month the first month has left the demo and nothing of it stays."""
    monkeypatch.setenv("WORKBENCH_NOW", "2026-12-03T09:00:00Z")
    assert main(["demo"]) == 0
    (days,) = asked(demo_settings, "SELECT min(charge_date) AS first, max(charge_date) AS last FROM daily_costs")
    assert (str(days["first"]), str(days["last"])) == ("2026-09-01", "2026-12-02")
    assert len(list((demo_home / "demo" / "bill").iterdir())) == 4


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_port_in_use_is_said_before_anything_starts(settings, capsys):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert main(["run", "--port", str(port)]) == 2
    assert f"Port {port} is in use" in capsys.readouterr().err


@pytest.mark.server
def test_run_serves_the_home_it_was_given_from_any_folder(publish_bill, settings, tmp_path):
    """Started elsewhere with a relative home folder, it serves that folder, and writes nowhere else."""
    publish_bill([charge(3)]).close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "workbench.cli.main", "run", "--port", str(port)],
        cwd=settings.home.parent,
        env={**os.environ, "WORKBENCH_HOME": settings.home.name, "HOME": str(elsewhere)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        ready = answer(f"http://127.0.0.1:{port}/readyz")
    finally:
        server.send_signal(signal.SIGINT)
        output, _ = server.communicate(timeout=30)
    assert ready["status"] == "ready", output
    assert ready["snapshot"] == SnapshotStore(settings).current().id
    assert f"http://localhost:{port}" in output.splitlines()[0]
    assert "Traceback" not in output
    assert list(elsewhere.rglob("*")) == []
    assert {path.name for path in settings.home.parent.iterdir()} == {settings.home.name, "elsewhere"}


def answer(url: str) -> dict:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                return json.loads(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return json.loads(error.read())
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
