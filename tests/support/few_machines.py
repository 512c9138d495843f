"""A snapshot of a few machines with a few days of samples and bill, and a run over it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.support.bills import charge
from workbench.catalog import load_catalog
from workbench.rightsizing import Options, read_facts, run_with

FIRST, DAYS = datetime(2026, 11, 5), 16
LAST = date(2026, 11, 20)
ACCOUNT = {"id": "acc", "name": "Team A", "account_number": "000000000002"}


def machine(name="i-1", **more):
    return {
        "id": name, "instance_id": name, "account_id": "acc", "name": f"web {name}", "instance_type": "m6i.xlarge",
        "region": "eu-west-1", "state": "running", "env": "prod", "launch_time": datetime(2026, 1, 1), **more,
    }  # fmt: skip


def samples(name="i-1", kind="instances", *, cpu=15.0, memory=30.0, network=1.0, step=3600, days=DAYS, **more):
    rows = []
    values = {("cpu", "maximum", "%"): cpu, ("memory", "maximum", "%"): memory, ("network", "average", "MB/s"): network}
    values |= {(metric, "maximum", unit): value for (metric, unit), value in more.pop("others", {}).items()}
    for n in range(days * 86400 // step):
        for (metric, statistic, unit), value in values.items():
            if value is not None:
                rows.append(
                    {
                        "resource_id": name, "resource_type": kind, "metric": metric, "statistic": statistic,
                        "unit": unit, "timestamp": FIRST + timedelta(seconds=n * step), "interval_seconds": step,
                        "value": value(n) if callable(value) else value,
                    }
                )  # fmt: skip
    return rows


STORAGE = {("read_bytes", "MB/s"): 1.0, ("write_bytes", "MB/s"): 1.0, ("read_ops", "count/s"): 50.0,
           ("write_ops", "count/s"): 50.0}  # fmt: skip


def hours(name="i-1", size="m6i.xlarge", price="0.214", **more):
    """A day of a machine a line, at list price."""
    amount = str(float(price) * 24)
    return [
        charge(
            amount, resource_id=name, charge_period_start=FIRST + timedelta(days=n),
            charge_period_end=FIRST + timedelta(days=n + 1), consumed_quantity=24.0, pricing_quantity=24.0,
            region_id="eu-west-1", x_usage_type=f"EUW1-BoxUsage:{size}", x_operation="RunInstances", **more,
        )
        for n in range(DAYS)
    ]  # fmt: skip


def run(snapshot, **asked):
    return run_with(read_facts(snapshot.engine, load_catalog(), Options(**asked), with_waste=False))


def only(result, kind="instances"):
    [one] = [each for each in result.advice if each.kind == kind]
    return one
