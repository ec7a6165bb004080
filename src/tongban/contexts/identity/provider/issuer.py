"""Under which name the provider speaks."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

from tongban.contexts.identity.domain.clients import LOOPBACK
from tongban.runtime import settings


def issuer_of(request: HttpRequest) -> str:
    """The issuer for a request: the deployment's address.

    A demo on the loopback is reached by several names; it answers under the one by which it was asked.
    """
    current = settings.current()
    if current.is_production:
        return current.web_url
    stated, asked = urlsplit(current.web_url), urlsplit(f"//{request.get_host()}")
    is_same_place = (
        stated.scheme == "http"
        and stated.hostname in LOOPBACK
        and asked.hostname in LOOPBACK
        and (asked.port or 80) == (stated.port or 80)
    )
    return f"http://{asked.netloc}" if is_same_place else current.web_url
