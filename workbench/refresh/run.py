"""One refresh: from a database, or from folders and prefixes in S3 whose bills are loaded together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.errors import BadSetting
from workbench.ingest import LoadReport, ingest
from workbench.progress import Progress, Silent
from workbench.refresh.from_postgres import DatabaseResult, refresh_from_postgres
from workbench.refresh.from_s3 import Mirror, mirror_prefix
from workbench.settings import Settings

__all__ = ["RefreshReport", "refresh"]

_POSTGRES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did.

    Attributes:
        snapshot_id: the snapshot it published; None when nothing was new.
        database: when the source was a database.
        mirrors: what was fetched from S3, by address.
        load: what became of the files.
        seconds: how long it took.
    """

    snapshot_id: str | None
    database: DatabaseResult | None
    mirrors: dict[str, Mirror]
    load: LoadReport | None
    seconds: float

    @property
    def status(self) -> Literal["done", "partial", "failed", "unchanged"]:
        """How it went as a whole."""
        if self.load is not None:
            return self.load.status
        return "done" if self.snapshot_id else "unchanged"

    @property
    def exit_code(self) -> int:
        """0 done, 1 failed, 3 partly done, 4 nothing new."""
        return {"done": 0, "failed": 1, "partial": 3, "unchanged": 4}[self.status]


def refresh(
    sources: Sequence[str],
    settings: Settings,
    progress: Progress | None = None,
    *,
    full: bool = False,
    replace: bool = False,
) -> RefreshReport:
    """Publish a new snapshot when a source has something new; the served one stays until that is checked.

    Args:
        sources: one ``postgresql://`` address, or any number of files, folders and ``s3://bucket/prefix``.
        settings: where the snapshots are.
        progress: told of each step.
        full: read a database whole, also what has not changed.
        replace: let a copy of a database, or a bill loaded from another path, take the place of what is served.

    Raises:
        BadSetting: no source, a database together with others, or a malformed address.
        WorkbenchError: as the sources and :func:`workbench.ingest.ingest` raise; nothing was changed.
    """
    progress = progress or Silent()
    started = time.perf_counter()
    databases = [source for source in sources if source.startswith(_POSTGRES)]
    if not sources:
        raise BadSetting(
            "There is nothing to refresh from",
            hint="Name it with --from, or set WORKBENCH_REFRESH_FROM: a PostgreSQL address, folders, s3://bucket/prefix",
        )
    if databases and len(sources) > 1:
        raise BadSetting(
            "A database cannot be mixed with other sources",
            hint="A snapshot is a copy of one database, or made of bills",
        )
    if databases:
        result = refresh_from_postgres(databases[0], settings, progress, full=full, replace=replace)
        return RefreshReport(result.snapshot_id, result, {}, None, time.perf_counter() - started)
    mirrors = {source: mirror_prefix(source, settings, progress) for source in sources if source.startswith("s3://")}
    paths = [mirrors[source].folder if source in mirrors else Path(source) for source in sources]
    load = ingest(paths, settings, progress, on_overlap="replace" if replace else "refuse")
    return RefreshReport(load.snapshot_id, None, mirrors, load, time.perf_counter() - started)
