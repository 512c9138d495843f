"""What the tables of Explore hold: group rows with Other and Total, charge lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa

from workbench import formats
from workbench.costs.labels import OTHER
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import Breakdown, Change
from workbench.ui.table import TableColumn
from workbench.ui.words import BASES, dimension_label

__all__ = ["LINE_COLUMNS", "change_word", "group_columns", "group_keys", "group_names", "group_rows"]

TOTAL = "Total"

LINE_COLUMNS: tuple[TableColumn, ...] = (
    TableColumn("charge_date", "Day (UTC)", "date"),
    TableColumn("charge_description", "Description", width="large"),
    TableColumn("x_usage_type", "Usage type"),
    TableColumn("charge_category", "Category"),
    TableColumn("pricing_category", "Pricing"),
    TableColumn("consumed_quantity", "Quantity", "quantity"),
    TableColumn("consumed_unit", "Unit"),
    TableColumn("effective_cost", "Effective cost", "fine"),
    TableColumn("billed_cost", "Billed cost", "fine"),
    TableColumn("list_cost", "List cost", "fine"),
    TableColumn("charge_period_start", "From", "time"),
    TableColumn("charge_period_end", "To", "time"),
    TableColumn("invoice_id", "Invoice"),
    TableColumn("x_line_item_id", "Line id"),
    TableColumn("tags", "Tags"),
)


def group_columns(result: Breakdown, view: ResolvedView) -> tuple[TableColumn, ...]:
    """Columns of :func:`group_rows`; the comparison's only where something is compared."""
    columns = [TableColumn(f"name_{n}", dimension_label(key)) for n, key in enumerate(result.by, 1)]
    columns += [
        TableColumn("cost", BASES[view.basis], "money"),
        TableColumn("share", "Share", "percent", help="Part of the total"),
    ]
    # A budget is for the whole, which stands above the table; its rows have none.
    if result.change.previous is not None and view.planned is None:
        columns += [
            TableColumn("delta", "Change", "change", help="Cost of the period minus cost of the comparison"),
            TableColumn("trend_word", "Change, %", help="New and gone groups have no percentage"),
            TableColumn("previous", "Before", "money", help="Cost of the comparison period"),
        ]
    columns += [
        TableColumn("spark", "Trend", "trend", help="Cost over the period, from zero"),
        TableColumn("lines", "Charge lines", "number"),
    ]
    return tuple(columns)


def group_rows(result: Breakdown) -> tuple[pa.Table, int]:
    """The groups, Other where the table was cut, and the total; and how many of the last rows are sums."""
    rows = [
        {
            **{f"name_{n}": _name(row, n) for n in range(1, len(result.by) + 1)},
            **{name: row[name] for name in ("cost", "share", "delta", "previous", "spark", "lines")},
            "trend_word": change_word(row["state"], row["delta"], row["delta_percent"]),
        }
        for row in result.table.to_pylist()
    ]
    lines = sum(row["lines"] for row in rows) + (result.other.lines if result.other else 0)
    sums = []
    if result.other is not None:
        groups = formats.plural(result.other.groups, "group")
        sums.append(_sum_row(f"{OTHER} ({groups})", result.other.change, result.other.share, result.other.lines))
    whole = result.change.current
    sums.append(_sum_row(TOTAL, result.change, 100.0 if whole is not None and whole > 0 else None, lines))
    return pa.Table.from_pylist(rows + sums, schema=_schema(result)), len(sums)


def group_names(result: Breakdown) -> list[str]:
    """One text a group, for a picker."""
    return [" · ".join(_name(row, n) for n in range(1, len(result.by) + 1)) for row in result.table.to_pylist()]


def group_keys(result: Breakdown, position: int) -> tuple[str | None, ...]:
    """Values of the grouping dimensions of one group."""
    return tuple(result.table[f"key_{n}"][position].as_py() for n in range(1, len(result.by) + 1))


def _name(row: dict[str, Any], n: int) -> str:
    """The display name, with the id where they differ."""
    key, label = row[f"key_{n}"], row[f"label_{n}"]
    return str(label) if key is None or key == label else f"{label} ({key})"


def change_word(state: str | None, delta: Decimal | None, percent: float | None) -> str:
    """A change in percent, signed; new and gone groups have no percentage and are named so."""
    if state in ("new", "gone"):
        return state
    if delta == 0:
        return "no change"
    return formats.percent(percent, signed=True)


def _sum_row(name: str, change: Change, share: float | None, lines: int) -> dict[str, Any]:
    percent = None if change.percent is None else float(change.percent)
    return {
        "name_1": name,
        "cost": change.current,
        "share": share,
        "delta": change.delta,
        "previous": change.previous,
        "trend_word": change_word(None, change.delta, percent),
        "lines": lines,
    }


def _schema(result: Breakdown) -> pa.Schema:
    money = result.table.schema.field("cost").type
    return pa.schema(
        [
            *((f"name_{n}", pa.string()) for n in range(1, len(result.by) + 1)),
            ("cost", money),
            ("share", pa.float64()),
            ("delta", money),
            ("previous", money),
            ("spark", pa.list_(pa.float64())),
            ("lines", pa.int64()),
            ("trend_word", pa.string()),
        ]
    )
