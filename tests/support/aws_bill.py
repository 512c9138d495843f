"""Tiny AWS bills: line items in the legacy CSV spelling, written as CSV or Parquet, loaded and asked."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.engines import Query
from workbench.ingest import LoadReport, ingest
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

__all__ = ["PLAN", "RESERVATION", "ask", "athena_name", "line", "load", "write_csv", "write_manifest", "write_parquet"]

RESERVATION = "arn:aws:ec2:us-east-1:111122223333:reserved-instances/r-1"
PLAN = "arn:aws:savingsplans::111122223333:savingsplan/sp-1"

_DEFAULTS = {
    "identity/LineItemId": "line-1",
    "identity/TimeInterval": "2026-05-01T00:00:00Z/2026-05-01T01:00:00Z",
    "bill/InvoiceId": "42",
    "bill/InvoicingEntity": "Amazon Web Services, Inc.",
    "bill/BillType": "Anniversary",
    "bill/PayerAccountId": "111122223333",
    "bill/BillingPeriodStartDate": "2026-05-01T00:00:00Z",
    "bill/BillingPeriodEndDate": "2026-06-01T00:00:00Z",
    "lineItem/UsageAccountId": "444455556666",
    "lineItem/LineItemType": "Usage",
    "lineItem/UsageStartDate": "2026-05-01T00:00:00Z",
    "lineItem/UsageEndDate": "2026-05-01T01:00:00Z",
    "lineItem/ProductCode": "AmazonEC2",
    "lineItem/UsageType": "BoxUsage:m5.large",
    "lineItem/Operation": "RunInstances",
    "lineItem/AvailabilityZone": "us-east-1a",
    "lineItem/ResourceId": "i-1",
    "lineItem/UsageAmount": "1",
    "lineItem/CurrencyCode": "USD",
    "lineItem/UnblendedRate": "0.1",
    "lineItem/UnblendedCost": "0.1",
    "lineItem/LineItemDescription": "One hour of a machine",
    "product/ProductName": "Amazon Elastic Compute Cloud",
    "product/instanceType": "m5.large",
    "product/region": "us-east-1",
    "pricing/publicOnDemandCost": "0.1",
    "pricing/publicOnDemandRate": "0.1",
    "pricing/term": "OnDemand",
    "pricing/unit": "Hrs",
    "reservation/ReservationARN": "",
    "reservation/EffectiveCost": "",
    "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod": "",
    "reservation/UnusedRecurringFee": "",
    "savingsPlan/SavingsPlanARN": "",
    "savingsPlan/SavingsPlanEffectiveCost": "",
    "savingsPlan/TotalCommitmentToDate": "",
    "savingsPlan/UsedCommitment": "",
    "resourceTags/user:CostCenter": "",
    "resourceTags/aws:createdBy": "",
}


def line(identifier: str, **overrides: str) -> dict[str, str]:
    """One hour of a machine on 1 May 2026 for 0.10 USD; ``overrides`` by column name, given as ``**{...}``."""
    return {**_DEFAULTS, "identity/LineItemId": identifier, **overrides}


def athena_name(name: str) -> str:
    """A CSV column name as Parquet and Athena spell it: every capital begins a word, so ARN becomes a_r_n."""
    return re.sub(r"[/:]", "_", re.sub(r"(?<=[^/:_])([A-Z])", r"_\1", name)).lower().replace("__", "_")


def write_csv(
    path: Path, lines: Sequence[Mapping[str, str]], *, columns: Sequence[str] = (), delimiter: str = ","
) -> Path:
    """Write lines as text, compressed when the name ends in ``.gz``; ``columns`` leaves some out."""
    names = list(columns) or list(lines[0])
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([one.get(name, "") for name in names] for one in lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.name.endswith(".gz") else content)
    return path


def write_parquet(path: Path, columns: Mapping[str, tuple[pa.DataType, Iterable[Any]]]) -> Path:
    """Write typed columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: pa.array(list(values), kind) for name, (kind, values) in columns.items()}
    pq.write_table(pa.table(arrays), path)
    return path


def write_manifest(path: Path, assembly: str, keys: Sequence[str], *, month: str = "202605") -> Path:
    """Write a legacy manifest of report ``daily`` that names ``keys``."""
    content = {
        "assemblyId": assembly,
        "account": "111122223333",
        "reportName": "daily",
        "billingPeriod": {"start": f"{month}01T000000.000Z", "end": "20260601T000000.000Z"},
        "reportKeys": list(keys),
        "columns": [],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def load(settings: Settings, *paths: Path) -> LoadReport:
    """Ingest ``paths``."""
    return ingest(paths, settings)


def ask(settings: Settings, sql: str) -> list[dict[str, Any]]:
    """Rows of a query on the current snapshot."""
    with SnapshotStore(settings).open() as snapshot:
        return snapshot.engine.run(Query("test", sql)).to_pylist()
