"""Which snapshot the app reads: the current one, looked up on every run, so a refresh shows without a restart."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache

from workbench.errors import SnapshotCorrupt
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, SnapshotStore

__all__ = ["SnapshotSource", "source_for"]

# A pinned older snapshot beside the current one, and one more while sessions move on.
_KEPT_OPEN = 3


class SnapshotSource:
    """Opens snapshots once a process; safe to share between sessions.

    A snapshot that falls out of use is dropped, not closed: a query still running on it ends normally and the file is
    closed when the last holder lets go.
    """

    def __init__(self, settings: Settings) -> None:
        self._store = SnapshotStore(settings)
        self._open: OrderedDict[str, OpenSnapshot] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, snapshot_id: str | None = None) -> OpenSnapshot:
        """The snapshot asked for, or the current one; falls back to the newest good one with a notice.

        Raises:
            SnapshotMissing: nothing has been published yet, or there is no snapshot of that id.
            SnapshotCorrupt: no snapshot can be opened.
        """
        wanted = snapshot_id or self._served()
        with self._lock:
            if wanted in self._open:
                self._open.move_to_end(wanted)
                return self._open[wanted]
            opened = self._store.open(snapshot_id)
            self._open[wanted] = opened
            while len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)
            return opened

    def _served(self) -> str:
        """Id of the current snapshot; a fixed key while the pointer leads nowhere and an older one may answer."""
        try:
            manifest = self._store.current()
        except SnapshotCorrupt:
            return "unreadable"
        return "nothing" if manifest is None else manifest.id


@lru_cache(maxsize=4)
def source_for(settings: Settings) -> SnapshotSource:
    """The process's one source for ``settings``."""
    return SnapshotSource(settings)
