"""Entries of the AWS Price List API (``GetProducts``, format ``aws_v1``) as rows of a price list. No network here.

An entry is one product with its terms: attributes (type, region, operating system, ...), the on-demand price and the
reserved rates. Taken are prices with an amount above zero, for whole regions and machines for everyone. Where two
entries disagree about one key, none of them is taken: which one holds cannot be told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from workbench.catalog.lookup import deployment_name, engine_name, operating_system_name

__all__ = ["OFFERS", "Offer", "PriceRows", "parse_entry", "read_entries"]

Row = dict[str, Any]
_Attributes = Mapping[str, str]

_HOURS_A_YEAR = 8760
_MONTHS = {"1yr": 12, "3yr": 36}
_LICENCES = {
    "no license required": "included",
    "license included": "included",
    "bring your own license": "byol",
    "": "included",
    "na": "included",
}
_EDITIONS = {
    "enterprise": "ee",
    "standard": "se",
    "standard one": "se1",
    "standard two": "se2",
    "express": "ex",
    "web": "web",
    "developer": "dev",
}
# Usage type behind the prefix of the region, our name and unit. Throughput is listed per GiB/s.
_STORAGE = {
    "EBS:VolumeUsage.gp2": ("gp2", "GiB-month"),
    "EBS:VolumeUsage.gp3": ("gp3", "GiB-month"),
    "EBS:VolumeP-IOPS.gp3": ("gp3-iops", "IOPS-month"),
    "EBS:VolumeP-Throughput.gp3": ("gp3-throughput", "MiB/s-month"),
    "EBS:VolumeUsage.piops": ("io1", "GiB-month"),
    "EBS:VolumeP-IOPS.piops": ("io1-iops", "IOPS-month"),
    "EBS:VolumeUsage.io2": ("io2", "GiB-month"),
    "EBS:VolumeP-IOPS.io2": ("io2-iops", "IOPS-month"),
    "EBS:VolumeP-IOPS.io2.tier2": ("io2-iops-tier2", "IOPS-month"),
    "EBS:VolumeP-IOPS.io2.tier3": ("io2-iops-tier3", "IOPS-month"),
    "EBS:VolumeUsage.st1": ("st1", "GiB-month"),
    "EBS:VolumeUsage.sc1": ("sc1", "GiB-month"),
    "EBS:VolumeUsage": ("standard", "GiB-month"),
    "EBS:VolumeIOUsage": ("standard-io", "request"),
    "EBS:SnapshotUsage": ("snapshot", "GiB-month"),
    "EBS:SnapshotArchiveStorage": ("snapshot-archive", "GiB-month"),
    "EBS:SnapshotArchiveRetrieval": ("snapshot-archive-retrieval", "GiB"),
    "EBS:FastSnapshotRestore": ("fast-snapshot-restore", "hour"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A part of the price list that is asked for region by region.

    Attributes:
        name: as people type it: ``ec2``.
        code: service code of AWS.
        questions: filters of one or more queries (field, value), beside that of the region.
        service: what its prices are of.
        key: the key of a product, or None when it is not wanted.
    """

    name: str
    code: str
    questions: tuple[tuple[tuple[str, str], ...], ...]
    service: str
    key: Callable[[_Attributes], Row | None]


@dataclass(frozen=True, slots=True)
class PriceRows:
    """What a price list says.

    Attributes:
        rows: by the columns of ``kept.SCHEMA``, in the order of keys.
        products: entries read.
        skipped: entries about something else, such as local zones.
        unpriced: wanted products without a price above zero.
        ambiguous: keys for which entries disagree; none of their prices is in ``rows``.
    """

    rows: tuple[Row, ...]
    products: int
    skipped: int
    unpriced: int
    ambiguous: int

    def count(self, kind: str) -> int:
        """Rows of a kind: ``price``, ``rate`` or ``type``."""
        return sum(row["kind"] == kind for row in self.rows)

    @property
    def price_date(self) -> date | None:
        """Newest day of a price."""
        return max((row["price_date"] for row in self.rows if row["kind"] == "price"), default=None)


