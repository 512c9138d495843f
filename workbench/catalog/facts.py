"""Records of the catalogue: a type, a price, and a price that is not known. ``None`` means "not known" everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from workbench.catalog.families import FamilyName, parse_family

__all__ = ["InstanceType", "Price", "PriceAnswer", "PriceMissing", "Service", "looked_up", "provider_name"]

Service = Literal["compute", "database", "cache"]

_PROVIDERS = {
    "aws": "AWS",
    "amazon": "AWS",
    "amazon web services": "AWS",
    "azure": "Microsoft",
    "microsoft": "Microsoft",
    "microsoft azure": "Microsoft",
    "gcp": "Google Cloud",
    "google": "Google Cloud",
    "google cloud": "Google Cloud",
    "google cloud platform": "Google Cloud",
}


def provider_name(text: str) -> str:
    """The catalogue's name of a provider as bills and inventories write it; others as they are."""
    return _PROVIDERS.get(text.strip().lower(), text.strip())


@dataclass(frozen=True, slots=True)
class InstanceType:
    """What a size of a machine, database or cache is, the same in every region.

    Attributes:
        provider: ``AWS`` or ``Microsoft``.
        service: ``compute``, ``database`` or ``cache``.
        instance_type: as the provider writes it: ``m5.xlarge``, ``db.m5.xlarge``, ``cache.m5.xlarge``.
        family: ``m5``, ``db.m5``, ``cache.m5``.
        vcpu: processors.
        memory_mib: memory.
        architecture: ``x86_64`` or ``arm64``; ``x86_64_mac`` and ``arm64_mac`` of Apple hardware.
        manufacturer: of the processor.
        current_generation: sold as current.
        burstable: earns and spends CPU credits.
        baseline_percent: CPU a vCPU may use without spending credits, 0-100.
        network_mbps: network, sustained, Mbit/s.
        network_peak_mbps: network, for a while.
        ebs_mbps: block storage, sustained, Mbit/s.
        ebs_iops: block storage, sustained.
        gpu_count: accelerators.
        gpu_name: their model.
        gpu_memory_mib: memory of all of them.
        local_disk_gb: disks that lose their content when the machine stops.
        hypervisor: ``nitro`` or ``xen``.
        source: where the facts are from.
        as_of: day or month of the source.
    """

    provider: str
    service: Service
    instance_type: str
    family: str
    vcpu: float | None
    memory_mib: int | None
    architecture: str | None
    manufacturer: str | None = None
    current_generation: bool | None = None
    burstable: bool | None = None
    baseline_percent: float | None = None
    network_mbps: int | None = None
    network_peak_mbps: int | None = None
    ebs_mbps: int | None = None
    ebs_iops: int | None = None
    gpu_count: int | None = None
    gpu_name: str | None = None
    gpu_memory_mib: int | None = None
    local_disk_gb: float | None = None
    hypervisor: str | None = None
    source: str = ""
    as_of: str = ""

    @property
    def size(self) -> str:
        """The part of the name after the family: ``xlarge``."""
        return self.instance_type[len(self.family) + 1 :] if self.provider == "AWS" else self.instance_type

    @property
    def name(self) -> FamilyName | None:
        """The family taken apart; None where the name does not follow the scheme of AWS."""
        return parse_family(self.family) if self.provider == "AWS" else None

    @property
    def generation(self) -> int | None:
        """Number of the generation within its series: 5 of ``m5``."""
        return self.name.generation if self.name else None

    @property
    def metal(self) -> bool:
        """Without a hypervisor between."""
        return self.size.startswith("metal")


@dataclass(frozen=True, slots=True)
class Price:
    """A list price.

    Attributes:
        amount: more than zero, with the digits of the list.
        unit: what it is for, such as ``hour`` or ``GiB-month``.
        as_of: day of the price list.
        source: where it is from, for the reader.
        currency: ISO code.
    """

    amount: Decimal
    unit: str
    as_of: date
    source: str
    currency: str = "USD"

    def age_days(self, today: date) -> int:
        """Days since the price list was published."""
        return (today - self.as_of).days


@dataclass(frozen=True, slots=True)
class PriceMissing:
    """No price is known; it has no amount on purpose, so that nobody can add it up.

    Attributes:
        looked_for: what was asked, name and value.
        reason: the nearest thing that is known to be absent.
    """

    looked_for: tuple[tuple[str, str], ...]
    reason: str

    @property
    def status(self) -> str:
        """``price_missing``, as tables and JSON say it."""
        return "price_missing"

    def __str__(self) -> str:
        asked = ", ".join(f"{name} {value}" for name, value in self.looked_for)
        return f"No price is known for {asked}: {self.reason}"


PriceAnswer: TypeAlias = Price | PriceMissing


def looked_up(answer: PriceAnswer) -> Price | None:
    """The price, or None when it is missing: for callers that say so elsewhere."""
    return answer if isinstance(answer, Price) else None
