"""The committed files come from the published facts, and the tables of a snapshot from the committed files."""

from __future__ import annotations

import csv
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.focus_bill import csv_text, focus_row
from workbench.catalog.sources import REFERENCE
from workbench.engines import Query
from workbench.ingest import ingest
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore


@pytest.mark.shared_data
def test_compiling_again_gives_the_committed_files(shared_data: Path, tmp_path: Path) -> None:
    script = REFERENCE / "compile_catalog.py"
    subprocess.run(
        [sys.executable, str(script), str(shared_data / "catalog" / "derived"), "--into", str(tmp_path)], check=True
    )
    made = sorted(path.name for path in tmp_path.iterdir())
    assert len(made) == 7
    for name in made:
        assert (tmp_path / name).read_bytes() == (REFERENCE / name).read_bytes(), name


def test_every_file_is_described_with_its_date_and_licence() -> None:
    text = (REFERENCE / "README.md").read_text()
    files = [path.name for path in REFERENCE.iterdir() if path.suffix in (".csv", ".parquet")]
    assert len(files) >= 9
    for name in files:
        (line,) = [line for line in text.splitlines() if f"`{name}`" in line]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 4
        assert cells[2][:3] == "202"
        assert cells[3]


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The two tables of a snapshot made by loading a bill."""
    folder = tmp_path_factory.mktemp("bill")
    settings = Settings(home=folder / "home")
    bill = folder / "bill.csv"
    bill.write_text(csv_text([focus_row("i-1")]))
    assert ingest([str(bill)], settings).exit_code == 0
    with SnapshotStore(settings).open() as snapshot:
        return {
            name: snapshot.engine.run(Query(name, f"SELECT * FROM {name}")).to_pylist()
            for name in ("instance_catalog", "commitment_rates")
        }


def test_the_tables_of_a_snapshot_equal_the_files(tables: dict[str, list[dict[str, Any]]]) -> None:
    catalog = tables["instance_catalog"]
    prices = {
        tuple(row[name] for name in ("service", "region", "instance_type", "operating_system")): row
        for row in catalog
        if row["region"] != "*"
    }
    expected = {}
    for row in rows("aws_instance_prices.csv"):
        expected["compute", row["region"], row["instance_type"], row["operating_system"]] = row
    for row in rows("aws_database_prices.csv"):
        deployment = row["deployment"].lower().replace(" ", "-")
        engine = row["engine"] if deployment == "single-az" else f"{row['engine']}, {deployment}"
        expected["database", row["region"], row["instance_type"], engine] = row
    for row in rows("aws_cache_prices.csv"):
        expected["cache", row["region"], row["instance_type"], row["engine"]] = row
    assert len(prices) == sum(row["region"] != "*" for row in catalog)
    assert prices.keys() == expected.keys()
    for key, found in prices.items():
        assert found["price"] == round(Decimal(expected[key]["price_usd_hour"]), 12), key
        assert str(found["price_date"]) == expected[key]["price_date"], key


def test_the_facts_in_a_snapshot_equal_the_files(tables: dict[str, list[dict[str, Any]]]) -> None:
    facts = {row["instance_type"]: row for row in tables["instance_catalog"] if row["region"] == "*"}
    machines = rows("aws_instance_types.csv")
    assert len(facts) == len(machines) + 226 + 91 + 1369
    for row in machines:
        found = facts[row["instance_type"]]
        assert (found["vcpu"], found["memory_mib"], found["price"]) == (int(row["vcpu"]), int(row["memory_mib"]), None)
        assert found["architecture"] == row["architecture"].removeprefix("i386|")
        assert found["network_mbps"] == int(row["network_mbps"])
        assert found["ebs_mbps"] == (int(row["ebs_mbps"]) if row["ebs_mbps"] else None)
        assert found["baseline_percent"] == (float(row["baseline_percent"]) if row["baseline_percent"] else None)
    for row in rows("azure_vm_sizes.csv"):
        assert facts[row["instance_type"]]["memory_mib"] == int(row["memory_mib"])


def test_the_rates_in_a_snapshot_equal_the_file(tables: dict[str, list[dict[str, Any]]]) -> None:
    published = duckdb.sql(
        "SELECT instance_type, region, term_months, offering_class, rate_usd_hour, rate_date"
        f" FROM '{REFERENCE / 'aws_reserved_rates.parquet'}' WHERE rate_usd_hour > 0"
    ).fetchall()
    kinds = {"standard": "reserved_instance", "convertible": "convertible_reserved_instance"}
    expected = {
        (name, region, months, kinds[offering]): (float(rate), day)
        for name, region, months, offering, rate, day in published
    }
    key = ("instance_type", "region", "term_months", "plan_type")
    rates = tables["commitment_rates"]
    found = {tuple(row[name] for name in key): (float(row["rate"]), row["rate_date"]) for row in rates}
    assert found == expected
    assert len(found) == len(rates)
