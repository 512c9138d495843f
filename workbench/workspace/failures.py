"""What the databases say when something fails, in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError

from workbench.errors import StorageError

__all__ = ["plain_errors"]

# PostgreSQL states: https://www.postgresql.org/docs/current/errcodes-appendix.html
_LOCKED, _FULL, _DENIED, _READ_ONLY = "55P03", "53100", "42501", "25006"


@contextmanager
def plain_errors(place: str) -> Iterator[None]:
    """Turn errors of the file system, SQLite and PostgreSQL into ``StorageError``; broken constraints pass through.

    Args:
        place: file or address, named in the detail.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as exc:
        raise _storage_error(exc.orig or exc, place) from exc
    except (sqlite3.Error, OSError) as exc:
        raise _storage_error(exc, place) from exc


def _storage_error(exc: BaseException, place: str) -> StorageError:
    text, state = str(exc).lower(), getattr(exc, "sqlstate", None)
    detail = f"{place}: {exc}"
    if "malformed" in text or "not a database" in text:
        return StorageError(
            "The workspace file is damaged",
            detail=detail,
            hint="Move it away (with its -wal and -shm files) and restore it from a backup",
        )
    if state == _LOCKED or "locked" in text or "busy" in text:
        return StorageError(
            "The workspace is in use by another program",
            detail=detail,
            hint="Nothing was changed; try again in a moment",
        )
    if state == _FULL or "full" in text or "no space" in text:
        return StorageError(
            "The disk is full", detail=detail, hint="Nothing was changed; free some space and try again"
        )
    if state in {_DENIED, _READ_ONLY} or any(
        word in text for word in ("readonly", "read-only", "unable to open", "permission")
    ):
        return StorageError(
            "The workspace cannot be written here",
            detail=detail,
            hint="Make the folder or the schema writable, or set WORKBENCH_HOME or WORKBENCH_WORKSPACE_URL to another",
        )
    if "connect" in text:
        return StorageError(
            "The workspace database does not answer",
            detail=detail,
            hint="Check WORKBENCH_WORKSPACE_URL and that PostgreSQL runs there",
        )
    return StorageError("The workspace cannot be used", detail=detail)
