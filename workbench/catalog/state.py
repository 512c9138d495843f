"""What the catalogue knows, from when it is, and whether that is old."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from workbench.catalog.lookup import Catalog
from workbench.engines import Engine, Query

__all__ = ["OLD_AFTER_DAYS", "CatalogState", "PriceState", "billed_regions", "catalog_state"]

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")

_PRICED = ("compute", "database", "cache", "storage")

OLD_AFTER_DAYS = 90
"""Days after which prices are called old. AWS changed 24 of 870 common prices in 15 months, so that in a quarter about
one of 200 differs; older than that nobody should promise a saving without looking again."""


@dataclass(frozen=True, slots=True)
class PriceState:
    """Prices of one kind.

    Attributes:
        service: ``compute``, ``database``, ``cache`` or ``storage``; ``reservations`` for reserved rates of machines.
        types: different sizes (of storage: items) that have a price.
        prices: prices, one a region, size, operating system or engine, and licence or deployment.
        regions: different regions.
        newest, oldest: days of the newest and oldest price.
        old: prices that are more than ``OLD_AFTER_DAYS`` old.
        age_days: age of the newest.
    """

    service: str
    types: int
    prices: int
    regions: int
    newest: date
    oldest: date
    old: int
    age_days: int

    @property
    def state(self) -> Literal["current", "partly old", "old"]:
        """``old`` when every price is, ``partly old`` when some are."""
        return "old" if self.old == self.prices else "partly old" if self.old else "current"


@dataclass(frozen=True, slots=True)
class CatalogState:
    """Everything about the age of the catalogue.

    Attributes:
        today: day the ages are counted to.
        prices: by kind.
        types: sizes known, by provider and service.
        updates: price lists fetched from AWS.
        updated_at: when the newest of them was fetched, UTC.
        damaged: names of price lists that cannot be read and are left out.
        regions: the regions asked about; empty: all.
        unpriced_regions: of those, the ones without any price of a machine.
    """

    today: date
    prices: tuple[PriceState, ...]
    types: tuple[tuple[str, str, int], ...]
    updates: int
    updated_at: datetime | None
    damaged: tuple[str, ...]
    regions: tuple[str, ...]
    unpriced_regions: tuple[str, ...]

    @property
    def old(self) -> tuple[PriceState, ...]:
        """Kinds of which some or all prices are old."""
        return tuple(one for one in self.prices if one.old)


def catalog_state(catalog: Catalog, today: date, regions: Iterable[str] = ()) -> CatalogState:
    """What is known and how old it is.

    Args:
        catalog: to look at.
        today: day to count ages to.
        regions: only prices of these; empty: of all.
    """
    wanted = tuple(sorted(set(regions)))
    rates = catalog.rate_rows.rename_columns({"rate_date": "price_date"})
    tables = [(service, catalog.price_rows.filter(pc.field("service") == service)) for service in _PRICED]
    states, priced = [], set()
    for service, rows in (*tables, ("reservations", rates)):
        if wanted:
            rows = rows.filter(pc.field("region").isin(wanted))
        if service == "compute":
            priced = set(rows.column("region").unique().to_pylist())
        if len(rows):
            states.append(_state(service, rows, today))
    return CatalogState(
        today=today,
        prices=tuple(states),
        types=tuple(
            (provider, service, number)
            for (provider, service), number in sorted(
                Counter((one.provider, str(one.service)) for one in catalog.types()).items()
            )
        ),
        updates=len(catalog.lists),
        updated_at=max((one.fetched_at for one in catalog.lists), default=None),
        damaged=tuple(one.path.name for one in catalog.damaged),
        regions=wanted,
        unpriced_regions=tuple(region for region in wanted if region not in priced),
    )


def _state(service: str, rows: pa.Table, today: date) -> PriceState:
    days = rows.column("price_date")
    newest = pc.max(days).as_py()
    return PriceState(
        service=service,
        types=len(rows.column("instance_type").unique()),
        prices=len(rows),
        regions=len(rows.column("region").unique()),
        newest=newest,
        oldest=pc.min(days).as_py(),
        old=pc.sum(pc.less(days, today - timedelta(days=OLD_AFTER_DAYS))).as_py(),
        age_days=(today - newest).days,
    )


def billed_regions(engine: Engine) -> tuple[str, ...]:
    """Regions of AWS in which the bill has charges."""
    query = Query(
        "Regions of AWS on the bill",
        "SELECT DISTINCT region_id FROM daily_costs WHERE charge_count > 0 AND region_id IS NOT NULL",
    )
    found = engine.run(query).column("region_id").to_pylist()
    return tuple(sorted(region for region in found if _REGION.fullmatch(region)))
