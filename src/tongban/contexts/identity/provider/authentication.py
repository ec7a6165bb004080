"""How a client proves who it is: a secret in a header or in the body, a signed assertion, or nothing if it is public.

Source: RFC 6749 section 2.3, RFC 7523 section 3, OpenID Connect Core 1.0 section 9.
"""

from __future__ import annotations

import base64
import hmac
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from allauth.account.adapter import get_adapter
from authlib.oauth2.rfc6749 import InvalidRequestError
from django.http import HttpRequest
from joserfc.jwk import ECKey, KeySet, RSAKey

from tongban.contexts.identity import models
from tongban.contexts.identity.domain import clients as rules
from tongban.contexts.identity.domain.clients import ClientState
from tongban.contexts.identity.provider import proofs, registration
from tongban.contexts.identity.provider.errors import ClientRefused, TooManyFailures
from tongban.contexts.identity.provider.issuer import issuer_of
from tongban.contexts.identity.provider.proofs import ProofBroken
from tongban.kernel.clock import utc_now

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFE = timedelta(minutes=5)
_SKEW = timedelta(seconds=30)
_FAILURES, _WINDOW = 30, 60.0
_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a request brings to prove a client: how, which client, and the secret or assertion."""

    method: str
    client_id: str
    evidence: str = ""


def authenticate(request: HttpRequest) -> models.Client:
    """The approved client that a request comes from. Raises: ClientRefused, InvalidRequestError, TooManyFailures."""
    shown = _shown(request)
    row = find_approved(shown.client_id)
    if row is not None and _proves(row, shown, request):
        return row
    _failures.note(f"{shown.client_id[:80]}\x1f{get_adapter().get_client_ip(request)}")
    raise ClientRefused("The client is unknown, not approved, or did not prove who it is")


def find_approved(client_id: str) -> models.Client | None:
    """An approved client by its id, or ``None``."""
    if not client_id.isascii() or not client_id.isprintable():
        return None
    return models.Client.objects.filter(client_id=client_id, state=ClientState.APPROVED.value).first()


def _shown(request: HttpRequest) -> _Shown:
    form, header = request.POST, request.headers.get("Authorization", "")
    ways = [bool(header), "client_secret" in form, "client_assertion" in form or "client_assertion_type" in form]
    if sum(ways) > 1:
        raise InvalidRequestError("More than one way of authenticating was used")
    if header:
        client_id, secret = _basic(header)
        if form.get("client_id", client_id) != client_id:
            raise InvalidRequestError("client_id is not that of the Authorization header")
        return _Shown(rules.SECRET_BASIC, client_id, secret)
    if ways[1]:
        return _Shown(rules.SECRET_POST, form.get("client_id", ""), form["client_secret"])
    if ways[2]:
        return _asserted(form.get("client_assertion", ""), form.get("client_assertion_type", ""), form.get("client_id"))
    return _Shown(rules.NO_AUTHENTICATION, form.get("client_id", ""))


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        colon = ""
    if scheme.lower() != "basic" or not colon:
        raise ClientRefused("The Authorization header is not of the Basic scheme")
    return unquote_plus(client_id), unquote_plus(secret)


def _asserted(assertion: str, kind: str, client_id: str | None) -> _Shown:
    if kind != ASSERTION_TYPE:
        raise InvalidRequestError("client_assertion_type is not supported")
    try:
        subject = proofs.unverified_subject(assertion)
    except ProofBroken as error:
        raise ClientRefused("The client assertion cannot be read") from error
    if client_id not in (None, subject):
        raise InvalidRequestError("client_id is not that of the assertion")
    return _Shown(rules.PRIVATE_KEY, subject, assertion)


def _proves(row: models.Client, shown: _Shown, request: HttpRequest) -> bool:
    if shown.method in rules.SECRET_METHODS:
        is_right = hmac.compare_digest(registration.hash_of(shown.evidence), row.secret_hash)
        return is_right and row.auth_method in rules.SECRET_METHODS
    if shown.method != row.auth_method:
        return False
    return shown.method == rules.NO_AUTHENTICATION or _is_valid_assertion(row, shown.evidence, request)


def _is_valid_assertion(row: models.Client, assertion: str, request: HttpRequest) -> bool:
    """Signed by the client's key, for this provider, good for a few minutes, and never seen before."""
    now = utc_now()
    issuer = issuer_of(request)
    audiences = {issuer, f"{issuer}/oidc/token", f"{issuer}{request.path}"}
    try:
        key = _key_for(row, str(proofs.header_of(assertion).get("kid", "")))
        claims = proofs.verified(assertion, key).claims
        expires_in = timedelta(seconds=proofs.number_claim(claims, "exp") - now.timestamp())
    except ProofBroken:
        return False
    stated = claims.get("aud")
    stated = [stated] if isinstance(stated, str) else stated
    return (
        claims.get("iss") == claims.get("sub") == row.client_id
        and isinstance(stated, list)
        and any(isinstance(one, str) and one in audiences for one in stated)
        and -_SKEW < expires_in <= _ASSERTION_LIFE + _SKEW
        and proofs.take_once(f"assertion:{row.client_id}", claims.get("jti"), keep=2 * _ASSERTION_LIFE)
    )


def _key_for(row: models.Client, kid: str) -> ECKey | RSAKey:
    registered: Any = row.jwks or {"keys": []}
    keys = [key for key in KeySet.import_key_set(registered).keys if isinstance(key, ECKey | RSAKey)]
    found = [key for key in keys if key.kid == kid] if kid else keys
    if len(found) != 1:
        raise ProofBroken("no such key is registered")
    return found[0]


class _Failures:
    """Failures by client and address, in this process: it spares the database, for secrets cannot be guessed."""

    def __init__(self) -> None:
        self._lock, self._counts, self._began = threading.Lock(), dict[str, int](), 0.0

    def note(self, key: str) -> None:
        """Count one. Raises: TooManyFailures when there were too many in this minute."""
        with self._lock:
            if time.monotonic() - self._began > _WINDOW or len(self._counts) > _COUNTED:
                self._counts, self._began = {}, time.monotonic()
            self._counts[key] = self._counts.get(key, 0) + 1
            if self._counts[key] > _FAILURES:
                raise TooManyFailures("Too many failures; try again in a minute")

    def forget(self) -> None:
        """Start anew."""
        with self._lock:
            self._counts = {}


_failures = _Failures()


def forget_failures() -> None:
    """Start counting failures anew; for tests."""
    _failures.forget()
