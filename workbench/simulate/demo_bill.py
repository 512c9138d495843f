"""Writes the demo bill: thirteen months of FOCUS 1.2 of a small online shop, one Parquet file a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.clock import today
from workbench.simulate import other_charges
from workbench.simulate.estate import Calendar, estate
from workbench.simulate.focus_file import from_lines, from_rows, identity
from workbench.simulate.lines import cover, price
from workbench.simulate.usage import daily_usage

__all__ = ["MONTHS", "DemoBill", "write_demo_bill"]

MONTHS = 13
_CORRECTED_MONTH, _CORRECTING_MONTH = 4, 5
_COSTS = ("ListCost", "ContractedCost", "BilledCost", "EffectiveCost")


@dataclass(frozen=True, slots=True)
class DemoBill:
    """What was written: a file a month in order, the days it covers (both inclusive), charge lines, billed total."""

    files: tuple[Path, ...]
    first_day: date
    last_day: date
    lines: int
    billed_cost: Decimal


def write_demo_bill(folder: Path, last_day: date | None = None) -> DemoBill:
    """Write the demo bill into ``folder``; the same last day always gives the same bill.

    Args:
        folder: made when missing; files of the same name are replaced.
        last_day: the last day with charges; default: yesterday. Its month is open, the twelve before are invoiced.
    """
    end = last_day or today() - timedelta(days=1)
    starts = _month_starts(end)
    first_day = starts[0]
    calendar = Calendar(tuple((month - first_day).days for month in starts), (end - first_day).days + 1)
    streams = estate(calendar)
    lines, remainders = cover(price(daily_usage(streams, calendar, first_day), streams), streams, calendar)
    single = [
        *other_charges.purchases(calendar, first_day),
        *(row for remainder in remainders for row in other_charges.unused(remainder, first_day)),
        *other_charges.credits(calendar, first_day),
    ]
    corrections = list(other_charges.corrections(calendar, first_day))
    folder.mkdir(parents=True, exist_ok=True)
    files, count, billed = [], 0, Decimal(0)
    for number, month in enumerate(starts):
        following = starts[number + 1] if number + 1 < MONTHS else end + timedelta(days=1)
        closed = number + 1 < MONTHS
        rows = [row for row in single if month <= row["ChargePeriodStart"].date() < following]
        if number == _CORRECTING_MONTH:
            rows += corrections
        shared = identity(f"INV-{month:%Y-%m}-4471" if closed else None, month)
        in_month = (lines.day >= (month - first_day).days) & (lines.day < (following - first_day).days)
        metered = from_lines(lines.take(np.flatnonzero(in_month)), streams, first_day, shared)
        if closed:
            rows += _closing(metered, following - timedelta(days=1))
        table = pa.concat_tables([metered, from_rows([shared | row for row in rows])])
        path = folder / f"example-shop-focus-{month:%Y-%m}.parquet"
        pq.write_table(table, path, compression="zstd")
        files.append(path)
        count += table.num_rows
        billed += pc.sum(table.column("BilledCost")).as_py()
    return DemoBill(tuple(files), first_day, end, count, billed)


def _month_starts(end: date) -> list[date]:
    """The first days of the open month and the twelve before it."""
    months = [end.year * 12 + end.month - 1 - back for back in reversed(range(MONTHS))]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _closing(metered: pa.Table, last_of_month: date) -> list[dict[str, Any]]:
    """Support fee and tax, which appear when a month is closed."""
    fee = other_charges.support(last_of_month)
    rows = [fee]
    for service in other_charges.TAXED_SERVICES:
        taxed = metered.filter(pc.equal(metered.column("ServiceName"), service))
        costs = {name: pc.sum(taxed.column(name)).as_py() or Decimal(0) for name in _COSTS}
        if fee["ServiceName"] == service:
            costs = {name: fee[name] for name in _COSTS}
        if any(costs.values()):
            rows.append(other_charges.tax(last_of_month, service, costs))
    return rows
