"""What ingest wrote beside the charges, read back in the words of the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.support.bills import charge, insert_charges
from workbench.costs.provenance import (
    ControlTotal,
    findings,
    loads,
    rejected_rows,
    schema_changes,
    source_files,
    tag_coverage,
)
from workbench.engines import Engine
from workbench.snapshot import SnapshotStore


def source(source_id: int, **values: Any) -> dict[str, Any]:
    """A loaded FOCUS file."""
    return {
        "source_id": source_id,
        "load_id": 1,
        "path": f"/bills/{source_id}.csv",
        "dataset": f"/bills/{source_id}.csv",
        "version": "v1",
        "format": "focus",
        "status": "loaded",
        "columns_new": "[]",
        "columns_missing": "[]",
        "first_charge": datetime(2026, source_id, 1),
    } | values


@pytest.fixture
def engine_with(settings):
    """An engine on a snapshot with these rows in these tables, and two charges with tags."""
    opened = []

    def make(tables: Mapping[str, Iterable[Mapping[str, Any]]], charges: Iterable[Mapping[str, Any]] = ()) -> Engine:
        store = SnapshotStore(settings)
        with store.build(fresh=True) as build:
            insert_charges(build.connection, [*charges] or [charge()])
            for table, rows in tables.items():
                for row in rows:
                    names, places = ", ".join(row), ", ".join("?" for _ in row)
                    build.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))
            build.publish()
        opened.append(store.open())
        return opened[-1].engine

    yield make
    for one in opened:
        one.close()


def test_control_totals_show_what_was_in_the_file_and_what_was_loaded(engine_with) -> None:
    totals = {"USD": {"billed_cost": {"file": "10.50", "loaded": "10.25"}, "list_cost": {"file": None, "loaded": None}}}
    (file,) = source_files(engine_with({"source_files": [source(1, control_totals=json.dumps(totals))]}))
    assert file.totals == (
        ControlTotal("USD", "billed_cost", Decimal("10.50"), Decimal("10.25")),
        ControlTotal("USD", "list_cost", None, None),
    )
    assert [total.difference for total in file.totals] == [Decimal("-0.25"), None]


def test_a_refused_file_comes_with_its_reason_and_its_rows(engine_with) -> None:
    engine = engine_with(
        {
            "source_files": [source(1), source(2, status="refused", reason="1 bad row", format=None)],
            "rejected_rows": [
                {"source_id": 2, "row_number": 7, "column_name": "BilledCost", "value": "abc", "reason": "not a number"}
            ],
        }
    )
    newest, oldest = source_files(engine)
    assert (newest.status, newest.reason, newest.totals) == ("refused", "1 bad row", ())
    assert oldest.status == "loaded"
    assert rejected_rows(engine).table.to_pylist() == [
        {
            "path": "/bills/2.csv",
            "row_number": 7,
            "column_name": "BilledCost",
            "value": "abc",
            "reason": "not a number",
        }
    ]


def test_columns_that_come_and_go_are_found_between_neighbours_only(engine_with) -> None:
    files = [
        source(1, columns_new='["a"]', columns_missing='["TagsX"]'),
        source(2, columns_new='["a"]', columns_missing='["TagsX"]'),
        source(3, columns_new='["a", "b"]', columns_missing="[]"),
        source(4, columns_new='["b"]', columns_missing='["SkuId"]'),
        source(5, columns_new='["z"]', format="aws-cur"),
        source(6, columns_new='["q"]', path="/other/6.csv", dataset="/other/6.csv"),
        source(7, columns_new='["r"]', status="refused"),
    ]
    changes = schema_changes(source_files(engine_with({"source_files": files})))
    assert [(change.previous_path, change.path, change.appeared, change.disappeared) for change in changes] == [
        ("/bills/2.csv", "/bills/3.csv", ("TagsX", "b"), ()),
        ("/bills/3.csv", "/bills/4.csv", (), ("SkuId", "a")),
    ]


def test_findings_are_summed_over_files_in_use_worst_first(engine_with) -> None:
    def finding(source_id: int, rule: str, severity: str, rows: int) -> dict[str, Any]:
        return {
            "source_id": source_id,
            "rule": rule,
            "title": f"Rule {rule}",
            "severity": severity,
            "rows": rows,
            "effective_cost": Decimal(rows),
            "examples": json.dumps([{"row": source_id}]),
        }

    engine = engine_with(
        {
            "source_files": [source(1), source(2), source(3, status="replaced")],
            "quality_findings": [
                finding(1, "units", "warning", 3),
                finding(2, "units", "warning", 5),
                finding(1, "category", "error", 1),
                finding(3, "category", "error", 99),
            ],
        }
    )
    assert [(one.rule, one.rows, one.files, one.examples, one.example_path) for one in findings(engine)] == [
        ("category", 1, 1, ({"row": 1},), "/bills/1.csv"),
        ("units", 8, 2, ({"row": 2},), "/bills/2.csv"),
    ]


def test_tag_coverage_is_a_share_of_effective_cost_without_tax(engine_with) -> None:
    charges = [
        charge("30", tags='{"team": "a"}'),
        charge("10", tags='{"team": "b", "env": "x"}'),
        charge("60"),
        charge("40", tags='{"team": "a"}', billing_currency="EUR"),
        charge("7", charge_category="Tax"),
    ]
    coverage = {tag.key: tag for tag in tag_coverage(engine_with({}, charges), "USD")}
    assert (coverage["team"].tagged, coverage["team"].total, coverage["team"].percent) == (40, 100, 40)
    assert coverage["env"].percent == 10


def test_loads_are_listed_newest_first(engine_with) -> None:
    rows = [{"load_id": number, "started_at": datetime(2026, 10, number), "status": "done"} for number in (1, 2)]
    assert loads(engine_with({"loads": rows})).table["load_id"].to_pylist() == [2, 1]