def parse_entry(entry: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """One element of ``PriceList`` as a document.

    Raises:
        ValueError: it is not JSON, or is no product.
    """
    document: Mapping[str, Any] = json.loads(entry) if isinstance(entry, str) else entry
    if not _is_product(document):
        raise ValueError("an entry of the price list is not a product")
    return document


def _is_product(document: object) -> bool:
    product = document.get("product") if isinstance(document, Mapping) else None
    return isinstance(product, Mapping) and isinstance(product.get("attributes"), Mapping)


def read_entries(offer: Offer, region: str, entries: Iterable[Mapping[str, Any]]) -> PriceRows:
    """The rows of the products of one region.

    Args:
        offer: of which they are.
        region: provider's code; products of other places are skipped.
        entries: of :func:`parse_entry`.

    Raises:
        ValueError: a price cannot be read or has no day.
    """
    found: dict[tuple[Any, ...], Row] = {}
    clashes: set[tuple[Any, ...]] = set()
    products = skipped = unpriced = 0
    for entry in entries:
        products += 1
        attributes = {str(name): str(value) for name, value in entry["product"]["attributes"].items()}
        key = offer.key(attributes) if _here(attributes, region) else None
        if key is None:
            skipped += 1
            continue
        rows = list(_rows(offer, region, key, attributes, entry))
        unpriced += not any(row["kind"] == "price" for row in rows)
        for row in rows:
            name = _identity(row)
            if name in found and not _agree(found[name], row):
                clashes.add(name)
            found.setdefault(name, row)
    kept = (row for name, row in sorted(found.items()) if name not in clashes)
    return PriceRows(tuple(kept), products, skipped, unpriced, len(clashes))


def _here(attributes: _Attributes, region: str) -> bool:
    return attributes.get("regionCode") == region and attributes.get("locationType", "AWS Region") == "AWS Region"


def _identity(row: Row) -> tuple[Any, ...]:
    names = ("kind", "service", "instance_type", "variant", "option", "payment")
    return (*(row.get(name, "") for name in names), row.get("term_months", 0))


def _agree(one: Row, two: Row) -> bool:
    # Of facts the first entry stands: they differ only in wording between operating systems.
    return one["kind"] == "type" or (one["amount"], one["currency"]) == (two["amount"], two["currency"])


def _rows(offer: Offer, region: str, key: Row, attributes: _Attributes, entry: Mapping[str, Any]) -> Iterator[Row]:
    base: Row = {"service": offer.service, "region": region, **key}
    day = _day(entry.get("publicationDate"))
    if offer.service != "storage" and (facts := _facts(attributes)):
        yield {"kind": "type", **base, "variant": "", "option": "", "price_date": day, **facts}
    terms = entry.get("terms") or {}
    amount = _on_demand(terms.get("OnDemand") or {})
    if amount is not None:
        price, currency, unit, begins = amount
        if unit.lower().startswith("gibps"):
            price /= 1024
        yield {
            "kind": "price",
            **base,
            "unit": base.get("unit", "hour"),
            "amount": _text(price),
            "currency": currency,
            "price_date": day or begins or _no_day(base),
        }
    if offer.service == "compute" and key["option"] == "included":
        for term, rate, currency in _reserved(terms.get("Reserved") or {}):
            yield {
                "kind": "rate",
                **base,
                **term,
                "unit": "hour",
                "amount": _text(rate),
                "currency": currency,
                "price_date": day or _no_day(base),
            }


def _no_day(base: Row) -> date:
    raise ValueError(f"the price of {base['instance_type']} has no day")


def _on_demand(terms: Mapping[str, Any]) -> tuple[Decimal, str, str, date | None] | None:
    """Price of the first unit under the newest term: amount, currency, unit, day from which it holds."""
    newest = max(terms.values(), key=lambda term: str(term.get("effectiveDate", "")), default=None)
    for dimension in (newest or {}).get("priceDimensions", {}).values():
        if str(dimension.get("beginRange") or "0") == "0" and (found := _amount(dimension)) is not None:
            return *found, str(dimension.get("unit") or ""), _day((newest or {}).get("effectiveDate"))
    return None


def _reserved(terms: Mapping[str, Any]) -> Iterator[tuple[Row, Decimal, str]]:
    """Each reservation as its key and what an hour costs with the upfront part spread over the term."""
    for term in terms.values():
        said = term.get("termAttributes") or {}
        months = _MONTHS.get(str(said.get("LeaseContractLength")))
        payment = str(said.get("PurchaseOption", "")).lower().replace(" ", "_")
        if months is None or payment not in ("no_upfront", "partial_upfront", "all_upfront"):
            continue
        hourly, upfront, currency = Decimal(0), Decimal(0), ""
        for dimension in term.get("priceDimensions", {}).values():
            found = _amount(dimension)
            if found is None:
                continue
            if str(dimension.get("unit", "")).lower() == "quantity":
                upfront += found[0]
            else:
                hourly += found[0]
            currency = found[1]
        rate = hourly + upfront / (_HOURS_A_YEAR * months // 12)
        if rate > 0:
            key = {"option": str(said.get("OfferingClass", "standard")).lower(), "term_months": months}
            yield {**key, "payment": payment}, rate, currency


def _amount(dimension: Mapping[str, Any]) -> tuple[Decimal, str] | None:
    """Amount and currency; None where it is free or nothing is said.

    Raises:
        ValueError: the amount is no number.
    """
    prices = dimension.get("pricePerUnit") or {}
    currency = "USD" if "USD" in prices else next(iter(sorted(prices)), None)
    if currency is None:
        return None
    try:
        amount = Decimal(str(prices[currency]))
    except InvalidOperation:
        raise ValueError(f"{prices[currency]!r} is not a price") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{prices[currency]!r} is not a price")
    return (amount, str(currency)) if amount > 0 else None


def _text(amount: Decimal) -> str:
    return format(round(amount, 12).normalize(), "f")


def _day(text: object) -> date | None:
    return date.fromisoformat(text[:10]) if isinstance(text, str) and text else None


def _facts(attributes: _Attributes) -> Row | None:
    vcpu, memory = _number(attributes.get("vcpu")), _number(attributes.get("memory"))
    if vcpu is None or memory is None:
        return None
    processor = attributes.get("physicalProcessor", "")
    manufacturer = next((name for name in ("Graviton", "Intel", "AMD", "Apple") if name in processor), None)
    architecture = {"Graviton": "arm64", "Intel": "x86_64", "AMD": "x86_64", "Apple": "arm64_mac"}.get(
        manufacturer or ""
    )
    if attributes["instanceType"].startswith("mac") and manufacturer == "Intel":
        architecture = "x86_64_mac"
    gpus = _number(attributes.get("gpu"))
    current = attributes.get("currentGeneration")
    return {
        "vcpu": float(vcpu),
        "memory_mib": round(memory * 1024),
        "architecture": architecture,
        "manufacturer": "AWS" if manufacturer == "Graviton" else manufacturer,
        "current_generation": None if current is None else current == "Yes",
        "gpu_count": 0 if gpus is None else int(gpus),
    }


def _number(text: str | None) -> Decimal | None:
    """``1,952`` of ``1,952 GiB``; None for ``NA``."""
    try:
        return Decimal((text or "").split(" ")[0].replace(",", ""))
    except InvalidOperation:
        return None


def _machine(attributes: _Attributes) -> Row | None:
    licence = _LICENCES.get(attributes.get("licenseModel", "").lower())
    wanted = (
        attributes.get("tenancy") == "Shared"
        and attributes.get("capacitystatus", "Used") == "Used"
        and attributes.get("preInstalledSw", "NA") == "NA"
        and attributes.get("marketoption", "OnDemand") == "OnDemand"
    )
    instance_type, system = attributes.get("instanceType", ""), attributes.get("operatingSystem", "NA")
    if not wanted or licence is None or "." not in instance_type or system == "NA":
        return None
    return {"instance_type": instance_type, "variant": operating_system_name(system), "option": licence}


def _database(attributes: _Attributes) -> Row | None:
    licence = _LICENCES.get(attributes.get("licenseModel", "").lower())
    instance_type, engine = attributes.get("instanceType", ""), attributes.get("databaseEngine", "")
    usage = attributes.get("usagetype", "")
    special = "IOOptimized" in usage or attributes.get("deploymentModel", "").lower() == "custom"
    if licence is None or special or not instance_type.startswith("db.") or not engine or engine == "Any":
        return None
    variant = engine_name(engine).replace("sql server", "sqlserver").replace(" ", "-")
    edition = attributes.get("databaseEdition", "").lower()
    if edition and edition != "na":
        variant += f"-{_EDITIONS.get(edition, edition.replace(' ', '-'))}"
    # SQL Server says how it mirrors; the deployment is the same.
    deployment = deployment_name(attributes.get("deploymentOption", "Single-AZ").removesuffix(" (SQL Server Mirror)"))
    deployment = deployment.replace("(", "").replace(")", "")
    return {
        "instance_type": instance_type,
        "variant": variant,
        "option": deployment if licence == "included" else f"{deployment}-{licence}",
    }


def _cache(attributes: _Attributes) -> Row | None:
    instance_type, engine = attributes.get("instanceType", ""), attributes.get("cacheEngine", "")
    if not instance_type.startswith("cache.") or not engine or "NodeUsage" not in attributes.get("usagetype", ""):
        return None
    return {"instance_type": instance_type, "variant": engine_name(engine), "option": ""}


def _storage(attributes: _Attributes) -> Row | None:
    usage = attributes.get("usagetype", "")
    known = _STORAGE.get(usage[usage.find("EBS:") :] if "EBS:" in usage else "")
    if known is None:
        return None
    return {"instance_type": known[0], "variant": "", "option": "", "unit": known[1]}


_EBS_FAMILIES = ("Storage", "System Operation", "Provisioned Throughput", "Storage Snapshot", "Fast Snapshot Restore")

OFFERS: dict[str, Offer] = {
    one.name: one
    for one in (
        Offer(
            "ec2",
            "AmazonEC2",
            ((("tenancy", "Shared"), ("capacitystatus", "Used"), ("preInstalledSw", "NA")),),
            "compute",
            _machine,
        ),
        Offer("rds", "AmazonRDS", ((("productFamily", "Database Instance"),),), "database", _database),
        Offer("elasticache", "AmazonElastiCache", ((("productFamily", "Cache Instance"),),), "cache", _cache),
        Offer("ebs", "AmazonEC2", tuple((("productFamily", family),) for family in _EBS_FAMILIES), "storage", _storage),
    )
}
"""What can be asked for, by name."""
