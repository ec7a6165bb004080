"""The protocol's own errors, with the statuses and challenges that its standards ask for."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import OAuth2Error


class ClientRefused(OAuth2Error):  # type: ignore[misc]  # Authlib is untyped
    """The client did not prove who it is. Source: RFC 6749 section 5.2."""

    error = "invalid_client"
    status_code = 401

    def get_headers(self) -> list[tuple[str, str]]:
        return [*super().get_headers(), ("WWW-Authenticate", 'Basic realm="tongban"')]


class TooManyFailures(OAuth2Error):  # type: ignore[misc]  # Authlib is untyped
    """A client failed to prove who it is too often from one address."""

    error = "invalid_client"
    status_code = 429

    def get_headers(self) -> list[tuple[str, str]]:
        return [*super().get_headers(), ("Retry-After", "60")]


class DpopRefused(OAuth2Error):  # type: ignore[misc]  # Authlib is untyped
    """The proof of possession does not hold. Source: RFC 9449 section 5."""

    error = "invalid_dpop_proof"


class TokenRefused(OAuth2Error):  # type: ignore[misc]  # Authlib is untyped
    """A resource was asked for with a token that does not open it. Source: RFC 6750 section 3, RFC 9449 section 7.1."""

    error = "invalid_token"
    status_code = 401

    def __init__(self, description: str, *, scheme: str = "Bearer", error: str = "invalid_token", code: int = 401):
        super().__init__(description, error=error, status_code=code)
        self.scheme = scheme

    def get_headers(self) -> list[tuple[str, str]]:
        challenge = f'{self.scheme} realm="tongban", error="{self.error}", error_description="{self.description}"'
        if self.scheme == "DPoP":
            challenge += ', algs="ES256 ES384 PS256"'
        return [*super().get_headers(), ("WWW-Authenticate", challenge)]
