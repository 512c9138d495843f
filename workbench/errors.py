"""Every error the workbench raises on purpose.

::

    WorkbenchError
    ├── DataError            the data cannot answer
    │   ├── SnapshotMissing      no snapshot has been published yet
    │   ├── SnapshotCorrupt      a snapshot file is missing, truncated or altered
    │   ├── SnapshotBusy         another refresh holds the lock
    │   ├── QueryTimeout         a query ran longer than its limit
    │   ├── QueryFailed          the engine refused a query
    │   ├── DatabaseUnreachable  no PostgreSQL answers, it refuses the user, or it went away
    │   └── CannotRun            a needed table, column or history is absent ("needs X")
    ├── InputError           what was given cannot be used
    │   ├── BadFile              a file is not a bill we can read, or has bad rows
    │   ├── BadFilter            a filter names an unknown dimension or is malformed
    │   ├── BadPeriod            a period is malformed, reversed or empty
    │   ├── BadEntry             something typed in lacks a part or contradicts itself
    │   ├── BadDecision          a step that is not possible now, or lacks its reason or date
    │   └── BadSetting           a setting has an unusable value
    ├── StorageError         the disk is full or a path cannot be written
    ├── AccessDenied         the principal may not do this
    ├── Conflict             someone else changed the record first
    ├── ModelRefusal         not enough history; says how much is needed
    └── ExportUnavailable    a file cannot be made here: something is not installed, or the format holds less

The shell shows ``title``, ``detail`` and ``hint`` calmly with a reference id; the CLI prints the same text to
stderr and exits with ``exit_code``. Tracebacks go to the log only.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AccessDenied",
    "BadDecision",
    "BadEntry",
    "BadFile",
    "BadFilter",
    "BadPeriod",
    "BadSetting",
    "CannotRun",
    "Conflict",
    "DataError",
    "DatabaseUnreachable",
    "ExportUnavailable",
    "InputError",
    "ModelRefusal",
    "QueryFailed",
    "QueryTimeout",
    "SnapshotBusy",
    "SnapshotCorrupt",
    "SnapshotMissing",
    "StorageError",
    "WorkbenchError",
]


class WorkbenchError(Exception):
    """Root of all expected errors: what happened, why, and what to do next.

    Args:
        title: what happened, one sentence without a full stop, safe to show to anyone.
        detail: why: the file, row, value or path involved.
        hint: the next step that fixes it.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, title: str, *, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return ". ".join(part.rstrip(".") for part in (self.title, self.detail, self.hint) if part)


class DataError(WorkbenchError):
    """The data cannot answer."""

    code = "data"


class SnapshotMissing(DataError):
    """No snapshot has been published yet, or the one asked for does not exist."""

    code = "snapshot_missing"


class SnapshotCorrupt(DataError):
    """A snapshot file is missing, truncated or altered."""

    code = "snapshot_corrupt"


class SnapshotBusy(DataError):
    """Another process is building a snapshot."""

    code = "snapshot_busy"


class QueryTimeout(DataError):
    """A query ran longer than its limit and was interrupted."""

    code = "query_timeout"


class QueryFailed(DataError):
    """The engine refused a query."""

    code = "query_failed"


class CannotRun(DataError):
    """A needed table, column or history is absent: "cannot tell, needs X"."""

    code = "cannot_run"


class DatabaseUnreachable(DataError):
    """No PostgreSQL answers, it refuses the user, or it went away amid a question."""

    code = "database_unreachable"


class InputError(WorkbenchError):
    """What was given cannot be used."""

    code = "input"
    exit_code = 2


class BadFile(InputError):
    """A file is not a bill we can read, or has rows that cannot be loaded."""

    code = "bad_file"
    exit_code = 1


class BadFilter(InputError):
    """A filter names an unknown dimension or is malformed."""

    code = "bad_filter"


class BadPeriod(InputError):
    """A period is malformed, reversed or empty."""

    code = "bad_period"


class BadEntry(InputError):
    """Something typed in (an annotation, a view, a budget, a rule) lacks a part or contradicts itself."""

    code = "bad_entry"


class BadDecision(InputError):
    """A step in the life of a recommendation that is not possible now, or lacks its reason or date."""

    code = "bad_decision"


class BadSetting(InputError):
    """A setting has an unusable value."""

    code = "bad_setting"


class StorageError(WorkbenchError):
    """The disk is full or a path cannot be read or written."""

    code = "storage"


class AccessDenied(WorkbenchError):
    """The principal may not do this."""

    code = "access_denied"


class Conflict(WorkbenchError):
    """Someone else changed the record first."""

    code = "conflict"


class ModelRefusal(WorkbenchError):
    """A model has too little history; the detail says how much is needed."""

    code = "model_refusal"


class ExportUnavailable(WorkbenchError):
    """A file cannot be made here: something is not installed, or the format holds less; the hint says what helps."""

    code = "export_unavailable"
