"""How a visitor wants pages shown: display mode and language, by cookie and, when signed in, by account."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import actor_of, public
from tongban.surfaces.shared.middleware import MODE_COOKIE, MODES

_YEAR = 365 * 24 * 3600
_LANGUAGES = ("zh-hans", "en")
_WHY_PUBLIC = "changes how pages look in the visitor's own browser"


@public(_WHY_PUBLIC)
@require_POST
def set_mode(request: HttpRequest) -> HttpResponse:
    """Switch the display mode and go back. An unknown mode changes nothing."""
    response = _back(request)
    mode = request.POST.get("mode", "")
    if mode in MODES:
        _put(response, MODE_COOKIE, mode)
        _remember(request, mode=mode)
    return response


@public(_WHY_PUBLIC)
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language and go back. An unknown language changes nothing."""
    response = _back(request)
    language = request.POST.get("language", "")
    if language in _LANGUAGES:
        _put(response, django_settings.LANGUAGE_COOKIE_NAME, language)
        _remember(request, language=language)
    return response


def put_preference_cookies(response: HttpResponse, *, account_language: str, account_mode: str) -> None:
    """Show pages as the account's owner likes them, on a browser that they may use for the first time."""
    if account_language in _LANGUAGES:
        _put(response, django_settings.LANGUAGE_COOKIE_NAME, account_language)
    if account_mode and account_mode in MODES:
        _put(response, MODE_COOKIE, account_mode)


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """The page to go back to: of this site only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_own else default


def _back(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(safe_next(request))
    response.status_code = 303
    return response


def _put(response: HttpResponse, name: str, value: str) -> None:
    if value:
        response.set_cookie(
            name, value, max_age=_YEAR, samesite="Lax", secure=bool(django_settings.SESSION_COOKIE_SECURE)
        )
    else:
        response.delete_cookie(name, samesite="Lax")


def _remember(request: HttpRequest, *, language: str | None = None, mode: str | None = None) -> None:
    account_id = actor_of(request).account_id
    if account_id is not None:
        identity.set_preferences(account_id=account_id, language=language, mode=mode)
