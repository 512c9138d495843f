"""A workspace of any earlier version opens in this one with everything in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from workbench.errors import BadSetting, StorageError
from workbench.settings import Settings
from workbench.workspace import ExpectedInvoice, InvoiceEdit, Workspace, migrations
from workbench.workspace.database import Database, open_database
from workbench.workspace.models import Base

SCRIPTS = ScriptDirectory(str(Path(migrations.__file__).parent))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
OCTOBER = ExpectedInvoice(date(2026, 10, 1), "USD", Decimal("12.30"))

# As the first release made it, taken from its file.
FIRST_RELEASE = """
CREATE TABLE expected_invoices (id INTEGER NOT NULL, billing_month DATE NOT NULL, currency VARCHAR NOT NULL,
    amount VARCHAR NOT NULL, invoice_issuer VARCHAR, invoice_id VARCHAR, billing_account_id VARCHAR,
    includes_tax BOOLEAN NOT NULL, note VARCHAR NOT NULL, version INTEGER NOT NULL, created_at DATETIME NOT NULL,
    created_by VARCHAR NOT NULL, updated_at DATETIME NOT NULL, updated_by VARCHAR NOT NULL, deleted_at DATETIME,
    PRIMARY KEY (id));
CREATE UNIQUE INDEX expected_invoices_once ON expected_invoices (billing_month, currency, coalesce(invoice_issuer, ''),
    coalesce(invoice_id, ''), coalesce(billing_account_id, '')) WHERE deleted_at IS NULL;
INSERT INTO expected_invoices VALUES (1, '2026-10-01', 'USD', '12.30', NULL, NULL, NULL, 0, '', 1,
    '2026-11-05 09:00:00.000000', 'anna', '2026-11-05 09:00:00.000000', 'anna', NULL);
"""


def first_release(settings: Settings) -> None:
    settings.home.mkdir()
    with closing(sqlite3.connect(settings.home / "workspace.db")) as connection:
        connection.executescript(FIRST_RELEASE)


def test_the_program_works_with_the_newest_revision_and_there_is_one_line_of_them() -> None:
    assert SCRIPTS.get_heads() == [migrations.HEAD]
    assert sorted(REVISIONS) == REVISIONS


def test_the_file_of_the_first_release_is_upgraded_on_reading_and_a_copy_is_kept(settings: Settings) -> None:
    first_release(settings)
    workspace = Workspace(settings)
    (kept,) = workspace.expected_invoices()
    assert (kept.invoice, kept.updated_by) == (OCTOBER, "anna")
    assert workspace.scans() == ()
    with closing(sqlite3.connect(settings.home / f"workspace.db.before-{migrations.HEAD}")) as copy:
        tables = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        assert tables == [("expected_invoices",)]
        assert copy.execute("SELECT amount FROM expected_invoices").fetchall() == [("12.30",)]


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_earlier_revision_is_upgraded_with_its_data(shared: Settings, revision: str) -> None:
    _at_revision(open_database(shared), revision)

    workspace = Workspace(shared)
    (kept,) = workspace.expected_invoices()
    assert kept.invoice == OCTOBER
    (changed,) = workspace.save_invoices([InvoiceEdit(None, kept.id, kept.version), InvoiceEdit(OCTOBER)])
    assert changed.invoice == OCTOBER


def _at_revision(database: Database, revision: str) -> None:
    """Make the tables as ``revision`` had them, with one invoice."""
    if isinstance(database.place, Path):
        database.place.parent.mkdir(parents=True)
    with database.engine.execution_options(workbench_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("CREATE SCHEMA workspace"))
        migrations.upgrade(connection, revision)
        connection.execute(
            text(
                "INSERT INTO expected_invoices (id, billing_month, currency, amount, includes_tax, note, version,"
                " created_at, created_by, updated_at, updated_by)"
                " VALUES (1000, '2026-10-01', 'USD', '12.30', false, '',"
                " 1, '2026-11-05 09:00:00.000000', 'anna', '2026-11-05 09:00:00.000000', 'anna')"
            )
        )


# SQLite has the index, only reading it back is not supported; another test breaks when it is absent.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_migrations_make_exactly_the_tables_the_program_declares(shared: Settings) -> None:
    workspace = Workspace(shared)
    workspace.save_invoices([InvoiceEdit(OCTOBER)])
    with workspace.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_workspace_of_a_newer_version_is_left_alone(shared: Settings) -> None:
    workspace = Workspace(shared)
    workspace.save_invoices([InvoiceEdit(OCTOBER)])
    with workspace.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (Workspace(shared).expected_invoices, lambda: Workspace(shared).save_invoices([])):
        with pytest.raises(StorageError, match="newer version"):
            attempt()


def test_an_upgrade_that_fails_changes_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first_release(settings)

    def half(connection, revision=migrations.HEAD, *, stamp=None):
        migrations.upgrade(connection, revision, stamp=stamp)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.workspace.database.upgrade", half)
    with pytest.raises(StorageError, match="disk is full"):
        Workspace(settings).expected_invoices()
    with closing(sqlite3.connect(settings.home / "workspace.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [
            ("expected_invoices",)
        ]


@pytest.mark.parametrize("address", ["mysql://host/db", "not an address", "sqlite:///x.db"])
def test_an_address_that_is_not_postgres_is_a_bad_setting(address: str, settings: Settings, monkeypatch) -> None:
    monkeypatch.setenv("WORKBENCH_WORKSPACE_URL", address)
    with pytest.raises(BadSetting, match="workspace_url"):
        Workspace(Settings())


def test_a_server_that_is_not_there_is_a_storage_error_without_the_password(settings: Settings, monkeypatch) -> None:
    monkeypatch.setenv("WORKBENCH_WORKSPACE_URL", "postgresql://anna:geheim@127.0.0.1:1/none")
    with pytest.raises(StorageError, match="does not answer") as caught:
        Workspace(Settings()).scans()
    assert "geheim" not in str(caught.value)
