"""One case's statutory clock: budget, consumed, running-since and pause reason.

Days are counted as the Civil Code counts periods: the day of acceptance is not counted, the last day is counted
whole. A pause takes out exactly the days from its first day up to, not including, the day the clock resumes.
Source: 民法典 §§201-203; 行政许可法 §§42, 45, 82 (limits are working days; what the law names does not count).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from tongban.engines.clock.calendar import WorkingCalendar
from tongban.kernel.errors import Conflict, Text

_ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a budget is counted in."""

    WORKING_DAY = "working-day"
    CALENDAR_DAY = "calendar-day"


class PauseReason(StrEnum):
    """Why time does not count; each is one that the law takes out of the limit."""

    SUPPLEMENT = "supplement"
    HEARING = "hearing"
    EXPERT_REVIEW = "expert-review"
    INSPECTION = "inspection"
    SUSPENSION = "suspension"


class Pressure(StrEnum):
    """How urgent a due date is: the lights of a task list."""

    CALM = "calm"
    SOON = "soon"
    TODAY = "today"
    OVERDUE = "overdue"
    PAUSED = "paused"
    STOPPED = "stopped"


class ClockMisused(Conflict):
    """A clock was asked for a step that its state does not allow."""

    code = "clock-misused"


@dataclass(frozen=True, slots=True)
class Due:
    """A derived due date. Provisional when it rests on a year whose holidays are not published yet (暂定)."""

    due_date: date
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class StatutoryClock:
    """An immutable clock; every step returns the next one.

    Units: `budget` and `consumed` in days of `unit`. `running_since` is the first day that counts now,
    `counts_from` the first that ever may (the day after acceptance).
    """

    budget: int
    unit: Unit = Unit.WORKING_DAY
    consumed: int = 0
    counts_from: date | None = None
    running_since: date | None = None
    pause_reason: PauseReason | None = None
    stopped_date: date | None = None

    @property
    def is_running(self) -> bool:
        """Whether days are being counted."""
        return self.running_since is not None

    @property
    def is_paused(self) -> bool:
        """Whether the law holds the clock still."""
        return self.pause_reason is not None

    @property
    def is_stopped(self) -> bool:
        """Whether the case is closed and the clock read for good."""
        return self.stopped_date is not None

    def start(self, on: date) -> StatutoryClock:
        """Start at acceptance 受理 on this day, which itself does not count. Raises: ClockMisused."""
        if self.is_running or self.is_paused or self.is_stopped:
            raise _misused("时钟已经开始，不能再次开始", "The clock has started already")
        return replace(self, counts_from=on + _ONE_DAY, running_since=on + _ONE_DAY)

    def pause(self, on: date, reason: PauseReason, calendar: WorkingCalendar) -> StatutoryClock:
        """Hold the clock from this day on, which no longer counts. Raises: ClockMisused."""
        if self.running_since is None:
            raise _misused("时钟没有在走，不能暂停", "The clock is not running and cannot be paused")
        return replace(self, consumed=self.consumed_by(on, calendar), running_since=None, pause_reason=reason)

    def resume(self, on: date) -> StatutoryClock:
        """Let the clock run again; to pause and resume on one day changes nothing. Raises: ClockMisused."""
        if not self.is_paused or self.counts_from is None:
            raise _misused("时钟没有暂停，不能恢复", "The clock is not paused and cannot be resumed")
        return replace(self, running_since=max(on, self.counts_from), pause_reason=None)

    def stop(self, on: date, calendar: WorkingCalendar) -> StatutoryClock:
        """Read the clock for good: the closing day counts. Raises: ClockMisused."""
        if self.is_stopped:
            raise _misused("时钟已经停止", "The clock has stopped already")
        used = self.consumed_by(on + _ONE_DAY, calendar)
        return replace(self, consumed=used, running_since=None, pause_reason=None, stopped_date=on)

    def consumed_by(self, day: date, calendar: WorkingCalendar) -> int:
        """Days of the budget used before this day begins."""
        if self.running_since is None:
            return self.consumed
        return self.consumed + self._count(self.running_since, day, calendar)

    def remaining_on(self, day: date, calendar: WorkingCalendar) -> int:
        """Days left when this day begins; negative once overdue."""
        return self.budget - self.consumed_by(day, calendar)

    def due(self, today: date, calendar: WorkingCalendar) -> Due | None:
        """The last day in time, or None before the start and after the end.

        While paused it is the day that would be due if the clock ran again today.
        """
        first = self.running_since
        if first is None:
            if not self.is_paused:
                return None
            first = max(today, self.counts_from or today)
        remaining = self.budget - self.consumed
        if remaining <= 0:
            last = first - _ONE_DAY
        elif self.unit is Unit.CALENDAR_DAY:
            last = first + timedelta(days=remaining - 1)
        else:
            last = calendar.nth_working_day(first, remaining)
        provisional = self.unit is Unit.WORKING_DAY and calendar.is_provisional(first, last + _ONE_DAY)
        return Due(last, provisional)

    def pressure(self, today: date, calendar: WorkingCalendar) -> Pressure:
        """The light to show: overdue, due today, within a fifth of the budget (at least one day), or calm."""
        if self.is_stopped:
            return Pressure.STOPPED
        if self.is_paused:
            return Pressure.PAUSED
        due = self.due(today, calendar)
        if due is None:
            return Pressure.CALM
        if today > due.due_date:
            return Pressure.OVERDUE
        if today == due.due_date:
            return Pressure.TODAY
        left = self._count(today, due.due_date + _ONE_DAY, calendar)
        return Pressure.SOON if left <= max(2, self.budget // 5) else Pressure.CALM

    def is_overdue(self, today: date, calendar: WorkingCalendar) -> bool:
        """Whether more than the budget was used, now or at the end."""
        if self.is_stopped:
            return self.consumed > self.budget
        return self.is_running and self.pressure(today, calendar) is Pressure.OVERDUE

    def _count(self, from_date: date, to_date: date, calendar: WorkingCalendar) -> int:
        if self.unit is Unit.CALENDAR_DAY:
            return max(0, (to_date - from_date).days)
        return calendar.working_days(from_date, to_date)


def _misused(zh: str, en: str) -> ClockMisused:
    return ClockMisused(
        Text(zh=zh, en=en),
        remedy=Text(zh="请刷新页面，按最新状态再操作", en="Reload the page and act on its present state"),
    )
