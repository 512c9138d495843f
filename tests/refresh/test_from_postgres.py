"""A snapshot that is a copy of a database: row for row, incremental, and never half."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from decimal import Decimal

import pytest

from tests.support.bills import charge, snapshot_of
from workbench.engines import SCHEMA, PostgresEngine, Query, connect_postgres
from workbench.errors import CannotRun, Conflict, DatabaseUnreachable, DataError
from workbench.refresh import refresh
from workbench.refresh.database import COPIED
from workbench.schema.model import quote
from workbench.snapshot import SnapshotStore


def copy(source, settings, **options):
    return refresh([source], settings, **options)


def served(settings):
    """Sum of billed USD in what is served, None when nothing is."""
    if not SnapshotStore(settings).ids():
        return None
    with SnapshotStore(settings).open() as snapshot:
        assert snapshot.notice is None
        assert SnapshotStore(settings).verify(snapshot.manifest.id).ok
        return Decimal(snapshot.manifest.totals["USD"]["billed_cost"])


def total(source):
    with connect_postgres(source) as connection:
        [(cost,)] = connection.execute(
            f"SELECT sum(billed_cost) FROM {SCHEMA}.charges WHERE billing_currency = 'USD'"
        ).fetchall()
        return cost


def test_the_copy_has_every_row_of_every_table(source, settings):
    copy(source, settings)
    engine = PostgresEngine(source, "source")
    with SnapshotStore(settings).open() as snapshot:
        for table in COPIED:
            query = Query("rows", f"SELECT {', '.join(quote(name) for name in table.names)} FROM {quote(table.name)}")
            ours, theirs = snapshot.engine.run(query), engine.run(query)
            assert sorted(map(repr, ours.to_pylist())) == sorted(map(repr, theirs.to_pylist())), table.name
        assert snapshot.manifest.rows["volumes"] == 1
        assert snapshot.manifest.rows["daily_costs"] > 0
    engine.close()


def test_a_second_refresh_of_the_same_state_does_nothing(source, settings):
    first = copy(source, settings)
    again = copy(source, settings)
    assert (first.status, again.status, again.exit_code, again.snapshot_id) == ("done", "unchanged", 4, None)
    assert copy(source, settings, full=True).snapshot_id > first.snapshot_id


def test_only_changed_source_files_are_read_again(source, settings, run):
    lines = copy(source, settings).database.rows_read
    run(f"UPDATE {SCHEMA}.charges SET billed_cost = billed_cost + 1 WHERE x_source_id = 2")
    run(f"INSERT INTO {SCHEMA}.volumes (id, account_id, volume_id, provider) VALUES ('v2', 'a1', 'vol-2', 'AWS')")
    second = copy(source, settings).database
    assert 0 < second.rows_read < lines
    assert second.rows_read + second.rows_kept == lines
    assert served(settings) == total(source)
    with SnapshotStore(settings).open() as snapshot:
        assert snapshot.manifest.rows["volumes"] == 2


def test_a_source_file_that_is_gone_goes(source, settings, run):
    copy(source, settings)
    run(f"DELETE FROM {SCHEMA}.charges WHERE x_source_id = 1")
    assert copy(source, settings).database.rows_read == 0
    assert served(settings) == total(source)


def test_bills_of_another_origin_are_not_replaced_unasked(source, settings):
    snapshot_of(settings, [charge("5")]).close()
    with pytest.raises(Conflict, match="--replace"):
        copy(source, settings)
    assert served(settings) == 5
    copy(source, settings, replace=True)
    assert served(settings) == total(source)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (f"DROP TABLE {SCHEMA}.volumes CASCADE", "table volumes"),
        (f"ALTER TABLE {SCHEMA}.charges DROP COLUMN x_usage_type CASCADE", "column charges.x_usage_type"),
        (f"DROP SCHEMA {SCHEMA} CASCADE", "table charges"),
    ],
)
def test_what_is_missing_is_named_and_nothing_changes(source, settings, run, change, named):
    copy(source, settings)
    before = served(settings)
    run(change)
    with pytest.raises(CannotRun, match=named):
        copy(source, settings)
    assert served(settings) == before


def test_a_wrong_password_is_refused_without_showing_it(source, settings):
    with pytest.raises(DatabaseUnreachable) as caught:
        copy("postgresql://me:hunter2@127.0.0.1:1/costs", settings)
    assert "hunter2" not in str(caught.value)
    assert served(settings) is None


class At:
    """Progress that does something at the first report of a table."""

    def __init__(self, table, action):
        self.table, self.action = table, action

    def step(self, title, *, total=None):
        if title == self.table:
            self._once()

    def advance(self, amount=1.0, *, detail=""):
        if detail == self.table:
            self._once()

    def message(self, text): ...

    def _once(self):
        action, self.action = self.action, lambda: None
        action()


def test_a_source_that_changes_while_it_is_read_gives_one_moment(source, settings, run):
    before = total(source)
    inserted = f"INSERT INTO {SCHEMA}.charges SELECT * FROM {SCHEMA}.charges WHERE x_source_id = 1"
    refresh([source], settings, At("volumes", lambda: run(inserted)))
    assert served(settings) == before != total(source)
    copy(source, settings)
    assert served(settings) == total(source)


def test_a_server_that_goes_away_amid_the_read_leaves_the_old_snapshot(source, settings, run):
    copy(source, settings)
    before = served(settings)
    run(f"UPDATE {SCHEMA}.charges SET billed_cost = billed_cost + 1")
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    with pytest.raises(DatabaseUnreachable, match="broke off"):
        refresh([source], settings, At("volumes", lambda: run(kill)))
    assert served(settings) == before
    copy(source, settings)
    assert served(settings) == total(source)


def test_rows_that_do_not_arrive_are_noticed_before_anything_is_published(source, settings, monkeypatch):
    copy(source, settings)
    before = served(settings)

    def loses(connection, database, contents, changed, progress):
        return 0

    monkeypatch.setattr("workbench.refresh.from_postgres._copy", loses)
    with pytest.raises(DataError, match="charges has 0 rows"):
        copy(source, settings, full=True)
    assert served(settings) == before


_KILLED = """
import os, signal, sys
from pathlib import Path
from workbench.refresh import refresh
from workbench.settings import Settings

