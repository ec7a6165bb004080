"""The life of an operator's appointment: proposed, accepted, suspended when the representative changes, over.

proposed --accept--> active --suspend--> suspended --confirm--> active
proposed --decline--> declined;  every open state --end--> ended
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum

from tongban.kernel.clock import CITY_ZONE, local_date

DEFAULT_YEARS, MOST_YEARS = 1, 3


class AppointmentState(Enum):
    """What is stored."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DECLINED = "declined"
    ENDED = "ended"


class Step(Enum):
    """What can happen to an appointment."""

    ACCEPT = "accept"
    DECLINE = "decline"
    SUSPEND = "suspend"
    CONFIRM = "confirm"
    END = "end"


OPEN_STATES = (AppointmentState.PROPOSED, AppointmentState.ACTIVE, AppointmentState.SUSPENDED)

STEPS: Mapping[tuple[AppointmentState, Step], AppointmentState] = {
    (AppointmentState.PROPOSED, Step.ACCEPT): AppointmentState.ACTIVE,
    (AppointmentState.PROPOSED, Step.DECLINE): AppointmentState.DECLINED,
    (AppointmentState.PROPOSED, Step.END): AppointmentState.ENDED,
    (AppointmentState.ACTIVE, Step.SUSPEND): AppointmentState.SUSPENDED,
    (AppointmentState.ACTIVE, Step.END): AppointmentState.ENDED,
    (AppointmentState.SUSPENDED, Step.CONFIRM): AppointmentState.ACTIVE,
    (AppointmentState.SUSPENDED, Step.END): AppointmentState.ENDED,
}
"""The whole table. What is not in it does not happen."""


class Standing(Enum):
    """What an appointment amounts to at a moment: its state, and whether its time has come and gone."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    NOT_YET = "not-yet"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    DECLINED = "declined"
    ENDED = "ended"


def after(state: AppointmentState, step: Step) -> AppointmentState | None:
    """The state that a step leads to; ``None`` when the step cannot be taken from there."""
    return STEPS.get((state, step))


def standing_of(state: AppointmentState, valid_from: datetime, valid_until: datetime, now: datetime) -> Standing:
    """What an appointment amounts to now. Only ``ACTIVE`` gives a right. The period is ``[from, until)``."""
    if state in OPEN_STATES and now >= valid_until:
        return Standing.EXPIRED
    if state is AppointmentState.ACTIVE and now < valid_from:
        return Standing.NOT_YET
    return Standing(state.value)


def end_of(day: date) -> datetime:
    """The end of an appointment whose last day is given: midnight after it, in the city's time."""
    return datetime.combine(day + timedelta(days=1), time(), CITY_ZONE)


def default_last_day(now: datetime) -> date:
    """The last day that is proposed: a year from now."""
    return years_after(local_date(now), DEFAULT_YEARS)


def latest_last_day(now: datetime) -> date:
    """The last day that is allowed: three years from now."""
    return years_after(local_date(now), MOST_YEARS)


def years_after(day: date, years: int) -> date:
    """The same day some years later; the last of February for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
