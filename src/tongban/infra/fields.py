"""Personal values at rest: encrypted columns, and keyed hashes by which they are found."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from tongban.kernel.errors import Text, TongbanError
from tongban.runtime import settings

_PREFIX = "v1:"


class Undecipherable(TongbanError):
    """A stored value does not open with this deployment's key."""

    code = "undecipherable"
    status = 500


@cache
def _cipher() -> AESGCM:
    return AESGCM(base64.b64decode(settings.current().secrets.field_key))


def encrypt(plain: str) -> str:
    """The text as stored: AES-256-GCM with a fresh 96-bit nonce."""
    nonce = os.urandom(12)
    return _PREFIX + base64.b64encode(nonce + _cipher().encrypt(nonce, plain.encode(), None)).decode()


def decrypt(stored: str) -> str:
    """The text behind a stored value. Raises: Undecipherable for another key or a changed value."""
    try:
        raw = base64.b64decode(stored.removeprefix(_PREFIX))
        return _cipher().decrypt(raw[:12], raw[12:], None).decode()
    except (InvalidTag, ValueError) as error:
        raise Undecipherable(
            Text(zh="加密数据无法解开", en="An encrypted value cannot be opened"),
            remedy=Text(zh="请核对数据目录与密钥是否配套", en="Check that the key files belong to this database"),
        ) from error


def keyed_hash(value: str, domain: str) -> str:
    """A hash by which an encrypted value is found; ``domain`` keeps two uses of one value apart. Shape: 64 hex."""
    key = base64.b64decode(settings.current().secrets.lookup_key)
    return hmac.new(key, f"{domain}\x1f{value}".encode(), hashlib.sha256).hexdigest()


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """Text that the database holds only in encrypted form. It cannot be filtered on: store a keyed hash beside it."""

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return None if plain is None else encrypt(plain)

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return None if value is None else decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
