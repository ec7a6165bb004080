"""What notices need from outside. ``assembly`` fills it; until then nobody has an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a person can be told something. An empty ``email`` means that the inbox is all there is."""

    name: str
    email: str
    language: str


class Recipients(Protocol):
    """Knows people's addresses."""

    def find(self, person_id: UUID) -> Recipient | None:
        """Where to reach a person, or ``None`` for an unknown one."""
        ...


class NoRecipients:
    """Shipped default: notices stay in the inbox."""

    def find(self, person_id: UUID) -> Recipient | None:
        """Nobody."""
        return None


_recipients: Recipients = NoRecipients()


def use_recipients(recipients: Recipients) -> None:
    """Connect the addresses. Called once by assembly, and by tests."""
    global _recipients
    _recipients = recipients


def recipients() -> Recipients:
    """The connected addresses."""
    return _recipients
