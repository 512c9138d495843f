"""The commands say the same as the library, as tables, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.bills import charge
from tests.support.scans import finding, scan
from workbench.cli.main import main
from workbench.settings import Settings
from workbench.workspace import Workspace


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-20T09:00:00Z")
    workspace = Workspace(settings, user="anna")
    found = [finding("i-1", "10"), finding("i-2", "300.10", title="=1+1", tags={"env": "dev"}), finding("i-3", None)]
    workspace.record_scan(scan(), found)
    return workspace


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0):
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out, parse_float=Decimal)


@pytest.mark.usefixtures("workspace")
def test_the_list_shows_largest_first_with_its_sum(capsys) -> None:
    assert main(["recommendations", "list", "--limit", "2"]) == 0
    out = capsys.readouterr().out
    assert out.index("300.10") < out.index("10.00")
    assert "2 of 3; in all $310.10 a month (1 more without a price), each as if alone" in out
    document = answer(capsys, "recommendations", "list", "--search", "ENV=dev")
    assert [(row["id"], row["saving_expected"]) for row in document["rows"]] == [(2, Decimal("300.1"))]
    assert document["amounts"] == [{"currency": "USD", "count": 1, "priced": 1, "saving": Decimal("300.1")}]


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--tag", "env=dev"], [2]),
        (["--min-saving", "10"], [2, 1]),
        (["--min-saving", "10.01"], [2]),
        (["--resource", "i-3"], [3]),
    ],
)
def test_the_list_is_narrowed_by_tag_saving_and_resource(capsys, options: list[str], ids: list[int]) -> None:
    assert [row["id"] for row in answer(capsys, "recommendations", "list", *options)["rows"]] == ids


def test_what_has_neither_price_nor_currency_is_no_amount(workspace: Workspace, capsys) -> None:
    unpriced = [finding("i-3", None, currency=""), finding("i-4", None, currency="")]
    workspace.record_scan(scan(1), [finding("i-1", "10"), *unpriced])
    assert main(["recommendations", "list", "--state", "open"]) == 0
    assert "3; in all $10.00 a month, 2 without a price, each as if alone" in capsys.readouterr().out


@pytest.mark.usefixtures("workspace")
def test_the_list_as_csv_cannot_run_as_a_formula(capsys) -> None:
    assert main(["recommendations", "list", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["id"], row["saving_expected"], row["title"]) for row in rows] == [
        ("2", "300.10", "'=1+1"),
        ("1", "10", ""),
        ("3", "", ""),
    ]


@pytest.mark.usefixtures("workspace")
def test_a_decision_is_shown_first_then_taken_then_remembered(capsys) -> None:
    snooze = ("recommendations", "decide", "snooze", "1", "2", "--until", "2026-12-01", "--reason", "later")
    preview = answer(capsys, *snooze, "--dry-run")
    assert [row["state"] for row in preview["possible"]] == ["open", "open"]
    assert [row["state"] for row in answer(capsys, *snooze)] == ["snoozed", "snoozed"]
    assert [row["id"] for row in answer(capsys, "recommendations", "list", "--waiting")["rows"]] == [3]
    shown = answer(capsys, "recommendations", "show", "1")
    assert [one["step"] for one in shown["history"]] == ["find", "snooze"]
    assert "reopen" in shown["possible"]


@pytest.mark.usefixtures("workspace")
def test_a_decision_that_is_not_possible_for_one_changes_none(capsys) -> None:
    assert main(["recommendations", "decide", "reject", "3", "--reason", "wanted"]) == 0
    capsys.readouterr()
    document = answer(capsys, "recommendations", "decide", "approve", "1", "3", "--dry-run", code=3)
    assert [one["id"] for one in document["refused"]] == [3]
    assert main(["recommendations", "decide", "approve", "1", "3"]) == 2
    assert "Recommendation 3: Rejected recommendations cannot be changed with approve" in capsys.readouterr().err
    assert answer(capsys, "recommendations", "show", "1")["recommendation"]["state"] == "open"


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["recommendations", "decide", "explode", "1"], 2),
        (["recommendations", "decide", "expire", "1"], 2),
        (["recommendations", "decide", "find_again", "1"], 2),
        (["recommendations", "decide", "snooze", "1", "--until", "soon"], 2),
        (["recommendations", "decide", "reject", "1"], 2),
        (["recommendations", "decide", "approve", "99"], 1),
        (["recommendations", "show", "99"], 1),
        (["recommendations", "annotate", "99", "x"], 1),
        (["recommendations", "annotate", "1", " "], 2),
        (["recommendations", "plan", "1"], 2),
        (["recommendations", "list", "--json", "--csv"], 2),
        (["recommendations", "list", "--state", "asleep"], 2),
        (["recommendations", "list", "--search", "nothing like it"], 4),
        (["recommendations", "list", "--tag", "env"], 2),
        (["recommendations", "list", "--min-saving", "1e9"], 2),
        (["recommendations", "list", "--tag", "env=de"], 4),
        (["budgets", "list"], 4),
        (["budgets", "delete", "1"], 1),
        (["budgets", "import", "absent.csv"], 1),
        (["workspace", "activity", "--actor", "eve"], 4),
        (["workspace", "restore", "absent.db", "--yes"], 1),
        (["workspace", "check", "--contains", "ab"], 1),
    ],
)
def test_exit_codes_tell_what_went_wrong(arguments: list[str], code: int) -> None:
    assert main(arguments) == code


@pytest.mark.usefixtures("workspace")
def test_work_is_planned_and_remarks_are_kept(capsys, monkeypatch) -> None:
    (row,) = answer(
        capsys, "recommendations", "plan", "1", "--assignee", "boris", "--due", "2026-12-01", "--priority", "1"
    )
    assert (row["assignee"], row["due"], row["priority"]) == ("boris", "2026-12-01", 1)
    (row,) = answer(capsys, "recommendations", "plan", "1", "--due", "none")
    assert (row["assignee"], row["due"]) == ("boris", None)
    monkeypatch.setattr("sys.stdin", io.StringIO("Kept for the audit\n"))
    answer(capsys, "recommendations", "annotate", "1", "-")
    shown = answer(capsys, "recommendations", "show", "1")
    assert [one["annotation"]["body"] for one in shown["annotations"]] == ["Kept for the audit\n"]
    assert main(["recommendations", "show", "1"]) == 0
    out = capsys.readouterr().out
    assert "Kept for the audit" in out
    assert "boris" in out


BUDGETS = """period,scope,key,value,amount,currency,basis,thresholds,name
2026-10,,,,310,USD,,,All
2026-10,service,,Amazon S3,50,USD,effective,50;100,
2026-Q4,tag,team,web,100,usd,,,=1+1
2026,account,,000000000002,9,EUR,list,,
"""


def budgets_file(tmp_path: Path, text: str = BUDGETS) -> str:
    path = tmp_path / "budgets.csv"
    path.write_text(text)
    return str(path)


@pytest.mark.usefixtures("settings")
def test_budgets_go_in_and_come_out_as_the_same_csv(tmp_path: Path, capsys) -> None:
    assert answer(capsys, "budgets", "import", budgets_file(tmp_path)) == {"added": 4, "changed": 0, "unchanged": 0}
    assert main(["budgets", "list", "--csv"]) == 0
    written = capsys.readouterr().out
    assert "'=1+1" in written
    path = budgets_file(tmp_path, written)
    assert answer(capsys, "budgets", "import", path, code=4) == {"added": 0, "changed": 0, "unchanged": 4}
    assert answer(capsys, "budgets", "delete", "1") == {"deleted": 1}
    assert [one["id"] for one in answer(capsys, "budgets", "list")] == [2, 3, 4]


@pytest.mark.usefixtures("settings")
def test_a_file_with_bad_rows_is_refused_whole_with_every_bad_value(tmp_path: Path, capsys) -> None:
    bad = (
        "period,scope,key,value,amount,currency,basis,thresholds\n"
        "2026-13,,,,1,USD,,\n"
        "2026-10,team,,x,-1,XYZ,paid,100;80\n"
        "2026-10,tag,,web,1e3,USD,,\n"
        "2026-11,,,,1,USD,,\n"
        "2026-11,all,,,2,USD,,\n"
        '2026-12,,,,"1,000",USD,,\n'
    )
    assert main(["budgets", "import", budgets_file(tmp_path, bad)]) == 1
    said = capsys.readouterr().err
    for expected in (
        "row 2, period: '2026-13' is not a period",
        "row 3, amount: '-1' is below zero",
        "row 3, currency: 'XYZ'",
        "row 3, scope: 'team'",
        "row 3, basis: 'paid'",
        "row 3, thresholds: '100;80'",
        "row 4, key: '' (empty) is needed",
        "row 4, amount: '1e3'",
        "row 6, period: '2026-11' is planned in row 5 already",
        "row 7, amount: '1,000' has a separator",
        "nothing was imported",
    ):
        assert expected in said
    assert main(["budgets", "list"]) == 4


def test_a_status_adds_up_the_charges_of_the_scope(publish_bill, tmp_path: Path, capsys) -> None:
    day = [datetime(2026, 10, number) for number in range(1, 11)]
    s3 = {"service_name": "Amazon S3", "tags": '{"team": "web"}'}
    bill = [charge("9", charge_period_start=one) for one in day]
    bill += [charge("2", charge_period_start=one, **s3) for one in day]
    bill += [charge("5", billing_currency="EUR", list_cost=Decimal(1), charge_period_start=day[0])]
    publish_bill(bill)
    main(["budgets", "import", budgets_file(tmp_path)])
    capsys.readouterr()
    found = {one["id"]: one["status"] for one in answer(capsys, "budgets", "status")}
    assert {number: (one["spent"], one["days_passed"], one["days"], one["state"]) for number, one in found.items()} == {
        1: (110, 10, 31, "ahead of plan"),
        2: (20, 10, 31, "ahead of plan"),
        3: (20, 10, 92, "ahead of plan"),
        4: (1, 283, 365, "within"),
    }
    assert found[1]["expected"] == 100
    assert found[2]["crossed"] == []
    small = BUDGETS.replace("310,USD", "109.99,USD")
    main(["budgets", "import", budgets_file(tmp_path, small)])
    capsys.readouterr()
    assert main(["budgets", "status"]) == 3
    shown = capsys.readouterr()
    assert "over" in shown.out
    assert "Budget 4: No data before 2026-10-01" in shown.err


@pytest.mark.usefixtures("workspace")
def test_backup_check_restore_and_export(settings: Settings, tmp_path: Path, capsys) -> None:
    made = answer(capsys, "workspace", "backup")
    assert Path(made["path"]).parent == settings.home / "backups"
    assert main(["recommendations", "decide", "approve", "1"]) == 0
    capsys.readouterr()
    report = answer(capsys, "workspace", "check", "--contains", made["head"])
    assert (report["whole"], report["entries"], report["recommendations"]) == (True, 2, 3)
    restored = answer(capsys, "workspace", "restore", made["path"], "--yes")
    assert Path(restored["kept"]).exists()
    assert answer(capsys, "recommendations", "show", "1")["recommendation"]["state"] == "open"
    (latest, _) = answer(capsys, "workspace", "activity")
    assert latest["action"] == "workspace.restore"

    tables = answer(capsys, "workspace", "export")
    assert [row["resource_id"] for row in tables["recommendations"]] == ["i-1", "i-2", "i-3"]
    assert main(["workspace", "export", "-o", str(tmp_path / "out")]) == 0
    with (tmp_path / "out" / "recommendations.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["title"] for row in csv.DictReader(file)] == ["", "'=1+1", ""]
    assert main(["workspace", "export", "-o", str(tmp_path / "out")]) == 1


@pytest.mark.usefixtures("workspace")
def test_a_restore_asks_first(capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert main(["workspace", "restore", str(tmp_path / "x.db")]) == 4
    assert "Nothing was changed" in capsys.readouterr().err


@pytest.mark.usefixtures("settings")
def test_access_says_why(capsys, monkeypatch) -> None:
    monkeypatch.setenv("LOGNAME", "kim")
    found = answer(capsys, "workspace", "access")
    assert (found["name"], found["roles"]) == ("kim", ["admin"])
    assert found["permissions"]["workspace.restore"] == {
        "allowed": True,
        "reason": "kim is admin; admin may do workspace.restore",
    }
