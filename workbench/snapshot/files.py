"""The few disk operations a publish is made of, and what a full disk looks like."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

import duckdb

from workbench.errors import StorageError
from workbench.formats import file_size

__all__ = ["ensure_free", "fsync_directory", "fsync_file", "sha256_of", "storage_error", "write_durably"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR})
_FULL_TEXTS = ("No space left on device", "Disk quota exceeded", "File too large", "max_temp_directory_size")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fsync_file(path: Path) -> None:
    """Force the content of a file to disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_directory(path: Path) -> None:
    """Force the names in a folder to disk, without which a rename may be lost with the power."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, text: str, *, scratch: Path) -> None:
    """Replace ``path`` with ``text`` in one step: a reader sees the old content or the new, never a part.

    Args:
        path: the file to write.
        text: its whole new content.
        scratch: a folder on the same file system for the unfinished file.
    """
    unfinished = scratch / f"{path.name}.new"
    unfinished.write_text(text, encoding="utf-8")
    fsync_file(unfinished)
    os.replace(unfinished, path)  # noqa: PTH105 - atomic on POSIX, which Path.replace only promises by calling it
    fsync_directory(path.parent)


def ensure_free(folder: Path, needed: int, purpose: str) -> None:
    """Check that ``needed`` bytes are free where ``folder`` is.

    Raises:
        StorageError: they are not; says how much is needed and free.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"Not enough free disk space {purpose}",
            detail=f"{folder} has {file_size(free)} free, {file_size(needed)} are needed",
            hint="Free some space, for example with: workbench snapshots prune",
        )


def storage_error(exc: BaseException, folder: Path) -> StorageError | None:
    """``exc`` as a :class:`StorageError` when the disk is full or ``folder`` cannot be written, else None."""
    if isinstance(exc, OSError):
        full, refused = exc.errno in _FULL, exc.errno in _REFUSED
    elif isinstance(exc, duckdb.Error):
        full, refused = any(text in str(exc) for text in _FULL_TEXTS), "Permission denied" in str(exc)
    else:
        return None
    refused = refused and str(folder) in str(exc)  # a bill that cannot be read is not our folder's fault
    if full:
        return StorageError(
            "The disk is full",
            detail=f"{folder} has {file_size(shutil.disk_usage(folder).free)} free. {str(exc).splitlines()[0]}",
            hint="Free some space, for example with: workbench snapshots prune. The last snapshot is untouched",
        )
    if refused:
        return StorageError(
            f"{folder} cannot be written",
            detail=str(exc).splitlines()[0],
            hint="Check the permissions of the folder, or move it with WORKBENCH_HOME",
        )
    return None
