"""Signing in on one device by allowing it on another: the life of a ticket, and the numbers that join two screens."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta
from enum import Enum
from random import Random

LIFETIME = timedelta(seconds=60)
"""From the moment the code is shown to the moment it has served."""
CHOICES = 3
"""Numbers on the phone, of which one stands on the screen that asks."""


class Purpose(Enum):
    """What an approval gives the one who asks."""

    SIGN_IN = "sign-in"
    IDENTIFY = "identify"
    """Who stands at the window: no session, only the person."""


class Requester(Enum):
    """What kind of screen shows the code."""

    BROWSER = "browser"
    KIOSK = "kiosk"
    WINDOW = "window"


class State(Enum):
    """Where a ticket stands."""

    OPEN = "open"
    SCANNED = "scanned"
    APPROVED = "approved"
    REFUSED = "refused"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class Act(Enum):
    """What happens to a ticket."""

    SCAN = "scan"
    APPROVE = "approve"
    REFUSE = "refuse"
    REDEEM = "redeem"
    EXPIRE = "expire"


TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.OPEN, Act.SCAN): State.SCANNED,
    (State.OPEN, Act.EXPIRE): State.EXPIRED,
    (State.SCANNED, Act.SCAN): State.SCANNED,
    (State.SCANNED, Act.APPROVE): State.APPROVED,
    (State.SCANNED, Act.REFUSE): State.REFUSED,
    (State.SCANNED, Act.EXPIRE): State.EXPIRED,
    (State.APPROVED, Act.SCAN): State.APPROVED,
    (State.APPROVED, Act.APPROVE): State.APPROVED,
    (State.APPROVED, Act.REFUSE): State.REFUSED,
    (State.APPROVED, Act.REDEEM): State.REDEEMED,
    (State.APPROVED, Act.EXPIRE): State.EXPIRED,
    (State.REFUSED, Act.REFUSE): State.REFUSED,
}
"""The whole table. What it does not name is refused: nothing leaves ``redeemed``, so that a ticket serves once. Looking
again and deciding the same again change nothing; whoever allowed it may still take that back before it served."""
ENDED = frozenset({State.REFUSED, State.REDEEMED, State.EXPIRED})


def state_at(state: State, *, expires_at: datetime, now: datetime) -> State:
    """Where a ticket stands at a moment: time ends whatever has not ended yet, whether or not anybody wrote it down."""
    return State.EXPIRED if state not in ENDED and now >= expires_at else state


def next_state(state: State, act: Act) -> State | None:
    """What an act leads to, or ``None`` when it may not happen."""
    return TRANSITIONS.get((state, act))


def draw_numbers(rng: Random) -> tuple[int, tuple[int, ...]]:
    """The number for the screen that asks, and the choices on the phone: different two-digit numbers, the right one
    at any place. Shape: the number, then ``CHOICES`` numbers that hold it."""
    choices = tuple(rng.sample(range(10, 100), CHOICES))
    return rng.choice(choices), choices


def code_of(secret: str) -> str:
    """The code in the QR, made one-way from the asking browser's secret: who sees the code cannot redeem the ticket,
    and the browser can show it again from its cookie alone."""
    return hmac.new(secret.encode(), b"tongban login ticket", hashlib.sha256).hexdigest()[:40]


def digest_of(token: str) -> str:
    """A code or secret as it is stored. Both carry at least 160 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def mask_address(address: str) -> str:
    """A network address as people may see it: roughly which network, not which machine. ``—`` for none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "—"
    if found.version == 6:
        return ":".join(found.exploded.split(":")[:3]) + ":*"
    return ".".join(str(found).split(".")[:3]) + ".*"
