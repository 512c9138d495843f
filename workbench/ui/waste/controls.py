"""What is scanned and how: the row of controls, the sentence that says what the figures are, and *Keep this scan*."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from workbench import clock, formats
from workbench.checks.header import PRESETS
from workbench.checks.keep import keep, keepable
from workbench.costs.view import Basis
from workbench.engines import Query
from workbench.ui.acting import principal, workspace
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.picking import choose_one, put
from workbench.ui.text import plain, visible
from workbench.ui.waste.kept import Asked, Scanned, known, scan
from workbench.ui.words import BASES
from workbench.workspace import Permission, SavedScan
from workbench.workspace import why as why_allowed

__all__ = ["draw", "followed", "run", "saying"]

PRESET_WORDS = {
    "default": "Default",
    "cautious": "Cautious",
    "aggressive": "Aggressive",
}


def run(ctx: PageContext, what: Asked) -> Scanned:
    """The scan, with its progress while it is made."""
    if known(what):
        return scan(ctx, what)
    place = st.empty()
    with place.status("Reading costs and resources") as status:
        found = scan(
            ctx,
            what,
            step=lambda done, total, title: status.update(label=f"Check {done + 1} of {total}: {plain(title)}"),
        )
    place.empty()
    return found


def draw(ctx: PageContext, what: Asked) -> None:
    """The row of controls; every change goes into the address."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="wb-waste-controls"):
        options = {one: PRESET_WORDS[one] for one in ("default", *(p for p in PRESETS if p != "default"))}
        choose_one(
            ctx, "preset", "Thresholds", options, width=130,
            help="Cautious finds less and is surer; aggressive finds more. The tab Checks shows all values.",
        )  # fmt: skip
        _basis(ctx)
        _accounts(ctx, what)
        _day(ctx, what)
        if what.choice.given:
            st.button(
                f"{formats.plural(len(what.choice.given), 'own threshold')}",
                icon=":material/close:",
                help=plain("Back to the preset: " + ", ".join(f"{c}.{n}" for c, n, _ in what.choice.given), limit=300),
                key="wb-waste-unset",
                on_click=lambda: put(set=[]),
            )
    for notice in (*what.choice.notices, *what.problems):
        st.info(plain(notice, limit=300), icon=":material/info:")


def _basis(ctx: PageContext) -> None:
    key = f"wb-waste-basis-{ctx.view.basis}"
    options = list(BASES)
    st.selectbox(
        "Cost basis",
        options,
        options.index(ctx.view.basis),
        format_func=lambda basis: BASES[basis],
        key=key,
        on_change=lambda: ctx.update(replace(ctx.view, basis=Basis(st.session_state[key]))),
        width=160,
    )


def _accounts(ctx: PageContext, what: Asked) -> None:
    """Accounts by name; an unknown one of the address stays, so that the error can name it."""
    names = _account_names(ctx)
    chosen = list(what.choice.accounts)
    key = f"wb-waste-accounts-{hash(what.choice.accounts) & 0xFFFFFFFF:x}"
    st.multiselect(
        "Accounts",
        list(dict.fromkeys([*chosen, *names])),
        chosen,
        format_func=lambda number: names.get(number, number),
        placeholder="All accounts",
        key=key,
        on_change=lambda: put(account=st.session_state[key]),
        width=260,
    )


def _account_names(ctx: PageContext) -> dict[str, str]:
    found = ctx.engine.run(
        Query(
            "Accounts with resources",
            "SELECT account_number, MAX(account_name) AS name FROM resources WHERE account_number IS NOT NULL"
            " GROUP BY account_number ORDER BY 2, 1",
        )
    )
    return {
        row["account_number"]: visible(
            f"{row['name']} ({row['account_number']})" if row["name"] else row["account_number"], limit=80
        )
        for row in found.to_pylist()
    }


