"""A small HTTP server that answers GetProducts in the shape AWS gives, and the products it serves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from workbench.catalog import Price, load_catalog
from workbench.catalog.update import UpdateReport, update_prices
from workbench.progress import Silent

__all__ = ["MOMENT", "PriceApi", "cache_node", "database", "fetch", "machine", "price", "price_api", "volume"]

Product = dict[str, Any]
MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PUBLISHED = "2026-11-18T21:14:03Z"


@dataclass
class PriceApi:
    """What the server serves and what it was asked.

    Attributes:
        url: its address.
        products: served to every question whose filters they match.
        page: products a page.
        answers: for the next requests, in order: status and body instead of the products; None: the products.
        asked: bodies of the requests.
        before: called with the number of each request before it is answered.
    """

    url: str = ""
    products: list[Product] = field(default_factory=list)
    page: int = 100
    answers: list[tuple[int, bytes] | None] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    before: Callable[[int], None] = lambda _: None

    def answer(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body."""
        self.asked.append(asked)
        self.before(len(self.asked))
        if self.answers and (prepared := self.answers.pop(0)) is not None:
            return prepared
        found = [one for one in self.products if _matches(one, asked)]
        start = int(asked.get("NextToken", "0"))
        part = found[start : start + self.page]
        body: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(one) for one in part]}
        if start + self.page < len(found):
            body["NextToken"] = str(start + self.page)
        return 200, json.dumps(body).encode()


def _matches(product: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    attributes = {**product["product"]["attributes"], "productFamily": product["product"]["productFamily"]}
    return product["serviceCode"] == asked["ServiceCode"] and all(
        attributes.get(one["Field"]) == one["Value"] for one in asked["Filters"]
    )


@contextmanager
def price_api() -> Iterator[PriceApi]:
    """Run the server while the block runs."""
    state = PriceApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["X-Amz-Target"] == "AWSPriceListService.GetProducts"
            status, body = state.answer(asked)
            with suppress(ConnectionError):  # who asked may have been killed
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetch(
    api: PriceApi, home: Path, *services: str, regions: tuple[str, ...] = ("us-east-1",), moment: datetime = MOMENT
) -> UpdateReport:
    """Update the catalogue of a home folder from the server, EC2 unless told otherwise."""
    return update_prices(
        home, services or ("ec2",), regions, Silent(), moment=moment, endpoint=api.url, pause=lambda _: None
    )


def price(home: Path, *key: str) -> Price:
    """The price the catalogue of a home folder has; fails where it has none."""
    found = load_catalog(home).price("AWS", *key)
    assert isinstance(found, Price), found
    return found


def machine(
    instance_type: str = "m5.xlarge",
    price: str | None = "0.1920000000",
    *,
    region: str = "us-east-1",
    system: str = "Linux",
    licence: str = "No License required",
    currency: str = "USD",
    reserved: Mapping[tuple[str, str, str], tuple[str, str]] | None = None,
    published: str = PUBLISHED,
    **attributes: str,
) -> Product:
    """An EC2 instance as the API lists it; ``reserved``: (length, class, payment) to (hourly, upfront)."""
    return _product(
        "AmazonEC2",
        "Compute Instance",
        {
            "memory": "16 GiB",
            "vcpu": "4",
            "instanceType": instance_type,
            "operatingSystem": system,
            "licenseModel": licence,
            "tenancy": "Shared",
            "capacitystatus": "Used",
            "preInstalledSw": "NA",
            "marketoption": "OnDemand",
            "physicalProcessor": "Intel Xeon Platinum 8175",
            "currentGeneration": "Yes",
            "usagetype": f"BoxUsage:{instance_type}",
            **attributes,
        },
        price,
        region,
        currency,
        reserved or {},
        published,
    )


def database(
    instance_type: str = "db.m5.large",
    price: str | None = "0.1780000000",
    *,
    engine: str = "PostgreSQL",
    deployment: str = "Single-AZ",
    licence: str = "No license required",
    region: str = "us-east-1",
    **attributes: str,
) -> Product:
    """An RDS instance as the API lists it."""
    said = {
        "instanceType": instance_type,
        "databaseEngine": engine,
        "deploymentOption": deployment,
        "licenseModel": licence,
        "memory": "8 GiB",
        "vcpu": "2",
        "usagetype": f"InstanceUsage:{instance_type}",
        **attributes,
    }
    return _product("AmazonRDS", "Database Instance", said, price, region, "USD", {}, PUBLISHED)


def cache_node(instance_type: str, price: str, *, engine: str = "Redis", region: str = "us-east-1") -> Product:
    """An ElastiCache node as the API lists it."""
    said = {
        "instanceType": instance_type,
        "cacheEngine": engine,
        "memory": "6.38 GiB",
        "vcpu": "2",
        "usagetype": f"NodeUsage:{instance_type}",
    }
    return _product("AmazonElastiCache", "Cache Instance", said, price, region, "USD", {}, PUBLISHED)


def volume(
    usage: str, price: str, *, family: str = "Storage", unit: str = "GB-Mo", region: str = "eu-west-1"
) -> Product:
    """A part of block storage as the API lists it."""
    return _product("AmazonEC2", family, {"usagetype": usage}, price, region, "USD", {}, PUBLISHED, unit)


def _product(
    code: str,
    family: str,
    attributes: Mapping[str, str],
    price: str | None,
    region: str,
    currency: str,
    reserved: Mapping[tuple[str, str, str], tuple[str, str]],
    published: str,
    unit: str = "Hrs",
) -> Product:
    sku = f"{abs(hash((code, tuple(sorted(attributes.items())), region))):X}"[:16]

    def dimension(rate: str, what: str) -> dict[str, Any]:
        return {
            "unit": what,
            "beginRange": "0",
            "endRange": "Inf",
            "description": "as listed",
            "appliesTo": [],
            "rateCode": f"{sku}.JRTCKXETXF.6YS6EN2CT7",
            "pricePerUnit": {currency: rate},
        }

    terms: dict[str, Any] = {}
    if price is not None:
        terms["OnDemand"] = {
            f"{sku}.JRTCKXETXF": {
                "sku": sku,
                "offerTermCode": "JRTCKXETXF",
                "effectiveDate": "2026-11-01T00:00:00Z",
                "termAttributes": {},
                "priceDimensions": {f"{sku}.JRTCKXETXF.6YS6EN2CT7": dimension(price, unit)},
            }
        }
    if reserved:
        terms["Reserved"] = {
            f"{sku}.{number}": {
                "sku": sku,
                "effectiveDate": "2026-11-01T00:00:00Z",
                "termAttributes": {
                    "LeaseContractLength": length,
                    "OfferingClass": offering,
                    "PurchaseOption": payment,
                },
                "priceDimensions": {
                    **({"hourly": dimension(hourly, "Hrs")} if hourly else {}),
                    **({"upfront": dimension(upfront, "Quantity")} if upfront else {}),
                },
            }
            for number, ((length, offering, payment), (hourly, upfront)) in enumerate(reserved.items())
        }
    return {
        "product": {
            "productFamily": family,
            "sku": sku,
            "attributes": {
                "servicecode": code,
                "regionCode": region,
                "location": "as AWS calls it",
                "locationType": "AWS Region",
                **attributes,
            },
        },
        "serviceCode": code,
        "terms": terms,
        "version": published.replace("-", ""),
        "publicationDate": published,
    }
