"""From a view as asked to a view as answered: concrete dates, comparison dates, currency, and what must be said.

Rules:

* **Anchor.** Relative periods end at the last charge day of the snapshot, today at the latest, so that an old bill can
  be explored. Corrections do not move the first or last charge day: they may lie years back.
* **Partial period.** A period that reaches past the last charge day ends there: "1–20 Nov 2026, 20 of 30 days".
* **Previous period.** Whole calendar months (``mtd``, ``last_month``, ``12m``, explicit whole months) are compared with
  the same days of the calendar months before; a day that the shorter month lacks is cut off. Any other period moves
  back by the fewest whole weeks that avoid an overlap, so that weekdays align.
* **Previous year.** The same dates one year earlier; 29 February becomes 28 February; whole months stay whole.
* **Budget.** The budgets given, where they are about exactly what the view shows (``planned.py``); nothing is compared
  otherwise, and the notice says why. No query depends on a budget.
* **Coverage.** A comparison cannot tell a change, and says so, when one of its periods reaches beyond the first or the
  last charge day, or lies in a gap of the bill: a month that is not loaded is unknown, not zero.
* **Currency.** The one asked for, else the one with most absolute cost; currencies are never added.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from workbench import clock, formats
from workbench.costs.dimensions import dimension, is_dimension
from workbench.costs.plan import CHARGE_LINES, Statement
from workbench.costs.planned import Planned, plan_of
from workbench.costs.view import Basis, CompareMode, Grain, Period, Range, UnusableRange, ViewSpec
from workbench.engines import Engine, Query
from workbench.errors import CannotRun
from workbench.workspace.budgets import Budget

__all__ = ["Comparison", "Coverage", "CurrencyTotal", "ResolvedView", "add_months", "resolve"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Charge days of the snapshot: the first and last one, corrections left aside."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """One currency of the bill; ``size`` is its sum of absolute daily costs in the view's basis."""

    currency: str
    size: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """The period compared with.

    Attributes:
        period: its days.
        label: how it was chosen: "previous month", "5 weeks earlier, weekdays aligned".
        unknown: why a change cannot be told, or None when it can.
    """

    period: Period
    label: str
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class ResolvedView:
    """A view with everything decided; hashable.

    Attributes:
        spec: the view as asked.
        snapshot_id: the snapshot it was resolved for.
        basis: shown cost.
        currency: shown currency.
        currencies: all currencies of the bill, largest first.
        requested: the whole period asked for.
        period: the part of it shown, which ends at the last charge day.
        label: the period in words, with "20 of 30 days" when it is partial.
        comparison: the days compared with; None when nothing is compared, or a budget.
        coverage: first and last charge day of the snapshot.
        promoted: (tag key, position) of the tag keys kept in ``daily_costs``.
        notices: what must be said about this view, in words.
        matches_nothing: why nothing can match (an unreadable period or filter), or None.
        budgets: all budgets it was resolved with.
        planned: the budgets it is compared with, or None.
        unplanned: why it was to be compared with budgets and is not, or None.
    """

    spec: ViewSpec
    snapshot_id: str
    basis: Basis
    currency: str
    currencies: tuple[CurrencyTotal, ...]
    requested: Period
    period: Period
    label: str
    comparison: Comparison | None
    coverage: Coverage
    promoted: tuple[tuple[str, int], ...]
    notices: tuple[str, ...]
    matches_nothing: str | None = None
    budgets: tuple[Budget, ...] = ()
    planned: Planned | None = None
    unplanned: str | None = None

    @property
    def partial(self) -> bool:
        """Whether the period asked for is not over yet on this bill."""
        return self.period != self.requested

    @property
    def anchor(self) -> date:
        """The day the figures are as of: the last charge day."""
        return self.coverage.last

    @property
    def grain(self) -> Grain:
        """Bucket of the series."""
        return self.spec.grain

    @property
    def tag_keys(self) -> tuple[str, ...]:
        """Promoted tag keys in order of cost."""
        return tuple(key for key, _ in self.promoted)

    def with_spec(self, **changes: object) -> ResolvedView:
        """The same dates and currency with another grouping, filters or grain; other filters have no plan here."""
        spec = replace(self.spec, **changes)  # type: ignore[arg-type]
        if self.planned is None or spec.filters == self.spec.filters:
            return replace(self, spec=spec)
        return replace(self, spec=spec, planned=None, unplanned="the budget is for more or less than this")


