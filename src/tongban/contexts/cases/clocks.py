"""A case's two clocks as rows and as values. Call with the case locked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from tongban.contexts.cases import models
from tongban.contexts.halls import api as halls
from tongban.engines.clock import PauseReason, StatutoryClock, Unit, WorkingCalendar
from tongban.kernel.clock import local_date

Step = Callable[[StatutoryClock, date, WorkingCalendar], StatutoryClock]
PROMISED = "promised"
STATUTORY = "statutory"


def lay(case: models.Case, budgets: dict[str, tuple[int, Unit]]) -> None:
    """Give a case its clocks, not yet started. `budgets` by kind."""
    models.Clock.objects.bulk_create(
        models.Clock(case=case, kind=kind, budget=budget, unit=unit.value) for kind, (budget, unit) in budgets.items()
    )


def start(case: models.Case, *, at: datetime) -> None:
    """Start at acceptance."""
    _step(case, at, lambda clock, day, _calendar: clock.start(day))


def pause(case: models.Case, reason: PauseReason, *, at: datetime) -> None:
    """Hold the clocks for a reason that the law names; a clock that rests already stays as it is."""
    _step(case, at, lambda clock, day, calendar: clock.pause(day, reason, calendar) if clock.is_running else clock)


def resume(case: models.Case, *, at: datetime) -> None:
    """Let the clocks run again."""
    _step(case, at, lambda clock, day, _calendar: clock.resume(day) if clock.is_paused else clock)


def stop(case: models.Case, *, at: datetime) -> None:
    """Read the clocks for good."""
    _step(case, at, lambda clock, day, calendar: clock.stop(day, calendar))


def value_of(row: models.Clock) -> StatutoryClock:
    """The clock behind a row."""
    return StatutoryClock(
        budget=row.budget,
        unit=Unit(row.unit),
        consumed=row.consumed,
        counts_from=row.counts_from,
        running_since=row.running_since,
        pause_reason=PauseReason(row.pause_reason) if row.pause_reason else None,
        stopped_date=row.stopped_date,
    )


def refresh_due_dates(case: models.Case, *, today: date, calendar: WorkingCalendar) -> None:
    """Derive again the date that the open tasks of a case are sorted by."""
    _refresh(case.id, today, calendar)


def refresh_all_due_dates(*, today: date) -> int:
    """Derive every open task's date again, after a calendar was published. Returns how many cases were looked at."""
    calendar = halls.working_calendar()
    waiting = models.Task.objects.filter(closed_at__isnull=True).values_list("case_id", flat=True).distinct()
    count = 0
    for case_id in waiting.iterator(chunk_size=500):
        _refresh(case_id, today, calendar)
        count += 1
    return count


def _refresh(case_id: UUID, today: date, calendar: WorkingCalendar) -> None:
    clock = models.Clock.objects.get(case_id=case_id, kind=PROMISED)
    due = value_of(clock).due(today, calendar)
    open_tasks = models.Task.objects.filter(case_id=case_id, closed_at__isnull=True)
    open_tasks.update(due_date=due.due_date if due else None)


def _step(case: models.Case, at: datetime, step: Step) -> None:
    calendar, day = halls.working_calendar(), local_date(at)
    for row in models.Clock.objects.filter(case=case):
        after = step(value_of(row), day, calendar)
        row.consumed, row.counts_from, row.running_since = after.consumed, after.counts_from, after.running_since
        row.pause_reason = after.pause_reason.value if after.pause_reason else None
        row.stopped_date = after.stopped_date
        row.save()
    refresh_due_dates(case, today=day, calendar=calendar)
