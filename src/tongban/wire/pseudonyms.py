"""Keyed pseudonyms and digests: records name a person or a value so that only the key's holder can tell which."""

from __future__ import annotations

import hashlib
import hmac

_SUBJECT = b"tongban-exchange-subject"
_CONTENT = b"tongban-exchange-content"


class Pseudonyms:
    """Pseudonyms under one key. Plain hashes would not do: identity numbers are few enough to try them all."""

    def __init__(self, key: bytes) -> None:
        self._subject_key = hmac.digest(key, _SUBJECT, hashlib.sha256)
        self._content_key = hmac.digest(key, _CONTENT, hashlib.sha256)

    def subject(self, number: str) -> str:
        """The pseudonym of a person or enterprise by number. Shape: 64 hexadecimal characters."""
        return hmac.digest(self._subject_key, number.strip().upper().encode(), hashlib.sha256).hex()

    def digest(self, content: bytes) -> str:
        """A digest of a request or an answer that cannot be guessed back. Shape: 64 hexadecimal characters."""
        return hmac.digest(self._content_key, content, hashlib.sha256).hex()
