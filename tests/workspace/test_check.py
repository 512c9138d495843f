"""What was tampered with is found; what was backed up comes back, on the same engine or the other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from tests.support.postgres import fresh_database
from tests.support.scans import finding, scan
from workbench.errors import AccessDenied, BadFile, StorageError
from workbench.settings import Settings
from workbench.workspace import (
    Choice,
    Decision,
    Edit,
    ExpectedInvoice,
    InvoiceEdit,
    Principal,
    Role,
    Step,
    Workspace,
)
from workbench.workspace.budgets import Budget, BudgetPeriod
from workbench.workspace.note_records import Annotation, Subject, View
from workbench.workspace.recommendation_records import Intent, IntentKind


def fill(workspace: Workspace) -> None:
    """Something of everything; the second recommendation is a duplicate of the third."""
    workspace.record_scan(scan(), [finding("i-1", tags={"env": "dev"}), finding("i-2"), finding("i-3", None)])
    workspace.recommendations.decide([Choice(2, 1)], Decision(Step.DUPLICATE, duplicate_of=3))
    workspace.recommendations.decide([Choice(1, 1)], Decision(Step.REJECT, "wanted \0 é"))
    workspace.recommendations.edit([Choice(3, 1)], Edit(assignee="boris", due=date(2027, 1, 1)))
    workspace.record_scan(scan(1), [finding("i-2")])
    workspace.save_invoices([InvoiceEdit(ExpectedInvoice(date(2026, 10, 1), "USD", Decimal("12.30")))])
    workspace.annotations.add(Annotation(Subject.DATES, "Launch", "", date(2026, 11, 1), date(2026, 11, 2)))
    workspace.views.save(View("Week", "explore"))
    workspace.budgets.save(Budget(Decimal("0.10"), "USD", BudgetPeriod.MONTH, date(2026, 11, 1)))


@pytest.fixture
def workspace(shared: Settings) -> Workspace:
    workspace = Workspace(shared, user="anna")
    fill(workspace)
    return workspace


def tamper(workspace: Workspace, statement: str) -> None:
    with workspace.database.writer().begin() as connection:
        tables = ("audit_log", "recommendation_events")
        for table in tables:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            else:
                connection.execute(text(f"DROP TRIGGER {table}_no_update"))
                connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
        connection.execute(text(statement))


def test_a_workspace_in_use_is_whole(workspace: Workspace) -> None:
    report = workspace.check()
    assert report.problems == ()
    assert (report.entries, report.recommendations) == (9, 3)
    assert report.head == workspace.activity(limit=1)[0].hash
    assert workspace.check(contains=workspace.activity()[4].hash).whole


def test_what_was_changed_and_deleted_by_its_commands_is_whole(workspace: Workspace) -> None:
    rule = workspace.save_intent(Intent(IntentKind.TAG, "dev", "on purpose", date(2099, 1, 1), "env"))
    workspace.delete_intent(rule.id, rule.version)
    workspace.annotations.change(1, 1, Annotation(Subject.DATES, "1 \0 é", "", date(2026, 11, 1), date(2026, 11, 2)))
    workspace.views.save(View("Other", "explore", start=True))
    workspace.views.save(View("Third", "explore", start=True))
    workspace.budgets.delete(1, 1)
    assert workspace.check().problems == ()


def test_nothing_yet_is_whole_too(shared: Settings) -> None:
    report = Workspace(shared).check()
    assert (report.whole, report.revision, report.entries) == (True, None, 0)
    assert not Workspace(shared).check(contains="ab" * 32).whole


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE audit_log SET actor = 'eve' WHERE id = 2", "From entry 2 on"),
        ("UPDATE recommendations SET state = 'open' WHERE id = 1", "Recommendation 1 is open, its history leads to"),
        ("UPDATE recommendation_events SET reason = 'x' WHERE step = 'reject'", "says something else than the entry"),
        ("UPDATE recommendation_events SET actor = 'x' WHERE step = 'reject'", "says something else than the entry"),
        ("DELETE FROM recommendation_events WHERE step = 'reject'", "is missing"),
        ("DELETE FROM recommendation_events WHERE step = 'find' AND recommendation_id = 3", "begins at open"),
        ("UPDATE recommendation_events SET reason = 'x' WHERE step = 'expire'", "are not those it took"),
        ("DELETE FROM recommendation_events WHERE recommendation_id = 1", "Recommendation 1 has no history"),
        ("UPDATE recommendations SET assignee = 'eve' WHERE id = 1", "The plan of recommendation 1 is not what audit"),
        (
            "UPDATE recommendations SET due = '2027-01-02' WHERE id = 3",
            "The plan of recommendation 3 is not what audit",
        ),
        ("UPDATE recommendations SET priority = 3 WHERE id = 2", "The plan of recommendation 2 is not"),
        ("UPDATE annotations SET body = 'Delayed' WHERE id = 1", "Annotation 1 is not what audit entry 7 left"),
        ("UPDATE budgets SET amount = '0.2' WHERE id = 1", "Budget 1 is not what audit entry 9 left"),
        ("UPDATE expected_invoices SET amount = '12.40' WHERE id = 1", "Expected invoice 1 is not what audit entry"),
        ("UPDATE saved_views SET deleted_at = updated_at WHERE id = 1", "Saved view 1 is not what audit entry 8 left"),
        ("DELETE FROM annotations WHERE id = 1", "Annotation 1 of audit entry 7 is missing"),
        ("UPDATE budgets SET id = 5 WHERE id = 1", "Budget 5 is in no audit entry"),
    ],
)
def test_tampering_is_found(workspace: Workspace, statement: str, message: str) -> None:
    tamper(workspace, statement)
    report = workspace.check()
    assert not report.whole
    assert any(message in problem.message for problem in report.problems), report.problems


def test_an_end_that_was_cut_off_is_found_by_a_noted_hash_and_by_the_steps(settings: Settings) -> None:
    workspace = Workspace(settings)
    fill(workspace)
    noted = workspace.check().head
    # Without the triggers and without foreign keys, which would keep the entries that steps refer to.
    with closing(sqlite3.connect(settings.home / "workspace.db")) as connection:
        connection.executescript("DROP TRIGGER audit_log_no_delete; DELETE FROM audit_log WHERE id > 4")
    said = {one.message for one in workspace.check(contains=noted).problems}
    assert "The noted entry is not in it: it was cut off or rewritten" in said
    assert "Steps refer to audit entry 5, which is not that of a scan" in said


@pytest.mark.parametrize("damage", [b"x" * 4096, b""], ids=["a page overwritten", "cut short"])
def test_a_damaged_file_is_found(settings: Settings, damage: bytes) -> None:
    fill(Workspace(settings))
    path = settings.home / "workspace.db"
    whole = path.read_bytes()
    middle = len(whole) // 8192 * 4096
    path.write_bytes(whole[:middle] + damage + (whole[middle + 4096 :] if damage else b""))
    assert "file" in {one.area for one in Workspace(settings).check().problems}


def everything(workspace: Workspace) -> dict[str, list]:
    return {name: rows for name, _, rows in workspace.export() if name != "audit_log"}


@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_a_backup_is_restored_whole_into_either_engine(
    workspace: Workspace, tmp_path: Path, target: str, request: pytest.FixtureRequest
) -> None:
    backup = workspace.back_up(tmp_path / "backups" / "today.db")
    assert (backup.entries, backup.head) == (9, workspace.check().head)

    other = Settings(home=tmp_path / "other")
    if target == "postgres":
        address = fresh_database(request.getfixturevalue("postgres"))
        other = other.model_copy(update={"workspace_url": SecretStr(address)})
    restored = Workspace(other, user="boris")
    restored.save_invoices([InvoiceEdit(ExpectedInvoice(date(2020, 1, 1), "USD", Decimal(1)))])
    restored.restore(backup.path, keep=tmp_path / "kept.db")

    assert [path.name for path in backup.path.parent.iterdir()] == ["today.db"]
    assert everything(restored) == everything(workspace)
    report = restored.check(contains=backup.head)
    assert (report.problems, report.entries) == ((), 10)
    assert restored.activity(limit=1)[0].action == "workspace.restore"
    restored.record_scan(scan(2), [finding("i-9")])
    restored.budgets.save(Budget(Decimal(1), "EUR", BudgetPeriod.YEAR, date(2026, 1, 1)))
    assert restored.check().whole, "new rows get numbers of their own"

    back = Workspace(Settings(home=tmp_path / "back"))
    back.restore(tmp_path / "kept.db", keep=tmp_path / "nothing.db")
    assert [one.invoice.amount for one in back.expected_invoices()] == [Decimal(1)]
    assert not (tmp_path / "nothing.db").exists()


def test_a_backup_never_overwrites_and_needs_something_to_back_up(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("mine")
    with pytest.raises(StorageError, match="is there already"):
        workspace.back_up(tmp_path / "there.db")
    with pytest.raises(StorageError, match="nothing to back up"):
        Workspace(Settings(home=tmp_path / "empty")).back_up(tmp_path / "new.db")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["there.db"]


@pytest.mark.parametrize("content", ["absent", "text", "other database", "damaged", "tampered"])
def test_what_is_no_whole_backup_is_refused_and_nothing_is_changed(
    workspace: Workspace, tmp_path: Path, content: str
) -> None:
    source = tmp_path / "source.db"
    if content == "text":
        source.write_text("not a database at all" * 500)
    elif content == "other database":
        with closing(sqlite3.connect(source)) as connection:
            connection.execute("CREATE TABLE t (x)")
    elif content in {"damaged", "tampered"}:
        workspace.back_up(source)
        if content == "damaged":
            source.write_bytes(source.read_bytes()[:20_000])
        else:
            with closing(sqlite3.connect(source)) as connection:
                connection.execute("UPDATE recommendations SET state = 'verified'")
                connection.commit()
    before = everything(workspace)
    with pytest.raises(BadFile):
        workspace.restore(source, keep=tmp_path / "kept.db")
    assert everything(workspace) == before
    assert not (tmp_path / "kept.db").exists()


def test_a_damaged_workspace_can_be_restored_and_is_kept_aside(settings: Settings, tmp_path: Path) -> None:
    workspace = Workspace(settings)
    fill(workspace)
    backup = workspace.back_up(tmp_path / "today.db")
    (settings.home / "workspace.db").write_bytes(b"damaged" * 1000)
    Workspace(settings).restore(backup.path, keep=tmp_path / "kept.db")
    assert Workspace(settings).check(contains=backup.head).whole
    assert (tmp_path / "kept.db").read_bytes() == b"damaged" * 1000


def test_backup_and_restore_are_for_administrators(workspace: Workspace, shared: Settings, tmp_path: Path) -> None:
    alex = Workspace(shared, principal=Principal("alex", frozenset({Role.ANALYST})))
    vera = Workspace(shared, principal=Principal("vera", frozenset({Role.VIEWER})))
    for attempt in (
        lambda: alex.back_up(tmp_path / "b.db"),
        lambda: alex.restore(tmp_path / "b.db", keep=tmp_path / "k.db"),
        lambda: list(vera.export()),
    ):
        with pytest.raises(AccessDenied):
            attempt()
    assert alex.check().whole
