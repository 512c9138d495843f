"""What people type in is kept exactly, and two writers never lose each other's work."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event

from workbench.errors import Conflict, StorageError
from workbench.settings import Settings
from workbench.workspace import ExpectedInvoice, ImportCounts, InvoiceEdit, SavedInvoice, Workspace
from workbench.workspace.database import Database

OCTOBER = ExpectedInvoice(date(2018, 10, 1), "USD", Decimal("4064.48"), billing_account_id="payer")


def added(workspace: Workspace, *invoices: ExpectedInvoice) -> tuple[SavedInvoice, ...]:
    return workspace.save_invoices([InvoiceEdit(invoice) for invoice in invoices])


def changed(saved: SavedInvoice, amount: str) -> InvoiceEdit:
    invoice = ExpectedInvoice(saved.invoice.billing_month, saved.invoice.currency, Decimal(amount))
    return InvoiceEdit(invoice, saved.id, saved.version)


def test_a_workspace_nobody_wrote_to_is_empty_and_reading_makes_no_file(settings: Settings) -> None:
    assert Workspace(settings).expected_invoices() == ()
    assert not (settings.home / "workspace.db").exists()


def test_a_saved_invoice_comes_back_with_all_its_digits_and_its_author(settings: Settings, monkeypatch) -> None:
    monkeypatch.setenv("WORKBENCH_NOW", "2018-11-05T09:00:00Z")
    exact = ExpectedInvoice(
        date(2018, 11, 1),
        "USD",
        Decimal("12345678901234567890.123456789012"),
        invoice_issuer="Amazon Web Services, Inc.",
        invoice_id="1234567",
        billing_account_id="836060457634",
        includes_tax=True,
        note="second copy, =1+1",
    )
    added(Workspace(settings, user="anna"), exact)
    (stored,) = Workspace(settings).expected_invoices()
    assert stored.invoice == exact
    assert str(stored.invoice.amount) == "12345678901234567890.123456789012"
    assert (stored.version, stored.updated_by, stored.updated_at.isoformat()) == (
        1,
        "anna",
        "2018-11-05T09:00:00+00:00",
    )


def test_a_change_made_on_an_old_version_is_a_conflict_that_names_who_and_when(settings: Settings, monkeypatch) -> None:
    anna, boris = Workspace(settings, user="anna"), Workspace(settings, user="boris")
    (seen,) = added(anna, OCTOBER)
    monkeypatch.setenv("WORKBENCH_NOW", "2018-11-05T10:30:00Z")
    boris.save_invoices([changed(seen, "100")])

    with pytest.raises(Conflict, match="changed by boris at 2018-11-05 10:30:00 UTC"):
        anna.save_invoices([changed(seen, "200")])
    (stored,) = anna.expected_invoices()
    assert (stored.invoice.amount, stored.version) == (Decimal(100), 2)


def test_a_conflict_in_one_row_saves_none_of_the_others(settings: Settings) -> None:
    workspace = Workspace(settings)
    november = ExpectedInvoice(date(2018, 11, 1), "USD", Decimal(5))
    first, second = added(workspace, OCTOBER, november)
    workspace.save_invoices([changed(second, "6")])

    with pytest.raises(Conflict):
        workspace.save_invoices([changed(first, "1"), changed(second, "2")])
    assert [row.invoice.amount for row in workspace.expected_invoices()] == [Decimal("4064.48"), Decimal(6)]


def test_a_deleted_invoice_is_gone_from_the_list_but_kept_in_the_file(settings: Settings) -> None:
    workspace = Workspace(settings, user="anna")
    (seen,) = added(workspace, OCTOBER)
    assert workspace.save_invoices([InvoiceEdit(None, seen.id, seen.version)]) == ()
    with pytest.raises(Conflict, match="deleted by anna"):
        workspace.save_invoices([changed(seen, "1")])

    connection = sqlite3.connect(workspace.database.place)
    kept = connection.execute("SELECT amount, deleted_at IS NOT NULL FROM expected_invoices").fetchall()
    connection.close()
    assert kept == [("4064.48", 1)]


def test_the_same_invoice_cannot_be_expected_twice_but_can_be_replaced_in_one_save(settings: Settings) -> None:
    workspace = Workspace(settings)
    (seen,) = added(workspace, OCTOBER)
    again = ExpectedInvoice(OCTOBER.billing_month, "USD", Decimal(1), billing_account_id="payer")
    with pytest.raises(Conflict, match="expected twice"):
        added(workspace, again)

    (replaced,) = workspace.save_invoices([InvoiceEdit(again), InvoiceEdit(None, seen.id, seen.version)])
    assert replaced.invoice == again


def test_importing_adds_what_is_new_changes_what_differs_and_leaves_the_rest(settings: Settings) -> None:
    workspace = Workspace(settings)
    months = [ExpectedInvoice(date(2026, month, 1), "EUR", Decimal(month)) for month in (1, 2)]
    assert workspace.import_invoices(months) == ImportCounts(added=2, changed=0, unchanged=0)
    assert workspace.import_invoices(months) == ImportCounts(added=0, changed=0, unchanged=2)
    corrected = ExpectedInvoice(date(2026, 2, 1), "EUR", Decimal("2.50"))
    assert workspace.import_invoices([months[0], corrected]) == ImportCounts(added=0, changed=1, unchanged=1)
    assert [(row.invoice.amount, row.version) for row in workspace.expected_invoices()] == [
        (Decimal(1), 1),
        (Decimal("2.50"), 2),
    ]


def _add_ones(home: Path, name: str, times: int) -> None:
    """Add 1 to the shared invoice ``times`` times, and one invoice of its own a round."""
    workspace = Workspace(Settings(home=home), user=name)
    for turn in range(times):
        own = ExpectedInvoice(date(2026, 1, 1) + timedelta(days=31 * turn), "USD", Decimal(turn), invoice_id=name)
        added(workspace, own)
        while True:
            shared = next(row for row in workspace.expected_invoices() if row.invoice.invoice_id == "shared")
            more = ExpectedInvoice(date(2026, 1, 1), "USD", shared.invoice.amount + 1, invoice_id="shared")
            try:
                workspace.save_invoices([InvoiceEdit(more, shared.id, shared.version)])
            except Conflict:
                continue
            break


@pytest.mark.parametrize("kind", ["processes", "threads"])
def test_writers_at_once_lose_nothing(settings: Settings, kind: str) -> None:
    added(Workspace(settings), ExpectedInvoice(date(2026, 1, 1), "USD", Decimal(0), invoice_id="shared"))
    make = multiprocessing.get_context("spawn").Process if kind == "processes" else threading.Thread
    writers = [make(target=_add_ones, args=(settings.home, f"writer {number}", 10)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    rows = Workspace(settings).expected_invoices()
    (shared,) = (row for row in rows if row.invoice.invoice_id == "shared")
    assert shared.invoice.amount == 40
    assert shared.version == 41
    assert len(rows) == 1 + 4 * 10


def test_first_writers_at_once_make_the_file_together(settings: Settings) -> None:
    def first(number: int) -> None:
        added(Workspace(settings), ExpectedInvoice(date(2026, 1, 1), "USD", Decimal(number), invoice_id=str(number)))

    writers = [threading.Thread(target=first, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert len(Workspace(settings).expected_invoices()) == 8


def test_a_damaged_file_is_named_with_what_to_do(settings: Settings) -> None:
    settings.home.mkdir()
    (settings.home / "workspace.db").write_bytes(b"this is not a database at all" * 100)
    for attempt in (Workspace(settings).expected_invoices, lambda: added(Workspace(settings), OCTOBER)):
        with pytest.raises(StorageError, match="damaged") as caught:
            attempt()
        assert "workspace.db" in caught.value.detail
        assert "backup" in caught.value.hint


def test_a_long_lock_of_another_program_is_reported_and_nothing_is_changed(settings: Settings) -> None:
    workspace = Workspace(settings)
    workspace.database = Database(settings.home / "workspace.db", busy_seconds=0.2)
    added(workspace, OCTOBER)
    other = sqlite3.connect(workspace.database.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StorageError, match="in use by another program"):
            added(workspace, ExpectedInvoice(date(2026, 1, 1), "USD", Decimal(1)))
        assert len(workspace.expected_invoices()) == 1, "reading goes on while someone writes"
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.parametrize(
    ("pragma", "message"),
    [
        # SQLite's own limits stand in for the disk: writing fails with the codes of a full and of a read-only one.
        ("max_page_count = 1", "disk is full"),
        ("query_only = 1", "cannot be written"),
    ],
)
def test_a_disk_that_refuses_keeps_what_was_there(settings: Settings, pragma: str, message: str) -> None:
    workspace = Workspace(settings)
    added(workspace, OCTOBER)
    event.listen(workspace.database.engine, "connect", lambda raw, _record: raw.execute(f"PRAGMA {pragma}"))
    with pytest.raises(StorageError, match=message):
        added(workspace, ExpectedInvoice(date(2026, 1, 1), "USD", Decimal(1), note="x" * 100_000))
    assert [row.invoice for row in Workspace(settings).expected_invoices()] == [OCTOBER]


def test_a_home_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError) as caught:
        added(Workspace(Settings(home=tmp_path / "file" / "home")), OCTOBER)
    assert str(tmp_path) in caught.value.detail
