"""What may happen to a mandate, what it covers, and until when. Pure: the day is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum

MAX_SERVICES = 50
LONGEST = timedelta(days=366)
OF_AGE = 18
ASK_KEPT = timedelta(days=14)
"""How long a question waits for its principal."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class State(Enum):
    """Where a mandate stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Act(Enum):
    """What can be done to a mandate."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    HAND_BACK = "hand-back"
    EXPIRE = "expire"


class Party(Enum):
    """Who acts on a mandate. The window acts for a principal who is present."""

    PRINCIPAL = "principal"
    AGENT = "agent"
    WINDOW = "window"
    CLOCK = "clock"


_GIVER = frozenset({Party.PRINCIPAL, Party.WINDOW})
TRANSITIONS: dict[tuple[State, Act], tuple[State, frozenset[Party]]] = {
    (State.PROPOSED, Act.CONFIRM): (State.ACTIVE, _GIVER),
    (State.PROPOSED, Act.DECLINE): (State.DECLINED, _GIVER),
    (State.PROPOSED, Act.WITHDRAW): (State.REVOKED, frozenset({Party.AGENT})),
    (State.PROPOSED, Act.EXPIRE): (State.EXPIRED, frozenset({Party.CLOCK})),
    (State.ACTIVE, Act.REVOKE): (State.REVOKED, _GIVER),
    (State.ACTIVE, Act.HAND_BACK): (State.REVOKED, frozenset({Party.AGENT})),
    (State.ACTIVE, Act.EXPIRE): (State.EXPIRED, frozenset({Party.CLOCK})),
}
"""The whole table. Nothing leads out of an ended state, and an agent never makes a mandate hold."""


def next_state(state: State, act: Act, by: Party) -> State | None:
    """The state after an act, or ``None`` when the act is not this party's, or not possible now."""
    after, parties = TRANSITIONS.get((state, act), (state, frozenset[Party]()))
    return after if by in parties else None


def holds_on(state: State, valid_until: date, today: date) -> bool:
    """Whether a mandate holds on a day: active, and the last day not over. A row not yet marked expired is no right."""
    return state is State.ACTIVE and today <= valid_until


def is_open(state: State, valid_until: date, today: date) -> bool:
    """Whether a question still waits for its answer."""
    return state is State.PROPOSED and today <= valid_until


def clean_services(codes: Iterable[str]) -> tuple[str, ...] | None:
    """The codes once each, in the order given; ``None`` unless there are 1 to 50 well-formed ones."""
    found = tuple(dict.fromkeys(codes))
    if not 1 <= len(found) <= MAX_SERVICES or not all(_CODE.fullmatch(code) for code in found):
        return None
    return found


def latest_day(today: date) -> date:
    """The last day that a mandate given today may hold: a year on."""
    return min(_years_on(today, 1), today + LONGEST)


def may_last_until(valid_until: date, today: date) -> bool:
    """Whether a mandate given today may hold until the end of a day: from today to a year on."""
    return today <= valid_until <= latest_day(today)


def is_of_age(birth_date: date, today: date) -> bool:
    """Whether somebody has turned eighteen. Source: 民法典 art. 17 and 18."""
    return today >= coming_of_age(birth_date)


def coming_of_age(birth_date: date) -> date:
    """The eighteenth birthday; who was born on 29 February comes of age on 1 March of a common year."""
    return _years_on(birth_date, OF_AGE)


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
