"""Tags about the visitor's session."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from tongban.contexts.identity import api as identity

register = template.Library()


@register.inclusion_tag("portal/account/_session.html", takes_context=True)
def session_note(context: dict[str, Any]) -> dict[str, str]:
    """When the session ends without a further request: a form that takes long says so before, without a script."""
    ends_at = identity.session_ends_at(context["request"])
    return {"ends_at": f"{timezone.localtime(ends_at):%H:%M}" if ends_at else ""}
