"""The figures of the Overview page: what the bill says now, and nothing it cannot say.

Filters, basis and currency of the view count everywhere. Spend to date, the outlook and the last full month are about
calendar months whatever period the view shows; movers, tags and commitments are about the view's period.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pyarrow as pa

from models.month_end import HISTORY_DAYS, MONTHS_TESTED, MonthEnd, NotEnoughHistory, project_month_end
from workbench.costs.breakdown import breakdown
from workbench.costs.dimensions import tag_key
from workbench.costs.explore import totals
from workbench.costs.plan import MONEY_TYPE, Statement
from workbench.costs.resolve import ResolvedView, add_months, resolve
from workbench.costs.results import Series, Totals
from workbench.costs.series import series
from workbench.costs.view import Compare, CompareMode, Grain, Period, Range
from workbench.engines import Engine, Query

__all__ = ["Commitments", "Movers", "Overview", "Tagging", "commitments", "movers", "outlook", "overview", "tagging"]


@dataclass(frozen=True, slots=True)
class Movers:
    """Groups whose cost changed most against the comparison.

    Attributes:
        by: their dimension.
        up: ``Breakdown.table`` of the largest rises, largest first.
        down: of the largest falls.
        unknown: why changes cannot be told, or None.
        queries: in the order they ran.
    """

    by: str
    up: pa.Table
    down: pa.Table
    unknown: str | None
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Tagging:
    """Cost without any of the promoted tag keys.

    Attributes:
        keys: the keys looked for; empty when the bill has none worth promoting.
        untagged: cost of charges with none of them; None without keys or when no line states a cost.
        cost: cost of the period.
        percent: untagged in percent of cost; None unless cost is above zero.
        query: None without keys.
    """

    keys: tuple[str, ...]
    untagged: Decimal | None
    cost: Decimal | None
    percent: float | None
    query: Query | None


@dataclass(frozen=True, slots=True)
class Commitments:
    """What the bill says about commitments, always in effective cost.

    Attributes:
        used: cost of use covered by commitments.
        unused: cost of commitments nobody used.
        usage: cost of all use, covered or not, unused commitments left aside.
        utilisation: used in percent of used + unused; None when that is not above zero.
        covered: used in percent of usage; None when that is not above zero.
        present: whether the period has any commitment line; the figures are zero when not.
        query: the query.
    """

    used: Decimal
    unused: Decimal
    usage: Decimal
    utilisation: float | None
    covered: float | None
    present: bool
    query: Query


@dataclass(frozen=True, slots=True)
class Overview:
    """The Overview page.

    Attributes:
        month: the month to date; ``month.label`` and ``month.comparison`` say what is compared.
        to_date: its figures.
        daily: its cost by day as one group, with the comparison laid over it.
        last_month: the calendar month before, and ``last_month_totals`` its figures.
        movers, tagging, commitments: for the view's period.
        outlook: the month-end outlook, or None.
        outlook_refusal: why there is no outlook, or None.
    """

    month: ResolvedView
    to_date: Totals
    daily: Series
    last_month: ResolvedView
    last_month_totals: Totals
    movers: Movers
    tagging: Tagging
    commitments: Commitments
    outlook: MonthEnd | None
    outlook_refusal: str | None


def overview(engine: Engine, view: ResolvedView, *, count: int = 5) -> Overview:
    """Every figure of the Overview page.

    Args:
        engine: where the snapshot is.
        view: the view shown.
        count: movers in each direction.
    """
    month = _calendar_view(engine, view, Range.MTD)
    before = _calendar_view(engine, view, Range.LAST_MONTH)
    projected, refusal = outlook(engine, month)
    return Overview(
        month=month,
        to_date=totals(engine, month),
        daily=series(engine, month, groups=0),
        last_month=before,
        last_month_totals=totals(engine, before),
        movers=movers(engine, view, count=count),
        tagging=tagging(engine, view),
        commitments=commitments(engine, view),
        outlook=projected,
        outlook_refusal=refusal,
    )


def _calendar_view(engine: Engine, view: ResolvedView, chosen: Range) -> ResolvedView:
    # Two dates chosen for another period say nothing about this one.
    compare = Compare() if view.spec.compare.mode is CompareMode.CUSTOM else view.spec.compare
    spec = replace(view.spec, range=chosen, compare=compare, grain=Grain.DAY, currency=view.currency)
    found = resolve(engine, spec, budgets=view.budgets)
    if view.matches_nothing is None:
        return found
    return replace(found, matches_nothing=view.matches_nothing, planned=None, unplanned=view.unplanned)


def movers(engine: Engine, view: ResolvedView, *, count: int = 5) -> Movers:
    """The groups of the view's outermost dimension with the largest rises and falls."""
    single = view.with_spec(by=view.spec.by[:1])
    rises = breakdown(engine, single, limit=count, order="rise")
    falls = breakdown(engine, single, limit=count, order="fall")
    compared = view.comparison
    return Movers(
        by=view.spec.by[0],
        up=_moved(rises.table, up=True),
        down=_moved(falls.table, up=False),
        unknown=compared.unknown if compared else _nothing_compared(view),
        queries=(*rises.queries, *falls.queries),
    )


