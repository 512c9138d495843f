"""The head of the page: the totals on three bases, how they are made, and what could not be told."""

from __future__ import annotations

import streamlit as st

from workbench import formats
from workbench.rightsizing import KINDS, Total
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.health.grids import current_palette, show_rows
from workbench.ui.kpi import Tile, draw_tiles
from workbench.ui.rightsizing.controls import reset
from workbench.ui.rightsizing.kept import Ran
from workbench.ui.rightsizing.sums import (
    Beside,
    State,
    beside,
    by_group,
    by_kind,
    group_words,
    main_total,
    state_of,
    total_rows,
)
from workbench.ui.text import plain

__all__ = ["currency_of", "draw", "draw_state", "state"]

_MADE = (
    "At list price: the difference of two list prices over the hours that ran, each resource on its own, added.",
    "Today: the bill as it is minus the bill with all counted changes together, under the reservations and savings "
    "plans in force. It is worked out once for the fleet. The rows are each as if it were alone, so their sum "
    "differs where changes share a commitment.",
    "After expiry: the same without the commitments that end within a year; the day is the last of their ends.",
    "Also found (small): proposals under the least saving, over the highest risk, of low confidence, or on what hardly "
    "ran. A sum of rows, in no total.",
    "Suppressed: another action on the same resource, such as stopping what is idle, counts first. A sum of rows, in "
    "no total, so that nothing is counted here and on Waste.",
)


def draw(ctx: PageContext, ran: Ran, currency: str) -> None:
    """Tiles and what belongs to them."""
    result = ran.result
    total = next((one for one in result.totals if one.currency == currency), None)
    known = beside(result.advice)
    with calm("The figures"):
        draw_tiles(_tiles(ran, total, currency), current_palette())
        for sentence in _sentences(ran, total, known):
            st.caption(plain(sentence, limit=400))
        _derivation(ctx, ran)
        _kinds(ctx, ran)


def _tiles(ran: Ran, total: Total | None, currency: str) -> tuple[Tile, ...]:
    groups = by_group(ran.result.advice)

    def money(amount: float) -> str:
        return formats.money(amount, currency, compact=True)

    looked = Tile(
        "looked",
        "Resources looked at",
        formats.count(len(ran.result.advice)),
        group_words(groups) or "None",
        help="Left out: Spot, members of groups that others size, policy, freeze. By kind below.",
    )
    if total is None:
        return (Tile("today", "Saving a month, today", formats.MISSING, "Nothing has an amount"), looked)
    counted = formats.plural(total.counted, "resource")
    small = Tile(
        "small", "Also found (small)", money(total.small),
        f"{formats.plural(total.small_count, 'resource')}: small, risky or unsure; sum of rows, in no total",
    )  # fmt: skip
    if not total.counted:
        nothing = "No proposal counts in the total"
        return (Tile("today", "Saving a month, today", formats.MISSING, nothing), small, looked)
    return (
        Tile(
            "today", "Saving a month, today", money(total.today), f"{counted}; bill before minus bill after",
            help=f"In full {formats.money(total.today, currency)}: all counted changes together, under the "
            "commitments in force.",
        ),
        Tile(
            "list", "Saving at list price", money(total.at_list), f"The same {counted}",
            help=f"In full {formats.money(total.at_list, currency)}: before any discount or commitment.",
        ),
        Tile(
            "after", "After commitments end", money(total.after_expiry),
            f"From {formats.iso_date(total.expiry)}" if total.expiry else "None ends within a year: as today",
            help=f"In full {formats.money(total.after_expiry, currency)}: without the commitments that end within a "
            "year.",
        ),
        small,
        looked,
    )  # fmt: skip


def _sentences(ran: Ran, total: Total | None, known: Beside) -> list[str]:
    said = []
    if total is not None and total.counted and abs(total.rows - total.today) >= 0.005:
        less = formats.money(abs(total.rows - total.today), total.currency)
        way = "less" if total.today < total.rows else "more"
        said.append(
            f"The rows add up to {formats.money(total.rows, total.currency)} on today's bill; together the changes "
            f"save {less} {way}, because they share commitments."
        )
    if total is not None and total.suppressed_count:
        said.append(
            f"Not counted: {formats.plural(total.suppressed_count, 'proposal')} of "
            f"{formats.money(total.suppressed, total.currency)} a month (sum of rows), where another action on the "
            "same resource comes first."
        )
    others = [one for one in ran.result.totals if total is not None and one.currency != total.currency]
    if others:
        amounts = ", ".join(formats.money(one.today, one.currency) for one in others)
        said.append(f"In other currencies, on today's bill: {amounts} a month. Currencies are never added.")
    if known.listed_count:
        amounts = ", ".join(formats.money(amount, code) for code, amount in known.listed.items())
        said.append(
            f"Of what is small, risky or unsure, {amounts} a month of "
            f"{formats.plural(known.listed_count, 'resource')} is known at list price only: "
            "what they save today needs billed hours."
        )
    if known.unpriced:
        said.append(
            f"{formats.plural(known.unpriced, 'resource')} too large without an amount: no list price, or it frees "
            "capacity that is paid for elsewhere."
        )
    return said


def _derivation(ctx: PageContext, ran: Ran) -> None:
    with st.expander("How these figures are made", icon=":material/function:", key="wb-rightsizing-made"):
        for sentence in _MADE:
            st.caption(sentence)
        if ran.result.totals:
            money = ("List price", "Today", "After expiry", "Sum of rows, today", "Small, sum of rows",
                     "Suppressed, sum of rows")  # fmt: skip
            show_rows(ctx, total_rows(ran.result.totals), alt="Totals by currency", key="wb-rightsizing-totals",
                      money=money)  # fmt: skip
        st.caption("Query, beside the table of resources, has every statement that read a figure.")


def _kinds(ctx: PageContext, ran: Ran) -> None:
    unknown = by_group(ran.result.advice)["unknown"]
    title = f"By kind; {formats.plural(unknown, 'resource')} cannot be told" if unknown else "By kind"
    with st.expander(title, icon=":material/category:", key="wb-rightsizing-kinds"):
        show_rows(ctx, by_kind(ran.result), alt="Findings by kind of resource", key="wb-rightsizing-by-kind",
                  widths={"Could not tell without": 420})  # fmt: skip
        if unknown:
            st.caption("What cannot be told is not right-sized: nothing is known of it until the data is there.")


def state(ctx: PageContext, ran: Ran) -> State | None:
    """What is missing when nothing, or nothing certain, was found."""
    manifest = ctx.snapshot.manifest
    sized = any(manifest.rows.get(kind) for kind in KINDS)
    return state_of(ran.result, on_bill=manifest.first_day is not None, any_inventory=sized)


def draw_state(what: State, ran: Ran) -> None:
    """Say it, with the way on."""
    with st.container(border=True, key="wb-rightsizing-state"):
        st.markdown(f"**{plain(what.title, limit=200)}**")
        st.text(what.text)
        if what.hint:
            st.caption(plain(what.hint, limit=300))
        if ran.result.options.kinds or ran.result.options.accounts:
            st.button("All kinds and accounts", key="wb-rightsizing-all", on_click=reset())


def currency_of(ctx: PageContext, ran: Ran) -> str:
    """The currency shown: the one asked for where there is a total, else that of the largest, else of the bill."""
    total = main_total(ran.result.totals, ctx.view.currency)
    return total.currency if total is not None else ran.facts.currency
