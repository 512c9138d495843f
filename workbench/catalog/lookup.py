"""The catalogue in memory: frozen records found by key, in microseconds.

Keys are ``(provider, type)`` for facts and ``(provider, region, type, operating system, option)`` for prices, where a
database's or cache's engine takes the place of the operating system, and option is the licence of a machine
(``included`` or ``byol``) or the deployment of a database (``single-az``, ``multi-az``,
``multi-az-readable-standbys``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.catalog.facts import InstanceType, Price, PriceAnswer, PriceMissing, Service, provider_name
from workbench.catalog.families import family_of
from workbench.catalog.kept import KeptList, kept_lists, unreadable_lists
from workbench.catalog.sources import read_prices, read_rates, read_types

__all__ = ["Catalog", "deployment_name", "engine_name", "load_catalog", "operating_system_name", "service_of"]

_SYSTEMS = {
    "linux/unix": "linux",
    "linux/unix (amazon vpc)": "linux",
    "amazon linux": "linux",
    "ubuntu": "linux",
    "windows (amazon vpc)": "windows",
    "red hat enterprise linux": "rhel",
    "red hat enterprise linux (amazon vpc)": "rhel",
    "red hat enterprise linux with ha": "rhel-ha",
    "suse linux": "suse",
    "suse linux (amazon vpc)": "suse",
    "ubuntu pro": "ubuntu-pro",
}
_ENGINES = {"postgres": "postgresql", "aurora postgresql": "aurora-postgresql", "aurora mysql": "aurora-mysql"}
_OPTIONS: dict[Service, str] = {"compute": "included", "database": "single-az", "cache": ""}

_Entry = tuple[str, str, date, str, str]  # amount, unit, day, source, currency


def operating_system_name(text: str) -> str:
    """The catalogue's name of an operating system; one it does not know stays, and then has no price."""
    name = text.strip().lower()
    return _SYSTEMS.get(name, name)


def engine_name(text: str) -> str:
    """The catalogue's name of an engine."""
    name = text.strip().lower()
    return _ENGINES.get(name, name)


def deployment_name(text: str) -> str:
    """``Multi-AZ`` as ``multi-az``."""
    return text.strip().lower().replace(" ", "-")


def service_of(instance_type: str) -> Service:
    """By the prefix of the name."""
    if instance_type.startswith("db."):
        return "database"
    return "cache" if instance_type.startswith("cache.") else "compute"


