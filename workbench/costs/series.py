"""Cost over time: buckets of the period x the five largest groups and Other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest

import pyarrow as pa

from workbench.costs.buckets import bucket_sql, buckets_of, days_with_charges
from workbench.costs.labels import OTHER, labels_of
from workbench.costs.plan import Statement
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import MONEY, Series
from workbench.costs.view import Period
from workbench.engines import Engine, Query

__all__ = ["TOP_GROUPS", "series"]

TOP_GROUPS = 5
"""Groups drawn beside Other (UX rule: at most five series plus Other)."""

_ZERO = Decimal(0)
_Group = tuple[str | None, str, bool]


def series(engine: Engine, view: ResolvedView, *, groups: int = TOP_GROUPS) -> Series:
    """Cost by bucket and group, with the comparison's total laid over it.

    Args:
        engine: where the snapshot is.
        view: grouped by its outermost dimension.
        groups: how many groups stand alone, by absolute cost; 0 gives the total alone, as one group called Total.
    """
    buckets = buckets_of(view.period, view.grain)
    days, days_query = days_with_charges(engine, view.period)
    tops, tops_query = _largest(engine, view, groups) if groups else ((), ())
    query = _grouped_query(view, tops)
    rows = engine.run(query).to_pylist()
    labels = labels_of(engine, view.spec.by[0], tops)
    shown: dict[int | None, _Group] = {place: (key, labels[key], False) for place, key in enumerate(tops, 1)}
    if any(row["place"] is None for row in rows):
        shown[None] = (None, OTHER if groups else "Total", bool(groups))
    costs = {(row["place"], row["bucket"]): row["cost"] for row in rows}
    empty = [_ZERO if _covered(bucket, view.period, days) else None for bucket in buckets]
    previous, previous_query = _previous(engine, view, buckets)
    records = []
    for place, (key, label, other) in shown.items():
        found = [costs.get((place, bucket.first), none) for bucket, none in zip(buckets, empty, strict=True)]
        for bucket, cost, running in zip(buckets, found, _running(found), strict=True):
            records.append((bucket.first, key, label, other, cost, running))
    return Series(
        table=_table(records),
        groups=tuple(shown.values()),
        previous=previous,
        partial_buckets=tuple(bucket.first for bucket in buckets if not _whole(bucket, view.period, days)),
        total=sum((record[4] for record in records if record[4] is not None), _ZERO),
        queries=(*tops_query, query, days_query, *previous_query),
    )


def _largest(engine: Engine, view: ResolvedView, groups: int) -> tuple[tuple[str | None, ...], tuple[Query]]:
    """Keys of the largest groups of the period by absolute cost."""
    key = view.spec.by[0]
    statement = Statement(view, [key])
    query = statement.query(
        f"Largest by {key}",
        f"SELECT {statement.column(key)} AS key_1, ABS(SUM({statement.cost})) AS size FROM {statement.table}"
        f" WHERE {statement.where_now()} GROUP BY 1 ORDER BY size DESC NULLS LAST, key_1 NULLS LAST"
        f" LIMIT {statement.bind(groups)}",
    )
    return tuple(engine.run(query).column("key_1").to_pylist()), (query,)


def _grouped_query(view: ResolvedView, tops: Sequence[str | None]) -> Query:
    """Cost by bucket and place among ``tops``; place null is everything else."""
    by = view.spec.by[:1]
    statement = Statement(view, by if tops else [])
    place, join = "CAST(NULL AS INTEGER)", ""
    if tops:
        wanted, matches = statement.wanted(by, ((place, [key]) for place, key in enumerate(tops, 1)))
        place, join = "wanted.place", f" LEFT JOIN {wanted} ON {matches}"
    return statement.query(
        f"Cost by {view.grain.value} and {by[0]}" if tops else f"Cost by {view.grain.value}",
        f"SELECT {bucket_sql(view.grain)} AS bucket, {place} AS place, SUM({statement.cost}) AS cost"
        f" FROM {statement.table}{join} WHERE {statement.where_now()} GROUP BY 1, 2",
    )


def _previous(engine: Engine, view: ResolvedView, buckets: Sequence[Period]) -> tuple[pa.Table, tuple[Query, ...]]:
    """The whole comparison, or the plan, by bucket, laid over the buckets of the period by position."""
    compared = view.comparison
    if view.planned is not None:
        parts = [view.planned.within(bucket) for bucket in buckets]
        firsts = [bucket.first for bucket in buckets]
        return _previous_table(list(zip(firsts, firsts, parts, _running(parts), strict=True))), ()
    if compared is None:
        return _previous_table([]), ()
    statement = Statement(view)
    bucket = bucket_sql(view.grain)
    query = statement.query(
        f"Comparison by {view.grain.value}",
        f"SELECT {bucket} AS bucket, SUM({statement.cost}) AS cost FROM {statement.table}"
        f" WHERE {statement.where(compared.period)} GROUP BY 1",
    )
    costs = {row["bucket"]: row["cost"] for row in engine.run(query).to_pylist()}
    days, days_query = days_with_charges(engine, compared.period)
    earlier = buckets_of(compared.period, view.grain)
    found = [costs.get(item.first, _ZERO if _covered(item, compared.period, days) else None) for item in earlier]
    running = _running(found)
    records = [
        (now.first if now else None, before.first if before else None, cost, total)
        for now, before, cost, total in zip_longest(buckets, earlier, found, running)
    ]
    return _previous_table(records), (query, days_query)


def _covered(bucket: Period, period: Period, days: frozenset[date]) -> bool:
    """Whether the bill has a charge on any day of the bucket's part in the period."""
    return any(bucket.first <= day <= bucket.last for day in days if period.first <= day <= period.last)


def _whole(bucket: Period, period: Period, days: frozenset[date]) -> bool:
    """Whether period and bill cover every day of the bucket."""
    inside = period.first <= bucket.first and bucket.last <= period.last
    return inside and sum(bucket.first <= day <= bucket.last for day in days) == bucket.days


def _running(costs: Iterable[Decimal | None]) -> list[Decimal | None]:
    """Running totals; unknown where the cost is unknown, going on from the last known total after it."""
    total, totals = _ZERO, []
    for cost in costs:
        total += cost or _ZERO
        totals.append(None if cost is None else total)
    return totals


def _table(records: Sequence[tuple[date, str | None, str, bool, Decimal | None, Decimal | None]]) -> pa.Table:
    columns = list(zip(*records, strict=True)) or [()] * 6
    kinds = {
        "bucket": pa.date32(),
        "key": pa.string(),
        "label": pa.string(),
        "other": pa.bool_(),
        "cost": MONEY,
        "cumulative": MONEY,
    }
    return pa.table({name: pa.array(columns[i], kind) for i, (name, kind) in enumerate(kinds.items())})


def _previous_table(records: Sequence[tuple[date | None, date | None, Decimal | None, Decimal | None]]) -> pa.Table:
    columns = list(zip(*records, strict=True)) or [()] * 4
    kinds = {"bucket": pa.date32(), "compared": pa.date32(), "cost": MONEY, "cumulative": MONEY}
    return pa.table({name: pa.array(columns[i], kind) for i, (name, kind) in enumerate(kinds.items())})
