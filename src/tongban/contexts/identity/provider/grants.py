"""The grants of the token endpoint: Authlib's, over our rows, with what they leave open closed.

PKCE is for every client (Authlib asks public ones only), tokens may be bound to a key (DPoP), and whoever brings a code
or refresh token a second time ends the whole family. The rows are locked before they are judged.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Payload,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, ClientMixin, TokenMixin
from django.http import HttpRequest, HttpResponse, JsonResponse

from tongban.contexts.identity import models
from tongban.contexts.identity.domain.authorizing import is_verifier
from tongban.contexts.identity.provider import authentication, claims, dpop, families, tokens
from tongban.contexts.identity.provider.errors import DpopRefused
from tongban.contexts.identity.provider.issuer import issuer_of
from tongban.kernel.clock import utc_now

GRANT_TYPES = ("authorization_code", "refresh_token")


def answer(status: int, body: Any, headers: Iterable[tuple[str, str]]) -> HttpResponse:
    """A JSON answer with the headers that Authlib wants."""
    response = JsonResponse(body, status=status)
    for name, value in headers:
        response.headers[name] = value
    return response


class FormPayload(OAuth2Payload):  # type: ignore[misc]  # Authlib is untyped
    """The parameters of a posted form."""

    def __init__(self, http: HttpRequest) -> None:
        self._http = http

    @property
    def data(self) -> dict[str, Any]:
        return self._http.POST.dict()

    @property
    def datalist(self) -> Any:
        return dict(self._http.POST.lists())


class ProviderRequest(OAuth2Request):  # type: ignore[misc]  # Authlib is untyped
    """A Django request as Authlib reads it. Plain http is refused by the settings, not by the address seen here:
    behind a proxy every request looks plain."""

    def __init__(self, http: HttpRequest) -> None:
        super().__init__(http.method, f"https://{http.get_host()}{http.path}", headers=http.headers)
        self.http = http
        self.payload = FormPayload(http)

    @property
    def form(self) -> Any:
        return self.http.POST


class KnownClient(ClientMixin):  # type: ignore[misc]  # Authlib is untyped
    """A client's row as Authlib asks about it."""

    def __init__(self, row: models.Client) -> None:
        self.row = row

    def get_client_id(self) -> str:
        return self.row.client_id

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANT_TYPES


class RedeemedCode(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib is untyped
    """A locked authorization as Authlib asks about it."""

    def __init__(self, row: models.Authorization) -> None:
        self.row = row

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.row.scopes)


class ShownToken(TokenMixin):  # type: ignore[misc]  # Authlib is untyped
    """A token's row as Authlib asks about it."""

    def __init__(self, row: models.IssuedToken) -> None:
        self.row = row

    def check_client(self, client: KnownClient) -> bool:
        return self.row.authorization.client_id == client.row.pk

    def get_scope(self) -> str:
        return " ".join(self.row.scopes)

    def is_expired(self) -> bool:
        return self.row.expires_at <= utc_now()

    def is_revoked(self) -> bool:
        return not families.is_good(self.row, now=utc_now())


