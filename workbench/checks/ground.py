"""What all checks stand on: the day they look back from, shared parts of SQL, and the facts of each resource.

A check's SQL may read these besides the tables, as common table expressions that are put before it:

- ``cost30``: what each resource cost in the 30 complete days up to ``$as_of``, in its main currency, not scaled to a
  month;
- ``lines30``, ``lines90``: charge lines by day of the last 30 or 90 complete days, with ``meter``, the usage type or
  SKU meter;
- ``metric_days``: ``metrics_daily`` of the last 90 days with its numbers as columns.

Two parameters are always there: ``$as_of``, the last complete day, and ``$now``, the end of that day (UTC). Windows
therefore end where the data ends, not at today's date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from workbench.engines import Engine, Query
from workbench.errors import CannotRun
from workbench.schema.charges import COSTS
from workbench.schema.resources import HOURS_A_MONTH
from workbench.schema.views import charge_days_sql, json_number

__all__ = [
    "BASES", "MONTH", "OFFERED", "PROVIDED", "Basis", "Costs", "Ground", "Subject", "compose", "month_of",
    "read_ground",
]  # fmt: skip

Basis = Literal["billed", "effective", "contracted", "list"]
BASES: tuple[Basis, ...] = ("billed", "effective", "contracted", "list")

WINDOW_DAYS = 30
MONTH = Decimal(HOURS_A_MONTH) / (WINDOW_DAYS * 24)
"""What 30 days are multiplied by to be a month of 730 hours."""

_SIX = Decimal("0.000001")

OFFERED = ("as_of", "now")
"""Parameters of every check."""

_AS_OF = "CAST($as_of AS DATE)"

_METRICS = (
    "cpu_avg", "cpu_max", "cpu_p95", "cpu_p99", "memory_avg", "mem_max", "gpu_util", "gpu_mem", "network", "net_in",
    "net_out", "disk", "read_ops", "write_ops", "requests", "connections", "connections_max", "free_storage",
    "invocations", "errors",
)  # fmt: skip


def _lines(days: int) -> str:
    first = f"{_AS_OF} - {days - 1}"
    lines = charge_days_sql(
        f" AND charge_period_start >= {first} AND charge_period_start < {_AS_OF} + 1",
        f" AND charge_date BETWEEN {first} AND {_AS_OF}",
    )
    return f"SELECT *, COALESCE(x_usage_type, sku_meter) AS meter FROM ({lines}) AS days"


_COST30 = (
    "SELECT resource_id, sub_account_id, billing_currency AS currency, "
    + ", ".join(f"{cost}_30d AS {cost.removesuffix('_cost')}" for cost in COSTS)
    + ", first_charge_date, inventory_table, inventory_id FROM resource_costs WHERE main_currency"
)
_COST30_THEN = f"""
    SELECT costs.resource_id, costs.sub_account_id, costs.billing_currency AS currency,
      {", ".join(f"SUM(days.{cost}) AS {cost.removesuffix('_cost')}" for cost in COSTS)},
      costs.first_charge_date, costs.inventory_table, costs.inventory_id
    FROM resource_costs AS costs
    JOIN daily_resource_costs AS days ON days.resource_id = costs.resource_id
      AND days.sub_account_id IS NOT DISTINCT FROM costs.sub_account_id
      AND days.billing_currency = costs.billing_currency
    WHERE costs.main_currency AND days.charge_date BETWEEN {_AS_OF} - {WINDOW_DAYS - 1} AND {_AS_OF}
    GROUP BY costs.resource_id, costs.sub_account_id, costs.billing_currency, costs.first_charge_date,
      costs.inventory_table, costs.inventory_id
