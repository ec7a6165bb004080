"""What a system that lives in PostgreSQL hands over: its tables and the rows for each."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString

from yunzhou_departments.population.model import at_noon


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table, in the order of its columns. ``table`` is quoted where the system needs it."""

    table: LiteralString
    rows: Iterable[tuple[Any, ...]]


class Updates:
    """When records were last touched: most within two years of the day, in office hours."""

    def __init__(self, seed: int, system: str, as_of: date) -> None:
        self._rng = random.Random(f"{seed}:updates:{system}")  # noqa: S311  # repeatable, not a secret
        self._as_of = as_of

    def moment(self, *, within_days: int = 720, not_before: date | None = None) -> datetime:
        """A moment before the day, not before another."""
        day = self._as_of - timedelta(days=1 + int(self._rng.random() ** 2 * within_days))
        if not_before is not None and day < not_before:
            day = min(not_before, self._as_of)
        return at_noon(day, int(self._rng.random() * 480))
