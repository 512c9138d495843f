"""One refresh at a time: an advisory file lock that the kernel releases when its process dies."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench import clock
from workbench.errors import SnapshotBusy

__all__ = ["refresh_lock"]


@contextmanager
def refresh_lock(path: Path) -> Iterator[None]:
    """Hold the lock file ``path`` for the duration of a build, prune or rollback.

    The lock is the kernel's (``flock``), so one left by a killed process does not block; the text in the file only
    tells people who holds it. The file itself stays: removing it would let two processes lock two different files.

    Raises:
        SnapshotBusy: another process, or another thread of this one, holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise SnapshotBusy(
                "Another refresh is running",
                detail=_holder(path),
                hint="Wait until it is done and try again",
            ) from exc
        _write(descriptor, {"pid": os.getpid(), "host": socket.gethostname(), "since": clock.now().isoformat()})
        try:
            yield
        finally:
            _write(descriptor, None)
    finally:
        os.close(descriptor)  # also releases the lock


def _write(descriptor: int, holder: dict[str, object] | None) -> None:
    os.ftruncate(descriptor, 0)
    if holder is not None:
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return f"Process {held['pid']} on {held['host']} holds it since {held['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return f"{path} is locked"
