"""``workbench scan``, ``scans`` and ``checks`` on a small company."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from tests.checks.test_keep_and_custom import CASES, SQL
from tests.checks.test_scan import MACHINES, days
from tests.support.bills import insert_charges
from workbench.cli.main import main
from workbench.snapshot import SnapshotStore

ONLY = ("--only", "ec2_idle")


@pytest.fixture(autouse=True)
def company(home, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(home.home))
    with SnapshotStore(home).build(fresh=True) as build:
        build.connection.execute(MACHINES)
        insert_charges(build.connection, [*days("2", "i-1"), *days("3", "i-2")])
        build.publish(note="test")


def said(capsys, *arguments, code=0):
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_scan_is_printed_and_kept(capsys):
    assert main(["scan", *ONLY]) == 0
    out, err = capsys.readouterr()
    assert "web 1" in out
    assert "Saving a month, effective cost: $60.83, each dollar counted once" in out
    assert "2 findings known at list price only: not in this total" in err
    assert "Scan 1 is kept. Recommendations: 3 new" in err
    assert said(capsys, "scans", "list")[0]["findings"] == 3


def test_a_scan_as_one_document(capsys):
    told = said(capsys, "scan", *ONLY, "--preset", "cautious", "--set", "ec2_idle.max_cpu=1.5")
    [check] = told["checks"]
    assert (check["check"], check["outcome"], check["counts"]["flagged"]) == ("ec2_idle", "findings", 1)
    assert told["findings"][0]["payload"]["parameters"] == {"max_cpu": 1.5}
    assert told["parameters"] == {"ec2_idle": {"max_cpu": "1.5"}}
    assert {one["excluded"] for one in told["excluded"]} == set()


def test_parts_of_the_company_are_not_kept(capsys):
    assert main(["scan", *ONLY, "--account", "a1"]) == 0
    assert "The scan is not kept. It is about some accounts only" in capsys.readouterr().err
    assert main(["scan", *ONLY, "--as-of", "2026-10-20"]) == 4
    out, err = capsys.readouterr()
    assert "The inventory knows its own day only, 2026-10-31" in out
    assert "earlier day, 2026-10-20" in err
    assert main(["scan", *ONLY, "--as-of", "2025-10-20"]) == 1
    assert "The data begin on 2026-10-01" in capsys.readouterr().err
    assert main(["scans", "list"]) == 4


def test_a_scan_in_which_nothing_can_run_says_so(capsys):
    assert main(["scan", "--only", "api_key_unused", "--no-record"]) in (4, 2)
    assert capsys.readouterr().err


def test_all_findings_go_to_a_file(tmp_path, capsys):
    target = tmp_path / "found.parquet"
    assert main(["scan", *ONLY, "--limit", "1", "--output", str(target)]) == 0
    assert pq.read_table(target).column("name").to_pylist()[0] == "web 1"
    assert main(["scan", *ONLY, "--output", str(target)]) == 2
    assert main(["scan", *ONLY, "--output", str(tmp_path / "found.doc")]) == 2
    capsys.readouterr()
    # What cannot be written is refused before anything is scanned and kept.
    assert [one["id"] for one in said(capsys, "scans", "list")] == [1]
    assert main(["scan", *ONLY, "--output", str(target), "--force"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--preset", "bold"),
        ("--basis", "gross"),
        ("--as-of", "yesterday"),
        ("--set", "ec2_idle=3"),
        ("--only", "ec2_idel"),
        ("--set", "ec2_idle.cpu=3"),
        ("--set", "ec2_idle.max_cpu=low"),
        ("--account", "nobody"),
    ],
)
def test_wrong_usage_is_said_and_changes_nothing(capsys, arguments):
    assert main(["scan", *arguments]) == 2
    assert capsys.readouterr().err
    assert main(["scans", "list"]) == 4


def test_two_scans_are_compared(capsys):
    assert main(["scan", *ONLY]) == 0
    assert main(["scan", *ONLY, "--preset", "cautious"]) == 0
    capsys.readouterr()
    told = said(capsys, "scans", "compare", "1", "2")
    assert (len(told["gone"]), told["still"], told["new"]) == (2, 1, [])
    assert main(["scans", "show", "2"]) == 0
    assert "i-1" in capsys.readouterr().out
    found = said(capsys, "scans", "show", "1")["findings"]
    first, *others = sorted(found, key=lambda one: -Decimal(one["saving_expected"] or 0))
    assert main(["scans", "show", "1", "--limit", "1"]) == 0
    out, err = capsys.readouterr()
    assert first["resource_id"] in out
    assert [one["resource_id"] for one in others if one["resource_id"] in out] == []
    assert "2 further findings" in err
    assert main(["scans", "compare", "1", "1"]) == 4
    assert main(["scans", "show", "9"]) != 0


def test_checks_are_listed_and_shown(capsys):
    assert "ec2_idle" in {one["id"] for one in said(capsys, "checks", "list")}
    shown = said(capsys, "checks", "show", "ec2_idle")
    assert shown["presets"]["cautious"] == {"max_cpu": "2"}
    assert main(["checks", "show", "ec2_idle"]) == 0
    assert "FROM instances" in capsys.readouterr().out
    assert main(["checks", "show", "ec2_idel"]) == 2
    assert "Did you mean ec2_idle?" in capsys.readouterr().err


def test_why_curve_and_replay(capsys):
    told = said(capsys, "checks", "why", "i-2")
    idle = next(one for one in told["checks"] if one["check"] == "ec2_idle")
    assert (idle["said"], idle["figures"][0]["margin"]) == ("passed", 45.0)
    assert main(["checks", "why", "i-2"]) == 0
    out, err = capsys.readouterr()
    assert "50 % < 5 %: not met" in out
    assert "not looked at" not in out
    others = sum(one["said"] == "not looked at" for one in told["checks"])
    assert others > 1
    assert f"{others} further checks about others of its kind" in err
    assert main(["checks", "why", "i-2", "--all"]) == 0
    assert capsys.readouterr().out.count("not looked at") == others
    points = said(capsys, "checks", "curve", "ec2_idle", "max_cpu")["points"]
    assert [point["flagged"] for point in points if point["at"] == 5.0] == [3]
    weeks = said(capsys, "checks", "replay", "ec2_idle", "--weeks", "1")["points"]
    assert [point["flagged"] for point in weeks] == [None, 3]


def test_a_check_of_ones_own_from_copy_to_retirement(tmp_path, capsys):
    target = tmp_path / "idle_builders.sql"
    target.write_text(SQL, encoding="utf-8")
    target.with_suffix(".toml").write_text(CASES, encoding="utf-8")
    assert main(["checks", "test", str(target)]) == 0
    assert "as expected" in capsys.readouterr().out
    assert main(["checks", "save", str(target)]) == 0
    assert "idle_builders is kept as version 1" in capsys.readouterr().out
    copied = tmp_path / "copy.sql"
    assert main(["checks", "copy", "idle_builders", str(copied)]) == 0
    assert copied.read_text(encoding="utf-8") == SQL
    assert copied.with_suffix(".toml").read_text(encoding="utf-8") == CASES
    assert main(["checks", "copy", "idle_builders", str(copied)]) == 2
    assert main(["checks", "copy", "idle_builders", str(copied), "--force"]) == 0
    target.write_text(SQL.replace("< $max_cpu", "> $max_cpu"), encoding="utf-8")
    capsys.readouterr()
    assert main(["checks", "test", str(target)]) == 1
    assert "i-1 is passed, not flagged" in capsys.readouterr().out
    assert main(["checks", "save", str(target)]) != 0
    assert main(["checks", "retire", "idle_builders"]) == 0
    assert main(["checks", "retire", "idle_builders"]) == 2
    capsys.readouterr()
