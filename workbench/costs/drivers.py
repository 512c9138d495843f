"""Why cost changed between two periods: new · gone · usage · rate · discount · mix · other, adding up exactly.

An *item* is what is bought and where: service, usage type (else SKU), operation, account, region. A *cell* is the part
of an item in one pricing category (on demand, committed, spot). A *family* is the same service, usage type, operation
and unit over all accounts and regions. With cost C, list cost L and quantity Q, start 0 and end 1:

=========  ==========================================================  ==============================================
part       of                                                          formula
=========  ==========================================================  ==============================================
new        usage items without cost and quantity at the start          C1
gone       usage items without cost and quantity at the end            -C0
usage      cells of comparable items                                   (Q1 - Q0) x P0, P0 = start price of the family
mix        the same: use moved to a dearer or cheaper place or         (Q1 - Q0) x (C0/Q0 - P0); for a cell in one
           pricing category                                            period only (C1 - C0) - usage
rate       cells in both periods: the list price changed, at the       C0 x L1/L0 - C0 x Q1/Q0
           discount of the start
discount   cells in both periods: the share of list that is paid       C1 - C0 x L1/L0
           changed (negotiated, committed, spot)
other      credits, taxes, purchases, adjustments, corrections,        C1 - C0
           unused commitments, usage without comparable quantity
=========  ==========================================================  ==============================================

Items are comparable when every line of both periods has a quantity, in one unit, and both sums are above zero. Where a
line has no list cost the whole price change, C1 - C0 x Q1/Q0, counts as rate.

Example: 100 hours at list $0.10, paid $0.08 (C0 = 8, L0 = 10); then 150 hours at list $0.12, paid $0.06 (C1 = 9,
L1 = 18). Usage (150 - 100) x 0.08 = +4.00; rate 8 x 18/10 - 8 x 150/100 = +2.40; discount 9 - 8 x 18/10 = -5.40;
mix 0. Together +1.00 = 9 - 8.

The first parts are computed in double precision and cut at 12 decimals; the last part of each cell is what remains of
the exact difference, so parts always add up to end - start, for every item and in total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from workbench.costs.driver_sentence import sentence_of
from workbench.costs.labels import OTHER, labels_of
from workbench.costs.plan import CHARGE_LINES, Statement
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import MONEY, Change, change_of, unknown_cost
from workbench.costs.view import CompareMode, Period
from workbench.engines import Engine, Query
from workbench.errors import CannotRun
from workbench.formats import percent
from workbench.schema import Kind, duckdb_type

__all__ = ["DRIVER_DIMENSIONS", "PARTS", "Drivers", "drivers"]

PARTS: tuple[str, ...] = ("new", "gone", "usage", "rate", "discount", "mix", "other")
"""The parts, in the order of the waterfall."""

DRIVER_DIMENSIONS: tuple[str, ...] = ("service", "category", "provider", "account", "region", "usage_type")
"""Dimensions an item belongs to; movers can be listed by these without changing any part."""

_ZERO = Decimal(0)
_MONEY = duckdb_type(Kind.MONEY)
_AMOUNTS = ("start", "end", "delta", *PARTS)


@dataclass(frozen=True, slots=True)
class Drivers:
    """The change between two periods in parts; all money in the view's currency and basis.

    Attributes:
        start_period, end_period: the two periods.
        change: end against start.
        parts: (name, amount) in waterfall order; they add up to ``change.delta`` exactly.
        by: dimension of ``movers``.
        movers: ``key`` (null: without a value), ``label``, ``start``, ``end``, ``delta`` and one column a part
            (decimal); largest absolute change first.
        rest: the movers beyond the limit as one row of the same columns with ``groups``; None when all are listed.
        items: the items with the largest absolute change: ``service``, ``usage_type``, ``operation``, ``account``,
            ``region``, ``unit``, ``start_quantity``, ``end_quantity`` (null where they cannot be compared) and the
            amounts as in ``movers``.
        other: ``kind`` and ``amount``: what the part "other" consists of, largest first.
        sentence: the change in words.
        notices: what must be said beside the figures.
        queries: in the order they ran.
    """

    start_period: Period
    end_period: Period
    change: Change
    parts: tuple[tuple[str, Decimal], ...]
    by: str
    movers: pa.Table
    rest: dict[str, Any] | None
    items: pa.Table
    other: pa.Table
    sentence: str
    notices: tuple[str, ...]
    queries: tuple[Query, ...]


def drivers(engine: Engine, view: ResolvedView, *, by: str = "service", limit: int = 50, items: int = 50) -> Drivers:
    """Decompose the change from the comparison (start) to the period shown (end).

    Args:
        engine: where the snapshot is.
        view: a view with a comparison.
        by: one of ``DRIVER_DIMENSIONS``, for the movers.
        limit: movers listed.
        items: items listed.

    Raises:
        CannotRun: the view compares nothing or a budget, or data does not cover the comparison.
        ValueError: ``by`` is not one of ``DRIVER_DIMENSIONS``.
    """
    if by not in DRIVER_DIMENSIONS:
        raise ValueError(f"{by} is not one of {', '.join(DRIVER_DIMENSIONS)}")
    compared = view.comparison
    if view.spec.compare.mode is CompareMode.BUDGET:
        raise CannotRun(
            "A budget cannot be taken apart",
            detail="What explains a change is found in the charges of two periods, and a plan has none",
            hint="Compare with the previous period, the same period last year or days of your own",
        )
    if compared is None:
        raise CannotRun("Drivers need two periods", hint="Choose a comparison")
    if compared.unknown is not None:
        raise CannotRun("The change cannot be told", detail=compared.unknown, hint="Choose a later comparison")
    query = _query(view, compared.period, by, limit, items)
    rows = engine.run(query).to_pylist()
    groups = [row for row in rows if row["level"] == "group"]
    total = {name: sum((row[name] for row in groups), _ZERO) for name in _AMOUNTS}
    change = change_of(total["end"], total["start"])
    labels = labels_of(engine, by, [row["key"] for row in groups])
    listed = sorted((row for row in groups if row["place"] is not None), key=lambda row: int(row["place"]))
    for row in listed:
        row["label"] = labels[row["key"]]
    rest = next((row for row in groups if row["place"] is None), None)
    parts = tuple((name, total[name]) for name in PARTS)
    kinds = sorted((row for row in rows if row["level"] == "kind"), key=lambda row: (-abs(row["other"]), row["key"]))
    detail = sorted((row for row in rows if row["level"] == "item"), key=lambda row: int(row["place"]))
    largest = (listed[0]["label"], listed[0]["delta"]) if listed else None
    return Drivers(
        start_period=compared.period,
        end_period=view.period,
        change=change,
        parts=parts,
        by=by,
        movers=_table(listed, ("key", "label"), _AMOUNTS),
        rest=None if rest is None else {"label": OTHER, **{name: rest[name] for name in ("groups", *_AMOUNTS)}},
        items=_items_table(detail),
        other=pa.table(
            {
                "kind": pa.array([row["key"] for row in kinds], pa.string()),
                "amount": pa.array([row["other"] for row in kinds], MONEY),
            }
        ),
        sentence=sentence_of(change, parts, largest, view.currency),
        notices=_notices(groups, change),
        queries=(query,),
    )


def _notices(groups: Sequence[dict[str, Any]], change: Change) -> tuple[str, ...]:
    said = []
    missing = sum(row["lines_without_cost"] for row in groups)
    if missing:
        said.append(unknown_cost(missing))
    without_list = sum((row["end_without_list"] for row in groups), _ZERO)
    if without_list and change.current:
        share = without_list / change.current * 100
        said.append(
            f"Rate and discount cannot be told apart for items without list cost ({percent(share)} of the end):"
            " their price change counts as rate"
        )
    return tuple(said)


def _table(rows: Sequence[dict[str, Any]], texts: Sequence[str], amounts: Sequence[str]) -> pa.Table:
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in texts}
    return pa.table(columns | {name: pa.array([row[name] for row in rows], MONEY) for name in amounts})


def _items_table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    texts = ("service", "usage_type", "operation", "account", "region", "unit")
    table = _table(rows, texts, _AMOUNTS)
    for offset, name in enumerate(("start_quantity", "end_quantity")):
        values = pa.array([row[name] for row in rows], pa.float64())
        table = table.add_column(len(texts) + offset, name, values)
    return table


_ITEM = "service, usage_type, operation, account, region"


def _query(view: ResolvedView, before: Period, by: str, limit: int, items: int) -> Query:
    statement = Statement(view, table=CHARGE_LINES)
    amounts = ", ".join(f"SUM({name}) AS {name}" for name in ("start_cost", "end_cost", *PARTS))
    nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in (*_ITEM.split(", "), "unit"))
    return statement.query(
        f"Drivers by {by}",
        f"""{_cells_sql(statement, by, before, view.period)},
{_PARTS_SQL},
groups AS (
  SELECT group_key AS key, {amounts}, SUM(lines_without_cost) AS lines_without_cost,
    SUM(end_without_list) AS end_without_list,
    ROW_NUMBER() OVER (ORDER BY ABS(SUM(end_cost) - SUM(start_cost)) DESC, group_key NULLS LAST) AS rank
  FROM parts GROUP BY group_key
), placed AS (
  SELECT *, CASE WHEN rank <= {statement.bind(limit)} THEN rank END AS place FROM groups
), ranked_items AS (
  SELECT {_ITEM}, MIN(unit) AS unit,
    CASE WHEN BOOL_AND(comparable) THEN SUM(start_quantity) END AS start_quantity,
    CASE WHEN BOOL_AND(comparable) THEN SUM(end_quantity) END AS end_quantity, {amounts},
    ROW_NUMBER() OVER (ORDER BY ABS(SUM(end_cost) - SUM(start_cost)) DESC, {_ITEM}) AS place
  FROM parts GROUP BY {_ITEM}
)
SELECT 'group' AS level, place, CASE WHEN place IS NOT NULL THEN key END AS key, {nothing},
  CAST(NULL AS DOUBLE) AS start_quantity, CAST(NULL AS DOUBLE) AS end_quantity, COUNT(*) AS groups,
  CAST(SUM(lines_without_cost) AS BIGINT) AS lines_without_cost, SUM(end_without_list) AS end_without_list,
  {_amounts_sql("SUM({})")}
