"""A real PostgreSQL for tests: one server a run, one database a test module."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from workbench.postgres.trial import DATABASE, start_trial

__all__ = ["fresh_database", "postgres_server"]

_numbers = itertools.count(1)


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Start a server with its data in ``folder``; gives the connection string of one of its databases."""
    with start_trial(folder) as server:
        # Nothing here outlives the run, so nothing need reach the disk.
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.url


def fresh_database(server: str, template: str = "template1") -> str:
    """Make a database on the server, empty or a copy of ``template``, and give its connection string."""
    name = f"workbench_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.replace(f"/{DATABASE}?", f"/{name}?")