def _nothing_compared(view: ResolvedView) -> str:
    if view.spec.compare.mode is CompareMode.BUDGET:
        return "a budget says nothing about its parts; compare with an earlier period to see them"
    return "nothing is compared"


def _moved(table: pa.Table, *, up: bool) -> pa.Table:
    """The rows that moved in one direction: the last of the largest rises may be none."""
    changes = table.column("delta").to_pylist()
    moved = [change is not None and (change > 0 if up else change < 0) for change in changes]
    return table.filter(pa.array(moved, pa.bool_()))


def tagging(engine: Engine, view: ResolvedView) -> Tagging:
    """How much cost carries none of the promoted tag keys, which are the ones with most cost on the bill."""
    if not view.tag_keys:
        return Tagging((), None, totals(engine, view).cost, None, None)
    keys = [tag_key(name) for name in view.tag_keys]
    statement = Statement(view, keys)
    bare = " AND ".join(f"{statement.column(key)} IS NULL" for key in keys)
    query = statement.query(
        "Cost without a promoted tag",
        f"SELECT CASE WHEN COUNT(*) FILTER (WHERE {bare}) = 0 THEN CAST(0 AS {MONEY_TYPE})"
        f" ELSE SUM({statement.cost}) FILTER (WHERE {bare}) END AS untagged, SUM({statement.cost}) AS cost"
        f" FROM {statement.table} WHERE {statement.where_now()}",
    )
    row = engine.run(query).to_pylist()[0]
    return Tagging(view.tag_keys, row["untagged"], row["cost"], _percent(row["untagged"], row["cost"]), query)


def commitments(engine: Engine, view: ResolvedView) -> Commitments:
    """Used and unused commitment cost in the period, from the status the bill gives its lines (FOCUS)."""
    statement = Statement(view, ["commitment_status", "charge_category"])
    usage = "charge_category = 'Usage' AND commitment_discount_status IS DISTINCT FROM 'Unused'"
    query = statement.query(
        "Commitments used and unused",
        "SELECT COALESCE(SUM(effective_cost) FILTER (WHERE commitment_discount_status = 'Used'), 0) AS used,"
        " COALESCE(SUM(effective_cost) FILTER (WHERE commitment_discount_status = 'Unused'), 0) AS unused,"
        f" COALESCE(SUM(effective_cost) FILTER (WHERE {usage}), 0) AS usage,"
        " COUNT(commitment_discount_status) > 0 AS present"
        f" FROM {statement.table} WHERE {statement.where_now()}",
    )
    row = engine.run(query).to_pylist()[0]
    used, unused, all_usage = row["used"], row["unused"], row["usage"]
    return Commitments(
        used=used,
        unused=unused,
        usage=all_usage,
        utilisation=_percent(used, used + unused),
        covered=_percent(used, all_usage),
        present=row["present"],
        query=query,
    )


def outlook(engine: Engine, month: ResolvedView) -> tuple[MonthEnd | None, str | None]:
    """The outlook for the month of ``month`` (a month to date), or a refusal in words."""
    first = add_months(month.period.last.replace(day=1), -MONTHS_TESTED[1]) - timedelta(days=HISTORY_DAYS)
    history = replace(month, period=Period(first, month.period.last), comparison=None, planned=None)
    history = history.with_spec(grain=Grain.DAY)
    found = series(engine, history, groups=0)
    if not found.groups:
        return None, "No outlook: no charge matches the filters"
    rows = zip(found.table.column("bucket").to_pylist(), found.table.column("cost").to_pylist(), strict=True)
    daily = {day: float(cost) for day, cost in rows if cost is not None}
    try:
        return project_month_end(daily, month.period.last), None
    except NotEnoughHistory as exc:
        since = f"the bill has it from {exc.known_from} on" if exc.known_from else "the bill has none"
        return None, f"No outlook: it needs every day from {exc.needed_from} on, and {since}"


def _percent(part: Decimal | None, whole: Decimal | None) -> float | None:
    return float(part / whole * 100) if part is not None and whole is not None and whole > 0 else None
