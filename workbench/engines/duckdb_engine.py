"""DuckDB over one published snapshot file, opened read-only and locked down."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pyarrow as pa

from workbench.engines.base import Query
from workbench.engines.connection import connect
from workbench.errors import CannotRun, QueryFailed, QueryTimeout, SnapshotCorrupt, WorkbenchError

__all__ = ["DuckDBEngine"]

# Between a look at the configuration of a file and its locking no other thread may open the same file.
_LOCK = threading.Lock()


class DuckDBEngine:
    """Runs queries on a snapshot file; safe to share between threads (a cursor per query).

    Args:
        path: the snapshot file; opened read-only, so any number of processes may share it.
        snapshot_id: its id in the manifest.
        threads: engine threads.
        memory_limit: such as ``3GB``.
        timeout: seconds after which a query is interrupted.

    Raises:
        SnapshotCorrupt: the file is missing or DuckDB cannot open it.
    """

    name = "DuckDB snapshot"

    def __init__(
        self, path: Path, snapshot_id: str, *, threads: int = 2, memory_limit: str = "3GB", timeout: float = 30.0
    ) -> None:
        self.path = path
        self.snapshot_id = snapshot_id
        self.timeout = timeout
        try:
            with _LOCK:
                self._connection = connect(
                    path,
                    threads=threads,
                    memory_limit=memory_limit,
                    read_only=True,
                    enable_external_access=False,
                    autoinstall_known_extensions=False,
                    autoload_known_extensions=False,
                )
                _lock_down(self._connection)
        except duckdb.Error as exc:
            raise SnapshotCorrupt(
                f"Snapshot {snapshot_id} cannot be opened",
                detail=str(exc).splitlines()[0],
                hint="Run: workbench snapshots verify",
            ) from exc

    def run(self, query: Query, *, timeout: float | None = None) -> pa.Table:
        """Run one statement; see :class:`workbench.engines.base.Engine`."""
        limit = self.timeout if timeout is None else timeout
        cursor = self._connection.cursor()
        interrupted = threading.Event()

        def stop() -> None:
            interrupted.set()
            cursor.interrupt()

        timer = threading.Timer(limit, stop)
        timer.daemon = True
        timer.start()
        try:
            relation = cursor.sql(query.sql, params=query.named or None)
            result: pa.Table = relation.to_arrow_table()
        except duckdb.Error as exc:
            raise _translated(exc, query, limit, timed_out=interrupted.is_set()) from exc
        finally:
            timer.cancel()
            cursor.close()
        return result

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _lock_down(connection: duckdb.DuckDBPyConnection) -> None:
    """Fix the configuration, once for all connections of this process to the file: DuckDB shares it between them."""
    if connection.execute("SELECT current_setting('lock_configuration')").fetchone() == (True,):
        return
    # GLOBAL: a cursor is a connection of its own and would otherwise take the machine's zone.
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")


def _translated(exc: duckdb.Error, query: Query, limit: float, *, timed_out: bool) -> WorkbenchError:
    first_line = str(exc).splitlines()[0]
    if timed_out and isinstance(exc, duckdb.InterruptException):
        return QueryTimeout(
            f"{query.title} took longer than {limit:g} s",
            hint="Choose a shorter period or add a filter",
        )
    if isinstance(exc, duckdb.CatalogException | duckdb.BinderException):
        return CannotRun(f"{query.title} cannot run", detail=first_line, hint="Load the data this question needs")
    return QueryFailed(f"{query.title} failed", detail=first_line)
