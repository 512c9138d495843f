"""The one way to open DuckDB: with limits, and without a word on stdout."""

from __future__ import annotations

from pathlib import Path

import duckdb

__all__ = ["connect"]


def connect(
    path: Path | None = None,
    *,
    threads: int,
    memory_limit: str | None = None,
    read_only: bool = False,
    **options: str | bool,
) -> duckdb.DuckDBPyConnection:
    """Open a database file, or a database in memory when there is no ``path``; the caller closes it.

    Args:
        path: the file.
        threads: engine threads.
        memory_limit: such as ``3GB``; None: DuckDB's own default.
        read_only: the file cannot be changed, and any number of processes may open it.
        options: further DuckDB settings by name.

    Raises:
        duckdb.Error: the file cannot be opened.
    """
    config: dict[str, str | bool | int | float | list[str]] = {"threads": threads, **options}
    if memory_limit is not None:
        config["memory_limit"] = memory_limit.replace(" ", "")
    connection = duckdb.connect(str(path or ":memory:"), read_only=read_only, config=config)
    if connection.execute("SELECT current_setting('lock_configuration')").fetchone() == (False,):
        # DuckDB draws its bar on stdout, amid the JSON of a command. Not settable for a second opening of a locked
        # file in one process, which only the app has. Cursors take the setting over.
        connection.execute("SET enable_progress_bar = false")
    return connection
