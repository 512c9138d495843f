"""FOCUS files of every version and spelling become the same charges."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.focus_bill import csv_text, focus_row, write_csv, write_parquet
from workbench.engines import Query
from workbench.ingest import ingest
from workbench.ingest.readers.focus import FocusReader
from workbench.ingest.readers.focus_names import VERSION_COLUMNS
from workbench.schema import snake
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore


def load(settings: Settings, *paths: Path) -> None:
    report = ingest(paths, settings)
    assert {file.status for file in report.files} == {"loaded"}, report.files


def ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with SnapshotStore(settings).open() as snapshot:
        return [tuple(row.values()) for row in snapshot.engine.run(Query("test", sql)).to_pylist()]


def test_costs_are_exact_decimals_and_x_columns_are_kept(tmp_path: Path, settings: Settings) -> None:
    row = {
        **focus_row(BilledCost="8.3E-9", EffectiveCost="0.1234567890126", ListCost="-2.5", ContractedCost="NULL"),
        "x_UsageType": "BoxUsage",
        "x_Operation": "RunInstances",
        "x_ServiceCode": "AmazonEC2",
        "x_Discounts": "",
        "Id": "17",
    }
    load(settings, write_csv(tmp_path / "a.csv", [row]))
    assert ask(settings, "SELECT billed_cost, effective_cost, list_cost, contracted_cost FROM charges") == [
        (Decimal("0.000000008300"), Decimal("0.123456789013"), Decimal("-2.5"), None)
    ]
    [(usage_type, operation, attributes)] = ask(settings, "SELECT x_usage_type, x_operation, x_attributes FROM charges")
    assert (usage_type, operation) == ("BoxUsage", "RunInstances")
    assert json.loads(attributes) == {"x_ServiceCode": "AmazonEC2", "Id": "17"}


def test_no_further_columns_means_no_attributes(tmp_path: Path, settings: Settings) -> None:
    load(settings, write_csv(tmp_path / "a.csv", [focus_row()]))
    assert ask(settings, "SELECT x_attributes FROM charges") == [(None,)]


@pytest.mark.parametrize("text", ["", "NULL", "null", "None", "NaN"])
def test_every_spelling_of_null_is_null(text: str, tmp_path: Path, settings: Settings) -> None:
    load(settings, write_csv(tmp_path / "a.csv", [focus_row(text, ListCost=text, ConsumedQuantity=text, Tags=text)]))
    assert ask(settings, "SELECT resource_id, list_cost, consumed_quantity, tags FROM charges") == [(None,) * 4]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-10-01T05:00:00Z", datetime(2026, 10, 1, 5)),
        ("2026-10-01 05:00:00", datetime(2026, 10, 1, 5)),
        ("2026-10-01T05:00:00.250Z", datetime(2026, 10, 1, 5, 0, 0, 250_000)),
        ("2026-10-01T05:00:00+02:00", datetime(2026, 10, 1, 3)),
        ("2026-10-01T05:00Z", datetime(2026, 10, 1, 5)),
        ("2026-10-01", datetime(2026, 10, 1)),
    ],
)
def test_times_are_utc(written: str, meant: datetime, tmp_path: Path, settings: Settings) -> None:
    load(settings, write_csv(tmp_path / "a.csv", [focus_row(ChargePeriodStart=written, ChargePeriodEnd="")]))
    assert ask(settings, "SELECT charge_period_start FROM charges") == [(meant,)]


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        (pa.array([datetime(2026, 10, 1, 5)], pa.timestamp("ns", "UTC")), datetime(2026, 10, 1, 5)),
        (pa.array([datetime(2026, 10, 1, 5)], pa.timestamp("ns")), datetime(2026, 10, 1, 5)),
        (pa.array([datetime(2026, 10, 1, 5)], pa.timestamp("ms", "Asia/Kolkata")), datetime(2026, 10, 1, 5)),
        (pa.array([date(2026, 10, 1)], pa.date32()), datetime(2026, 10, 1)),
    ],
)
def test_parquet_times_are_utc(stored: pa.Array, meant: datetime, tmp_path: Path, settings: Settings) -> None:
    row = {name: pa.array([value]) for name, value in focus_row().items()}
    pq.write_table(pa.table(row | {"ChargePeriodStart": stored, "ChargePeriodEnd": stored}), tmp_path / "a.parquet")
    load(settings, tmp_path / "a.parquet")
    assert ask(settings, "SELECT charge_period_start, charge_period_end FROM charges") == [(meant, meant)]


def test_numbers_are_no_times(tmp_path: Path, settings: Settings) -> None:
    # Seconds, milliseconds or days since some day: a guess would put the cost on a wrong one.
    path = write_parquet(tmp_path / "a.parquet", [{**focus_row(), "ChargePeriodEnd": 1_790_812_800}])
    [result] = ingest([path], settings).files
    assert result.reason == "row 1, column ChargePeriodEnd: '1790812800' is BIGINT where a time is expected"


def test_allowed_values_get_the_specified_spelling(tmp_path: Path, settings: Settings) -> None:
    row = focus_row(ChargeFrequency="Usage-based", ChargeCategory="usage", PricingCategory="On-Demand")
    load(settings, write_csv(tmp_path / "a.csv", [row, focus_row("i-2", ChargeCategory="Rebate")]))
    assert ask(
        settings, "SELECT charge_frequency, charge_category, pricing_category FROM charges ORDER BY resource_id"
    ) == [("Usage-Based", "Usage", "Standard"), ("Usage-Based", "Rebate", "Standard")]
    assert ask(settings, 'SELECT rule, "rows" FROM quality_findings ORDER BY rule') == [
        ("allowed-charge-category", 1),
        ("enum-spelling", 1),
    ]


WRITTEN = {
    "pascal": lambda rows: csv_text(rows).encode(),
    "snake": lambda rows: csv_text([{snake(k): v for k, v in row.items()} for row in rows]).encode(),
    "lower": lambda rows: csv_text([{k.lower(): v for k, v in row.items()} for row in rows]).encode(),
    "bom": lambda rows: b"\xef\xbb\xbf" + csv_text(rows).encode(),
    "semicolon": lambda rows: csv_text(rows, delimiter=";").encode(),
    "tab": lambda rows: csv_text(rows, delimiter="\t").encode(),
    "crlf": lambda rows: csv_text(rows).replace("\n", "\r\n").encode(),
    "utf-16": lambda rows: csv_text(rows).encode("utf-16"),
    "utf-16 without a mark": lambda rows: csv_text(rows).encode("utf-16-le"),
    "gzip": lambda rows: gzip.compress(csv_text(rows).encode()),
    "no last line end": lambda rows: csv_text(rows).rstrip("\n").encode(),
    "columns in another order": lambda rows: csv_text(rows, header=sorted(rows[0], reverse=True)).encode(),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_however_it_is_written_it_is_the_same_bill(written: str, tmp_path: Path, settings: Settings) -> None:
    rows = [focus_row("i-é"), focus_row("i-2", BilledCost="0.25", Tags='{"a": "x, y", "b": "line\\nbreak"}')]
    path = tmp_path / "bill.csv"
    path.write_bytes(WRITTEN[written](rows))
    load(settings, path)
    assert ask(
        settings, "SELECT resource_id, billed_cost, tags, charge_period_end FROM charges ORDER BY billed_cost"
    ) == [
        ("i-2", Decimal("0.25"), '{"a": "x, y", "b": "line\\nbreak"}', datetime(2026, 10, 1, 1)),
        ("i-é", Decimal("1.5"), '{"team": "a"}', datetime(2026, 10, 1, 1)),
    ]


def test_parquet_with_real_types_maps_and_zones_is_the_same_bill(tmp_path: Path, settings: Settings) -> None:
    start = datetime(2026, 10, 1, 5)
    row = {
        **focus_row(),
        "BilledCost": 0.1,
        "EffectiveCost": Decimal("0.25"),
        "ListCost": 3,
        "ConsumedQuantity": float("nan"),
        "BillingPeriodStart": datetime(2026, 10, 1),
        "ChargePeriodStart": start,
        "Tags": [("team", "a"), ("user:env", "prod")],
        "x_Discounts": [("edp", 0.5)],
    }
    types: dict[str, pa.DataType] = {
        "BilledCost": pa.float64(),
        "EffectiveCost": pa.decimal128(20, 4),
        "ListCost": pa.int32(),
        "ConsumedQuantity": pa.float64(),
        "BillingPeriodStart": pa.date32(),
        "ChargePeriodStart": pa.timestamp("ms", tz="UTC"),
        "Tags": pa.map_(pa.string(), pa.string()),
        "x_Discounts": pa.map_(pa.string(), pa.float64()),
    }
    schema = pa.schema([(name, types.get(name, pa.string())) for name in row])
    load(settings, write_parquet(tmp_path / "a.parquet", [row, {**row, "Tags": []}], schema))
    assert ask(
        settings,
        "SELECT DISTINCT billed_cost, effective_cost, list_cost, consumed_quantity, billing_period_start,"
        " charge_period_start FROM charges",
    ) == [(Decimal("0.1"), Decimal("0.25"), Decimal(3), None, datetime(2026, 10, 1), start)]
    tags = [value for (value,) in ask(settings, "SELECT tags FROM charges ORDER BY tags NULLS LAST")]
    assert json.loads(tags[0]) == {"team": "a", "user:env": "prod"}
    assert tags[1] is None
    [(attributes,)] = ask(settings, "SELECT DISTINCT x_attributes FROM charges")
    assert json.loads(attributes)["x_Discounts"]


def test_text_nulls_in_parquet_are_found_behind_its_statistics(tmp_path: Path, settings: Settings) -> None:
    rows = [focus_row("i-1", RegionId="a"), focus_row("NULL", RegionId="b"), focus_row("z", RegionId="c")]
    load(settings, write_parquet(tmp_path / "a.parquet", rows))
    assert ask(settings, "SELECT count(*) FROM charges WHERE resource_id IS NULL") == [(1,)]
    [(examples,)] = ask(settings, "SELECT examples FROM quality_findings WHERE rule = 'null-spelling'")
    # Empty text in ChargeClass and the commitment columns counts too: Parquet has a real null.
    assert {"column": "ResourceId", "rows": 1} in [
        {key: one[key] for key in ("column", "rows")} for one in json.loads(examples)
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
def test_a_cost_that_is_no_amount_refuses_a_parquet_file(value: float, tmp_path: Path, settings: Settings) -> None:
    rows = [{**focus_row(), "BilledCost": 1.0}, {**focus_row("i-2"), "BilledCost": value}]
    [result] = ingest([write_parquet(tmp_path / "a.parquet", rows)], settings).files
    assert result.status == "refused"
    assert "row 2, column BilledCost" in result.reason


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3", "1.4"])
def test_the_version_is_read_from_the_columns(version: str) -> None:
    match = FocusReader().recognise(sorted(VERSION_COLUMNS[version]))
    assert (match.version, match.score, match.missing) == (version, 1.0, ())


def test_the_first_preview_and_draft_are_understood(tmp_path: Path, settings: Settings) -> None:
    row = focus_row()
    for new, old in (("RegionId", "Region"), ("ConsumedQuantity", "UsageQuantity"), ("ConsumedUnit", "UsageUnit")):
        row[old] = row.pop(new)
    row["ChargeSubcategory"] = "Unused Commitment"
    del row["CommitmentDiscountStatus"]
    load(settings, write_csv(tmp_path / "a.csv", [row]))
    assert ask(
        settings,
        "SELECT region_id, consumed_quantity, consumed_unit, commitment_discount_status, format_version"
        " FROM charges, source_files",
    ) == [("us-east-1", 1.0, "Hours", "Unused", "1.0-preview")]


def test_without_provider_name_the_seller_then_the_issuer_stands_in(tmp_path: Path, settings: Settings) -> None:
    base = focus_row()
    del base["ProviderName"]
    rows = [{**base, "ServiceProviderName": "Seller"}, {**base, "ServiceProviderName": "", "ResourceId": "i-2"}]
    load(settings, write_csv(tmp_path / "a.csv", rows))
    assert ask(settings, "SELECT provider_name FROM charges ORDER BY resource_id") == [("Seller",), ("AWS",)]


def test_only_commitment_fees_over_several_days_are_spread(tmp_path: Path, settings: Settings) -> None:
    fee = {"CommitmentDiscountId": "ri-1", "ChargePeriodEnd": "2026-11-01T00:00:00Z"}
    rows = [
        focus_row("fee", **fee),
        focus_row("nothing to spread", **fee, EffectiveCost="0"),
        focus_row("one day", CommitmentDiscountId="ri-1", ChargePeriodEnd="2026-10-02T00:00:00Z"),
        focus_row("no commitment", ChargePeriodEnd="2026-11-01T00:00:00Z"),
    ]
    load(settings, write_csv(tmp_path / "a.csv", rows))
    assert ask(settings, "SELECT resource_id FROM charges WHERE x_spread") == [("fee",)]


def test_a_header_without_rows_is_an_empty_bill(tmp_path: Path, settings: Settings) -> None:
    path = write_csv(tmp_path / "a.csv", [])
    report = ingest([path], settings)
    [result] = report.files
    assert (result.status, result.rows, report.exit_code) == ("loaded", 0, 0)
    assert result.notes == ("The file has a header and no rows",)
