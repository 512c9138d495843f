"""The life of a recommendation: which steps lead from which state to which. Pure: no database, no clock.

::

    open ─ approve → approved ─ start → in progress ─ apply → applied ─ verify → verified
     │                                                           └── regress / found again → regressed
     ├ reject (reason) → rejected            regressed: everything that can be done with an open one
     ├ snooze (until, reason) → snoozed ─ wake → open
     ├ duplicate (of which) → duplicate      rejected, snoozed, duplicate, approved, in progress ─ reopen → open
     └ expire (no longer found) → expired ─ found again → regressed

A decision outlives the finding: what was rejected, is a duplicate, or is being worked on keeps its state when a scan no
longer finds it. :data:`TRANSITIONS` is the only place that says what is legal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workbench.errors import BadDecision

__all__ = [
    "PEOPLE",
    "TRANSITIONS",
    "UNDECIDED",
    "Decision",
    "State",
    "Step",
    "Taken",
    "decide",
    "next_state",
    "possible",
    "replay",
]


class State(StrEnum):
    """Where a recommendation stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    SNOOZED = "snoozed"
    DUPLICATE = "duplicate"
    IN_PROGRESS = "in_progress"
    APPLIED = "applied"
    VERIFIED = "verified"
    REGRESSED = "regressed"
    EXPIRED = "expired"


class Step(StrEnum):
    """What can happen to it; the last four are done by scans."""

    APPROVE = "approve"
    REJECT = "reject"
    SNOOZE = "snooze"
    DUPLICATE = "duplicate"
    START = "start"
    APPLY = "apply"
    VERIFY = "verify"
    REGRESS = "regress"
    REOPEN = "reopen"
    EDIT = "edit"  # assignee, due date, priority: the state stays
    FIND = "find"
    FIND_AGAIN = "find_again"
    EXPIRE = "expire"
    WAKE = "wake"


PEOPLE = frozenset(Step) - {Step.EDIT, Step.FIND, Step.FIND_AGAIN, Step.EXPIRE, Step.WAKE}
"""Steps a person decides on."""

UNDECIDED = (State.OPEN, State.REGRESSED)
"""States that wait for a decision, together with a snooze that is over."""

_DECIDABLE = {
    Step.APPROVE: State.APPROVED,
    Step.REJECT: State.REJECTED,
    Step.SNOOZE: State.SNOOZED,
    Step.DUPLICATE: State.DUPLICATE,
    Step.EXPIRE: State.EXPIRED,
}

TRANSITIONS: Mapping[State, Mapping[Step, State]] = {
    State.OPEN: _DECIDABLE,
    State.REGRESSED: _DECIDABLE,
    State.SNOOZED: {**_DECIDABLE, Step.REOPEN: State.OPEN, Step.WAKE: State.OPEN},
    State.REJECTED: {Step.REOPEN: State.OPEN},
    State.DUPLICATE: {Step.REOPEN: State.OPEN},
    State.APPROVED: {
        Step.START: State.IN_PROGRESS,
        Step.APPLY: State.APPLIED,
        Step.REJECT: State.REJECTED,
        Step.SNOOZE: State.SNOOZED,
        Step.REOPEN: State.OPEN,
        Step.EXPIRE: State.EXPIRED,
    },
    State.IN_PROGRESS: {Step.APPLY: State.APPLIED, Step.REJECT: State.REJECTED, Step.REOPEN: State.OPEN},
    State.APPLIED: {
        Step.VERIFY: State.VERIFIED,
        Step.REGRESS: State.REGRESSED,
        Step.FIND_AGAIN: State.REGRESSED,
        Step.REOPEN: State.OPEN,
    },
    State.VERIFIED: {Step.REGRESS: State.REGRESSED, Step.FIND_AGAIN: State.REGRESSED},
    State.EXPIRED: {Step.FIND_AGAIN: State.REGRESSED},
}
"""State → step → the state it leads to. What is not here cannot happen."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A step somebody wants to take.

    Args:
        step: what to do.
        reason: why; needed to reject, snooze, and to say that something regressed.
        until: first day on which a snoozed one is back; needed to snooze.
        duplicate_of: the recommendation to keep; needed for a duplicate.
    """

    step: Step
    reason: str = ""
    until: date | None = None
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken; ``before`` is None for the first."""

    step: Step
    before: State | None
    after: State


def next_state(state: State, step: Step) -> State | None:
    """The state ``step`` leads to, or None when it is not legal in ``state``."""
    return state if step is Step.EDIT else TRANSITIONS[state].get(step)


def possible(state: State) -> tuple[Step, ...]:
    """The steps a person can take in ``state``."""
    return tuple(step for step in TRANSITIONS[state] if step in PEOPLE)


def decide(state: State, decision: Decision, today: date) -> State:
    """The state after a person's decision.

    Raises:
        BadDecision: the step is not possible in ``state``, or lacks its reason, date or target.
    """
    after = next_state(state, decision.step) if decision.step in PEOPLE else None
    if after is None:
        steps = ", ".join(possible(state)) or "nothing"
        raise BadDecision(
            f"{_word(state).capitalize()} recommendations cannot be changed with {decision.step}",
            hint=f"Possible now: {steps}",
        )
    if decision.step in {Step.REJECT, Step.SNOOZE, Step.REGRESS} and not decision.reason.strip():
        raise BadDecision(f"To {decision.step} needs a reason", hint="Say in a few words why; others will read it")
    if decision.step is Step.SNOOZE and (decision.until is None or decision.until <= today):
        raise BadDecision(
            "To snooze needs a day in the future",
            detail=f"Today is {today} (UTC)",
            hint="Give the day on which it should be back",
        )
    if decision.step is Step.DUPLICATE and decision.duplicate_of is None:
        raise BadDecision("A duplicate needs the recommendation it repeats", hint="Give the number of the one to keep")
    return after


def replay(steps: Iterable[Taken]) -> State:
    """The state a history leads to.

    Raises:
        ValueError: the history has a gap or a step that was not legal; says which.
    """
    state: State | None = None
    for number, taken in enumerate(steps, start=1):
        if taken.before is not state:
            raise ValueError(f"step {number} ({taken.step}) begins at {taken.before}, not at {state}")
        first = State.OPEN if taken.step is Step.FIND else None
        legal = first if state is None else next_state(state, taken.step)
        if legal is None or taken.after is not legal:
            raise ValueError(f"step {number} ({taken.step}) cannot lead from {state} to {taken.after}")
        state = taken.after
    if state is None:
        raise ValueError("there is no first step")
    return state


def _word(state: State) -> str:
    return state.replace("_", " ")
