"""Canonical JSON (RFC 8785) and digests over it: the same value gives the same bytes everywhere."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from tongban.kernel.errors import Invalid, Text


def dumps(value: Any) -> bytes:
    """The canonical bytes of a JSON value. Raises: Invalid for what JSON cannot hold. Source: RFC 8785."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise Invalid(
            Text(zh="内容不能写成规范 JSON", en="The value cannot be written as canonical JSON"),
            remedy=Text(
                zh="只用字符串、整数、布尔、列表和对象", en="Use strings, integers, booleans, lists and objects only"
            ),
            reason=str(error),
        ) from error


def digest(value: Any) -> str:
    """Hexadecimal SHA-256 of the canonical bytes."""
    return hashlib.sha256(dumps(value)).hexdigest()
