"""Signed proofs that are taken once: client assertions and DPoP proofs share how they are read and remembered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from tongban.contexts.identity.provider import tokens
from tongban.kernel.clock import utc_now

ALGORITHMS = ("ES256", "ES384", "PS256")
"""How clients may sign."""
_LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Proof:
    """A signed object whose signature holds."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class ProofBroken(Exception):
    """The proof cannot be read, or its signature does not hold."""


def header_of(proof: str) -> dict[str, Any]:
    """The header of a proof, before its signature is checked. Raises: ProofBroken."""
    if len(proof) > _LONGEST:
        raise ProofBroken("too long")
    try:
        return dict(jws.extract_compact(proof.encode()).headers())
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProofBroken("not a compact JWS") from error


def unverified_subject(proof: str) -> str:
    """Whom a client assertion says it is from. Raises: ProofBroken."""
    if len(proof) > _LONGEST:
        raise ProofBroken("too long")
    try:
        claims = jws.extract_compact(proof.encode()).payload
        found = json.loads(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProofBroken("not a compact JWS") from error
    subject = found.get("sub") if isinstance(found, dict) else None
    if not isinstance(subject, str):
        raise ProofBroken("sub is missing")
    return subject


def verified(proof: str, key: ECKey | RSAKey | KeySet) -> Proof:
    """A proof whose signature holds under a key. Raises: ProofBroken."""
    try:
        token = jwt.decode(proof, key, ALGORITHMS)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProofBroken("the signature does not hold") from error
    return Proof(token.header, token.claims)


def number_claim(claims: Mapping[str, Any], name: str) -> float:
    """A time claim. Raises: ProofBroken."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        raise ProofBroken(f"{name} is missing")
    return float(value)


def take_once(scope: str, jti: object, *, keep: timedelta) -> bool:
    """Whether a proof's ``jti`` comes for the first time; it is remembered for ``keep``, across all processes."""
    if not isinstance(jti, str) or not 1 <= len(jti) <= 256:
        return False
    with connection.cursor() as cursor:
        # A row that another transaction is inserting makes this one wait, and then insert nothing.
        cursor.execute(
            "INSERT INTO identity_used_proof (proof_hash, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [tokens.hash_of(f"{scope}\x1f{jti}"), utc_now() + keep],
        )
        return bool(cursor.rowcount == 1)
