"""The signed reference in a licence's QR code: which licence, and that this deployment issued it. No personal data."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_VERSION = b"\x01"
_CONTEXT = b"tongban-licence-reference\x00"


def make_reference(licence_id: UUID, key: Ed25519PrivateKey) -> str:
    """A URL-safe reference. Shape: base64url of version 1 byte, id 16 bytes, Ed25519 signature 64 bytes."""
    head = _VERSION + licence_id.bytes
    return base64.urlsafe_b64encode(head + key.sign(_CONTEXT + head)).decode().rstrip("=")


def read_reference(text: str, key: Ed25519PublicKey) -> UUID | None:
    """The licence a reference names; ``None`` for anything that this key did not sign."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 81 or raw[:1] != _VERSION:
        return None
    try:
        key.verify(raw[17:], _CONTEXT + raw[:17])
    except InvalidSignature:
        return None
    return UUID(bytes=raw[1:17])
