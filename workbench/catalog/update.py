"""Fetch current prices from the AWS Price List API and keep them as new price lists.

Each service and region is one price list: it is fetched to its last page, read, and only then added, so that an
interruption, a broken page or a lost network leaves what was there. Nothing but prices comes from AWS, and nothing but
the question goes there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from workbench.catalog.kept import SCHEMA, keep, kept_lists, prune
from workbench.catalog.lookup import Catalog, load_catalog
from workbench.catalog.price_list import OFFERS, Offer, PriceRows, parse_entry, read_entries
from workbench.errors import AccessDenied, BadEntry, DataError, StorageError, WorkbenchError
from workbench.progress import Progress

PricingClient = Any  # boto3 makes its classes as it runs

__all__ = ["ListResult", "UpdateReport", "update_prices"]

_PAGE = 100
_TRIES = 3
_NO_ACCESS = frozenset({
    "AccessDenied", "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId",
    "InvalidSignatureException", "ExpiredTokenException", "ExpiredToken", "MissingAuthenticationToken",
})  # fmt: skip
_WHAT_IT_NEEDS = "The credentials need pricing:GetProducts; nothing else is asked"


@dataclass(frozen=True, slots=True)
class ListResult:
    """What became of one service in one region.

    Attributes:
        service: ``ec2``, ``rds``, ``elasticache`` or ``ebs``.
        region: provider's code.
        status: ``added``; ``unchanged``: AWS has published nothing new; ``refused``: nothing was kept, see ``reason``.
        prices, rates, types: rows in it.
        changed: prices that differ from what was known before.
        new: prices of which nothing was known before.
        unpriced: products listed without a price.
        ambiguous: keys for which the list contradicts itself; they are left out.
        price_date: newest day of its prices.
        reason, hint: why it was refused, and what helps.
    """

    service: str
    region: str
    status: Literal["added", "unchanged", "refused"]
    prices: int = 0
    rates: int = 0
    types: int = 0
    changed: int = 0
    new: int = 0
    unpriced: int = 0
    ambiguous: int = 0
    price_date: date | None = None
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did.

    Attributes:
        lists: one entry a service and region that was asked for and reached.
        asked: how many there were to do.
        interrupted: stopped by the user; the lists that are in ``lists`` are kept.
    """

    lists: tuple[ListResult, ...]
    asked: int
    interrupted: bool = False

    def count(self, status: str) -> int:
        """Lists with this status."""
        return sum(one.status == status for one in self.lists)

    @property
    def exit_code(self) -> int:
        """0 all added or unchanged, 1 none, 3 some, 4 nothing new."""
        good = self.count("added") + self.count("unchanged")
        if good < self.asked:
            return 3 if good else 1
        return 0 if self.count("added") else 4


def update_prices(
    home: Path,
    services: Sequence[str],
    regions: Sequence[str],
    progress: Progress,
    *,
    moment: datetime,
    endpoint: str | None = None,
    api_region: str = "us-east-1",
    pause: Callable[[float], None] = time.sleep,
) -> UpdateReport:
    """Fetch the price lists of these services and regions.

    Args:
        home: home folder of the workbench; the lists are kept under ``catalog/``.
        services: of ``price_list.OFFERS``.
        regions: provider's codes. Those of China are asked there, with credentials of China.
        progress: told of each list and page.
        moment: when the update began, UTC.
        endpoint: address of the API; None: that of AWS, or what the environment names for it.
        api_region: region whose API is asked: us-east-1, eu-central-1 or ap-south-1.
        pause: waits between tries of a broken page.

    Raises:
        BadEntry: an unknown service, or no region.
        AccessDenied: there are no credentials, or they may not ask, and no list came.
        DataError: the API cannot be reached, and no list came.
        StorageError: the home folder cannot be written, and no list had been added.
    """
    wanted = _wanted(services, regions)
    _sweep(home)
    before = load_catalog(home)
    clients: dict[str, PricingClient] = {}
    unusable: dict[str, _Unusable] = {}
    results: list[ListResult] = []
    try:
        for offer, region in wanted:
            place = "cn-northwest-1" if region.startswith("cn-") else api_region
            # What refuses or cannot be reached once is not asked again; China may refuse while the others answer.
            if place not in unusable:
                try:
                    if place not in clients:
                        clients[place] = _client(place, endpoint)
                    results.append(_one(home, before, clients[place], offer, region, progress, moment, pause))
                    continue
                except _Unusable as error:
                    unusable[place] = error
            results.append(_refused(offer, region, unusable[place].cause))
    except StorageError as error:
        if not any(one.status == "added" for one in results):
            raise
        results += [_refused(*rest, error) for rest in wanted[len(results) :]]
    except KeyboardInterrupt:
        if not any(one.status == "added" for one in results):
            raise
        return UpdateReport(tuple(results), len(wanted), interrupted=True)
    if unusable and all(one.status == "refused" for one in results):
        first = next(iter(unusable.values()))
        raise first.cause from first.__cause__
    return UpdateReport(tuple(results), len(wanted))


