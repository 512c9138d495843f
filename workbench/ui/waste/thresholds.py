"""Trying a check: a threshold over its range, and the same check on earlier days. Both run when asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import plotly.graph_objects as go
import streamlit as st

from workbench import formats
from workbench.checks.curve import Curve, Point, Replay, replay, threshold_curve, tunable, weeks_back
from workbench.checks.ground import Basis
from workbench.checks.registry import Check
from workbench.ui.blocks import block
from workbench.ui.charts import CONFIG
from workbench.ui.context import PageContext
from workbench.ui.health.grids import arrow_rows, current_palette, show_rows
from workbench.ui.text import plain, visible
from workbench.ui.waste.files import Draw, kept_exports
from workbench.ui.waste.kept import Asked, Scanned, kept
from workbench.ui.waste.pictures import curve_picture, replay_picture
from workbench.ui.words import BASES

__all__ = ["draw"]

T = TypeVar("T")
_WEEKS = 12


def draw(ctx: PageContext, what: Asked, scanned: Scanned, check: Check, currency: str) -> None:
    """Both tries of one check."""
    _curve(ctx, what, scanned, check, currency)
    _replay(ctx, what, scanned, check, currency)


def _curve(ctx: PageContext, what: Asked, scanned: Scanned, check: Check, currency: str) -> None:
    numbers = tunable(check)
    if not numbers:
        st.caption("This check has no number with a range to try.")
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        names = [one.name for one in numbers]
        texts = {one.name: f"{one.name}: {one.text}" for one in numbers}
        name = st.selectbox(
            "Threshold",
            names,
            format_func=lambda one: visible(texts[one]),
            key=f"wb-waste-tune-{check.id}",
            width=420,
        )
        pressed = st.button("Try its range", icon=":material/show_chart:", key="wb-waste-curve")
    basis: Basis = ctx.view.basis.value
    key = ("curve", *what.key, check.id, name, basis)

    def ask() -> Curve:
        return threshold_curve(
            scanned.ground,
            check,
            name or names[0],
            preset=what.choice.preset,
            given=what.choice.thresholds.get(check.id),
            basis=basis,
        )

    _on_demand(
        ctx,
        key,
        pressed,
        ask,
        lambda found: _draw_curve(ctx, found, currency),
        title=plain(f"{check.title}: {name} over its range"),
        name="waste-curve",
        rows=_curve_rows,
        pictures=lambda found: (
            {
                "Findings": lambda palette: curve_picture(found, palette, None),
                "Saving": lambda palette: curve_picture(found, palette, currency),
            }
            if any(point.flagged is not None for point in found.points)
            else {}
        ),
    )


def _on_demand(
    ctx: PageContext,
    key: tuple[Hashable, ...],
    pressed: bool,
    ask: Callable[[], T],
    draw: Callable[[T], None],
    *,
    title: str,
    name: str,
    rows: Callable[[T], list[dict[str, Any]]],
    pictures: Callable[[T], Mapping[str, Draw]],
) -> None:
    """A block that is drawn once its answer was asked for; it stays until something else is asked."""
    if not pressed and kept(key, None) is None:
        return

    def load() -> T:
        with st.spinner("Trying"):
            found = kept(key, ask)
        assert found is not None  # it is made where it is not kept  # noqa: S101
        return found

    block(
        ctx,
        title,
        key=name,
        load=load,
        draw=draw,
        empty=lambda _: False,
        exports=lambda found: kept_exports(ctx, name, title, lambda: arrow_rows(rows(found)), draw=pictures(found)),
        height=320,
    )


def _draw_curve(ctx: PageContext, found: Curve, currency: str) -> None:
    told = [point for point in found.points if point.flagged is not None]
    if not told:
        st.text(found.points[0].why if found.points else "")
        return
    _pictures(
        curve_picture(found, current_palette(), None), curve_picture(found, current_palette(), currency),
        currency, f"over {found.parameter.name}", "curve",
    )  # fmt: skip
    st.caption(
        f"Saving a month, {BASES[ctx.view.basis].lower()}, every finding in full and of all accounts; dotted lines are "
        "the presets."
    )
    show_rows(ctx, _curve_rows(found), alt="Findings over the range of the threshold", key="wb-waste-curve-rows")


def _curve_rows(found: Curve) -> list[dict[str, Any]]:
    names: dict[float, str] = {}
    for preset, value in found.presets.items():
        names[value] = f"{names[value]}, {preset}" if value in names else preset
    return [
        {found.parameter.name: float(str(point.at)), "Preset": names.get(float(str(point.at))), **_point(point)}
        for point in found.points
    ]


def _point(point: Point) -> dict[str, Any]:
    saving = ", ".join(formats.money(amount, code) for code, amount in sorted(point.saving.items()))
    return {"Findings": point.flagged, "Saving a month": saving or None, "Why not": point.why or None}


def _pictures(findings: go.Figure, saving: go.Figure, currency: str, words: str, name: str) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption("Findings")
        st.plotly_chart(findings, theme=None, config=CONFIG, key=f"wb-waste-{name}-count", alt=f"Findings {words}")
    with right:
        st.caption(plain(f"Saving a month in {currency}"))
        st.plotly_chart(saving, theme=None, config=CONFIG, key=f"wb-waste-{name}-saving", alt=f"Saving {words}")


def _replay(ctx: PageContext, what: Asked, scanned: Scanned, check: Check, currency: str) -> None:
    basis: Basis = ctx.view.basis.value
    pressed = st.button(f"Replay the last {_WEEKS} weeks", icon=":material/history:", key="wb-waste-replay")
    days: Sequence[Any] = weeks_back(scanned.result.as_of, _WEEKS)

    def ask() -> Replay:
        return replay(
            ctx.snapshot.engine,
            check,
            days=days,
            preset=what.choice.preset,
            given=what.choice.thresholds.get(check.id),
            basis=basis,
        )

    _on_demand(
        ctx,
        ("replay", *what.key, check.id, basis),
        pressed,
        ask,
        lambda found: _draw_replay(ctx, found, currency),
        title=plain(f"{check.title}: the last {_WEEKS} weeks"),
        name="waste-replay",
        rows=_replay_rows,
        pictures=lambda found: (
            {
                "Findings": lambda palette: replay_picture(found, palette, None),
                "Saving": lambda palette: replay_picture(found, palette, currency),
            }
            if sum(point.flagged is not None for point in found.points) > 1
            else {}
        ),
    )


def _draw_replay(ctx: PageContext, found: Replay, currency: str) -> None:
    st.caption(plain(f"{found.note}.", limit=300))
    told = [point for point in found.points if point.flagged is not None]
    if len(told) > 1:
        _pictures(
            replay_picture(found, current_palette(), None), replay_picture(found, current_palette(), currency),
            currency, "by week", "replay",
        )  # fmt: skip
    missing = len(found.points) - len(told)
    if missing:
        st.caption(f"{formats.count(missing)} of {formats.plural(len(found.points), 'day')} cannot be told")
    show_rows(ctx, _replay_rows(found), alt="Findings by week", key="wb-waste-replay-rows")


def _replay_rows(found: Replay) -> list[dict[str, Any]]:
    return [{"Day": str(point.at), **_point(point)} for point in found.points]
