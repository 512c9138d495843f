"""Where the files of the snapshots are, and the two writes that make a snapshot count.

::

    <home>/snapshots/
        CURRENT.json                      the pointer; replaced atomically
        20261120T090000Z-ab12cd.duckdb    a snapshot; never written again
        20261120T090000Z-ab12cd.json      its manifest
        refresh.lock                      held by the process that builds, rolls back or prunes
        work/                             the build under way; whatever a killed build left is removed by the next

A snapshot exists once ``CURRENT.json`` has named it. Files of a publish that died before that are greater than
``Pointer.newest`` or lack a manifest; readers ignore them and the next build removes them.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import SnapshotCorrupt
from workbench.snapshot.files import fsync_directory, write_durably
from workbench.snapshot.manifest import SNAPSHOT_ID, Manifest, Pointer

__all__ = ["Layout"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The snapshot folder of one home folder."""

    home: Path

    @property
    def folder(self) -> Path:
        """Folder of the snapshots."""
        return self.home / "snapshots"

    @property
    def work(self) -> Path:
        """Folder of the build under way."""
        return self.folder / "work"

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.folder / "refresh.lock"

    @property
    def current(self) -> Path:
        """The pointer to the snapshot being served."""
        return self.folder / "CURRENT.json"

    def relative(self, snapshot_id: str) -> str:
        """The file of a snapshot, relative to the home folder."""
        return f"{self.folder.name}/{snapshot_id}.duckdb"

    def data(self, snapshot_id: str) -> Path:
        """The file of a snapshot."""
        return self.home / self.relative(snapshot_id)

    def manifest(self, snapshot_id: str) -> Path:
        """The manifest of a snapshot."""
        return self.folder / f"{snapshot_id}.json"

    def pointer(self) -> Pointer | None:
        """``CURRENT.json``, or None when there is none; raises ``SnapshotCorrupt`` when it cannot be read."""
        return Pointer.read(self.current)

    def ids(self) -> list[str]:
        """Ids of snapshots that count, newest first; the others are what a killed publish left."""
        found = self.on_disk()
        try:
            pointer = self.pointer()
        except SnapshotCorrupt:
            return sorted(found, reverse=True)
        if pointer is None:  # nothing was ever served, or the pointer was deleted
            found = {one for one in found if self.manifest(one).exists()}
        elif pointer.newest is not None:
            newest = pointer.newest
            found = {one for one in found if one <= newest}
        return sorted(found, reverse=True)

    def on_disk(self) -> set[str]:
        """Every id with a file or a manifest, finished or not."""
        if not self.folder.is_dir():
            return set()
        return {
            path.stem
            for path in self.folder.iterdir()
            if path.suffix in {".duckdb", ".json"} and SNAPSHOT_ID.fullmatch(path.stem)
        }

    def adopt(self, built: Path, manifest: Manifest) -> None:
        """Make a finished, synced file the snapshot being served: rename, manifest, pointer, each durable."""
        os.replace(built, self.data(manifest.id))  # noqa: PTH105 - as in write_durably
        fsync_directory(self.folder)
        write_durably(self.manifest(manifest.id), json.dumps(manifest.to_json(), indent=2), scratch=self.work)
        self.point(Pointer(manifest.id, manifest.file, manifest.id))

    def point(self, pointer: Pointer) -> None:
        """Replace ``CURRENT.json``."""
        text = json.dumps({"id": pointer.id, "file": pointer.file, "newest": pointer.newest}, indent=2)
        self.work.mkdir(exist_ok=True)
        write_durably(self.current, text, scratch=self.work)

    def remove(self, snapshot_id: str) -> None:
        """Remove a snapshot, manifest first: a file without a manifest never counts as good."""
        self.manifest(snapshot_id).unlink(missing_ok=True)
        self.data(snapshot_id).unlink(missing_ok=True)

    def clean(self) -> None:
        """Remove what unfinished builds left; only for the holder of the lock."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        for one in self.on_disk() - set(self.ids()):
            self.remove(one)
