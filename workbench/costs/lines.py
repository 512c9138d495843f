"""Down to the rows: values of a dimension for a picker, and the charge lines themselves."""

from __future__ import annotations

from workbench.costs.dimensions import dimension
from workbench.costs.labels import labels_of
from workbench.costs.plan import CHARGE_LINES, Statement
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import LinesPage, Values
from workbench.engines import Engine

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
        pattern = statement.bind("%" + _plain(search.lower()) + "%")
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
    query = statement.query(
        "Charge lines",
        f"SELECT {', '.join(LINE_COLUMNS)} FROM {CHARGE_LINES} WHERE {where}"
        # The id and the period make the order of equal costs the same on every page.
        f" ORDER BY ABS({statement.cost}) DESC NULLS LAST, charge_date, charge_period_start, x_line_item_id,"
        f" charge_description, consumed_quantity LIMIT {statement.bind(limit)} OFFSET {statement.bind(offset)}",
    )
    return LinesPage(engine.run(query), total, offset, query)


def _plain(text: str) -> str:
    """``text`` without the special meaning of ``%``, ``_`` and ``\\`` in LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
