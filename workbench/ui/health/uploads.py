"""Uploaded bills, kept under ``<home>/uploads`` at a path that depends on their content. No Streamlit here.

The same file uploaded again gets the same path, so loading it again changes nothing. Another file of the same name gets
another path, so it can never silently replace the first: ingest compares their lines and says when they overlap.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

from workbench.errors import StorageError
from workbench.settings import Settings

__all__ = ["keep_upload"]

_NAME_LENGTH = 120


def keep_upload(settings: Settings, name: str, content: bytes) -> Path:
    """Write an uploaded file and return its path.

    Raises:
        StorageError: the disk is full or the folder cannot be written.
    """
    folder = settings.home / "uploads" / hashlib.sha256(content).hexdigest()[:16]
    path = folder / _file_name(name)
    if path.exists():
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Renamed when complete, so that a path never leads to half a file.
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            try:
                part.write(content)
                part.close()
                Path(part.name).replace(path)
            except OSError:
                Path(part.name).unlink(missing_ok=True)
                raise
    except OSError as exc:
        raise StorageError("The uploaded file cannot be kept", detail=f"{folder}: {exc.strerror or exc}") from exc
    return path


def _file_name(name: str) -> str:
    """The last part of ``name`` with harmless letters only; its endings stay, they help to detect the format."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^A-Za-z0-9._-]+", "_", last).lstrip(".")[-_NAME_LENGTH:] or "bill"
