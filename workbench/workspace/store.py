"""The workspace: the one door to everything people write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from workbench.settings import Settings
from workbench.workspace import audit, intents, invoices, scans
from workbench.workspace.access import Permission, Principal, local_principal
from workbench.workspace.annotations import Annotations
from workbench.workspace.backup import Backup, ExportedTable, back_up, export, restore
from workbench.workspace.budgets import Budgets
from workbench.workspace.changes import Desk
from workbench.workspace.check import CheckReport, check
from workbench.workspace.database import open_database
from workbench.workspace.recommendation_records import Intent, SavedIntent
from workbench.workspace.recommendations import Recommendations
from workbench.workspace.records import ExpectedInvoice, ImportCounts, InvoiceEdit, SavedInvoice
from workbench.workspace.scan_records import Finding, Key, SavedScan, Scan
from workbench.workspace.views import SavedViews

__all__ = ["Workspace"]


class Workspace:
    """What people wrote, in one place: see the package for its rules.

    Every method may raise ``AccessDenied`` (the principal may not) and ``StorageError`` (the place is damaged, locked
    or cannot be written). Reading a workspace nobody has written to makes no file.

    Args:
        settings: name the place: ``workspace_url``, else the file ``workspace.db`` under ``home``.
        user: short for the local principal under another name.
        principal: who acts; default: the user of the operating system.
        request_id: ties audit entries to the request they came from; default: one of its own for each change.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        user: str | None = None,
        principal: Principal | None = None,
        request_id: str | None = None,
    ) -> None:
        self.database = open_database(settings)
        self.principal = principal or local_principal(user)
        self._request_id = request_id

    @property
    def desk(self) -> Desk:
        """Where reads and writes happen; for the parts of this package."""
        return Desk(self.database, self.principal, self._request_id)

    @property
    def recommendations(self) -> Recommendations:
        """Possible savings and what was decided about them."""
        return Recommendations(self.desk)

    @property
    def annotations(self) -> Annotations:
        """What people remarked on recommendations, anomalies, resources, views and days."""
        return Annotations(self.desk)

    @property
    def views(self) -> SavedViews:
        """Named addresses of pages."""
        return SavedViews(self.desk)

    @property
    def budgets(self) -> Budgets:
        """Planned costs."""
        return Budgets(self.desk)

    def expected_invoices(self) -> tuple[SavedInvoice, ...]:
        """All expected invoices that are not deleted, by month, issuer, account and id."""
        return invoices.read_all(self.desk)

    def save_invoices(self, edits: Sequence[InvoiceEdit]) -> tuple[SavedInvoice, ...]:
        """Save all changes or none; the invoices as they are afterwards.

        Raises:
            Conflict: a row was changed or deleted by someone else since it was shown, or the same invoice is there
                already; names who and when.
        """
        return invoices.save(self.desk, edits)

    def import_invoices(self, new: Iterable[ExpectedInvoice]) -> ImportCounts:
        """Add what is new and change what is there (same month, currency, issuer, id and account); all or nothing."""
        return invoices.import_all(self.desk, new)

    def record_scan(self, scan: Scan, findings: Iterable[Finding], *, not_judged: Collection[Key] = ()) -> SavedScan:
        """Keep a run of checks with all it found, and bring the recommendations up to date, in one transaction.

        Args:
            scan: the run; only what the checks in ``checks_run`` no longer find is gone.
            findings: all of them.
            not_judged: (account, resource, check) that could not be judged this time: not found, but not gone either.
        """
        return scans.record(self.desk, scan, findings, not_judged)

    def scans(self, limit: int = 50) -> tuple[SavedScan, ...]:
        """The newest scans first."""
        with self.desk.reading() as session:
            return scans.newest(session, limit) if session else ()

    def findings(self, scan_id: int) -> tuple[Finding, ...]:
        """What a scan found, by check, account and resource; empty for a scan that is not there."""
        with self.desk.reading() as session:
            return scans.findings(session, scan_id) if session else ()

    def intents(self) -> tuple[SavedIntent, ...]:
        """Rules about what is intentional, also those that have expired, with what each holds back today."""
        return intents.read_all(self.desk)

    def save_intent(self, intent: Intent, *, id: int | None = None, version: int | None = None) -> SavedIntent:
        """Add a rule, or change the rule ``id`` as it was in ``version`` (None overwrites).

        Raises:
            BadDecision: it lacks its reason, key or a day in the future.
            Conflict: it was changed or deleted by someone else.
        """
        return intents.save(self.desk, intent, id=id, version=version)

    def delete_intent(self, id: int, version: int | None) -> None:
        """Take a rule back; what it held back shows again.

        Raises:
            Conflict: it was changed or deleted by someone else.
        """
        intents.delete(self.desk, id, version)

    def activity(
        self, wanted: audit.EntryFilter = audit.ANY, *, limit: int = 100, before: int | None = None
    ) -> tuple[audit.Entry, ...]:
        """The audit log, newest first; ``before`` gives the next page."""
        with self.desk.reading(Permission.READ_AUDIT) as session:
            return audit.entries(session, wanted, limit, before) if session else ()

    def check(self, *, contains: str | None = None) -> CheckReport:
        """Verify the file, the audit chain, and that every state follows from its history.

        Args:
            contains: hash of an audit entry noted down earlier, which must still be there.
        """
        return check(self.desk, contains=contains)

    def back_up(self, target: Path) -> Backup:
        """Write a consistent copy of everything to the new file ``target``; see ``backup``."""
        return back_up(self.desk, target)

    def restore(self, source: Path, *, keep: Path) -> Backup:
        """Put a backup in the place of everything; what there was is first backed up to ``keep``.

        Raises:
            BadFile: ``source`` is no backup, or a damaged one; nothing was changed.
        """
        return restore(self.desk, source, keep)

    def export(self) -> Iterator[ExportedTable]:
        """Every table with its column names and rows, in one consistent view."""
        return export(self.desk)
