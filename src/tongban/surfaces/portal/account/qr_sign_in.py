"""Signing in by phone: the code on this screen, and the page on the phone that allows it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tongban.contexts.identity import api as identity
from tongban.contexts.identity.api import login_tickets as tickets
from tongban.infra.authorisation import actor_of, public, signed_in
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict
from tongban.surfaces.portal.account.preferences import safe_next
from tongban.surfaces.portal.account.sign_in import Greeting, describe_browser
from tongban.surfaces.shared import login_codes

PATH = "/sign-in/qr/"
_AT_THE_DOOR = "people prove who they are here, so they cannot be known yet"


@transaction.non_atomic_requests
@public(_AT_THE_DOOR)
@never_cache
@require_http_methods(["GET", "POST"])
def qr_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The code on this screen; by POST a new one, or the sign-in that the phone has allowed."""
    next_url, actor = safe_next(request, ""), actor_of(request)
    if actor.kind == "resident":
        return HttpResponseRedirect(next_url or "/my/")
    screen = _screen(request)
    context = {"next": next_url, "other_door": actor.kind == "staff"}
    if request.method != "POST" or request.POST.get("do") == "renew":
        return login_codes.show(request, screen, context, is_new=request.method == "POST")
    try:
        response = tickets.redeem_sign_in(
            request, secret=login_codes.secret_of(request), asker=screen.asker, next_url=next_url, now=utc_now()
        )
    except tickets.TicketUsed:
        return HttpResponseRedirect(next_url or "/my/")  # pressed twice: the first press signed this browser in
    except (Conflict, tickets.TicketUnknown) as error:
        return login_codes.show(request, screen, {**context, "problem": error}, status=error.status)
    assert isinstance(response, HttpResponse)
    greeting = Greeting()
    greeting.request, greeting.is_told = request, True
    return login_codes.forget(greeting.greet(response), screen)


@transaction.non_atomic_requests
@public(_AT_THE_DOOR)
@never_cache
@require_GET
def qr_state(request: HttpRequest) -> HttpResponse:
    """How this browser's code stands, for its poller."""
    return login_codes.tell_state(request, _screen(request))


@transaction.non_atomic_requests
@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def allow(request: HttpRequest, code: str) -> HttpResponse:
    """On the phone: who asks, from where, how long ago; allow it or not."""
    session = identity.find_session(request)
    if session is None:
        raise tickets.ApproverGone()
    login_codes.limit(request, "login-code-scan", key=str(session.account_id))
    now, number = utc_now(), request.POST.get("number", "")
    answer = None
    if request.POST.get("do") == "refuse":
        tickets.refuse(code=code, session=session, now=now)
    elif request.method == "POST" and number.isascii() and number.isdigit() and len(number) <= 4:
        answer = tickets.approve(code=code, session=session, number=int(number), now=now)
    if answer is tickets.Answer.APPROVED or request.POST.get("do") == "refuse":
        response = HttpResponseRedirect(request.path)
        response.status_code = 303
        return response
    ask = tickets.look(code=code, session=session, network=tickets.get_address(request), now=now)
    context = {
        "ask": ask,
        "seconds_ago": max(0, round((now - ask.asked_at).total_seconds())),
        "is_acting": actor_of(request).acting is not None,
        "was_wrong": answer is tickets.Answer.WRONG_NUMBER,
        "missing": request.method == "POST" and answer is None and _("请先选屏幕上显示的数字"),
    }
    return render(request, "portal/account/qr_allow.html", context, status=422 if context["missing"] else 200)


def _screen(request: HttpRequest) -> login_codes.Screen:
    asker = login_codes.browser_asker(request, describe_browser(request))
    return login_codes.Screen(asker, PATH, "portal/account/qr_sign_in.html")
