"""Tables of what people note and plan: annotations, saved views, budgets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.workspace.models.base import Base, JsonText
from workbench.workspace.models.versioned import Versioned

__all__ = ["AnnotationRow", "BudgetRow", "SavedViewRow"]


class AnnotationRow(Versioned, Base):
    """A text on something; a date range has its days, everything else its id."""

    __tablename__ = "annotations"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    body: Mapped[str]
    search_text: Mapped[str]

    __table_args__ = (
        Index("annotations_of_subject", "subject_kind", "subject_id"),
        Index("annotations_by_day", "first_day", "last_day"),
    )


class SavedViewRow(Versioned, Base):
    """A named address of a page."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    page: Mapped[str]
    query: Mapped[str]
    shared: Mapped[bool]
    start: Mapped[bool]

    __table_args__ = (
        Index(
            "saved_views_once",
            "owner",
            "name",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )


class BudgetRow(Versioned, Base):
    """A planned cost of one scope in one period."""

    __tablename__ = "budgets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    scope: Mapped[str]
    scope_key: Mapped[str]
    scope_value: Mapped[str]
    period: Mapped[str]
    first_day: Mapped[date]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    basis: Mapped[str]
    thresholds: Mapped[list[int]] = mapped_column(JsonText)
    note: Mapped[str]

    __table_args__ = (
        Index(
            "budgets_once",
            *("scope", "scope_key", "scope_value", "period", "first_day", "currency", "basis"),
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )
