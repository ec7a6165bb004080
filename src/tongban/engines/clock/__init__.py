"""Statutory time: budgets in working days, pauses, and due dates derived from a published calendar.

Owns: counting working days, the clock's arithmetic (start, pause, resume, stop), due dates and their certainty.
Does not own: which calendar is in force (halls), why a case pauses (cases), wall-clock time (pass dates).
Invariants: every period is half-open `[from, to)`; consumed time never decreases; a due date is never stored.
"""

from tongban.engines.clock.calendar import PublishedYear, WorkingCalendar
from tongban.engines.clock.statutory import ClockMisused, Due, PauseReason, Pressure, StatutoryClock, Unit

__all__ = [
    "ClockMisused",
    "Due",
    "PauseReason",
    "Pressure",
    "PublishedYear",
    "StatutoryClock",
    "Unit",
    "WorkingCalendar",
]
