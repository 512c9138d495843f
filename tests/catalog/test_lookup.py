"""Every way to look something up, against figures published by the providers and against the files read by hand."""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from workbench.catalog import Catalog, Price, PriceMissing, load_catalog, looked_up
from workbench.catalog.lookup import deployment_name, engine_name, operating_system_name
from workbench.catalog.sources import REFERENCE


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def amount(found: Price | PriceMissing) -> Decimal:
    assert isinstance(found, Price), found
    return found.amount


def test_more_than_twelve_hundred_machines_of_aws_are_known_with_their_facts(catalog: Catalog) -> None:
    machines = catalog.types("AWS", "compute")
    assert len(machines) >= 1200
    for one in machines:
        assert one.vcpu, one.instance_type
        assert one.memory_mib, one.instance_type
        assert one.architecture in {"x86_64", "arm64", "x86_64_mac", "arm64_mac"}, one.instance_type
        assert one.network_mbps, one.instance_type
    with_storage_rates = [one for one in machines if one.ebs_mbps and one.ebs_iops]
    assert len(with_storage_rates) >= 1200
    assert Counter(one.service for one in catalog.types("aws")) == {"compute": 1263, "database": 226, "cache": 91}
    assert len(catalog.types("Azure", "compute")) == 1369


# From the pages of the instance types and the guide to EBS-optimised instances.
@pytest.mark.parametrize(
    ("name", "vcpu", "gib", "architecture", "network", "ebs", "iops"),
    [
        ("m5.xlarge", 4, 16, "x86_64", 1250, 1150, 6000),
        ("c7g.large", 2, 4, "arm64", 937, 630, 3600),
        ("r6g.large", 2, 16, "arm64", 750, 630, 3600),
        ("t3.large", 2, 8, "x86_64", 512, 695, 4000),
        ("i3.xlarge", 4, 30.5, "x86_64", 1250, 850, 6000),
        ("x1.32xlarge", 128, 1952, "x86_64", 25000, 14000, 80000),
        ("p4d.24xlarge", 96, 1152, "x86_64", 400000, 19000, 80000),
        ("mac2.metal", 8, 16, "arm64_mac", 10000, 10000, 55000),
    ],
)
def test_known_machines(
    catalog: Catalog, name: str, vcpu: int, gib: float, architecture: str, network: int, ebs: int, iops: int
) -> None:
    one = catalog.type("AWS", name)
    assert one is not None
    assert (one.vcpu, one.memory_mib, one.architecture) == (vcpu, gib * 1024, architecture)
    assert (one.network_mbps, one.ebs_mbps, one.ebs_iops) == (network, ebs, iops)


def test_gpus_and_local_disks(catalog: Catalog) -> None:
    found = {}
    for name in ("g4dn.xlarge", "p4d.24xlarge", "m5.xlarge", "i3.xlarge"):
        one = catalog.type("AWS", name)
        assert one is not None
        found[name] = (one.gpu_count, one.gpu_name, one.gpu_memory_mib, one.local_disk_gb)
    assert found == {
        "g4dn.xlarge": (1, "T4", 16 * 1024, 125),
        "p4d.24xlarge": (8, "A100", 320 * 1024, 8000),
        "m5.xlarge": (0, None, None, 0),
        "i3.xlarge": (0, None, None, 950),
    }


# From the EC2 user guide, "Key concepts for burstable performance instances".
_BASELINES = {"nano": 5, "micro": 10, "small": 20, "medium": 20, "large": 30, "xlarge": 40, "2xlarge": 40}


@pytest.mark.parametrize("family", ["t3", "t3a", "t4g"])
def test_baselines_of_burstable_machines(catalog: Catalog, family: str) -> None:
    found = {one.size: (one.burstable, one.baseline_percent) for one in catalog.sizes("AWS", f"{family}.nano")}
    assert found == {size: (True, percent) for size, percent in _BASELINES.items()}


def test_every_burstable_machine_has_its_baseline_and_no_other_has_one(catalog: Catalog) -> None:
    machines = catalog.types("AWS", "compute")
    assert {one.instance_type for one in machines if one.burstable} == {
        one.instance_type for one in machines if one.baseline_percent is not None
    }
    assert sum(one.burstable is True for one in machines) == 28


def test_a_database_or_cache_has_what_is_known_of_its_machine(catalog: Catalog) -> None:
    for name, memory in (("db.t3.medium", 4096), ("cache.t3.medium", 3164)):
        one = catalog.type("AWS", name)
        assert one is not None
        assert (one.vcpu, one.memory_mib, one.architecture, one.baseline_percent) == (2, memory, "x86_64", 20)


