"""The formats we know, and which of them a header is."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.ingest.readers.aws_cur import CUR, CUR2
from workbench.ingest.readers.base import Match, Reader
from workbench.ingest.readers.focus import FocusReader

__all__ = ["READERS", "recognise"]

READERS: tuple[Reader, ...] = (FocusReader(), CUR, CUR2)
"""Every reader, most specific first; a new format is one more entry."""


def recognise(columns: Sequence[str], readers: Sequence[Reader] = READERS) -> tuple[Reader, Match]:
    """The reader whose format fits best; the first wins a tie. The caller refuses a match with missing columns."""
    matches = [(reader, reader.recognise(columns)) for reader in readers]
    return max(matches, key=lambda pair: pair[1].score)
