"""Capacity mode and class of key-value tables (DynamoDB), from hourly use and the prices of both; no fixed ratios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.rightsizing.advice import Advice
from models.rightsizing.facts import HOURS_A_MONTH, Floats

__all__ = ["Table", "TablePrices", "autoscaled", "decide_mode", "infrequent_access_saving"]

_TARGET = 0.7
_LEAST_HOURS = 30 * 24
_LEAST_KNOWN = 0.9
_MOST_ABOVE = 0.1
_CENT = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table and its indexes together.

    Attributes:
        name: for the reader.
        mode: ``on_demand`` or ``provisioned``.
        reads, writes: request units consumed in each hour; NaN where it is not known.
        provisioned_reads, provisioned_writes: units (a second) provisioned in each hour; needed in that mode.
        least_reads, least_writes: least capacity autoscaling would be given.
    """

    name: str
    mode: str
    reads: Floats
    writes: Floats
    provisioned_reads: Floats | None = None
    provisioned_writes: Floats | None = None
    least_reads: float = 1.0
    least_writes: float = 1.0


@dataclass(frozen=True, slots=True)
class TablePrices:
    """Of one region, in one currency: of a million request units, and of one unit provisioned for an hour."""

    read_million: float
    write_million: float
    read_unit_hour: float
    write_unit_hour: float


def autoscaled(units: Floats, least: float) -> tuple[Floats, Floats]:
    """Capacity autoscaling would give in each hour, and whether (0 or 1) the hour's mean use would exceed it.

    Capacity is what 70 % use of the hour before asks for: it follows one hour late. Peaks within an hour are not seen.
    """
    rate = units / 3600.0
    before = np.concatenate((rate[:1], rate[:-1]))
    capacity = np.maximum(least, np.ceil(before / _TARGET - 1e-9))
    return capacity, (rate > capacity + 1e-9).astype(np.float64)


def decide_mode(table: Table, prices: TablePrices | None) -> Advice[str]:
    """Whether the other capacity mode would have cost less; NaN hours are left out of both bills."""
    if table.mode not in ("on_demand", "provisioned"):
        raise ValueError(f"Mode {table.mode!r} is neither on_demand nor provisioned")
    known = ~(np.isnan(table.reads) | np.isnan(table.writes))
    hours = int(known.sum())
    if hours < _LEAST_HOURS or hours < _LEAST_KNOWN * len(known):
        return Advice("cannot_tell", f"use is known in {hours} hours, needs {_LEAST_HOURS} and nine of ten")
    if prices is None:
        return Advice("price_missing", "needs the prices of both modes")
    reads, writes = table.reads[known], table.writes[known]
    by_request = float(reads.sum()) / 1e6 * prices.read_million + float(writes.sum()) / 1e6 * prices.write_million
    if table.mode == "provisioned":
        if table.provisioned_reads is None or table.provisioned_writes is None:
            return Advice("cannot_tell", "the capacity provisioned is not known")
        held = _provisioned(table.provisioned_reads[known], table.provisioned_writes[known], prices)
        return _answer(held - by_request, hours, "on_demand", ())
    read_capacity, reads_above = autoscaled(reads, table.least_reads)
    write_capacity, writes_above = autoscaled(writes, table.least_writes)
    above = float(np.maximum(reads_above, writes_above).mean())
    if above > _MOST_ABOVE:
        return Advice("keep", f"use would exceed autoscaled capacity in {above:.0%} of the hours, at most 10 %")
    held = _provisioned(read_capacity, write_capacity, prices)
    notes = ("peaks within an hour are not seen: throttling must be watched",)
    return _answer(by_request - held, hours, "provisioned", notes)


def _provisioned(reads: Floats, writes: Floats, prices: TablePrices) -> float:
    return float(reads.sum()) * prices.read_unit_hour + float(writes.sum()) * prices.write_unit_hour


def _answer(difference: float, hours: int, mode: str, notes: tuple[str, ...]) -> Advice[str]:
    saving = difference * HOURS_A_MONTH / hours
    if saving <= _CENT:
        return Advice("keep", "the other mode would not have cost less", notes=notes)
    return Advice("change", "the other mode would have cost less", mode, saving, (*notes, "one change of mode a day"))


def infrequent_access_saving(
    *, storage_month: float, throughput_month: float, storage_ratio: float, throughput_ratio: float
) -> float:
    """What the class for infrequent access takes off a month; negative when it costs more.

    Args:
        storage_month, throughput_month: present cost in the standard class.
        storage_ratio, throughput_ratio: price of the other class over the standard one, from the price list.
    """
    return storage_month * (1.0 - storage_ratio) - throughput_month * (throughput_ratio - 1.0)