def resolve(
    engine: Engine, view: ViewSpec, *, today: date | None = None, budgets: Sequence[Budget] = ()
) -> ResolvedView:
    """Decide everything a view leaves open.

    Args:
        engine: where the snapshot is.
        view: the view as asked.
        today: the present UTC date; default: the clock.
        budgets: all there are, for a view that is compared with its budget.

    Raises:
        CannotRun: the snapshot holds no charge at all.
    """
    coverage = _coverage(engine)
    notices: list[str] = []
    anchor = min(coverage.last, today or clock.today())
    requested, nothing = _requested(view.range, anchor)
    period = _elapsed(requested, coverage.last if isinstance(view.range, Period) else anchor)
    currencies = _currencies(engine, view.basis)
    currency = _currency(view.currency, currencies, notices)
    if period.last < coverage.first or period.first > coverage.last:
        notices.append(f"No data in this period: the bill has charges from {coverage.first} to {coverage.last}")
    elif not _has_charges(engine, period):
        notices.append("No data in this period: the bill has no charge on these days, corrections aside")
    elif period.first < coverage.first:
        notices.append(f"No data before {coverage.first}, the first charge day of the bill")
    comparison = _comparison(engine, view, requested, period, coverage, notices)
    unreadable = [item for item in view.filters if not is_dimension(item.dimension)]
    if unreadable:
        nothing = f"the filter on “{unreadable[0].dimension}” names no known dimension"
    resolved = ResolvedView(
        spec=view,
        snapshot_id=engine.snapshot_id,
        basis=view.basis,
        currency=currency,
        currencies=currencies,
        requested=requested,
        period=period,
        label=_label(requested, period),
        comparison=comparison,
        coverage=coverage,
        promoted=_promoted(engine),
        notices=(),
        matches_nothing=nothing,
    )
    if view.compare.mode is CompareMode.BUDGET:
        resolved = _with_budgets(engine, resolved, tuple(budgets), notices)
    if nothing is None:
        notices.extend(_unknown_values(engine, resolved))
    return replace(resolved, notices=tuple(notices))


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later; cut at the end of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _month_length(year, month + 1)))


def _month_length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _month_end(day: date) -> date:
    return day.replace(day=_month_length(day.year, day.month))


def _coverage(engine: Engine) -> Coverage:
    query = Query(
        "First and last charge day",
        "SELECT MIN(charge_date) FILTER (WHERE charge_class IS NULL) AS first_regular,"
        " MAX(charge_date) FILTER (WHERE charge_class IS NULL) AS last_regular,"
        " MIN(charge_date) AS first_any, MAX(charge_date) AS last_any"
        " FROM daily_costs WHERE charge_count > 0",
    )
    row = engine.run(query).to_pylist()[0]
    first, last = row["first_regular"] or row["first_any"], row["last_regular"] or row["last_any"]
    if first is None or last is None:
        raise CannotRun("The snapshot holds no charges", hint="Load a bill: workbench ingest FILES")
    return Coverage(first, last)


def _promoted(engine: Engine) -> tuple[tuple[str, int], ...]:
    query = Query("Promoted tag keys", "SELECT tag_key, position FROM promoted_tags ORDER BY position")
    return tuple((row["tag_key"], row["position"]) for row in engine.run(query).to_pylist())


def _currencies(engine: Engine, basis: Basis) -> tuple[CurrencyTotal, ...]:
    query = Query(
        "Currencies of the bill",
        f"SELECT billing_currency, COALESCE(SUM(ABS({basis.column})), 0) AS size FROM daily_costs"
        " GROUP BY billing_currency ORDER BY size DESC, billing_currency",
    )
    return tuple(CurrencyTotal(row["billing_currency"], row["size"]) for row in engine.run(query).to_pylist())


def _currency(asked: str | None, currencies: Sequence[CurrencyTotal], notices: list[str]) -> str:
    known = [item.currency for item in currencies]
    if asked is not None and asked not in known:
        notices.append(f"No charge is in the currency “{asked}”; the bill has {_listed(known)}")
        return asked
    shown = asked or known[0]
    others = [item for item in known if item != shown]
    if others:
        notices.append(f"{_listed([shown, *others])} are kept apart: amounts are in {shown} only")
    return shown


def _requested(given: Range | Period | UnusableRange, anchor: date) -> tuple[Period, str | None]:
    month = anchor.replace(day=1)
    match given:
        case Period():
            return given, None
        case UnusableRange(params):
            shown = ", ".join(f"{key}={value}" for key, value in params)
            return Period(month, _month_end(anchor)), f"the period “{shown}” could not be read"
        case Range.MTD:
            return Period(month, _month_end(anchor)), None
        case Range.LAST_MONTH:
            last = month - timedelta(days=1)
            return Period(last.replace(day=1), last), None
        case Range.DAYS_30:
            return Period(anchor - timedelta(days=29), anchor), None
        case Range.DAYS_90:
            return Period(anchor - timedelta(days=89), anchor), None
        case Range.MONTHS_12:
            return Period(add_months(month, -11), _month_end(anchor)), None


def _elapsed(requested: Period, end: date) -> Period:
    return Period(requested.first, min(requested.last, end)) if requested.first <= end else requested


def _label(requested: Period, period: Period) -> str:
    text = formats.period(period.first, period.last)
    part = formats.partial(period.days, requested.days)
    return f"{text}, {part}" if part else text


