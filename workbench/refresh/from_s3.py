"""A local mirror of a prefix in S3: list, fetch what is new or changed, remove what is gone.

The mirror is kept under the home folder in the folders of the bucket, so that deliveries and manifests are recognised
as in any folder, and the next refresh fetches only what changed. Each object is fetched under the ETag it was listed
with and takes its place only when all its bytes are there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workbench.errors import AccessDenied, BadSetting, DataError
from workbench.progress import Progress
from workbench.settings import Settings

S3Client = Any  # boto3 makes its classes as it runs

__all__ = ["Mirror", "mirror_prefix"]

_INDEX = ".workbench-mirror.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Mirror:
    """What a look at a prefix brought.

    Attributes:
        folder: the mirror; give it to ingest.
        listed: objects under the prefix.
        fetched: objects fetched now.
        removed: files whose object is gone.
        bytes: bytes fetched.
    """

    folder: Path
    listed: int
    fetched: int
    removed: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Object:
    key: str
    etag: str
    size: int


def mirror_prefix(url: str, settings: Settings, progress: Progress) -> Mirror:
    """Bring the mirror of ``s3://bucket/prefix`` up to date.

    Args:
        url: bucket and prefix; credentials and endpoint are found the way boto3 finds them.
        settings: the mirror is under ``home``.
        progress: told of each object.

    Raises:
        BadSetting: the address names no bucket.
        AccessDenied: there are no credentials, or they may not list or read; names what is missing.
        DataError: the bucket does not exist, does not answer, or an object kept changing while it was read.
    """
    parts = urlsplit(url)
    bucket, prefix = parts.netloc, parts.path.lstrip("/")
    if parts.scheme != "s3" or not bucket:
        raise BadSetting(f"{url} is not an address in S3", hint="Write s3://bucket/prefix")
    folder = settings.home / "s3" / bucket
    client = _client()
    with _calm(url):
        progress.step(f"List {url}")
        objects = {one.key: one for one in _listed(client, bucket, prefix)}
        known = _read_index(folder)
        wanted = [one for one in objects.values() if known.get(one.key) != one or not _path(folder, one.key).is_file()]
        progress.step(f"Fetch from {url}", total=sum(one.size for one in wanted) or None)
        fetched = 0
        for one in wanted:
            fetched += _fetch(client, bucket, one, _path(folder, one.key))
            known[one.key] = one
            _write_index(folder, known)
            progress.advance(one.size, detail=one.key)
    gone = [key for key in known if key.startswith(prefix) and key not in objects]
    for key in gone:
        _path(folder, key).unlink(missing_ok=True)
        del known[key]
    _write_index(folder, known)
    return Mirror(_path(folder, prefix) if prefix else folder, len(objects), len(wanted), len(gone), fetched)


def _client() -> S3Client:
    import boto3
    from botocore.config import Config

    # Standard mode retries throttling and server errors with growing pauses.
    # A session of its own: the default one goes on with the credentials it first found.
    return boto3.session.Session().client(
        "s3", config=Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10)
    )


def _listed(client: S3Client, bucket: str, prefix: str) -> Iterator[_Object]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", ()):
            if not entry["Key"].endswith("/"):
                yield _Object(entry["Key"], entry["ETag"], entry["Size"])


def _fetch(client: S3Client, bucket: str, one: _Object, target: Path) -> int:
    """Write the object beside its place and move it there when it is whole."""
    answer = client.get_object(Bucket=bucket, Key=one.key, IfMatch=one.etag)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    written = 0
    try:
        with partial.open("wb") as file:
            for chunk in answer["Body"].iter_chunks(_CHUNK):
                file.write(chunk)
                written += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        if written != one.size:
            raise DataError(
                f"Only {written} of {one.size} bytes of {one.key} arrived", hint="Nothing was loaded. Run it again"
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return written


def _path(folder: Path, key: str) -> Path:
    """Where an object lies; raises ``DataError`` for a key that would leave the mirror."""
    path = folder / key
    if ".." in Path(key).parts or not path.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"The key {key} cannot be a file", hint="Rename the object, or choose a narrower prefix")
    return path


def _read_index(folder: Path) -> dict[str, _Object]:
    try:
        entries = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        return {entry["key"]: _Object(**entry) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # everything is fetched again


def _write_index(folder: Path, known: dict[str, _Object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{_INDEX}.partial"
    partial.write_text(json.dumps([asdict(one) for one in known.values()]), encoding="utf-8")
    partial.replace(folder / _INDEX)


class _calm:
    """Turns what boto3 raises into errors that say what to do."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

        if isinstance(error, NoCredentialsError | PartialCredentialsError):
            raise AccessDenied(
                f"There are no AWS credentials to read {self._url}",
                detail=str(error),
                hint="Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. It needs s3:ListBucket and"
                " s3:GetObject",
            ) from error
        if isinstance(error, ClientError):
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in ("AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"):
                raise AccessDenied(
                    f"AWS refuses to let {self._url} be read",
                    detail=str(error),
                    hint="The credentials need s3:ListBucket on the bucket and s3:GetObject on the prefix",
                ) from error
            if code in ("PreconditionFailed", "412", "NoSuchKey", "404"):
                raise DataError(
                    f"An object under {self._url} changed while it was being read",
                    detail=str(error),
                    hint="Nothing was loaded. Run it again when the delivery is finished",
                ) from error
            raise DataError(f"S3 does not give {self._url}", detail=str(error)) from error
        if isinstance(error, BotoCoreError):
            raise DataError(f"S3 cannot be reached for {self._url}", detail=str(error)) from error
