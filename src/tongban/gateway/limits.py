"""Limits that keep one slow department or one eager consumer from taking the gateway down with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BreakerState = Literal["closed", "open", "probing"]


@dataclass(slots=True)
class CircuitBreaker:
    """Stops asking a source that keeps failing; after a pause one probe finds out whether it is back.

    Units: seconds on a monotonic clock.
    """

    threshold: int = 5
    pause_s: float = 5.0
    failures: int = 0
    state: BreakerState = "closed"
    opened_at: float = 0.0

    def may_try(self, now: float) -> bool:
        """Whether a request may go to the source now. A probe that was allowed must end in a report or be given up."""
        if self.state == "closed":
            return True
        if now - self.opened_at < self.pause_s:
            return False
        self.state, self.opened_at = "probing", now
        return True

    def report(self, *, succeeded: bool, now: float) -> None:
        """What became of a request."""
        if succeeded:
            self.state, self.failures = "closed", 0
            return
        self.failures += 1
        if self.state == "probing" or self.failures >= self.threshold:
            self.state, self.opened_at = "open", now


@dataclass(slots=True)
class RateLimits:
    """A token bucket for each grant, in this process. A bucket holds one minute's worth."""

    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, grant_id: str, per_minute: int, now: float) -> bool:
        """Take one read from a grant's bucket; False when it is empty."""
        left, at = self._buckets.get(grant_id, (float(per_minute), now))
        left = min(float(per_minute), left + (now - at) * per_minute / 60)
        allowed = left >= 1
        self._buckets[grant_id] = (left - 1 if allowed else left, now)
        return allowed
