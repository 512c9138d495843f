"""Is a published snapshot still what was published?"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import SnapshotCorrupt
from workbench.schema.tables import READABLE_VERSIONS, SCHEMA_VERSION
from workbench.settings import Settings
from workbench.snapshot.checks import read_file
from workbench.snapshot.files import sha256_of
from workbench.snapshot.manifest import Manifest

__all__ = ["VerifyReport", "check_contents", "check_file"]

_known_sums: dict[tuple[Path, int, int], str] = {}
_known_sums_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Result of a full verification; ``problem`` is None when the snapshot is good."""

    id: str
    problem: str | None
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the snapshot is good."""
        return self.problem is None


def check_file(path: Path, manifest: Manifest) -> None:
    """Check size and SHA-256; a file is read once per process while its size and time of change stay the same.

    Raises:
        SnapshotCorrupt: the file is missing, truncated or altered, or has another schema version.
    """
    if manifest.schema_version not in READABLE_VERSIONS:
        raise SnapshotCorrupt(
            f"Snapshot {manifest.id} was written by another version of the program",
            detail=f"It has schema version {manifest.schema_version}, this program reads {SCHEMA_VERSION}",
        )
    try:
        stat = path.stat()
        if stat.st_size != manifest.bytes:
            raise SnapshotCorrupt(
                f"Snapshot {manifest.id} is damaged",
                detail=f"{path} has {stat.st_size} bytes, {manifest.bytes} were published",
            )
        key = (path, stat.st_size, stat.st_mtime_ns)
        with _known_sums_lock:
            if key not in _known_sums:
                _known_sums[key] = sha256_of(path)
            found = _known_sums[key]
    except OSError as exc:
        raise SnapshotCorrupt(f"Snapshot {manifest.id} cannot be read", detail=str(exc)) from exc
    if found != manifest.sha256:
        raise SnapshotCorrupt(
            f"Snapshot {manifest.id} is damaged", detail=f"The SHA-256 of {path} is not the published one"
        )


def check_contents(path: Path, manifest: Manifest, settings: Settings) -> None:
    """Read every column and compare row counts and control totals with the manifest.

    Raises:
        SnapshotCorrupt: they differ, a rollup does not add up, or a block cannot be read.
    """
    contents = read_file(path, settings, tables=manifest.rows)
    if manifest.rows != contents.rows or manifest.totals != contents.totals:
        raise SnapshotCorrupt(f"Snapshot {manifest.id} does not hold the rows and totals of its manifest")
