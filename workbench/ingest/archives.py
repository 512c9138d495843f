"""Bills inside ZIP and tar archives: unpacked to a work folder, labelled ``archive.zip!member``."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from workbench.errors import BadFile, StorageError
from workbench.formats import file_size
from workbench.ingest.deliveries import BillFile
from workbench.snapshot import storage_error

__all__ = ["is_archive", "unpack"]

_TAR = (".tar", ".tar.gz", ".tgz")
_CHUNK = 1024 * 1024
_SPARE_BYTES = 500_000_000


def is_archive(name: str) -> bool:
    """Whether the name says ZIP or tar."""
    return name.lower().endswith((".zip", *_TAR))


def unpack(path: Path, work: Path, wanted: Callable[[str], bool]) -> tuple[BillFile, ...]:
    """Unpack the members whose name is ``wanted``; members are stored under numbers, so their names cannot do harm.

    Args:
        path: the archive.
        work: an existing folder for the members.
        wanted: decides by the member's name.

    Raises:
        BadFile: the archive is damaged, encrypted or holds no wanted member.
        StorageError: the members do not fit on the disk.
    """
    target = work / f"archive-{len(list(work.iterdir()))}"
    target.mkdir()
    try:
        files = tuple(_members(path, target, wanted))
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError) as exc:
        raise BadFile(f"{path}: the archive is damaged ({exc})", hint="Download it again") from exc
    except RuntimeError as exc:  # zipfile's way to say that a password is needed
        raise BadFile(f"{path}: the archive is encrypted", hint="Unpack it and load the files") from exc
    except OSError as exc:
        if storage := storage_error(exc, work):
            raise storage from exc
        raise BadFile(f"{path}: {exc.strerror or exc}", hint="Check the permissions of the file") from exc
    if not files:
        raise BadFile(f"{path}: the archive holds no CSV or Parquet file", hint="Give the bill itself")
    return files


def _members(path: Path, target: Path, wanted: Callable[[str], bool]) -> Iterator[BillFile]:
    for position, (name, size, stream) in enumerate(_contents(path)):
        if not wanted(name):
            continue
        if size > shutil.disk_usage(target).free - _SPARE_BYTES:
            raise StorageError(
                f"{path}: no room to unpack {name} ({file_size(size)})",
                hint="Free some space, or unpack it elsewhere and load the files",
            )
        member = target / f"{position}{''.join(Path(name).suffixes[-2:])[-20:] or '.csv'}"
        with stream() as source, member.open("wb") as out:
            _copy(source, out, size)
        yield BillFile(f"{path}!{name.removeprefix('./')}", member)


def _copy(source: IO[bytes], out: IO[bytes], size: int) -> None:
    left = size
    while chunk := source.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise zipfile.BadZipFile("a member is larger than the archive says")
        out.write(chunk)


def _contents(path: Path) -> Iterator[tuple[str, int, Callable[[], IO[bytes]]]]:
    if path.name.lower().endswith(_TAR):
        with tarfile.open(path) as archive:
            for entry in archive:
                if entry.isfile():
                    yield entry.name, entry.size, lambda entry=entry: _present(archive.extractfile(entry))  # type: ignore[misc]  # as below
    else:
        with zipfile.ZipFile(path) as bundle:
            for info in bundle.infolist():
                if not info.is_dir():
                    yield info.filename, info.file_size, lambda info=info: bundle.open(info)  # type: ignore[misc]  # mypy cannot type a bound default


def _present(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:  # only for entries that are no files, which are left out before
        raise tarfile.ReadError("a member cannot be read")
    return stream
