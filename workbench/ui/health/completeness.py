"""Are all days there, and how old is the data?"""

from __future__ import annotations

from datetime import UTC
from typing import Any

import streamlit as st

from workbench import clock, formats
from workbench.costs.health import Completeness, DayState, Freshness, completeness, day_runs, freshness
from workbench.export import Answer
from workbench.ui.blocks import block
from workbench.ui.charts.frame import CONFIG
from workbench.ui.context import PageContext
from workbench.ui.export_menu import data_exports
from workbench.ui.health.grids import arrow_rows, current_palette, show_rows
from workbench.ui.health.strip import strip
from workbench.ui.text import plain

__all__ = ["days", "facts"]


def facts(ctx: PageContext) -> None:
    """Four figures: last charge day, age of the snapshot, last load, days that look wrong."""
    fresh = freshness(ctx.engine, ctx.snapshot.manifest.created_at, clock.now())
    gaps = completeness(ctx.engine, _currency(ctx)).gaps
    figures = (
        ("Last charge day", _last_day(fresh), _behind(fresh)),
        ("Snapshot published", f"{formats.age(fresh.snapshot_age)} ago", formats.timestamp(fresh.published_at)),
        ("Last file loaded", _ago(fresh), formats.timestamp(fresh.loaded_at)),
        ("Days to look at", formats.count(gaps), "missing or thin"),
    )
    with st.container(horizontal=True, gap="small", key="wb-health-facts"):
        for label, value, below in figures:
            with st.container(border=True, gap=None, width=182):
                st.caption(label)
                st.markdown(f"**{plain(value)}**")
                st.caption(plain(below) or "\u00a0")


def days(ctx: PageContext) -> None:
    """The strip, the days to look at in words, and the months covered."""
    currency = _currency(ctx)
    block(
        ctx,
        "Completeness by day",
        key="completeness",
        note="Charge lines of each UTC day against the same weekday in the four weeks before and after."
        " Under half is too few; the last day is marked under 90%. Corrections of closed periods are left out.",
        load=lambda: completeness(ctx.engine, currency),
        draw=_draw_days,
        empty=lambda found: not found.providers,
        exports=lambda found: data_exports(
            ctx,
            "completeness",
            lambda: Answer("Completeness by day", arrow_rows(_day_rows(found)), found.queries),
            basis="effective",
        ),
    )
    block(
        ctx,
        "Months covered",
        key="months",
        load=lambda: completeness(ctx.engine, currency),
        draw=lambda found: show_rows(ctx, _month_rows(found), alt="Months covered", key="months-table"),
        empty=lambda found: not found.months,
    )


def _draw_days(found: Completeness) -> None:
    st.plotly_chart(
        strip(found, current_palette()), theme=None, config=CONFIG, key="completeness-strip", alt="Completeness by day"
    )
    lines = _words(found)
    if not lines:
        st.caption("Every day between the first and the last charge day is there.")
    for line in lines:
        st.text(line)


def _words(found: Completeness) -> list[str]:
    """The strip for those who cannot see it: each provider's days to look at."""
    lines = []
    for provider in found.providers:
        if not provider.daily:
            lines.append(f"{provider.provider}: not billed by the day, so single days cannot be judged")
        for state in (DayState.MISSING, DayState.LOW, DayState.PARTIAL):
            runs = day_runs(provider.in_state(state))
            if runs:
                spans = ", ".join(formats.period(first, last) for first, last in runs[:12])
                more = f" and {len(runs) - 12} more" if len(runs) > 12 else ""
                lines.append(f"{provider.provider}, {state.value}: {spans}{more}")
    return lines


def _day_rows(found: Completeness) -> list[dict[str, Any]]:
    return [
        {
            "provider": provider.provider,
            "day": day.day,
            "lines": day.rows,
            "usual_lines": day.usual,
            "effective_cost": day.cost,
            "currency": found.currency,
            "state": day.state.value,
        }
        for provider in found.providers
        for day in provider.days
    ]


def _month_rows(found: Completeness) -> list[dict[str, Any]]:
    return [
        {
            "Month": f"{month.month:%Y-%m}",
            "Provider": month.provider,
            "Days with lines": month.days,
            "Days in month": month.of_days,
            "Lines": month.rows,
            "Covered": formats.partial(month.days, month.of_days) or "whole month",
        }
        for month in sorted(found.months, key=lambda month: (month.month, month.provider), reverse=True)
    ]


def _currency(ctx: PageContext) -> str:
    """The currency of the link when the bill has it, else the bill's first."""
    currencies = ctx.snapshot.manifest.currencies
    return ctx.view.currency if ctx.view.currency in currencies else (currencies or ("USD",))[0]


def _last_day(fresh: Freshness) -> str:
    return formats.iso_date(max((day for _, day in fresh.last_days), default=None))


def _ago(fresh: Freshness) -> str:
    if fresh.loaded_at is None:
        return formats.MISSING
    return f"{formats.age(clock.now() - fresh.loaded_at.replace(tzinfo=UTC))} ago"


def _behind(fresh: Freshness) -> str:
    last = max((day for _, day in fresh.last_days), default=None)
    if last is None:
        return ""
    days_ago = (clock.today() - last).days
    return "today" if days_ago <= 0 else f"{formats.plural(days_ago, 'day')} ago"
