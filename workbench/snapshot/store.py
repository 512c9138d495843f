"""The published snapshots of one home folder: serve, build, verify, roll back, prune."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from workbench import clock
from workbench.engines import DuckDBEngine
from workbench.errors import SnapshotCorrupt, SnapshotMissing
from workbench.log import get_logger
from workbench.progress import Progress, Silent
from workbench.settings import Settings
from workbench.snapshot.build import SnapshotBuild
from workbench.snapshot.files import storage_error
from workbench.snapshot.layout import Layout
from workbench.snapshot.lock import refresh_lock
from workbench.snapshot.manifest import Manifest, Pointer, next_id
from workbench.snapshot.verify import VerifyReport, check_contents, check_file

__all__ = ["OpenSnapshot", "SnapshotStore"]

_log = get_logger(__name__)

_Manifests = list[Manifest]  # inside the class, ``list`` is the method


@dataclass(frozen=True, slots=True)
class OpenSnapshot:
    """A snapshot ready to be asked; close it, or use it in a ``with`` statement.

    Attributes:
        engine: read-only.
        manifest: of the snapshot that answers.
        notice: one sentence for a banner when it is not the one that should be served, else None.
    """

    engine: DuckDBEngine
    manifest: Manifest
    notice: str | None = None

    def close(self) -> None:
        """Close the file."""
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class SnapshotStore:
    """The snapshots under ``settings.snapshots_dir``; holds no open files, so one per call is fine."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._layout = Layout(settings.home)

    def current(self) -> Manifest | None:
        """The manifest ``CURRENT.json`` leads to; None when nothing is published. The data file is not read.

        Raises:
            SnapshotCorrupt: the pointer or the manifest cannot be read, or the file is missing.
        """
        pointer = self._layout.pointer()
        if pointer is None:
            return None
        manifest = Manifest.read(self._layout.manifest(pointer.id))
        if not self._layout.data(pointer.id).exists():
            raise SnapshotCorrupt(f"The file of snapshot {pointer.id} is missing", detail=manifest.file)
        return manifest

    def served_id(self) -> str | None:
        """Id ``CURRENT.json`` names; None when there is no readable one."""
        pointer = self._pointer()
        return pointer.id if pointer else None

    def ids(self) -> tuple[str, ...]:
        """Ids of all snapshots, also of those whose manifest or file is gone; newest first."""
        return tuple(self._layout.ids())

    def list(self) -> _Manifests:
        """The readable manifests, newest first."""
        found = []
        for one in self._layout.ids():
            try:
                found.append(Manifest.read(self._layout.manifest(one)))
            except SnapshotCorrupt as exc:
                _log.warning("manifest skipped", snapshot=one, reason=str(exc))
        return found

    def open(self, snapshot_id: str | None = None) -> OpenSnapshot:
        """Open the served snapshot, or the one named.

        The file's SHA-256 is checked once per process. When the served one is bad, the newest good one before it
        answers and ``notice`` says so; one asked for by id has no substitute.

        Raises:
            SnapshotMissing: nothing is published, or ``snapshot_id`` does not exist.
            SnapshotCorrupt: the named one is bad, or none is good.
        """
        if snapshot_id is None:
            manifest, notice = self._good()
            if manifest is None:
                raise SnapshotMissing("No data has been loaded yet", hint="Load a bill with: workbench ingest PATH")
        else:
            manifest, notice = self._checked(snapshot_id), None
        engine = DuckDBEngine(
            self._layout.data(manifest.id),
            manifest.id,
            threads=self._settings.threads,
            memory_limit=self._settings.memory_limit,
            timeout=self._settings.query_timeout_seconds,
        )
        return OpenSnapshot(engine, manifest, notice)

    @contextmanager
    def build(self, progress: Progress | None = None, *, fresh: bool = False) -> Iterator[SnapshotBuild]:
        """Build a new snapshot on a copy of the served one; leaving without ``publish`` leaves nothing behind.

        When the served snapshot is bad, the build begins from the newest good one before it, or empty when none is
        good; ``progress`` is told and the note of the new one says so.

        Args:
            progress: told of each step.
            fresh: begin empty instead.

        Raises:
            SnapshotBusy: another refresh is running.
            StorageError: the disk is full or the folder cannot be written; the served snapshot is untouched.
        """
        progress = progress or Silent()
        try:
            with refresh_lock(self._layout.lock):
                self._layout.clean()
                base, notice = (None, None) if fresh else self._base()
                if notice:
                    progress.message(notice)
                new = next_id(clock.now(), self._layout.on_disk())
                build = SnapshotBuild(new, base, self._settings, self._layout, progress, notice=notice)
                try:
                    yield build
                finally:
                    build.close()
                    self._layout.clean()
        except Exception as exc:
            storage = storage_error(exc, self._settings.home)
            if storage is None:
                raise
            raise storage from exc

    def verify(self, snapshot_id: str) -> VerifyReport:
        """Read a whole snapshot again and compare it with its manifest.

        Raises:
            SnapshotMissing: there is no such snapshot.
        """
        started = time.perf_counter()
        problem = None
        try:
            manifest = self._checked(snapshot_id)
            check_contents(self._layout.data(snapshot_id), manifest, self._settings)
        except SnapshotCorrupt as exc:
            problem = str(exc)
        return VerifyReport(snapshot_id, problem, time.perf_counter() - started)

    def rollback(self, to: str | None = None) -> Manifest:
        """Serve an older snapshot: ``to``, or the newest good one before the served one. Later builds begin from it.

        Raises:
            SnapshotMissing: there is no such snapshot, or none before the served one.
            SnapshotCorrupt: it is bad.
            SnapshotBusy: a refresh is running.
        """
        with refresh_lock(self._layout.lock):
            ids = self._layout.ids()
            if to is None:
                older = self._newest_good([one for one in ids if one < self._served_id(ids)])
                if older is None:
                    raise SnapshotMissing("There is no good snapshot before the one being served")
            else:
                older = self._checked(to)
            self._layout.point(Pointer(older.id, older.file, max(ids)))
            return older

    def prune(self, keep: int) -> tuple[str, ...]:
        """Remove all but the ``keep`` newest snapshots; returns the ids removed, newest first.

        The served one always stays, and so does the one that answers instead of it when it is bad.

        Raises:
            SnapshotBusy: a refresh is running.
            SnapshotCorrupt: none is good; then nothing is removed.
        """
        with refresh_lock(self._layout.lock):
            self._layout.clean()
            ids = self._layout.ids()
            answering, _ = self._good()
            needed = {self._served_id(ids), answering.id if answering else ""}
            doomed = tuple(one for one in ids[keep:] if one not in needed)
            for one in doomed:
                self._layout.remove(one)
            return doomed

    def _pointer(self) -> Pointer | None:
        """``CURRENT.json`` when it can be read, else None."""
        try:
            return self._layout.pointer()
        except SnapshotCorrupt:
            return None

    def _served_id(self, ids: Sequence[str]) -> str:
        pointer = self._pointer()
        return pointer.id if pointer else max(ids, default="")

    def _checked(self, snapshot_id: str) -> Manifest:
        if snapshot_id not in self._layout.ids():
            raise SnapshotMissing(
                f"There is no snapshot {snapshot_id}", hint="List them with: workbench snapshots list"
            )
        manifest = Manifest.read(self._layout.manifest(snapshot_id))
        check_file(self._layout.data(snapshot_id), manifest)
        return manifest

    def _good(self) -> tuple[Manifest | None, str | None]:
        """The served snapshot if it is good; else the newest good one before it, else any, with a notice."""
        pointer, ids = self._pointer(), self._layout.ids()
        if pointer is None and not ids and not self._layout.current.exists():
            return None, None
        try:
            if pointer is None:
                raise SnapshotCorrupt(f"{self._layout.current} is missing or cannot be read")
            return self._checked(pointer.id), None
        except (SnapshotCorrupt, SnapshotMissing) as exc:
            if self._pointer() != pointer:  # another was published, and this one pruned, in the meantime
                return self._good()
            problem = exc
        served = self._served_id(ids)
        manifest = self._newest_good([one for one in ids if one <= served] + [one for one in ids if one > served])
        if manifest is None:
            raise SnapshotCorrupt(
                "No good snapshot is left", detail=str(problem), hint="Load the bills again with: workbench ingest PATH"
            )
        _log.error("fell back to another snapshot", snapshot=manifest.id, reason=str(problem))
        return manifest, f"{problem.title}; snapshot {manifest.id} is used instead"

    def _base(self) -> tuple[Manifest | None, str | None]:
        """What a build begins from; None for an empty one, with a notice when something is lost by it."""
        try:
            manifest, notice = self._good()
        except SnapshotCorrupt as exc:
            return None, f"{exc.title}; built from nothing. All bills have to be loaded again"
        return manifest, f"{notice}. What was loaded after it has to be loaded again" if notice else None

    def _newest_good(self, ids: Sequence[str]) -> Manifest | None:
        for one in ids:
            try:
                return self._checked(one)
            except SnapshotCorrupt as exc:
                _log.error("snapshot is damaged", snapshot=one, reason=str(exc))
        return None
