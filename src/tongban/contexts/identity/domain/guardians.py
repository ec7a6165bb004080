"""When somebody is another person's guardian by what the registers say, and for how long. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from tongban.contexts.identity.domain.mandates import coming_of_age, is_of_age

CHECK_EVERY = timedelta(days=30)
GRACE = timedelta(days=7)
"""How long a right outlives its last check while the registers do not answer."""


class Ground(Enum):
    """Why somebody is a guardian. Source: 民法典 art. 27 (parents), 28 and 31 (adults without capacity, appointed)."""

    PARENT = "parent"
    APPOINTED = "appointed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a register holds: a parent in the household register, or an appointed guardian at civil affairs."""

    ground: Ground
    source: str
    record_version: str
    observed_at: datetime | None


class Verdict(Enum):
    """What follows from the registers' answers."""

    PROVEN = "proven"
    REFUSED = "refused"
    LATER = "later"


def conclude(
    evidence: Iterable[Evidence], unanswered: Iterable[Ground], *, birth_date: date, today: date
) -> tuple[Verdict, Evidence | None]:
    """Whether the answers make a guardian, and by which record.

    Being a parent counts only until the child comes of age; an appointment counts at any age. A register that did not
    answer leaves the question open only when its answer could still have counted.
    """
    counting = {Ground.APPOINTED} if is_of_age(birth_date, today) else {Ground.PARENT, Ground.APPOINTED}
    found = {one.ground: one for one in evidence if one.ground in counting}
    best = found.get(Ground.PARENT) or found.get(Ground.APPOINTED)
    if best is not None:
        return Verdict.PROVEN, best
    return (Verdict.LATER if counting & set(unanswered) else Verdict.REFUSED), None


def ends_on(ground: Ground, birth_date: date, today: date) -> date | None:
    """The first day on which the right no longer holds; ``None`` for an adult's appointed guardian.

    A minor's guardian, parent or appointed, is one until the eighteenth birthday.
    """
    if ground is Ground.APPOINTED and is_of_age(birth_date, today):
        return None
    return coming_of_age(birth_date)


def is_in_force(*, until: date | None, checked_at: datetime, now: datetime, today: date) -> bool:
    """Whether a guardianship that nobody ended gives a right now: before its day, on evidence that is fresh enough."""
    return (until is None or today < until) and now < checked_at + CHECK_EVERY + GRACE


def is_due_for_check(*, checked_at: datetime, now: datetime) -> bool:
    """Whether the registers are to be asked again: at most once in thirty days."""
    return now >= checked_at + CHECK_EVERY