class Provider(AuthorizationServer):  # type: ignore[misc]  # Authlib is untyped
    """Authlib's dispatch, on Django."""

    def create_oauth2_request(self, request: HttpRequest | ProviderRequest) -> ProviderRequest:
        return request if isinstance(request, ProviderRequest) else ProviderRequest(request)

    def authenticate_client(self, request: ProviderRequest, methods: Any, endpoint: str = "token") -> KnownClient:
        return KnownClient(authentication.authenticate(request.http))

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> HttpResponse:
        return answer(status, body, headers)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens: acts are recorded where they are done."""


class _Issuing:
    """How both grants make and keep tokens."""

    request: Any
    TOKEN_RESPONSE_HEADER = (
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("Pragma", "no-cache"),
    )

    def _bind(self, authorization: models.Authorization, bound_to: str) -> None:
        """Find the key to which the tokens will be bound. Raises: DpopRefused, InvalidGrantError."""
        jkt = dpop.thumbprint_of(self.request.http)
        if not jkt and (authorization.client.is_high_risk or bound_to):
            raise DpopRefused("A DPoP proof is needed")
        if bound_to and not hmac.compare_digest(jkt, bound_to):
            raise InvalidGrantError("The DPoP key is not the one this was bound to")
        self.request.jkt = jkt

    def _answer(self, authorization: models.Authorization, scope: str, *, lasting: str, nonce: str) -> dict[str, Any]:
        now, jkt = utc_now(), self.request.jkt
        drawn = families.draw(scope.split(), refresh_scopes=lasting.split(), jkt=jkt)
        families.store(authorization, drawn, now=now)
        answer: dict[str, Any] = {
            "access_token": drawn.access_token,
            "token_type": "DPoP" if jkt else "Bearer",
            "expires_in": int(tokens.ACCESS_LIFE.total_seconds()),
            "scope": scope,
            "refresh_token": drawn.refresh_token,
        }
        if "openid" in drawn.scopes:
            answer["id_token"] = claims.id_token(
                authorization,
                access_token=drawn.access_token,
                issuer=issuer_of(self.request.http),
                now=now,
                nonce=nonce,
            )
        return answer

    def save_token(self, token: dict[str, Any]) -> None:
        """The hashes are kept when the tokens are drawn."""


class CodeGrant(_Issuing, AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib is untyped
    """A code for tokens, once."""

    def query_authorization_code(self, code: str, client: KnownClient) -> RedeemedCode | None:
        row = families.lock_by_code(code)
        if row is None or row.client_id != client.row.pk:
            return None
        if row.code_used_at is not None:
            families.revoke(row, because="its code was brought again")
            return None
        now = utc_now()
        return RedeemedCode(row) if row.code_expires_at > now and families.is_alive(row, now=now) else None

    def validate_token_request(self) -> None:
        super().validate_token_request()
        row, verifier = self.request.authorization_code.row, self.request.form.get("code_verifier", "")
        if not verifier:
            raise InvalidRequestError("PKCE is required: code_verifier is missing")
        if not is_verifier(verifier) or not hmac.compare_digest(tokens.challenge_of(verifier), row.code_challenge):
            raise InvalidGrantError("The code_verifier does not fit")
        self._bind(row, row.dpop_jkt)

    def authenticate_user(self, authorization_code: RedeemedCode) -> models.Account:
        return authorization_code.row.session.account

    def generate_token(self, user: Any = None, scope: str = "", **_others: Any) -> dict[str, Any]:
        row = self.request.authorization_code.row
        return self._answer(row, scope, lasting=scope, nonce=row.nonce)

    def delete_authorization_code(self, authorization_code: RedeemedCode) -> None:
        """It is kept, marked as used, so that it is known when it comes again."""
        models.Authorization.objects.filter(pk=authorization_code.row.pk).update(code_used_at=utc_now())


class RefreshGrant(_Issuing, RefreshTokenGrant):  # type: ignore[misc]  # Authlib is untyped
    """A refresh token for fresh tokens, once."""

    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> ShownToken | None:
        row = families.lock_by_refresh_token(refresh_token)
        if row is None or row.authorization.client_id != self.request.client.row.pk:
            return None
        if row.used_at is not None:
            families.revoke(row.authorization, because="a refresh token was brought again")
            return None
        if not families.is_good(row, now=utc_now()):
            return None
        self._bind(row.authorization, row.dpop_jkt)
        return ShownToken(row)

    def authenticate_user(self, refresh_token: ShownToken) -> models.Account:
        return refresh_token.row.authorization.session.account

    def issue_token(self, user: Any, refresh_token: ShownToken) -> dict[str, Any]:
        lasting = refresh_token.get_scope()
        scope = self.request.payload.scope or lasting
        return self._answer(refresh_token.row.authorization, scope, lasting=lasting, nonce="")

    def revoke_old_credential(self, refresh_token: ShownToken) -> None:
        """It is kept, marked as used, so that it is known when it comes again."""
        models.IssuedToken.objects.filter(pk=refresh_token.row.pk).update(used_at=utc_now())