def _day(ctx: PageContext, what: Asked) -> None:
    manifest = ctx.snapshot.manifest
    last = manifest.last_day
    key = f"wb-waste-day-{what.choice.as_of}"

    def changed() -> None:
        day: date | None = st.session_state[key]
        put(asof=[day.isoformat()] if day else [])

    st.date_input(
        "Look back from",
        what.choice.as_of,
        min_value=min(manifest.first_day or date(2000, 1, 1), what.choice.as_of or date.max),
        max_value=max((last or clock.now().date()) + timedelta(days=1), what.choice.as_of or date.min),
        format="YYYY-MM-DD",
        help="Empty: the last complete day of the data. Inventories know their own day only.",
        key=key,
        on_change=changed,
        width=170,
    )


def saying(ctx: PageContext, what: Asked, scanned: Scanned, currency: str) -> None:
    """The sentence that says what all figures of the page are."""
    result = scanned.result
    parts = [
        f"**Data to {formats.iso_date(result.as_of)}**",
        f"{PRESET_WORDS[result.preset].lower()} thresholds",
        f"{BASES[ctx.view.basis].lower()} in {plain(currency)} a month of 730 hours",
    ]
    if what.choice.given:
        parts.append(formats.plural(len(what.choice.given), "own threshold"))
    if result.accounts:
        parts.append(formats.plural(len(result.accounts), "account"))
    parts.append(f"scanned {formats.timestamp(result.started_at)} in {result.seconds:.1f} s")
    st.caption(" · ".join(parts))
    _currencies(ctx, scanned, currency)
    _keep(ctx, scanned)


def _currencies(ctx: PageContext, scanned: Scanned, currency: str) -> None:
    codes = sorted({one.currency for one in scanned.result.totals if one.currency} | {currency})
    if len(codes) < 2:
        return
    key = f"wb-waste-currency-{currency}"
    st.segmented_control(
        "Currency",
        codes,
        default=currency,
        key=key,
        required=True,
        on_change=lambda: ctx.update(replace(ctx.view, currency=st.session_state[key])),
        format_func=plain,
    )


def _keep(ctx: PageContext, scanned: Scanned) -> None:
    """The button that keeps the scan, or why it cannot be kept."""
    with calm("Kept scans"):
        saved = _already(ctx, scanned)
        if saved is not None:
            st.caption(f":material/check: {plain(followed(saved), limit=300)}")
            return
        refusal = _refusal(ctx, scanned)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            pressed = st.button(
                "Keep this scan", icon=":material/bookmark_add:", key="wb-waste-keep", disabled=bool(refusal)
            )
            if refusal:
                st.caption(plain(f"Not kept. {refusal}", limit=300))
            else:
                st.caption("Recommendations follow kept scans; scans can be compared under History.")
        if pressed:
            keep(workspace(ctx), scanned.result, scanned.ground)
            st.rerun()


def _refusal(ctx: PageContext, scanned: Scanned) -> str:
    verdict = why_allowed(principal(), Permission.RECORD_SCANS)
    if not verdict.allowed:
        return verdict.reason
    if ctx.view.snapshot is not None:
        return "The address names a snapshot, which may be an earlier one"
    return keepable(scanned.result, newest=scanned.ground.newest)


def _already(ctx: PageContext, scanned: Scanned) -> SavedScan | None:
    result = scanned.result
    for saved in workspace(ctx).scans(20):
        if saved.scan.started_at == result.started_at and saved.scan.snapshot_id == result.snapshot_id:
            return saved
    return None


def followed(saved: SavedScan) -> str:
    """What the recommendations made of a kept scan, in words."""
    follow = saved.followed
    if follow.note:
        return f"Kept as scan {saved.id}. {follow.note}"
    told = [f"{formats.count(follow.created)} new", f"{formats.count(follow.seen)} known"]
    if follow.returned:
        told.append(f"{formats.count(follow.returned)} found again")
    if follow.woken:
        told.append(f"{formats.count(follow.woken)} back from a snooze")
    told.append(f"{formats.count(follow.expired)} no longer found")
    if follow.gone:
        told.append(f"{formats.count(follow.gone)} gone after a decision")
    return f"Kept as scan {saved.id}. Recommendations: {', '.join(told)}"
