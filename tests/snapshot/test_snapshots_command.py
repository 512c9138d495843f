"""``workbench snapshots``: answers on stdout, one JSON document with --json, documented exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.bills import charge, insert_charges
from workbench.cli.main import main
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore


@pytest.fixture
def two(settings: Settings) -> list[str]:
    """Ids of two published snapshots of 1 and 3 USD, oldest first."""
    ids = []
    for cost in (1, 2):
        with SnapshotStore(settings).build() as build:
            insert_charges(build.connection, [charge(cost)])
            ids.append(build.publish(note=f"load {cost}").id)
    return ids


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Exit code and the JSON document of ``workbench snapshots``."""
    code = main(["snapshots", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_list(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run(capsys, "list")
    assert (code, document["served"], document["unreadable"]) == (0, two[1], [])
    newest, oldest = document["snapshots"]
    assert (newest["id"], newest["served"], newest["rows"]["charges"], newest["totals"]["USD"]["billed_cost"]) == (
        two[1],
        True,
        2,
        "3.000000000000",
    )
    assert (oldest["id"], oldest["served"], oldest["note"]) == (two[0], False, "load 1")

    assert main(["snapshots", "list"]) == 0
    table = capsys.readouterr().out
    assert all(text in table for text in (*two, "$3.00", "load 1", "2026-10-01 to 2026-10-01"))


def test_list_of_nothing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "list") == (4, {"served": None, "snapshots": [], "unreadable": []})


def test_verify(two: list[str], settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, [report] = run(capsys, "verify")
    assert (code, report["id"], report["ok"], report["problem"]) == (0, two[1], True, None)

    (settings.snapshots_dir / f"{two[0]}.duckdb").write_bytes(b"gone")
    code, reports = run(capsys, "verify", "--all")
    assert (code, [one["ok"] for one in reports]) == (1, [True, False])
    assert "4 bytes" in reports[1]["problem"]
    assert main(["snapshots", "verify", two[0]]) == 1
    assert main(["snapshots", "verify", two[1]]) == 0
    assert main(["snapshots", "verify", two[1], "--all"]) == 2


def test_rollback(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["snapshots", "rollback"]) == 0
    assert f"Now serving snapshot {two[0]}, before: {two[1]}" in capsys.readouterr().out
    assert run(capsys, "rollback", two[1]) == (0, {"served": two[1], "before": two[0]})
    assert run(capsys, "rollback", two[1]) == (4, {"served": two[1], "before": two[1]})
    assert main(["snapshots", "rollback", "20200101T000000Z-000000"]) == 1


def test_prune(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "prune", "--keep", "2") == (4, {"removed": [], "kept": [two[1], two[0]]})
    assert run(capsys, "prune", "--keep", "1") == (0, {"removed": [two[0]], "kept": [two[1]]})
    assert main(["snapshots", "prune", "--keep", "0"]) == 2
