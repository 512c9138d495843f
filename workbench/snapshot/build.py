"""A snapshot under construction: prepared on a copy of the present one, published in one step or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from workbench import clock
from workbench.errors import CannotRun
from workbench.progress import Progress
from workbench.schema import TABLES, create_table
from workbench.schema.tables import SCHEMA_VERSION
from workbench.settings import Settings
from workbench.snapshot.checks import Contents, read_contents
from workbench.snapshot.files import ensure_free, fsync_file, sha256_of
from workbench.snapshot.layout import Layout
from workbench.snapshot.manifest import Manifest
from workbench.snapshot.rollups import CREATE_CHARGE_DAYS, build_rollups

__all__ = ["SnapshotBuild"]

_ROLLUPS = ("charge_spreads", "daily_costs", "daily_resource_costs", "promoted_tags", "dimension_labels")


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
        self, snapshot_id: str, base: Manifest | None, settings: Settings, layout: Layout, progress: Progress
    ) -> None:
        self.id = snapshot_id
        self.base = base
        self._settings = settings
        self._layout = layout
        self._progress = progress
        self._file = layout.work / f"{snapshot_id}.duckdb"
        if base is not None:
            _copy_base(base, settings.home / base.file, self._file, progress)
        self.connection = self._connect(read_only=False)
        self._prepare_schema()

    def publish(self, *, note: str = "") -> Manifest:
        """Compute the rollups, check everything, and make this the snapshot being served.

        Args:
            note: what made it, one line for the list of snapshots.

        Raises:
            SnapshotCorrupt: the rollups do not add up to the charges; nothing is published.
            StorageError: the disk is full; nothing is published.
        """
        progress = self._progress
        build_rollups(self.connection, self._settings, progress)
        progress.step("Write the snapshot")
        self.connection.execute("CHECKPOINT")
        self.close()
        progress.step("Check every column and total")
        contents = self._read_back()
        progress.step("Publish")
        fsync_file(self._file)
        manifest = self._manifest(contents, note)
        self._layout.adopt(self._file, manifest)
        return manifest

    def close(self) -> None:
        """Close the file; again is harmless."""
        self.connection.close()

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        spill = self._layout.work / "spill"
        connection = duckdb.connect(
            str(self._file),
            read_only=read_only,
            config={
                "threads": self._settings.threads,
                "memory_limit": self._settings.memory_limit.replace(" ", ""),
                "temp_directory": str(spill),
                # Order costs memory and time and carries no meaning here: rows are found by their values.
                "preserve_insertion_order": False,
            },
        )
        connection.execute("SET TimeZone = 'UTC'")
        return connection

    def _prepare_schema(self) -> None:
        if self.base is not None and self.base.schema_version != SCHEMA_VERSION:
            raise CannotRun(
                f"Snapshot {self.base.id} has schema version {self.base.schema_version}, this program"
                f" writes {SCHEMA_VERSION}",
                hint="Choose an empty folder with WORKBENCH_HOME and load the bills again",
            )
        # Dropped first, so that the space of the old rollups holds the new rows instead of growing the file.
        self.connection.execute("DROP VIEW IF EXISTS charge_days")
        for name in _ROLLUPS:
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")
        for table in TABLES:
            self.connection.execute(create_table(table))
        self.connection.execute(CREATE_CHARGE_DAYS)
        self.connection.execute("CHECKPOINT")

    def _read_back(self) -> Contents:
        connection = self._connect(read_only=True)
        try:
            return read_contents(connection)
        finally:
            connection.close()

    def _manifest(self, contents: Contents, note: str) -> Manifest:
        return Manifest(
            id=self.id,
            file=self._layout.relative(self.id),
            sha256=sha256_of(self._file),
            bytes=self._file.stat().st_size,
            created_at=clock.now(),
            schema_version=SCHEMA_VERSION,
            rows=contents.rows,
            totals={
                currency: {cost: None if total is None else str(total) for cost, total in costs.items()}
                for currency, costs in contents.totals.items()
            },
            first_day=contents.first_day,
            last_day=contents.last_day,
            currencies=tuple(contents.totals),
            sources=contents.sources,
            note=note,
            parent=self.base.id if self.base else None,
        )


def _copy_base(base: Manifest, source: Path, target: Path, progress: Progress) -> None:
    # The copy, and room for the rollups to be written before their old space is free.
    ensure_free(target.parent, int(base.bytes * 1.3) + 8_000_000, "for a new snapshot")
    progress.step(f"Copy snapshot {base.id}")
    shutil.copyfile(source, target)