""".strip()

PROVIDED: Mapping[str, str] = {
    "cost30": _COST30,
    "lines30": _lines(30),
    "lines90": _lines(90),
    "metric_days": (
        "SELECT resource_type, resource_id, account_id, date, "
        + ", ".join(f"{json_number('metric_payload', key)} AS {key}" for key in _METRICS)
        + f" FROM metrics_daily WHERE date BETWEEN {_AS_OF} - 89 AND {_AS_OF}"
    ),
}
"""Name → SELECT of the shared parts."""

_READS = {
    "cost30": ("resource_costs",), "lines30": ("charges",), "lines90": ("charges",), "metric_days": ("metrics_daily",),
}  # fmt: skip


def compose(sql: str, *, newest: bool) -> str:
    """``sql`` with the shared parts it names put before it.

    Args:
        sql: a check's statement, which may begin with a WITH of its own.
        newest: whether it looks back from the last complete day of the bill, for which costs are at hand.
    """
    named = [name for name in PROVIDED if re.search(rf"\b{name}\b", sql)]
    if not named:
        return sql
    parts = {**PROVIDED, "cost30": _COST30 if newest else _COST30_THEN}
    shared = ",\n".join(f"{name} AS ({parts[name]})" for name in named)
    if own := re.match(r"(?is)\s*WITH\s+(?!RECURSIVE\b)", sql):
        return f"WITH {shared},\n{sql[own.end() :]}"
    return f"WITH {shared}\n{sql}"


def tables_of(sql: str) -> tuple[str, ...]:
    """The tables read by the shared parts that ``sql`` names."""
    return tuple(sorted({t for name, tables in _READS.items() if re.search(rf"\b{name}\b", sql) for t in tables}))


@dataclass(frozen=True, slots=True)
class Costs:
    """What a resource cost in 30 days, on each basis; None where no line of the bill says.

    ``month`` is the same for a month of 730 hours, to six places; ``covered`` the share of its effective cost that a
    commitment pays for; ``first_day`` its first charge day.
    """

    currency: str
    amounts: Mapping[Basis, Decimal | None]
    month: Mapping[Basis, Decimal | None]
    covered: float = 0.0
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One resource, as the registry knows it; ``excluded`` says why nothing may be recommended for it."""

    resource_id: str
    name: str
    resource_type: str
    account_id: str | None
    account_number: str | None
    account_name: str | None
    region: str | None
    env: str | None
    service_name: str | None
    service_category: str | None
    tags: str | None
    list_cost_month: Decimal | None
    policy: str | None
    excluded: str | None
    inventory_table: str | None
    inventory_id: str | None