class Catalog:
    """Types, prices and rates; build it with :func:`load_catalog`.

    Attributes:
        lists: price lists of updates that are in it, oldest first.
        damaged: price lists that could not be read and are left out.
    """

    def __init__(self, lists: tuple[KeptList, ...] = (), damaged: tuple[KeptList, ...] = ()) -> None:
        self.lists = lists
        self.damaged = damaged
        self._types = _index_types(read_types(lists))

    @cached_property
    def price_rows(self) -> pa.Table:
        """All prices: service, region, instance_type, variant, option, amount (text), unit, price_date, currency,
        source.

        Of several prices of a key the newest; :func:`workbench.catalog.sources.read_history` has them all.
        """
        return read_prices(self.lists)

    @cached_property
    def rate_rows(self) -> pa.Table:
        """All reserved rates: region, instance_type, operating_system, offering_class, term_months, payment, ..."""
        return read_rates(self.lists)

    # Facts

    def types(self, provider: str | None = None, service: Service | None = None) -> tuple[InstanceType, ...]:
        """Every type, in the order of names."""
        wanted = provider_name(provider) if provider else None
        return tuple(
            one
            for one in self._types.values()
            if (wanted is None or one.provider == wanted) and (service is None or one.service == service)
        )

    def type(self, provider: str, instance_type: str) -> InstanceType | None:
        """What a type is; None when it is not in the catalogue. Names of Azure sizes are compared without case."""
        return self._types.get((provider_name(provider), instance_type.strip().lower()))

    # Prices

    def price(
        self, provider: str, region: str, instance_type: str, operating_system: str = "linux", option: str | None = None
    ) -> PriceAnswer:
        """On-demand list price of one hour.

        Args:
            provider: as on the bill.
            region: provider's code.
            instance_type: of a machine, database or cache.
            operating_system: of a machine; of a database or cache its engine.
            option: licence of a machine (default ``included``) or deployment of a database (default ``single-az``).
        """
        service = service_of(instance_type)
        variant = operating_system_name(operating_system) if service == "compute" else engine_name(operating_system)
        chosen = _OPTIONS[service] if option is None else deployment_name(option)
        if provider_name(provider) == "AWS":
            entry = self._prices.get((service, region, instance_type, variant, chosen))
            if entry is not None:
                return _price(entry)
        asked = {
            "provider": provider_name(provider),
            "region": region,
            "type": instance_type,
            "operating system" if service == "compute" else "engine": variant,
            "licence" if service == "compute" else "deployment": chosen,
        }
        return _missing(asked, self._why(asked["provider"], service, region, instance_type, variant))

    def storage_price(self, provider: str, region: str, item: str) -> PriceAnswer:
        """List price of block storage.

        Args:
            provider: as on the bill.
            region: provider's code.
            item: a volume type, or a part of it: ``gp3``, ``gp3-iops``, ``gp3-throughput``, ``io2-iops-tier2``,
                ``snapshot``, ...; see ``sources.STORAGE_ITEMS``.
        """
        name = provider_name(provider)
        entry = self._prices.get(("storage", region, item.lower(), "", "")) if name == "AWS" else None
        if entry is not None:
            return _price(entry)
        regions = self._places.get(("storage", item.lower(), ""), ())
        if name != "AWS":
            reason = f"the catalogue has no prices of {name}"
        else:
            reason = "it is not listed in this region" if regions else "nothing of this name is in the catalogue"
        return _missing({"provider": name, "region": region, "block storage": item}, reason)

    def reserved_rate(
        self,
        provider: str,
        region: str,
        instance_type: str,
        operating_system: str = "linux",
        *,
        term_months: int = 12,
        offering_class: str = "standard",
        payment: str = "no_upfront",
    ) -> PriceAnswer:
        """What an hour costs under a reservation, an upfront part spread over the term.

        Args:
            provider: as on the bill.
            region: provider's code.
            instance_type: of a machine.
            operating_system: of it.
            term_months: 12 or 36.
            offering_class: ``standard`` or ``convertible``.
            payment: ``no_upfront``, ``partial_upfront`` or ``all_upfront``.
        """
        system = operating_system_name(operating_system)
        name = provider_name(provider)
        key = (region, instance_type, system, offering_class, term_months, payment)
        entry = self._rates.get(key) if name == "AWS" else None
        if entry is not None:
            return _price(entry)
        asked = {
            "provider": name,
            "region": region,
            "type": instance_type,
            "operating system": system,
            "reservation": f"{term_months} months, {offering_class}, {payment.replace('_', ' ')}",
        }
        known = any(other[:3] == key[:3] for other in self._rates)
        why = "only other terms are listed" if known and name == "AWS" else "no rate of this type is listed here"
        return _missing(asked, why)

    def regions_of(self, instance_type: str, operating_system: str = "linux") -> tuple[str, ...]:
        """Regions that have a price of this type."""
        service = service_of(instance_type)
        variant = operating_system_name(operating_system) if service == "compute" else engine_name(operating_system)
        return tuple(sorted(self._places.get((service, instance_type, variant), ())))

    def keys_of(self, name: str, variant: str | None = None) -> tuple[tuple[str, str, str], ...]:
        """Every key that has a price of this type or item of storage: region, operating system or engine, option.

        Args:
            name: a type, or an item of block storage such as ``gp3``.
            variant: only this operating system or engine.
        """
        wanted = None if variant is None else {operating_system_name(variant), engine_name(variant)}
        return tuple(
            sorted(
                (region, software, option)
                for _, region, instance_type, software, option in self._prices
                if instance_type == name and (wanted is None or software in wanted)
            )
        )

    # Relations

    def sizes(self, provider: str, instance_type: str) -> tuple[InstanceType, ...]:
        """The types of the same family, the given one among them, smallest first."""
        one = self.type(provider, instance_type)
        return self._families[one.provider, one.family] if one else ()

    def smaller(self, provider: str, instance_type: str) -> tuple[InstanceType, ...]:
        """Sizes of the family with no more of anything and less of something, the nearest first."""
        one = self.type(provider, instance_type)
        if one is None:
            return ()
        return tuple(other for other in reversed(self.sizes(provider, instance_type)) if _less(other, one))

    def larger(self, provider: str, instance_type: str) -> tuple[InstanceType, ...]:
        """Sizes of the family with no less of anything and more of something, the nearest first."""
        one = self.type(provider, instance_type)
        if one is None:
            return ()
        return tuple(other for other in self.sizes(provider, instance_type) if _less(one, other))

    def architecture_siblings(self, provider: str, instance_type: str) -> tuple[InstanceType, ...]:
        """Types of another architecture for the same work: as many processors, the same GPUs, no less memory.

        Any generation; the nearest generation first, the newer of two equally near ones first.
        """
        one = self.type(provider, instance_type)
        if one is None or one.name is None or one.architecture is None:
            return ()
        own = one.name.generation
        found = [
            other
            for other in self._like(one)
            if other.architecture not in (None, one.architecture)
            and other.vcpu == one.vcpu
            and (other.memory_mib or 0) >= (one.memory_mib or 0)
            and (other.gpu_count, other.gpu_name) == (one.gpu_count, one.gpu_name)
        ]
        return tuple(sorted(found, key=lambda two: (abs(_generation(two) - own), -_generation(two), two.family)))

    def newer_generations(
        self, provider: str, instance_type: str, *, same_architecture: bool = True
    ) -> tuple[InstanceType, ...]:
        """Types of a later generation that do the same work with no fewer processors, memory or GPUs; newest first."""
        one = self.type(provider, instance_type)
        if one is None or one.name is None:
            return ()
        own = one.name.generation
        found = [
            other
            for other in self._like(one)
            if _generation(other) > own
            and (not same_architecture or other.architecture == one.architecture)
            and (other.vcpu or 0) >= (one.vcpu or 0)
            and (other.memory_mib or 0) >= (one.memory_mib or 0)
            and (other.gpu_count or 0) == (one.gpu_count or 0)
        ]
        return tuple(sorted(found, key=lambda two: (-_generation(two), two.family)))

    # Indexes

    @cached_property
    def _prices(self) -> Mapping[tuple[str, str, str, str, str], _Entry]:
        return _index(self.price_rows, ("service", "region", "instance_type", "variant", "option"), "amount", "unit")

    @cached_property
    def _rates(self) -> Mapping[tuple[Any, ...], _Entry]:
        names = ("region", "instance_type", "operating_system", "offering_class", "term_months", "payment")
        return _index(self.rate_rows, names, "rate", None)

    @cached_property
    def _places(self) -> Mapping[tuple[str, str, str], frozenset[str]]:
        found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for service, region, instance_type, variant, _ in self._prices:
            found[service, instance_type, variant].add(region)
        return {key: frozenset(regions) for key, regions in found.items()}

    @cached_property
    def _variants(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for _, instance_type, variant in self._places:
            found[instance_type].add(variant)
        return {key: frozenset(variants) for key, variants in found.items()}

    @cached_property
    def _families(self) -> Mapping[tuple[str, str], tuple[InstanceType, ...]]:
        found: dict[tuple[str, str], list[InstanceType]] = defaultdict(list)
        for one in self._types.values():
            found[one.provider, one.family].append(one)
        return {key: tuple(sorted(members, key=_size_order)) for key, members in found.items()}

    @cached_property
    def _kinds(self) -> Mapping[tuple[Any, ...], tuple[InstanceType, ...]]:
        found: dict[tuple[Any, ...], list[InstanceType]] = defaultdict(list)
        for one in self._types.values():
            if one.name is not None:
                found[one.name.kind, one.size].append(one)
        return {key: tuple(members) for key, members in found.items()}

    def _like(self, one: InstanceType) -> Iterable[InstanceType]:
        """Types of the same size in families that do the same work, without itself."""
        if one.name is None:
            return ()
        return (two for two in self._kinds[one.name.kind, one.size] if two.instance_type != one.instance_type)

    def _why(self, provider: str, service: Service, region: str, instance_type: str, variant: str) -> str:
        if provider != "AWS":
            return f"the catalogue has no prices of {provider}"
        variants = self._variants.get(instance_type)
        if variants is None:
            known = self.type(provider, instance_type) is not None
            return "no region lists a price of this type" if known else "the catalogue does not know this type"
        if variant not in variants:
            return f"of this type only {', '.join(sorted(variants))} is listed"
        if region not in self._places[service, instance_type, variant]:
            return "it is not listed in this region"
        return "it is listed under another licence" if service == "compute" else "only other deployments are listed"


def load_catalog(home: Path | None = None) -> Catalog:
    """The catalogue of a home folder: reference data and the price lists of its updates. Loaded once a process.

    Args:
        home: home folder of the workbench; None: only the reference data.
    """
    lists = kept_lists(home) if home is not None else ()
    return _load(lists)


@lru_cache(maxsize=4)
def _load(lists: tuple[KeptList, ...]) -> Catalog:
    damaged = unreadable_lists(lists)
    return Catalog(tuple(one for one in lists if one not in damaged), damaged)


def _index_types(table: pa.Table) -> dict[tuple[str, str], InstanceType]:
    names = [field.name for field in fields(InstanceType)]
    found = {}
    for row in table.select(names).to_pylist():
        row["family"] = row["family"] or family_of(row["instance_type"])
        found[row["provider"], row["instance_type"].lower()] = InstanceType(**row)
    # A database or cache runs on a machine of the same name; its list of prices says less about it.
    for key, one in found.items():
        if one.service == "compute":
            continue
        machine = found.get(("AWS", one.instance_type.partition(".")[2].lower()))
        if machine is not None:
            found[key] = replace(
                one,
                architecture=machine.architecture,
                manufacturer=machine.manufacturer,
                burstable=machine.burstable,
                baseline_percent=machine.baseline_percent,
                current_generation=(
                    machine.current_generation if one.current_generation is None else one.current_generation
                ),
            )
    return dict(sorted(found.items()))


def _index(table: pa.Table, key: tuple[str, ...], amount: str, unit: str | None) -> dict[Any, _Entry]:
    day = "price_date" if "price_date" in table.column_names else "rate_date"
    keys = zip(*(table.column(name).to_pylist() for name in key), strict=True)
    units = table.column(unit).to_pylist() if unit else ["hour"] * len(table)
    entries = zip(
        table.column(amount).to_pylist(),
        units,
        table.column(day).to_pylist(),
        table.column("source").to_pylist(),
        table.column("currency").to_pylist(),
        strict=True,
    )
    return dict(zip(keys, entries, strict=True))


def _price(entry: _Entry) -> Price:
    amount, unit, day, source, currency = entry
    return Price(Decimal(amount), unit, day, source, currency)


def _missing(asked: Mapping[str, str], reason: str) -> PriceMissing:
    return PriceMissing(tuple((name, value) for name, value in asked.items() if value), reason)


def _generation(one: InstanceType) -> int:
    return one.generation or 0


def _size_order(one: InstanceType) -> tuple[Any, ...]:
    return one.vcpu or 0, one.memory_mib or 0, one.gpu_count or 0, one.metal, one.instance_type


def _less(one: InstanceType, two: InstanceType) -> bool:
    mine = (one.vcpu or 0, one.memory_mib or 0, one.gpu_count or 0)
    theirs = (two.vcpu or 0, two.memory_mib or 0, two.gpu_count or 0)
    return mine != theirs and all(a <= b for a, b in zip(mine, theirs, strict=True))
