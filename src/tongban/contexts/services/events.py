"""Facts that services publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ServicesChanged:
    """Items of a pack got a new version or were added. At most 500 codes an event."""

    topic: ClassVar[str] = "services.changed"
    version: ClassVar[int] = 1

    pack: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QualityTicketsFiled:
    """Sections that a department has not published were found. Shape: ``sections`` counts tickets by section."""

    topic: ClassVar[str] = "services.quality-tickets-filed"
    version: ClassVar[int] = 1

    pack: str
    department: str
    sections: dict[str, int]
