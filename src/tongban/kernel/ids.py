"""Identifiers: UUID version 7 for rows, random URL-safe tokens for secrets."""

from __future__ import annotations

import os
import secrets
import time
from uuid import UUID


def uuid7(*, unix_ms: int, entropy: bytes) -> UUID:
    """A version 7 UUID from a time and ten random bytes.

    Units: ``unix_ms`` milliseconds since 1970. Raises: ValueError for another length of entropy.
    Source: RFC 9562 section 5.7.
    """
    if len(entropy) != 10:
        raise ValueError("uuid7 needs exactly 10 bytes of entropy")
    rand_a = int.from_bytes(entropy[:2], "big") & 0x0FFF
    rand_b = int.from_bytes(entropy[2:], "big") & 0x3FFFFFFFFFFFFFFF
    value = (unix_ms & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b
    return UUID(int=value)


def new_id() -> UUID:
    """A fresh time-ordered identifier."""
    return uuid7(unix_ms=time.time_ns() // 1_000_000, entropy=os.urandom(10))


def new_token(size: int = 32) -> str:
    """A fresh URL-safe secret. Units: ``size`` bytes of randomness."""
    return secrets.token_urlsafe(size)
