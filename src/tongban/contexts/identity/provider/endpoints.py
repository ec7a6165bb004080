"""What clients call: token, pushed requests, user info, introspection, revocation, keys, discovery."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Error
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from tongban.contexts.identity import models
from tongban.contexts.identity.domain.authorizing import RequestRefused
from tongban.contexts.identity.models import TokenKind
from tongban.contexts.identity.provider import authentication, claims, dpop, families, keys, requests, tokens
from tongban.contexts.identity.provider.discovery import metadata
from tongban.contexts.identity.provider.errors import TokenRefused
from tongban.contexts.identity.provider.grants import (
    CodeGrant,
    KnownClient,
    Provider,
    ProviderRequest,
    RefreshGrant,
    ShownToken,
    answer,
)
from tongban.contexts.identity.provider.issuer import issuer_of
from tongban.infra.authorisation import public
from tongban.kernel.clock import utc_now

_CLIENTS = "clients prove who they are by the protocol's own means, not by a session"
_PUBLISHED = "the protocol publishes this for everybody; it holds no personal data"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP",
    "Access-Control-Expose-Headers": "WWW-Authenticate, DPoP-Nonce, Retry-After",
    "Access-Control-Max-Age": "600",
}
_ERROR_STATUS = 400

Endpoint = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponseBase]


def _endpoint(*methods: str, why: str = _CLIENTS) -> Callable[[Endpoint], View]:
    """A protocol endpoint: no cookie counts, any origin may call, errors are RFC 6749's, and nothing is kept."""

    def decorate(view: Endpoint) -> View:
        @public(why)
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest) -> HttpResponse:
            response = _call(view, request, methods)
            for name, value in _CROSS_ORIGIN.items():
                response.headers[name] = value
            return response

        return answered

    return decorate


