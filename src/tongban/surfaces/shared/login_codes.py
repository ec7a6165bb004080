"""A screen that shows a login code: its cookie, its QR, what it polls. Used by the sign-in page, kiosks and windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from tongban.contexts.identity.api import limits
from tongban.contexts.identity.api import login_tickets as tickets
from tongban.contexts.identity.api.login_tickets import Asker, State, Ticket
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text, TongbanError
from tongban.kernel.ids import new_token
from tongban.runtime import settings

COOKIE = "login_ticket"
RENEWALS = 5
"""How often a screen gets a new code by itself; then somebody has to press."""
_COOKIE_SECONDS = 600
_SHOWN_AGAIN = (State.OPEN, State.SCANNED, State.APPROVED, State.REFUSED)


class TooManyCodes(TongbanError):
    """This browser, or this network, asks for codes too fast."""

    code = "too-many-login-codes"
    status = 429

    def __init__(self) -> None:
        super().__init__(
            Text(zh="换码太频繁了", en="Too many new codes"),
            remedy=Text(zh="请等一分钟再试，或改用密码登录", en="Wait a minute, or sign in with your password"),
        )


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a code is shown: who asks, the page's own address (its cookie goes nowhere else), and how it looks."""

    asker: Asker
    path: str
    template: str


def show(
    request: HttpRequest, screen: Screen, context: Mapping[str, Any], *, is_new: bool = False, status: int = 200
) -> HttpResponse:
    """The page with its code as it stands: one that is over gives way to a new one, one refused waits for a press.

    Raises: TooManyCodes.
    """
    secret = secret_of(request)
    ticket = None if is_new else _find(secret, screen)
    if ticket is None or ticket.state not in _SHOWN_AGAIN:
        limit(request, "login-code", key=request.COOKIES.get(django_settings.CSRF_COOKIE_NAME) or new_token())
        made = tickets.request_ticket(
            asker=screen.asker, network=tickets.get_address(request), replaces=secret, now=utc_now()
        )
        secret, ticket = made.secret, Ticket(made.code, State.OPEN, screen.asker.place, None, made.expires_at)
    shown = {**_facts(ticket), "qr": draw(ticket.code), "renewals": RENEWALS, "page": screen.path}
    response = render(request, screen.template, {**context, "login_code": shown}, status=status)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=_COOKIE_SECONDS,
        path=screen.path,
        httponly=True,
        samesite="Strict",
        secure=bool(django_settings.SESSION_COOKIE_SECURE),
    )
    return response


def tell_state(request: HttpRequest, screen: Screen) -> HttpResponse:
    """How the code stands, for the page's poller."""
    ticket = _find(secret_of(request), screen)
    facts = _facts(ticket) if ticket else {"state": State.EXPIRED.value, "number": None, "seconds": 0}
    return JsonResponse(facts, headers={"Cache-Control": "no-store"})


def forget(response: HttpResponse, screen: Screen) -> HttpResponse:
    """Take the secret of a code that has served from the browser."""
    response.delete_cookie(COOKIE, path=screen.path, samesite="Strict")
    return response


def secret_of(request: HttpRequest) -> str:
    """The secret that the browser holds for this page; empty without one."""
    return request.COOKIES.get(COOKIE, "")


def draw(code: str) -> SafeString:
    """The QR that opens a code's page on the phone."""
    return draw_address(f"{settings.current().web_url}/qr/{code}/")


def draw_address(address: str) -> SafeString:
    """An address of ours as a QR in SVG, dark on light with the margin that scanners need."""
    svg = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(svg)  # noqa: S308  squares drawn here, no words


def limit(request: HttpRequest, action: str, *, key: str | None = None) -> None:
    """Count one more. Raises: TooManyCodes when there were too many."""
    if not limits.admit(request, action, subject=key).is_allowed:
        raise TooManyCodes()


def browser_asker(request: HttpRequest, browser: str) -> Asker:
    """Somebody's own browser: what it says of itself, and roughly from which network it comes."""
    network = tickets.mask_address(tickets.get_address(request))
    place = Text(zh=f"{browser}，网络地址 {network}", en=f"{browser}, network address {network}")
    return Asker(tickets.Requester.BROWSER, place)


def _find(secret: str, screen: Screen) -> Ticket | None:
    return tickets.find_ticket(secret=secret, asker=screen.asker, now=utc_now()) if secret else None


def _facts(ticket: Ticket) -> dict[str, Any]:
    seconds = max(0, round((ticket.expires_at - utc_now()).total_seconds()))
    return {"state": ticket.state.value, "number": ticket.number, "seconds": seconds}
