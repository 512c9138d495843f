"""The list of recommendations: filters, sums, a page of rows to pick from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from workbench import formats
from workbench.checks.custom import all_checks
from workbench.ui.acting import principal, workspace
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.picking import choose_one, put, table_key
from workbench.ui.recommendation_table import full_table
from workbench.ui.recommendation_words import ORDERS, amount_of, name_of
from workbench.ui.recommendations import deciding, filters, grid
from workbench.ui.recommendations.listing import MOST, ROWS, listed, matching
from workbench.ui.recommendations.wanted import Wanted
from workbench.ui.registry import page_info
from workbench.ui.text import plain, visible
from workbench.ui.workspace_files import exports
from workbench.workspace import Order, Page, Recommendation, SavedScan

__all__ = ["draw"]

_MOST_EXPORTED = 100_000


@dataclass(frozen=True, slots=True)
class _Queue:
    page: Page
    scan: SavedScan | None
    accounts: Mapping[str, str]
    checks: Mapping[str, str]


def draw(ctx: PageContext, wanted: Wanted) -> None:
    """Draw the list, and below it the decision on what is picked."""
    picked: list[tuple[Recommendation, ...]] = [()]

    def show(found: _Queue) -> None:
        if found.scan is None and not found.page.total and not wanted.narrowed:
            _no_scan(ctx)
            return
        filters.draw(ctx, wanted, found.accounts, found.checks)
        if not found.page.rows:
            _nothing(found, wanted)
            return
        _sums(ctx, found)
        picked[0] = _table(ctx, found, wanted)

    block(
        ctx,
        "Queue",
        key="rec-queue",
        load=lambda: _load(ctx, wanted),
        draw=show,
        empty=lambda _: False,
        exports=lambda found: (
            exports(
                ctx,
                "recommendations",
                "Recommendations",
                lambda: full_table(matching(workspace(ctx), wanted, most=_MOST_EXPORTED)),
                filters=wanted.in_words(),
            )
            if found.page.rows
            else ()
        ),
        height=640,
    )
    deciding.draw_many(ctx, picked[0])


def _load(ctx: PageContext, wanted: Wanted) -> _Queue:
    place = workspace(ctx)
    checks, _ = all_checks(ctx.settings, principal())
    return _Queue(
        listed(place, wanted, limit=ROWS),
        next(iter(place.scans(1)), None),
        filters.account_names(ctx),
        {one.id: one.title for one in sorted(checks, key=lambda one: one.title.casefold())},
    )


def _no_scan(ctx: PageContext) -> None:
    st.text("There are no recommendations yet: they follow the scans that are kept.")
    page = page_info("waste")
    st.caption("Open Waste and choose “Keep this scan”, or type:")
    st.code("workbench scan", language="bash")
    st.page_link(page.script, label=f"Open {page.title}", icon=page.icon, query_params=ctx.params())


def _nothing(found: _Queue, wanted: Wanted) -> None:
    if found.page.total:
        st.text(f"There is no page {wanted.page}: the list ends before it.")
        st.button("First page", key="wb-rec-first", on_click=lambda: put(page=[]))
    elif not wanted.narrowed:
        st.text("Nothing needs a decision.")
        st.button("Show all", key="wb-rec-all", on_click=lambda: put(waiting=["no"]))
    else:
        st.text("No recommendation matches: " + visible("; ".join(wanted.in_words()), limit=400))
        st.button("Clear the filters", key="wb-rec-clear-all", on_click=filters.clear)


def _sums(ctx: PageContext, found: _Queue) -> None:
    priced = [one for one in found.page.amounts if one.priced]
    unpriced = found.page.total - sum(one.priced for one in priced)
    with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
        st.metric("Recommendations", formats.count(found.page.total), width="content")
        for one in priced:
            label = "Saving a month" if len(priced) == 1 else f"Saving a month, {plain(one.currency)}"
            st.metric(label, plain(amount_of(one.saving, one.currency)), width="content")
        if unpriced:
            st.metric("Without a saving", formats.count(unpriced), width="content")
        choose_one(ctx, "order", "First", {one.value: ORDERS[one] for one in Order}, width=160)
    words = ["Each saving stands alone: the same money can be in several"]
    if found.scan is not None:
        words += [
            f"scan {found.scan.id} (data to {formats.iso_date(found.scan.scan.as_of)}) counts"
            f" {amount_of(one.deduplicated, one.currency)} once, of {amount_of(one.gross, one.currency)}"
            for one in found.scan.scan.totals
            if one.basis == "effective" and one.gross
        ]
    st.caption(plain(" · ".join(words), limit=400))


def _table(ctx: PageContext, found: _Queue, wanted: Wanted) -> tuple[Recommendation, ...]:
    """Draw the rows; those that are picked."""
    rows = found.page.rows
    key = table_key("rec-rows", (wanted, tuple(row.id for row in rows)))
    chosen = grid.draw(rows, found.accounts, key=key, alt="Recommendations", pick=True)
    everything = _below(ctx, found, wanted, key)
    if everything:
        return matching(workspace(ctx), wanted, most=MOST)
    return chosen


def _below(ctx: PageContext, found: _Queue, wanted: Wanted, key: str) -> bool:
    """Paging, picking and opening; whether everything that matches is picked."""
    rows, total = found.page.rows, found.page.total
    first = (wanted.page - 1) * ROWS + 1
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        choose_one(
            ctx,
            "id",
            "Open one",
            {str(row.id): f"{row.id} · {row.title or row.check_id} · {name_of(row)}" for row in rows},
            everything="Pick a row, or choose here",
            width=330,
        )
        st.button("Pick this page", key="wb-rec-pick", on_click=_pick, args=(key, len(rows)))
        everything = total > len(rows) and st.toggle(
            f"Pick all {formats.count(min(total, MOST))} that match",
            key=f"wb-rec-everything-{key}",
            help=f"At most {formats.count(MOST)} at once" if total > MOST else None,
        )
        if total > ROWS:
            st.button(
                "Previous page", key="wb-rec-back", disabled=wanted.page == 1, on_click=_turn, args=(wanted.page - 1,)
            )
            st.button(
                "Next page",
                key="wb-rec-on",
                disabled=first + len(rows) > total,
                on_click=_turn,
                args=(wanted.page + 1,),
            )
            st.caption(
                f"{formats.count(first)} to {formats.count(first + len(rows) - 1)} of {formats.count(total)}",
                width="content",
            )
    return everything


def _pick(key: str, count: int) -> None:
    st.session_state[key] = {"selection": {"rows": list(range(count)), "columns": [], "cells": []}}


def _turn(page: int) -> None:
    put(page=[str(page)] if page > 1 else [])