def _call(view: Endpoint, request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
        return HttpResponse(status=405, headers={"Allow": ", ".join((*methods, "OPTIONS"))})
    try:
        if fault := requests.form_fault(request.POST):
            raise InvalidRequestError(fault)
        response = view(request)
    except OAuth2Error as error:
        # The answer is returned, not raised on: what was noted on the way, such as a proof's use, has to stay.
        response = answer(error.status_code, dict(error.get_body()), error.get_headers())
    for name, value in _NO_STORE.items():
        response.headers.setdefault(name, value)
    return response


class _Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib is untyped
    """A client gives a token up. Source: RFC 7009."""

    def query_token(self, token_string: str, token_type_hint: str | None) -> ShownToken | None:
        row = families.find_token(token_string)
        return ShownToken(row) if row else None

    def revoke_token(self, token: ShownToken, request: ProviderRequest) -> None:
        """A refresh token takes its family along; an access token goes alone."""
        if token.row.kind == TokenKind.REFRESH:
            families.revoke(token.row.authorization, because="its client gave it up")
        else:
            models.IssuedToken.objects.filter(pk=token.row.pk, revoked_at=None).update(revoked_at=utc_now())


class _Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib is untyped
    """A client asks about a token: its own, or any if it guards resources. Source: RFC 7662."""

    def query_token(self, token_string: str, token_type_hint: str | None) -> ShownToken | None:
        row = families.find_token(token_string)
        return ShownToken(row) if row else None

    def check_permission(self, token: ShownToken, client: KnownClient, request: ProviderRequest) -> bool:
        return token.check_client(client) or client.row.is_resource_server

    def introspect_token(self, token: ShownToken) -> dict[str, Any]:
        row, authorization = token.row, token.row.authorization
        described = {
            "active": True,
            "iss": authorization.issuer,
            "client_id": authorization.client.client_id,
            "sub": authorization.subject,
            "scope": " ".join(row.scopes),
            "token_type": "DPoP" if row.dpop_jkt else "Bearer",
            "iat": int(row.issued_at.timestamp()),
            "exp": int(row.expires_at.timestamp()),
            "sid": str(authorization.session_id),
            **claims.agency_of(authorization),
        }
        return {**described, "cnf": {"jkt": row.dpop_jkt}} if row.dpop_jkt else described


_provider = Provider()
_provider.register_grant(CodeGrant)
_provider.register_grant(RefreshGrant)
_provider.register_endpoint(_Revocation)
_provider.register_endpoint(_Introspection)


@_endpoint("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Codes and refresh tokens for tokens. Source: RFC 6749 section 3.2."""
    if not request.POST.get("grant_type"):
        raise InvalidRequestError("grant_type is missing")
    response: HttpResponse = _provider.create_token_response(request)
    return response


@_endpoint("POST")
def pushed_request(request: HttpRequest) -> HttpResponse:
    """A client states its request before it sends anybody. Source: RFC 9126."""
    client = authentication.authenticate(request)
    given = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    if "request_uri" in given:
        raise InvalidRequestError("request_uri cannot be pushed")
    jkt = dpop.thumbprint_of(request)
    if jkt and given.get("dpop_jkt", jkt) != jkt:
        raise InvalidRequestError("dpop_jkt is not the key of the DPoP proof")
    sender = requests.pushed_by(client, {**given, **({"dpop_jkt": jkt} if jkt else {})})
    try:
        requests.read(sender, began_at=utc_now())
    except RequestRefused as error:
        raise OAuth2Error(error.description, error=error.error, status_code=_ERROR_STATUS) from error
    seconds = int(tokens.PUSHED_LIFE.total_seconds())
    return JsonResponse({"request_uri": requests.push(sender), "expires_in": seconds}, status=201)


@_endpoint("GET", "POST")
def user_info(request: HttpRequest) -> HttpResponse:
    """Who the bearer of an access token stands for. Source: OpenID Connect Core 1.0 section 5.3."""
    row = _shown_token(request)
    if "openid" not in row.scopes:
        raise TokenRefused("The token does not have the scope openid", error="insufficient_scope", code=403)
    return JsonResponse(claims.user_info(row.authorization, row.scopes))


@_endpoint("POST")
def introspect(request: HttpRequest) -> HttpResponse:
    """Whether a token is good."""
    response: HttpResponse = _provider.create_endpoint_response("introspection", request)
    return response


@_endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """Give a token up."""
    response: HttpResponse = _provider.create_endpoint_response("revocation", request)
    return response


@_endpoint("GET", why=_PUBLISHED)
def jwks(request: HttpRequest) -> HttpResponse:
    """The keys with which tokens are verified."""
    return JsonResponse({"keys": list(keys.public_keys())}, headers={"Cache-Control": "public, max-age=300"})


@_endpoint("GET", why=_PUBLISHED)
def configuration(request: HttpRequest) -> HttpResponse:
    """What this provider can do. Source: OpenID Connect Discovery 1.0, RFC 8414."""
    return JsonResponse(metadata(issuer_of(request)), headers={"Cache-Control": "public, max-age=300"})


def _shown_token(request: HttpRequest) -> models.IssuedToken:
    """The good access token that a request brings, with its proof when it is bound to a key."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if not value and request.method == "POST":
        scheme, value = "Bearer", request.POST.get("access_token", "")
    if scheme.lower() not in ("bearer", "dpop") or not value:
        raise TokenRefused("An access token is needed", error="invalid_request")
    row = families.find_token(value, TokenKind.ACCESS)
    if row is None or not families.is_good(row, now=utc_now()):
        raise TokenRefused("The access token is unknown, expired or revoked")
    if row.dpop_jkt or scheme.lower() == "dpop":
        _check_possession(request, row, scheme, value)
    return row


def _check_possession(request: HttpRequest, row: models.IssuedToken, scheme: str, value: str) -> None:
    if scheme.lower() != "dpop" or not row.dpop_jkt:
        raise TokenRefused("The token and the scheme do not belong together", scheme="DPoP")
    try:
        jkt = dpop.thumbprint_of(request, access_token=value)
    except OAuth2Error as error:
        raise TokenRefused(str(error.description), scheme="DPoP", error="invalid_dpop_proof") from error
    if jkt != row.dpop_jkt:
        raise TokenRefused("The token is bound to another key", scheme="DPoP")
