"""The formats we know, and which of them a header is."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.ingest.readers.aws_cur import CUR, CUR2
from workbench.ingest.readers.base import Match, Reader
from workbench.ingest.readers.focus import FocusReader
from workbench.ingest.readers.focus_names import OTHER_DATA_SETS, key

__all__ = ["READERS", "other_data_set", "recognise"]

READERS: tuple[Reader, ...] = (FocusReader(), CUR, CUR2)
"""Every reader, most specific first; a new format is one more entry."""


def recognise(columns: Sequence[str], readers: Sequence[Reader] = READERS) -> tuple[Reader, Match]:
    """The reader whose format fits best; the first wins a tie. The caller refuses a match with missing columns."""
    matches = [(reader, reader.recognise(columns)) for reader in readers]
    return max(matches, key=lambda pair: pair[1].score)


def other_data_set(columns: Sequence[str]) -> str:
    """What a FOCUS file that is no bill holds, such as ``contract commitments``; empty for anything else."""
    present = {key(column) for column in columns}
    return next((what for what, own in OTHER_DATA_SETS.items() if all(key(name) in present for name in own)), "")
