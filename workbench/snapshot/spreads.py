"""Daily parts of commitment fees that are booked on one day and accrue over many (``x_spread``).

A legacy CUR ``RIFee`` or a FOCUS commitment line over a month has its whole effective cost on day 1. On the accrual
basis each day owes the share of its seconds, so the effective cost is cut into one part a UTC day of
``[charge_period_start, charge_period_end)``. Everything else (billed, contracted and list cost, quantities, the count
of lines) stays on the first day.

The parts are differences of a running total that is cut at 12 decimals, so they add up to the line exactly:

    part(day) = total(end of day) - total(start of day),   total(t) = effective_cost x elapsed(t) / whole period

All arithmetic is in 128-bit integers. Time is counted in the largest unit that divides the period and its offset in
the day (whole days for a fee that starts at midnight), so a part overflows, loudly, only beyond 10^20 currency units.
"""

from __future__ import annotations

import duckdb

from workbench.schema import CHARGES, Kind, duckdb_type
from workbench.schema.model import MONEY_SCALE, quote

__all__ = ["ACCRUED_COSTS", "fill_charge_spreads"]

ACCRUED_COSTS: tuple[str, ...] = ("effective_cost", "pricing_currency_effective_cost")
"""Costs on the accrual basis: the ones that are spread."""

_DAY = 86_400_000_000  # microseconds


def fill_charge_spreads(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``charge_spreads`` (grain: spread charge line x UTC day it covers) from ``charges``.

    A line without a period, or without an effective cost, has one part: itself on its first day.
    """
    accrues = " OR ".join(f"coalesce({name}, 0) <> 0" for name in ACCRUED_COSTS)
    connection.execute("DELETE FROM charge_spreads")
    connection.execute(
        f"""
        INSERT INTO charge_spreads BY NAME
        WITH fees AS (
            SELECT *,
                epoch_us(charge_period_start) % {_DAY} AS _offset,
                CASE WHEN charge_period_end > charge_period_start AND ({accrues})
                     THEN epoch_us(charge_period_end) - epoch_us(charge_period_start) ELSE 0 END AS _span
            FROM charges WHERE x_spread
        ), days AS (
            SELECT *,
                unnest(generate_series(0, greatest(_offset + _span - 1, 0) // {_DAY})) AS _day,
                greatest(gcd(gcd(_offset, _span), {_DAY}), 1) AS _unit
            FROM fees
        ), parts AS (
            SELECT *,
                greatest(_day * {_DAY} - _offset, 0) // _unit AS _from,
                least((_day + 1) * {_DAY} - _offset, _span) // _unit AS _to,
                _span // _unit AS _whole
            FROM days
        )
        SELECT CAST(charge_period_start AS DATE) + CAST(_day AS INTEGER) AS charge_date,
            {", ".join(_part(column.name, column.kind) for column in CHARGES.columns)}
        FROM parts
        """
    )


def _part(name: str, kind: Kind) -> str:
    column = quote(name)
    if name in ACCRUED_COSTS:
        return (
            f"CASE WHEN _whole = 0 THEN {column} ELSE {_running(column, '_to')} - {_running(column, '_from')} END"
            f" AS {column}"
        )
    if kind is Kind.MONEY or name.endswith("_quantity"):
        # Later days have none of it: zero where the line states a figure, unknown where it does not.
        return f"CASE WHEN _day = 0 THEN {column} ELSE {column} * 0 END AS {column}"
    return column


def _running(column: str, elapsed: str) -> str:
    # The text of a DECIMAL without its point is the exact unscaled integer; casting through DOUBLE would not be.
    unscaled = f"CAST(replace(CAST({column} AS VARCHAR), '.', '') AS HUGEINT)"
    scaled = f"{unscaled} * {elapsed} // _whole"
    money = duckdb_type(Kind.MONEY)
    return f"CAST(CAST({scaled} AS DECIMAL(38, 0)) * CAST('1e-{MONEY_SCALE}' AS {money}) AS {money})"
