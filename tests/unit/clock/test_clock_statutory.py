"""The statutory clock never loses or gains budget, whatever pauses it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.clock import (
    ClockMisused,
    PauseReason,
    Pressure,
    PublishedYear,
    StatutoryClock,
    Unit,
    WorkingCalendar,
)

SPRING_FESTIVAL = frozenset(date(2026, 2, day) for day in range(15, 24))
NATIONAL_DAY = frozenset(date(2026, 10, day) for day in range(1, 8))
MAKEUP_DAYS = frozenset({date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)})
YEAR_2026 = PublishedYear(2026, SPRING_FESTIVAL | NATIONAL_DAY, MAKEUP_DAYS)
CALENDAR = WorkingCalendar.of([YEAR_2026])
starts = st.dates(min_value=date(2025, 12, 1), max_value=date(2026, 12, 1))
budgets = st.integers(min_value=0, max_value=60)
units = st.sampled_from(list(Unit))
gaps = st.lists(st.integers(min_value=0, max_value=20), max_size=10)
SUPPLEMENT = PauseReason.SUPPLEMENT
ONE_DAY = timedelta(days=1)


def paused_and_resumed(clock: StatutoryClock, start: date, steps: list[int]) -> tuple[StatutoryClock, date]:
    """The clock after alternating pauses and resumptions, and the day of the last one."""
    day = start
    for step in steps:
        day += timedelta(days=step)
        clock = clock.resume(day) if clock.is_paused else clock.pause(day, SUPPLEMENT, CALENDAR)
    return clock, day


@given(starts, budgets, units, gaps, st.integers(0, 40), st.integers(0, 40))
def test_consumed_time_never_decreases(
    start: date, budget: int, unit: Unit, steps: list[int], early: int, late: int
) -> None:
    clock, day = paused_and_resumed(StatutoryClock(budget, unit).start(start), start, steps)
    earlier = day + timedelta(days=min(early, late))
    later = day + timedelta(days=max(early, late))
    assert clock.consumed_by(earlier, CALENDAR) <= clock.consumed_by(later, CALENDAR)
    assert clock.consumed_by(later, CALENDAR) <= clock.stop(later, CALENDAR).consumed


@given(starts, budgets, units, gaps)
def test_pausing_and_resuming_on_one_day_changes_nothing(
    start: date, budget: int, unit: Unit, steps: list[int]
) -> None:
    plain = StatutoryClock(budget, unit).start(start)
    day = start + timedelta(days=sum(steps))
    again = plain.pause(day, SUPPLEMENT, CALENDAR).resume(day)
    for later in (day, day + ONE_DAY, day + timedelta(days=30)):
        assert again.consumed_by(later, CALENDAR) == plain.consumed_by(later, CALENDAR)


@given(starts, st.integers(1, 60), gaps)
def test_a_pause_moves_the_due_date_by_the_days_it_takes_out(start: date, budget: int, steps: list[int]) -> None:
    clock, day = paused_and_resumed(StatutoryClock(budget).start(start), start, steps)
    due = clock.due(day, CALENDAR)
    assert due is not None
    if not clock.is_paused and budget > clock.consumed_by(day, CALENDAR):
        first = clock.running_since
        assert first is not None
        counted = CALENDAR.working_days(first, due.due_date + ONE_DAY)
        assert clock.consumed + counted == budget


@given(starts, st.integers(0, 60), st.integers(0, 20), units)
def test_the_due_date_is_monotone_in_the_budget_and_the_start(start: date, budget: int, more: int, unit: Unit) -> None:
    due = StatutoryClock(budget, unit).start(start).due(start, CALENDAR)
    roomier = StatutoryClock(budget + more, unit).start(start).due(start, CALENDAR)
    later = StatutoryClock(budget, unit).start(start + timedelta(days=more)).due(start, CALENDAR)
    assert due is not None
    assert roomier is not None
    assert later is not None
    assert due.due_date <= roomier.due_date
    assert due.due_date <= later.due_date


@given(starts, st.integers(1, 60))
def test_closing_on_the_due_date_is_in_time_and_the_day_after_is_not(start: date, budget: int) -> None:
    clock = StatutoryClock(budget).start(start)
    due = clock.due(start, CALENDAR)
    assert due is not None
    assert clock.stop(due.due_date, CALENDAR).consumed == budget
    assert not clock.stop(due.due_date, CALENDAR).is_overdue(due.due_date, CALENDAR)
    late = CALENDAR.nth_working_day(due.due_date + ONE_DAY, 1)
    assert clock.stop(late, CALENDAR).is_overdue(late, CALENDAR)
    assert clock.is_overdue(due.due_date + ONE_DAY, CALENDAR)


@given(starts, budgets, gaps)
def test_republishing_a_calendar_unchanged_changes_nothing(start: date, budget: int, steps: list[int]) -> None:
    clock, day = paused_and_resumed(StatutoryClock(budget).start(start), start, steps)
    assert clock.due(day, CALENDAR) == clock.due(day, WorkingCalendar.of([YEAR_2026]))


def test_the_day_of_acceptance_does_not_count() -> None:
    clock = StatutoryClock(budget=1).start(date(2026, 6, 10))
    due = clock.due(date(2026, 6, 10), CALENDAR)
    assert due is not None
    assert due.due_date == date(2026, 6, 11)


def test_spring_festival_does_not_count() -> None:
    # Accepted on Friday 13 February: Saturday the 14th is a make-up day, the 24th is the next working day.
    due = StatutoryClock(budget=3).start(date(2026, 2, 13)).due(date(2026, 2, 13), CALENDAR)
    assert due is not None
    assert due.due_date == date(2026, 2, 25)


def test_national_day_does_not_count() -> None:
    due = StatutoryClock(budget=2).start(date(2026, 9, 29)).due(date(2026, 9, 29), CALENDAR)
    assert due is not None
    assert due.due_date == date(2026, 10, 8)


def test_a_due_date_in_an_unpublished_year_is_provisional() -> None:
    due = StatutoryClock(budget=5).start(date(2026, 12, 29)).due(date(2026, 12, 29), CALENDAR)
    assert due is not None
    assert due.is_provisional


def test_an_item_done_on_the_spot_is_due_the_same_day() -> None:
    clock = StatutoryClock(budget=0).start(date(2026, 6, 10))
    due = clock.due(date(2026, 6, 10), CALENDAR)
    assert due is not None
    assert due.due_date == date(2026, 6, 10)
    assert not clock.stop(date(2026, 6, 10), CALENDAR).is_overdue(date(2026, 6, 10), CALENDAR)


def test_the_lights_go_from_calm_to_overdue_and_hold_while_paused() -> None:
    clock = StatutoryClock(budget=10).start(date(2026, 6, 1))
    seen = [clock.pressure(date(2026, 6, day), CALENDAR) for day in (2, 12, 15, 16)]
    assert seen == [Pressure.CALM, Pressure.SOON, Pressure.TODAY, Pressure.OVERDUE]
    assert clock.pause(date(2026, 6, 2), SUPPLEMENT, CALENDAR).pressure(date(2026, 7, 1), CALENDAR) is Pressure.PAUSED


@pytest.mark.parametrize("step", ["start", "resume"])
def test_a_running_clock_refuses_what_does_not_fit(step: str) -> None:
    clock = StatutoryClock(budget=3).start(date(2026, 6, 1))
    with pytest.raises(ClockMisused):
        getattr(clock, step)(date(2026, 6, 2))


def test_a_stopped_clock_stays_stopped() -> None:
    clock = StatutoryClock(budget=3).start(date(2026, 6, 1)).stop(date(2026, 6, 3), CALENDAR)
    with pytest.raises(ClockMisused):
        clock.stop(date(2026, 6, 4), CALENDAR)
    with pytest.raises(ClockMisused):
        clock.pause(date(2026, 6, 4), SUPPLEMENT, CALENDAR)
    assert clock.due(date(2026, 6, 4), CALENDAR) is None
