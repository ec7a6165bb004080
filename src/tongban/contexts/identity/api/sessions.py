"""Sessions: whether one was lost, when it ends, and whether the second factor was shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings as django_settings
from django.http import HttpRequest

from tongban.infra.authorisation import Actor
from tongban.kernel.clock import utc_now
from tongban.runtime import settings

FACTOR_KEY = "identity.second_factor_at"
_RENEWED_KEY = "identity.renewed_at"
_RENEW_AFTER = 0.5
"""Part of a session's life after which a request writes its new end: at most two writes a life."""


def staff_needs_second_factor() -> bool:
    """Whether staff must show a second factor: everywhere but in the demo and in tests."""
    return settings.current().is_production


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened, or raised, with a second factor."""
    return bool(request.session.get(FACTOR_KEY))


def note_second_factor(request: HttpRequest) -> None:
    """Remember that the second factor was shown now."""
    request.session[FACTOR_KEY] = utc_now().isoformat()


def session_was_lost(request: HttpRequest) -> bool:
    """Whether the browser brought a session that has ended."""
    if django_settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    request.session.get(_RENEWED_KEY)  # loads it; an ended session loses its key
    return request.session.session_key is None


def session_ends_at(request: HttpRequest) -> datetime | None:
    """When a signed-in session ends if no further request comes; ``None`` without one."""
    renewed = request.session.get(_RENEWED_KEY)
    if renewed is None or not request.user.is_authenticated:
        return None
    return datetime.fromtimestamp(float(renewed), UTC) + timedelta(seconds=django_settings.SESSION_COOKIE_AGE)


def home_of(actor: Actor) -> str:
    """Where someone starts after signing in."""
    if actor.kind != "staff":
        return "/my/"
    if "clerk" in actor.roles:
        return "/counter/"
    return "/desk/" if "approver" in actor.roles else "/console/"


def keep_alive(request: HttpRequest) -> None:
    """Move the end of a session in use."""
    renewed, now = float(request.session.get(_RENEWED_KEY, 0)), utc_now().timestamp()
    if request.session.session_key and now - renewed > django_settings.SESSION_COOKIE_AGE * _RENEW_AFTER:
        request.session[_RENEWED_KEY] = now
