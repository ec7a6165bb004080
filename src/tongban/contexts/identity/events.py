"""Facts that identity publishes. They carry ids only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """An account session is over, for a reason of ``models.Ending``; whoever relied on it must let go too."""

    topic: ClassVar[str] = "identity.session-ended"
    version: ClassVar[int] = 1
    session_id: str
    account_id: str
    because: str


@dataclass(frozen=True, slots=True)
class AccountLocked:
    """Wrong passwords have locked a name until a moment. ``account_id`` is empty when nobody has that name."""

    topic: ClassVar[str] = "identity.account-locked"
    version: ClassVar[int] = 1
    account_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class MandateChanged:
    """A mandate was asked for, given, declined or ended; ``act`` is one of ``domain.mandates.Act`` or ``ask``."""

    topic: ClassVar[str] = "identity.mandate-changed"
    version: ClassVar[int] = 1
    mandate_id: str
    act: str
    by: str


@dataclass(frozen=True, slots=True)
class ActingBegun:
    """Somebody began to act for another: by which right, and who."""

    topic: ClassVar[str] = "identity.acting-begun"
    version: ClassVar[int] = 1
    kind: str
    reference: str
    agent_person_id: str


@dataclass(frozen=True, slots=True)
class OperatorProposed:
    """Somebody was named to act for an enterprise; whether they have an account is found out afterwards."""

    topic: ClassVar[str] = "identity.operator-proposed"
    version: ClassVar[int] = 1
    appointment_id: str
