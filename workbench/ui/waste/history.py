"""Scans that were kept: the list, the trend by week, and two of them compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.checks.keep import Compared, compare
from workbench.ui.acting import workspace
from workbench.ui.blocks import block
from workbench.ui.charts import CONFIG, Palette, Series, TimeSeries, lines
from workbench.ui.context import PageContext
from workbench.ui.health.grids import arrow_rows, current_palette, show_rows
from workbench.ui.picking import choose_one
from workbench.ui.text import plain
from workbench.ui.waste.controls import PRESET_WORDS
from workbench.ui.waste.files import kept_exports
from workbench.ui.words import BASES
from workbench.workspace import Finding, SavedScan

__all__ = ["draw", "weekly"]

_SCANS = 500


def draw(ctx: PageContext, currency: str) -> None:
    """The tab."""
    saved = block(
        ctx,
        "Kept scans",
        key="waste-scans",
        load=lambda: workspace(ctx).scans(_SCANS),
        draw=lambda scans: _list(ctx, scans),
        empty=lambda _: False,
        exports=lambda scans: kept_exports(ctx, "scans", "Kept scans", lambda: _totals_table(scans)) if scans else (),
        height=240,
    )
    if not saved:
        return
    _trend(ctx, saved, currency)
    if len(saved) > 1:
        _compare(ctx, saved)


def _list(ctx: PageContext, scans: Sequence[SavedScan]) -> None:
    if not scans:
        st.caption("No scan has been kept yet. Keep the one above, or run: workbench scan")
        return
    basis = ctx.view.basis.value
    rows = [
        {
            "Scan": f"{one.id}",
            "When (UTC)": formats.timestamp(one.scan.started_at).removesuffix(" UTC"),
            "Data to": formats.iso_date(one.scan.as_of),
            "Preset": one.scan.preset + (" with own thresholds" if one.scan.parameters else ""),
            "Findings": one.findings,
            "Counted once": _amounts(one, basis, "deduplicated"),
            "Before": _amounts(one, basis, "gross"),
            "Checks run": len(one.scan.checks_run),
            "Kept by": one.recorded_by,
            "New": one.followed.created,
            "No longer found": one.followed.expired,
        }
        for one in scans
    ]
    show_rows(ctx, rows, alt="Kept scans", key="wb-waste-scans")
    st.caption(f"Savings a month, {BASES[ctx.view.basis].lower()}. Each dollar is counted once; before: all added.")


def _amounts(one: SavedScan, basis: str, name: str) -> str | None:
    amounts = [formats.money(getattr(t, name), t.currency) for t in one.scan.totals if t.basis == basis]
    return ", ".join(amounts) or None


def _totals_table(scans: Sequence[SavedScan]) -> pa.Table:
    """A row a scan, currency and basis; a scan without totals has one row without amounts."""
    rows = [
        {
            "scan": one.id,
            "started_at": one.scan.started_at.isoformat(),
            "as_of": one.scan.as_of,
            "preset": one.scan.preset,
            "snapshot": one.scan.snapshot_id,
            "findings": one.findings,
            "currency": total.currency if total else None,
            "basis": total.basis if total else None,
            "gross": total.gross if total else None,
            "counted": total.deduplicated if total else None,
        }
        for one in scans
        for total in (one.scan.totals or (None,))
    ]
    return arrow_rows(rows)


def weekly(scans: Iterable[SavedScan], basis: str) -> dict[date, dict[str, Decimal]]:
    """Monday of each ISO week (UTC) → currency → counted saving of the last scan of that week, in rising order."""
    last: dict[date, SavedScan] = {}
    for one in sorted(scans, key=lambda saved: (saved.scan.started_at, saved.id)):
        day = one.scan.started_at.date()
        last[day - timedelta(days=day.weekday())] = one
    return {
        week: {total.currency: total.deduplicated for total in one.scan.totals if total.basis == basis}
        for week, one in sorted(last.items())
    }


def _trend(ctx: PageContext, saved: Sequence[SavedScan], currency: str) -> None:
    presets = dict.fromkeys(one.scan.preset for one in saved)
    asked = (ctx.own_params().get("preset") or ["default"])[-1]
    preset = asked if asked in presets else next(iter(presets))
    alike = [one for one in saved if one.scan.preset == preset and not one.scan.parameters]
    basis = ctx.view.basis.value
    weeks = weekly(alike, basis)

    def show(found: dict[date, dict[str, Decimal]]) -> None:
        left_out = len(saved) - len(alike)
        if left_out:
            st.caption(f"{formats.plural(left_out, 'scan')} with other thresholds left out")
        if not found:
            st.caption("No kept scan has these thresholds.")
            return
        if _several(found, currency):
            _plot_weeks(found, currency)
        show_rows(
            ctx,
            _week_rows(found),
            alt="Counted saving by week",
            key="wb-waste-weeks",
            money=("Counted once",),
        )

    block(
        ctx,
        f"Counted saving by week, {PRESET_WORDS.get(preset, 'own').lower()} thresholds",
        key="waste-trend",
        note="The last kept scan of each week, which begins on Monday (UTC). A week without a scan is a gap.",
        load=lambda: weeks,
        draw=show,
        empty=lambda _: False,
        exports=lambda found: (
            kept_exports(
                ctx,
                "saving-by-week",
                "Counted saving by week",
                lambda: arrow_rows(_week_rows(found)),
                draw={"Chart": lambda palette: _weeks_picture(found, currency, palette)}
                if _several(found, currency)
                else None,
            )
            if found
            else ()
        ),
        height=360,
    )


def _week_rows(weeks: dict[date, dict[str, Decimal]]) -> list[dict[str, Any]]:
    return [
        {"Week of": formats.iso_date(week), "Counted once": amount, "Currency": code}
        for week, amounts in reversed(weeks.items())
        for code, amount in sorted(amounts.items())
    ]


def _several(weeks: dict[date, dict[str, Decimal]], currency: str) -> bool:
    """Whether there is a line to draw."""
    return sum(currency in amounts for amounts in weeks.values()) > 1


def _weeks_picture(weeks: dict[date, dict[str, Decimal]], currency: str, palette: Palette) -> go.Figure:
    first, last = min(weeks), max(weeks)
    periods = tuple(first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1))
    values = tuple(weeks[week].get(currency) if week in weeks else None for week in periods)
    data = TimeSeries(periods, (Series("Counted saving a month", values),), currency, "week")
    figure = lines(data, palette, height=260)
    return figure.update_traces(mode="lines+markers").update_layout(showlegend=False, margin_t=12)


def _plot_weeks(weeks: dict[date, dict[str, Decimal]], currency: str) -> None:
    st.plotly_chart(
        _weeks_picture(weeks, currency, current_palette()),
        theme=None,
        config=CONFIG,
        key="wb-waste-trend",
        alt=f"Counted saving by week in {currency}",
    )


def _compare(ctx: PageContext, saved: Sequence[SavedScan]) -> None:
    names = {
        f"{one.id}": f"{one.id}: {formats.timestamp(one.scan.started_at)}, {one.scan.preset}, "
        f"{formats.plural(one.findings, 'finding')}"
        for one in saved
    }
    newest, *rest = names
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        choose_one(ctx, "before", "Compare scan", {one: names[one] for one in (*rest, newest)}, width=380)
        choose_one(ctx, "after", "with", names, width=380)
    by_id = {f"{one.id}": one for one in saved}
    before = by_id.get((ctx.own_params().get("before") or [rest[0]])[-1], by_id[rest[0]])
    after = by_id.get((ctx.own_params().get("after") or [newest])[-1], by_id[newest])

    def show(found: Compared) -> None:
        st.caption(
            f"{formats.count(len(found.new))} new · {formats.count(len(found.gone))} gone · "
            f"{formats.count(len(found.still))} still there"
        )
        if found.not_comparable:
            some = formats.plural(len(found.not_comparable), "check")
            st.caption(plain(f"Left out, not run in both: {some}, {', '.join(found.not_comparable)}", limit=300))
        if (before.scan.preset, before.scan.parameters) != (after.scan.preset, after.scan.parameters):
            st.caption("Their thresholds differ: what is new or gone may come from that alone.")
        rows = _compared_rows(found)
        if rows:
            show_rows(ctx, rows, alt="Findings compared", key="wb-waste-compared", money=("Saving a month",))
        else:
            st.caption("Neither has a finding of a check that ran in both.")

    block(
        ctx,
        f"Scan {before.id} and scan {after.id}",
        key="waste-compare",
        load=lambda: compare(workspace(ctx), before, after),
        draw=show,
        empty=lambda _: False,
        exports=lambda found: kept_exports(
            ctx,
            f"scans-{before.id}-{after.id}",
            f"Scan {before.id} and scan {after.id} compared",
            lambda: arrow_rows(_compared_rows(found)),
        ),
        height=420,
    )


def _compared_rows(found: Compared) -> list[dict[str, Any]]:
    groups: tuple[tuple[str, Sequence[Finding]], ...] = (
        ("new", found.new),
        ("gone", found.gone),
        ("still there", found.still),
    )
    return [
        {
            "State": word,
            "Check": str(one.payload.get("title") or one.check_id),
            "Resource": str(one.payload.get("resource_name") or one.resource_id),
            "Id": one.resource_id,
            "Account": str(one.payload.get("account_name") or one.account_id),
            "Region": one.region,
            "Saving a month": one.saving_expected,
            "Currency": one.currency or None,
        }
        for word, some in groups
        for one in some
    ]
