"""Machines in halls that everybody uses: who signs in there stays signed in only while using it."""

from __future__ import annotations

from django.http import HttpRequest

from tongban.contexts.halls import api as halls
from tongban.contexts.identity.adapters.session_store import IDLE_KEY

KIOSK_IDLE_SECONDS = 120
"""How long a session on a kiosk lasts without a request."""


def find_kiosk(request: HttpRequest) -> halls.Device | None:
    """The enrolled kiosk that sends a request, or ``None``."""
    device = halls.find_device(request.COOKIES.get(halls.DEVICE_COOKIE, ""))
    return device if device is not None and device.kind == "kiosk" else None


def limit_on_kiosk(request: HttpRequest) -> None:
    """Make a session just opened a short one when a kiosk carries it, whichever way its holder signed in."""
    if find_kiosk(request) is not None:
        request.session[IDLE_KEY] = KIOSK_IDLE_SECONDS


def idle_seconds(request: HttpRequest) -> int | None:
    """After how long without a request a session on a machine for everybody ends; ``None`` on people's own devices."""
    session = getattr(request, "session", None)
    found = session.get(IDLE_KEY) if session is not None else None
    return int(found) if found else None
