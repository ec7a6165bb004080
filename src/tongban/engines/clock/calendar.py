"""The working-day calendar: weekends, published public holidays and published make-up days."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

_WEEKDAYS_IN_WEEK = 5


@dataclass(frozen=True, slots=True)
class PublishedYear:
    """One year's published arrangement: weekdays that are off and weekend days that are worked."""

    year: int
    days_off: frozenset[date]
    makeup_days: frozenset[date]

    def __post_init__(self) -> None:
        """Refuse days of another year and days that are both off and worked.

        Raises: ValueError.
        """
        for day in self.days_off | self.makeup_days:
            if day.year != self.year:
                raise ValueError(f"{day} is not in {self.year}")
        both = self.days_off & self.makeup_days
        if both:
            raise ValueError(f"{min(both)} is both a day off and a make-up working day")


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days count. An unpublished year is provisional: its weekdays count, its holidays are unknown."""

    years: frozenset[int] = frozenset()
    _weekdays_off: tuple[date, ...] = field(default=(), repr=False)
    _weekends_worked: tuple[date, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, published: Iterable[PublishedYear]) -> WorkingCalendar:
        """A calendar made of published years. Raises: ValueError when a year is given twice."""
        rows = list(published)
        years = [row.year for row in rows]
        if len(set(years)) != len(years):
            raise ValueError("a year is published twice; give only the arrangement in force")
        off = sorted(day for row in rows for day in row.days_off if day.weekday() < _WEEKDAYS_IN_WEEK)
        worked = sorted(day for row in rows for day in row.makeup_days if day.weekday() >= _WEEKDAYS_IN_WEEK)
        return cls(frozenset(years), tuple(off), tuple(worked))

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day, as far as is published."""
        if day.weekday() < _WEEKDAYS_IN_WEEK:
            return not _holds(self._weekdays_off, day)
        return _holds(self._weekends_worked, day)

    def is_provisional(self, from_date: date, to_date: date) -> bool:
        """Whether any day of `[from_date, to_date)` lies in a year that is not published yet."""
        if to_date <= from_date:
            return False
        last = to_date - timedelta(days=1)
        return any(year not in self.years for year in range(from_date.year, last.year + 1))

    def working_days(self, from_date: date, to_date: date) -> int:
        """Working days in `[from_date, to_date)`; 0 when it is empty. Constant time in the period's length."""
        if to_date <= from_date:
            return 0
        plain = _weekdays_before(to_date) - _weekdays_before(from_date)
        return (
            plain
            - _between(self._weekdays_off, from_date, to_date)
            + _between(self._weekends_worked, from_date, to_date)
        )

    def nth_working_day(self, from_date: date, ordinal: int) -> date:
        """The `ordinal`-th working day on or after `from_date` (1 is the first). Raises: ValueError below 1."""
        if ordinal < 1:
            raise ValueError("working days are numbered from 1")
        low, high = from_date, from_date + timedelta(days=ordinal * 2 + 30)
        while self.working_days(from_date, high) < ordinal:
            high += timedelta(days=ordinal + 30)
        while high - low > timedelta(days=1):
            middle = low + (high - low) // 2
            if self.working_days(from_date, middle) < ordinal:
                low = middle
            else:
                high = middle
        return low


def _holds(days: tuple[date, ...], day: date) -> bool:
    at = bisect_left(days, day)
    return at < len(days) and days[at] == day


def _between(days: tuple[date, ...], from_date: date, to_date: date) -> int:
    return bisect_left(days, to_date) - bisect_left(days, from_date)


def _weekdays_before(day: date) -> int:
    # Day 1 of the proleptic calendar is a Monday, so whole weeks and a remainder count themselves.
    weeks, rest = divmod(day.toordinal() - 1, 7)
    return weeks * _WEEKDAYS_IN_WEEK + min(rest, _WEEKDAYS_IN_WEEK)
