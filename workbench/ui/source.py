"""Which data the app reads: the current snapshot, or the newest load of a database.

Looked up on every run, so new data shows without a restart.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from workbench.errors import SnapshotCorrupt
from workbench.postgres import OpenData, ServedLoad, postgres_url, served_load
from workbench.postgres.source import open_database
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

__all__ = ["DataSource", "source_for"]

# A pinned older snapshot beside the current one, and one more while sessions move on.
_KEPT_OPEN = 3
# Seconds for which the load of a database is taken as known: one question for all the runs of a page.
_LOAD_KNOWN = 5.0


class DataSource:
    """Opens data once a process; safe to share between sessions.

    What falls out of use is dropped, not closed: a query still running on it ends normally and the file or connection
    is closed when the last holder lets go.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = SnapshotStore(settings)
        self._open: OrderedDict[str, OpenData] = OrderedDict()
        self._lock = threading.Lock()
        self._load: tuple[float, ServedLoad] | None = None

    def get(self, snapshot_id: str | None = None) -> OpenData:
        """The snapshot asked for, or the current one; falls back to the newest good one with a notice.

        Raises:
            SnapshotMissing: nothing has been published yet, or there is no snapshot of that id.
            SnapshotCorrupt: no snapshot can be opened.
            DatabaseUnreachable: the database does not answer.
            CannotRun: the database has no analytics tables, or nothing is loaded.
        """
        if self._settings.source == "postgres":
            load = self._served_load()
            # A pinned id that is not there must be refused, so it is part of the key.
            return self._kept(f"{load.id} {snapshot_id}", lambda: open_database(self._settings, load, snapshot_id))
        return self._kept(snapshot_id or self._served(), lambda: self._store.open(snapshot_id))

    def _kept(self, key: str, open_it: Callable[[], OpenData]) -> OpenData:
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
            opened = open_it()
            self._open[key] = opened
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

    def _served_load(self) -> ServedLoad:
        now = time.monotonic()
        if self._load is None or now - self._load[0] > _LOAD_KNOWN:
            self._load = now, served_load(postgres_url(self._settings))
        return self._load[1]


@lru_cache(maxsize=4)
def source_for(settings: Settings) -> DataSource:
    """The process's one source for ``settings``."""
    return DataSource(settings)