class _Unusable(Exception):
    """The API refuses or cannot be reached: no use in asking it for the next list."""

    def __init__(self, cause: WorkbenchError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _wanted(services: Sequence[str], regions: Sequence[str]) -> list[tuple[Offer, str]]:
    for name in services:
        if name not in OFFERS:
            raise BadEntry(f"{name} is no service of the catalogue", hint=f"Choose from {', '.join(OFFERS)}")
    if not regions:
        raise BadEntry("No region was given", hint="Write for example --region us-east-1")
    chosen = [OFFERS[name] for name in dict.fromkeys(services)]
    return [(offer, region) for region in dict.fromkeys(regions) for offer in chosen]


def _sweep(home: Path) -> None:
    """Remove what killed updates left behind, and no price list."""
    try:
        prune(home, 1_000_000)
    except OSError as error:
        raise StorageError(f"{home} cannot be written", detail=str(error)) from error


def _one(
    home: Path,
    before: Catalog,
    client: PricingClient,
    offer: Offer,
    region: str,
    progress: Progress,
    moment: datetime,
    pause: Callable[[float], None],
) -> ListResult:
    progress.step(f"Prices of {offer.name} in {region}")
    try:
        found = read_entries(offer, region, _entries(client, offer, region, progress, pause))
    except DataError as error:
        progress.message(f"{offer.name} in {region}: {error}")
        return _refused(offer, region, error)
    except (ValueError, TypeError, AttributeError) as error:
        broken = DataError("The price list cannot be read", detail=str(error), hint="Nothing of it was kept")
        progress.message(f"{offer.name} in {region}: {broken}")
        return _refused(offer, region, broken)
    if not found.count("price"):
        nothing = DataError(
            f"AWS lists no price of {offer.name} in {region}", hint="Look for a misspelt region; nothing was kept"
        )
        progress.message(str(nothing))
        return _refused(offer, region, nothing)
    known = _known(before, offer, region)
    prices = [(row["instance_type"], row["variant"], row["option"], row["amount"]) for row in found.rows
              if row["kind"] == "price"]  # fmt: skip
    same = _same_as_newest(home, offer, region, found)
    if not same:
        try:
            keep(home, offer.name, region, moment, found.rows)
        except OSError as error:
            raise StorageError(f"The price list cannot be kept in {home}", detail=str(error)) from error
    return ListResult(
        offer.name,
        region,
        "unchanged" if same else "added",
        prices=found.count("price"),
        rates=found.count("rate"),
        types=found.count("type"),
        changed=sum(known.get(tuple(key), amount) != amount for *key, amount in prices),
        new=sum(tuple(key) not in known for *key, _ in prices),
        unpriced=found.unpriced,
        ambiguous=found.ambiguous,
        price_date=found.price_date,
    )


def _refused(offer: Offer, region: str, error: WorkbenchError) -> ListResult:
    reason = ". ".join(part for part in (error.title, error.detail) if part)
    return ListResult(offer.name, region, "refused", reason=reason, hint=error.hint)


def _known(catalog: Catalog, offer: Offer, region: str) -> dict[tuple[str, ...], str]:
    """What was known, with the amount written as in price lists."""
    names = ("service", "region", "instance_type", "variant", "option", "amount")
    columns = zip(*(catalog.price_rows.column(name).to_pylist() for name in names), strict=True)
    return {
        (instance_type, variant, option): format(round(Decimal(amount), 12).normalize(), "f")
        for service, place, instance_type, variant, option, amount in columns
        if service == offer.service and place == region
    }


def _same_as_newest(home: Path, offer: Offer, region: str, found: PriceRows) -> bool:
    earlier = [one for one in kept_lists(home) if (one.service, one.region) == (offer.name, region)]
    if not earlier:
        return False
    try:
        return bool(earlier[-1].rows().equals(pa.Table.from_pylist([dict(row) for row in found.rows], SCHEMA)))
    except (pa.ArrowException, OSError):
        return False


# The API


def _client(region: str, endpoint: str | None) -> PricingClient:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    # Standard mode retries throttling, server errors and broken connections with growing pauses.
    config = Config(retries={"mode": "standard", "total_max_attempts": 8}, connect_timeout=10, read_timeout=60)
    try:
        return boto3.session.Session().client("pricing", region_name=region, endpoint_url=endpoint, config=config)
    except (BotoCoreError, ValueError) as error:
        raise _Unusable(DataError("The AWS Price List API cannot be asked", detail=str(error))) from error


def _entries(
    client: PricingClient, offer: Offer, region: str, progress: Progress, pause: Callable[[float], None]
) -> Iterator[Mapping[str, Any]]:
    for question in offer.questions:
        asked: dict[str, Any] = {
            "ServiceCode": offer.code,
            "FormatVersion": "aws_v1",
            "MaxResults": _PAGE,
            "Filters": [
                {"Type": "TERM_MATCH", "Field": field, "Value": value}
                for field, value in (("regionCode", region), *question)
            ],
        }
        seen: set[str] = set()
        products = 0
        while True:
            page, following = _page(client, asked, pause)
            yield from page
            products += len(page)
            progress.advance(1, detail=f"{products:,} products")
            if not following:
                break
            if following in seen:
                raise DataError("AWS gave the same page twice", hint="Nothing of this list was kept. Run it again")
            seen.add(following)
            asked["NextToken"] = following


def _page(
    client: PricingClient, asked: Mapping[str, Any], pause: Callable[[float], None]
) -> tuple[list[Mapping[str, Any]], str | None]:
    """One page, read to its last entry; a page that cannot be read is asked for again."""
    from botocore.parsers import ResponseParserError

    for tried in range(1, _TRIES + 1):
        try:
            with _calm():
                answer = client.get_products(**asked)
            # botocore takes a body that is no JSON for an empty answer.
            if "PriceList" not in answer:
                raise ValueError("The answer holds no price list")
            return [parse_entry(entry) for entry in answer["PriceList"]], answer.get("NextToken")
        except (ResponseParserError, ValueError) as error:
            if tried == _TRIES:
                raise DataError(
                    f"A page of the price list could not be read in {_TRIES} tries",
                    detail=str(error)[:300],
                    hint="Nothing of this list was kept. Run it again later",
                ) from error
            pause(0.5 * 2**tried)
    raise AssertionError("every try returns or raises")


@contextmanager
def _calm() -> Iterator[None]:
    """Turns what boto3 raises into errors that say what to do."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise _Unusable(
            AccessDenied(
                "There are no AWS credentials to ask for prices",
                detail=str(error),
                hint=f"Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. {_WHAT_IT_NEEDS}",
            )
        ) from error
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _NO_ACCESS:
            raise _Unusable(
                AccessDenied("AWS refuses to tell prices", detail=str(error), hint=_WHAT_IT_NEEDS)
            ) from error
        raise DataError(
            "The AWS Price List API gives an error",
            detail=str(error),
            hint="Nothing of this list was kept. Run it again later",
        ) from error
    except BotoCoreError as error:
        raise _Unusable(
            DataError(
                "The AWS Price List API cannot be reached",
                detail=str(error),
                hint="Prices known before stay in use. Check the network, a proxy, or --endpoint",
            )
        ) from error
