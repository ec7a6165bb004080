"""A department's site as the provider sees it: it sends people to sign in, and fetches its tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpResponse
from django.test import Client as Browser
from joserfc import jwt
from joserfc.jwk import ECKey

from tongban.contexts.identity import api

CALLBACK = "https://health.yunzhou.example/cb"
ISSUER = "http://127.0.0.1:8000"


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def query_of(response: HttpResponse) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


@dataclass
class Site:
    """One registered site with its own browserless back end."""

    client_id: str
    secret: str = ""
    key: ECKey | None = None
    redirect_uri: str = CALLBACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    backend: Browser = field(default_factory=Browser)

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """An authorization request; a parameter set to ``None`` is left out."""
        given = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile",
            "state": "s-1",
            "nonce": "n-1",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    def send(self, browser: Browser, **changes: Any) -> HttpResponse:
        """Send a visitor to sign in."""
        response: HttpResponse = browser.get("/oidc/authorize", self.parameters(**changes))
        return response

    def code(self, browser: Browser, **changes: Any) -> str:
        """The code of a visitor who is signed in."""
        response = self.send(browser, **changes)
        assert response.status_code == 302, response.content
        return query_of(response)["code"]

    def post(self, path: str, form: dict[str, str], **headers: str) -> HttpResponse:
        """Call the provider as this client."""
        given = {**form, **self.authentication()}
        response: HttpResponse = self.backend.post(path, given, headers=headers or None)
        return response

    def authentication(self) -> dict[str, str]:
        if self.key is not None:
            return {
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self.assertion(),
            }
        return {"client_id": self.client_id, **({"client_secret": self.secret} if self.secret else {})}

    def assertion(self, **changes: Any) -> str:
        assert self.key is not None
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ISSUER,
            "exp": now + 60,
            "iat": now,
            "jti": secrets.token_hex(8),
            **changes,
        }
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key, ["ES256"])

    def redeem(self, code: str, **changes: str) -> HttpResponse:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        proof = changes.pop("proof", "")
        return self.post("/oidc/token", {**form, **changes}, **({"DPoP": proof} if proof else {}))

    def refresh(self, token: str, **changes: str) -> HttpResponse:
        return self.post("/oidc/token", {"grant_type": "refresh_token", "refresh_token": token, **changes})

    def user_info(self, token: str, scheme: str = "Bearer", **headers: str) -> HttpResponse:
        response: HttpResponse = self.backend.get(
            "/oidc/userinfo", headers={"Authorization": f"{scheme} {token}", **headers}
        )
        return response

    def tokens(self, browser: Browser, **changes: Any) -> dict[str, Any]:
        """All tokens of a visitor who is signed in."""
        response = self.redeem(self.code(browser, **changes))
        assert response.status_code == 200, response.content
        found: dict[str, Any] = response.json()
        return found


def make_site(**changes: Any) -> Site:
    """A registered and approved site."""
    key = None
    if changes.get("is_high_risk"):
        private, public = api.make_client_key()
        changes["jwks"], key = {"keys": [public]}, ECKey.import_key(private)
    asked = api.ClientRegistration(**{"name_zh": "卫健委预约", "redirect_uris": (CALLBACK,), **changes})
    made = api.register_client(asked)
    api.approve_client(made.client.client_id)
    return Site(made.client.client_id, made.secret, key, redirect_uri=asked.redirect_uris[0])


def dpop_proof(
    key: ECKey, method: str, path: str, *, access_token: str = "", header: dict[str, Any] | None = None, **changes: Any
) -> str:
    claims = {
        "htm": method,
        "htu": f"{ISSUER}{path}",
        "iat": int(time.time()),
        "jti": secrets.token_hex(8),
        **({"ath": challenge_of(access_token)} if access_token else {}),
        **changes,
    }
    stated = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False), **(header or {})}
    return jwt.encode(stated, claims, key, ["ES256"])
