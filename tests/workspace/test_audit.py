"""Every change leaves an entry that nobody can take back unseen."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from workbench.errors import Conflict, StorageError
from workbench.settings import Settings
from workbench.workspace import EntryFilter, ExpectedInvoice, InvoiceEdit, Workspace
from workbench.workspace.audit import Broken, verify_chain

OCTOBER = ExpectedInvoice(date(2026, 10, 1), "USD", Decimal("12.30"), note="\0 caf\u00e9 \ud800")


@pytest.fixture
def three_changes(shared: Settings, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Anna adds an invoice, Boris changes it, Anna deletes it."""
    anna, boris = Workspace(shared, user="anna", request_id="req-1"), Workspace(shared, user="boris")
    changed = ExpectedInvoice(OCTOBER.billing_month, "USD", Decimal(13))
    changes = ((anna, InvoiceEdit(OCTOBER)), (boris, InvoiceEdit(changed, 1, 1)), (anna, InvoiceEdit(None, 1, 2)))
    for day, (who, edit) in enumerate(changes, start=1):
        monkeypatch.setenv("WORKBENCH_NOW", f"2026-11-0{day}T09:00:00.000001Z")
        who.save_invoices([edit])
    return anna


def broken(workspace: Workspace) -> Broken | None:
    with workspace.database.reading() as session:
        assert session is not None
        return verify_chain(session)


def tamper(workspace: Workspace, statement: str) -> None:
    """Change the log as someone with the database in their hands could: without the triggers."""
    with workspace.database.engine.execution_options(workbench_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        else:
            connection.execute(text("DROP TRIGGER audit_log_no_update"))
            connection.execute(text("DROP TRIGGER audit_log_no_delete"))
        connection.execute(text(statement))


def test_each_change_is_an_entry_with_who_when_from_what_to_what(three_changes: Workspace) -> None:
    deleted, changed, added = three_changes.activity()
    assert [one.action for one in (added, changed, deleted)] == ["invoice.add", "invoice.change", "invoice.delete"]
    assert (added.id, added.actor, added.object_kind, added.object_id) == (1, "anna", "expected_invoice", "1")
    assert added.at == datetime(2026, 11, 1, 9, 0, 0, 1, tzinfo=UTC)
    assert added.before is None
    assert added.after["amount"] == Decimal("12.3")
    assert (changed.before["amount"], changed.after["amount"]) == (Decimal("12.3"), 13)
    assert (deleted.before["amount"], deleted.after) == (13, None)
    assert added.request_id == deleted.request_id == "req-1"
    assert changed.request_id not in {"", "req-1"}


def test_the_chain_is_sha256_over_everything_and_the_entry_before(three_changes: Workspace) -> None:
    with three_changes.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM audit_log ORDER BY id")).mappings().all()
    previous = "0" * 64
    for day, row in enumerate(rows, start=1):
        covered = [
            row["id"],
            f"2026-11-0{day}T09:00:00.000001",
            *(row[name] for name in ("actor", "action", "object_kind", "object_id", "before", "after", "request_id")),
            previous,
        ]
        previous = hashlib.sha256(json.dumps(covered, separators=(",", ":")).encode()).hexdigest()
        assert row["hash"] == previous
    assert broken(three_changes) is None


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'eve'", "DELETE FROM audit_log"])
def test_the_database_refuses_to_change_an_entry(three_changes: Workspace, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match="append-only"),
        three_changes.database.engine.execution_options(workbench_writes=True).begin() as connection,
    ):
        connection.execute(text(statement))
    assert len(three_changes.activity()) == 3


@pytest.mark.parametrize(
    ("statement", "entry", "reason"),
    [
        ("UPDATE audit_log SET actor = 'eve' WHERE id = 2", 2, "altered"),
        ("UPDATE audit_log SET after = replace(after, '12.3', '99.9') WHERE id = 1", 1, "altered"),
        ("UPDATE audit_log SET at = '2026-11-09 09:00:00.000000' WHERE id = 3", 3, "altered"),
        ("DELETE FROM audit_log WHERE id = 2", 2, "missing"),
        ("DELETE FROM audit_log WHERE id = 1", 1, "missing"),
        ("UPDATE audit_log SET previous_hash = hash WHERE id = 2", 2, "does not follow"),
    ],
)
def test_tampering_shows_at_the_entry_it_touched(
    three_changes: Workspace, statement: str, entry: int, reason: str
) -> None:
    tamper(three_changes, statement)
    found = broken(three_changes)
    assert found is not None
    assert found.entry == entry
    assert reason in found.reason


def test_a_refused_change_leaves_no_entry(three_changes: Workspace) -> None:
    with pytest.raises(Conflict):
        three_changes.save_invoices([InvoiceEdit(OCTOBER), InvoiceEdit(OCTOBER, 1, 1)])
    assert len(three_changes.activity()) == 3


def test_a_change_that_cannot_be_logged_is_not_made(shared: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.workspace.audit.append", full)
    with pytest.raises(StorageError, match="disk is full"):
        Workspace(shared).save_invoices([InvoiceEdit(OCTOBER)])
    assert Workspace(shared).expected_invoices() == ()


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (EntryFilter(), [3, 2, 1]),
        (EntryFilter(actor="boris"), [2]),
        (EntryFilter(action="invoice.add"), [1]),
        (EntryFilter(object_kind="expected_invoice", object_id="1"), [3, 2, 1]),
        (EntryFilter(object_id="2"), []),
        (EntryFilter(since=datetime(2026, 11, 2, tzinfo=UTC)), [3, 2]),
        (EntryFilter(until=datetime(2026, 11, 2, tzinfo=UTC)), [1]),
        (EntryFilter(text="café"), [2, 1]),
        (EntryFilter(text="%"), []),
    ],
)
def test_entries_are_found_by_what_they_say(three_changes: Workspace, wanted: EntryFilter, ids: list[int]) -> None:
    assert [one.id for one in three_changes.activity(wanted)] == ids


def test_the_log_is_read_page_by_page(three_changes: Workspace) -> None:
    assert [one.id for one in three_changes.activity(limit=2)] == [3, 2]
    assert [one.id for one in three_changes.activity(limit=2, before=2)] == [1]
