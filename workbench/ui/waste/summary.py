"""The head of the findings: tiles, checks that could not run, and where the money is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.checks.ground import MONTH, Basis
from workbench.checks.scan import CheckResult, ScanResult
from workbench.costs.results import Tree
from workbench.engines import Query
from workbench.ui.blocks import block, show_query
from workbench.ui.charts import CONFIG, ROOT, Palette, left_out, treemap
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.health.grids import current_palette, show_rows
from workbench.ui.kpi import Tile, draw_tiles
from workbench.ui.picking import put
from workbench.ui.table import TableColumn, show_table
from workbench.ui.text import plain
from workbench.ui.waste.files import queries_of, scan_exports
from workbench.ui.waste.kept import Asked, Scanned
from workbench.ui.waste.sums import Overview, overview, tree_of

__all__ = ["draw_outcomes", "draw_tiles_of", "draw_treemap"]

_KINDS = {"saving": "saving", "review": "review", "hygiene": "hygiene"}


def _month_cost(ctx: PageContext, scanned: Scanned, basis: Basis, currency: str) -> tuple[Decimal | None, Query]:
    """Cost of the last 30 complete days as a month of 730 hours, of the accounts scanned; None without a bill."""
    accounts = scanned.result.accounts
    names = [f"a{number}" for number in range(len(accounts))]
    where = f" AND sub_account_id IN ({', '.join(f'${name}' for name in names)})" if accounts else ""
    query = Query(
        "Cost of 30 days",
        f"SELECT SUM({basis}_cost) AS cost FROM daily_costs WHERE billing_currency = $currency"
        f" AND charge_date BETWEEN CAST($as_of AS DATE) - 29 AND CAST($as_of AS DATE){where}",
        (("as_of", scanned.result.as_of), ("currency", currency), *zip(names, accounts, strict=True)),
    )
    [cost] = ctx.engine.run(query).column("cost").to_pylist()
    return (None if cost is None else Decimal(str(cost)) * MONTH), query


def draw_tiles_of(ctx: PageContext, scanned: Scanned, currency: str) -> None:
    """The figures of the scan, and what is known of money but not in them."""
    basis: Basis = ctx.view.basis.value
    sums = overview(scanned.result, currency, basis)
    with calm("The figures"):
        month, query = _month_cost(ctx, scanned, basis, currency)
        draw_tiles(_tiles(sums, scanned.result, month, currency), current_palette())
        for sentence in _beside(sums):
            st.caption(plain(sentence, limit=300))
        with st.popover("Query of the month's cost", type="tertiary", key="wb-waste-month"):
            show_query(query)


def _tiles(sums: Overview, result: ScanResult, month: Decimal | None, currency: str) -> tuple[Tile, ...]:
    kinds = [formats.plural(sums.kinds[kind], noun, noun if kind == "hygiene" else None)
             for kind, noun in _KINDS.items() if sums.kinds.get(kind)]  # fmt: skip
    share = sums.counted / month * 100 if month is not None and month > 0 else None
    largest = next(iter(sums.accounts.items()), None)
    names = {one.account: one.account_name for one in result.found}
    outcomes = sums.outcomes
    return (
        Tile(
            "saving",
            "Saving a month",
            formats.money(sums.counted, currency, compact=True),
            f"{formats.money(sums.gross, currency, compact=True)} before counting each dollar once",
            help="Expected savings of 730 hours. Findings about the same money are counted in the order remove, "
            f"schedule, size, type, family, commitment. In full: {formats.money(sums.counted, currency)} of "
            f"{formats.money(sums.gross, currency)}.",
        ),
        Tile(
            "findings",
            "Findings",
            formats.count(len(result.found)),
            " · ".join([*kinds, *([f"{formats.count(len(result.excluded))} excluded"] if result.excluded else [])])
            or "Nothing was found",
            help="A review names an amount that nobody should add up; hygiene has none. Excluded: policy or freeze.",
        ),
        Tile(
            "accounts",
            "Accounts affected",
            formats.count(len(sums.accounts)),
            f"Most in {names[largest[0]] or 'no account'}: {formats.money(largest[1], currency, compact=True)}"
            if largest and largest[1] > 0
            else "",
        ),
        Tile(
            "share",
            "Share of cost",
            formats.MISSING if share is None else formats.percent(share),
            "There is no bill in this currency for the last 30 days"
            if month is None
            else f"of {formats.money(month, currency, compact=True)} a month",
            help="Saving a month, counted once, of the cost of the last 30 complete days as a month of 730 hours.",
        ),
        Tile(
            "checks",
            "Checks with findings",
            formats.count(outcomes.get("findings", 0)),
            " · ".join(f"{formats.count(outcomes.get(name, 0))} {name}" for name in ("clean", "cannot run", "failed")),
            help=f"Of {formats.plural(len(result.results), 'check')}. What cannot run needs data that is not loaded: "
            "it does not mean that there is no waste.",
        ),
    )


def _beside(sums: Overview) -> list[str]:
    said = []
    if sums.only_list:
        amounts = ", ".join(formats.money(amount, code) for code, amount in sums.list_amounts.items())
        said.append(
            f"Not in the total: {formats.plural(sums.only_list, 'finding')} known at list price only, "
            f"{amounts} a month at list price."
        )
    if sums.elsewhere:
        amounts = ", ".join(formats.money(amount, code) for code, amount in sorted(sums.elsewhere.items()))
        said.append(f"In other currencies, counted once: {amounts} a month. Currencies are never added.")
    if sums.unpriced:
        said.append(
            f"{formats.plural(sums.unpriced, 'finding')} of savings without any price: the amount is not known."
        )
    return said


def draw_outcomes(ctx: PageContext, scanned: Scanned) -> None:
    """Checks that failed, and those that could not run with what is missing."""
    result = scanned.result
    failed = [one for one in result.results if one.outcome == "failed"]
    unable = [one for one in result.results if one.outcome == "cannot run"]
    if failed:
        with st.expander(f"{formats.plural(len(failed), 'check')} failed", icon=":material/error:", expanded=True):
            show_rows(ctx, [_why_row(one) for one in failed], alt="Checks that failed", key="wb-waste-failed")
    if unable:
        title = f"{formats.plural(len(unable), 'check')} cannot run: data is missing"
        with st.expander(title, icon=":material/block:", on_change="rerun", key="wb-waste-unable") as part:
            if part.open:
                show_rows(ctx, [_why_row(one) for one in unable], alt="Checks that cannot run", key="wb-waste-missing")


def _why_row(one: CheckResult) -> dict[str, Any]:
    check = one.judged.check
    return {"Check": check.title, "Area": check.facts.area, "Why": one.judged.why, "What to do": one.judged.hint}


def draw_treemap(ctx: PageContext, what: Asked, scanned: Scanned, currency: str) -> None:
    """Counted savings by service and check, as areas and as a table."""
    basis: Basis = ctx.view.basis.value
    result = scanned.result
    tree = tree_of(result.found, currency, basis)

    def draw(found: Tree) -> None:
        if not _drawn(found):
            st.caption("No saving is counted, so there is nothing to draw.")
        else:
            _plot(ctx, found, currency)
        hidden, amount = left_out(found)
        if hidden:
            money = plain(formats.money(amount, currency))
            st.caption(f"Without an area: {formats.plural(hidden, 'group')} below zero, {money} together")
        with st.expander("As a table", on_change="rerun", key="wb-waste-tree-table") as part:
            if part.open:
                show_table(
                    _pairs(found),
                    _PAIRS,
                    key="wb-waste-pairs",
                    currency=currency,
                    palette=current_palette(),
                    alt="Counted saving by service and check",
                    totals=1,
                )

    block(
        ctx,
        "Where the saving is",
        key="waste-tree",
        note="Savings counted once, by service and check. A click on an area filters the table below.",
        load=lambda: tree,
        draw=draw,
        empty=lambda _: False,
        exports=lambda found: scan_exports(
            ctx,
            result,
            basis,
            "saving-by-service-and-check",
            "Counted saving by service and check",
            lambda: _pairs(found),
            queries=lambda: queries_of(result),
            given=what.choice.given,
            draw=(lambda palette: _picture(found, palette, currency)) if _drawn(found) else None,
        ),
        height=440,
    )


def _drawn(found: Tree) -> bool:
    return any(row["cost"] > 0 for row in found.table.to_pylist())


def _picture(found: Tree, palette: Palette, currency: str) -> go.Figure:
    return treemap(found, palette, currency=currency, root="All savings counted")


def _plot(ctx: PageContext, found: Tree, currency: str) -> None:
    key = f"wb-waste-tree-{hash((ctx.engine.snapshot_id, currency, str(found.total))) & 0xFFFFFFFF:x}"

    def clicked() -> None:
        points = st.session_state[key]["selection"]["points"]
        rows = {row["id"]: row for row in found.table.to_pylist()}
        row = rows.get(points[0].get("id", ROOT)) if points else None
        if row is None:
            return
        parent = rows.get(row["parent"])
        put(
            only__service=[parent["key"] if parent else row["key"]],
            only__check=[row["key"]] if parent else [],
        )

    st.plotly_chart(
        _picture(found, current_palette(), currency),
        theme=None,
        config=CONFIG,
        key=key,
        on_select=clicked,
        selection_mode="points",
        alt=f"Treemap: saving by service and check, total {formats.money(found.total, currency)}",
    )


_PAIRS = (
    TableColumn("service", "Service"),
    TableColumn("check", "Check"),
    TableColumn("counted", "Counted saving", "money"),
    TableColumn("share", "Share", "percent"),
)


def _pairs(found: Tree) -> pa.Table:
    """A row a service and check, largest first, and their sum."""
    rows = found.table.to_pylist()
    services = {row["id"]: row["label"] for row in rows if not row["parent"]}
    pairs = [
        {"service": services[row["parent"]], "check": row["label"], "counted": row["cost"], "share": row["share"]}
        for row in rows
        if row["parent"]
    ]
    pairs.append({"service": "Total", "check": None, "counted": found.total, "share": 100.0 if found.total else None})
    return pa.Table.from_pylist(
        pairs,
        schema=pa.schema(
            [
                ("service", pa.string()),
                ("check", pa.string()),
                ("counted", pa.decimal128(38, 6)),
                ("share", pa.float64()),
            ]
        ),
    )
