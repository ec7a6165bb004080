"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of


def page(request: HttpRequest) -> dict[str, Any]:
    """The actor, the display mode and the address of the present page; on a kiosk, after how long it clears itself."""
    idle_seconds = identity.idle_seconds(request)
    return {
        "actor": actor_of(request),
        "mode": "kiosk" if idle_seconds else getattr(request, "display_mode", ""),
        "idle_seconds": idle_seconds,
        "here": request.get_full_path(),
    }
