"""A resident shows the window who they are, by scanning its code: no number is read out or typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tongban.contexts.halls import api as halls
from tongban.contexts.identity import api as identity
from tongban.contexts.identity.api import login_tickets as tickets
from tongban.infra import audit
from tongban.infra.authorisation import actor_of, staff
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Conflict, Forbidden
from tongban.surfaces.shared import login_codes

PATH, TEMPLATE = "/counter/identify/", "counter/identify.html"


@staff("clerk")
@never_cache
@require_http_methods(["GET", "POST"])
def identify(request: HttpRequest) -> HttpResponseBase:
    """The window's code; by POST a new one, or the person who has allowed it."""
    screen, actor = _screen(request), actor_of(request)
    if request.method != "POST" or request.POST.get("do") == "renew":
        return login_codes.show(request, screen, {"place": screen.asker.place}, is_new=request.method == "POST")
    try:
        person_id = tickets.redeem_identification(
            secret=login_codes.secret_of(request), asker=screen.asker, now=utc_now()
        )
    except (Conflict, Forbidden, tickets.TicketUnknown) as error:
        context = {"place": screen.asker.place, "problem": error}
        return login_codes.show(request, screen, context, is_new=True, status=error.status)
    audit.record(actor=actor, action="counter.person-identified-by-code", subject=f"person:{person_id}")
    return login_codes.forget(redirect("counter-person", person_id=person_id), screen)


@staff("clerk")
@never_cache
@require_GET
def state(request: HttpRequest) -> HttpResponseBase:
    """How the window's code stands, for its poller."""
    return login_codes.tell_state(request, _screen(request))


def _screen(request: HttpRequest) -> login_codes.Screen:
    """The window is the enrolled computer's, else the one registered for the clerk. Raises: PlaceUnknown."""
    account_id = actor_of(request).account_id
    assert account_id is not None
    device = halls.find_device(request.COOKIES.get(halls.DEVICE_COOKIE, ""))
    if device is not None and device.kind == "window":
        asker = tickets.Asker(tickets.Requester.WINDOW, device.place, device.id, account_id)
        return login_codes.Screen(asker, PATH, TEMPLATE)
    clerk = identity.find_staff(account_id)
    place = halls.find_window_place(hall=clerk.hall, window=clerk.window) if clerk else None
    if place is None:
        raise tickets.PlaceUnknown()
    return login_codes.Screen(tickets.Asker(tickets.Requester.WINDOW, place, account_id=account_id), PATH, TEMPLATE)
