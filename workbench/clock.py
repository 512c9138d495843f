"""The one clock. ``WORKBENCH_NOW`` (ISO time) fixes it, so that every result can be reproduced."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from workbench.errors import BadSetting

__all__ = ["now", "parse_utc", "today"]


def parse_utc(text: str) -> datetime:
    """Parse an ISO date or time as UTC; a value with an offset is converted.

    Raises:
        BadSetting: the text is not an ISO time.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as exc:
        raise BadSetting(f"{text!r} is not a time", hint="Write an ISO time such as 2026-11-20T09:00:00Z") from exc
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def now() -> datetime:
    """The present moment in UTC, or the fixed one of ``WORKBENCH_NOW``."""
    fixed = os.environ.get("WORKBENCH_NOW")
    return parse_utc(fixed) if fixed else datetime.now(UTC)


def today() -> date:
    """The present UTC date."""
    return now().date()
