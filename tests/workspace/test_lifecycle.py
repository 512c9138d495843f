"""No sequence of steps reaches a state that the table does not give, and every state follows from its history."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import BadDecision
from workbench.workspace.lifecycle import (
    PEOPLE,
    TRANSITIONS,
    Decision,
    State,
    Step,
    Taken,
    decide,
    next_state,
    possible,
    replay,
)

TODAY = date(2026, 11, 20)
TOMORROW = TODAY + timedelta(days=1)
FULL = {"reason": "because", "until": TOMORROW, "duplicate_of": 7}

# Written down a second time, by hand: state, step, state it leads to.
LEGAL = {
    tuple(line.split())
    for line in """
    open approve approved | open reject rejected | open snooze snoozed | open duplicate duplicate | open expire expired
    regressed approve approved | regressed reject rejected | regressed snooze snoozed | regressed duplicate duplicate
    regressed expire expired | snoozed approve approved | snoozed reject rejected | snoozed snooze snoozed
    snoozed duplicate duplicate | snoozed expire expired | snoozed reopen open | snoozed wake open
    rejected reopen open | duplicate reopen open
    approved start in_progress | approved apply applied | approved reject rejected | approved snooze snoozed
    approved reopen open | approved expire expired
    in_progress apply applied | in_progress reject rejected | in_progress reopen open
    applied verify verified | applied regress regressed | applied find_again regressed | applied reopen open
    verified regress regressed | verified find_again regressed | expired find_again regressed
    """.replace("\n", "|").split("|")
    if line.strip()
}


def test_exactly_the_agreed_steps_are_legal() -> None:
    legal = {
        (str(state), str(step), str(next_state(state, step)))
        for state in State
        for step in Step
        if step is not Step.EDIT and next_state(state, step)
    }
    assert legal == LEGAL


def test_every_state_can_be_reached_and_left() -> None:
    reached = {State.OPEN} | {after for steps in TRANSITIONS.values() for after in steps.values()}
    assert reached == set(State) == set(TRANSITIONS)
    assert all(TRANSITIONS.values())


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", Step)
def test_people_can_take_exactly_the_possible_steps(state: State, step: Step) -> None:
    if step in possible(state):
        assert (str(state), str(step), str(decide(state, Decision(step, **FULL), TODAY))) in LEGAL
    else:
        with pytest.raises(BadDecision, match="cannot be changed with"):
            decide(state, Decision(step, **FULL), TODAY)


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Decision(Step.REJECT), "needs a reason"),
        (Decision(Step.REJECT, reason="  \n"), "needs a reason"),
        (Decision(Step.SNOOZE, until=TOMORROW), "needs a reason"),
        (Decision(Step.SNOOZE, reason="later"), "day in the future"),
        (Decision(Step.SNOOZE, reason="later", until=TODAY), "day in the future"),
        (Decision(Step.DUPLICATE), "needs the recommendation it repeats"),
    ],
)
def test_a_decision_without_what_it_needs_is_refused(decision: Decision, message: str) -> None:
    with pytest.raises(BadDecision, match=message):
        decide(State.OPEN, decision, TODAY)


@given(st.lists(st.sampled_from(list(Step)), max_size=40))
def test_no_sequence_of_steps_leaves_the_table_and_its_history_explains_the_state(steps: list[Step]) -> None:
    state, taken = State.OPEN, [Taken(Step.FIND, None, State.OPEN)]
    for step in steps:
        if step in PEOPLE:
            try:
                after = decide(state, Decision(step, **FULL), TODAY)
            except BadDecision:
                assert not any(line[:2] == (state, step) for line in LEGAL)
                continue
        else:
            found = next_state(state, step)
            if found is None:
                continue
            after = found
        assert after is state or (state, step, after) in LEGAL
        taken.append(Taken(step, state, after))
        state = after
    assert replay(taken) is state


@given(st.lists(st.builds(Taken, st.sampled_from(Step), st.none() | st.sampled_from(State), st.sampled_from(State))))
def test_a_history_is_believed_only_when_each_step_follows_from_the_one_before(taken: list[Taken]) -> None:
    first = [("find", None, "open")]
    rows = [(str(one.step), None if one.before is None else str(one.before), str(one.after)) for one in taken]
    legal = rows[:1] == first and all(
        before == earlier[2] and ((before, step, after) in LEGAL or (step == "edit" and before == after))
        for earlier, (step, before, after) in itertools.pairwise(rows)
    )
    if legal:
        assert replay(taken) == rows[-1][2]
    else:
        with pytest.raises(ValueError, match=r"step|first"):
            replay(taken)
