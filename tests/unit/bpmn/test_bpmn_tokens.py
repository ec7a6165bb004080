"""Tokens: every run ends, joins wait for all and only for all, and the store sees only what changed."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from bpmn_drawing import Block, blocks, document, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.engines.bpmn import Definition, NotHere, State, Token, compile_process, complete, start

PARALLEL = ("and", ["t", "t", "t"])


def run(definition: Definition, rng: random.Random, choice: int = 0) -> Counter[str]:
    """Complete whatever is open, in a random order, until nothing is left; count the steps done."""
    done: Counter[str] = Counter()
    moves = start(definition, {"choice": choice})
    state = moves.apply({})
    while not moves.is_finished:
        open_tokens = [token for token in state.elements() if definition.node(token.node).kind.waits]
        assert open_tokens, f"stuck at {state}"
        token = rng.choice(sorted(open_tokens))
        done[token.node] += 1
        again = done[token.node] < 3 and rng.random() < 0.3
        moves = complete(definition, state, token, {"choice": choice, "again": again})
        state = moves.apply(state)
    assert not state
    return done


@settings(max_examples=150, deadline=None)
@given(blocks, st.randoms(use_true_random=False), st.integers(0, 3))
def test_every_structured_process_compiles_and_always_ends(block: Block, rng: random.Random, choice: int) -> None:
    run(compile_process(whole(block).xml()), rng, choice)


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.just("t"), lambda inner: st.tuples(st.sampled_from(["seq", "and"]), st.lists(inner, min_size=2, max_size=4))
    ),
    st.randoms(use_true_random=False),
)
def test_without_choices_each_step_is_done_exactly_once(block: Block, rng: random.Random) -> None:
    drawing = whole(block)
    done = run(compile_process(drawing.xml()), rng)
    assert all(done[task] == 1 for task in drawing.tasks)


@settings(max_examples=60, deadline=None)
@given(st.lists(blocks, min_size=2, max_size=4), st.integers(0, 5), st.randoms(use_true_random=False))
def test_an_exclusive_gateway_takes_exactly_one_way(parts: list[Block], choice: int, rng: random.Random) -> None:
    definition = compile_process(whole(("xor", parts)).xml())
    split = definition.outgoing("start")[0].target
    done = run(definition, rng, choice)
    taken = [n for n in range(len(parts)) if done[f"{split}_gate_{n}"]]
    assert taken == [min(choice, len(parts) - 1)]


def parallel() -> tuple[Definition, State]:
    definition = compile_process(whole(PARALLEL).xml())
    state = start(definition, {}).apply({})
    for token in [token for token in state if "gate" in token.node]:
        state = complete(definition, state, token, {}).apply(state)
    return definition, state


def test_a_join_waits_for_the_last_branch() -> None:
    definition, state = parallel()
    first, second, third = sorted(state)
    for token in (first, second):
        moves = complete(definition, state, token, {})
        assert not moves.is_finished
        assert [resting.node for resting in moves.produced] == [definition.outgoing(token.node)[0].target]
        state = moves.apply(state)
    assert complete(definition, state, third, {}).is_finished


def test_a_step_tells_the_store_only_what_it_changed() -> None:
    definition, state = parallel()
    token = min(state)
    moves = complete(definition, state, token, {})
    assert moves.consumed == (token,)
    assert len(moves.produced) == 1


def test_completing_twice_is_refused() -> None:
    definition, state = parallel()
    token = min(state)
    after = complete(definition, state, token, {}).apply(state)
    with pytest.raises(NotHere):
        complete(definition, after, token, {})


def test_a_loop_back_to_the_same_place_is_seen_as_going_and_coming() -> None:
    definition = compile_process(whole(("loop", ["t"])).xml())
    state = start(definition, {}).apply({})
    (token,) = state
    moves = complete(definition, state, token, {"again": True})
    assert moves.consumed == (token,)
    assert moves.produced == (token,)


def test_a_terminate_end_takes_every_other_token_away() -> None:
    definition = compile_process(
        document(
            '<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/>'
            '<endEvent id="e"/><endEvent id="x"><terminateEventDefinition/></endEvent>'
            '<sequenceFlow id="1" sourceRef="s" targetRef="f"/><sequenceFlow id="2" sourceRef="f" targetRef="a"/>'
            '<sequenceFlow id="3" sourceRef="f" targetRef="b"/><sequenceFlow id="4" sourceRef="a" targetRef="e"/>'
            '<sequenceFlow id="5" sourceRef="b" targetRef="x"/>'
        )
    )
    state = start(definition, {}).apply({})
    moves = complete(definition, state, Token("b", "3"), {})
    assert moves.is_terminated
    assert moves.is_finished
    assert moves.consumed == (Token("a", "2"), Token("b", "3"))


def test_a_definition_survives_storage() -> None:
    definition = compile_process(whole(("xor", ["t", PARALLEL])).xml())
    assert Definition.from_json(definition.as_json()) == definition
