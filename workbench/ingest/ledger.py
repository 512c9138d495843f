"""The books of ingest inside a snapshot: which file versions are loaded, refused or replaced."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from workbench import clock
from workbench.ingest.quality import Finding
from workbench.ingest.readers.base import Projection
from workbench.ingest.report import RejectedRow, Totals

__all__ = ["Books", "LoadedFile", "SourceRecord", "read_books", "record_findings", "record_rejections", "record_source"]


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """One loaded file version."""

    source_id: int
    path: str
    dataset: str
    billing_month: date | None
    version: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Books:
    """What is loaded now, what was refused, and the next numbers."""

    loaded: tuple[LoadedFile, ...] = ()
    refused: frozenset[tuple[str, str, str]] = frozenset()  # path, SHA-256, reason
    next_source: int = 1
    next_load: int = 1

    def versions_of(self, dataset: str, billing_month: date | None) -> tuple[LoadedFile, ...]:
        """Loaded files of one dataset and month."""
        return tuple(file for file in self.loaded if (file.dataset, file.billing_month) == (dataset, billing_month))

    def same_content(self, hashes: Sequence[str]) -> LoadedFile | None:
        """A loaded file with the content of the first hash, when the contents of all are loaded."""
        known = {file.sha256: file for file in self.loaded}
        return known[hashes[0]] if hashes and all(one in known for one in hashes) else None


def read_books(rows: Callable[[str], Sequence[Sequence[Any]]]) -> Books:
    """Read the books; ``rows`` runs a query and returns its rows."""
    loaded = rows(
        "SELECT source_id, path, dataset, billing_month, version, coalesce(sha256, ''), coalesce(rows_loaded, 0)"
        " FROM source_files WHERE status = 'loaded' ORDER BY source_id"
    )
    refused = rows("SELECT path, coalesce(sha256, ''), coalesce(reason, '') FROM source_files WHERE status = 'refused'")
    [(last_source, last_load)] = rows(
        "SELECT (SELECT coalesce(max(source_id), 0) FROM source_files), (SELECT coalesce(max(load_id), 0) FROM loads)"
    )
    return Books(
        tuple(LoadedFile(*row) for row in loaded),
        frozenset((row[0], row[1], row[2]) for row in refused),
        last_source + 1,
        last_load + 1,
    )


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What is written about one file, loaded or refused."""

    source_id: int
    load_id: int
    path: str
    dataset: str
    billing_month: date | None
    version: str
    sha256: str
    size: int
    status: str
    format: str | None = None
    format_version: str | None = None
    reason: str | None = None
    rows_in: int | None = None
    rows_loaded: int | None = None
    controls: tuple[Totals, Totals] | None = None
    projection: Projection | None = None
    first_charge: datetime | None = None
    last_charge: datetime | None = None
    seconds: float | None = None


def record_source(connection: duckdb.DuckDBPyConnection, record: SourceRecord) -> None:
    """Add the file to ``source_files``; an earlier refusal of the same path is superseded and leaves."""
    superseded = "(SELECT source_id FROM source_files WHERE status = 'refused' AND path = $path)"
    connection.execute(f"DELETE FROM rejected_rows WHERE source_id IN {superseded}", {"path": record.path})
    connection.execute("DELETE FROM source_files WHERE status = 'refused' AND path = $path", {"path": record.path})
    projection = record.projection
    values: dict[str, Any] = {
        "source_id": record.source_id,
        "load_id": record.load_id,
        "path": record.path,
        "dataset": record.dataset,
        "billing_month": record.billing_month,
        "version": record.version,
        "sha256": record.sha256 or None,
        "bytes": record.size,
        "format": record.format,
        "format_version": record.format_version,
        "status": record.status,
        "reason": record.reason,
        "rows_in": record.rows_in,
        "rows_loaded": record.rows_loaded,
        "control_totals": _controls_json(*record.controls) if record.controls else None,
        "columns_new": json.dumps(projection.kept, ensure_ascii=False) if projection else None,
        "columns_missing": json.dumps(projection.missing) if projection else None,
        "first_charge": record.first_charge,
        "last_charge": record.last_charge,
        "seconds": record.seconds,
        "loaded_at": clock.now().replace(tzinfo=None),
    }
    names = ", ".join(values)
    connection.execute(
        f"INSERT INTO source_files ({names}) VALUES ({', '.join('$' + name for name in values)})", values
    )


def record_rejections(connection: duckdb.DuckDBPyConnection, source_id: int, rows: Sequence[RejectedRow]) -> None:
    """Write why a file was refused, row by row."""
    for row in rows:
        connection.execute(
            "INSERT INTO rejected_rows VALUES ($source, $row, $column, $value, $reason)",
            {
                "source": source_id,
                "row": row.row_number,
                "column": row.column,
                "value": row.value,
                "reason": row.reason,
            },
        )


def record_findings(connection: duckdb.DuckDBPyConnection, source_id: int, found: Sequence[Finding]) -> None:
    """Write the broken quality rules of a loaded file."""
    for one in found:
        connection.execute(
            'INSERT INTO quality_findings (source_id, rule, title, severity, "rows", effective_cost, examples)'
            " VALUES ($source, $rule, $title, $severity, $rows, $cost, $examples)",
            {
                "source": source_id,
                "rule": one.rule,
                "title": one.title,
                "severity": one.severity,
                "rows": one.rows,
                "cost": one.effective_cost,
                "examples": one.examples_json,
            },
        )


def _controls_json(in_file: Totals, loaded: Totals) -> str:
    """``{"USD": {"billed_cost": {"file": "1.20", "loaded": "1.20"}}}``; null where no line has the cost."""
    return json.dumps(
        {
            currency: {
                cost: {"file": _text(total), "loaded": _text(loaded.get(currency, {}).get(cost))}
                for cost, total in costs.items()
            }
            for currency, costs in in_file.items()
        }
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
