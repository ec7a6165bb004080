"""Facts that halls publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CalendarPublished:
    """The working days of a year were published, or published otherwise than before."""

    topic: ClassVar[str] = "halls.calendar-published"
    version: ClassVar[int] = 1
    year: int
