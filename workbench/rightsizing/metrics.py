"""Metrics of many resources at once, as series on regular grids.

Samples are read in batches of resources, as many as fit ``ROWS_AT_ONCE`` rows, and put into arrays without a loop over
rows. A metric with a longer interval than the CPU's stands for all steps it covers; of several samples in one step the
highest counts. Days for which only daily values are at hand are kept apart (:class:`Days`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from models.rightsizing.facts import Floats
from workbench.engines import Engine, Query
from workbench.rightsizing import sql

__all__ = ["ROWS_AT_ONCE", "Days", "Series", "daily_of", "series_of"]

ROWS_AT_ONCE = 3_000_000
_TIMEOUT = 300.0
_GIB = 1024.0**3

_MBIT = {
    "mbit/s": 1.0, "mbps": 1.0, "mb/s": 8.0, "kb/s": 8e-3, "bytes/s": 8e-6, "b/s": 8e-6, "gb/s": 8e3, "gbit/s": 1e3,
}  # fmt: skip
_GIBS = {
    "bytes": 1 / _GIB, "b": 1 / _GIB, "kib": 1 / 1024**2, "mb": 1e6 / _GIB, "mib": 1 / 1024, "gb": 1e9 / _GIB,
    "gib": 1.0,
}  # fmt: skip
_PER_SECOND = {"count/s": 1.0, "ops/s": 1.0, "iops": 1.0, "1/s": 1.0, "operations/s": 1.0}

# Metric as loaded → its series and the unit it is turned into. Of series named with "+" the parts are added up.
_METRICS: Mapping[str, tuple[str, str]] = {
    "cpu": ("cpu", "%"), "memory": ("memory", "%"), "gpu": ("gpu", "%"), "gpu_memory": ("gpu_memory", "%"),
    "engine_cpu": ("engine_cpu", "%"),
    "network": ("network", "Mbit/s"), "network_in": ("network_in", "Mbit/s"), "network_out": ("network_out", "Mbit/s"),
    "read_bytes": ("read_bytes", "Mbit/s"), "write_bytes": ("write_bytes", "Mbit/s"),
    "read_ops": ("read_ops", "/s"), "write_ops": ("write_ops", "/s"),
    "credit_balance": ("credits", ""), "freeable_memory": ("freeable", "GiB"), "swap_usage": ("swap", "GiB"),
    "bytes_used_for_cache": ("data", "GiB"), "evictions": ("evictions", ""), "connections": ("connections", ""),
}  # fmt: skip
_LOWEST = frozenset({"credits", "freeable"})  # what runs out: the lowest value of a step counts


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Series of one resource on one grid; NaN where there is no sample.

    Attributes:
        start: of the first step, UTC.
        step_minutes: length of a step.
        values: by name: cpu, memory, network, ... ; percent, Mbit/s, operations/s, GiB.
        maxima: CPU samples are the highest of their step.
    """

    start: datetime
    step_minutes: float
    values: Mapping[str, Floats]
    maxima: bool

    def get(self, name: str) -> Floats | None:
        """A series, or None when it was not measured."""
        return self.values.get(name)

    @property
    def steps(self) -> int:
        """Length of the grid."""
        return len(next(iter(self.values.values()), np.empty(0)))


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Daily values of one resource: days in order, and by name one value a day; NaN where it is not known."""

    days: tuple[date, ...]
    values: Mapping[str, Floats]


@dataclass(slots=True)
class _Batch:
    """Arrays of resources with the same step: name → resource x step; ``means``: whose CPU is known by means alone."""

    ids: list[str]
    step: int
    first: int
    steps: int
    arrays: dict[str, Floats] = field(default_factory=dict)
    means: npt.NDArray[np.bool_] | None = None

    def array(self, name: str) -> Floats:
        if name not in self.arrays:
            self.arrays[name] = np.full((len(self.ids), self.steps), np.nan)
        return self.arrays[name]


def series_of(
    engine: Engine,
    kind: str,
    first: date,
    last: date,
    wanted: Collection[str] | None = None,
    *,
    told: Callable[[int], None] | None = None,
    asked: Callable[[Query], None] | None = None,
) -> Iterator[tuple[str, Series]]:
    """Series of every resource of a kind that has CPU samples in the window, in the order of ids.

    Args:
        engine: what answers.
        kind: inventory table.
        first, last: days, inclusive.
        wanted: ids; None: all.
        told: hears how many samples were read.
        asked: hears every statement.
    """
    sizes = sql.metric_sizes(kind, first, last)
    if asked is not None:
        asked(sizes)
    table = engine.run(sizes, timeout=_TIMEOUT)
    chosen = None if wanted is None else frozenset(wanted)
    rows = [
        (row["resource_id"], row["samples"], row["step"])
        for row in table.to_pylist()
        if row["step"] and (chosen is None or row["resource_id"] in chosen)
    ]
    for part in _parts(rows, sparse=chosen is not None and len(chosen) < 50):
        query = sql.metric_rows(kind, first, last, part[0][0], part[-1][0])
        if asked is not None:
            asked(query)
        samples = engine.run(query, timeout=_TIMEOUT)
        if told is not None:
            told(samples.num_rows)
        yield from _of_batch(samples, part, first, last)


def _parts(rows: list[tuple[str, int, int]], *, sparse: bool) -> Iterator[list[tuple[str, int, int]]]:
    """Neighbouring ids together, up to the number of rows that are read at once; a few ids each on their own."""
    part: list[tuple[str, int, int]] = []
    held = 0
    for row in rows:
        if part and (sparse or held + row[1] > ROWS_AT_ONCE):
            yield part
            part, held = [], 0
        part.append(row)
        held += row[1]
    if part:
        yield part


def _of_batch(
    samples: pa.Table, part: list[tuple[str, int, int]], first: date, last: date
) -> Iterator[tuple[str, Series]]:
    begin = int(datetime.combine(first, time(), UTC).timestamp())
    end = int(datetime.combine(last + timedelta(days=1), time(), UTC).timestamp())
    found: dict[str, Series] = {}
    for step in sorted({row[2] for row in part}):
        ids = [row[0] for row in part if row[2] == step]
        batch = _Batch(ids, step, begin, (end - begin) // step)
        _fill(batch, samples)
        found.update(_cut(batch))
    yield from ((row[0], found[row[0]]) for row in part if row[0] in found)


def _fill(batch: _Batch, samples: pa.Table) -> None:
    place = pc.index_in(samples.column("resource_id").cast(pa.string()), pa.array(batch.ids, pa.string()))
    labels = [samples.column(name).cast(pa.string()) for name in ("metric", "statistic", "unit")]
    label = pc.dictionary_encode(pc.binary_join_element_wise(*labels, "\n", null_handling="replace"))
    encoded = label.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    kinds = [text.split("\n") for text in encoded.dictionary.to_pylist()]
    codes = np.asarray(encoded.indices)
    rows = np.asarray(pc.fill_null(place, -1)).astype(np.int64)
    seconds = np.asarray(samples.column("second")).astype(np.int64)
    intervals = np.asarray(pc.fill_null(samples.column("interval_seconds"), batch.step)).astype(np.int64)
    values = np.asarray(samples.column("value").cast(pa.float64()))
    # Maxima before means, so that means fill only what maxima leave open.
    order = sorted(range(len(kinds)), key=lambda code: (_rank(kinds[code][1]), kinds[code]))
    peaks: dict[str, npt.NDArray[np.bool_]] = {}  # which resources have the metric by its highest (or lowest) values
    for code in order:
        metric, statistic, unit = kinds[code]
        known = _METRICS.get(metric)
        if known is None:
            continue
        name, wanted = known
        mine = (codes == code) & (rows >= 0)
        if _rank(statistic) > 0:
            if name not in peaks:
                held = batch.arrays.get(name)
                none = np.zeros(len(batch.ids), dtype=np.bool_)
                peaks[name] = none if held is None else np.asarray(~np.isnan(held).all(axis=1), dtype=np.bool_)
            if name == "cpu":
                batch.means = ~peaks[name]
                _means(batch, mine & peaks[name][rows], unit, rows, seconds, intervals, values)
            mine &= ~peaks[name][rows]
        for interval in np.unique(intervals[mine]).tolist():
            factor = _factor(wanted, unit, statistic, interval)
            if factor is None:
                continue
            chosen = mine & (intervals == interval)
            _scatter(batch, name, rows[chosen], seconds[chosen], interval, values[chosen] * factor)


def _means(
    batch: _Batch,
    mine: npt.NDArray[np.bool_],
    unit: str,
    rows: npt.NDArray[np.int64],
    seconds: npt.NDArray[np.int64],
    intervals: npt.NDArray[np.int64],
    values: Floats,
) -> None:
    """CPU means of resources whose maxima are known too, beside them: credits are spent by the mean."""
    if _factor("%", unit, "average", 0) is None:
        return
    for interval in np.unique(intervals[mine]).tolist():
        chosen = mine & (intervals == interval)
        _scatter(batch, "cpu_mean", rows[chosen], seconds[chosen], interval, values[chosen])


def _rank(statistic: str) -> int:
    return 0 if statistic in ("maximum", "minimum") else 1


def _factor(wanted: str, unit: str, statistic: str, interval: int) -> float | None:
    """What a value is multiplied with to have the wanted unit; None: the unit is not known."""
    unit = unit.strip().lower()
    seconds = float(interval) if statistic == "sum" else 1.0
    if wanted == "%":
        return 1.0 if unit in ("%", "percent") else None
    if wanted == "Mbit/s":
        if statistic == "sum" and unit in ("bytes", "b"):
            return 8e-6 / seconds
        return _MBIT.get(unit)
    if wanted == "GiB":
        return _GIBS.get(unit)
    if wanted == "/s":
        if statistic == "sum" and unit in ("count", "operations"):
            return 1.0 / seconds
        return _PER_SECOND.get(unit)
    return 1.0


def _scatter(
    batch: _Batch,
    name: str,
    rows: npt.NDArray[np.int64],
    seconds: npt.NDArray[np.int64],
    interval: int,
    values: Floats,
) -> None:
    array = batch.array(name)
    at = (seconds - batch.first) // batch.step
    repeats = max(1, interval // batch.step)
    if repeats > 1:
        at = (at[:, None] + np.arange(repeats)).ravel()
        rows, values = np.repeat(rows, repeats), np.repeat(values, repeats)
    inside = (at >= 0) & (at < batch.steps)
    rows, at, values = rows[inside], at[inside], values[inside]
    flat = rows * batch.steps + at
    # Of several values for one step the last one written stays: in order, so that it is the highest (or the lowest).
    order = np.lexsort((-values if name in _LOWEST else values, flat))
    flat, values = flat[order], values[order]
    target = array.reshape(-1)
    present = target[flat]
    worse = np.fmin if name in _LOWEST else np.fmax
    target[flat] = worse(values, present)


def _cut(batch: _Batch) -> Iterator[tuple[str, Series]]:
    cpu = batch.arrays.get("cpu")
    if cpu is None:
        return
    _merge(batch)
    for place, resource_id in enumerate(batch.ids):
        seen = np.flatnonzero(~np.isnan(cpu[place]))
        if not len(seen):
            continue
        begin = int(seen[0])
        values = {
            name: array[place, begin:]
            for name, array in batch.arrays.items()
            if not bool(np.isnan(array[place, begin:]).all())
        }
        start = datetime.fromtimestamp(batch.first + begin * batch.step, UTC)
        maxima = batch.means is None or not bool(batch.means[place])
        yield resource_id, Series(start, batch.step / 60.0, values, maxima)


def _merge(batch: _Batch) -> None:
    """Parts of a series into the whole: the larger direction of the network, all reads and writes."""
    arrays = batch.arrays
    for whole, names, how in (
        ("network", ("network_in", "network_out"), np.fmax),
        ("ebs_mbit_s", ("read_bytes", "write_bytes"), np.add),
        ("ebs_iops", ("read_ops", "write_ops"), np.add),
    ):
        parts = [arrays.pop(name) for name in names if name in arrays]
        if len(parts) == len(names):
            arrays[whole] = how(*parts)


def daily_of(
    engine: Engine, kind: str, first: date, last: date, *, asked: Callable[[Query], None] | None = None
) -> dict[str, Days]:
    """Daily values of a kind: ``cpu_avg``, ``cpu_max``, ``cpu_p95``, ``mem_max`` in percent (of container services
    cores and MB), ``network`` in MB/s and ``disk`` in operations a day.
    """
    query = sql.daily_metrics(kind, first, last)
    if asked is not None:
        asked(query)
    table = engine.run(query, timeout=_TIMEOUT)
    ids = table.column("resource_id").to_pylist()
    days = table.column("date").to_pylist()
    values = {
        name: table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in table.column_names
        if name not in ("resource_id", "date")
    }
    found: dict[str, Days] = {}
    begin = 0
    for end in range(1, len(ids) + 1):
        if end == len(ids) or ids[end] != ids[begin]:
            found[ids[begin]] = Days(
                tuple(days[begin:end]), {name: column[begin:end].astype(np.float64) for name, column in values.items()}
            )
            begin = end
    return found
