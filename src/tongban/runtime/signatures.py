"""Compact signatures (JWS, Ed25519) of documents that processes hand to each other."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from tongban.kernel.errors import Text, TongbanError

ALGORITHM = "Ed25519"


class SignatureRefused(TongbanError):
    """A document that no known key signed, or of another type than was asked for."""

    code = "signature-refused"
    status = 401


def public_coordinate(pem: str) -> str:
    """The public coordinate of an Ed25519 key in PEM, private or public. Shape: base64url without padding."""
    return str(OKPKey.import_key(pem).as_dict(private=False)["x"])


def key_id(coordinate: str) -> str:
    """A short name for a public key."""
    return base64.urlsafe_b64encode(hashlib.sha256(coordinate.encode()).digest()[:9]).decode()


def public_key(coordinate: str) -> OKPKey:
    """The key with which signatures are verified."""
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": coordinate})


def sign(payload: bytes, *, typ: str, pem: str) -> str:
    """A signed document: compact JWS whose header names its type and key."""
    key = OKPKey.import_key(pem)
    header = {"alg": ALGORITHM, "typ": typ, "kid": key_id(public_coordinate(pem))}
    return jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM])


def verify(compact: str, *, typ: str, keys: Mapping[str, OKPKey]) -> bytes:
    """The payload that one of the keys signed. Raises: SignatureRefused."""
    try:
        header = jws.extract_compact(compact.encode()).headers()
        key = keys.get(str(header.get("kid")))
        if key is not None and header.get("typ") == typ:
            return jws.deserialize_compact(compact, key, algorithms=[ALGORITHM]).payload or b""
    except (JoseError, ValueError, TypeError) as error:
        raise _refused() from error
    raise _refused()


def _refused() -> SignatureRefused:
    return SignatureRefused(
        Text(zh="签名无效", en="The signature is not valid"),
        remedy=Text(zh="请向签发方重新获取", en="Get the document from its issuer again"),
    )
