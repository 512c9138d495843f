"""Eight machines, a volume and a function, of which each is sized differently; published once for many tests.

Prices and sizes are those of the catalogue of the project, samples are flat, so that every answer can be worked out
by hand: a machine that is twice too large saves half of its list price on the bill.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.support.bills import charge, insert_charges
from tests.support.inventory import insert_rows
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

__all__ = ["ACCOUNT", "FIRST", "HOSTILE", "NOW", "PRICES", "hours", "machine", "published", "samples", "sized_estate"]

FIRST, DAYS = datetime(2026, 11, 5), 16
NOW = "2026-11-21T09:00:00Z"
ACCOUNT = {"id": "acc", "name": "Team A", "account_number": "000000000002"}
HOSTILE = "=<b>[x](http://example.invalid)</b>:red[$a$]"
PRICES = {"m6i.xlarge": 0.214, "m6i.2xlarge": 0.428, "m6i.large": 0.107, "t3.small": 0.0228}
_STEP = 900
_STORAGE = {
    ("read_bytes", "MB/s"): 1.0, ("write_bytes", "MB/s"): 1.0, ("read_ops", "count/s"): 50.0,
    ("write_ops", "count/s"): 50.0,
}  # fmt: skip


def machine(name: str, size: str = "m6i.xlarge", **more: Any) -> dict[str, Any]:
    """A running machine of the inventory."""
    return {
        "id": name, "instance_id": name, "account_id": "acc", "name": f"web {name}", "instance_type": size,
        "region": "eu-west-1", "state": "running", "env": "prod", "launch_time": datetime(2026, 1, 1), **more,
    }  # fmt: skip


def samples(name: str, *, cpu: float, memory: float | None, network: float = 1.0) -> list[dict[str, Any]]:
    """Flat metrics of the days of the bill, a sample each quarter of an hour."""
    values = {("cpu", "maximum", "%"): cpu, ("memory", "maximum", "%"): memory, ("network", "average", "MB/s"): network}
    values |= {(metric, "maximum", unit): value for (metric, unit), value in _STORAGE.items()}
    return [
        {
            "resource_id": name, "resource_type": "instances", "metric": metric, "statistic": statistic, "unit": unit,
            "timestamp": FIRST + timedelta(seconds=n * _STEP), "interval_seconds": _STEP, "value": value,
        }
        for n in range(DAYS * 86400 // _STEP)
        for (metric, statistic, unit), value in values.items()
        if value is not None
    ]  # fmt: skip


def hours(name: str, size: str = "m6i.xlarge", **more: Any) -> list[dict[str, Any]]:
    """A charge a day of a machine that runs all the time, at list price."""
    return [
        charge(
            str(PRICES.get(size, 0.2) * 24), resource_id=name, charge_period_start=FIRST + timedelta(days=n),
            charge_period_end=FIRST + timedelta(days=n + 1), consumed_quantity=24.0, pricing_quantity=24.0,
            region_id="eu-west-1", x_usage_type=f"EUW1-BoxUsage:{size}", x_operation="RunInstances", **more,
        )
        for n in range(DAYS)
    ]  # fmt: skip


def published(
    home: Path, charges: list[dict[str, Any]], measured: list[dict[str, Any]], **tables: list[Mapping[str, Any]]
) -> Settings:
    """A home folder with exactly these charges, samples and inventory rows."""
    settings = Settings(home=home)
    with SnapshotStore(settings).build(fresh=True) as build:
        insert_charges(build.connection, charges)
        insert_rows(build.connection, {"cloud_accounts": [ACCOUNT], **tables})
        if measured:
            build.connection.register("measured", pa.Table.from_pylist(measured))
            build.connection.execute("INSERT INTO resource_metrics BY NAME SELECT * FROM measured")
            build.connection.unregister("measured")
        build.publish(note="test")
    return settings


def sized_estate(home: Path) -> Settings:
    """Large, unseen (no memory), hostile (its name), tiny (small saving), right, hot, still (idle), blind and odd."""
    sizes = {"hostile": "m6i.2xlarge", "tiny": "t3.small"}
    used = {
        "large": (15.0, 30.0), "unseen": (15.0, None), "hostile": (15.0, 30.0), "tiny": (3.0, 10.0),
        "right": (82.0, 70.0), "hot": (98.0, 60.0), "still": (1.0, 5.0),
    }  # fmt: skip
    names = [*used, "blind"]
    machines = [machine(f"i-{name}", sizes.get(name, "m6i.xlarge")) for name in names]
    for one in machines:
        if one["id"] == "i-hostile":
            one["name"] = HOSTILE
    machines.append(machine("i-odd", "zz9.large"))
    measured = [
        row
        for name, (cpu, memory) in used.items()
        for row in samples(f"i-{name}", cpu=cpu, memory=memory, network=0.0 if name == "still" else 1.0)
    ]
    measured += samples("i-odd", cpu=10.0, memory=20.0)
    charges = [line for name in names for line in hours(f"i-{name}", sizes.get(name, "m6i.xlarge"))]
    charges += hours("i-odd", "zz9.large")
    functions = [{"id": "f-1", "account_id": "acc", "name": "thumbnails", "memory_mb": 512,
                  "region": "eu-west-1"}]  # fmt: skip
    return published(home, charges, measured, instances=machines, lambda_functions=functions)
