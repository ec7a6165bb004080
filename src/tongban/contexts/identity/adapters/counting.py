"""Counting in PostgreSQL: one statement counts, for all processes, and commits before what it counts is evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongban.contexts.identity.domain.limits import Budget, Count
from tongban.infra import apart
from tongban.infra.fields import keyed_hash

# Rows are taken in the order of their keys: two requests that count the same things wait, and never for each other.
_RESERVE = """
INSERT INTO identity_attempt_window AS present (key, used, tries, ends_at)
SELECT key, step, tries, ends_at
FROM unnest(%s::text[], %s::int[], %s::int[], %s::timestamptz[]) AS asked (key, step, tries, ends_at)
ORDER BY key
ON CONFLICT (key) DO UPDATE SET
    used = CASE WHEN present.ends_at <= %s THEN 0 ELSE least(present.used, 1000000000) END + EXCLUDED.used,
    tries = EXCLUDED.tries,
    ends_at = CASE
        WHEN present.ends_at <= %s OR (EXCLUDED.used = 1 AND present.used + 1 = EXCLUDED.tries) THEN EXCLUDED.ends_at
        ELSE present.ends_at
    END
RETURNING key, used, ends_at
"""
_RELEASE = """
UPDATE identity_attempt_window SET used = used - 1
WHERE key IN (SELECT key FROM identity_attempt_window WHERE key = ANY(%s) AND used > 0 ORDER BY key FOR UPDATE)
"""
_FORGET = """
DELETE FROM identity_attempt_window
WHERE key IN (SELECT key FROM identity_attempt_window WHERE key = ANY(%s) ORDER BY key FOR UPDATE)
RETURNING key
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is counted for an action: a kind (account, name, address …) and whose. Stored as a keyed hash only."""

    action: str
    kind: str
    value: str

    def key(self, budget: Budget) -> str:
        """The row of one of its budgets."""
        window = int(budget.window / timedelta(seconds=1))
        return keyed_hash(f"{self.action}\x1f{self.kind}\x1f{self.value}\x1f{window}", "identity.limits")


@dataclass(frozen=True, slots=True)
class Claim:
    """A subject with budgets to take from; with ``step`` 0 they are only looked at."""

    subject: Subject
    budgets: tuple[Budget, ...]
    step: int = 1

    @property
    def keys(self) -> tuple[str, ...]:
        """The rows of its budgets, in their order."""
        return tuple(self.subject.key(budget) for budget in self.budgets)


Counts = dict[Subject, tuple[Count, ...]]


def reserve(claims: Iterable[Claim], *, now: datetime) -> Counts:
    """Count one try for every budget of every claim, at once. Returns: the counts, this try included."""
    rows = [(claim, budget, key) for claim in claims for budget, key in zip(claim.budgets, claim.keys, strict=True)]
    columns = (
        [key for _claim, _budget, key in rows],
        [claim.step for claim, _budget, _key in rows],
        [budget.tries for _claim, budget, _key in rows],
        [now + budget.window for _claim, budget, _key in rows],
    )
    found = {key: (used, ends_at) for key, used, ends_at in apart.execute(_RESERVE, [*columns, now, now])}
    counts: Counts = {}
    for claim, budget, key in rows:
        counts[claim.subject] = (*counts.get(claim.subject, ()), Count(budget, *found[key]))
    return counts


def release(claims: Iterable[Claim]) -> None:
    """Give back one try of every budget: it was no guess."""
    apart.execute(_RELEASE, [[key for claim in claims for key in claim.keys]])


def forget(claims: Iterable[Claim]) -> frozenset[str]:
    """Begin again at nothing. Returns: the keys that had been counted."""
    return frozenset(key for (key,) in apart.execute(_FORGET, [[key for claim in claims for key in claim.keys]]))


def forget_ended(*, now: datetime) -> int:
    """Delete windows that are over. Returns how many."""
    return len(apart.execute("DELETE FROM identity_attempt_window WHERE ends_at <= %s RETURNING key", [now]))
