"""Authorization requests as they arrive: in query or form, pushed beforehand, or taken up again after a detour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from authlib.oauth2.rfc6749 import InvalidRequestError
from django.http import HttpRequest, QueryDict

from tongban.contexts.identity import models
from tongban.contexts.identity.domain import authorizing
from tongban.contexts.identity.domain.authorizing import Asked, RequestRefused
from tongban.contexts.identity.domain.clients import ClientState, is_redirect_registered
from tongban.contexts.identity.provider import tokens
from tongban.contexts.identity.provider.answers import refused
from tongban.contexts.identity.provider.authentication import find_approved
from tongban.kernel.clock import utc_now
from tongban.kernel.errors import Text

_EXPIRED = Text(zh="这次登录请求已经用过或过期了", en="This request to sign in has been used or has expired")
_KEPT = frozenset(
    {
        *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "prompt"),
        *("max_age", "acr_values", "claims", "ui_locales", "login_hint", "id_token_hint", "request", "registration"),
        *("code_challenge", "code_challenge_method", "dpop_jkt"),
    }
)
"""Parameters that mean something here; others are ignored, as RFC 6749 asks."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A site and an address of its own: from here on errors go back to it."""

    client: models.Client
    redirect_uri: str
    parameters: Mapping[str, str]

    @property
    def state(self) -> str:
        """What the site wants to hear back."""
        return self.parameters.get("state", "")

    @property
    def response_mode(self) -> str:
        """How the site wants its answer, as far as that can be read."""
        mode = self.parameters.get("response_mode", "")
        return mode if mode in authorizing.RESPONSE_MODES else "query"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request that keeps the rules. ``token`` names its row when the visitor came back from a detour."""

    sender: Sender
    asked: Asked
    began_at: datetime
    token: str = ""


def sender_of(parameters: Mapping[str, str]) -> Sender:
    """Who sends a visitor, and where they may go back to. Raises: SiteRefused, which stays on our page."""
    client = find_approved(parameters.get("client_id", "")[:60])
    if client is None:
        raise refused(Text(zh="这个网站没有接入统一身份认证", en="This site may not sign people in here"))
    redirect_uri = parameters.get("redirect_uri", "")
    if not is_redirect_registered(redirect_uri, client.redirect_uris, is_public=client.is_public):
        raise refused(Text(zh="网站给出的返回地址没有登记过", en="The site's return address is not registered"))
    return Sender(client, redirect_uri, parameters)


def pushed_by(client: models.Client, parameters: Mapping[str, str]) -> Sender:
    """An authenticated client with the parameters that it pushes. Raises: InvalidRequestError."""
    redirect_uri = parameters.get("redirect_uri", "")
    if parameters.get("client_id", client.client_id) != client.client_id:
        raise InvalidRequestError("client_id is not that of the authenticated client")
    if not is_redirect_registered(redirect_uri, client.redirect_uris, is_public=client.is_public):
        raise InvalidRequestError("redirect_uri is not registered")
    return Sender(client, redirect_uri, {**parameters, "client_id": client.client_id})


def read(sender: Sender, *, began_at: datetime, token: str = "") -> Incoming:
    """A sender's request. Raises: RequestRefused."""
    asked = authorizing.read_request(sender.parameters, allowed_scopes=sender.client.scopes)
    return Incoming(sender, asked, began_at, token)


def parameters_of(request: HttpRequest) -> dict[str, str]:
    """The parameters of a request. Raises: SiteRefused for one that is given twice."""
    given = request.POST if request.method == "POST" else request.GET
    return single(given)


def single(given: QueryDict) -> dict[str, str]:
    """Parameters of which each is given once, as text. Raises: SiteRefused. Source: RFC 6749 section 3.1."""
    if fault := form_fault(given):
        raise refused(Text(zh="登录请求里有重复或读不懂的参数", en=f"The request to sign in cannot be read: {fault}"))
    return {name: value for name, value in given.items() if isinstance(value, str)}


def form_fault(given: QueryDict) -> str:
    """Why parameters cannot be read; empty when they can."""
    for _name, values in given.lists():
        if len(values) > 1:
            return "a parameter is given twice"
        if any(isinstance(value, str) and "\x00" in value for value in values):
            return "a parameter holds a NUL character"
    return ""


def check_way(sender: Sender, given: Mapping[str, str]) -> None:
    """Refuse what may not come through the browser. Raises: RequestRefused."""
    if sender.client.is_high_risk:
        raise RequestRefused("invalid_request", "this client must push its requests (PAR)")
    if "request_uri" in given:
        raise RequestRefused("request_uri_not_supported", "request_uri is taken from PAR only")


def push(sender: Sender) -> str:
    """Keep a request that a client pushed. Returns its ``request_uri``, good for one minute and one use."""
    token = tokens.fresh()
    _keep(sender, token, is_pushed=True)
    return f"{tokens.REQUEST_URI_PREFIX}{token}"


def take_pushed(request_uri: str, client_id: str) -> Sender:
    """Use up a pushed request, under a row lock: of several takers one gets it. Raises: SiteRefused."""
    token = request_uri.removeprefix(tokens.REQUEST_URI_PREFIX)
    rows = models.AuthorizationRequest.objects.select_for_update(of=("self",)).select_related("client")
    row = rows.filter(token_hash=tokens.hash_of(token), is_pushed=True).first()
    now = utc_now()
    if row is None or row.used_at is not None or row.expires_at <= now or row.client.client_id != client_id:
        raise refused(_EXPIRED)
    if row.client.state != ClientState.APPROVED.value:
        raise refused(_EXPIRED)
    models.AuthorizationRequest.objects.filter(pk=row.pk).update(used_at=now)
    return Sender(row.client, row.parameters["redirect_uri"], row.parameters)


def park(incoming: Incoming) -> str:
    """Keep a request while its visitor makes a detour. Returns the token by which it is taken up again."""
    return incoming.token or park_raw(incoming.sender)


def park_raw(sender: Sender) -> str:
    """Keep a request that has not been judged yet."""
    token = tokens.fresh()
    _keep(sender, token, is_pushed=False)
    return token


def find_parked(token: str) -> tuple[Sender, datetime]:
    """A request that was kept, and when it began. Raises: SiteRefused when its time is over."""
    rows = models.AuthorizationRequest.objects.filter(token_hash=tokens.hash_of(token), is_pushed=False)
    row = rows.filter(expires_at__gt=utc_now()).first()
    if row is None:
        raise refused(_EXPIRED)
    return sender_of(row.parameters), row.created_at


def _keep(sender: Sender, token: str, *, is_pushed: bool) -> None:
    now = utc_now()
    models.AuthorizationRequest.objects.create(
        token_hash=tokens.hash_of(token),
        client=sender.client,
        parameters={name: value for name, value in sender.parameters.items() if name in _KEPT},
        is_pushed=is_pushed,
        created_at=now,
        expires_at=now + (tokens.PUSHED_LIFE if is_pushed else tokens.REQUEST_LIFE),
    )
