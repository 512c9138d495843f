"""What is asked of the run: the row of controls, and the sentence that says what all figures are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import streamlit as st

from workbench import clock, formats
from workbench.engines import Query
from workbench.rightsizing import Options
from workbench.ui.context import PageContext
from workbench.ui.picking import choose_one, put
from workbench.ui.rightsizing.choice import LIMITS, number_text
from workbench.ui.rightsizing.kept import Asked, Ran, known, run
from workbench.ui.rightsizing.words import KIND_WORDS, PRESET_WORDS, preset_text
from workbench.ui.text import plain, visible

__all__ = ["draw", "number_in", "ran", "reset", "saying"]

_WINDOWS = ("32", "7", "14", "60", "93")
_SPOKEN = 40


def ran(ctx: PageContext, what: Asked) -> Ran:
    """The run, with its progress while it is made."""
    if known(what):
        return run(ctx, what)
    place = st.empty()
    with place.status("Reading costs and resources") as status:

        def step(text: str, done: int, of: int) -> None:
            if not of:
                status.update(label=plain(text))
            elif done % max(1, of // _SPOKEN) == 0:
                status.update(label=plain(f"{text}, {formats.count(done)} of {formats.count(of)}"))

        found = run(ctx, what, step)
    place.empty()
    return found


def draw(ctx: PageContext, what: Asked) -> None:
    """The row of controls; every change goes into the address."""
    options = what.choice.options
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="wb-rightsizing-controls"):
        choose_one(
            ctx, "preset", "Room to leave", PRESET_WORDS, width=170,
            help="Which percentile of CPU must fit, and how much of CPU and memory stays free on the target",
        )  # fmt: skip
        choose_one(
            ctx, "lookback", "Look at", {days: f"{days} days" for days in _WINDOWS}, width=110,
            help="Days of metrics and of the bill, up to the last complete day",
        )  # fmt: skip
        _several("kind", "Kinds", KIND_WORDS, options.kinds, "All kinds", 230)
        names = _account_names(ctx)
        _several("account", "Accounts", names, options.accounts, "All accounts", 230)
        _policy(ctx, options)
    for notice in what.choice.notices:
        st.info(plain(notice, limit=300), icon=":material/info:")


def _several(
    param: str, label: str, names: Mapping[str, str], chosen: tuple[str, ...], everything: str, width: int
) -> None:
    """Several values of the address; an unknown one stays, so that the error can name it."""
    key = f"wb-{param}-{hash(chosen) & 0xFFFFFFFF:x}"
    st.multiselect(
        label,
        list(dict.fromkeys([*chosen, *names])),
        list(chosen),
        format_func=lambda value: names.get(value, visible(value, limit=80)),
        placeholder=everything,
        key=key,
        on_change=lambda: put(**{param: st.session_state[key]}),
        width=width,
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


def _policy(ctx: PageContext, options: Options) -> None:
    own = Options()
    changed = sum(
        getattr(options, name) != getattr(own, name)
        for name in ("allow_arm", "allow_burstable", "user_facing", "min_saving", "max_risk", "as_of")
    )
    with st.popover(
        f"Policy: {formats.plural(changed, 'change')}" if changed else "Policy", icon=":material/tune:",
        key="wb-rightsizing-policy", help="What may be proposed, and what counts in the totals",
    ):  # fmt: skip
        _switch("arm", "Offer Arm (arm64) on Linux", options.allow_arm, "yes", on_by_default=False)
        _switch("burst", "Offer burstable sizes", options.allow_burstable, "no", on_by_default=True)
        _switch("facing", "User-facing: CPU at most 40 %, memory 60 %", options.user_facing, "yes", on_by_default=False)
        number_in("min", "Count savings from, a month", options.min_saving, own.min_saving, step=5.0)
        number_in("risk", "Count risks up to (0 to 4)", options.max_risk, own.max_risk, step=0.5)
        _day(ctx, options)
        if changed:
            st.button(
                "Back to the usual policy", key="wb-rightsizing-usual", on_click=lambda: put(
                    arm=[], burst=[], facing=[], min=[], risk=[], asof=[]
                ),
            )  # fmt: skip


def _switch(param: str, label: str, on: bool, value: str, *, on_by_default: bool) -> None:
    key = f"wb-{param}-{on}"
    st.toggle(
        label, on, key=key,
        on_change=lambda: put(**{param: [value] if st.session_state[key] != on_by_default else []}),
    )  # fmt: skip


def number_in(
    param: str, label: str, value: float | None, default: float | None, *, step: float = 1.0, **more: Any
) -> None:
    """A number that goes into the address; empty or the default takes it out."""
    low, high = LIMITS[param]
    key = f"wb-{param}-{value}"

    def changed() -> None:
        number = st.session_state[key]
        usual = number is None or number == default
        put(**{param.replace(".", "__"): [] if usual else [number_text(number)]})

    st.number_input(
        label, min_value=float(low), max_value=float(high), value=None if value is None else float(value), step=step,
        format="%g", key=key, on_change=changed, **more,
    )  # fmt: skip


def _day(ctx: PageContext, options: Options) -> None:
    manifest = ctx.snapshot.manifest
    last = manifest.last_day or clock.now().date()
    key = f"wb-asof-{options.as_of}"

    def changed() -> None:
        day: date | None = st.session_state[key]
        put(asof=[day.isoformat()] if day else [])

    st.date_input(
        "Look back from",
        options.as_of,
        min_value=min(manifest.first_day or date(2000, 1, 1), options.as_of or date.max),
        max_value=max(last + timedelta(days=1), options.as_of or date.min),
        format="YYYY-MM-DD",
        help="Empty: the last complete day of the data. Sizes are those of the inventory, whatever the day.",
        key=key,
        on_change=changed,
    )


def reset() -> Callable[[], None]:
    """A callback that takes back what may have led to an error or to nothing."""
    return lambda: put(account=[], kind=[], asof=[])


def saying(ran: Ran, currency: str) -> None:
    """The sentence that says what all figures of the page are."""
    result = ran.result
    bill = (
        f"bill of {result.billed_days} of {formats.plural(result.options.lookback_days, 'day')}"
        if result.billed_days
        else "no bill of these days"
    )
    parts = [
        f"**Metrics of {plain(formats.period(result.first, result.as_of))}**",
        bill,
        f"amounts in {plain(currency)} a month of 730 hours",
        plain(preset_text(result.options), limit=200),
        f"decided {formats.timestamp(result.started_at)} in {result.seconds:.1f} s",
    ]
    st.caption(" · ".join(parts))
    for note in result.notes:
        st.caption(plain(f"{note}.", limit=300))
