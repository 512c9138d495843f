"""What was typed into the grid of expected totals becomes changes to save, or problems in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.invoices import NOVEMBER, OCTOBER, expected, line
from workbench.costs.tieout import compare
from workbench.errors import StorageError
from workbench.settings import Settings
from workbench.ui.health.invoice_edits import grid_rows, parse_edits
from workbench.ui.health.uploads import keep_upload
from workbench.workspace import InvoiceEdit, SavedInvoice

NOW = datetime(2026, 12, 20, tzinfo=UTC)
STORED = SavedInvoice(7, 3, expected(NOVEMBER, "50", invoice_id="N1"), NOW, NOW, "anna")


@pytest.fixture
def rows():
    unchecked = compare([line(invoice_id="A"), line(date(2026, 12, 1))], [], NOW).rows
    return grid_rows([STORED], unchecked)


def state(**parts: Any) -> dict[str, Any]:
    return {"edited_rows": {}, "added_rows": [], "deleted_rows": []} | parts


def test_the_grid_lists_stored_totals_and_amounts_that_wait_for_one_newest_first(rows) -> None:
    assert [(row.month, row.invoice_id, row.amount) for row in rows] == [
        ("2026-12", "", ""),
        ("2026-11", "N1", "50"),
        ("2026-10", "A", ""),
    ]


def test_nothing_typed_is_nothing_to_save(rows) -> None:
    assert parse_edits(rows, {}, ["USD"]).edits == ()
    assert parse_edits(rows, state(edited_rows={1: {"amount": "50"}}), ["USD"]).edits == ()


def test_a_typed_amount_becomes_a_new_total_and_a_changed_one_carries_its_version(rows) -> None:
    parsed = parse_edits(rows, state(edited_rows={2: {"amount": "12.30"}, 1: {"includes_tax": True}}), ["USD"])
    assert parsed.edits == (
        InvoiceEdit(expected(NOVEMBER, "50", invoice_id="N1", includes_tax=True), 7, 3),
        InvoiceEdit(
            expected(OCTOBER, "12.30", invoice_id="A", invoice_issuer="AWS", billing_account_id="payer"), None, None
        ),
    )


def test_a_deleted_row_deletes_what_is_stored_and_forgets_what_was_not(rows) -> None:
    parsed = parse_edits(rows, state(deleted_rows=[1, 2], edited_rows={1: {"amount": "9"}}), ["USD"])
    assert parsed.edits == (InvoiceEdit(None, 7, 3),)


def test_an_added_row_is_read_like_the_others(rows) -> None:
    added = {"month": "2026-09-01", "currency": "EUR", "amount": "-3", "note": " credit "}
    parsed = parse_edits(rows, state(added_rows=[added, {}]), ["USD", "EUR"])
    assert parsed.edits == (InvoiceEdit(expected(date(2026, 9, 1), "-3", "EUR", note="credit")),)


def test_everything_wrong_is_said_and_nothing_is_saved(rows) -> None:
    typed = state(
        edited_rows={0: {"amount": "1,000.00"}, 1: {"amount": ""}, 2: {"amount": "4"}},
        added_rows=[{"month": "Oct-26", "currency": "XYZ", "amount": "1"}, {"month": "2026-01"}],
    )
    parsed = parse_edits(rows, typed, ["USD"])
    assert parsed.edits == ()
    assert [problem.split(":")[0] for problem in parsed.problems] == [
        "Row 1",
        "Row 2",
        "New row 1",
        "New row 1",
        "New row 2",
    ]
    assert "nothing between thousands" in parsed.problems[0]
    assert "delete the row" in parsed.problems[1]


def test_the_same_upload_keeps_its_path_and_another_of_the_same_name_gets_another(settings: Settings) -> None:
    first = keep_upload(settings, "bill.csv.gz", b"one")
    assert keep_upload(settings, "bill.csv.gz", b"one") == first
    other = keep_upload(settings, "bill.csv.gz", b"two")
    assert other != first
    assert (first.read_bytes(), other.read_bytes(), other.name) == (b"one", b"two", "bill.csv.gz")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\bills\\October bill (1).csv", "October_bill_1_.csv"),
        (".hidden", "hidden"),
        ("", "bill"),
        ("x" * 300 + ".parquet", "x" * 112 + ".parquet"),
        ("a\x00b\n.csv", "a_b_.csv"),
    ],
)
def test_an_upload_stays_in_its_folder_whatever_its_name(settings: Settings, name: str, kept: str) -> None:
    path = keep_upload(settings, name, b"x")
    assert path.name == kept
    assert path.parent.parent == settings.home / "uploads"


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("in the way")
    with pytest.raises(StorageError):
        keep_upload(Settings(home=tmp_path), "a.csv", b"x")
