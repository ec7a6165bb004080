"""How often a recovery slip may be tried: counted with the sign-in library's limits, for names that exist or not."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest

from tongban.contexts.identity.domain import contact


def may_try_slip(request: HttpRequest, *, login: str) -> bool:
    """Count a try with a slip for a name, however it is typed. False when there were too many."""
    key = contact.normalise_username(login).replace(" ", "")
    return bool(ratelimit.consume(request, action="recovery_slip", key=key))
