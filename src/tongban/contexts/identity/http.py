"""Identity at the edge of a request: who acts, and how long the session lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from tongban.contexts.identity.api import acting, kiosks, sessions
from tongban.contexts.identity.models import Account, Realm
from tongban.infra.authorisation import ANONYMOUS, Actor, say_who_acts

_END_TOLD_SECONDS = 600
_FREE_OF_FACTOR = ("/my/security/", "/account/", "/sign-out/", "/sign-in/", "/prefs/", "/static/", "/staff/sign-in/")

Handler = Callable[[HttpRequest], HttpResponseBase]


class ActorMiddleware:
    """Says who acts, keeps a used session alive, and holds staff at the door until their second factor."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        say_who_acts(request, lambda: actor_from(request))
        if django_settings.SESSION_COOKIE_NAME in request.COOKIES:
            if _is_waiting_for_factor(request) and not request.path.startswith(_FREE_OF_FACTOR):
                return HttpResponseRedirect("/my/security/totp/")
            sessions.keep_alive(request)
            if kiosks.idle_seconds(request):
                return _kept_nowhere(self.get_response(request))
            if because := sessions.why_session_was_lost(request):
                request.COOKIES[sessions.END_COOKIE] = because
                return _with_reason(request, self.get_response(request), because)
        return self.get_response(request)


def _with_reason(request: HttpRequest, response: HttpResponseBase, because: str) -> HttpResponseBase:
    if request.session.session_key is not None:  # signed in again by this very request
        return response
    response.set_cookie(
        sessions.END_COOKIE,
        because,
        max_age=_END_TOLD_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=bool(django_settings.SESSION_COOKIE_SECURE),
    )
    return response


def actor_from(request: HttpRequest) -> Actor:
    """Who acts in a request, by its session."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not account.is_authenticated:
        return ANONYMOUS
    if account.realm == Realm.STAFF:
        return _staff_actor(account)
    person = getattr(account, "person", None)
    if person is None:
        return Actor(kind="resident", account_id=account.pk, name=account.username)
    actor = Actor(kind="resident", account_id=account.pk, person_id=person.pk, name=person.name)
    right = acting.right_in_use(request, agent=person.pk)
    if right is None:
        return actor
    return replace(actor, person_id=right.person_id, name=right.acting.principal_name, acting=right.acting)


def _kept_nowhere(response: HttpResponseBase) -> HttpResponseBase:
    """A page on a machine that everybody uses: going back must not show it to the next person."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _staff_actor(account: Account) -> Actor:
    staff = getattr(account, "staff", None)
    if staff is None or not staff.is_active:
        return ANONYMOUS
    return Actor(
        kind="staff",
        account_id=account.pk,
        name=staff.name,
        organisation=staff.organisation.code,
        roles=frozenset(staff.roles),
    )


def _is_waiting_for_factor(request: HttpRequest) -> bool:
    account = request.user
    return (
        isinstance(account, Account) and account.realm == Realm.STAFF and not request.session.get(sessions.FACTOR_KEY)
    )
