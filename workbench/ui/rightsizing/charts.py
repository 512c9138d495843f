"""The use of one resource over its window, with the capacity it has and the one it would have."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import plotly.graph_objects as go
import streamlit as st

from workbench import formats
from workbench.errors import WorkbenchError
from workbench.rightsizing import Advice, Options
from workbench.ui.charts import CONFIG, Palette
from workbench.ui.health.grids import current_palette
from workbench.ui.rightsizing.kept import Ran, sample_of, tried
from workbench.ui.rightsizing.pictures import Frame, Use, use_picture
from workbench.ui.rightsizing.words import window_text
from workbench.ui.text import plain

__all__ = ["SIZED_KINDS", "Drawn", "draw", "picture_of", "use_of"]

SIZED_KINDS = ("instances", "autoscaling_groups", "rds_instances", "cache_clusters")
"""Kinds that have samples and sizes in the catalogue."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What there is to draw, and what has to be said of it."""

    uses: tuple[Use, ...]
    frame: Frame
    notes: tuple[str, ...]


def use_of(ran: Ran, one: Advice, options: Options, target: str) -> Drawn:
    """CPU and memory of one resource beside the capacity of ``target`` (empty: none).

    Args:
        ran: the run.
        one: the resource, of one of ``SIZED_KINDS``.
        options: whose window and headroom are drawn.
        target: a size of the catalogue.

    Raises:
        CannotRun: there are no samples.
    """
    samples = sample_of(ran, one, options)
    notes: list[str] = []
    capacities: dict[str, float] = {}
    if target:
        try:
            capacities = dict(tried(ran, one, target, options).capacities)
        except WorkbenchError as error:
            notes.append(f"The capacity of {target} is not drawn: {error.title}")
    preset = options.policy.preset
    uses = []
    for name, words, headroom in (("cpu", "CPU", preset.cpu_headroom), ("memory", "Memory", preset.memory_headroom)):
        values = [
            float("nan") if value is None else value
            for value in (samples[name].to_pylist() if name in samples.column_names else ())
        ]
        if all(math.isnan(value) for value in values):
            text = "so no size with less memory is offered" if name == "memory" else "so nothing can be said of it"
            notes.append(f"{words} was not measured, {text}")
            continue
        uses.append(Use(words, values, capacities.get(name), headroom))
    first = datetime.combine(ran.facts.as_of - timedelta(days=options.lookback_days - 1), time(), UTC)
    window = one.window
    start, end = (first, ran.facts.now) if window is None else (max(first, window.start), window.end)
    frame = Frame(one.current.instance_type, target, samples["time"].to_pylist(), first, ran.facts.now, start, end)
    samples_of = window_text(window) if options.lookback_days == ran.result.options.lookback_days else None
    notes.append(f"Shaded: the window that counts{f' ({samples_of})' if samples_of else ''}")
    if window is not None and window.since_change:
        notes.append("It begins at the last change of size")
    if window is not None and window.coarse:
        notes.append("Samples are coarse, so the highest counts instead of a percentile")
    if one.members:
        notes.append(f"One of the {formats.plural(len(one.members), 'machine')} is drawn, all were judged")
    return Drawn(tuple(uses), frame, tuple(notes))


def picture_of(ran: Ran, one: Advice, options: Options, target: str) -> Callable[[Palette], go.Figure] | None:
    """The same as a figure for an export; None: there is nothing to draw."""
    if one.kind not in SIZED_KINDS or not one.levels:
        return None

    def make(palette: Palette) -> go.Figure:
        drawn = use_of(ran, one, options, target)
        return use_picture(drawn.uses, drawn.frame, palette)

    return make


def draw(ran: Ran, one: Advice, options: Options, target: str, *, key: str) -> None:
    """Draw it, or say why there is nothing to draw; ``key`` is unique on the page."""
    st.markdown("**What it used**")
    if one.kind not in SIZED_KINDS:
        st.caption("There are no samples over time of this kind; its figures are below.")
        return
    try:
        drawn = use_of(ran, one, options, target)
    except WorkbenchError as error:
        st.caption(plain(f"{error.title}. {error.hint}".strip(), limit=300))
        return
    if drawn.uses:
        st.plotly_chart(
            use_picture(drawn.uses, drawn.frame, current_palette()),
            theme=None,
            config=CONFIG,
            key=key,
            alt=_alt(one, drawn),
        )
    st.caption(plain(". ".join((*drawn.notes, "Times are UTC.")), limit=500))


def _alt(one: Advice, drawn: Drawn) -> str:
    said = []
    for use in drawn.uses:
        level = one.levels.get(use.name.lower())
        text = f"{use.name} over time in percent of {one.current.instance_type}"
        if level is not None:
            text += f", p99.5 {level.p99_5:.1f} %, highest {level.highest:.1f} %"
        if drawn.frame.target and use.capacity is not None:
            free = 100 * use.headroom
            text += f", {drawn.frame.target} has {use.capacity:.0f} % of it, of which {free:.0f} % stays free"
        said.append(text)
    return "; ".join(said)
