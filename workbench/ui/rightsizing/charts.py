"""The use of one resource over its window, with the capacity it has and the one it would have."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta

import streamlit as st

from workbench import formats
from workbench.errors import WorkbenchError
from workbench.rightsizing import Advice, Options
from workbench.ui.charts import CONFIG
from workbench.ui.health.grids import current_palette
from workbench.ui.rightsizing.kept import Ran, sample_of, tried
from workbench.ui.rightsizing.pictures import Capacities, use_picture
from workbench.ui.rightsizing.words import window_text
from workbench.ui.text import plain

__all__ = ["SIZED_KINDS", "draw"]

SIZED_KINDS = ("instances", "autoscaling_groups", "rds_instances", "cache_clusters")
"""Kinds that have samples and sizes in the catalogue."""


def draw(ran: Ran, one: Advice, options: Options, target: str, *, key: str) -> None:
    """CPU and memory of one resource against its present size and ``target`` (empty: none).

    Args:
        ran: the run.
        one: the resource.
        options: whose window and headroom are drawn.
        target: a size of the catalogue.
        key: unique on the page.
    """
    st.markdown("**What it used**")
    if one.kind not in SIZED_KINDS:
        st.caption("There are no samples over time of this kind; the figures are below.")
        return
    try:
        samples = sample_of(ran, one, options)
    except WorkbenchError as error:
        st.caption(plain(f"{error.title}. {error.hint}".strip(), limit=300))
        return
    capacities: dict[str, float] = {}
    if target:
        try:
            capacities = dict(tried(ran, one, target, options).capacities)
        except WorkbenchError as error:
            st.caption(plain(f"The capacity of {target} is not drawn: {error.title}", limit=300))
    times: list[datetime] = samples["time"].to_pylist()
    first = datetime.combine(ran.facts.as_of - timedelta(days=options.lookback_days - 1), time(), UTC)
    window = one.window
    preset = options.policy.preset
    for name, words, headroom in (("cpu", "CPU", preset.cpu_headroom), ("memory", "Memory", preset.memory_headroom)):
        values = samples[name].to_pylist() if name in samples.column_names else []
        if not any(value is not None and not math.isnan(value) for value in values):
            text = "so no size with less memory is offered" if name == "memory" else "so nothing can be said of it"
            st.caption(f"{words} was not measured, {text}.")
            continue
        lines = Capacities(
            one.current.instance_type, target, capacities.get(name), headroom, first, ran.facts.now,
            window.start if window is not None else first, window.end if window is not None else ran.facts.now,
        )  # fmt: skip
        st.caption(f"{words}, percent of the present size")
        st.plotly_chart(
            use_picture(words, times, values, lines, current_palette()),
            theme=None,
            config=CONFIG,
            key=f"{key}-{name}",
            alt=_alt(words, one, name, target, capacities.get(name), headroom),
        )
    samples_of = window_text(window)
    said = [f"Shaded: the window that counts{f' ({samples_of})' if samples_of else ''}"]
    if window is not None and window.since_change:
        said.append("it begins at the last change of size")
    if window is not None and window.coarse:
        said.append("samples are coarse, so the highest counts instead of a percentile")
    if one.members:
        said.append(f"one of the {formats.plural(len(one.members), 'machine')} is drawn, all were judged")
    st.caption(plain(". ".join(text[0].upper() + text[1:] for text in said) + ". Times are UTC.", limit=400))


def _alt(words: str, one: Advice, name: str, target: str, capacity: float | None, headroom: float) -> str:
    level = one.levels.get(name)
    text = f"{words} over time in percent of {one.current.instance_type}"
    if level is not None:
        text += f"; p99.5 {level.p99_5:.1f} %, highest {level.highest:.1f} %"
    if target and capacity is not None:
        text += f"; {target} has {capacity:.0f} %, of which {100 * headroom:.0f} % stays free"
    return text
