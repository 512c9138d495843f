"""A varied bill with a little of every inventory table the stored queries read."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.costs.conftest import varied_rows
from tests.support.bills import insert_charges
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

INVENTORY = {
    "instances": [
        {"id": "i1", "instance_id": "i-1", "state": "running", "avg_cpu_7d": 4.9, "env": "dev",
         "instance_type": "m5.large", "hourly_cost": "0.096"},
        {"id": "i2", "instance_id": "i-2", "state": "running", "avg_cpu_7d": 5.0, "env": "dev",
         "instance_type": "m5.large", "hourly_cost": "0.096"},
        {"id": "i3", "instance_id": "i-3", "state": "stopped", "avg_cpu_7d": None, "env": None,
         "instance_type": "t3.micro", "hourly_cost": None},
    ],
    "volumes": [
        {"id": "v1", "volume_id": "vol-1", "state": "available", "volume_type": "io1", "size_gib": 500,
         "monthly_cost": "62.5"},
        {"id": "v2", "volume_id": "vol-2", "state": "in-use", "volume_type": "gp3", "size_gib": 8,
         "monthly_cost": "0.64"},
    ],
    "snapshots": [
        {"id": "s1", "snapshot_id": "snap-1", "source_volume_id": "vol-1"},
        {"id": "s2", "snapshot_id": "snap-2", "source_volume_id": "vol-gone"},
        {"id": "s3", "snapshot_id": "snap-3", "source_volume_id": None},
    ],
    "elastic_ips": [
        {"id": "e1", "allocation_id": "eip-1", "state": "unassociated"},
        {"id": "e2", "allocation_id": "eip-2", "state": "associated"},
    ],
    "log_groups": [
        {"id": "l1", "name": "/app", "retention_days": None},
        {"id": "l2", "name": "/web", "retention_days": 30},
    ],
    "api_clients": [
        {"id": "k1", "name": "ci", "last_used_at": datetime(2026, 11, 20, 8)},
        {"id": "k2", "name": "old", "last_used_at": datetime(2026, 8, 21)},
        {"id": "k3", "name": "edge", "last_used_at": datetime(2026, 8, 22)},
        {"id": "k4", "name": "never", "last_used_at": None},
    ],
    "commitments": [
        {"id": "c1", "commitment_type": "savings_plan", "end_date": date(2027, 1, 1)},
        {"id": "c2", "commitment_type": "reserved_instance", "end_date": None},
    ],
    "commitment_utilization_daily": [
        {"id": "u1", "commitment_id": "c1", "date": date(2026, 11, 19), "utilization_percent": 60.0},
        {"id": "u2", "commitment_id": "c1", "date": date(2026, 11, 20), "utilization_percent": 80.0},
        {"id": "u3", "commitment_id": "c2", "date": date(2026, 11, 20), "utilization_percent": 100.0},
        {"id": "u4", "commitment_id": "c1", "date": date(2026, 10, 21), "utilization_percent": 1.0},
    ],
    "resource_change_events": [
        {"id": "x1", "resource_type": "instances", "resource_id": "i-1", "field_name": "state", "old_value": "running",
         "new_value": "stopped", "changed_at": datetime(2026, 11, 1)},
        {"id": "x2", "resource_type": "volumes", "resource_id": "vol-1", "field_name": "state", "old_value": "in-use",
         "new_value": "available", "changed_at": datetime(2026, 11, 2)},
    ],
}  # fmt: skip

_DEFAULTS = {"account_id": "a1", "provider": "AWS"}


def insert_inventory(connection, tables=INVENTORY):
    """Insert rows given as dictionaries; account and provider are filled in where a table has them."""
    for table, rows in tables.items():
        names = [row[0] for row in connection.execute(f'DESCRIBE "{table}"').fetchall()]
        for row in rows:
            full = {name: value for name, value in _DEFAULTS.items() if name in names} | row
            columns = ", ".join(f'"{name}"' for name in full)
            places = ", ".join("?" for _ in full)
            connection.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', list(full.values()))


@pytest.fixture(scope="session")
def estate(tmp_path_factory):
    """The bill and the inventory in a published snapshot."""
    settings = Settings(home=tmp_path_factory.mktemp("estate"))
    store = SnapshotStore(settings)
    with store.build(fresh=True) as build:
        insert_charges(build.connection, varied_rows())
        insert_inventory(build.connection)
        build.connection.execute(
            "INSERT INTO source_files"
            " (source_id, load_id, path, dataset, version, status, format, rows_loaded, loaded_at)"
            " VALUES (1, 1, '/b.csv', '/b.csv', 'x', 'loaded', 'focus', 502, TIMESTAMP '2026-11-20 09:00:00')"
        )
        build.connection.execute(
            "INSERT INTO quality_findings (source_id, rule, title, severity, rows, effective_cost)"
            " VALUES (1, 'r', 'A rule', 'warning', 3, 1.5)"
        )
        build.publish()
    opened = store.open()
    yield opened
    opened.close()
