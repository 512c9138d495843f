"""Price lists of past updates under ``catalog/`` of the home folder: one Parquet file each, added whole, never changed.

A file is named after service, region and moment, so that a listing is the history. It is written beside its place and
moved there when it is complete; what an update has fetched so far lies in ``catalog/unfinished/`` and is read by nobody
else.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.snapshot.files import fsync_directory, fsync_file

__all__ = ["SCHEMA", "KeptList", "folder_of", "keep", "kept_lists", "prune", "unreadable_lists"]

SCHEMA = pa.schema(
    [
        ("kind", pa.string()),  # price, rate or type
        ("service", pa.string()),  # compute, database, cache or storage
        ("region", pa.string()),
        ("instance_type", pa.string()),  # of storage: the item
        ("variant", pa.string()),  # operating system or engine; of a rate: operating system
        ("option", pa.string()),  # licence or deployment; of a rate: offering class
        ("term_months", pa.int32()),
        ("payment", pa.string()),
        ("amount", pa.string()),
        ("currency", pa.string()),
        ("unit", pa.string()),
        ("price_date", pa.date32()),
        ("vcpu", pa.float64()),
        ("memory_mib", pa.int64()),
        ("architecture", pa.string()),
        ("manufacturer", pa.string()),
        ("current_generation", pa.bool_()),
        ("gpu_count", pa.int64()),
    ]
)

_STAMP = "%Y-%m-%dT%H%M%SZ"
_NAME = re.compile(r"(?P<moment>\d{4}-\d\d-\d\dT\d{6}Z)_(?P<service>[a-z0-9]+)_(?P<region>[a-z0-9-]+)\.parquet")


@dataclass(frozen=True, slots=True)
class KeptList:
    """One price list that an update fetched.

    Attributes:
        path: its file.
        service: as asked for: ``ec2``, ``rds``, ``elasticache`` or ``ebs``.
        region: provider's code.
        fetched_at: when the update began, UTC.
    """

    path: Path
    service: str
    region: str
    fetched_at: datetime

    def rows(self) -> pa.Table:
        """The entries; raises ``pa.ArrowException`` or ``OSError`` when the file is damaged."""
        return pq.read_table(self.path, schema=SCHEMA)


def folder_of(home: Path) -> Path:
    """Where the price lists of a home folder are."""
    return home / "catalog"


def kept_lists(home: Path) -> tuple[KeptList, ...]:
    """Every price list kept, oldest first."""
    folder = folder_of(home)
    found = []
    for path in folder.glob("*.parquet") if folder.is_dir() else ():
        if match := _NAME.fullmatch(path.name):
            moment = datetime.strptime(match["moment"], _STAMP).replace(tzinfo=UTC)
            found.append(KeptList(path, match["service"], match["region"], moment))
    return tuple(sorted(found, key=lambda one: (one.fetched_at, one.path.name)))


def unreadable_lists(lists: Sequence[KeptList]) -> tuple[KeptList, ...]:
    """Those whose file is damaged; the others are used."""

    def damaged(one: KeptList) -> bool:
        try:
            one.rows()
        except (pa.ArrowException, OSError):
            return True
        return False

    return tuple(one for one in lists if damaged(one))


def keep(home: Path, service: str, region: str, moment: datetime, rows: Sequence[Mapping[str, Any]]) -> KeptList:
    """Add a price list; it is there whole or not at all.

    Raises:
        OSError: the folder cannot be written or the disk is full.
    """
    folder = folder_of(home)
    scratch = folder / "unfinished"
    scratch.mkdir(parents=True, exist_ok=True)
    # Two updates in one second are two lists.
    while (folder / (name := f"{moment:{_STAMP}}_{service}_{region}.parquet")).exists():
        moment += timedelta(seconds=1)
    unfinished = scratch / f"{os.getpid()}-{name}"
    try:
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], SCHEMA), unfinished, compression="zstd")
        fsync_file(unfinished)
        unfinished.replace(folder / name)
        fsync_directory(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    return KeptList(folder / name, service, region, moment.replace(microsecond=0))


def prune(home: Path, keep_newest: int) -> tuple[KeptList, ...]:
    """Remove old price lists, and what killed updates left behind; returns the lists that were removed.

    Args:
        home: home folder of the workbench.
        keep_newest: how many lists of each service and region stay, at least 1.

    Raises:
        ValueError: ``keep_newest`` is less than 1.
        OSError: a file cannot be removed.
    """
    if keep_newest < 1:
        raise ValueError("At least the newest price list is kept")
    groups: dict[tuple[str, str], list[KeptList]] = defaultdict(list)
    for one in kept_lists(home):
        groups[one.service, one.region].append(one)
    removed = tuple(one for group in groups.values() for one in group[:-keep_newest])
    for one in removed:
        one.path.unlink(missing_ok=True)
    for path in (folder_of(home) / "unfinished").glob("*.parquet"):
        if not _alive(path):
            path.unlink(missing_ok=True)
    return removed


def _alive(unfinished: Path) -> bool:
    """Whether the process that writes this file still runs."""
    try:
        os.kill(int(unfinished.name.partition("-")[0]), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
