"""Cost by group: the table (with comparison, share, state, sparkline and an Other row) and the treemap's hierarchy."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from workbench.costs.buckets import bucket_sql, buckets_of, spark_grain
from workbench.costs.labels import OTHER, labels_of
from workbench.costs.plan import Statement
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import MONEY, Breakdown, Change, OtherRow, Tree, change_of
from workbench.engines import Engine, Query

__all__ = ["Order", "breakdown", "tree"]

Order = Literal["cost", "change", "rise", "fall"]

_CHANGE = "(COALESCE(cost, 0) - COALESCE(previous, 0))"
_SIZES: dict[Order, str] = {"cost": "ABS(cost)", "change": f"ABS{_CHANGE}", "rise": _CHANGE, "fall": f"-{_CHANGE}"}

_ZERO = Decimal(0)


def breakdown(
    engine: Engine, view: ResolvedView, *, limit: int = 50, order: Order = "cost", spark: bool = True
) -> Breakdown:
    """Cost by the view's grouping dimensions.

    Args:
        engine: where the snapshot is.
        view: grouped by its ``by`` dimensions.
        limit: groups that get a row of their own; the rest is Other.
        order: keep the groups with the largest absolute ``cost``, absolute ``change``, ``rise`` or ``fall``, largest
            first; rows of equal size are in order of their key.
        spark: whether to fill the sparklines (a second query).
    """
    by = view.spec.by
    query = _grouped_query(view, limit, order)
    rows = engine.run(query).to_pylist()
    shown = sorted((row for row in rows if row["place"] is not None), key=lambda row: int(row["place"]))
    rest = next((row for row in rows if row["place"] is None), None)
    known = view.comparison is not None and view.comparison.unknown is None
    total = _sum(row["cost"] for row in rows)
    planned = view.planned.amount if view.planned else None
    whole = change_of(total, _sum(row["previous"] for row in rows) if known else planned)
    sparks, spark_query = _sparks(engine, view, shown) if spark and shown else ({}, ())
    gross = _sum(row["size"] for row in rows)
    kept = _sum(row["size"] for row in shown)
    return Breakdown(
        table=_table(engine, by, shown, whole.current, sparks, known=known),
        by=by,
        other=None if rest is None else _other(rest, whole.current, known=known),
        groups=sum(row["groups"] for row in rows),
        shown=len(shown),
        coverage=float(kept / gross * 100) if gross and kept is not None else None,
        change=whole,
        spark_buckets=tuple(bucket.first for bucket in buckets_of(view.period, spark_grain(view.period))),
        queries=(query, *spark_query),
    )


def _grouped_query(view: ResolvedView, limit: int, order: Order) -> Query:
    by = view.spec.by
    statement = Statement(view, by)
    names = [f"key_{n}" for n in range(1, len(by) + 1)]
    ties = ", ".join(f"{name} NULLS LAST" for name in names)
    keys = ", ".join(f"CASE WHEN place IS NOT NULL THEN {name} END AS {name}" for name in names)
    columns = ", ".join(str(n) for n in range(1, len(by) + 2))
    return statement.query(
        f"Cost by {' and '.join(by)}",
        f"""WITH {statement.compared(by)}, ranked AS (
  SELECT *, ROW_NUMBER() OVER (ORDER BY {_SIZES[order]} DESC NULLS LAST, ABS(previous) DESC NULLS LAST, {ties}) AS rank
  FROM compared
), placed AS (
  SELECT *, CASE WHEN rank <= {statement.bind(limit)} THEN rank END AS place FROM ranked
)
SELECT place, {keys}, SUM(cost) AS cost, SUM(previous) AS previous, SUM(ABS(cost)) AS size,
  BOOL_OR(is_now) AS is_now, BOOL_OR(was_before) AS was_before, CAST(SUM(lines) AS BIGINT) AS lines, COUNT(*) AS groups
