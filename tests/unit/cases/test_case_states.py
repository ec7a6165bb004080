"""The state tables: no way back from an end, no way to be stuck, and the tables say everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.cases.domain.states import (
    CASE_TABLE,
    TASK_TABLE,
    CaseAct,
    CaseState,
    NotNow,
    TaskAct,
    TaskState,
    case_state_name,
    next_case_state,
    next_task_state,
    task_state_name,
)


@given(st.lists(st.sampled_from(list(CaseAct)), max_size=30))
def test_whatever_happens_a_closed_case_stays_closed(acts: list[CaseAct]) -> None:
    state = CaseState.RECEIVED
    for act in acts:
        was_closed = state.is_closed
        try:
            state = next_case_state(state, act)
        except NotNow:
            continue
        assert not was_closed


@given(st.lists(st.sampled_from(list(TaskAct)), max_size=30))
def test_a_task_is_decided_at_most_once(acts: list[TaskAct]) -> None:
    state, decisions = TaskState.OPEN, 0
    for act in acts:
        try:
            state = next_task_state(state, act)
        except NotNow:
            continue
        decisions += act in {TaskAct.APPROVE, TaskAct.REJECT}
    assert decisions <= 1


@pytest.mark.parametrize("state", list(CaseState))
def test_every_open_state_leads_to_an_end_and_every_end_is_named(state: CaseState) -> None:
    reached, waiting = {state}, [state]
    while waiting:
        now = waiting.pop()
        for (before, _act), after in CASE_TABLE.items():
            if before is now and after not in reached:
                reached.add(after)
                waiting.append(after)
    assert any(found.is_closed for found in reached)
    assert case_state_name(state).zh
    assert case_state_name(state).en


def test_the_tables_name_known_states_only() -> None:
    assert {state for state, _act in TASK_TABLE} == {state for state in TaskState if not state.is_closed}
    assert {state for state, _act in CASE_TABLE} == {state for state in CaseState if not state.is_closed}
    assert all(task_state_name(state).en for state in TaskState)


def test_a_refusal_tells_the_present_state_and_what_to_do() -> None:
    with pytest.raises(NotNow) as caught:
        next_case_state(CaseState.APPROVED, CaseAct.WITHDRAW)
    assert "已办结" in caught.value.message.zh
    assert caught.value.remedy.zh
