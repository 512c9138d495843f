"""Tables of the workspace (SQLAlchemy 2), one module a subject; ``base`` holds what they share."""

from workbench.workspace.models.audit import AuditRow
from workbench.workspace.models.base import Base
from workbench.workspace.models.invoices import ExpectedInvoiceRow
from workbench.workspace.models.notes import AnnotationRow, BudgetRow, SavedViewRow
from workbench.workspace.models.recommendations import (
    IntentRow,
    RecommendationEventRow,
    RecommendationRow,
    RecommendationTagRow,
)
from workbench.workspace.models.scans import ScanFindingRow, ScanRow

__all__ = [
    "AnnotationRow",
    "AuditRow",
    "Base",
    "BudgetRow",
    "ExpectedInvoiceRow",
    "IntentRow",
    "RecommendationEventRow",
    "RecommendationRow",
    "RecommendationTagRow",
    "SavedViewRow",
    "ScanFindingRow",
    "ScanRow",
]
