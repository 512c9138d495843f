"""The catalogue as the records that rightsizing compares."""

from __future__ import annotations

from datetime import date

import pytest

from models.rightsizing.facts import Machine, Price, PriceMissing
from workbench.catalog import Catalog, machines_of


def by_name(catalog: Catalog, region: str = "us-east-1", **terms: str) -> dict[str, Machine]:
    found = machines_of(catalog, provider="AWS", region=region, **terms)  # type: ignore[arg-type]
    assert [one.instance_type for one in found] == sorted(one.instance_type for one in found)
    return {one.instance_type: one for one in found}


def test_a_machine_with_all_that_is_known(catalog: Catalog) -> None:
    assert by_name(catalog)["m5.xlarge"] == Machine(
        instance_type="m5.xlarge",
        family="m5",
        vcpu=4,
        memory_gib=16,
        price=Price(0.192, "USD", date(2026, 7, 20), "price list in aws/karpenter-provider-aws"),
        region="us-east-1",
        generation=5,
        current_generation=False,
        ebs_mbit_s=1150,
        ebs_iops=6000,
        network_mbit_s=1250,
    )


def test_what_is_not_known_stays_none(catalog: Catalog) -> None:
    for one in by_name(catalog).values():
        assert (one.perf_index, one.max_interfaces, one.max_volumes, one.zones) == (None, None, None, None)
        assert (one.virtualization, one.accelerated_networking) == (frozenset(), None)


def test_every_machine_is_there_and_one_without_a_price_says_why(catalog: Catalog) -> None:
    found = by_name(catalog, "eu-west-1")
    # Of t1.micro it is not known what it sustains.
    assert {one.instance_type for one in catalog.types("AWS", "compute")} - set(found) == {"t1.micro"}
    priced = [one for one in found.values() if isinstance(one.price, Price)]
    assert len(priced) > 700
    assert all(isinstance(one.price, Price) and one.price.hourly > 0 for one in priced)
    missing = by_name(catalog, operating_system="windows")["m5.xlarge"].price
    assert isinstance(missing, PriceMissing)
    assert "operating system windows" in missing.reason
    dedicated = by_name(catalog, tenancy="dedicated")["m5.xlarge"]
    assert (dedicated.tenancy, dedicated.price) == (
        "dedicated",
        PriceMissing("the catalogue has no prices of dedicated tenancy"),
    )


@pytest.mark.parametrize(
    ("name", "system", "baseline", "surplus"),
    [
        ("t3.large", "linux", 30, 0.05),
        ("t3.large", "Windows", 30, 0.096),
        ("t4g.small", "linux", 20, 0.04),
        ("t2.xlarge", "rhel", 22.5, 0.05),
        ("t3.large", "ubuntu-pro", 30, None),
        ("m5.large", "linux", None, None),
    ],
)
def test_burstable_machines_have_baseline_and_price_of_surplus_credits(
    catalog: Catalog, name: str, system: str, baseline: float | None, surplus: float | None
) -> None:
    one = by_name(catalog, operating_system=system)[name]
    assert (one.burst_baseline_percent, one.surplus_price, one.burstable) == (baseline, surplus, baseline is not None)
    assert by_name(catalog, "cn-north-1", operating_system=system)[name].surplus_price is None


@pytest.mark.parametrize(
    ("name", "generation"),
    [("m5.large", 5), ("c7g.large", 7), ("r6i.large", 6), ("t2.large", 4), ("t3.large", 5), ("t4g.large", 6),
     ("i3.large", 4), ("i4i.large", 6), ("x2gd.large", 6), ("p4d.24xlarge", None), ("g4dn.xlarge", None)],
)  # fmt: skip
def test_generations_count_hardware_and_not_names(catalog: Catalog, name: str, generation: int | None) -> None:
    assert by_name(catalog)[name].generation == generation


@pytest.mark.parametrize(
    ("name", "gigabytes", "kind"),
    [("m5.large", 0, None), ("m5d.large", 75, "nvme"), ("i3.xlarge", 950, "nvme"), ("d3.xlarge", 5940, "hdd"),
     ("c3.large", 32, "ssd")],
)  # fmt: skip
def test_local_disks_by_kind(catalog: Catalog, name: str, gigabytes: float, kind: str | None) -> None:
    one = by_name(catalog)[name]
    assert (one.local_disk_gb, one.local_disk_kind) == (gigabytes, kind)


def test_gpus_by_model(catalog: Catalog) -> None:
    one = by_name(catalog)["p4d.24xlarge"]
    assert (one.gpu_model, one.gpu_count, one.gpu_memory_gib) == ("A100", 8, 320)
    azure = machines_of(catalog, provider="azure", region="westeurope")
    models = {one.instance_type: one.gpu_model for one in azure if one.gpu_count}
    # Two different cards without a name must not look alike.
    assert models["Standard_NC24ads_A100_v4"] != models["Standard_NC4as_T4_v3"]


def test_databases_have_the_rates_of_their_machine_and_their_own_price(catalog: Catalog) -> None:
    one = by_name(catalog, operating_system="postgres", service="database")["db.m5.large"]
    assert (one.operating_system, one.deployment, one.service) == ("postgresql", "single-az", "database")
    assert (one.ebs_mbit_s, one.ebs_iops, one.network_mbit_s, one.generation) == (650, 3600, 750, 5)
    assert isinstance(one.price, Price)
    assert one.price.hourly == 0.178
    twice = by_name(catalog, operating_system="postgres", service="database", deployment="Multi-AZ")["db.m5.large"]
    assert isinstance(twice.price, Price)
    assert (twice.price.hourly, twice.deployment) == (0.356, "multi-az")
    own = by_name(catalog, operating_system="postgres", service="database", licence="byol")["db.m5.large"]
    assert isinstance(own.price, PriceMissing)


def test_surplus_credits_of_databases(catalog: Catalog) -> None:
    mysql = by_name(catalog, operating_system="mysql", service="database")
    assert [mysql[name].surplus_price for name in ("db.t3.medium", "db.t4g.medium", "db.t2.medium")] == [
        0.075, 0.075, None
    ]  # fmt: skip
    oracle = by_name(catalog, operating_system="oracle-se2", service="database")
    assert oracle["db.t3.medium"].surplus_price is None


def test_caches_have_no_block_storage(catalog: Catalog) -> None:
    one = by_name(catalog, operating_system="redis", service="cache")["cache.r6g.xlarge"]
    assert (one.ebs_mbit_s, one.ebs_iops, one.network_mbit_s, one.deployment) == (None, None, 1250, "")
    assert isinstance(one.price, Price)
    assert one.price.hourly == 0.411


def test_azure_without_burstable_sizes_whose_baseline_is_unknown(catalog: Catalog) -> None:
    found = {one.instance_type: one for one in machines_of(catalog, provider="Azure", region="westeurope")}
    assert not any(name.startswith("Standard_B") for name in found)
    one = found["Standard_D4s_v5"]
    assert (one.vcpu, one.memory_gib, one.generation, type(one.price)) == (4, 16, 5, PriceMissing)


def test_the_same_terms_are_worked_out_once(catalog: Catalog) -> None:
    first = machines_of(catalog, provider="AWS", region="eu-west-1", operating_system="Linux/UNIX")
    assert machines_of(catalog, provider="aws", region="eu-west-1") is first
