"""Stored SQL on a page: choose, set parameters, read the answer; and a SELECT of one's own where that is allowed.

The address holds the choice: ``query=costs/by_day`` and a parameter a value, ``p.first=2026-10-01``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.errors import BadFilter
from workbench.export import Answer, stored_answer, stored_provenance
from workbench.queries import (
    MAX_ROWS,
    FreeAnswer,
    Parameter,
    StoredAnswer,
    StoredQuery,
    default_values,
    load_queries,
    plan_of,
    run_free,
    run_stored,
)
from workbench.ui.blocks import ExportChoice, block
from workbench.ui.charts import CONFIG, Palette
from workbench.ui.context import PageContext, raw_params, write_params
from workbench.ui.errors import calm
from workbench.ui.export_menu import answer_exports, data_exports
from workbench.ui.health.grids import current_palette
from workbench.ui.table import Kind, TableColumn, show_table
from workbench.ui.text import plain

__all__ = ["draw_free", "draw_stored"]

_KINDS: dict[str, Kind] = {
    "money": "money",
    "number": "quantity",
    "integer": "number",
    "date": "date",
    "time": "time",
}
_BARS = 30
_FEW_BARS = 6
_CURRENCY = re.compile(r"^[A-Z]{3}\b")


@dataclass(frozen=True, slots=True)
class _Choice:
    stored: StoredQuery
    given: dict[str, str]


def draw_stored(ctx: PageContext) -> None:
    """The picker, what the chosen query is for, its parameters and its answer."""
    queries = load_queries()
    choice = _choice(queries)
    names = [one.name for one in queries]
    st.selectbox(
        "Stored query",
        names,
        index=names.index(choice.stored.name),
        format_func=lambda name: f"{name.rpartition('/')[0]} · {_titles(queries)[name]}",
        key="stored-query",
        on_change=_choose,
        width=520,
    )
    header = choice.stored.header
    st.text(header.purpose)
    st.caption(f"One row is: {plain(header.grain)}")
    if header.parameters:
        with calm("Parameters"):
            _parameters(ctx, choice)
    block(
        ctx,
        header.title,
        key="stored-answer",
        load=lambda: run_stored(ctx.engine, choice.stored, choice.given),
        draw=lambda found: _draw_answer(ctx, found),
        empty=lambda _: False,
        exports=lambda found: _exports(ctx, found),
    )
    with st.expander("Columns and plan"):
        _about(ctx, choice)


def _titles(queries: Sequence[StoredQuery]) -> dict[str, str]:
    return {one.name: one.header.title for one in queries}


def _choice(queries: Sequence[StoredQuery]) -> _Choice:
    """What the address says; the first query for an address that names none we have."""
    params = raw_params()
    asked = (params.get("query") or [""])[-1]
    stored = next((one for one in queries if one.name == asked), None)
    if stored is None:
        if asked:
            st.info(plain(f"There is no stored query {asked}; the first one is shown", limit=200))
        return _Choice(queries[0], {})
    known = {parameter.name for parameter in stored.header.parameters}
    given = {key.removeprefix("p."): values[-1] for key, values in params.items() if key.startswith("p.") and values}
    return _Choice(stored, {name: value for name, value in given.items() if name in known})


def _choose() -> None:
    write_params({"query": [st.session_state["stored-query"]]})


def _parameters(ctx: PageContext, choice: _Choice) -> None:
    """A widget a parameter; a change goes into the address at once."""
    defaults = default_values(ctx.engine, choice.stored.header)
    with st.container(horizontal=True, gap="small"):
        for parameter in choice.stored.header.parameters:
            _widget(choice, parameter, choice.given.get(parameter.name), defaults.get(parameter.name))


def _widget(choice: _Choice, parameter: Parameter, given: str | None, default: Any) -> None:
    key = f"param-{choice.stored.name}-{parameter.name}"
    common: dict[str, Any] = {
        "label": parameter.name,
        "help": plain(parameter.text),
        "key": key,
        "on_change": _set,
        "args": (choice, parameter.name, key),
        "width": 190,
    }
    if parameter.kind == "date":
        st.date_input(value=_as_date(given, default), **common)
    else:
        st.text_input(value=given if given is not None else "" if default is None else str(default), **common)


def _as_date(given: str | None, default: Any) -> date | None:
    try:
        return date.fromisoformat(given) if given else default
    except ValueError:
        found: date | None = default
        return found


def _set(choice: _Choice, name: str, key: str) -> None:
    value = st.session_state[key]
    given = {**choice.given, name: value.isoformat() if isinstance(value, date) else str(value)}
    kept = {f"p.{one}": [text] for one, text in given.items() if text != ""}
    write_params({"query": [choice.stored.name], **kept})


def _draw_answer(ctx: PageContext, found: StoredAnswer) -> None:
    if not found.table.num_rows:
        st.caption("No rows: nothing in the data is as the query asks.")
        return
    if found.stored.header.chart is not None:
        st.plotly_chart(_chart(found, current_palette()), theme=None, config=CONFIG, alt=found.stored.header.title)
    _grid(ctx, found.table, _columns(found), _currency(found), key="stored-table")


def _grid(ctx: PageContext, table: pa.Table, columns: Sequence[TableColumn], currency: str, *, key: str) -> None:
    limit = ctx.settings.table_rows
    show_table(
        table.slice(0, limit), columns, key=key, currency=currency, palette=current_palette(), alt="Answer of the query"
    )
    if table.num_rows > limit:
        st.caption(f"{formats.count(limit)} of {formats.count(table.num_rows)} rows; the export has all of them")
    else:
        st.caption(formats.plural(table.num_rows, "row"))


def _columns(found: StoredAnswer) -> list[TableColumn]:
    """As the header says; amounts whose currency differs from row to row are plain numbers."""
    if not found.stored.header.columns:
        return _guessed(found.table)
    columns = []
    for column in found.stored.header.columns:
        kind = _KINDS.get(column.kind, "text")
        if kind == "money" and not (column.unit == "$currency" or _CURRENCY.match(column.unit)):
            kind = "quantity"
        columns.append(TableColumn(column.name, _label(column.name, column.unit), kind, help=column.text))
    return columns


def _label(name: str, unit: str) -> str:
    words = name.replace("_", " ").capitalize()
    return f"{words} ({unit})" if unit and unit != "$currency" and not _CURRENCY.fullmatch(unit) else words


def _guessed(table: pa.Table) -> list[TableColumn]:
    columns = []
    for field in table.schema:
        kind: Kind = "text"
        if pa.types.is_decimal(field.type) or pa.types.is_floating(field.type):
            kind = "quantity"
        elif pa.types.is_integer(field.type):
            kind = "number"
        elif pa.types.is_date(field.type):
            kind = "date"
        elif pa.types.is_timestamp(field.type):
            kind = "time"
        columns.append(TableColumn(field.name, field.name, kind))
    return columns


def _currency(found: StoredAnswer) -> str:
    given = found.values.get("currency")
    if given:
        return str(given)
    units = [match[0] for column in found.stored.header.columns if (match := _CURRENCY.match(column.unit))]
    return units[0] if units else "USD"


def _chart(found: StoredAnswer, palette: Palette) -> go.Figure:
    """The declared chart over the first rows; text labels stay as they are."""
    assert found.stored.header.chart is not None  # noqa: S101 - asked by the caller
    kind, across, up = found.stored.header.chart
    rows = found.table.slice(0, _BARS if kind == "bar" else found.table.num_rows).to_pylist()
    x = [formats.MISSING if row[across] is None else row[across] for row in rows]
    y = [None if row[up] is None else float(row[up]) for row in rows]
    colour = palette.series[0]
    figure = go.Figure(
        go.Scatter(x=x, y=y, line={"color": colour}) if kind == "line" else go.Bar(x=x, y=y, marker_color=colour)
    )
    figure.update_layout(
        height=280,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": palette.ink},
        xaxis={"type": "category" if kind == "bar" else None, "automargin": True},
        yaxis={"automargin": True, "gridcolor": palette.grid, "tickformat": "~s"},
        bargap=0.3 if len(rows) > _FEW_BARS else 0.7,
        showlegend=False,
    )
    return figure


def _exports(ctx: PageContext, found: StoredAnswer) -> tuple[ExportChoice, ...]:
    name = found.stored.name.replace("/", "-")
    return answer_exports(name, lambda: stored_answer(found), lambda _: stored_provenance(found, ctx.snapshot.manifest))


def _about(ctx: PageContext, choice: _Choice) -> None:
    header = choice.stored.header
    for column in header.columns:
        unit = f", {column.unit}" if column.unit else ""
        st.text(f"{column.name} ({column.kind}{unit}): {column.text}")
    if st.button("Show the plan", key="stored-plan"):
        with calm("Plan"):
            found = run_stored(ctx.engine, choice.stored, choice.given)
            st.code(plan_of(ctx.engine, found.queries[0]), language=None)


def draw_free(ctx: PageContext) -> None:
    """A SELECT of one's own; only drawn where the setting allows it."""
    sql = st.text_area(
        "One SELECT on the tables of the data dictionary",
        "SELECT service_name, SUM(effective_cost) AS effective_cost\nFROM daily_costs\n"
        "GROUP BY service_name\nORDER BY effective_cost DESC\nLIMIT 20",
        key="free-sql",
        height=180,
    )
    st.caption(
        f"Read-only, ends after {ctx.settings.query_timeout_seconds:g} s, at most {formats.count(MAX_ROWS)} rows."
        " Amounts of different currencies must not be added."
    )
    if not st.button("Run", type="primary", key="free-run"):
        return
    block(
        ctx,
        "Answer",
        key="free-answer",
        load=lambda: _run(ctx, sql),
        draw=lambda found: _draw_free(ctx, found),
        empty=lambda _: False,
        exports=lambda found: data_exports(
            ctx, "own-sql", lambda: Answer("SQL of one's own", found.table, found.queries), basis="as written"
        ),
    )


def _run(ctx: PageContext, sql: str) -> FreeAnswer:
    if not sql.strip():
        raise BadFilter("There is nothing to run", hint="Write a SELECT above")
    return run_free(ctx.engine, sql, ctx.settings)


def _draw_free(ctx: PageContext, found: FreeAnswer) -> None:
    if found.cut:
        st.caption(f"Only the first {formats.count(MAX_ROWS)} rows are here.")
    if found.table.num_rows:
        _grid(ctx, found.table, _guessed(found.table), "USD", key="free-table")
    else:
        st.caption("No rows.")
