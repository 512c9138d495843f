"""From what the user typed to deliveries: files, folders, globs and archives, then the layout resolvers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import BadFile
from workbench.ingest.archives import is_archive, unpack
from workbench.ingest.aws_layout import AwsLayoutResolver, month_folder
from workbench.ingest.aws_manifest import is_manifest
from workbench.ingest.deliveries import BillFile, Delivery, LayoutResolver, PartitionResolver, plain_delivery
from workbench.ingest.inventory import InventoryResolver

__all__ = ["RESOLVERS", "Found", "discover"]

RESOLVERS: tuple[LayoutResolver, ...] = (AwsLayoutResolver(), InventoryResolver(), PartitionResolver())
"""Tried in order; each claims its files and leaves the rest."""

_BILLS = (".csv", ".csv.gz", ".csv.gzip", ".gz", ".parquet", ".pq", ".txt", ".tsv")
_HIVE_PART = re.compile(r"^\d{5,}_\d+(_\d+)*(_copy_\d+)?$|^part-\d+")
_GLOB_CHARACTERS = re.compile(r"[*?\[\]{}]")


@dataclass(frozen=True, slots=True)
class Found:
    """Everything under the arguments, in a fixed order, and what could not be looked at."""

    deliveries: tuple[Delivery, ...]
    problems: tuple[BadFile, ...]


def discover(arguments: Sequence[str | Path], work: Path) -> Found:
    """Find the deliveries under files, folders, globs (``*``, ``?``, ``**``) and archives.

    A file named by itself is always taken; in a folder and in an archive only names that can be bills are, and hidden
    files, ``_SUCCESS`` markers and the like are passed over. A file of a month folder (``BILLING_PERIOD=2024-09``, an
    assembly) stands for the whole month. The same file reached twice counts once. The order of the arguments does not
    matter.

    Args:
        arguments: as typed.
        work: an existing folder for unpacked members.
    """
    problems: list[BadFile] = []
    files: dict[str, BillFile] = {}
    for argument in arguments:
        try:
            for path in _paths(argument):
                for file in _open(path, work):
                    files.setdefault(file.label, file)
        except BadFile as problem:
            problems.append(problem)
    deliveries: list[Delivery] = []
    rest = [files[label] for label in sorted(files)]
    for resolver in RESOLVERS:
        resolution = resolver.resolve(rest)
        deliveries.extend(resolution.deliveries)
        rest = list(resolution.rest)
    deliveries.extend(plain_delivery(file) for file in rest if not is_manifest(file.label))
    deliveries.sort(key=lambda delivery: (delivery.dataset, str(delivery.billing_month or "")))
    return Found(tuple(deliveries), tuple(problems))


def _paths(argument: str | Path) -> list[Path]:
    path = Path(argument).expanduser()
    try:
        if path.is_dir():
            found = sorted(_walk(path.resolve()))
            if not any(not is_manifest(file.name) for file in found):
                raise BadFile(f"{path}: no bills in this folder", hint="Give CSV, CSV.gz, Parquet or ZIP files")
            return found
        if path.exists() or path.is_symlink():
            return _with_its_month(path.resolve())
    except (OSError, RuntimeError, ValueError) as exc:
        raise BadFile(f"{path}: cannot be read ({exc})", hint="Check the path and its permissions") from exc
    pattern = path.absolute()
    matches = sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))
    if not matches:
        raise BadFile(f"{path}: no such file or folder", hint="Check the path")
    found = []
    for match in matches:
        found.extend(_walk(match.resolve()) if match.is_dir() else _with_its_month(match.resolve()))
    return sorted(set(found))


def _with_its_month(path: Path) -> list[Path]:
    """A file with all files of its month folder: they are one delivery, and a part of it would replace the whole."""
    folder = month_folder(str(path))
    return sorted({path, *_walk(Path(folder))}) if folder else [path]


def _walk(folder: Path) -> Iterator[Path]:
    """Files that can be bills; links are followed, each folder once."""
    seen: set[tuple[int, int]] = set()
    unreadable: list[OSError] = []
    for root, folders, names in os.walk(folder, followlinks=True, onerror=unreadable.append):
        status = Path(root).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        for name in names:
            if _can_be_a_bill(name):
                yield Path(root) / name
    if unreadable:
        raise BadFile(
            f"{unreadable[0].filename}: {unreadable[0].strerror or 'cannot be read'}",
            hint="Check the permissions of the folder",
        )


def _can_be_a_bill(name: str) -> bool:
    base = name.rsplit("/", 1)[-1]
    if base.startswith((".", "_")):
        return False
    return base.lower().endswith(_BILLS) or is_archive(base) or is_manifest(base) or bool(_HIVE_PART.match(base))


def _open(path: Path, work: Path) -> tuple[BillFile, ...]:
    if is_archive(path.name) and path.is_file():
        return unpack(path, work, _can_be_a_bill)
    return (BillFile(str(path), _readable_by_duckdb(path, work)),)


def _readable_by_duckdb(path: Path, work: Path) -> Path:
    """A path without glob characters, which DuckDB would expand: a link in the work folder where needed."""
    if not _GLOB_CHARACTERS.search(str(path)):
        return path
    link = work / f"link-{len(list(work.iterdir()))}{''.join(path.suffixes[-2:])[-20:]}"
    if _GLOB_CHARACTERS.search(link.name):
        link = link.with_name(f"link-{len(list(work.iterdir()))}")
    link.symlink_to(path)
    return link
