"""Scans and findings for tests: small ones by hand, many at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from workbench.workspace import Finding, Scan

FIRST_DAY = date(2026, 11, 1)
CHECKS = ("ec2_idle", "ebs_unattached")


def scan(day: int = 0, **overrides: Any) -> Scan:
    """A scan of data that end ``day`` days after the first of November 2026; both checks ran."""
    values: dict[str, Any] = {
        "started_at": datetime(2026, 11, 1, 9, tzinfo=UTC) + timedelta(days=day),
        "snapshot_id": f"snapshot-{day}",
        "preset": "default",
        "as_of": FIRST_DAY + timedelta(days=day),
        "checks_run": CHECKS,
    }
    return Scan(**{**values, **overrides})


def finding(resource: str = "i-1", saving: str | None = "10", **overrides: Any) -> Finding:
    """An idle instance of account 111; ``payload`` keys may be given directly."""
    values: dict[str, Any] = {
        "check_id": "ec2_idle",
        "account_id": "111",
        "resource_id": resource,
        "region": "eu-west-1",
        "currency": "USD",
        "saving_expected": None if saving is None else Decimal(saving),
    }
    fields = {key: overrides.pop(key) for key in list(overrides) if key in Finding.__slots__}
    return Finding(**{**values, "payload": overrides, **fields})


def many_findings(count: int) -> Iterator[Finding]:
    """``count`` findings over 40 accounts, 20 services and 12 checks, with tags and evidence of real size."""
    for number in range(count):
        yield finding(
            f"arn:aws:ec2:eu-west-1:{number % 40:012}:instance/i-{number:017x}",
            str(Decimal(number % 997) + Decimal(number % 100) / 100),
            check_id=f"check_{number % 12}",
            account_id=f"{number % 40:012}",
            title=f"Instance {number} does no work",
            service_name=f"Service {number % 20}",
            resource_type="instance",
            resource_name=f"web-{number}",
            basis="effective",
            saving_low=Decimal(number % 900),
            saving_high=Decimal(number % 1100),
            confidence=number % 100 + 1,
            risk=("safe", "low", "medium", "high")[number % 4],
            effort="low",
            tags={"env": ("prod", "dev", "test")[number % 3], "team": f"team-{number % 30}"},
            evidence={"window_days": 14, "cpu_mean": 1.25, "cpu_max": 4.5, "network_mb_day": 0.7, "threshold": 5},
        )
