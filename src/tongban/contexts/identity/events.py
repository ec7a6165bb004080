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
