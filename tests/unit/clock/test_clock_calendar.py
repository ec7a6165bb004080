"""The working-day calendar counts published days and says when it is guessing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.engines.clock import PublishedYear, WorkingCalendar

SPRING_FESTIVAL = frozenset(date(2026, 2, day) for day in range(15, 24))
NATIONAL_DAY = frozenset(date(2026, 10, day) for day in range(1, 8))
YEAR_2026 = PublishedYear(
    year=2026,
    days_off=SPRING_FESTIVAL | NATIONAL_DAY,
    makeup_days=frozenset({date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)}),
)
CALENDAR = WorkingCalendar.of([YEAR_2026])
days = st.dates(min_value=date(2025, 11, 1), max_value=date(2027, 3, 1))


@given(days, days)
def test_working_days_are_what_counting_one_by_one_gives(first: date, last: date) -> None:
    one_by_one = sum(CALENDAR.is_working(first + timedelta(days=n)) for n in range((last - first).days))
    assert CALENDAR.working_days(first, last) == one_by_one


@given(days, days, days)
def test_two_halves_of_a_period_add_up(one: date, two: date, three: date) -> None:
    first, middle, last = sorted((one, two, three))
    whole = CALENDAR.working_days(first, last)
    assert whole == CALENDAR.working_days(first, middle) + CALENDAR.working_days(middle, last)


@given(days, st.integers(min_value=1, max_value=400))
def test_the_nth_working_day_works_and_has_n_days_behind_it(first: date, ordinal: int) -> None:
    day = CALENDAR.nth_working_day(first, ordinal)
    assert CALENDAR.is_working(day)
    assert CALENDAR.working_days(first, day) == ordinal - 1


def test_spring_festival_is_off_and_its_make_up_saturdays_are_worked() -> None:
    assert not CALENDAR.is_working(date(2026, 2, 17))
    assert CALENDAR.is_working(date(2026, 2, 14))
    assert CALENDAR.working_days(date(2026, 2, 14), date(2026, 2, 24)) == 1


def test_a_year_nobody_published_is_provisional() -> None:
    assert CALENDAR.is_provisional(date(2026, 12, 30), date(2027, 1, 2))
    assert not CALENDAR.is_provisional(date(2026, 12, 30), date(2027, 1, 1))
    assert CALENDAR.is_working(date(2027, 1, 1))


def test_the_first_working_day_is_numbered_one() -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        CALENDAR.nth_working_day(date(2026, 1, 1), 0)


def test_a_year_published_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="published twice"):
        WorkingCalendar.of([YEAR_2026, YEAR_2026])


def test_a_day_of_another_year_is_refused() -> None:
    with pytest.raises(ValueError, match="not in 2026"):
        PublishedYear(2026, frozenset({date(2025, 1, 1)}), frozenset())


def test_a_day_both_off_and_worked_is_refused() -> None:
    with pytest.raises(ValueError, match="both"):
        PublishedYear(2026, frozenset({date(2026, 2, 14)}), frozenset({date(2026, 2, 14)}))
