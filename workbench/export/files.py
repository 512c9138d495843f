"""Writing one file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from workbench.errors import InputError, StorageError

__all__ = ["write_file"]


def refuse_file(path: Path, *, force: bool) -> None:
    """Raise ``InputError`` when the file is there and ``force`` is not given, or when it is a folder."""
    if path.is_dir():
        raise InputError(f"{path} is a folder", hint="Name a file")
    if path.exists() and not force:
        raise InputError(f"{path} is there already", hint="Choose another name or add --force")


def write_file(path: Path, content: bytes, *, force: bool = False) -> None:
    """Write ``content`` under a temporary name and move it into place, so that nobody reads half a file.

    Raises:
        InputError: the file is there and ``force`` is not given.
        StorageError: the folder is missing, cannot be written, or the disk is full.
    """
    refuse_file(path, force=force)
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes private files; an export has the permissions of any new file.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        if force:
            temporary.replace(path)
        else:
            _place_new(temporary, path)
    except OSError as exc:
        raise StorageError(
            f"{path} cannot be written",
            detail=exc.strerror or str(exc),
            hint="Check the folder, its rights and free space",
        ) from exc
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _place_new(temporary: Path, path: Path) -> None:
    """Move into place without replacing a file that appeared meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError as exc:
        raise InputError(f"{path} is there already", hint="Choose another name or add --force") from exc
    except OSError:
        # A file system without hard links.
        temporary.replace(path)
