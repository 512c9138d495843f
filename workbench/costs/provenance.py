"""Where the rows came from: files with their control totals, refused rows, changed columns, findings, tags.

Everything here reads what ``ingest`` wrote beside the charges. Pure: an engine in, frozen results out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

import pyarrow as pa

from workbench.engines import Engine, Query
from workbench.schema.tables import PROMOTED_TAGS

__all__ = [
    "ControlTotal",
    "Finding",
    "Listing",
    "SchemaChange",
    "SourceFile",
    "TagCoverage",
    "findings",
    "loads",
    "rejected_rows",
    "schema_changes",
    "source_files",
    "tag_coverage",
]

_FILES = Query("Source files, newest first", "SELECT * FROM source_files ORDER BY source_id DESC")

_LOADS = Query("Loads, newest first", "SELECT * FROM loads ORDER BY load_id DESC")

_REJECTED = Query(
    "Refused rows with their reasons",
    """
SELECT files.path, rows.row_number, rows.column_name, rows.value, rows.reason
FROM rejected_rows AS rows JOIN source_files AS files USING (source_id)
ORDER BY rows.source_id DESC, rows.row_number
LIMIT 5000
""".strip(),
)

_FINDINGS = Query(
    "Data-quality findings of the files in use",
    """
SELECT
  finding.rule, finding.severity, any_value(finding.title) AS title,
  count(*) AS file_count, CAST(sum(finding.rows) AS BIGINT) AS row_count, sum(finding.effective_cost) AS effective_cost,
  max_by(finding.examples, finding.rows) AS examples, max_by(files.path, finding.rows) AS path
FROM quality_findings AS finding JOIN source_files AS files USING (source_id)
WHERE files.status = 'loaded'
GROUP BY finding.rule, finding.severity
ORDER BY CASE finding.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, row_count DESC, finding.rule
""".strip(),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows to show as they are, with the queries behind them."""

    table: pa.Table
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """One cost of one file in one currency: its sum in the file and its sum as loaded."""

    currency: str
    cost: str
    in_file: Decimal | None
    loaded: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Loaded minus in the file; None when one of them is unknown."""
        if self.in_file is None or self.loaded is None:
            return None
        return self.loaded - self.in_file


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file version offered to ingest; see the table ``source_files`` for each value."""

    source_id: int
    path: str
    dataset: str
    billing_month: date | None
    version: str
    format: str | None
    format_version: str | None
    status: str
    reason: str | None
    size: int | None
    rows_in: int | None
    rows_loaded: int | None
    seconds: float | None
    loaded_at: datetime | None
    first_charge: datetime | None
    totals: tuple[ControlTotal, ...]
    columns_kept: tuple[str, ...]
    columns_missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """Columns that came or went from one file of a dataset to the next; ``dataset`` is a folder for plain files."""

    dataset: str
    path: str
    previous_path: str
    appeared: tuple[str, ...]
    disappeared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A data-quality rule broken by files in use, summed over them.

    ``effective_cost`` adds currencies as numbers: it ranks findings, it is no amount of money. ``examples`` are rows of
    ``example_path``, the file that breaks the rule most.
    """

    rule: str
    title: str
    severity: str
    rows: int
    files: int
    effective_cost: Decimal | None
    examples: tuple[dict[str, Any], ...]
    example_path: str


@dataclass(frozen=True, slots=True)
class TagCoverage:
    """How much effective cost, in one currency, carries a promoted tag key; ``percent`` is 0-100."""

    key: str
    distinct_values: int
    tagged: Decimal
    total: Decimal

    @property
    def percent(self) -> Decimal | None:
        """Share of cost with the tag; None when there is no cost."""
        return self.tagged / self.total * 100 if self.total else None


def source_files(engine: Engine) -> tuple[SourceFile, ...]:
    """Every file version offered, newest first."""
    return tuple(_source_file(row) for row in engine.run(_FILES).to_pylist())


def loads(engine: Engine) -> Listing:
    """Every run of ingest, newest first."""
    return Listing(engine.run(_LOADS), (_LOADS,))


def rejected_rows(engine: Engine) -> Listing:
    """Why rows were refused, newest file first; at most 5,000."""
    return Listing(engine.run(_REJECTED), (_REJECTED,))


def findings(engine: Engine) -> tuple[Finding, ...]:
    """Quality findings of the files in use, worst first."""
    return tuple(
        Finding(
            rule=row["rule"],
            title=row["title"],
            severity=row["severity"],
            rows=row["row_count"],
            files=row["file_count"],
            effective_cost=row["effective_cost"],
            examples=tuple(_json_list(row["examples"])),
            example_path=row["path"],
        )
        for row in engine.run(_FINDINGS).to_pylist()
    )


def schema_changes(files: Sequence[SourceFile]) -> tuple[SchemaChange, ...]:
    """Columns that came or went from one file of a dataset to the next, by time of its charges.

    Plain files of one folder and format count as one dataset. A file's unexpected columns are kept and its missing ones
    are noted when it is loaded; a change is a difference of these two lists.
    """
    accepted = sorted(
        (file for file in files if file.status != "refused"),
        key=lambda file: (_series(file), str(file.first_charge or ""), file.source_id),
    )
    changes = []
    for _, group in groupby(accepted, key=_series):
        versions = list(group)
        for before, after in pairwise(versions):
            change = _schema_change(before, after)
            if change.appeared or change.disappeared:
                changes.append(change)
    return tuple(changes)


def tag_coverage(engine: Engine, currency: str) -> tuple[TagCoverage, ...]:
    """Coverage of each promoted tag key by effective cost without tax, in the order of promotion."""
    keys = engine.run(_PROMOTED).to_pylist()
    if not keys:
        return ()
    shares = engine.run(_coverage_query([key["position"] for key in keys], currency)).to_pylist()[0]
    return tuple(
        TagCoverage(
            key=key["tag_key"],
            distinct_values=key["distinct_values"],
            tagged=shares[f"tag_{key['position']}"] or Decimal(0),
            total=shares["total"] or Decimal(0),
        )
        for key in keys
    )


_PROMOTED = Query("Promoted tag keys", f"SELECT * FROM {PROMOTED_TAGS.name} ORDER BY position")


def _coverage_query(positions: Sequence[int], currency: str) -> Query:
    parts = ",\n  ".join(
        f"sum(effective_cost) FILTER (tag_{position} IS NOT NULL) AS tag_{position}" for position in positions
    )
    return Query(
        "Effective cost by promoted tag key",
        f"""
