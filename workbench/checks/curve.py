"""Try a threshold: what a check says over the range of a parameter, and what it would have said on earlier days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from workbench.checks.ground import Basis, Ground, read_ground
from workbench.checks.header import PRESETS, Preset
from workbench.checks.registry import Check
from workbench.checks.run import judge, parameters
from workbench.checks.scan import to_found
from workbench.engines import Engine
from workbench.engines.base import Value
from workbench.errors import BadFilter, CannotRun
from workbench.queries import Parameter

__all__ = ["POINTS", "Curve", "Point", "Replay", "replay", "threshold_curve", "tunable", "weeks_back"]

POINTS = 13
"""Values tried over the range of a parameter, besides its presets."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a check says at one value, or on one day.

    Attributes:
        at: value of the parameter, or the day.
        flagged: how many, without those excluded by policy; None when it could not be told.
        saving: expected saving a month of those on the asked basis, by currency; at list price where only that is
            known.
        why: why it could not be told; empty otherwise.
    """

    at: Value
    flagged: int | None
    saving: Mapping[str, Decimal]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """A check over the range of one parameter; ``presets`` are its values by preset, ``points`` in rising order."""

    check: Check
    parameter: Parameter
    basis: Basis
    presets: Mapping[Preset, float]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """A check on earlier days, in rising order; ``note`` says what the answer rests on."""

    check: Check
    basis: Basis
    points: tuple[Point, ...]
    note: str


def tunable(check: Check) -> tuple[Parameter, ...]:
    """Parameters of a check that are numbers with a range."""
    return tuple(one for one in check.header.parameters if one.kind in ("number", "integer") and one.span is not None)


def threshold_curve(
    ground: Ground,
    check: Check,
    name: str,
    *,
    preset: Preset = "default",
    given: Mapping[str, str] | None = None,
    basis: Basis = "effective",
    points: int = POINTS,
) -> Curve:
    """Judge with each of ``points`` values of the parameter ``name``, and with those of the presets.

    Raises:
        BadFilter: the check has no such parameter with a range.
    """
    parameter = next((one for one in tunable(check) if one.name == name), None)
    if parameter is None or parameter.span is None:
        names = ", ".join(one.name for one in tunable(check))
        raise BadFilter(
            f"{check.id} has no number {name} with a range", hint=f"It has: {names}" if names else "It has none"
        )
    presets = {one: float(check.preset(one)[name]) for one in PRESETS}
    low, high = parameter.span
    steps = [low + (high - low) * n / (points - 1) for n in range(points)]
    if parameter.kind == "integer":
        steps = [float(round(step)) for step in steps]
    chosen = sorted({round(step, 2) for step in [*steps, *presets.values()]})
    found = []
    for step in chosen:
        text = str(int(step)) if parameter.kind == "integer" else str(step)
        values = parameters(check, preset, {**(given or {}), name: text})
        found.append(_point(ground, check, values, values[name], basis))
    return Curve(check, parameter, basis, presets, tuple(found))


def replay(
    engine: Engine,
    check: Check,
    *,
    days: Sequence[date],
    preset: Preset = "default",
    given: Mapping[str, str] | None = None,
    basis: Basis = "effective",
) -> Replay:
    """What ``check`` would have said on each of ``days``.

    A rule about the bill or about daily metrics is asked as if it were that day. One about dates knows the resources
    of today only. One about the state of an inventory cannot be asked about another day: the answer says so.
    """
    values = parameters(check, preset, given)
    points = []
    newest = read_ground(engine)
    for day in sorted(days):
        if check.facts.history == "inventory" and day != newest.as_of:
            points.append(Point(day, None, {}, f"The inventory knows its own day only, {newest.as_of}"))
            continue
        try:
            ground = newest if day == newest.as_of else read_ground(engine, day)
        except CannotRun as exc:
            points.append(Point(day, None, {}, exc.title))
            continue
        points.append(_point(ground, check, values, day, basis))
    note = {
        "bill": "From the charges known up to each day",
        "metrics": "From the metrics known up to each day; the resources are those of today",
        "dates": "The resources are those of today: what is gone since is missing",
        "inventory": f"The inventory knows its own day only, {newest.as_of}; recorded scans tell more",
    }[check.facts.history]
    return Replay(check, basis, tuple(points), note)


def weeks_back(last: date, number: int) -> tuple[date, ...]:
    """``last`` and the same weekday of the ``number`` weeks before."""
    return tuple(last - timedelta(weeks=n) for n in reversed(range(number + 1)))


def _point(ground: Ground, check: Check, values: Mapping[str, Value], at: Value, basis: Basis) -> Point:
    judged = judge(ground, check, values)
    if judged.outcome in ("cannot run", "failed"):
        return Point(at, None, {}, judged.why)
    found = [one for one in to_found(ground, judged) if not one.excluded]
    sums: dict[str, Decimal] = {}
    for one in found:
        amount, _ = one.best(basis)
        if amount is not None:
            sums[one.price.currency] = sums.get(one.price.currency, Decimal(0)) + amount
    return Point(at, len(found), sums)
