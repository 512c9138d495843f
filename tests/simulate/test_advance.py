"""Moving an estate on: the past stays, the open month is restated, and the rest is that of a longer simulation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.support.small_estate import written
from workbench.errors import BadFile, Conflict
from workbench.ingest import ingest
from workbench.progress import Silent
from workbench.settings import Settings
from workbench.simulate.advance import advance
from workbench.simulate.plan import SimulationPlan
from workbench.snapshot import SnapshotStore

PLAN = SimulationPlan(last_day=date(2026, 10, 12), accounts=6, days=60, metric_days=2)
DAYS = 25


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def settings_of(folder: Path) -> Settings:
    return Settings(home=folder / "home")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before") / "company"
    written(folder, PLAN)
    return folder


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory, before: Path) -> Path:
    """A second copy of the estate, moved on."""
    folder = tmp_path_factory.mktemp("moved") / "company"
    written(folder, PLAN)
    advance(folder, DAYS, settings_of(folder.parent), Silent())
    return folder


@pytest.fixture
def lines() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def test_an_estate_moved_on_is_the_longer_simulation_to_the_byte(tmp_path, moved):
    written(tmp_path / "company", PLAN.advanced(DAYS))
    assert digests(moved) == digests(tmp_path / "company")
    assert digests(moved.with_name("company.truth")) == digests(tmp_path / "company.truth")


def test_closed_months_keep_their_files_and_the_open_one_is_restated(before, moved):
    old, new = digests(before / "bill"), digests(moved / "bill")
    assert sorted(old) == ["2026-08.parquet", "2026-09.parquet", "2026-10.parquet"]
    assert sorted(new) == [*sorted(old), "2026-11.parquet"]
    assert {name for name in old if old[name] == new[name]} == {"2026-08.parquet", "2026-09.parquet"}


def test_charges_of_the_past_days_are_the_same_in_the_restated_month(before, moved, lines):
    """Of the open month: the same metered lines day by day; only the invoice, which now exists, may differ."""
    columns = "* EXCLUDE (InvoiceId)"
    where = "ChargePeriodEnd <= TIMESTAMP '2026-10-13' AND ChargeCategory = 'Usage'"
    old, new = (
        f"SELECT {columns} FROM read_parquet('{folder}/bill/2026-10.parquet') WHERE {where}"
        for folder in (before, moved)
    )
    assert lines.execute(f"SELECT count(*) FROM ({old})").fetchone()[0] > 1000
    assert lines.execute(f"({old} EXCEPT ALL {new}) UNION ALL ({new} EXCEPT ALL {old})").fetchall() == []


def test_change_events_explain_the_difference_of_the_inventories(before, moved, lines):
    def table(folder: Path, name: str) -> str:
        return f"read_parquet('{folder}/inventory/{name}.parquet')"

    events = f"""SELECT resource_type, resource_id, field_name, old_value, new_value
                 FROM {table(moved, "resource_change_events")} WHERE changed_at >= TIMESTAMP '2026-10-13'"""
    differing = " UNION ALL ".join(
        f"""SELECT '{name}' AS resource_type, o.{key} AS resource_id, '{field}' AS field_name,
                   o.{field}::VARCHAR AS old_value, n.{field}::VARCHAR AS new_value
            FROM {table(before, name)} o JOIN {table(moved, name)} n USING (id)
            WHERE o.{field} IS DISTINCT FROM n.{field}"""
        for name, key, field in (
            ("instances", "instance_id", "state"),
            ("instances", "instance_id", "instance_type"),
            ("volumes", "volume_id", "state"),
            ("volumes", "volume_id", "attached_instance_id"),
            ("rds_instances", "db_instance_id", "state"),
            ("elastic_ips", "allocation_id", "state"),
            ("elastic_ips", "allocation_id", "associated_instance_id"),
            ("elastic_ips", "allocation_id", "associated_lb_arn"),
            ("log_groups", "name", "retention_days"),
            ("lambda_functions", "name", "timeout_seconds"),
            ("autoscaling_groups", "name", "max_size"),
            ("container_nodes", "instance_id", "state"),
        )
    )
    assert lines.execute(f"SELECT count(*) FROM ({events})").fetchone()[0] > 5
    unexplained = f"(FROM ({events}) EXCEPT FROM ({differing})) UNION ALL (FROM ({differing}) EXCEPT FROM ({events}))"
    assert lines.execute(unexplained).fetchall() == []


def test_ingest_after_moving_on_restates_the_open_month(tmp_path):
    folder = tmp_path / "company"
    settings = settings_of(tmp_path)
    written(folder, replace(PLAN, accounts=2))
    ingest([folder], settings, Silent())
    made = advance(folder, DAYS, settings, Silent())
    report = ingest([folder], settings, Silent())
    assert report.status == "done"
    assert {Path(file.path).name for file in report.files if file.status == "unchanged"} >= {
        "2026-08.parquet", "2026-09.parquet",
    }  # fmt: skip
    current = SnapshotStore(settings).current()
    assert current is not None
    assert current.rows["charges"] == made.lines
    assert str(current.last_day) == "2026-11-06"


def test_another_release_is_refused_and_nothing_changes(tmp_path, before):
    folder = tmp_path / "company"
    written(folder, replace(PLAN, accounts=1))
    closed = folder / "bill" / "2026-08.parquet"
    closed.write_bytes(closed.read_bytes() + b"x")
    unchanged = digests(folder)
    with pytest.raises(Conflict, match="closed month 2026-08 would change"):
        advance(folder, 5, settings_of(tmp_path), Silent())
    assert digests(folder) == unchanged
    assert list(tmp_path.glob(".*")) == []


def test_only_an_estate_can_be_moved_on(tmp_path):
    with pytest.raises(BadFile):
        advance(tmp_path, 5, settings_of(tmp_path), Silent())


def test_the_plan_is_kept_with_the_estate(moved):
    assert json.loads((moved / "simulation.json").read_text())["plan"]["last_day"] == "2026-11-06"
