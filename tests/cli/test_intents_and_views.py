"""Rules about what is intentional and saved views on the command line."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.support.scans import finding, scan
from workbench.cli.main import main
from workbench.settings import Settings
from workbench.workspace import Workspace
from workbench.workspace.note_records import View


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Two findings; 1 is tagged env=dev."""
    monkeypatch.setenv("WORKBENCH_NOW", "2026-11-20T09:00:00Z")
    place = Workspace(settings)
    place.record_scan(scan(), [finding("i-1", "20", tags={"env": "dev"}), finding("i-2", "10")])
    return place


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out, parse_float=Decimal)


INTENTS = ("recommendations", "intents")
WHY = ("--until", "2026-12-01", "--reason", "=wanted")


@pytest.mark.usefixtures("workspace")
def test_a_rule_is_added_listed_and_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    added = answer(capsys, *INTENTS, "add", "--tag", "env=dev", *WHY)
    assert (added["intent"]["key"], added["intent"]["value"], added["hides"]) == ("env", "dev", 1)
    assert [row["id"] for row in answer(capsys, "recommendations", "list")["rows"]] == [2]
    assert main([*INTENTS, "list"]) == 0
    assert "tag env=dev" in capsys.readouterr().out
    assert main([*INTENTS, "list", "--csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["hides"], row["reason"], row["check_id"]) == ("1", "'=wanted", "")
    assert answer(capsys, *INTENTS, "delete", "1") == {"deleted": 1}
    assert [row["id"] for row in answer(capsys, "recommendations", "list")["rows"]] == [1, 2]


@pytest.mark.usefixtures("workspace")
def test_a_rule_for_one_check_of_an_account_holds_back_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*INTENTS, "add", "--account", "111", "--check", "ebs_unattached", *WHY]) == 0
    assert "holds back 0 recommendations until 2026-12-01" in capsys.readouterr().out


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*INTENTS, "list"), 4),
        ((*INTENTS, "list", "--json", "--csv"), 2),
        ((*INTENTS, "add", *WHY), 2),
        ((*INTENTS, "add", "--tag", "env=dev", "--account", "111", *WHY), 2),
        ((*INTENTS, "add", "--tag", "env", *WHY), 2),
        ((*INTENTS, "add", "--account", "111", "--until", "soon", "--reason", "x"), 2),
        ((*INTENTS, "add", "--account", "111", "--until", "2026-11-20", "--reason", "x"), 2),
        ((*INTENTS, "add", "--account", "111", "--until", "2026-12-01", "--reason", " "), 2),
        ((*INTENTS, "delete", "1"), 1),
        (("views", "list"), 4),
        (("views", "show", "1"), 1),
        (("views", "delete", "1"), 1),
    ],
)
def test_exit_codes_tell_what_went_wrong(arguments: tuple[str, ...], code: int) -> None:
    assert main(list(arguments)) == code


def test_views_of_ones_own_and_shared_ones_are_listed_and_shown(
    settings: Settings, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Workspace(settings, user="boris")
    other.views.save(View("Theirs", "explore", "by=service", shared=True))
    other.views.save(View("Secret", "explore"))
    workspace.views.save(View("Mine\x1b[31m", "recommendations", "state=approved", start=True))
    assert [one["view"]["name"] for one in answer(capsys, "views", "list")] == ["Mine\x1b[31m", "Theirs"]
    assert main(["views", "show", "3"]) == 0
    out = capsys.readouterr().out
    assert "/recommendations?state=approved" in out
    assert "\x1b" not in out
    assert main(["views", "show", "2"]) == 1
    assert main(["views", "delete", "1"]) == 1
    assert answer(capsys, "views", "delete", "3") == {"deleted": 3}
    assert [one["id"] for one in answer(capsys, "views", "list")] == [1]
