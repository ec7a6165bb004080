"""When a site that did not answer is told again that a session is over."""

from __future__ import annotations

from datetime import datetime, timedelta

PAUSES = (1, 2, 5, 10, 20, 30)
"""Units: seconds after each of the first failures."""
_FIRST_HOUR, _FIRST_PAUSE, _LATER_PAUSE = timedelta(hours=1), timedelta(seconds=60), timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(hours=48)


def next_attempt(*, attempts: int, since: datetime, now: datetime) -> datetime | None:
    """When to try again after a number of failures; ``None`` when it is given up."""
    if now - since >= GIVEN_UP_AFTER:
        return None
    if attempts <= len(PAUSES):
        return now + timedelta(seconds=PAUSES[attempts - 1])
    return now + (_FIRST_PAUSE if now - since < _FIRST_HOUR else _LATER_PAUSE)
