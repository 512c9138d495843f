"""The workspace: read what people wrote, save changes with a version check."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Conflict
from workbench.settings import Settings
from workbench.workspace import scans
from workbench.workspace.database import open_database
from workbench.workspace.models import ExpectedInvoiceRow
from workbench.workspace.records import ExpectedInvoice, ImportCounts, InvoiceEdit, SavedInvoice
from workbench.workspace.scans import Finding, SavedScan, Scan

__all__ = ["Workspace"]


class Workspace:
    """What people wrote, in one place: see the package for its rules.

    Args:
        settings: name the place: ``workspace_url``, else the file ``workspace.db`` under ``home``.
        user: who writes; default: the operating system's user.
    """

    def __init__(self, settings: Settings, *, user: str | None = None) -> None:
        self.user = user or _os_user()
        self.database = open_database(settings)

    def expected_invoices(self) -> tuple[SavedInvoice, ...]:
        """All expected invoices that are not deleted, by month, issuer, account and id.

        A workspace that nobody has written to yet is empty; reading does not make the file.

        Raises:
            StorageError: the file is damaged, locked or cannot be read.
        """
        with self.database.reading() as session:
            return tuple(row.saved() for row in _live(session)) if session else ()

    def save_invoices(self, edits: Sequence[InvoiceEdit]) -> tuple[SavedInvoice, ...]:
        """Save all changes or none; the invoices as they are afterwards.

        Raises:
            Conflict: a row was changed or deleted by someone else since it was shown, or the same invoice is there
                already; names who and when.
            StorageError: the file cannot be written.
        """
        now = clock.now()
        try:
            with self.database.writing() as session:
                # Deletions first: an invoice may be deleted and typed in anew in one save.
                for edit in sorted(edits, key=lambda edit: edit.invoice is not None):
                    self._apply(session, edit, now)
                session.flush()
                return tuple(row.saved() for row in _live(session))
        except IntegrityError as exc:
            raise Conflict(
                "The same invoice is expected twice",
                detail="Month, currency, issuer, invoice id and account together name one invoice",
                hint="Change the row that is there instead of adding another; reload to see it",
            ) from exc

    def import_invoices(self, invoices: Iterable[ExpectedInvoice]) -> ImportCounts:
        """Add what is new and change what is there (same month, currency, issuer, id and account); all or nothing.

        Raises:
            StorageError: the file cannot be written.
        """
        now = clock.now()
        added = changed = unchanged = 0
        with self.database.writing() as session:
            present = {row.saved().invoice.key: row for row in _live(session)}
            for invoice in invoices:
                row = present.get(invoice.key)
                if row is None:
                    row = self._new(invoice, now)
                    session.add(row)
                    present[invoice.key] = row
                    added += 1
                elif row.saved().invoice == invoice:
                    unchanged += 1
                else:
                    self._change(row, invoice, now)
                    changed += 1
        return ImportCounts(added, changed, unchanged)

    def record_scan(self, scan: Scan, findings: Iterable[Finding]) -> SavedScan:
        """Keep a run of checks with all it found, in one transaction.

        Raises:
            StorageError: the workspace cannot be written.
        """
        with self.database.writing() as session:
            return scans.record(session, scan, findings, self.user)

    def scans(self, limit: int = 50) -> tuple[SavedScan, ...]:
        """The newest scans first.

        Raises:
            StorageError: the workspace cannot be read.
        """
        with self.database.reading() as session:
            return scans.newest(session, limit) if session else ()

    def findings(self, scan_id: int) -> tuple[Finding, ...]:
        """What a scan found, by check, account and resource; empty for a scan that is not there.

        Raises:
            StorageError: the workspace cannot be read.
        """
        with self.database.reading() as session:
            return scans.findings(session, scan_id) if session else ()

    def _apply(self, session: Session, edit: InvoiceEdit, now: datetime) -> None:
        if edit.id is None:
            if edit.invoice is not None:
                session.add(self._new(edit.invoice, now))
            return
        row = session.get(ExpectedInvoiceRow, edit.id)
        if row is None or row.deleted_at is not None or row.version != edit.version:
            raise _conflict(row)
        if edit.invoice is None:
            row.deleted_at = now
            row.version += 1
            row.updated_at, row.updated_by = now, self.user
            session.flush()
        else:
            self._change(row, edit.invoice, now)

    def _new(self, invoice: ExpectedInvoice, now: datetime) -> ExpectedInvoiceRow:
        row = ExpectedInvoiceRow(
            version=1, created_at=now, created_by=self.user, updated_at=now, updated_by=self.user, deleted_at=None
        )
        row.write(invoice)
        return row

    def _change(self, row: ExpectedInvoiceRow, invoice: ExpectedInvoice, now: datetime) -> None:
        row.write(invoice)
        row.version += 1
        row.updated_at, row.updated_by = now, self.user


def _live(session: Session) -> list[ExpectedInvoiceRow]:
    kind = ExpectedInvoiceRow
    found = select(kind).where(kind.deleted_at.is_(None))
    order = (kind.billing_month, kind.invoice_issuer, kind.billing_account_id, kind.invoice_id, kind.id)
    return list(session.scalars(found.order_by(*order)))


def _conflict(row: ExpectedInvoiceRow | None) -> Conflict:
    if row is None:
        return Conflict("This expected invoice is no longer there", hint="Reload to see the present state")
    what = "deleted" if row.deleted_at is not None else "changed"
    return Conflict(
        f"This expected invoice was {what} by {row.updated_by} at {row.updated_at:%Y-%m-%d %H:%M:%S} UTC",
        detail="Nothing of this save was stored",
        hint="Reload to see their change, or reload and enter yours again to overwrite it",
    )


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container's user need not have a name.
        return "unknown"