@pytest.mark.parametrize(
    ("provider", "name", "vcpu", "mib", "architecture"),
    [
        ("Azure", "Standard_D4s_v5", 4, 16384, "x86_64"),
        ("Microsoft", "standard_d4s_v5", 4, 16384, "x86_64"),
        ("Microsoft Azure", "STANDARD_D4PS_V5", 4, 16384, "arm64"),
        ("azure", "Standard_NC24ads_A100_v4", 24, 225280, "x86_64"),
    ],
)
def test_sizes_of_azure_in_any_spelling(
    catalog: Catalog, provider: str, name: str, vcpu: int, mib: int, architecture: str
) -> None:
    one = catalog.type(provider, name)
    assert one is not None
    assert (one.provider, one.vcpu, one.memory_mib, one.architecture) == ("Microsoft", vcpu, mib, architecture)


def test_what_is_not_known_is_none(catalog: Catalog) -> None:
    assert catalog.type("AWS", "m99.large") is None
    assert catalog.type("Google Cloud", "n2-standard-4") is None
    assert catalog.sizes("AWS", "m99.large") == ()


# On-demand prices as AWS publishes them.
@pytest.mark.parametrize(
    ("key", "hourly", "day"),
    [
        (("us-east-1", "m5.xlarge"), "0.192", date(2026, 7, 20)),
        (("us-east-1", "t3.large"), "0.0832", date(2026, 7, 20)),
        (("us-east-1", "p5.48xlarge"), "55.04", date(2026, 7, 20)),
        (("eu-west-1", "m5.large"), "0.107", date(2025, 4, 4)),
        (("us-east-1", "db.m5.large", "postgres"), "0.178", date(2024, 9, 28)),
        (("us-east-1", "db.m5.large", "PostgreSQL", "Multi-AZ"), "0.356", date(2024, 9, 28)),
        (("us-east-1", "cache.r6g.xlarge", "Redis"), "0.411", date(2025, 3, 14)),
    ],
)
def test_known_prices_with_their_day(catalog: Catalog, key: tuple[str, ...], hourly: str, day: date) -> None:
    found = catalog.price("Amazon Web Services", *key)
    assert isinstance(found, Price)
    assert (found.amount, found.as_of, found.unit, found.currency) == (Decimal(hourly), day, "hour", "USD")
    assert found.source
    assert found.age_days(date(2026, 11, 21)) == (date(2026, 11, 21) - day).days


def test_every_price_of_the_files_is_found_to_the_digit(catalog: Catalog) -> None:
    for row in rows("aws_instance_prices.csv"):
        found = amount(catalog.price("AWS", row["region"], row["instance_type"], row["operating_system"]))
        assert found == Decimal(row["price_usd_hour"]), row
    for row in rows("aws_database_prices.csv"):
        found = amount(catalog.price("AWS", row["region"], row["instance_type"], row["engine"], row["deployment"]))
        assert found == Decimal(row["price_usd_hour"]), row
    for row in rows("aws_cache_prices.csv"):
        found = amount(catalog.price("AWS", row["region"], row["instance_type"], row["engine"]))
        assert found == Decimal(row["price_usd_hour"]), row
    for table in (catalog.price_rows, catalog.rate_rows):
        prices = table.column("amount" if "amount" in table.column_names else "rate").to_pylist()
        assert all(Decimal(one) > 0 for one in prices)


# us-east-1, as AWS publishes them.
@pytest.mark.parametrize(
    ("item", "price", "unit"),
    [
        ("gp2", "0.10", "GiB-month"),
        ("gp3", "0.08", "GiB-month"),
        ("gp3-iops", "0.005", "IOPS-month"),
        ("gp3-throughput", "0.04", "MiB/s-month"),
        ("io1", "0.125", "GiB-month"),
        ("io1-iops", "0.065", "IOPS-month"),
        ("IO2", "0.125", "GiB-month"),
        ("st1", "0.045", "GiB-month"),
        ("sc1", "0.015", "GiB-month"),
        ("standard", "0.05", "GiB-month"),
        ("snapshot", "0.05", "GiB-month"),
        ("snapshot-archive", "0.0125", "GiB-month"),
        ("fast-snapshot-restore", "0.75", "hour"),
    ],
)
def test_block_storage(catalog: Catalog, item: str, price: str, unit: str) -> None:
    found = catalog.storage_price("AWS", "us-east-1", item)
    assert isinstance(found, Price)
    assert (found.amount, found.unit) == (Decimal(price), unit)


def test_reserved_rates(catalog: Catalog) -> None:
    key = ("AWS", "us-east-1", "m5.xlarge")
    assert amount(catalog.reserved_rate(*key)) == Decimal("0.121")
    assert amount(catalog.reserved_rate(*key, term_months=36, offering_class="convertible")) == Decimal("0.097")


