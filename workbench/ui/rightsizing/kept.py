"""Runs, and answers on one resource, kept for all sessions of the process.

A run takes seconds and a page is drawn again with each click, so it is made once for each snapshot, options, catalogue
and scan that says what counts first. Data of a snapshot never changes, so what is kept is never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

import pyarrow as pa
import streamlit as st

from workbench.catalog import Catalog, load_catalog
from workbench.errors import WorkbenchError
from workbench.rightsizing import (
    Advice,
    Facts,
    Options,
    Rightsizing,
    WhatIf,
    detail,
    read_facts,
    run_with,
    series_table,
    what_if,
)
from workbench.rightsizing.run import Step
from workbench.ui.acting import workspace
from workbench.ui.context import PageContext
from workbench.ui.keeping import Kept
from workbench.ui.rightsizing.choice import Choice, name_of, read_choice
from workbench.workspace import SavedScan

__all__ = ["Asked", "Ran", "asked", "known", "run", "sample_of", "tried", "with_rejections"]

T = TypeVar("T")

_RUNS = 3
_ANSWERS = 100
_SCANS = 50


@st.cache_resource(show_spinner=False)
def _runs() -> Kept:
    return Kept(_RUNS)


@st.cache_resource(show_spinner=False)
def _answers() -> Kept:
    return Kept(_ANSWERS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; equal keys have equal answers."""

    choice: Choice
    catalog: Catalog
    key: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ran:
    """A run with what it stands on and its advice by the name in the address."""

    result: Rightsizing
    facts: Facts
    named: dict[str, Advice]
    key: tuple[Hashable, ...]


def asked(ctx: PageContext) -> Asked:
    """Read what the address asks for."""
    choice = read_choice(ctx.own_params())
    catalog = load_catalog(ctx.settings.home)
    return Asked(choice, catalog, (ctx.engine.snapshot_id, choice.options, catalog, _newest_scan(ctx)))


def run(ctx: PageContext, what: Asked, step: Step | None = None) -> Ran:
    """The run asked for; ``step`` is told of progress where it is not there yet.

    Raises:
        CannotRun: nothing is loaded, or the day is after the last one.
        BadFilter: an account is not known.
    """

    def make() -> Ran:
        say = step or (lambda _text, _done, _of: None)
        # Not the engine that remembers: each answer is used once, here.
        facts = read_facts(
            ctx.snapshot.engine,
            what.catalog,
            what.choice.options,
            workspace=workspace(ctx),
            step=lambda text: say(text, 0, 0),
        )
        result = run_with(facts, step=step)
        return Ran(result, facts, {name_of(*one.key): one for one in result.advice}, what.key)

    return _runs().make(what.key, make)


def known(what: Asked) -> bool:
    """Whether the run is there already."""
    return _runs().get(what.key) is not None


def with_rejections(ran: Ran, one: Advice) -> Advice:
    """The same advice with every size that was judged and what is against it."""
    found = _kept(ran, one, "detail", lambda: detail(ran.facts, one.resource_id))
    return next((each for each in found if each.key == one.key), one)


def sample_of(ran: Ran, one: Advice, options: Options | None = None) -> pa.Table:
    """Its metrics over time; raises ``CannotRun`` where there are none."""
    return _kept(ran, one, ("series", options), lambda: series_table(ran.facts, one.resource_id, options))


def tried(ran: Ran, one: Advice, instance_type: str, options: Options) -> WhatIf:
    """A size tried on it; raises ``BadFilter`` and ``CannotRun`` with the reason."""
    return _kept(
        ran,
        one,
        ("tried", instance_type, options),
        lambda: what_if(ran.facts, one.resource_id, instance_type, options),
    )


def _kept(ran: Ran, one: Advice, what: Hashable, make: Callable[[], T]) -> T:
    return _answers().make((ran.key, one.key, what), make)


def _newest_scan(ctx: PageContext) -> int | None:
    """Number of the scan of this data that says what counts first; None: the checks are run for it."""
    try:
        scans: tuple[SavedScan, ...] = workspace(ctx).scans(_SCANS)
    except WorkbenchError:
        return None
    mine = (one.id for one in scans if one.scan.snapshot_id == ctx.engine.snapshot_id and one.scan.status == "done")
    return next(mine, None)
