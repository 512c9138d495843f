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
    query = _grouped_query(view, groups)
    rows = engine.run(query).to_pylist()
    tops = {row["place"]: row["group_key"] for row in rows if row["place"] is not None}
    labels = labels_of(engine, view.spec.by[0], tops.values())
    shown: dict[int | None, _Group] = {place: (tops[place], labels[tops[place]], False) for place in sorted(tops)}
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
        queries=(query, days_query, *previous_query),
    )


def _grouped_query(view: ResolvedView, groups: int) -> Query:
    key = view.spec.by[0]
    statement = Statement(view, [key] if groups else [])
    bucket = bucket_sql(view.grain)
    if not groups:
        return statement.query(
            f"Cost by {view.grain.value}",
            f"SELECT {bucket} AS bucket, NULL AS place, NULL AS group_key, SUM({statement.cost}) AS cost"
            f" FROM {statement.table} WHERE {statement.where_now()} GROUP BY 1",
        )
    column, where = statement.column(key), statement.where_now()
    return statement.query(
        f"Cost by {view.grain.value} and {key}",
        f"""WITH sizes AS (
  SELECT {column} AS group_key, SUM({statement.cost}) AS size FROM {statement.table} WHERE {where} GROUP BY 1
), tops AS (
  SELECT group_key, ROW_NUMBER() OVER (ORDER BY ABS(size) DESC NULLS LAST, group_key NULLS LAST) AS place
  FROM (SELECT * FROM sizes ORDER BY ABS(size) DESC NULLS LAST, group_key NULLS LAST LIMIT {statement.bind(groups)})
)
SELECT {bucket} AS bucket, tops.place, tops.group_key, SUM({statement.cost}) AS cost
FROM {statement.table} LEFT JOIN tops ON {column} IS NOT DISTINCT FROM tops.group_key
WHERE {where} GROUP BY 1, 2, 3""",
    )


def _previous(engine: Engine, view: ResolvedView, buckets: Sequence[Period]) -> tuple[pa.Table, tuple[Query, ...]]:
    """The whole comparison by bucket, laid over the buckets of the period by position."""
    compared = view.comparison
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
