"""How a visitor wants pages shown, from their cookies."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

MODES = ("", "elder", "elder-xl")
MODE_COOKIE = "mode"


class Preferences:
    """Puts the display mode on the request. The language is Django's own cookie; a browser's language is not guessed:
    the city speaks Chinese until somebody asks otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        mode = request.COOKIES.get(MODE_COOKIE, "")
        request.display_mode = mode if mode in MODES else ""  # type: ignore[attr-defined]  # read by context.page
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)
