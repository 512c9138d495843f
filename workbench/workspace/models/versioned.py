"""Columns of rows that people change: who made and changed them, how often, and whether they are deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

__all__ = ["Versioned"]


class Versioned:
    """``version`` counts changes from 1; ``deleted_at`` set means deleted, kept for the record."""

    version: Mapped[int] = mapped_column(sort_order=90)
    created_at: Mapped[datetime] = mapped_column(sort_order=91)
    created_by: Mapped[str] = mapped_column(sort_order=92)
    updated_at: Mapped[datetime] = mapped_column(sort_order=93)
    updated_by: Mapped[str] = mapped_column(sort_order=94)
    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=95)
