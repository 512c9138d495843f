"""What people write, apart from the bills: a refresh of the data never touches it.

===========================  ======================================================================
``store``                    :class:`Workspace`: the one door for pages, commands and other rooms
``*records``                 frozen values that go in and out
``lifecycle``                which step leads a recommendation from which state to which; pure
``recommendations``          list, decide, edit; ``follow``: how they come and go with scans; ``intents``
``access``                   who may do what: one table, default deny
``changes``, ``audit``       permission, lock, change and audit entry in one transaction; the hash chain
``models``, ``migrations``   the tables (SQLAlchemy 2), and how earlier versions become the present one
``database``, ``failures``   SQLite or PostgreSQL: opening, transactions, upgrades, errors in plain words
===========================  ======================================================================

Any number of programs may read and write at once: every write is one transaction that takes the write lock first, and
a row changed by someone else in the meantime is a ``Conflict``, never overwritten. May be imported by ``ingest``,
``costs`` and everything above; imports only the foundation.
"""

from workbench.workspace.access import Permission, Principal, Role, Verdict, local_principal, require, why
from workbench.workspace.audit import Entry, EntryFilter
from workbench.workspace.lifecycle import Decision, State, Step, possible
from workbench.workspace.recommendation_records import (
    Amount,
    Choice,
    Edit,
    Event,
    Intent,
    IntentKind,
    Order,
    Page,
    Preview,
    Recommendation,
    RecommendationFilter,
    SavedIntent,
)
from workbench.workspace.records import ExpectedInvoice, ImportCounts, InvoiceEdit, SavedInvoice
from workbench.workspace.scan_records import Finding, Followed, SavedScan, Scan, ScanTotal
from workbench.workspace.store import Workspace

__all__ = [
    "Amount",
    "Choice",
    "Decision",
    "Edit",
    "Entry",
    "EntryFilter",
    "Event",
    "ExpectedInvoice",
    "Finding",
    "Followed",
    "ImportCounts",
    "Intent",
    "IntentKind",
    "InvoiceEdit",
    "Order",
    "Page",
    "Permission",
    "Preview",
    "Principal",
    "Recommendation",
    "RecommendationFilter",
    "Role",
    "SavedIntent",
    "SavedInvoice",
    "SavedScan",
    "Scan",
    "ScanTotal",
    "State",
    "Step",
    "Verdict",
    "Workspace",
    "local_principal",
    "possible",
    "require",
    "why",
]
