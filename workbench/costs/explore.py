"""The questions of the Explore page; every function takes an engine and a resolved view.

``totals`` (here) · ``series`` (``series.py``) · ``breakdown``, ``tree`` (``breakdown.py``) · ``values``,
``charge_lines`` (``lines.py``). For one view they agree to the last decimal: the same rows, summed as DECIMAL.
"""

from __future__ import annotations

from workbench.costs.breakdown import breakdown, tree
from workbench.costs.lines import LINE_COLUMNS, charge_lines, values
from workbench.costs.plan import CHARGE_LINES, Statement
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import Totals, change_of
from workbench.costs.series import series
from workbench.engines import Engine, Query

__all__ = ["LINE_COLUMNS", "breakdown", "charge_lines", "series", "totals", "tree", "values"]


def totals(engine: Engine, view: ResolvedView) -> Totals:
    """Cost of the period and of the comparison (days or budgets), with the change between them."""
    cost_query = _cost_query(view)
    row = engine.run(cost_query).to_pylist()[0]
    missing, missing_queries = _missing(engine, view)
    compared = view.comparison
    known = compared is not None and compared.unknown is None
    planned = view.planned.amount if view.planned else None
    return Totals(
        change=change_of(row["cost"], row["previous"] if known else planned),
        lines=row["lines"],
        previous_lines=row["previous_lines"] if compared else None,
        lines_without_basis=missing[0],
        previous_lines_without_basis=missing[1],
        unknown=compared.unknown if compared else None,
        queries=(cost_query, *missing_queries),
    )


def _cost_query(view: ResolvedView) -> Query:
    statement = Statement(view)
    return statement.query(
        "Totals", f"WITH {statement.compared()}\nSELECT cost, previous, lines, previous_lines FROM compared"
    )


def _missing(engine: Engine, view: ResolvedView) -> tuple[tuple[int, int], tuple[Query, ...]]:
    """Lines without a cost on this basis, in the period and in the comparison.

    A rollup row sums lines with and without a cost, so only the lines themselves can tell. Whether the bill has any
    such line at all is asked first: the engine answers from its block statistics, and the app keeps that answer.
    """
    column = view.basis.column
    anywhere = Query(
        f"Lines without {view.basis} cost on the whole bill",
        f"SELECT COUNT(*) AS found FROM {CHARGE_LINES} WHERE {column} IS NULL",
    )
    if not engine.run(anywhere).column("found")[0].as_py():
        return (0, 0), (anywhere,)
    statement = Statement(view, table=CHARGE_LINES, without_cost=True)
    query = statement.query(
        "Lines without a cost on this basis",
        f"WITH {statement.compared()}\nSELECT lines, previous_lines FROM compared",
    )
    row = engine.run(query).to_pylist()[0]
    return (row["lines"], row["previous_lines"]), (anywhere, query)
