"""The questions of the app as tables to export: plain column names, all rows, the currency beside the amounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import pyarrow as pa

from workbench.costs import explore, url
from workbench.costs.drivers import DRIVER_DIMENSIONS, Drivers, drivers
from workbench.costs.labels import OTHER
from workbench.costs.resolve import ResolvedView
from workbench.costs.results import Breakdown
from workbench.engines import Engine, Query
from workbench.export.provenance import Provenance
from workbench.queries import StoredAnswer
from workbench.snapshot import Manifest

__all__ = [
    "Answer",
    "What",
    "answer",
    "breakdown_table",
    "drivers_answer",
    "provenance_of",
    "stored_answer",
    "stored_provenance",
]

MAX_ROWS = 1_000_000
"""Rows of one export; more belong to the Parquet files the bill came from."""


MAX_GROUPS = 1_000
"""Groups a series is exported with; the rest is Other."""


class What(StrEnum):
    """A question whose answer can be exported."""

    BREAKDOWN = "breakdown"
    SERIES = "series"
    DRIVERS = "drivers"
    LINES = "lines"
    RESOURCES = "resources"


@dataclass(frozen=True, slots=True)
class Answer:
    """A table ready to be written.

    Attributes:
        title: what it shows, in words.
        table: plain columns; amounts are ``decimal128(38, 12)`` in the column ``currency``.
        queries: the statements behind it.
        notes: what was left out.
    """

    title: str
    table: pa.Table
    queries: tuple[Query, ...]
    notes: tuple[str, ...] = ()


def answer(engine: Engine, view: ResolvedView, what: What) -> Answer:
    """Ask one question for export.

    Args:
        engine: where the snapshot is.
        view: the resolved view; its filters, period, basis and currency count, for breakdown and series its ``by`` too.
        what: the question.
    """
    return _QUESTIONS[what](engine, view)


def stored_answer(found: StoredAnswer) -> Answer:
    """The answer of a stored query, ready to be written."""
    return Answer(found.stored.header.title, found.table, found.queries)


def stored_provenance(found: StoredAnswer, manifest: Manifest) -> Provenance:
    """Where the numbers of a stored query come from; period and currency are those of its parameters."""
    first, last = found.values.get("first"), found.values.get("last")
    return Provenance(
        title=found.stored.header.title,
        period=f"{first} to {last}" if first and last else "All data",
        basis="as named by the columns",
        currency=str(found.values.get("currency") or ", ".join(manifest.currencies)),
        view=f"query={found.stored.name}",
        filters=tuple(f"{name} = {value}" for name, value in found.values.items()),
        queries=found.queries,
        snapshot_id=manifest.id,
        snapshot_sha256=manifest.sha256,
        as_of=manifest.last_day,
        created_at=Provenance.now(),
    )


def provenance_of(manifest: Manifest, view: ResolvedView, answer: Answer) -> Provenance:
    """Where the numbers of ``answer`` come from."""
    return Provenance(
        title=answer.title,
        period=view.label,
        basis=view.basis.value,
        currency=view.currency,
        view=url.query_string(view.spec),
        filters=tuple(url.filter_text(item) for item in view.spec.filters),
        queries=answer.queries,
        snapshot_id=manifest.id,
        snapshot_sha256=manifest.sha256,
        as_of=view.anchor,
        created_at=Provenance.now(),
        notes=(*answer.notes, *_about_the_budget(view)),
    )


def _about_the_budget(view: ResolvedView) -> tuple[str, ...]:
    """What a view compared with its budget was compared with, or why it was not."""
    if view.planned is not None:
        return (f"{view.planned.sentence}. Groups have no budget of their own",)
    return (f"Not compared with a budget: {view.unplanned}",) if view.unplanned else ()


def breakdown_table(result: Breakdown, currency: str) -> pa.Table:
    """The groups, then Other where the table was cut: the column ``cost`` adds up to the total of the view.

    Per dimension ``<key>`` (the id, null: without a value) and ``<key> name``.
    """
    names: dict[str, str] = {}
    for n, key in enumerate(result.by, 1):
        names |= {f"key_{n}": key, f"label_{n}": f"{key} name"}
    table = result.table.drop_columns(["spark"])
    table = table.rename_columns([names.get(name, name) for name in table.column_names])
    if result.other is not None:
        other = result.other
        row = dict.fromkeys(table.column_names) | {
            f"{result.by[0]} name": f"{OTHER} ({other.groups:,} groups)",
            "cost": other.change.current,
            "previous": other.change.previous,
            "delta": other.change.delta,
            "delta_percent": None if other.change.percent is None else float(other.change.percent),
            "share": other.share,
            "lines": other.lines,
        }
        table = pa.concat_tables([table, pa.Table.from_pylist([row], schema=table.schema)])
    return _with_currency(table, currency)


def _breakdown(engine: Engine, view: ResolvedView) -> Answer:
    result = explore.breakdown(engine, view, limit=MAX_ROWS, spark=False)
    title = f"Cost by {' and '.join(view.spec.by)}"
    return Answer(title, breakdown_table(result, view.currency), result.queries)


def _resources(engine: Engine, view: ResolvedView) -> Answer:
    found = _breakdown(engine, replace(view, spec=replace(view.spec, by=("resource",))))
    return replace(found, title="Cost by resource")


def _series(engine: Engine, view: ResolvedView) -> Answer:
    result = explore.series(engine, view, groups=MAX_GROUPS)
    key = view.spec.by[0]
    table = result.table.rename_columns(
        [{"key": key, "label": f"{key} name"}.get(name, name) for name in result.table.column_names]
    )
    title = f"Cost by {key} and {view.grain.value}"
    return Answer(title, _with_currency(table, view.currency), result.queries)


def _lines(engine: Engine, view: ResolvedView) -> Answer:
    page = explore.charge_lines(engine, view, limit=MAX_ROWS)
    cut = page.total - page.table.num_rows
    notes = (f"{page.table.num_rows:,} of {page.total:,} charge lines, largest cost first",) if cut else ()
    return Answer("Charge lines", page.table, (page.query,), notes)


def drivers_answer(result: Drivers, currency: str) -> Answer:
    """The movers with their parts, then Other: each column adds up to its total."""
    table = result.movers.rename_columns([result.by, f"{result.by} name", *result.movers.column_names[2:]])
    if result.rest is not None:
        row = {name: result.rest.get(name) for name in table.column_names}
        row[f"{result.by} name"] = f"{OTHER} ({result.rest['groups']:,} groups)"
        table = pa.concat_tables([table, pa.Table.from_pylist([row], schema=table.schema)])
    title = f"Drivers of the change by {result.by}"
    return Answer(title, _with_currency(table, currency), result.queries, (result.sentence, *result.notices))


def _drivers(engine: Engine, view: ResolvedView) -> Answer:
    by = view.spec.by[0] if view.spec.by[0] in DRIVER_DIMENSIONS else DRIVER_DIMENSIONS[0]
    return drivers_answer(drivers(engine, view, by=by, limit=MAX_ROWS), view.currency)


def _with_currency(table: pa.Table, currency: str) -> pa.Table:
    return table.append_column("currency", pa.array([currency] * table.num_rows, pa.string()))


_QUESTIONS: dict[What, Callable[[Engine, ResolvedView], Answer]] = {
    What.BREAKDOWN: _breakdown,
    What.SERIES: _series,
    What.DRIVERS: _drivers,
    What.LINES: _lines,
    What.RESOURCES: _resources,
}
