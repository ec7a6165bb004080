"""The life of a login ticket, and the numbers that join two screens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain.login_ticket import (
    CHOICES,
    ENDED,
    LIFETIME,
    TRANSITIONS,
    Act,
    State,
    code_of,
    digest_of,
    draw_numbers,
    next_state,
    state_at,
)

MADE = datetime(2026, 6, 1, 9, tzinfo=UTC)
ACTS = st.lists(st.sampled_from(Act), max_size=12)


def play(acts: list[Act]) -> list[tuple[Act, State, State | None]]:
    """What a row of acts does to a fresh ticket; what is refused changes nothing."""
    state, played = State.OPEN, []
    for act in acts:
        then = next_state(state, act)
        played.append((act, state, then))
        state = then or state
    return played


@given(ACTS)
def test_a_ticket_serves_at_most_once(acts: list[Act]) -> None:
    assert sum(1 for _act, _was, then in play(acts) if then is State.REDEEMED) <= 1


@given(ACTS)
def test_nothing_is_redeemed_that_nobody_scanned_and_then_allowed(acts: list[Act]) -> None:
    done = [act for act, _was, then in play(acts) if then is not None]
    if Act.REDEEM in done:
        before = done[: done.index(Act.REDEEM)]
        assert Act.SCAN in before[: before.index(Act.APPROVE)]
        assert Act.REFUSE not in before


@given(ACTS)
def test_an_ended_ticket_stays_as_it_ended(acts: list[Act]) -> None:
    for _act, was, then in play(acts):
        if was in ENDED:
            assert then in (None, was)


@given(st.sampled_from(State), st.sampled_from(Act))
def test_a_repeat_of_what_was_done_changes_nothing(state: State, act: Act) -> None:
    then = next_state(state, act)
    if then is not None:
        assert next_state(then, act) in (None, then)


@given(st.sampled_from(State), st.integers(-120, 240))
def test_time_ends_what_has_not_ended_and_nothing_else(state: State, seconds: int) -> None:
    found = state_at(state, expires_at=MADE + LIFETIME, now=MADE + timedelta(seconds=seconds))
    over = seconds >= 60 and state not in ENDED
    assert found is (State.EXPIRED if over else state)


def test_the_table_names_only_moves_that_lead_on_or_stay() -> None:
    order = list(State)
    assert all(order.index(then) >= order.index(was) for (was, _act), then in TRANSITIONS.items())


@given(st.integers())
def test_the_number_on_the_screen_is_one_of_the_different_choices(seed: int) -> None:
    number, choices = draw_numbers(Random(seed))
    assert number in choices
    assert len(set(choices)) == CHOICES
    assert all(10 <= choice <= 99 for choice in choices)


def test_the_right_number_stands_at_every_place_equally_often() -> None:
    rng = Random(7)
    places = [choices.index(number) for number, choices in (draw_numbers(rng) for _draw in range(3000))]
    assert all(abs(places.count(place) - 1000) < 120 for place in range(CHOICES))


@given(st.text(min_size=20, max_size=60))
def test_the_code_does_not_tell_the_secret_nor_what_is_stored_of_it(secret: str) -> None:
    code = code_of(secret)
    assert code == code_of(secret)
    assert len(code) == 40
    assert code not in (secret, digest_of(secret)[:40])
