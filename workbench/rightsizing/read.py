"""All that a run stands on, read once: window, inventory, hours, commitments, prices and earlier actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from models.rightsizing.facts import Hours
from models.rightsizing.savings import ExchangeRate
from workbench.catalog import Catalog
from workbench.checks.ground import Ground, Subject, read_ground
from workbench.checks.price import monthly
from workbench.engines import Engine, Query
from workbench.errors import BadFilter, CannotRun
from workbench.rightsizing import sql
from workbench.rightsizing.fleet import Held, Rates, read_pool
from workbench.rightsizing.hours import Billed, billed_of, hours_of, weekdays
from workbench.rightsizing.options import KINDS, Options
from workbench.rightsizing.pool import Pool
from workbench.rightsizing.sizes import Sizes
from workbench.rightsizing.waste import Waste, read_waste
from workbench.workspace import Workspace

__all__ = ["Facts", "read_facts"]

_LIST_CURRENCY = "USD"
_TIMEOUT = 300.0
_BILL_DAYS = Query(
    "Days of the bill",
    "SELECT MIN(charge_date) AS first, MAX(charge_date) AS last FROM daily_costs WHERE charge_count > 0",
)


# Without a repr: it would hold the whole inventory, and logs of errors show locals.
@dataclass(slots=True, repr=False)
class Facts:
    """What was read; see the module.

    Attributes:
        engine, catalog, options, ground: what was given, and shared facts of the checks.
        first, as_of: days looked at, inclusive.
        billed_first: first of them that the bill covers; None: it covers none.
        currency: of the bill, and of all amounts; that of the catalogue without a bill.
        rate: what turned list prices into it.
        notes: what holds for the whole run.
        rows: inventory by kind.
        changed: (kind, resource) → last change of size.
        pool, held, rates: machines under their commitments.
        waste: actions that count first.
        queries: every statement.
    """

    engine: Engine
    catalog: Catalog
    options: Options
    ground: Ground
    first: date
    as_of: date
    billed_first: date | None
    currency: str
    rate: ExchangeRate | None
    accounts: frozenset[str]
    sizes: Sizes
    notes: list[str] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    changed: dict[tuple[str, str], datetime] = field(default_factory=dict)
    billed: Mapping[tuple[str, str | None], Billed] = field(default_factory=dict)
    pool: Pool | None = None
    held: Held = field(default_factory=lambda: Held({}, {}, frozenset()))
    rates: Rates = field(default_factory=lambda: Rates({}, {}, None))
    waste: Waste = field(default_factory=lambda: Waste({}, ""))
    queries: list[Query] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """End of the window."""
        return datetime.combine(self.as_of + timedelta(days=1), time(), UTC)

    @property
    def billed_days(self) -> int:
        """Days of the window that the bill covers."""
        return 0 if self.billed_first is None else (self.as_of - self.billed_first).days + 1

    @property
    def priced_alike(self) -> bool:
        """Whether list prices are in the currency of the bill."""
        return self.currency == _LIST_CURRENCY or self.rate is not None

    def subject(self, kind: str, row: Mapping[str, Any]) -> Subject | None:
        """The resource as the registry has it."""
        return self.ground.subject(kind, row["id"], None)

    def bill_of(self, subject: Subject | None) -> Billed | None:
        """What the bill has of a resource by the hour, in its currency."""
        key = None if subject is None else self.ground.cost_key(subject)
        found = None if key is None else self.billed.get(key)
        return found if found is not None and found.currency == self.currency else None

    def cost_of(self, subject: Subject | None) -> float | None:
        """Effective cost a month, in the currency of the bill."""
        costs = None if subject is None else self.ground.costs(self.ground.cost_key(subject))
        if costs is None or costs.currency != self.currency:
            return None
        amount = monthly(costs)["effective"]
        return None if amount is None else float(amount)

    def hours_of(self, billed: Billed | None, subject: Subject | None) -> Hours | None:
        """Hours for the models; None: not on the bill, or the bill is in a currency without a rate."""
        if billed is None or not self.priced_alike:
            return None
        return hours_of(
            billed,
            self.billed_days,
            ends=self.held.ends,
            flexible=self.held.flexible,
            one_family=self.held.one_family,
            cost_month=self.cost_of(subject),
        )

    def daily_hours(self, billed: Billed | None) -> tuple[float, float] | None:
        """Running hours of a working day and of a day of the weekend."""
        if billed is None or self.billed_first is None:
            return None
        working, weekend = weekdays(self.billed_first, self.as_of)
        at_work = sum(one.working for one in billed.ran.values())
        at_weekend = sum(one.weekend for one in billed.ran.values())
        return (min(24.0, at_work / working) if working else 24.0, min(24.0, at_weekend / weekend) if weekend else 24.0)

    def run(self, query: Query) -> list[dict[str, Any]]:
        """Rows of a statement, which is kept for the reader."""
        self.queries.append(query)
        rows: list[dict[str, Any]] = self.engine.run(query, timeout=_TIMEOUT).to_pylist()
        return rows


def read_facts(
    engine: Engine,
    catalog: Catalog,
    options: Options,
    *,
    workspace: Workspace | None = None,
    ground: Ground | None = None,
    step: Callable[[str], None] | None = None,
    with_waste: bool = True,
) -> Facts:
    """Read it.

    Args:
        engine: a snapshot or a database.
        catalog: sizes and prices.
        options: what is asked.
        workspace: for the newest scan; None: the checks that count first are run.
        ground: shared facts of the checks, when they were read already.
        step: hears what is done.
        with_waste: whether to look for actions that count first.

    Raises:
        CannotRun: nothing is loaded, or the day is after the last complete one.
        BadFilter: an account or a resource is not there.
    """
    say = step or (lambda _text: None)
    say("Read costs and resources")
    ground = ground or read_ground(engine, options.as_of)
    queries: list[Query] = [*ground.queries, _BILL_DAYS]
    [bill] = engine.run(_BILL_DAYS).to_pylist()
    as_of = ground.as_of
    if bill["last"] is None and options.as_of is None:
        newest = sql.newest_sample()
        queries.append(newest)
        [sample] = engine.run(newest).to_pylist()
        if sample["last"] is not None:
            as_of = min(as_of, sample["last"].date())
    first = as_of - timedelta(days=options.lookback_days - 1)
    billed_first = None
    if bill["first"] is not None and bill["first"] <= as_of and bill["last"] >= first:
        billed_first = max(first, bill["first"])
    currency = ground.currency or _LIST_CURRENCY
    rate, notes = _rate(engine, currency, as_of, queries)
    facts = Facts(
        engine, catalog, options, ground, first, as_of, billed_first, currency, rate,
        _accounts(ground, options), Sizes(catalog, options.policy, rate), notes, queries=queries,
    )  # fmt: skip
    _read_inventory(facts)
    _read_bill(facts, say)
    if with_waste:
        kinds = [kind for kind in KINDS if facts.rows.get(kind)]
        facts.waste = read_waste(ground, kinds, workspace, step=say)
    return facts


def _accounts(ground: Ground, options: Options) -> frozenset[str]:
    found = set()
    for name in options.accounts:
        number = ground.account_called(name)
        if number is None:
            raise BadFilter(f"There is no account {name}", hint="Give its number, id or name as on the bill")
        found.add(number)
    return frozenset(found)


def _rate(engine: Engine, currency: str, as_of: date, queries: list[Query]) -> tuple[ExchangeRate | None, list[str]]:
    if currency == _LIST_CURRENCY:
        return None, []
    query = sql.rates_of_exchange(as_of)
    queries.append(query)
    try:
        rows = engine.run(query).to_pylist()
    except CannotRun:
        rows = []
    stated = {(row["from_currency"], row["to_currency"]): row for row in rows}
    straight, back = stated.get((_LIST_CURRENCY, currency)), stated.get((currency, _LIST_CURRENCY))
    if straight and straight["rate"]:
        return ExchangeRate(_LIST_CURRENCY, currency, straight["rate"], straight["date"]), []
    if back and back["rate"]:
        return ExchangeRate(_LIST_CURRENCY, currency, 1.0 / back["rate"], back["date"]), []
    return None, [
        f"The bill is in {currency}, list prices are in {_LIST_CURRENCY}, and no rate between them is loaded: "
        "only savings at list price can be told"
    ]


def _read_inventory(facts: Facts) -> None:
    asked = set(facts.options.resources)
    known: set[str] = set()
    every = facts.options.wants
    for kind in KINDS:
        # Groups are sized through their machines.
        needed = every(kind) or (kind == "instances" and every("autoscaling_groups"))
        if not needed:
            continue
        try:
            rows = facts.run(sql.held(kind))
        except CannotRun as missing:
            facts.notes.append(f"{KINDS[kind].capitalize()}s are left out. {missing}")
            continue
        if facts.accounts:
            rows = [row for row in rows if _account(facts, kind, row) in facts.accounts]
        if asked:
            mine = [row for row in rows if asked & {row["resource_id"], row["name"]}]
            known |= {name for row in mine for name in (row["resource_id"], row["name"])}
            if kind == "instances":
                groups = {row["id"]: row for row in facts.run(sql.held("autoscaling_groups"))}
                mine += [
                    row
                    for row in rows
                    if row["group_id"] in groups
                    and asked & {groups[row["group_id"]]["resource_id"]}
                    and row not in mine
                ]
                inside = {row["group_id"] for row in mine if row["group_id"]}
                have = {row["id"] for row in mine}
                mine += [row for row in rows if row["group_id"] in inside and row["id"] not in have]
            rows = mine
        facts.rows[kind] = rows
    if lacking := sorted(asked - known):
        raise BadFilter(f"There is no resource {lacking[0]} in the inventory", hint="Give its id or name")
    for kind in ("instances", "rds_instances", "cache_clusters"):
        if facts.rows.get(kind):
            for row in facts.run(sql.changes(kind, facts.first)):
                facts.changed[kind, row["resource_id"]] = row["changed"]


def _account(facts: Facts, kind: str, row: Mapping[str, Any]) -> str:
    subject = facts.subject(kind, row)
    number = subject.account_number if subject is not None else None
    return number or facts.ground.account(row["account_id"])[0] or row["account_id"] or ""


def _read_bill(facts: Facts, say: Callable[[str], None]) -> None:
    if facts.billed_first is None:
        facts.notes.append("There is no bill for the window: only savings at list price can be told")
        return
    say("Read billed hours and commitments")
    rows = facts.run(sql.billed_hours(facts.billed_first, facts.as_of))
    facts.billed = billed_of(rows)
    bought = facts.run(sql.commitments(facts.billed_first, facts.as_of))
    facts.pool, facts.held, facts.rates = read_pool(rows, bought, facts.currency, facts.billed_first, facts.as_of)
    if len({row["billing_currency"] for row in rows}) > 1:
        facts.notes.append(f"Only what is billed in {facts.currency} has savings on today's bill")
