"""An authenticator in software: what a telephone's secure element does, for tests that need no browser."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


@dataclass
class SoftAuthenticator:
    """One discoverable key. ``counts`` says whether its signature counter moves, as a security key's does."""

    origin: str = "http://localhost"
    counts: bool = True
    verifies_user: bool = True
    counter: int = 0
    algorithm: int = ES256.ALGORITHM
    rp_id: str = ""
    user_handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.create``."""
        asked = options["publicKey"]
        self.rp_id, self.user_handle = asked["rp"]["id"], asked["user"]["id"]
        client_data = self._client_data("webauthn.create", asked["challenge"])
        public = ES256.from_cryptography_key(self.key.public_key())
        stated = {**public, 3: self.algorithm}
        held = AttestedCredentialData.create(b"\0" * 16, self.credential_id, CoseKey.parse(stated))
        said = AttestationObject.create("none", self._said(FLAG.AT, held), {})
        return self._answer({"clientDataJSON": client_data, "attestationObject": bytes(said)})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.get``."""
        client_data = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        said = self._said(FLAG(0))
        signature = self.key.sign(said + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        handle = websafe_decode(self.user_handle)
        parts = {"clientDataJSON": client_data, "authenticatorData": said, "signature": signature, "userHandle": handle}
        return self._answer(parts)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return bytes(CollectedClientData.create(kind, challenge, self.origin))

    def _said(self, more: FLAG, held: AttestedCredentialData | None = None) -> bytes:
        if self.counts:
            self.counter += 1
        flags = FLAG.UP | more | (FLAG.UV if self.verifies_user else FLAG(0))
        rp_hash = hashlib.sha256(self.rp_id.encode()).digest()
        return bytes(AuthenticatorData.create(rp_hash, flags, self.counter, held or b""))

    def _answer(self, parts: dict[str, bytes]) -> dict[str, Any]:
        identifier = websafe_encode(self.credential_id)
        response = {name: websafe_encode(value) for name, value in parts.items()}
        return {"id": identifier, "rawId": identifier, "type": "public-key", "response": response}
