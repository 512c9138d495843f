"""``workbench annotations``: what people wrote, searched, added, changed and deleted."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from workbench.cli.main import main
from workbench.settings import Settings
from workbench.workspace import Workspace
from workbench.workspace.note_records import Annotation, Subject


@pytest.fixture
def workspace(settings: Settings) -> Workspace:
    """Two annotations of boris."""
    place = Workspace(settings, user="boris")
    place.annotations.add(Annotation(Subject.RECOMMENDATION, "Keep it until\nthe audit", "17"))
    place.annotations.add(Annotation(Subject.ANOMALY, "=1+1 audit", "4"))
    return place


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ([], [2, 1]),
        (["AUDIT", "keep"], [1]),
        (["until the"], [1]),
        (["audit", "--about", "anomaly"], [2]),
        (["--limit", "1"], [2]),
    ],
)
def test_words_find(capsys: pytest.CaptureFixture[str], arguments: list[str], ids: list[int]) -> None:
    assert [one["id"] for one in answer(capsys, "annotations", "search", *arguments)] == ids


@pytest.mark.usefixtures("workspace")
def test_the_table_and_the_file_have_what_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotations", "search"]) == 0
    out = capsys.readouterr().out
    assert "recommendation 17" in out
    assert "Keep it until the audit" in out
    assert main(["annotations", "search", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["subject"], row["subject_id"], row["text"]) for row in rows] == [
        ("anomaly", "4", "'=1+1 audit"),
        ("recommendation", "17", "Keep it until\nthe audit"),
    ]


def test_one_is_added_changed_and_deleted(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_days = ("--from", "2026-11-03", "--to", "2026-11-05", "--about", "shop")
    assert answer(capsys, "annotations", "add", "Launch", *on_days)["id"] == 1
    assert answer(capsys, "annotations", "add", "One day", "--from", "2026-11-07")["id"] == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("Runs the shop\n"))
    answer(capsys, "annotations", "add", "-", "--resource", "i-1")
    assert answer(capsys, "annotations", "change", "1", "Launch of the shop")["version"] == 2
    assert answer(capsys, "annotations", "delete", "2") == {"deleted": 2}
    kept = Workspace(settings).annotations.search("")
    assert [(one.annotation.subject, one.annotation.subject_id, one.annotation.body) for one in kept] == [
        (Subject.RESOURCE, "i-1", "Runs the shop\n"),
        (Subject.DATES, "shop", "Launch of the shop"),
    ]
    assert (str(kept[1].annotation.first_day), str(kept[1].annotation.last_day)) == ("2026-11-03", "2026-11-05")
    assert main(["annotations", "search"]) == 0
    assert "2026-11-03 to 2026-11-05, shop" in capsys.readouterr().out


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["search", "nowhere"], 4),
        (["search", "--about", "weather"], 2),
        (["search", "--json", "--csv"], 2),
        (["add", "x"], 2),
        (["add", "x", "--resource", "i-1", "--from", "2026-11-01"], 2),
        (["add", "x", "--resource", "i-1", "--about", "shop"], 2),
        (["add", "x", "--from", "soon"], 2),
        (["add", "x", "--from", "2026-11-02", "--to", "2026-11-01"], 2),
        (["add", " ", "--resource", "i-1"], 2),
        (["change", "99", "x"], 1),
        (["change", "1", " "], 2),
        (["delete", "99"], 1),
    ],
)
def test_exit_codes_tell_what_went_wrong(arguments: list[str], code: int) -> None:
    assert main(["annotations", *arguments]) == code