def _comparison(
    engine: Engine, view: ViewSpec, requested: Period, period: Period, coverage: Coverage, notices: list[str]
) -> Comparison | None:
    mode = view.compare.mode
    if mode in (CompareMode.BUDGET, CompareMode.NONE):
        return None
    if view.compare.period is not None:
        compared, label = view.compare.period, "chosen period"
    elif _whole_months(requested):
        months = _months(requested) if mode is CompareMode.PREVIOUS else 12
        compared = _months_earlier(period, months)
        label = _months_label(months, whole=period == requested)
    elif mode is CompareMode.PREVIOUS_YEAR:
        compared = Period(add_months(period.first, -12), add_months(period.last, -12))
        label = "same dates a year earlier"
    else:
        weeks = -(-period.days // 7)
        compared = period.shifted(-7 * weeks)
        label = f"{formats.plural(weeks, 'week')} earlier, weekdays aligned"
    unknown = _uncovered(engine, period, coverage) or _uncovered(engine, compared, coverage)
    if unknown:
        notices.append(f"The change against {formats.period(compared.first, compared.last)} cannot be told: {unknown}")
    elif compared.days != period.days:
        notices.append(f"{formats.plural(period.days, 'day')} are compared with {formats.plural(compared.days, 'day')}")
    return Comparison(compared, label, unknown)


def _with_budgets(
    engine: Engine, resolved: ResolvedView, budgets: tuple[Budget, ...], notices: list[str]
) -> ResolvedView:
    """The view with its plan, or with the reason why it has none."""
    found = resolved.matches_nothing or _uncovered(engine, resolved.period, resolved.coverage)
    if found is None:
        plan = plan_of(resolved.spec, resolved.requested, resolved.period, resolved.currency, budgets)
        if not isinstance(plan, str):
            return replace(resolved, budgets=budgets, planned=plan)
        found = plan
    notices.append(f"Not compared with a budget: {found}")
    return replace(resolved, budgets=budgets, unplanned=found)


def _uncovered(engine: Engine, period: Period, coverage: Coverage) -> str | None:
    if period.first < coverage.first:
        return f"no data before {coverage.first}"
    if period.last > coverage.last:
        return f"no data after {coverage.last}"
    if not _has_charges(engine, period):
        return f"no data from {period.first} to {period.last}"
    return None


def _has_charges(engine: Engine, period: Period) -> bool:
    """Whether the bill has any charge in ``period``, corrections left aside, whatever the filters and currency."""
    query = Query(
        "Whether the period has charges",
        "SELECT 1 AS found FROM daily_costs WHERE charge_count > 0 AND charge_class IS NULL"
        " AND charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) LIMIT 1",
        (("first", period.first), ("last", period.last)),
    )
    return bool(engine.run(query).num_rows)


def _whole_months(period: Period) -> bool:
    return period.first.day == 1 and period.last == _month_end(period.last)


def _months(period: Period) -> int:
    return (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1


def _months_earlier(period: Period, months: int) -> Period:
    last = add_months(period.last, -months)
    # The end of a month answers to the end of a month: February to 28 is compared with all of January.
    return Period(
        add_months(period.first, -months), _month_end(last) if period.last == _month_end(period.last) else last
    )


def _months_label(months: int, *, whole: bool) -> str:
    earlier = {1: "previous month", 12: "a year earlier"}.get(months, f"{months} months earlier")
    if whole:
        return earlier
    return "same days of the previous month" if months == 1 else f"same days {earlier}"


def _unknown_values(engine: Engine, resolved: ResolvedView) -> list[str]:
    """A notice for each filtered value that no charge has: it matches nothing, and a reader should know why."""
    notices: list[str] = []
    bare = resolved.with_spec(filters=())
    for key in dict.fromkeys(item.dimension for item in resolved.spec.filters):
        wanted = sorted({f.value for f in resolved.spec.filters if f.dimension == key and f.value is not None})
        if not wanted:
            continue
        statement = Statement(bare, [key])
        column = statement.column(key)
        conditions = [f"{column} IN ({', '.join(statement.bind(value) for value in wanted)})"]
        place = ""
        if statement.table == CHARGE_LINES:
            # Only the rollups are small enough to be searched whole.
            periods = [resolved.period, *([resolved.comparison.period] if resolved.comparison else [])]
            conditions.append(f"({' OR '.join(statement.within(period) for period in periods)})")
            place = " in the periods shown"
        sql = f"SELECT DISTINCT {column} AS value FROM {statement.table} WHERE {' AND '.join(conditions)}"
        found = set(engine.run(statement.query(f"Known values of {key}", sql)).column("value").to_pylist())
        label = dimension(key).label
        notices.extend(f"No charge has {label} “{value}”{place}" for value in wanted if value not in found)
    return notices


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