_BLOCK = 512


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a table as Python values, read a block at a time: only those near what is flagged are ever converted."""

    columns: pa.Table
    blocks: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)

    def __getitem__(self, place: int) -> tuple[Any, ...]:
        number, within = divmod(place, _BLOCK)
        block = self.blocks.get(number)
        if block is None:
            part = self.columns.slice(number * _BLOCK, _BLOCK)
            block = self.blocks[number] = list(zip(*(column.to_pylist() for column in part.columns), strict=True))
        return block[within]


@dataclass(frozen=True, slots=True)
class _Billed:
    """What the bill has, by row.

    ``rows`` are (id, account, currency, first charge day, amounts in the order of the bases); ``places`` gives the row
    of an id and account, ``held`` that of an inventory row, ``alone`` that of an id which the bill has in one account
    only; ``known`` keeps what was asked for.
    """

    rows: _Rows
    covered: Mapping[tuple[str, str | None, str], float]
    places: Mapping[tuple[str, str | None], int]
    held: Mapping[tuple[str, str], int]
    alone: Mapping[str, int]
    known: dict[int, Costs] = field(default_factory=dict)

    def key(self, place: int) -> tuple[str, str | None]:
        """Id and account of a row."""
        resource, account = self.rows[place][:2]
        return resource, account

    def costs(self, key: tuple[str, str | None]) -> Costs | None:
        """What was charged under ``key``."""
        place = self.places.get(key)
        if place is None:
            return None
        if (found := self.known.get(place)) is None:
            _, _, currency, first, *amounts = self.rows[place]
            found = self.known[place] = Costs(
                currency,
                dict(zip(BASES, amounts, strict=True)),
                dict(zip(BASES, map(month_of, amounts), strict=True)),
                self.covered.get((*key, currency), 0.0),
                first,
            )
        return found


@dataclass(frozen=True, slots=True)
class Ground:
    """Facts shared by all checks of one scan, read once.

    Attributes:
        engine: what answers.
        as_of: last complete day.
        newest: whether ``as_of`` is the last complete day of the bill.
        last: last complete day of the data, the day an inventory knows.
        currency: the bill's main currency; None without a bill.
        queries: what was asked to read it.
    """

    engine: Engine
    as_of: date
    newest: bool
    last: date
    currency: str | None
    queries: tuple[Query, ...]
    _subjects: _Rows = field(repr=False)
    _held: Mapping[tuple[str, str], int] = field(repr=False)
    _on_bill: Mapping[tuple[str, str | None], int] = field(repr=False)
    _accounts: Mapping[str, tuple[str | None, str | None, str | None]] = field(repr=False)
    _billed: _Billed = field(repr=False)
    _known: dict[int, Subject] = field(default_factory=dict, repr=False)

    @property
    def offered(self) -> dict[str, Any]:
        """Values of the parameters every check has."""
        return {"as_of": self.as_of, "now": datetime.combine(self.as_of + timedelta(days=1), time())}

    def subject(self, resource: str, subject: str, account: str | None) -> Subject | None:
        """The resource a check means by ``subject``: an inventory id, or an id of the bill; None for a group."""
        place = self._on_bill.get((subject, account)) if resource == "bill" else self._held.get((resource, subject))
        if place is None:
            return None
        if (found := self._known.get(place)) is None:
            found = self._known[place] = Subject(*self._subjects[place])
        return found

    def cost_key(self, found: Subject) -> tuple[str, str | None] | None:
        """Under which id and account the bill has a resource; None when it has not."""
        place = self._billed.held.get((found.inventory_table or "", found.inventory_id or ""))
        return self._billed.key(place) if place is not None else self.bill_key(found.resource_id, found.account_number)

    def bill_key(self, resource_id: str, account: str | None) -> tuple[str, str | None] | None:
        """The same for an id and an account; an id that the bill has once needs no account."""
        if (resource_id, account) in self._billed.places:
            return resource_id, account
        place = self._billed.alone.get(resource_id)
        return self._billed.key(place) if place is not None else None

    def costs(self, key: tuple[str, str | None] | None) -> Costs | None:
        """What the bill charged under ``key``."""
        return self._billed.costs(key) if key is not None else None

    def account_called(self, name: str) -> str | None:
        """Number of the account with this id, number or name, of the inventory or the bill; its id without a number."""
        if name in self._accounts:
            return self._accounts[name][0] or name
        for number, called, _ in self._accounts.values():
            if called == name:
                return number
        for _, number in self._on_bill:
            if number == name:
                return number
        return None

    def account(self, account: str | None) -> tuple[str | None, str | None, str | None]:
        """Number, name and reason of exclusion of an account, given by id or number."""
        return self._accounts.get(account or "", (account, None, None))


_LAST = Query("Last complete day of the bill", "SELECT MAX(window_last) AS last FROM resource_costs")
_FIRST = Query("First day of the bill", "SELECT MIN(first_charge_date) AS first FROM resource_costs")
_OTHER_LAST = Query(
    "Last day of the inventory",
    "SELECT MAX(last) AS last FROM (SELECT MAX(date) AS last FROM metrics_daily"
    " UNION ALL SELECT MAX(date) FROM s3_bucket_usage_daily UNION ALL SELECT MAX(date) FROM log_group_usage_daily"
    " UNION ALL SELECT MAX(date) FROM commitment_utilization_daily) AS days",
)
_LOADED = Query("Day of the last load", "SELECT CAST(MAX(started_at) AS DATE) - 1 AS last FROM loads")

_SUBJECTS = """
SELECT r.resource_id, r.name, r.resource_type, r.account_id, r.account_number, r.account_name, r.region, r.env,
  r.service_name, r.service_category, r.tags, r.list_cost_month, r.optimization_policy,
  CASE WHEN a.freeze_optimizations_until > CAST($now AS TIMESTAMP) THEN 'The account is frozen'
    WHEN r.optimization_policy = 'ignore' THEN 'Its policy is to be ignored'
    WHEN r.optimization_freeze_until > CAST($now AS TIMESTAMP) THEN 'It is frozen' END AS excluded,
  r.inventory_table, r.inventory_id
FROM resources AS r LEFT JOIN cloud_accounts AS a ON a.id = r.account_id
ORDER BY r.inventory_table, r.inventory_id, r.resource_id, r.account_number
""".strip()

_ACCOUNTS = """
SELECT id, account_number, name,
  CASE WHEN freeze_optimizations_until > CAST($now AS TIMESTAMP) THEN 'The account is frozen' END AS excluded
FROM cloud_accounts ORDER BY id
""".strip()

_COVERED = """
SELECT resource_id, sub_account_id, billing_currency,
  CAST(SUM(CASE WHEN pricing_category = 'Committed' THEN effective_cost END) AS DOUBLE)
    / NULLIF(CAST(SUM(effective_cost) AS DOUBLE), 0) AS covered
