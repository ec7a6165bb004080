"""When a site that did not answer is told again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tongban.contexts.identity.domain.sign_outs import next_attempt

SINCE = datetime(2026, 6, 1, 9, tzinfo=UTC)


@given(attempts=st.integers(1, 2000), after=st.integers(0, 3599))
def test_in_the_first_hour_no_pause_is_longer_than_a_minute(attempts: int, after: int) -> None:
    now = SINCE + timedelta(seconds=after)
    due = next_attempt(attempts=attempts, since=SINCE, now=now)
    assert due is not None
    assert timedelta(seconds=1) <= due - now <= timedelta(seconds=60)


def test_pauses_grow() -> None:
    pauses = [next_attempt(attempts=number, since=SINCE, now=SINCE) for number in range(1, 9)]
    assert pauses == sorted(due for due in pauses if due)


def test_it_is_given_up_after_two_days() -> None:
    almost, after = SINCE + timedelta(hours=47, minutes=59), SINCE + timedelta(hours=48)
    assert next_attempt(attempts=600, since=SINCE, now=almost) == almost + timedelta(minutes=5)
    assert next_attempt(attempts=600, since=SINCE, now=after) is None
