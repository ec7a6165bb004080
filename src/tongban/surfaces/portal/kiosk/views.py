"""A kiosk: signing in by phone, a start page of large buttons, ending; and enrolling the machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings as django_settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.contexts.identity.api import login_tickets as tickets
from tongban.infra.authorisation import actor_of, public
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict
from tongban.surfaces.portal.account.preferences import safe_next
from tongban.surfaces.shared import login_codes
from tongban.surfaces.shared.middleware import MODE_COOKIE

PATH = "/kiosk/sign-in/"
_DEVICE_AGE = 5 * 365 * 24 * 3600
_STARTS = {"kiosk": PATH, "window": "/counter/", "screen": "/"}
_IN_THE_HALL = "the machine stands in a hall for everybody; it shows nothing of anybody until they sign in"


def _on_kiosk(view: Callable[[HttpRequest, halls.Device], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of enrolled kiosks. Elsewhere it says how a machine becomes one."""

    @transaction.non_atomic_requests
    @public(_IN_THE_HALL)
    @never_cache
    @wraps(view)
    def page(request: HttpRequest) -> HttpResponseBase:
        device = identity.find_kiosk(request)
        if device is None:
            return render(request, "portal/kiosk/not_enrolled.html", status=403)
        return view(request, device)

    return page


@require_http_methods(["GET", "POST"])
@_on_kiosk
def sign_in(request: HttpRequest, device: halls.Device) -> HttpResponseBase:
    """The kiosk's code; by POST a new one, or the sign-in that the phone has allowed."""
    next_url = safe_next(request, "/kiosk/")
    if actor_of(request).kind == "resident":
        return HttpResponseRedirect(next_url)
    screen, context = _screen(device), {"device": device, "next": next_url, "mode": "kiosk"}
    if request.method != "POST" or request.POST.get("do") == "renew":
        return login_codes.show(request, screen, context, is_new=request.method == "POST")
    try:
        response = tickets.redeem_sign_in(
            request, secret=login_codes.secret_of(request), asker=screen.asker, next_url=next_url, now=utc_now()
        )
    except tickets.TicketUsed:
        return HttpResponseRedirect(next_url)  # pressed twice: the first press signed the kiosk in
    except (Conflict, tickets.TicketUnknown) as error:
        return login_codes.show(request, screen, {**context, "problem": error}, status=error.status)
    assert isinstance(response, HttpResponse)
    return login_codes.forget(response, screen)


@require_GET
@_on_kiosk
def state(request: HttpRequest, device: halls.Device) -> HttpResponseBase:
    """How the kiosk's code stands, for its poller."""
    return login_codes.tell_state(request, _screen(device))


@require_GET
@_on_kiosk
def home(request: HttpRequest, device: halls.Device) -> HttpResponseBase:
    """What somebody signed in may do here."""
    if actor_of(request).kind != "resident":
        return HttpResponseRedirect(PATH)
    return render(request, "portal/kiosk/home.html", {"device": device})


@public("ends whatever session the machine carries; says nothing of anybody")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Sign out and leave nothing of the person on the machine."""
    logout(request)
    response = HttpResponseRedirect(PATH)
    for cookie in (django_settings.LANGUAGE_COOKIE_NAME, MODE_COOKIE):
        response.delete_cookie(cookie, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@public("tells the machine only whether somebody is still signed in")
@never_cache
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Keep a session in use while somebody types or reads; 204 while it lasts, 410 when it is over."""
    return HttpResponse(status=204 if actor_of(request).account_id else 410)


@transaction.non_atomic_requests
@public("an installer types a one-time code here before the machine is known")
@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Make this browser the machine for which somebody offered a code."""
    if request.method != "POST":
        return render(request, "portal/kiosk/enrol.html")
    login_codes.limit(request, "device-enrolment")
    try:
        enrolled = halls.enrol_device(code=request.POST.get("code", "")[:40], now=utc_now())
    except halls.EnrolmentRefused as error:
        return render(request, "portal/kiosk/enrol.html", {"problem": error}, status=error.status)
    response = HttpResponseRedirect(_STARTS[enrolled.device.kind])
    response.set_cookie(
        halls.DEVICE_COOKIE,
        enrolled.token,
        max_age=_DEVICE_AGE,
        httponly=True,
        samesite="Lax",
        secure=bool(django_settings.SESSION_COOKIE_SECURE),
    )
    return response


def _screen(device: halls.Device) -> login_codes.Screen:
    asker = tickets.Asker(tickets.Requester.KIOSK, device.place, device.id)
    return login_codes.Screen(asker, PATH, "portal/kiosk/sign_in.html")
