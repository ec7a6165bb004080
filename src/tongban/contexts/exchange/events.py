"""Facts that exchange publishes. They carry ids and codes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PurposeClosed:
    """A purpose ended before its time: the person withdrew it, or what it served is over."""

    topic: ClassVar[str] = "exchange.purpose-closed"
    version: ClassVar[int] = 1

    purpose_id: str
    kind: str
    reference: str
    closed_by: str


@dataclass(frozen=True, slots=True)
class QuestionRaised:
    """A person asks why their data was read. ``provider`` gave it, ``consumer`` read it."""

    topic: ClassVar[str] = "exchange.question-raised"
    version: ClassVar[int] = 1

    question_id: str
    record_id: str
    provider: str
    consumer: str
    due_date: str
