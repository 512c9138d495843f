"""Kill a real build, with SIGKILL, at every point where it is about to touch the disk, and look at what is left.

Run as ``python -m tests.support.kill_points HOME``, where HOME holds one published snapshot. For each point a copy of
HOME is made, a child process builds there and is killed at the point, and a second child reports what it finds and
builds again. One JSON object a point goes to stdout; the last one, with ``point`` null, is a build that ran to its end.

Points are the audit events of Python for writes under the home folder, plus each report of progress (DuckDB writes its
file without Python seeing it). Children are forked before anything is opened, so a point costs a fraction of a second.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from tests.support.bills import charge, insert_charges
from workbench.engines import Query
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

_WRITES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree", "shutil.copyfile"}


class _Killer:
    """Counts points and kills this process at the one asked for; also the ``Progress`` of the build."""

    def __init__(self, home: Path, at: int, report: int) -> None:
        self._home, self._at, self._report, self._seen = str(home), at, report, 0
        sys.addaudithook(self._audit)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in _WRITES or not str(args[0]).startswith(self._home):
            return
        if event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR):
            return
        self._point(f"{event} {Path(str(args[0])).name}")

    def _point(self, name: str) -> None:
        if self._seen == self._at:
            os.write(self._report, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)
        self._seen += 1

    def step(self, title: str, *, total: float | None = None) -> None:
        self._point(title)

    def advance(self, amount: float = 1.0, *, detail: str = "") -> None:
        self._point(detail)

    def message(self, text: str) -> None:
        self._point(text)


def _build(home: Path, at: int, report: int) -> None:
    killer = _Killer(home, at, report)
    with SnapshotStore(Settings(home=home)).build(killer) as build:
        insert_charges(build.connection, [charge(2, charge_period_end=None)])
        build.publish()


def _inspect(home: Path, _: int, report: int) -> None:
    store = SnapshotStore(Settings(home=home))
    before = _served(store)
    with store.build() as build:
        insert_charges(build.connection, [charge(4)])
        build.publish()
    found = {
        "served": before,
        "rebuilt": _served(store),
        "left": sorted(path.name for path in store_files(home)),
        "verified": [store.verify(one).problem for one in store.ids()],
    }
    os.write(report, json.dumps(found).encode())


def _served(store: SnapshotStore) -> list[Any]:
    with store.open() as snapshot:
        total = Query("total", "SELECT CAST(sum(effective_cost) AS DOUBLE) AS cost FROM daily_costs")
        return [snapshot.engine.run(total).to_pylist()[0]["cost"], snapshot.notice]


def store_files(home: Path) -> list[Path]:
    """Files of the snapshots folder that belong to no snapshot known to the store."""
    known = {f"{one}{suffix}" for one in SnapshotStore(Settings(home=home)).ids() for suffix in (".duckdb", ".json")}
    return [
        path
        for path in (home / "snapshots").rglob("*")
        if path.is_file() and path.name not in known | {"CURRENT.json", "refresh.lock"}
    ]


def _in_child(work: Any, home: Path, at: int) -> tuple[int, str]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            work(home, at, writer)
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said


def main(template: Path) -> None:
    """Try every point in turn until a build runs to its end."""
    for at in range(1000):
        home = template.with_name(f"point-{at}")
        shutil.copytree(template, home)
        code, point = _in_child(_build, home, at)
        inspected, found = _in_child(_inspect, home, at)
        killed = code == -signal.SIGKILL
        print(
            json.dumps(
                {"point": point if killed else None, "exit": code, "inspected": inspected, **json.loads(found or "{}")}
            )
        )
        shutil.rmtree(home)
        if not killed:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
