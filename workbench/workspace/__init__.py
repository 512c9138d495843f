"""What people write: ``<home>/workspace.db``, one SQLite file that a refresh of the bills never touches.

========================  =========================================================================
``records``               frozen values other rooms receive and give back; no database in them
``models``                the tables (SQLAlchemy 2), money as exact text, times in UTC
``database``              opening, transactions, and SQLite's errors in plain words
``store``                 :class:`Workspace`: read, save with a version check, delete softly
========================  =========================================================================

Any number of programs may read and write at once: every write is one transaction that takes the write lock first, and
a row changed by someone else in the meantime is a ``Conflict``, never overwritten. May be imported by ``ingest``,
``costs`` and everything above; imports only the foundation.
"""

from workbench.workspace.records import ExpectedInvoice, ImportCounts, InvoiceEdit, SavedInvoice
from workbench.workspace.store import Workspace

__all__ = ["ExpectedInvoice", "ImportCounts", "InvoiceEdit", "SavedInvoice", "Workspace"]
