"""What people write, apart from the bills: a refresh of the data never touches it.

========================  =========================================================================
``store``                 :class:`Workspace`: the one door for pages, commands and other rooms
``records``, ``scans``    frozen values that go in and out
``models``, ``migrations``  the tables (SQLAlchemy 2), and how earlier versions become the present one
``database``              SQLite or PostgreSQL: opening, transactions, upgrades
``failures``              the databases' errors in plain words
========================  =========================================================================

Any number of programs may read and write at once: every write is one transaction that takes the write lock first, and
a row changed by someone else in the meantime is a ``Conflict``, never overwritten. May be imported by ``ingest``,
``costs`` and everything above; imports only the foundation.
"""

from workbench.workspace.records import ExpectedInvoice, ImportCounts, InvoiceEdit, SavedInvoice
from workbench.workspace.scans import Finding, SavedScan, Scan, ScanTotal
from workbench.workspace.store import Workspace

__all__ = [
    "ExpectedInvoice",
    "Finding",
    "ImportCounts",
    "InvoiceEdit",
    "SavedInvoice",
    "SavedScan",
    "Scan",
    "ScanTotal",
    "Workspace",
]