class Killer:
    seen = 0
    def step(self, title, *, total=None): self.point()
    def advance(self, amount=1.0, *, detail=""): self.point()
    def message(self, text): self.point()
    def point(self):
        if Killer.seen == int(sys.argv[3]): os.kill(os.getpid(), signal.SIGKILL)
        Killer.seen += 1

refresh([sys.argv[1]], Settings(home=Path(sys.argv[2])), Killer(), full=True)
print(Killer.seen)
"""


@pytest.mark.slow
def test_killed_at_any_report_the_old_snapshot_serves_and_the_next_run_succeeds(source, settings, run):
    copy(source, settings)
    before = served(settings)
    run(f"UPDATE {SCHEMA}.charges SET billed_cost = billed_cost + 1")
    points = 0
    for at in range(100):
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, source, str(settings.home), str(at)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
        assert served(settings) == before
        points += 1
    assert points > 8
    assert served(settings) == total(source)


def test_two_refreshes_at_once_are_kept_apart(source, settings):
    from workbench.errors import SnapshotBusy

    problems = []

    def second():
        try:
            copy(source, settings)
        except SnapshotBusy as error:
            problems.append(error)

    def meanwhile():
        other = threading.Thread(target=second)
        other.start()
        other.join()

    refresh([source], settings, At("volumes", meanwhile))
    assert len(problems) == 1
    assert served(settings) == total(source)


_LIMITED = """
import json, resource, sys
from pathlib import Path
from workbench.errors import WorkbenchError
from workbench.refresh import refresh
from workbench.settings import Settings

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    refresh([sys.argv[1]], Settings(home=Path(sys.argv[2])), full=True)
except WorkbenchError as error:
    print(json.dumps([type(error).__name__, error.title]))
"""


def test_a_full_disk_is_said_and_leaves_the_old_snapshot(source, settings, run):
    copy(source, settings)
    before = served(settings)
    run(
        f"INSERT INTO {SCHEMA}.loads (load_id, started_at, status)"
        " SELECT n + 10, TIMESTAMP '2026-01-01' + n * INTERVAL '1 second', md5(n::text)"
        " FROM generate_series(1, 400000) n"
    )
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, source, str(settings.home), "6000000"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == ["StorageError", "The disk is full"]
    assert served(settings) == before
    copy(source, settings)
    with SnapshotStore(settings).open() as snapshot:
        assert snapshot.manifest.rows["loads"] >= 400_000
