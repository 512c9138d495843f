"""The catalogue as the records that rightsizing compares: every size with its price in one place, on one set of terms.

What the catalogue does not know stays ``None``: the speed of processors, zones, most interfaces and volumes, kinds of
virtualisation. A database or cache has the block storage and network of the machine of the same name it runs on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from models.rightsizing import facts as sizing
from workbench.catalog.facts import InstanceType, PriceMissing, Service, provider_name
from workbench.catalog.lookup import Catalog, deployment_name, engine_name, operating_system_name

__all__ = ["machines_of"]

# Hardware generation of families whose own number counts something else, by the processor they run on: those of m4 are
# 4, of m5 5, of m6i and m6g 6. From the pages of the families at https://aws.amazon.com/ec2/instance-types, 2026-11.
_GENERATIONS = {
    "t2": 4, "t3": 5, "t3a": 5, "t4g": 6,
    "i2": 3, "i3": 4, "i3en": 5, "i4i": 6, "i4g": 6, "im4gn": 6, "is4gen": 6, "i7i": 7, "i7ie": 7, "i8g": 8, "i8ge": 8,
    "x1": 4, "x1e": 4, "x2iezn": 5, "x2gd": 6, "x2idn": 6, "x2iedn": 6, "x8g": 8,
    "d2": 4, "d3": 5, "d3en": 5, "h1": 4, "z1d": 5,
}  # fmt: skip
_COUNTED = frozenset("cmr")  # series whose number is the hardware generation
_BURSTABLE = re.compile(r"t\d")
_AZURE_GENERATION = re.compile(r"standard_[de][a-z0-9-]*_v(\d+)$")

# Local disks: of all other families they are NVMe.
_SPINNING = frozenset({"c1", "cc2", "d2", "d3", "d3en", "h1", "hs1", "m1", "m2"})
_SOLID_STATE = frozenset({"c3", "cr1", "f1", "g2", "hi1", "i2", "m3", "r3", "x1", "x1e"})

# Surplus credits, USD a vCPU-hour, the same in every region but those of China. EC2: on-demand pricing page; T2, T3 and
# T3a by operating system, T4g one price. RDS: pricing pages of MySQL, MariaDB and PostgreSQL; other engines differ.
# Read 2026-11.
_SURPLUS = {"linux": 0.05, "rhel": 0.05, "suse": 0.05, "windows": 0.096}
_SURPLUS_T4G = 0.04
_SURPLUS_DATABASE = {"mysql": 0.075, "mariadb": 0.075, "postgresql": 0.075}


@dataclass(frozen=True, slots=True)
class _Terms:
    provider: str
    region: str
    operating_system: str
    licence: str
    service: Service
    tenancy: str
    deployment: str


def machines_of(
    catalog: Catalog,
    *,
    provider: str,
    region: str,
    operating_system: str = "linux",
    licence: str = "included",
    service: Service = "compute",
    tenancy: str = "shared",
    deployment: str = "single-az",
) -> tuple[sizing.Machine, ...]:
    """Every size of a service as rightsizing wants it, in the order of names; computed once for each set of terms.

    A size without a price on these terms is there with :class:`models.rightsizing.facts.PriceMissing`, since whether it
    is sold is not known: it can be what runs today, but nothing can be saved by moving to it. Burstable sizes whose
    baseline is not known are left out, since without it they would be taken for sizes that sustain all of their CPU.

    Args:
        catalog: of :func:`workbench.catalog.load_catalog`.
        provider: as on the bill.
        region: provider's code.
        operating_system: of a machine; of a database or cache its engine.
        licence: ``included`` or ``byol``.
        service: ``compute``, ``database`` or ``cache``.
        tenancy: the catalogue has prices of ``shared`` only.
        deployment: of a database: ``single-az``, ``multi-az`` or ``multi-az-readable-standbys``.
    """
    terms = _Terms(
        provider=provider_name(provider),
        region=region,
        operating_system=(
            operating_system_name(operating_system) if service == "compute" else engine_name(operating_system)
        ),
        licence=licence.strip().lower(),
        service=service,
        tenancy=tenancy.strip().lower(),
        deployment=deployment_name(deployment) if service == "database" else "",
    )
    return _machines(catalog, terms)


@lru_cache(maxsize=128)
def _machines(catalog: Catalog, terms: _Terms) -> tuple[sizing.Machine, ...]:
    found = (_machine(catalog, one, terms) for one in catalog.types(terms.provider, terms.service))
    return tuple(machine for machine in found if machine is not None)


def _machine(catalog: Catalog, one: InstanceType, terms: _Terms) -> sizing.Machine | None:
    if one.vcpu is None or one.memory_mib is None or (_bursts(one) and one.baseline_percent is None):
        return None
    host = _host(catalog, one)
    return sizing.Machine(
        instance_type=one.instance_type,
        family=one.family,
        vcpu=one.vcpu,
        memory_gib=one.memory_mib / 1024.0,
        price=_price(catalog, one, terms),
        provider=one.provider,
        region=terms.region,
        operating_system=terms.operating_system,
        service=one.service,
        deployment=terms.deployment,
        licence_model=terms.licence,
        tenancy=terms.tenancy,
        architectures=frozenset({one.architecture} if one.architecture else ()),
        generation=_generation(one),
        current_generation=one.current_generation is not False,
        burst_baseline_percent=one.baseline_percent,
        surplus_price=_surplus_price(one, terms),
        ebs_mbit_s=host.ebs_mbps if one.service != "cache" else None,
        ebs_iops=host.ebs_iops if one.service != "cache" else None,
        network_mbit_s=host.network_mbps,
        # Without its name a GPU is taken to be like those of its family only.
        gpu_model=one.gpu_name or (one.family if one.gpu_count else None),
        gpu_count=one.gpu_count or 0,
        gpu_memory_gib=None if one.gpu_memory_mib is None else one.gpu_memory_mib / 1024.0,
        local_disk_gb=one.local_disk_gb or 0.0,
        local_disk_kind=_disk_kind(one),
    )


def _price(catalog: Catalog, one: InstanceType, terms: _Terms) -> sizing.Price | sizing.PriceMissing:
    if terms.tenancy != "shared":
        return sizing.PriceMissing(f"the catalogue has no prices of {terms.tenancy} tenancy")
    if terms.service == "compute":
        option = terms.licence
    else:
        option = terms.deployment if terms.licence == "included" else f"{terms.deployment}-{terms.licence}"
    answer = catalog.price(one.provider, terms.region, one.instance_type, terms.operating_system, option)
    if isinstance(answer, PriceMissing):
        return sizing.PriceMissing(str(answer))
    return sizing.Price(float(answer.amount), answer.currency, answer.as_of, answer.source)


def _host(catalog: Catalog, one: InstanceType) -> InstanceType:
    if one.service == "compute":
        return one
    return catalog.type(one.provider, one.instance_type.partition(".")[2]) or one


def _bursts(one: InstanceType) -> bool:
    if one.provider == "Microsoft":
        return one.instance_type.lower().startswith("standard_b")
    return bool(one.burstable) or _BURSTABLE.match(_plain_family(one)) is not None


def _generation(one: InstanceType) -> int | None:
    if one.provider == "Microsoft":
        match = _AZURE_GENERATION.match(one.instance_type.lower())
        return int(match[1]) if match else None
    family = _plain_family(one)
    if family in _GENERATIONS:
        return _GENERATIONS[family]
    return one.generation if one.name is not None and one.name.series in _COUNTED else None


def _surplus_price(one: InstanceType, terms: _Terms) -> float | None:
    if one.baseline_percent is None or one.provider != "AWS" or terms.region.startswith("cn-"):
        return None
    if one.service == "compute":
        known = _SURPLUS.get(terms.operating_system)
        return _SURPLUS_T4G if known is not None and _plain_family(one) == "t4g" else known
    # Databases of T2 never run on surplus credits; what caches are charged is not published with the list.
    if one.service == "database" and _plain_family(one) != "t2":
        return _SURPLUS_DATABASE.get(terms.operating_system)
    return None


def _disk_kind(one: InstanceType) -> str | None:
    if not one.local_disk_gb:
        return None
    family = _plain_family(one)
    if family in _SPINNING:
        return "hdd"
    return "ssd" if family in _SOLID_STATE else "nvme"


def _plain_family(one: InstanceType) -> str:
    """The family without the service: ``t3`` of ``db.t3``."""
    return one.family.rpartition(".")[2] if one.provider == "AWS" else one.family
