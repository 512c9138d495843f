"""Down to the rows: values of a dimension for a picker, and the charge lines themselves."""

from __future__ import annotations

from decimal import Decimal

from workbench.costs.dimensions import dimension
from workbench.costs.labels import labels_of
from workbench.costs.plan import CHARGE_LINES, MONEY_TYPE, Statement, containing
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import LinesPage, Values
from workbench.engines import Engine, Query

__all__ = ["LINE_COLUMNS", "charge_lines", "values"]

LINE_COLUMNS: tuple[str, ...] = (
    "charge_date",
    "charge_period_start",
    "charge_period_end",
    "provider_name",
    "sub_account_id",
    "sub_account_name",
    "service_name",
    "region_id",
    "resource_id",
    "resource_name",
    "resource_type",
    "charge_category",
    "charge_class",
    "charge_description",
    "pricing_category",
    "commitment_discount_id",
    "commitment_discount_status",
    "x_usage_type",
    "x_operation",
    "sku_id",
    "consumed_quantity",
    "consumed_unit",
    "pricing_quantity",
    "pricing_unit",
    "list_unit_price",
    "contracted_unit_price",
    "billed_cost",
    "effective_cost",
    "contracted_cost",
    "list_cost",
    "billing_currency",
    "invoice_id",
    "billing_period_start",
    "tags",
    "x_line_item_id",
    "x_source_id",
)
"""Columns of a charge line that a reader needs to check it against the bill."""


def values(engine: Engine, view: ResolvedView, key: str, *, search: str = "", limit: int = 200) -> Values:
    """Values of one dimension in the period, for a picker: the other filters of the view count, its own do not.

    Args:
        engine: where the snapshot is.
        view: the view shown.
        key: the dimension.
        search: keep values whose id or display name contains this text, in any case.
        limit: most values returned.
    """
    statement = Statement(view, [key], without=key)
    column, source = statement.column(key), dimension(key).labelled
    label, join = "found.value", ""
    if source is not None:
        label = "COALESCE(names.label, found.value)"
        join = (
            f" LEFT JOIN dimension_labels AS names ON names.dimension = {statement.bind(source)}"
            " AND names.value = found.value"
        )
    matching = ""
    if search:
        pattern = statement.bind(containing(search))
        matching = f" WHERE LOWER(found.value) LIKE {pattern} ESCAPE '\\' OR LOWER({label}) LIKE {pattern} ESCAPE '\\'"
    query = statement.query(
        f"Values of {key}",
        f"""WITH found AS (
  SELECT {column} AS value, SUM({statement.cost}) AS cost, {statement.lines} AS lines
  FROM {statement.table} WHERE {statement.where_now()} GROUP BY 1
)
SELECT found.value, {label} AS label, found.cost, found.lines, COUNT(*) OVER () AS total
FROM found{join}{matching}
ORDER BY ABS(found.cost) DESC NULLS LAST, found.value NULLS LAST LIMIT {statement.bind(limit)}""",
    )
    table = engine.run(query)
    total = table.column("total")[0].as_py() if table.num_rows else 0
    names = [found or labels_of(engine, key, [])[None] for found in table.column("label").to_pylist()]
    table = table.drop_columns(["total"])
    return Values(table.set_column(1, "label", [names]), total, query)


def charge_lines(engine: Engine, view: ResolvedView, *, limit: int = 100, offset: int = 0) -> LinesPage:
    """Charge lines of the view, largest absolute cost first; a spread fee shows the part of each day.

    Args:
        engine: where the snapshot is.
        view: usually filtered down to one resource.
        limit: lines of one page.
        offset: lines before it.
    """
    statement = Statement(view, table=CHARGE_LINES)
    where = statement.where_now()
    count = statement.query("Number of charge lines", f"SELECT COUNT(*) AS total FROM {CHARGE_LINES} WHERE {where}")
    total = engine.run(count).column("total")[0].as_py()
    query = _page_query(view, _smallest_size(engine, view, offset + limit), limit, offset)
    return LinesPage(engine.run(query), total, offset, query)


def _smallest_size(engine: Engine, view: ResolvedView, rows: int) -> Decimal | None:
    """Absolute cost of the smallest of the largest ``rows`` lines; None when any of them states no cost."""
    statement = Statement(view, table=CHARGE_LINES)
    query = statement.query(
        "Smallest cost on the page",
        f"SELECT CASE WHEN COUNT(*) = COUNT(size) THEN MIN(size) END AS size FROM ("
        f"SELECT ABS({statement.cost}) AS size FROM {CHARGE_LINES} WHERE {statement.where_now()}"
        f" ORDER BY size DESC NULLS LAST LIMIT {statement.bind(rows)})",
    )
    smallest: Decimal | None = engine.run(query).column("size")[0].as_py()
    return smallest


def _page_query(view: ResolvedView, smallest: Decimal | None, limit: int, offset: int) -> Query:
    statement = Statement(view, table=CHARGE_LINES)
    cost, where = statement.cost, statement.where_now()
    if smallest:
        # Sorting every wide row of a large bill to show a hundred takes seconds: those that cannot be on the page go.
        amount = f"CAST({statement.bind(str(smallest))} AS {MONEY_TYPE})"
        where += f" AND ({cost} >= {amount} OR {cost} <= -{amount})"
    # The id and the period make the order of equal costs the same on every page.
    order = f"ABS({cost}) DESC NULLS LAST, charge_date, charge_period_start, x_line_item_id, resource_id, service_name"
    return statement.query(
        "Charge lines",
        f"SELECT {', '.join(LINE_COLUMNS)} FROM {CHARGE_LINES} WHERE {where} ORDER BY {order},"
        f" charge_description, consumed_quantity LIMIT {statement.bind(limit)} OFFSET {statement.bind(offset)}",
    )
