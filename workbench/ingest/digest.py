"""SHA-256 of a file's content, read once, with what only a full read can see: lines without end."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.errors import BadFile
from workbench.ingest.deliveries import BillFile
from workbench.ingest.readers.base import MAX_LINE_BYTES

__all__ = ["Digest", "digest"]

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Digest:
    """Content hash and size of a file; ``content_bytes`` is the size after unpacking gzip (modulo 4 GiB).

    The hash of a gzip file is that of the text in it, so that a bill and its compressed copy are known as one.
    """

    sha256: str
    size: int
    content_bytes: int


def digest(file: BillFile) -> Digest:
    """Hash ``file``; empty hash and size 0 when it cannot be read (sniffing then says why).

    Raises:
        BadFile: it is text with a line longer than ``MAX_LINE_BYTES``, which DuckDB may pass over silently at the end.
    """
    sha = hashlib.sha256()
    size, line_start, line = 0, 0, 1
    first = last = b""
    binary = True
    unpacking = None
    try:
        with file.local.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                if not size:
                    first = chunk[:4]
                    binary = first.startswith((b"\x1f\x8b", b"PAR1", b"PK", b"\xff\xfe", b"\xfe\xff")) or b"\0" in chunk
                    unpacking = _GzipText() if first.startswith(b"\x1f\x8b") else None
                for part in unpacking.feed(chunk) if unpacking else (chunk,):
                    sha.update(part)
                if not binary:
                    end = chunk.rfind(b"\n")
                    first_end = chunk.find(b"\n")
                    reach = first_end if first_end >= 0 else len(chunk)
                    if size + reach - line_start > MAX_LINE_BYTES:
                        raise _endless(file, line)
                    if end >= 0:
                        line += chunk.count(b"\n")
                        line_start = size + end + 1
                size += len(chunk)
                last = chunk[-4:] if len(chunk) >= 4 else (last + chunk)[-4:]
    except OSError:
        return Digest("", 0, 0)
    content = int.from_bytes(last, "little") if first.startswith(b"\x1f\x8b") else size
    return Digest(sha.hexdigest(), size, content)


class _GzipText:
    """The text of a gzip file in pieces; from the first damage on, the bytes as they are (reading then says why)."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._damaged = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while chunk and not self._damaged:
            try:
                yield self._stream.decompress(chunk, _CHUNK)
            except zlib.error:
                self._damaged = True
                break
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            if self._stream.eof:
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        yield chunk


def _endless(file: BillFile, line: int) -> BadFile:
    return BadFile(
        f"{file.label}: line {line} is longer than {MAX_LINE_BYTES // 1024 // 1024} MB",
        hint="This is not a CSV bill; export it again",
    )
