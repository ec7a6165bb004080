"""Proof of possession: a token bound to a key is worth nothing without it. Source: RFC 9449."""

from __future__ import annotations

import hmac
from datetime import timedelta
from urllib.parse import urlsplit

from django.http import HttpRequest
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from tongban.contexts.identity.provider import proofs, tokens
from tongban.contexts.identity.provider.errors import DpopRefused
from tongban.contexts.identity.provider.issuer import issuer_of
from tongban.contexts.identity.provider.proofs import ALGORITHMS, Proof, ProofBroken
from tongban.kernel.clock import utc_now

_OLDEST, _NEWEST = timedelta(seconds=120), timedelta(seconds=30)
_REMEMBERED = timedelta(minutes=5)
_PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def thumbprint_of(request: HttpRequest, *, access_token: str | None = None) -> str:
    """The thumbprint of the key that a request proves to hold; empty when it brings no proof. Raises: DpopRefused.

    ``access_token`` is the token that the proof has to name, at a resource.
    """
    header = request.headers.get("DPoP")
    if header is None:
        return ""
    try:
        key = _key_in(header)
        proof = proofs.verified(header, key)
        _check(proof, request, access_token)
    except ProofBroken as error:
        raise DpopRefused(f"The DPoP proof does not hold: {error}") from error
    thumbprint = key.thumbprint()
    if not proofs.take_once(f"dpop:{thumbprint}", proof.claims.get("jti"), keep=_REMEMBERED):
        raise DpopRefused("The DPoP proof was used before, or has no jti")
    return thumbprint


def _key_in(proof: str) -> ECKey | RSAKey:
    header = proofs.header_of(proof)
    jwk = header.get("jwk")
    if header.get("typ") != "dpop+jwt" or header.get("alg") not in ALGORITHMS:
        raise ProofBroken("typ or alg is wrong")
    if not isinstance(jwk, dict) or _PRIVATE_PARTS & jwk.keys():
        raise ProofBroken("jwk must be a public key")
    try:
        key = ECKey.import_key(jwk) if jwk.get("kty") == "EC" else RSAKey.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProofBroken("jwk cannot be read") from error
    if isinstance(key, RSAKey) and key.raw_value.key_size < 2048:
        raise ProofBroken("the key is too short")
    return key


def _check(proof: Proof, request: HttpRequest, access_token: str | None) -> None:
    claims, now = proof.claims, utc_now().timestamp()
    if claims.get("htm") != request.method:
        raise ProofBroken("htm is not this method")
    if _place(claims.get("htu")) != _place(f"{issuer_of(request)}{request.path}"):
        raise ProofBroken("htu is not this address")
    issued_at = proofs.number_claim(claims, "iat")
    if not now - _OLDEST.total_seconds() <= issued_at <= now + _NEWEST.total_seconds():
        raise ProofBroken("iat is not now")
    if access_token is not None:
        stated = claims.get("ath")
        if not isinstance(stated, str) or not hmac.compare_digest(stated, tokens.challenge_of(access_token)):
            raise ProofBroken("ath is not of this token")


def _place(uri: object) -> tuple[str, str, int | None, str] | None:
    """An address without query and fragment, comparable."""
    if not isinstance(uri, str):
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port or default, parts.path or "/"
