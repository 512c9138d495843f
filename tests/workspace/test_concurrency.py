"""Many writers, and writers that die: nothing accepted is lost, nothing is half done, the chain stays whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.support.scans import finding, scan
from workbench.settings import PROJECT_ROOT, Settings
from workbench.workspace import EntryFilter, Workspace

# The full measure, which takes minutes: WORKBENCH_TEST_WRITERS=20 WORKBENCH_TEST_DECISIONS=500.
WRITERS = int(os.environ.get("WORKBENCH_TEST_WRITERS", "6"))
DECISIONS = int(os.environ.get("WORKBENCH_TEST_DECISIONS", "25"))
SHARED = 2 * WRITERS


def start(shared: Settings, number: int, times: int) -> subprocess.Popen[str]:
    address = shared.workspace_url.get_secret_value()
    command = [sys.executable, "-m", "tests.support.writers", str(shared.home), address, f"writer-{number}", str(times)]
    return subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def workspace(shared: Settings) -> Workspace:
    workspace = Workspace(shared, user="anna")
    workspace.record_scan(scan(), [finding(f"i-{number}") for number in range(SHARED)])
    return workspace


def decisions(workspace: Workspace) -> dict[str, int]:
    """Accepted decisions of each writer, from the audit log."""
    found: dict[str, int] = {}
    for entry in workspace.activity(EntryFilter(object_kind="recommendation"), limit=100_000):
        found[entry.actor] = found.get(entry.actor, 0) + 1
    return found


@pytest.mark.slow
def test_writers_at_once_lose_nothing_and_conflicts_are_reported(workspace: Workspace, shared: Settings) -> None:
    began = time.monotonic()
    writers = [start(shared, number, DECISIONS) for number in range(WRITERS)]
    reports = []
    for writer in writers:
        said, wrong = writer.communicate(timeout=1800)
        assert writer.returncode == 0, wrong
        reports.append(json.loads(said.splitlines()[-1]))
    seconds = time.monotonic() - began

    assert [one["done"] for one in reports] == [DECISIONS] * WRITERS
    assert decisions(workspace) == {f"writer-{number}": DECISIONS for number in range(WRITERS)}
    versions = [row.version for row in workspace.recommendations.list(limit=100).rows]
    assert sum(versions) == SHARED + WRITERS * DECISIONS
    assert sum(one["conflicts"] for one in reports) > 0
    report = workspace.check()
    assert (report.problems, report.entries) == ((), 1 + WRITERS * DECISIONS)
    print(f"{WRITERS * DECISIONS} decisions, {sum(one['conflicts'] for one in reports)} conflicts, {seconds:.1f} s")


@pytest.mark.slow
def test_writers_that_are_killed_leave_nothing_half_done(workspace: Workspace, shared: Settings) -> None:
    accepted: dict[str, int] = {}
    for number in range(6):
        writer = start(shared, number, 100_000)
        assert writer.stdout is not None
        assert writer.stderr is not None
        lines = [writer.stdout.readline() for _ in range(3 + 2 * number)]
        # Some way into the next decision, a little further with each writer.
        time.sleep(0.001 * number)
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
        writer.wait(30)
        writer.stdout.close()
        writer.stderr.close()
        accepted[f"writer-{number}"] = sum(line.startswith("done ") and line.endswith("\n") for line in lines)
        assert workspace.check().problems == ()

    kept = decisions(workspace)
    for name, count in accepted.items():
        # The last one may have been saved just before it could be said.
        assert kept[name] in {count, count + 1}
    workspace.record_scan(scan(1), [])
    assert workspace.check().whole
