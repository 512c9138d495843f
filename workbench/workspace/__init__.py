"""What people write, apart from the bills: a refresh of the data never touches it.

========================  =========================================================================
``store``                 :class:`Workspace`: the one door for pages, commands and other rooms
``records``, ``scans``    frozen values that go in and out
``models``, ``migrations``  the tables (SQLAlchemy 2), and how earlier versions become the present one
``access``                who may do what: one table, default deny
``changes``, ``audit``    permission, lock, change and audit entry in one transaction; the hash chain
``database``              SQLite or PostgreSQL: opening, transactions, upgrades
``failures``              the databases' errors in plain words
========================  =========================================================================

Any number of programs may read and write at once: every write is one transaction that takes the write lock first, and
a row changed by someone else in the meantime is a ``Conflict``, never overwritten. May be imported by ``ingest``,
``costs`` and everything above; imports only the foundation.
"""

from workbench.workspace.access import Permission, Principal, Role, Verdict, local_principal, require, why
from workbench.workspace.audit import Entry, EntryFilter
from workbench.workspace.records import ExpectedInvoice, ImportCounts, InvoiceEdit, SavedInvoice
from workbench.workspace.scans import Finding, SavedScan, Scan, ScanTotal
from workbench.workspace.store import Workspace

__all__ = [
    "Entry",
    "EntryFilter",
    "ExpectedInvoice",
    "Finding",
    "ImportCounts",
    "InvoiceEdit",
    "Permission",
    "Principal",
    "Role",
    "SavedInvoice",
    "SavedScan",
    "Scan",
    "ScanTotal",
    "Verdict",
    "Workspace",
    "local_principal",
    "require",
    "why",
]
