"""Tiny FOCUS bills as files: rows with defaults, written as CSV or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["HEADER", "csv_text", "focus_row", "write_csv", "write_parquet"]

_DEFAULTS: dict[str, str] = {
    "BilledCost": "1.5",
    "EffectiveCost": "1.25",
    "ContractedCost": "1.75",
    "ListCost": "2",
    "BillingAccountId": "000000000001",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-10-01T00:00:00Z",
    "BillingPeriodEnd": "2026-11-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargeFrequency": "Usage-Based",
    "ChargePeriodStart": "2026-10-01T00:00:00Z",
    "ChargePeriodEnd": "2026-10-01T01:00:00Z",
    "CommitmentDiscountId": "",
    "CommitmentDiscountStatus": "",
    "ConsumedQuantity": "1",
    "ConsumedUnit": "Hours",
    "InvoiceIssuerName": "AWS",
    "PricingCategory": "Standard",
    "ProviderName": "AWS",
    "RegionId": "us-east-1",
    "ResourceId": "i-1",
    "ServiceCategory": "Compute",
    "ServiceName": "Amazon EC2",
    "SubAccountId": "000000000002",
    "Tags": '{"team": "a"}',
}

HEADER: tuple[str, ...] = tuple(_DEFAULTS)


def focus_row(resource: str = "i-1", **overrides: str) -> dict[str, str]:
    """One FOCUS 1.0 line of a bill as text: an hour of a machine, billed 1.5, effective 1.25, list 2 USD."""
    return {**_DEFAULTS, "ResourceId": resource, **overrides}


def csv_text(rows: Iterable[Mapping[str, str]], *, header: Sequence[str] | None = None, delimiter: str = ",") -> str:
    """The rows as CSV with ``header`` (default: the columns of the first row, else :data:`HEADER`)."""
    rows = list(rows)
    names = list(header or (rows[0] if rows else HEADER))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_csv(path: Path, rows: Iterable[Mapping[str, str]], **options: Any) -> Path:
    """Write a UTF-8 CSV file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_text(rows, **options), encoding="utf-8")
    return path


def write_parquet(path: Path, rows: Iterable[Mapping[str, Any]], schema: pa.Schema | None = None) -> Path:
    """Write a Parquet file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return path
