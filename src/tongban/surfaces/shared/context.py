"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tongban.infra.authorisation import actor_of


def page(request: HttpRequest) -> dict[str, Any]:
    """The actor, the display mode and the address of the present page."""
    return {
        "actor": actor_of(request),
        "mode": getattr(request, "display_mode", ""),
        "here": request.get_full_path(),
    }