SELECT
  sum(effective_cost) AS total,
  {parts}
FROM daily_costs
WHERE billing_currency = $currency AND charge_category <> 'Tax'
""".strip(),
        (("currency", currency),),
    )


def _schema_change(before: SourceFile, after: SourceFile) -> SchemaChange:
    kept_before, kept_after = set(before.columns_kept), set(after.columns_kept)
    missed_before, missed_after = set(before.columns_missing), set(after.columns_missing)
    return SchemaChange(
        dataset=_series(after)[0],
        path=after.path,
        previous_path=before.path,
        appeared=tuple(sorted((kept_after - kept_before) | (missed_before - missed_after))),
        disappeared=tuple(sorted((kept_before - kept_after) | (missed_after - missed_before))),
    )


def _series(file: SourceFile) -> tuple[str, str]:
    """What belongs together over time: the dataset, or the folder when each file is a dataset of its own."""
    alone = file.dataset == file.path
    # The files of an inventory are its tables: each is compared with its own earlier version.
    table = f" {file.format_version}" if file.format == "inventory" else ""
    return (file.path.rpartition("/")[0] if alone else file.dataset, (file.format or "") + table)


def _source_file(row: dict[str, Any]) -> SourceFile:
    return SourceFile(
        source_id=row["source_id"],
        path=row["path"],
        dataset=row["dataset"],
        billing_month=row["billing_month"],
        version=row["version"],
        format=row["format"],
        format_version=row["format_version"],
        status=row["status"],
        reason=row["reason"],
        size=row["bytes"],
        rows_in=row["rows_in"],
        rows_loaded=row["rows_loaded"],
        seconds=row["seconds"],
        loaded_at=row["loaded_at"],
        first_charge=row["first_charge"],
        totals=_control_totals(row["control_totals"]),
        columns_kept=tuple(_json_list(row["columns_new"])),
        columns_missing=tuple(_json_list(row["columns_missing"])),
    )


def _control_totals(text: str | None) -> tuple[ControlTotal, ...]:
    return tuple(
        ControlTotal(currency, cost, _amount(sums["file"]), _amount(sums["loaded"]))
        for currency, costs in (json.loads(text) if text else {}).items()
        for cost, sums in costs.items()
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _json_list(text: str | None) -> list[Any]:
    return list(json.loads(text)) if text else []
