"""Random values that the provider hands out, how they are kept, and how long they hold."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

from tongban.kernel.ids import new_token

CODE_LIFE = timedelta(seconds=60)
PUSHED_LIFE = timedelta(seconds=60)
REQUEST_LIFE = timedelta(minutes=30)
ACCESS_LIFE = timedelta(minutes=10)
ID_TOKEN_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=30)
FAMILY_LIFE = timedelta(days=180)
"""How long a family of tokens can be renewed before its owner has to sign in again."""
REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"


def fresh() -> str:
    """A fresh secret of 256 bits."""
    return new_token(32)


def hash_of(token: str) -> str:
    """How a token is kept and found."""
    return hashlib.sha256(token.encode()).hexdigest()


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier, and ``ath`` of an access token. Source: RFC 7636, RFC 9449."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def half_hash_of(token: str) -> str:
    """``at_hash`` beside ES256. Source: OpenID Connect Core 1.0 section 3.1.3.6."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()