FROM placed GROUP BY 2, 3
UNION ALL
SELECT 'kind', NULL, kind, {nothing}, NULL, NULL, 0, 0, 0, {_amounts_sql("SUM({})")}
FROM parts WHERE part = 'other' GROUP BY kind
UNION ALL
SELECT 'item', place, NULL, {_ITEM}, unit, start_quantity, end_quantity, 0, 0, 0, {_amounts_sql("{}")}
FROM ranked_items WHERE place <= {statement.bind(items)}""",
    )


def _amounts_sql(shape: str) -> str:
    start, end = shape.format("start_cost"), shape.format("end_cost")
    parts = ", ".join(f"{shape.format(name)} AS {name}" for name in PARTS)
    return f'{start} AS start, {end} AS "end", {end} - {start} AS delta, {parts}'


_CELL = f"{_ITEM}, group_key, pricing_category, kind, unit"


def _cells_sql(statement: Statement, by: str, before: Period, now: Period) -> str:
    """Common table expression ``cells``: one row an item, kind of charge, unit and pricing category."""
    # One narrow scan a period, then a pivot of the few groups: cheaper than conditional sums over both periods.
    scans = "\n  UNION ALL\n".join(
        f"""  SELECT {flag} AS at_end, service_name AS service, COALESCE(x_usage_type, sku_id, sku_meter) AS usage_type,
    x_operation AS operation, sub_account_id AS account, region_id AS region, {statement.column(by)} AS group_key,
    pricing_category,
    CASE WHEN charge_class IS NOT NULL THEN 'Correction'
      WHEN charge_category <> 'Usage' THEN charge_category
      WHEN commitment_discount_status = 'Unused' THEN 'Unused commitment' ELSE 'Usage' END AS kind,
    CASE WHEN consumed_quantity IS NOT NULL THEN consumed_unit ELSE pricing_unit END AS unit,
    COUNT(*) - COUNT({statement.cost}) AS without_cost,
    COUNT(*) - COUNT(COALESCE(consumed_quantity, pricing_quantity)) AS without_quantity,
    COUNT(*) - COUNT(list_cost) AS without_list,
    SUM({statement.cost}) AS cost, SUM(list_cost) AS list,
    SUM(COALESCE(consumed_quantity, pricing_quantity)) AS quantity
  FROM {statement.table} WHERE {statement.where(period)} GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10"""
        for flag, period in (("FALSE", before), ("TRUE", now))
    )
    return f"""WITH scans AS (
{scans}
), cells AS (
  SELECT {_CELL}, CAST(SUM(without_cost) AS BIGINT) AS lines_without_cost,
    SUM(without_quantity) AS lines_without_quantity, SUM(without_list) AS lines_without_list,
    COALESCE(SUM(cost) FILTER (WHERE NOT at_end), 0) AS start_cost,
    COALESCE(SUM(cost) FILTER (WHERE at_end), 0) AS end_cost,
    CAST(COALESCE(SUM(list) FILTER (WHERE NOT at_end), 0) AS DOUBLE) AS start_list,
    CAST(COALESCE(SUM(list) FILTER (WHERE at_end), 0) AS DOUBLE) AS end_list,
    COALESCE(SUM(quantity) FILTER (WHERE NOT at_end), 0) AS start_quantity,
    COALESCE(SUM(quantity) FILTER (WHERE at_end), 0) AS end_quantity
  FROM scans GROUP BY {_CELL}
)"""


# Quantities under this are measurement noise: a unit price from them would be without meaning.
_LEAST_QUANTITY = "1e-9"

_PARTS_SQL = f"""items AS (
  SELECT {_ITEM}, MIN(unit) AS item_unit,
    SUM(lines_without_quantity) = 0 AND COUNT(DISTINCT unit) = 1 AND COUNT(unit) = COUNT(*)
      AND SUM(start_quantity) > {_LEAST_QUANTITY} AND SUM(end_quantity) > {_LEAST_QUANTITY} AS comparable,
    SUM(ABS(start_cost)) = 0 AND SUM(ABS(start_quantity)) = 0 AS is_new,
    SUM(ABS(end_cost)) = 0 AND SUM(ABS(end_quantity)) = 0 AS is_gone
  FROM cells WHERE kind = 'Usage' GROUP BY {_ITEM}
), judged AS (
  SELECT cells.*, items.item_unit, COALESCE(items.comparable, FALSE) AS comparable,
    CASE WHEN cells.kind <> 'Usage' THEN 'other' WHEN items.is_new THEN 'new' WHEN items.is_gone THEN 'gone'
      WHEN items.comparable THEN 'priced' ELSE 'other' END AS part
  FROM cells LEFT JOIN items ON cells.kind = 'Usage'
    AND cells.service IS NOT DISTINCT FROM items.service AND cells.usage_type IS NOT DISTINCT FROM items.usage_type
    AND cells.operation IS NOT DISTINCT FROM items.operation AND cells.account IS NOT DISTINCT FROM items.account
    AND cells.region IS NOT DISTINCT FROM items.region
), priced AS (
  SELECT *, CAST(start_cost AS DOUBLE) AS c0, end_cost - start_cost AS delta,
    CAST(SUM(start_cost) OVER family AS DOUBLE) / NULLIF(SUM(start_quantity) OVER family, 0) AS family_price,
    part = 'priced' AND start_quantity > {_LEAST_QUANTITY} AND end_quantity > {_LEAST_QUANTITY} AS in_both,
    lines_without_list = 0 AND start_list > 0 AND end_list > 0 AS has_list
  FROM judged
  WINDOW family AS (PARTITION BY part, service, usage_type, operation, unit)
), estimates AS (
  SELECT *,
    CASE WHEN part = 'priced' THEN CAST((end_quantity - start_quantity) * family_price AS {_MONEY}) ELSE 0 END AS usage,
    CASE WHEN in_both THEN CAST(
      (end_quantity - start_quantity) * (c0 / start_quantity - family_price) AS {_MONEY}) END AS moved,
    CASE WHEN in_both AND has_list THEN CAST(
      c0 * end_list / start_list - c0 * end_quantity / start_quantity AS {_MONEY}) END AS list_rate
  FROM priced
), parts AS (
  SELECT *,
    CASE WHEN part = 'new' THEN delta ELSE 0 END AS new,
    CASE WHEN part = 'gone' THEN delta ELSE 0 END AS gone,
    CASE WHEN part <> 'priced' THEN 0 WHEN in_both THEN moved ELSE delta - usage END AS mix,
    CASE WHEN NOT in_both THEN 0 WHEN has_list THEN list_rate ELSE delta - usage - moved END AS rate,
    CASE WHEN in_both AND has_list THEN delta - usage - moved - list_rate ELSE 0 END AS discount,
    CASE WHEN part = 'other' THEN delta ELSE 0 END AS other,
    CASE WHEN in_both AND NOT has_list THEN end_cost ELSE 0 END AS end_without_list
  FROM estimates
)"""
