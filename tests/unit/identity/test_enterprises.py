"""Enterprises and their operators: the pure rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain.appointments import (
    OPEN_STATES,
    STEPS,
    AppointmentState,
    Standing,
    Step,
    after,
    default_last_day,
    end_of,
    latest_last_day,
    standing_of,
    years_after,
)
from tongban.contexts.identity.domain.enterprise_roles import OPERATOR_ROLES, PERMITS, Permission, Seat, may_give
from tongban.contexts.identity.domain.enterprises import (
    CHECK_EVERY,
    KNOWN_FOR,
    RETRY_AFTER,
    Force,
    force_of,
    is_check_due,
    is_in_business,
    normalise_credit_code,
)
from tongban.kernel.clock import local_date

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
moments = st.integers(0, 5 * 366 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
steps = st.lists(st.sampled_from(Step), max_size=12)


@given(steps)
def test_what_is_over_stays_over(taken: list[Step]) -> None:
    state, over = AppointmentState.PROPOSED, False
    for step in taken:
        reached = after(state, step)
        assert reached is None or not over
        state = reached or state
        over = state not in OPEN_STATES
    assert {found for (found, _) in STEPS} == set(OPEN_STATES)


@given(steps)
def test_nobody_acts_who_has_not_accepted_nor_whose_suspension_nobody_lifted(taken: list[Step]) -> None:
    state, accepted, waits = AppointmentState.PROPOSED, False, False
    for step in taken:
        reached = after(state, step)
        if reached is None:
            continue
        accepted |= step is Step.ACCEPT
        waits = step is Step.SUSPEND or (waits and step is not Step.CONFIRM)
        state = reached
    if state is AppointmentState.ACTIVE:
        assert accepted
        assert not waits


@given(st.sampled_from(OPEN_STATES))
def test_every_open_appointment_can_be_ended(state: AppointmentState) -> None:
    assert after(state, Step.END) is AppointmentState.ENDED


@given(st.sampled_from(AppointmentState), moments, moments, moments)
def test_only_an_accepted_appointment_within_its_time_stands(
    state: AppointmentState, begin: datetime, end: datetime, now: datetime
) -> None:
    stands = standing_of(state, begin, end, now) is Standing.ACTIVE
    assert stands == (state is AppointmentState.ACTIVE and begin <= now < end)


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_the_last_day_counts_in_full_in_the_citys_time(day: date) -> None:
    end = end_of(day)
    assert local_date(end - timedelta(microseconds=1)) == day
    assert local_date(end) == day + timedelta(days=1)


@given(moments)
def test_a_year_is_proposed_and_three_are_allowed(now: datetime) -> None:
    today = local_date(now)
    assert today < default_last_day(now) <= latest_last_day(now) <= today + timedelta(days=3 * 365 + 1)


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert years_after(date(2028, 2, 29), 1) == date(2029, 2, 28)


@pytest.mark.parametrize(("seat", "role"), list(product(Seat, Seat)))
def test_nobody_gives_their_own_seat_or_a_better_one(seat: Seat, role: Seat) -> None:
    order = list(Seat)
    if may_give(seat, role):
        assert order.index(role) > order.index(seat)
        assert role in OPERATOR_ROLES
    if order.index(role) > order.index(seat):
        assert PERMITS[role] < PERMITS[seat]


def test_the_register_alone_makes_a_representative_and_only_they_read_the_log() -> None:
    assert not any(may_give(seat, Seat.REPRESENTATIVE) for seat in Seat)
    assert [seat for seat in Seat if Permission.READ_LOG in PERMITS[seat]] == [Seat.REPRESENTATIVE]


@pytest.mark.parametrize("status", ["吊销", "吊销后注销", "注销", "撤销", "迁出", "其他", "", "已注销（原存续）"])
def test_a_state_that_is_not_known_to_be_in_business_is_not(status: str) -> None:
    assert not is_in_business(status)
    assert force_of(status=status, is_represented=True, checked_at=NOW, now=NOW) is Force.OUT_OF_BUSINESS


@given(st.booleans(), st.timedeltas(timedelta(), timedelta(days=30)))
def test_a_week_without_the_register_ends_every_right(is_represented: bool, age: timedelta) -> None:
    force = force_of(status="存续", is_represented=is_represented, checked_at=NOW - age, now=NOW)
    assert (force is Force.IN_FORCE) == (is_represented and age < KNOWN_FOR)


@given(st.timedeltas(timedelta(), timedelta(days=9)), st.timedeltas(timedelta(), timedelta(days=9)))
def test_the_register_is_asked_once_a_day_and_left_alone_when_it_is_down(known: timedelta, tried: timedelta) -> None:
    due = is_check_due(checked_at=NOW - known, tried_at=NOW - tried, now=NOW)
    assert due == (known >= CHECK_EVERY and tried >= RETRY_AFTER)


@pytest.mark.parametrize("typed", ["91990102ma0yun039n", " 9199 0102 MA0Y UN03 9N", "９１990102-MA0YUN039N"])
def test_a_credit_code_is_read_however_it_is_typed(typed: str) -> None:
    assert normalise_credit_code(typed) == "91990102MA0YUN039N"
