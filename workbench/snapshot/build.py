"""A snapshot under construction: prepared on a copy of the present one, published in one step or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from workbench import clock
from workbench.engines import connect
from workbench.errors import CannotRun
from workbench.progress import Progress
from workbench.schema import TABLES, VIEWS, create_table, create_view
from workbench.schema.model import literal, quote
from workbench.schema.tables import READABLE_VERSIONS, ROLLUPS, SCHEMA_VERSION
from workbench.settings import Settings
from workbench.snapshot.checks import Contents, read_file
from workbench.snapshot.files import ensure_free, fsync_file, sha256_of
from workbench.snapshot.layout import Layout
from workbench.snapshot.manifest import Manifest
from workbench.snapshot.rollups import build_rollups

__all__ = ["SnapshotBuild"]

_LEAST_BLOCKS = 256  # 64 MB; smaller files are not worth rewriting


class SnapshotBuild:
    """A new snapshot file, private to this build until :meth:`publish`.

    Made by :meth:`workbench.snapshot.SnapshotStore.build`, which holds the lock while it exists.

    Attributes:
        id: the id it will have.
        base: the snapshot it was copied from; None when it begins empty.
        connection: read-write on the new file, every table of the schema present. ``charges`` and the tables of ingest
            carry the rows of the base; the rollups are empty until :meth:`publish` computes them.
    """

    def __init__(
        self,
        snapshot_id: str,
        base: Manifest | None,
        settings: Settings,
        layout: Layout,
        progress: Progress,
        *,
        notice: str | None = None,
    ) -> None:
        self.id = snapshot_id
        self.base = base
        self._settings = settings
        self._layout = layout
        self._progress = progress
        self._notice = notice  # why the base is not the snapshot that should be served
        self._file = layout.work / f"{snapshot_id}.duckdb"
        if base is not None:
            _copy_base(base, settings.home / base.file, self._file, progress)
        self.connection = self._connect()
        self._prepare_schema()

    def publish(self, *, note: str = "", origin: Mapping[str, str] | None = None) -> Manifest:
        """Compute the rollups, check everything, and make this the snapshot being served.

        Args:
            note: what made it, one line for the list of snapshots.
            origin: for a copy of a database, see :class:`Manifest`.

        Raises:
            SnapshotCorrupt: the rollups do not add up to the charges; nothing is published.
            StorageError: the disk is full; nothing is published.
        """
        progress = self._progress
        build_rollups(self.connection, self._settings, progress)
        progress.step("Write the snapshot")
        self.connection.execute("CHECKPOINT")
        self._compact()
        self.close()
        progress.step("Check every column and total")
        contents = read_file(self._file, self._settings)
        progress.step("Publish")
        fsync_file(self._file)
        manifest = self._manifest(contents, note, origin or {})
        self._layout.adopt(self._file, manifest)
        return manifest

    def close(self) -> None:
        """Close the file; again is harmless."""
        self.connection.close()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = connect(
            self._file,
            threads=self._settings.threads,
            memory_limit=self._settings.memory_limit,
            temp_directory=str(self._layout.work / "spill"),
            # Order costs memory and time and carries no meaning here: rows are found by their values.
            preserve_insertion_order=False,
        )
        connection.execute("SET TimeZone = 'UTC'")
        return connection

    def _prepare_schema(self) -> None:
        if self.base is not None and self.base.schema_version not in READABLE_VERSIONS:
            raise CannotRun(
                f"Snapshot {self.base.id} has schema version {self.base.schema_version}, this program"
                f" writes {SCHEMA_VERSION}",
                hint="Choose an empty folder with WORKBENCH_HOME and load the bills again",
            )
        # Dropped first, so that the space of the old rollups holds the new rows instead of growing the file.
        for view in reversed(VIEWS):
            self.connection.execute(f"DROP VIEW IF EXISTS {view.name}")
        for name in ROLLUPS:
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")
        for table in TABLES:
            self.connection.execute(create_table(table))
        for view in VIEWS:
            self.connection.execute(create_view(view))
        self.connection.execute("CHECKPOINT")

    def _compact(self) -> None:
        """Rewrite the file when rows deleted from the base left more than a third of it empty."""
        [(free, blocks, block_size)] = self.connection.sql(
            "SELECT free_blocks, total_blocks, block_size FROM pragma_database_size()"
        ).fetchall()
        if free * 3 <= blocks or blocks < _LEAST_BLOCKS:
            return
        self._progress.step("Compact the snapshot")
        ensure_free(self._layout.work, (blocks - free) * block_size, "to compact the snapshot")
        compact = self._file.with_suffix(".compact")
        self.connection.execute(f"ATTACH {literal(str(compact))} AS compact")
        self.connection.execute(f"COPY FROM DATABASE {quote(self.id)} TO compact")
        self.connection.execute("DETACH compact")
        self.close()
        compact.replace(self._file)

    def _manifest(self, contents: Contents, note: str, origin: Mapping[str, str]) -> Manifest:
        return Manifest(
            id=self.id,
            file=self._layout.relative(self.id),
            sha256=sha256_of(self._file),
            bytes=self._file.stat().st_size,
            created_at=clock.now(),
            schema_version=SCHEMA_VERSION,
            rows=contents.rows,
            totals=contents.totals,
            first_day=contents.first_day,
            last_day=contents.last_day,
            currencies=tuple(contents.totals),
            sources=contents.sources,
            note="; ".join(part for part in (note, self._notice) if part),
            parent=self.base.id if self.base else None,
            origin=origin,
        )


def _copy_base(base: Manifest, source: Path, target: Path, progress: Progress) -> None:
    # The copy, and room for the rollups to be written before their old space is free.
    ensure_free(target.parent, int(base.bytes * 1.3) + 8_000_000, "for a new snapshot")
    progress.step(f"Copy snapshot {base.id}")
    shutil.copyfile(source, target)
