"""Table of the audit log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from workbench.workspace.models.base import Base, BigId

__all__ = ["AuditRow"]


class AuditRow(Base):
    """One change; rows are only ever added, the database itself refuses the rest.

    ``before`` and ``after`` are JSON texts exactly as hashed; ``hash`` covers all other columns.
    """

    __tablename__ = "audit_log"

    # Counted by the program, without gaps, so that a missing row shows.
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    request_id: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (Index("audit_log_of_object", "object_kind", "object_id"),)
