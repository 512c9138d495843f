"""Scans, and what was worked out from them, kept for all sessions of the process.

A scan takes seconds and a page is drawn again with each click, so a scan is made once for each snapshot, preset, set
of thresholds and version of the custom checks. Data of a snapshot never changes, so what is kept is never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import streamlit as st

from workbench.checks.custom import all_checks
from workbench.checks.ground import Ground, read_ground
from workbench.checks.registry import Check
from workbench.checks.scan import Found, ScanResult, Step, run_scan
from workbench.ui.acting import principal
from workbench.ui.context import PageContext
from workbench.ui.keeping import Kept
from workbench.ui.waste.choice import Choice, read_choice
from workbench.ui.waste.sums import MoneyKey, money_keys

__all__ = ["Asked", "Scanned", "asked", "finding_name", "kept", "known", "scan"]

T = TypeVar("T")

_SCANS = 4
_ANSWERS = 200


@st.cache_resource(show_spinner=False)
def _scans() -> Kept:
    return Kept(_SCANS)


@st.cache_resource(show_spinner=False)
def _answers() -> Kept:
    return Kept(_ANSWERS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: all checks, those that cannot be read, and the scan.

    ``key`` names the answer: equal keys have equal answers.
    """

    checks: tuple[Check, ...]
    problems: tuple[str, ...]
    choice: Choice
    key: tuple[Hashable, ...]

    def check(self, check_id: str) -> Check | None:
        """The check of this id."""
        return next((one for one in self.checks if one.id == check_id), None)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan with what it stands on and its findings by name, resource and money."""

    result: ScanResult
    ground: Ground
    named: Mapping[str, Found]
    by_resource: Mapping[tuple[str, str], tuple[Found, ...]]
    by_money: Mapping[MoneyKey, tuple[Found, ...]]


def finding_name(one: Found) -> str:
    """How the address calls a finding."""
    return f"{one.check.id}/{one.account}/{one.subject}"


def asked(ctx: PageContext) -> Asked:
    """Read the checks and what the address asks for."""
    checks, problems = all_checks(ctx.settings, principal())
    choice = read_choice(ctx.own_params(), checks)
    key = (
        ctx.engine.snapshot_id,
        choice.preset,
        choice.accounts,
        choice.as_of,
        choice.given,
        tuple((one.id, one.version) for one in checks),
    )
    return Asked(checks, problems, choice, key)


def scan(ctx: PageContext, what: Asked, step: Step | None = None) -> Scanned:
    """The scan asked for; ``step`` is told of progress where it is not there yet.

    Raises:
        CannotRun: nothing is loaded, or the day is after the last one.
        BadFilter: an account is not known.
    """

    def make() -> Scanned:
        # Not the engine that remembers: each answer is used once, here.
        engine = ctx.snapshot.engine
        ground = read_ground(engine, what.choice.as_of)
        result = run_scan(
            engine,
            what.checks,
            preset=what.choice.preset,
            given=what.choice.thresholds,
            accounts=what.choice.accounts,
            ground=ground,
            step=step,
        )
        return _sorted(result, ground)

    return _scans().make(what.key, make)


def known(what: Asked) -> bool:
    """Whether the scan is there already."""
    return _scans().get(what.key) is not None


def kept(key: tuple[Hashable, ...], make: Callable[[], T] | None) -> T | None:
    """The answer kept under ``key``; made where there is none and ``make`` is given."""
    if make is None:
        return cast("T | None", _answers().get(key))
    return _answers().make(key, make)


def _sorted(result: ScanResult, ground: Ground) -> Scanned:
    by_resource: dict[tuple[str, str], list[Found]] = {}
    by_money: dict[MoneyKey, list[Found]] = {}
    for one in (*result.found, *result.excluded):
        by_resource.setdefault((one.account, one.resource_id), []).append(one)
    for one in result.found:
        for key in money_keys(one):
            by_money.setdefault(key, []).append(one)
    return Scanned(
        result,
        ground,
        {finding_name(one): one for one in (*result.found, *result.excluded)},
        {key: tuple(found) for key, found in by_resource.items()},
        {key: tuple(found) for key, found in by_money.items()},
    )
