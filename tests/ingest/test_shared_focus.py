"""Real and synthetic FOCUS files with totals computed elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from workbench.engines import Query
from workbench.ingest import LoadReport, ingest
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, SnapshotStore

pytestmark = pytest.mark.shared_data

Loaded = tuple[LoadReport, OpenSnapshot]


def rows(snapshot: OpenSnapshot, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in snapshot.engine.run(Query("test", sql)).to_pylist()]


def near(amount: Decimal | None, expected: float | None) -> bool:
    return amount is None if expected is None else abs(float(amount or 0) - expected) <= 1e-6


@pytest.fixture(scope="module")
def sample(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    settings = Settings(home=tmp_path_factory.mktemp("sample"))
    report = ingest([shared_data / "focus" / "focus_sample.csv"], settings)
    with SnapshotStore(settings).open() as snapshot:
        yield report, snapshot


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((shared_data / "expected" / "focus_sample.json").read_text())
    return document


def test_the_sample_ties_out_in_all_and_by_provider_and_category(sample: Loaded, expected: dict[str, Any]) -> None:
    report, snapshot = sample
    [result] = report.files
    assert (result.rows, result.format, result.format_version) == (1000, "focus", "1.0")
    for cost, total in expected["sums"].items():
        assert near(result.totals["USD"][f"{cost.removesuffix('Cost').lower()}_cost"], total)
    costs = "sum(billed_cost), sum(effective_cost), sum(list_cost), sum(contracted_cost)"
    found = {name: sums for name, *sums in rows(snapshot, f"SELECT provider_name, {costs} FROM charges GROUP BY 1")}
    for one in expected["by_provider"]:
        for amount, key in zip(found[one["provider"]], ("billed", "effective", "list", "contracted"), strict=True):
            assert near(amount, one[key]), (one["provider"], key)
    categories = {
        name: sums
        for name, *sums in rows(
            snapshot, "SELECT charge_category, sum(billed_cost), sum(effective_cost) FROM charges GROUP BY 1"
        )
    }
    for one in expected["by_charge_category"]:
        assert near(categories[one["charge_category"]][0], one["billed"])
        assert near(categories[one["charge_category"]][1], one["effective"])


def test_the_sample_keeps_its_distinct_names(sample: Loaded, expected: dict[str, Any]) -> None:
    [found] = rows(
        sample[1],
        "SELECT count(DISTINCT service_name), count(DISTINCT sub_account_id), count(DISTINCT resource_id),"
        " count(DISTINCT tags) FROM charges",
    )
    assert found == tuple(
        expected["distinct"][key]
        for key in ("services", "sub_accounts", "resource_ids_excluding_null", "tag_sets_excluding_null")
    )


def test_the_real_defects_of_the_sample_are_reported(sample: Loaded, expected: dict[str, Any]) -> None:
    found = {
        rule: (count, json.loads(examples))
        for rule, count, examples in rows(sample[1], 'SELECT rule, "rows", examples FROM quality_findings')
    }
    assert found["billed-use-is-accrued"][0] == expected["rows_billed_positive_effective_zero"] - 2  # 2 adjustments
    assert found["missing-contracted-cost"][0] == expected["rows_contracted_cost_null"]
    assert found["list-cost-is-price-times-quantity"][0] == expected["rows_list_cost_mismatch"][0]["rows"]
    assert found["enum-spelling"][0] == 7  # "Usage-based"
    assert found["time-spelling"][0] == 1000
    assert sum(one["rows"] for one in found["null-spelling"][1]) == expected["null_string_cells"]
    assert [one["service_name"] for one in found["one-category-per-service"][1]] == expected[
        "services_in_two_categories"
    ]


@pytest.mark.parametrize("name", ["aws-1.2", "azure-1.3", "gcp-1.2"])
def test_the_synthetic_sets_tie_out(name: str, shared_data: Path, settings: Settings) -> None:
    document = json.loads((shared_data / "expected" / "focus_synth.json").read_text())[name]
    [path] = (shared_data / "focus-synth" / name).glob("*cost_and_usage*.csv")
    [result] = ingest([path], settings).files
    assert (result.status, result.rows, result.format_version) == ("loaded", 3000, name.split("-")[1])
    assert result.findings == 0
    totals = result.totals["USD"]
    for cost, total in document["sums"].items():
        assert near(totals[f"{cost.removesuffix('Cost').lower()}_cost"], total)


def test_every_official_example_loads_or_says_why_not(shared_data: Path, settings: Settings) -> None:
    examples = sorted((shared_data / "focus-spec" / "spec-1.2" / "specification" / "data").rglob("*.csv"))
    assert len(examples) == 26
    report = ingest(examples, settings)
    assert len(report.files) == 26
    for file in report.files:
        assert file.status == "loaded" or (file.reason and file.hint)
    reasons = {file.reason.split(",")[0].split(":")[0] for file in report.files if file.status == "refused"}
    # They are fragments without a currency, or spreadsheets with $10,000.00 and 5/1/25.
    assert reasons <= {"a focus 1.1 bill without BillingCurrency", "line 2"}
