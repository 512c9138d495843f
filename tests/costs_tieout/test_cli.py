"""``workbench tieout`` on a published bill."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.bills import charge
from workbench.cli.main import main

HEADER = "month,currency,amount,invoice id\n"


@pytest.fixture
def bill(publish_bill) -> None:
    publish_bill([charge("60", invoice_id="A"), charge("40", invoice_id="A"), charge("7", invoice_id="B")])


def invoices(tmp_path: Path, text: str) -> str:
    path = tmp_path / "invoices.csv"
    path.write_text(HEADER + text)
    return str(path)


@pytest.mark.usefixtures("bill")
def test_without_expected_totals_the_answer_is_not_checked_and_the_exit_code_3(capsys) -> None:
    assert main(["tieout"]) == 3
    out = capsys.readouterr().out
    assert "Bill not checked yet: no invoice total has been entered for 1 month" in out
    assert "$100.00" in out
    assert "not checked" in out


@pytest.mark.usefixtures("bill")
def test_totals_from_a_file_are_kept_and_the_exit_code_is_0_when_all_match(tmp_path: Path, capsys) -> None:
    path = invoices(tmp_path, "2026-10,USD,100.40,A\n2026-10,USD,7,B\n")
    assert main(["tieout", "--expected", path, "--json"]) == 0
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["matched"] is True
    assert [(row["invoice_id"], row["billed"], row["difference"], row["state"]) for row in document["invoices"]] == [
        ("A", 100, -0.4, "matched"),
        ("B", 7, 0, "matched"),
    ]
    assert "2 added, 0 changed, 0 unchanged" in captured.err
    assert main(["tieout"]) == 0, "the totals are remembered"


@pytest.mark.usefixtures("bill")
def test_a_difference_is_shown_with_its_tolerance_and_the_exit_code_is_3(tmp_path: Path, capsys) -> None:
    assert main(["tieout", "--expected", invoices(tmp_path, "2026-10,USD,102,A\n2026-10,USD,7,B\n")]) == 3
    out = capsys.readouterr().out
    assert "Bill does not tie out: 0 of 1 month matched, 1 differs" in out
    (line,) = (line for line in out.splitlines() if "differs" in line and "102.00" in line)
    assert "−$2.00" in line
    assert "$1.00" in line


@pytest.mark.usefixtures("bill")
def test_a_file_with_a_bad_row_changes_nothing_and_names_the_row(tmp_path: Path, capsys) -> None:
    assert main(["tieout", "--expected", invoices(tmp_path, '2026-10,USD,100,A\n2026-10,USD,"7,00",B\n')]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "invoices.csv: row 3, amount: '7,00' has a separator" in captured.err
    assert "nothing was imported" in captured.err
    assert main(["tieout", "--json"]) == 3
    assert all(row["expected"] is None for row in json.loads(capsys.readouterr().out)["invoices"])


@pytest.mark.usefixtures("bill")
def test_the_template_can_be_filled_in_and_read_back(tmp_path: Path, capsys) -> None:
    assert main(["tieout", "--template"]) == 0
    empty = capsys.readouterr().out
    filled = empty.replace("A,000000000001,USD,,", "A,000000000001,USD,100,").replace(
        "B,000000000001,USD,,", "B,000000000001,USD,7,"
    )
    path = tmp_path / "filled.csv"
    path.write_text(filled)
    assert main(["tieout", "--expected", str(path)]) == 0


def test_without_data_it_fails_with_what_to_do(settings, capsys) -> None:
    assert main(["tieout", "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "workbench ingest" in captured.err


@pytest.mark.usefixtures("bill")
def test_a_file_that_is_not_there_is_named(capsys) -> None:
    assert main(["tieout", "--expected", "/nowhere/invoices.csv"]) == 1
    assert "/nowhere/invoices.csv cannot be read" in capsys.readouterr().err