# What is asked for is said, with the nearest thing that is known to be absent.
@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (("AWS", "us-east-1", "m5.xlarge", "Windows"), "of this type only linux is listed"),
        (("AWS", "us-east-1", "m5.xlarge", "rhel"), "of this type only linux is listed"),
        (("AWS", "us-east-1", "m5.xlarge", "linux", "byol"), "it is listed under another licence"),
        (("AWS", "eu-moon-1", "m5.xlarge"), "it is not listed in this region"),
        (("AWS", "us-east-1", "m99.xlarge"), "the catalogue does not know this type"),
        (("AWS", "us-east-1", "db.m5.large", "oracle-ee"), "of this type only mariadb, mysql, postgresql is listed"),
        (("AWS", "us-east-1", "db.m5.large", "mysql", "triple"), "only other deployments are listed"),
        (("Azure", "westeurope", "Standard_D4s_v5"), "the catalogue has no prices of Microsoft"),
        (("GCP", "europe-west1", "n2-standard-4"), "the catalogue has no prices of Google Cloud"),
    ],
)
def test_a_missing_price_says_what_was_looked_for_and_has_no_amount(
    catalog: Catalog, key: tuple[str, ...], reason: str
) -> None:
    missing = catalog.price(*key)
    assert isinstance(missing, PriceMissing)
    assert (missing.reason, missing.status) == (reason, "price_missing")
    told = str(missing)
    for part in key[1:]:
        assert part.lower() in told.lower()
    assert not hasattr(missing, "amount")
    assert looked_up(missing) is None


def test_missing_storage_and_rates_say_so_too(catalog: Catalog) -> None:
    for missing, reason in (
        (catalog.storage_price("AWS", "us-east-1", "gp9"), "nothing of this name is in the catalogue"),
        (catalog.storage_price("AWS", "eu-moon-1", "gp3"), "it is not listed in this region"),
        (catalog.storage_price("Azure", "westeurope", "gp3"), "the catalogue has no prices of Microsoft"),
        (catalog.reserved_rate("AWS", "us-east-1", "m5.xlarge", payment="all_upfront"), "only other terms are listed"),
        (catalog.reserved_rate("AWS", "us-east-1", "m99.large"), "no rate of this type is listed here"),
        (catalog.reserved_rate("Azure", "us-east-1", "m5.xlarge"), "no rate of this type is listed here"),
    ):
        assert isinstance(missing, PriceMissing)
        assert missing.reason == reason


@pytest.mark.parametrize(
    ("written", "name"),
    [("Linux/UNIX", "linux"), ("Red Hat Enterprise Linux", "rhel"), ("SUSE Linux", "suse"), ("Windows", "windows"),
     ("Plan 9", "plan 9")],
)  # fmt: skip
def test_operating_systems_as_bills_and_inventories_write_them(written: str, name: str) -> None:
    assert operating_system_name(f" {written} ") == name


def test_engines_and_deployments_as_inventories_write_them() -> None:
    assert [engine_name(one) for one in ("postgres", "PostgreSQL", "MySQL", "Aurora MySQL")] == [
        "postgresql", "postgresql", "mysql", "aurora-mysql"
    ]  # fmt: skip
    assert deployment_name("Multi-AZ readable standbys") == "multi-az-readable-standbys"


def test_regions_and_keys_of_a_type(catalog: Catalog) -> None:
    expected = sorted(row["region"] for row in rows("aws_instance_prices.csv") if row["instance_type"] == "m5.large")
    assert list(catalog.regions_of("m5.large")) == expected
    assert catalog.regions_of("m5.large", "windows") == ()
    keys = {
        (row["region"], row["engine"], row["deployment"].lower().replace(" ", "-"))
        for row in rows("aws_database_prices.csv")
        if row["instance_type"] == "db.m5.large"
    }
    assert set(catalog.keys_of("db.m5.large")) == keys
    assert {engine for _, engine, _ in catalog.keys_of("db.m5.large", "postgres")} == {"postgresql"}


def test_neighbours_of_a_size(catalog: Catalog) -> None:
    def names(found: tuple[object, ...]) -> list[str]:
        return [one.instance_type for one in found]  # type: ignore[attr-defined]

    assert names(catalog.smaller("AWS", "m5.2xlarge")) == ["m5.xlarge", "m5.large"]
    assert names(catalog.larger("AWS", "m5.8xlarge"))[:2] == ["m5.12xlarge", "m5.16xlarge"]
    # No more of anything: r5 has more memory, t3 is another family.
    assert names(catalog.smaller("AWS", "m5.large")) == []
    assert names(catalog.architecture_siblings("AWS", "m5.xlarge")) == ["m6g.xlarge", "m7g.xlarge", "m8g.xlarge"]
    newer = names(catalog.newer_generations("AWS", "m5.xlarge"))
    assert newer[-2:] == ["m6a.xlarge", "m6i.xlarge"]
    assert not any(name.startswith(("m6g", "m5")) for name in newer)
    assert names(catalog.newer_generations("AWS", "db.m5.large")) == ["db.m6i.large"]


def test_a_lookup_takes_microseconds(catalog: Catalog) -> None:
    catalog.price("AWS", "us-east-1", "m5.xlarge")
    began = time.perf_counter()
    for _ in range(10_000):
        catalog.price("AWS", "us-east-1", "m5.xlarge")
    assert time.perf_counter() - began < 5


def test_the_catalogue_of_a_home_folder_without_updates_is_the_reference(tmp_path: Path, catalog: Catalog) -> None:
    assert load_catalog(tmp_path) is load_catalog(tmp_path / "other")
    assert load_catalog(tmp_path).price_rows.num_rows == catalog.price_rows.num_rows
