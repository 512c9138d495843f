"""``workbench ingest``: exit codes, one JSON document on stdout, refusals on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.focus_bill import focus_row, write_csv
from workbench.cli.main import main
from workbench.settings import Settings


def test_exit_codes_follow_what_became_of_the_files(tmp_path: Path, settings: Settings) -> None:
    good = write_csv(tmp_path / "good.csv", [focus_row()])
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"")
    assert main(["ingest", str(bad)]) == 1
    assert main(["ingest", str(good)]) == 0
    assert main(["ingest", str(good)]) == 4
    assert main(["ingest", str(good), str(bad)]) == 3
    assert main(["ingest"]) == 2
    assert main(["ingest", "--replace", "--add", str(good)]) == 2


def test_json_is_one_document_with_exact_money(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write_csv(tmp_path / "good.csv", [focus_row(BilledCost="0.123456789012")])
    bad = write_csv(tmp_path / "bad.csv", [focus_row(BilledCost="12,50")])
    assert main(["ingest", str(good), str(bad), "--json"]) == 3
    document = json.loads(capsys.readouterr().out, parse_float=str)
    assert (document["status"], document["files_loaded"], document["files_refused"]) == ("partial", 1, 1)
    refused, loaded = document["files"]
    assert (refused["path"], refused["status"]) == (str(bad), "refused")
    assert refused["rejected"] == [
        {"row_number": 2, "column": "BilledCost", "value": "12,50", "reason": "is not a plain number such as 12.34"}
    ]
    assert loaded["totals"]["USD"]["billed_cost"] == "0.123456789012"


def test_the_table_goes_to_stdout_and_refusals_to_stderr(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "in" / "good.csv", [focus_row()])
    (tmp_path / "in" / "bad.csv").write_bytes(b"%PDF-1.4")
    main(["ingest", str(tmp_path / "in")])
    output = capsys.readouterr()
    assert "good.csv" in output.out
    assert "1 loaded, 0 unchanged, 1 refused, 1 lines" in output.out
    assert "bad.csv: this is a PDF document" in output.err
    assert "Traceback" not in output.err