FROM placed GROUP BY {columns}""",
    )


def _sparks(
    engine: Engine, view: ResolvedView, shown: Sequence[dict[str, Any]]
) -> tuple[dict[int, list[float]], tuple[Query]]:
    """Place → cost by bucket of the period; a bucket without a charge of the group is zero (a shape, not a figure)."""
    by = view.spec.by
    grain = spark_grain(view.period)
    statement = Statement(view, by)
    wanted, matches = statement.wanted(
        by, ((row["place"], [row[f"key_{n}"] for n in range(1, len(by) + 1)]) for row in shown)
    )
    query = statement.query(
        f"Sparklines by {' and '.join(by)}",
        f"SELECT wanted.place, {bucket_sql(grain)} AS bucket, CAST(SUM({statement.cost}) AS DOUBLE) AS cost"
        f" FROM {statement.table} JOIN {wanted} ON {matches} WHERE {statement.where_now()} GROUP BY 1, 2",
    )
    positions = {bucket.first: index for index, bucket in enumerate(buckets_of(view.period, grain))}
    sparks: dict[int, list[float]] = {}
    for row in engine.run(query).to_pylist():
        shape = sparks.setdefault(row["place"], [0.0] * len(positions))
        shape[positions[row["bucket"]]] = row["cost"] or 0.0
    return sparks, (query,)


def _table(
    engine: Engine,
    by: Sequence[str],
    rows: Sequence[dict[str, Any]],
    total: Decimal | None,
    sparks: dict[int, list[float]],
    *,
    known: bool,
) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    for n, key in enumerate(by, 1):
        keys = [row[f"key_{n}"] for row in rows]
        labels = labels_of(engine, key, keys)
        columns[f"key_{n}"] = pa.array(keys, pa.string())
        columns[f"label_{n}"] = pa.array([labels[value] for value in keys], pa.string())
    changes = [_change(row, known=known) for row in rows]
    columns["cost"] = pa.array([change.current for change in changes], MONEY)
    columns["previous"] = pa.array([change.previous for change in changes], MONEY)
    columns["delta"] = pa.array([change.delta for change in changes], MONEY)
    percents = [None if change.percent is None else float(change.percent) for change in changes]
    columns["delta_percent"] = pa.array(percents, pa.float64())
    columns["share"] = pa.array([_share(change.current, total) for change in changes], pa.float64())
    columns["state"] = pa.array([_state(row) if known else None for row in rows], pa.string())
    columns["lines"] = pa.array([row["lines"] for row in rows], pa.int64())
    columns["spark"] = pa.array([sparks.get(row["place"], []) for row in rows], pa.list_(pa.float64()))
    return pa.table(columns)


def _change(row: dict[str, Any], *, known: bool) -> Change:
    return change_of(row["cost"], row["previous"] if known else None)


def _state(row: dict[str, Any]) -> str:
    if row["is_now"] and row["was_before"]:
        return "both"
    return "new" if row["is_now"] else "gone"


def _other(row: dict[str, Any], total: Decimal | None, *, known: bool) -> OtherRow:
    change = _change(row, known=known)
    return OtherRow(row["groups"], change, row["lines"], _share(change.current, total))


def _share(cost: Decimal | None, total: Decimal | None) -> float | None:
    return float(cost / total * 100) if cost is not None and total is not None and total > 0 else None


def _sum(costs: Any) -> Decimal | None:
    """Sum of the known costs; zero of nothing, unknown of unknowns alone."""
    found = list(costs)
    known = [cost for cost in found if cost is not None]
    return sum(known, _ZERO) if known or not found else None


def tree(engine: Engine, view: ResolvedView, *, parents: int = 20, children: int = 10) -> Tree:
    """Cost as a hierarchy of the view's first one or two grouping dimensions.

    Args:
        engine: where the snapshot is.
        view: grouped by one or two dimensions; further ones are left aside.
        parents: outer groups that get a node of their own; the rest is one Other node without children.
        children: inner groups of each parent likewise.
    """
    by = view.spec.by[:2]
    query = _tree_query(view, by, parents, children)
    rows = engine.run(query).to_pylist()
    labels = [labels_of(engine, key, [row[f"key_{n}"] for row in rows]) for n, key in enumerate(by, 1)]
    total = _sum(row["cost"] for row in rows)
    nodes: list[tuple[str, str, str, str | None, int, bool, Decimal | None]] = []
    for place in sorted({row["place_1"] for row in rows}, key=lambda value: (value is None, value)):
        group = [row for row in rows if row["place_1"] == place]
        name = OTHER if place is None else labels[0][group[0]["key_1"]]
        parent = f"1:{place or OTHER}"
        nodes.append((parent, "", name, group[0]["key_1"], 1, place is None, _sum(row["cost"] for row in group)))
        if len(by) == 1 or place is None:
            continue
        for row in sorted(group, key=lambda row: (row["place_2"] is None, row["place_2"])):
            other = row["place_2"] is None
            label = OTHER if other else labels[1][row["key_2"]]
            nodes.append((f"{parent}/2:{row['place_2'] or OTHER}", parent, label, row["key_2"], 2, other, row["cost"]))
    return Tree(_tree_table(nodes, total), by, total if total is not None else _ZERO, (query,))


def _tree_query(view: ResolvedView, by: Sequence[str], parents: int, children: int) -> Query:
    statement = Statement(view, by)
    inner = statement.column(by[1]) if len(by) > 1 else "CAST(NULL AS VARCHAR)"
    return statement.query(
        f"Tree of {' and '.join(by)}",
        f"""WITH leaves AS (
  SELECT {statement.column(by[0])} AS key_1, {inner} AS key_2, SUM({statement.cost}) AS cost
  FROM {statement.table} WHERE {statement.where_now()} GROUP BY 1, 2
), outer_groups AS (
  SELECT key_1, ROW_NUMBER() OVER (ORDER BY ABS(SUM(cost)) DESC NULLS LAST, key_1 NULLS LAST) AS rank_1
  FROM leaves GROUP BY key_1
), ranked AS (
  SELECT leaves.key_1, leaves.key_2, leaves.cost, outer_groups.rank_1, ROW_NUMBER() OVER (
    PARTITION BY leaves.key_1 ORDER BY ABS(leaves.cost) DESC NULLS LAST, leaves.key_2 NULLS LAST) AS rank_2
  FROM leaves JOIN outer_groups ON leaves.key_1 IS NOT DISTINCT FROM outer_groups.key_1
), placed AS (
  SELECT *, CASE WHEN rank_1 <= {statement.bind(parents)} THEN rank_1 END AS place_1,
    CASE WHEN rank_1 <= {statement.bind(parents)} AND rank_2 <= {statement.bind(children)} THEN rank_2 END AS place_2
  FROM ranked
)
SELECT place_1, place_2, CASE WHEN place_1 IS NOT NULL THEN key_1 END AS key_1,
  CASE WHEN place_2 IS NOT NULL THEN key_2 END AS key_2, SUM(cost) AS cost
FROM placed GROUP BY 1, 2, 3, 4""",
    )


def _tree_table(
    nodes: Sequence[tuple[str, str, str, str | None, int, bool, Decimal | None]], total: Decimal | None
) -> pa.Table:
    columns = list(zip(*nodes, strict=True)) or [()] * 7
    costs: Sequence[Decimal | None] = columns[6]
    return pa.table(
        {
            "id": pa.array(columns[0], pa.string()),
            "parent": pa.array(columns[1], pa.string()),
            "label": pa.array(columns[2], pa.string()),
            "key": pa.array(columns[3], pa.string()),
            "level": pa.array(columns[4], pa.int64()),
            "other": pa.array(columns[5], pa.bool_()),
            "cost": pa.array(costs, MONEY),
            "share": pa.array([_share(cost, total) for cost in costs], pa.float64()),
        }
    )
