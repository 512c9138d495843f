"""One varied bill and an independent reading of it, in plain Python."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.bills import charge
from tests.support.memory import MemoryEngine
from workbench.costs.resolve import ResolvedView, resolve
from workbench.costs.url import parse
from workbench.settings import Settings

Row = dict[str, Any]

HOSTILE_TEXTS = (
    "'; DROP TABLE charges; --",
    '" OR 1=1 --',
    "$p1",
    "%",
    "_",
    "\\",
    "!x",
    "∅",
    "a:b,c",
    "line\nbreak",
    "<script>alert(1)</script>",
    "=1+1",
)
HOSTILE_TAG_KEYS = (
    "user:Name",
    "a.b",
    'q"uote',
    "it's",
    "$.x",
    "*",
    "/slash",
    "~0",
    "ünï",
    "[0]",
    "'; DROP TABLE charges; --",
)

COLUMN_OF = {
    "service": "service_name",
    "category": "service_category",
    "account": "sub_account_id",
    "billing_account": "billing_account_id",
    "provider": "provider_name",
    "region": "region_id",
    "usage_type": "x_usage_type",
    "operation": "x_operation",
    "charge_category": "charge_category",
    "charge_class": "charge_class",
    "pricing_category": "pricing_category",
    "commitment_status": "commitment_discount_status",
    "commitment": "commitment_discount_id",
    "resource": "resource_id",
    "resource_type": "resource_type",
    "invoice": "invoice_id",
    "sku": "sku_id",
}


def varied_rows(seed: int = 7, count: int = 500) -> list[Row]:
    """Charge lines from 3 August to 20 November 2026 with nulls, credits, hostile texts, a fee and two currencies."""
    chance = random.Random(seed)
    names = [f"Service {n}" for n in range(7)] + list(HOSTILE_TEXTS[:4])
    rows = []
    for n in range(count):
        day = datetime(2026, 8, 3) + timedelta(days=chance.randrange(110), hours=chance.randrange(24))
        cost = Decimal(chance.randrange(1, 10**9)).scaleb(-chance.choice([2, 6, 9]))
        category = chance.choices(["Usage", "Credit", "Tax", "Purchase"], [20, 3, 1, 1])[0]
        tags = {key: chance.choice(HOSTILE_TEXTS) for key in HOSTILE_TAG_KEYS if chance.random() < 0.2}
        if chance.random() < 0.5:
            tags["team"] = chance.choice(["web", "data", ""])
        rows.append(
            charge(
                -cost if category == "Credit" else cost,
                charge_period_start=day,
                charge_category=category,
                service_name=chance.choice(names),
                service_category=chance.choice(["Compute", "Storage", None]),
                sub_account_id=chance.choice(["a1", "a2", "a3", None]),
                sub_account_name=None,
                region_id=chance.choice(["r1", "r2", None]),
                region_name=None,
                resource_id=chance.choice([f"res-{n % 40}", None, HOSTILE_TEXTS[n % len(HOSTILE_TEXTS)]]),
                resource_name=chance.choice([f"Name {n % 40}", None]),
                x_usage_type=chance.choice(["u1", "u2", None]),
                pricing_category=chance.choice(["Standard", "Committed", None]),
                list_cost=chance.choice([abs(cost) * 2, None]),
                tags=json.dumps(tags) if tags else None,
                billing_currency=chance.choices(["USD", "NOK"], [9, 1])[0],
            )
        )
    rows.append(
        charge(
            "33.333333333333",
            charge_period_start=datetime(2026, 10, 11),
            charge_period_end=datetime(2026, 10, 21),
            x_spread=True,
            commitment_discount_id="ri-1",
            commitment_discount_status="Unused",
            service_name="Service 1",
        )
    )
    # A commitment purchase: cash, no accrual.
    rows.append(charge("100", charge_period_start=datetime(2026, 11, 2), charge_category="Purchase", effective_cost=0))
    return rows


def days_of(row: Row, basis: str) -> Iterator[tuple[date, Decimal | None]]:
    """Charge days of a line with its cost of each: a spread fee accrues in equal parts, everything else at once."""
    start: datetime = row["charge_period_start"]
    cost: Decimal | None = None if row[f"{basis}_cost"] is None else Decimal(row[f"{basis}_cost"])
    if not (row["x_spread"] and basis == "effective"):
        yield start.date(), cost
        return
    assert cost is not None
    length = (row["charge_period_end"] - start).days
    paid = Decimal(0)
    for n in range(1, length + 1):
        total = int(cost.scaleb(12)) * n // length
        yield start.date() + timedelta(days=n - 1), Decimal(total).scaleb(-12) - paid
        paid = Decimal(total).scaleb(-12)


def value_of(row: Row, key: str) -> str | None:
    """Value of a dimension on a line."""
    if not key.startswith("tag."):
        value: str | None = row.get(COLUMN_OF[key])
        return value
    return json.loads(row.get("tags") or "{}").get(key.removeprefix("tag."))  # type: ignore[no-any-return]


def kept(row: Row, view: ResolvedView) -> bool:
    """Whether the filters of the view keep a line."""
    for key in {item.dimension for item in view.spec.filters}:
        wanted = [f.value for f in view.spec.filters if f.dimension == key and not f.negated]
        unwanted = [f.value for f in view.spec.filters if f.dimension == key and f.negated]
        value = value_of(row, key)
        if (wanted and value not in wanted) or value in unwanted:
            return False
    return bool(row["billing_currency"] == view.currency)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return varied_rows()


@pytest.fixture(scope="module")
def engine(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryEngine]:
    """The varied bill; the keys ``team`` and ``user:Name`` are promoted, the other tag keys are not."""
    home = tmp_path_factory.mktemp("home")
    opened = MemoryEngine(rows, Settings(home=home, promoted_tags=("team", "user:Name")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def view_of(engine: MemoryEngine) -> Callable[..., ResolvedView]:
    """Resolve an address given as keyword arguments (``first`` and ``last`` for from and to)."""

    def resolved(**params: Any) -> ResolvedView:
        keys = {"first": "from", "last": "to"}
        view, notices = parse({keys.get(name, name): value for name, value in params.items()})
        assert notices == ()
        return resolve(engine, view, today=date(2030, 1, 1))

    return resolved
