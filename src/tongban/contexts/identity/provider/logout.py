"""Signing out at the wish of a site. Source: OpenID Connect RP-Initiated Logout 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import logout as end_browser_session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tongban.contexts.identity import models
from tongban.contexts.identity.api import sessions
from tongban.contexts.identity.domain.clients import is_redirect_registered
from tongban.contexts.identity.provider import answers, authentication, keys, requests
from tongban.contexts.identity.provider.answers import refused
from tongban.infra.authorisation import SYSTEM, public
from tongban.kernel.errors import Text

_WHY = "ends the visitor's own session; a site's wish alone asks the visitor first"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a site asks: whose session, and where to go afterwards. ``session_id`` is proven by an ID token of ours."""

    client: models.Client | None
    back_to: str
    session_id: UUID | None


@public(_WHY)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def end_session(request: HttpRequest) -> HttpResponse:
    """End the session that the site's ID token names; without one, ask the visitor."""
    given = requests.parameters_of(request)
    wish, facts = _read(given), sessions.find_session(request)
    if wish.session_id is not None and (facts is None or facts.id == wish.session_id):
        if facts is not None:
            end_browser_session(request)
        else:
            _end_afar(wish.session_id)
        return _leave(request, wish)
    if facts is not None:
        context = {
            "site": answers.name_of(wish.client) if wish.client else None,
            "wish": {name: given[name] for name in ("client_id", "post_logout_redirect_uri", "state") if name in given}
            | ({"client_id": wish.client.client_id} if wish.client else {}),
        }
        return answers.private(render(request, "shared/sites/sign_out.html", context))
    if request.method == "POST":
        # A form of another site brings no session cookie; the same address asked for by the visitor does.
        response = HttpResponseRedirect(f"{request.path}?{urlencode(given)}")
        response.status_code = 303
        return answers.private(response)
    return _leave(request, wish)


@public(_WHY)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The visitor wants to sign out."""
    wish = _read(requests.parameters_of(request))
    end_browser_session(request)
    return _leave(request, wish, ends_a_form=True)


def _read(given: Mapping[str, str]) -> _Wish:
    """Raises: SiteRefused when the site may not have people sent to the address it names."""
    hint = given.get("id_token_hint", "")
    told = keys.read_own(hint) if hint else None
    client_id = given.get("client_id", "")
    if told is not None and client_id and told.get("aud") != client_id:
        raise refused(Text(zh="退出请求里的网站对不上", en="The request to sign out names two different sites"))
    client_id = client_id or str((told or {}).get("aud", ""))
    client = authentication.find_approved(client_id[:60]) if client_id else None
    uri, back_to = given.get("post_logout_redirect_uri", ""), ""
    if uri:
        if client is None or not is_redirect_registered(
            uri, client.post_logout_redirect_uris, is_public=client.is_public
        ):
            raise refused(
                Text(zh="网站给出的返回地址没有登记过", en="The site's return address is not registered"),
                remedy=Text(zh="要退出登录，请打开“我的”页面点退出", en="To sign out, open your own page and sign out"),
            )
        back_to = answers.with_query(uri, {"state": given["state"]}) if given.get("state") else uri
    return _Wish(client, back_to, _session_in(told))


def _session_in(told: Mapping[str, Any] | None) -> UUID | None:
    try:
        return UUID(str((told or {}).get("sid", "")))
    except ValueError:
        return None


def _end_afar(session_id: UUID) -> None:
    """The ID token proves which session is meant, even where the browser brings no cookie along."""
    row = models.AccountSession.objects.filter(pk=session_id, ended_at=None).only("account_id").first()
    if row is not None:
        sessions.end_session(account_id=row.account_id, session_id=session_id, actor=SYSTEM)


def _leave(request: HttpRequest, wish: _Wish, *, ends_a_form: bool = False) -> HttpResponse:
    if wish.back_to:
        return answers.leave(request, wish.back_to, ends_a_form=ends_a_form)
    return answers.private(render(request, "shared/sites/signed_out.html"))
