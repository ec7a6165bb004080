"""What may happen to a mandate, what it covers and until when; who is a guardian and for how long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain import guardians, mandates
from tongban.contexts.identity.domain.guardians import Evidence, Ground, Verdict
from tongban.contexts.identity.domain.mandates import TRANSITIONS, Act, Party, State, next_state

DAYS = st.dates(min_value=date(1920, 1, 1), max_value=date(2090, 1, 1))
ENDED = (State.DECLINED, State.REVOKED, State.EXPIRED)
MOVES = st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(Party)), max_size=8)
PARENT = Evidence(Ground.PARENT, "police", "3", None)
APPOINTED = Evidence(Ground.APPOINTED, "civil-affairs", "(2019)18", None)


@given(MOVES)
def test_nothing_leads_out_of_an_ended_mandate(moves: list[tuple[Act, Party]]) -> None:
    state = State.PROPOSED
    for act, by in moves:
        after = next_state(state, act, by)
        assert after is None or state not in ENDED
        state = after or state


@given(MOVES.filter(lambda moves: all(by in (Party.AGENT, Party.CLOCK) for _, by in moves)))
def test_an_agent_alone_never_makes_a_mandate_hold(moves: list[tuple[Act, Party]]) -> None:
    state = State.PROPOSED
    for act, by in moves:
        state = next_state(state, act, by) or state
        assert state is not State.ACTIVE


@pytest.mark.parametrize("by", [Party.PRINCIPAL, Party.WINDOW])
def test_whoever_gives_can_always_end_what_is_running(by: Party) -> None:
    assert next_state(State.PROPOSED, Act.DECLINE, by) is State.DECLINED
    assert next_state(State.ACTIVE, Act.REVOKE, by) is State.REVOKED


def test_every_state_that_runs_can_expire_by_the_clock_only() -> None:
    expiring = {state for (state, act), (_, parties) in TRANSITIONS.items() if act is Act.EXPIRE}
    assert expiring == {State.PROPOSED, State.ACTIVE}
    assert all(parties == {Party.CLOCK} for (_, act), (_, parties) in TRANSITIONS.items() if act is Act.EXPIRE)


@given(st.sampled_from(State), DAYS, DAYS)
def test_a_mandate_holds_only_while_active_and_to_its_last_day(state: State, until: date, today: date) -> None:
    assert mandates.holds_on(state, until, today) == (state is State.ACTIVE and today <= until)


@given(DAYS, st.integers(-800, 800))
def test_a_mandate_lasts_from_today_to_a_year_on(today: date, offset: int) -> None:
    day = today + timedelta(days=offset)
    allowed = mandates.may_last_until(day, today)
    assert allowed == (today <= day <= mandates.latest_day(today))
    assert not (allowed and (day - today).days > 366)
    assert mandates.may_last_until(today + timedelta(days=364), today)


CODES = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,30}\Z")


@given(st.lists(CODES, max_size=70))
def test_a_scope_has_one_to_fifty_services_once_each(codes: list[str]) -> None:
    found = mandates.clean_services(codes)
    distinct = list(dict.fromkeys(codes))
    assert (found is None) == (not 1 <= len(distinct) <= 50)
    assert found is None or list(found) == distinct


@pytest.mark.parametrize("code", ["", " ", "a b", "../x", "a" * 65, "证"])
def test_a_code_that_cannot_be_one_spoils_the_scope(code: str) -> None:
    assert mandates.clean_services(["good", code]) is None


@pytest.mark.parametrize(("born", "day"), [(date(2008, 5, 1), date(2026, 5, 1)), (date(2008, 2, 29), date(2026, 3, 1))])
def test_one_comes_of_age_on_the_eighteenth_birthday(born: date, day: date) -> None:
    assert mandates.coming_of_age(born) == day
    assert mandates.is_of_age(born, day)
    assert not mandates.is_of_age(born, day - timedelta(days=1))


@given(DAYS, DAYS, st.sets(st.sampled_from(Ground)))
def test_being_a_parent_counts_until_the_child_comes_of_age(born: date, today: date, silent: set[Ground]) -> None:
    verdict, found = guardians.conclude([PARENT], silent, birth_date=born, today=today)
    if mandates.is_of_age(born, today):
        assert found is None
        assert verdict is (Verdict.LATER if Ground.APPOINTED in silent else Verdict.REFUSED)
    else:
        assert (verdict, found) == (Verdict.PROVEN, PARENT)


@given(DAYS, DAYS)
def test_an_appointment_counts_at_any_age(born: date, today: date) -> None:
    assert guardians.conclude([APPOINTED], [], birth_date=born, today=today) == (Verdict.PROVEN, APPOINTED)


def test_a_silent_register_that_could_not_have_counted_leaves_nothing_open() -> None:
    adult = guardians.conclude([], [Ground.PARENT], birth_date=date(1970, 1, 1), today=date(2026, 1, 1))
    child = guardians.conclude([], [Ground.PARENT], birth_date=date(2020, 1, 1), today=date(2026, 1, 1))
    assert (adult[0], child[0]) == (Verdict.REFUSED, Verdict.LATER)


@given(DAYS, DAYS, st.sampled_from(Ground))
def test_a_minors_guardian_is_one_until_the_eighteenth_birthday(born: date, today: date, ground: Ground) -> None:
    until = guardians.ends_on(ground, born, today)
    is_adult = mandates.is_of_age(born, today)
    assert (until is None) == (ground is Ground.APPOINTED and is_adult)
    if until is not None and not is_adult:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        assert guardians.is_in_force(until=until, checked_at=now, now=now, today=today)
        assert not guardians.is_in_force(until=until, checked_at=now, now=now, today=until)


@given(st.integers(0, 60))
def test_a_right_outlives_its_last_check_by_a_weeks_grace(days: int) -> None:
    checked = datetime(2026, 1, 1, tzinfo=UTC)
    now = checked + timedelta(days=days)
    assert guardians.is_due_for_check(checked_at=checked, now=now) == (days >= 30)
    holds = guardians.is_in_force(until=None, checked_at=checked, now=now, today=now.date())
    assert holds == (days < 37)
