"""What answers questions: the snapshot being served, or a PostgreSQL database, as the setting ``source`` says."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from workbench.engines import Engine, PostgresEngine, server_label
from workbench.errors import BadSetting, SnapshotMissing
from workbench.postgres.served import ServedLoad, served_load
from workbench.settings import Settings
from workbench.snapshot import Manifest, SnapshotStore

__all__ = ["OpenData", "OpenDatabase", "open_data", "open_database", "postgres_url"]


class OpenData(Protocol):
    """Data ready to be asked: a snapshot file or a database; close it, or use it in a ``with`` statement."""

    @property
    def engine(self) -> Engine:
        """Read-only."""

    @property
    def manifest(self) -> Manifest:
        """Of the snapshot that answers; for a database, of the one that was loaded into it."""

    @property
    def notice(self) -> str | None:
        """One sentence for a banner, or None."""

    def close(self) -> None:
        """Let go of it."""

    def __enter__(self) -> Self:
        """Itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of it."""


@dataclass(frozen=True, slots=True)
class OpenDatabase:
    """The newest load of a database; see :class:`OpenData`."""

    engine: PostgresEngine
    manifest: Manifest
    notice: str | None = None

    def close(self) -> None:
        """Close the idle connections."""
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def postgres_url(settings: Settings) -> str:
    """The connection string of the settings.

    Raises:
        BadSetting: there is none.
    """
    url = settings.postgres_url.get_secret_value()
    if not url:
        raise BadSetting(
            "No PostgreSQL database is named",
            hint="Set WORKBENCH_POSTGRES_URL=postgresql://user:password@host/database, or try one: workbench db trial",
        )
    return url


def open_data(settings: Settings, snapshot_id: str | None = None) -> OpenData:
    """Open what the settings choose.

    Args:
        settings: ``source``, ``postgres_url`` and where the snapshots are.
        snapshot_id: a snapshot by its id instead of the served one.

    Raises:
        SnapshotMissing: nothing is published, or it is not there under that id.
        SnapshotCorrupt: no snapshot is good.
        DatabaseUnreachable: the database does not answer.
        CannotRun: the database has no analytics tables, or nothing is loaded.
    """
    if settings.source == "snapshot":
        return SnapshotStore(settings).open(snapshot_id)
    return open_database(settings, served_load(postgres_url(settings)), snapshot_id)


def open_database(settings: Settings, load: ServedLoad, snapshot_id: str | None = None) -> OpenDatabase:
    """Open the load a database serves; raises ``SnapshotMissing`` when another snapshot is asked for."""
    url = postgres_url(settings)
    if snapshot_id not in (None, load.manifest.id):
        raise SnapshotMissing(
            f"Snapshot {snapshot_id} is not in {server_label(url)}",
            detail=f"The database serves snapshot {load.manifest.id} only",
            hint="Leave the snapshot out of the link, or set WORKBENCH_SOURCE=snapshot",
        )
    engine = PostgresEngine(url, load.id, timeout=settings.query_timeout_seconds)
    return OpenDatabase(engine, load.manifest)
