"""The authorization endpoint, and the way back to it after a detour through sign-in, step-up, real name or consent."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tongban.contexts.identity.domain import authorizing
from tongban.contexts.identity.domain.authorizing import RequestRefused, Step
from tongban.contexts.identity.domain.clients import host_of
from tongban.contexts.identity.provider import answers, requests, tokens, visits
from tongban.contexts.identity.provider.issuer import issuer_of
from tongban.contexts.identity.provider.requests import Incoming, Sender
from tongban.contexts.identity.provider.visits import Visitor
from tongban.infra.authorisation import public
from tongban.kernel.clock import utc_now

_OWN_PAGES = (Step.CONSENT, Step.ACT_FOR_SELF, Step.VISIT_HALL)
_AT_THE_DOOR = "people prove who they are here, so they cannot be known yet"


@public(_AT_THE_DOOR)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Where a site sends somebody to sign in. Source: OpenID Connect Core 1.0 section 3.1.2."""
    given = requests.parameters_of(request)
    if request.method == "POST":
        return _as_get(request, given)
    sender = _sender(given)
    try:
        if not _is_pushed(given):
            requests.check_way(sender, given)
        incoming = requests.read(sender, began_at=utc_now())
    except RequestRefused as error:
        return _refuse(request, sender, error)
    return _proceed(request, incoming)


@public(_AT_THE_DOOR)
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Where a visitor goes on after a detour. A form of ours is posted here: agree to be told of, or decline."""
    sender, began_at = requests.find_parked(token)
    choice = request.POST.get("choice", "")
    try:
        incoming = requests.read(sender, began_at=began_at, token=token)
        if choice == "decline":
            raise RequestRefused("access_denied", "the visitor declined")
    except RequestRefused as error:
        return _refuse(request, sender, error, ends_a_form=True)
    return _proceed(request, incoming, has_consented=choice == "agree")


def _sender(given: dict[str, str]) -> Sender:
    if _is_pushed(given):
        return requests.take_pushed(given["request_uri"], given.get("client_id", ""))
    return requests.sender_of(given)


def _is_pushed(given: dict[str, str]) -> bool:
    return given.get("request_uri", "").startswith(tokens.REQUEST_URI_PREFIX)


def _as_get(request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    """A form posted by another site brings no session cookie: keep what it says, and come back without it."""
    sender = _sender(given)
    try:
        if not _is_pushed(given):
            requests.check_way(sender, given)
    except RequestRefused as error:
        return _refuse(request, sender, error, ends_a_form=True)
    response = HttpResponseRedirect(f"{visits.RESUME}{requests.park_raw(sender)}")
    response.status_code = 303
    return answers.private(response)


def _proceed(request: HttpRequest, incoming: Incoming, *, has_consented: bool = False) -> HttpResponse:
    visitor = visits.find_visitor(request, incoming.sender.client)
    ends_a_form = bool(incoming.token)
    try:
        step = visits.step_for(incoming, visitor, has_consented=has_consented)
        if step is Step.ISSUE and visitor is not None:
            values = {"code": visits.let_in(incoming, visitor, issuer=issuer_of(request))}
            return _answer(request, incoming.sender, values, ends_a_form=ends_a_form)
        if step in _OWN_PAGES and visitor is not None:
            return _own_page(request, step, incoming, visitor)
        return _detour(step, incoming, visitor)
    except RequestRefused as error:
        return _refuse(request, incoming.sender, error, ends_a_form=ends_a_form)


def _detour(step: Step, incoming: Incoming, visitor: Visitor | None) -> HttpResponse:
    token = requests.park(incoming)
    response = HttpResponseRedirect(visits.detour_for(step, incoming, visitor, token))
    wanted = incoming.asked.ui_locales
    if wanted:
        language = "en" if wanted[0].lower().startswith("en") else "zh-hans"
        response.set_cookie(django_settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
    return answers.private(response)


def _own_page(request: HttpRequest, step: Step, incoming: Incoming, visitor: Visitor) -> HttpResponse:
    """Ask for consent, or say why it does not go on here."""
    client, token = incoming.sender.client, requests.park(incoming)
    context = {
        "step": step.value,
        "site": answers.name_of(client),
        "host": host_of(incoming.sender.redirect_uri),
        "department": visits.department_of(client),
        "told": _told(incoming),
        "lasting": "offline_access" in incoming.asked.scopes,
        "name": visitor.actor.name,
        "acting": visitor.actor.acting,
        "resume": f"{visits.RESUME}{token}",
    }
    return answers.private(render(request, "shared/sites/step.html", context))


def _told(incoming: Incoming) -> tuple[str, ...]:
    return tuple(scope for scope in authorizing.CLAIMS_BY_SCOPE if scope in incoming.asked.scopes)


def _answer(request: HttpRequest, sender: Sender, values: dict[str, str], *, ends_a_form: bool) -> HttpResponse:
    return answers.to_site(
        request,
        redirect_uri=sender.redirect_uri,
        response_mode=sender.response_mode,
        values={**values, "state": sender.state},
        ends_a_form=ends_a_form,
    )


def _refuse(request: HttpRequest, sender: Sender, error: RequestRefused, *, ends_a_form: bool = False) -> HttpResponse:
    values = {"error": error.error, "error_description": error.description}
    return _answer(request, sender, values, ends_a_form=ends_a_form)
