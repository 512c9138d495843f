"""Comparing the answers of two engines."""

from __future__ import annotations

import math
from decimal import Decimal

import pyarrow as pa
from sqlglot import parse_one

__all__ = ["difference", "ordered"]


def row_key(row):
    return [repr(value) for value in row.values() if not isinstance(value, float)]


def ordered(query):
    """Whether the statement says in which order its rows come."""
    return parse_one(query.sql, read="duckdb").args.get("order") is not None


def same(a, b, tolerance):
    """Floats to a part in 10^12, because their order of summing is free; money to ``tolerance``; the rest exactly."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-12)
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return abs(a - b) <= tolerance
    return a == b


def difference(ours: pa.Table, theirs: pa.Table, *, in_order: bool, tolerance: Decimal = Decimal(0)) -> str:
    """Empty when both tables are equal, else the first thing that is not."""
    if ours.column_names != theirs.column_names:
        return f"columns {ours.column_names} and {theirs.column_names}"
    if ours.num_rows != theirs.num_rows:
        return f"{ours.num_rows} and {theirs.num_rows} rows"
    for left, right in zip(ours.columns, theirs.columns, strict=True):
        if left.null_count < len(left) and left.type != right.type:
            return f"{left.type} and {right.type}"
    rows = [table.to_pylist() if in_order else sorted(table.to_pylist(), key=row_key) for table in (ours, theirs)]
    for n, (left, right) in enumerate(zip(*rows, strict=True)):
        for name in left:
            if not same(left[name], right[name], tolerance):
                return f"{name}, row {n}: {left[name]!r} and {right[name]!r}"
    return ""