FROM lines30 WHERE resource_id IS NOT NULL AND charge_category = 'Usage'
GROUP BY resource_id, sub_account_id, billing_currency
HAVING SUM(CASE WHEN pricing_category = 'Committed' THEN effective_cost END) > 0
""".strip()


def read_ground(engine: Engine, as_of: date | None = None) -> Ground:
    """Read what all checks share.

    Args:
        engine: a snapshot or a database.
        as_of: look back from this day; default: the last complete day of the data.

    Raises:
        CannotRun: nothing is loaded, or ``as_of`` is before the first or after the last complete day.
    """
    [last] = engine.run(_LAST).column("last").to_pylist()
    billed = last
    for other in (_OTHER_LAST, _LOADED):
        if last is None:
            [last] = engine.run(other).column("last").to_pylist()
    if last is None:
        raise CannotRun("Nothing is loaded that could be checked", hint="Load a bill with: workbench ingest PATH")
    if as_of is not None and as_of > last:
        raise CannotRun(f"The last complete day of the data is {last}; {as_of} is after it")
    [first] = engine.run(_FIRST).column("first").to_pylist() if as_of is not None and billed is not None else [None]
    if as_of is not None and first is not None and as_of < first:
        raise CannotRun(f"The data begin on {first}; {as_of} is before it")
    day = as_of or last
    values = (("as_of", day), ("now", datetime.combine(day + timedelta(days=1), time())))
    newest = billed is None or day == billed
    queries = tuple(
        Query(
            title,
            compose(sql, newest=newest),
            tuple(one for one in values if f"${one[0]}" in compose(sql, newest=newest)),
        )
        for title, sql in (
            ("Resources", _SUBJECTS),
            ("Accounts", _ACCOUNTS),
            ("Cost of 30 days", "SELECT * FROM cost30 ORDER BY resource_id, sub_account_id"),
            ("Share paid by commitments", _COVERED),
        )
    )
    subjects, accounts, costs, covered = (engine.run(query) for query in queries)
    shares = {
        (row["resource_id"], row["sub_account_id"], row["billing_currency"]): row["covered"]
        for row in covered.to_pylist()
    }
    return Ground(
        engine,
        day,
        newest,
        last,
        _main_currency(costs),
        queries,
        _Rows(subjects),
        _places(subjects, "inventory_table", "inventory_id"),
        _places(subjects, "resource_id", "account_number"),
        {
            name: (row["account_number"], row["name"], row["excluded"])
            for row in accounts.to_pylist()
            for name in (row["id"], row["account_number"])
            if name
        },
        _Billed(
            _Rows(costs.select(["resource_id", "sub_account_id", "currency", "first_charge_date", *BASES])),
            shares,
            _places(costs, "resource_id", "sub_account_id"),
            _places(costs, "inventory_table", "inventory_id"),
            _alone(costs),
        ),
    )


def month_of(amount: Any) -> Decimal | None:
    """An amount of 30 days for a month of 730 hours, to six places; None stays None."""
    if amount is None:
        return None
    return ((amount if isinstance(amount, Decimal) else Decimal(str(amount))) * MONTH).quantize(_SIX)


def _places(table: pa.Table, first: str, second: str) -> dict[Any, int]:
    """(first, second) → row; of equal keys the first row, those without a first key left out."""
    places: dict[Any, int] = {}
    for place, key in enumerate(zip(table.column(first).to_pylist(), table.column(second).to_pylist(), strict=True)):
        if key[0] is not None:
            places.setdefault(key, place)
    return places


def _alone(costs: pa.Table) -> dict[str, int]:
    """Resource id → its row, of the ids that the bill has in one account only."""
    seen: dict[str, int] = {}
    twice = set()
    for place, name in enumerate(costs.column("resource_id").to_pylist()):
        if name in seen:
            twice.add(name)
        seen[name] = place
    return {name: place for name, place in seen.items() if name not in twice} if twice else seen


def _main_currency(costs: pa.Table) -> str | None:
    """The currency with most effective cost, of equal ones the first by name."""
    currencies, sizes = costs.column("currency"), pc.abs(costs.column("effective"))
    sums = {
        name: pc.sum(sizes.filter(pc.equal(currencies, name))).as_py() or 0
        for name in sorted(pc.unique(currencies).to_pylist())
    }
    return max(sums, key=lambda name: sums[name], default=None)
