"""Pages of lists by keyset: a cursor names the last row seen, so that a page costs the same at any depth."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tongban.kernel.errors import Invalid, Text

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items and the cursor of the next page, ``None`` on the last."""

    items: tuple[Item, ...]
    next: str | None = None
    total: int | None = None


def encode_cursor(*keys: str | int) -> str:
    """An opaque cursor from the sort keys of the last row."""
    return base64.urlsafe_b64encode(json.dumps(keys, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, shape: Sequence[type]) -> tuple[str | int, ...]:
    """The sort keys in a cursor. Raises: Invalid for anything that ``encode_cursor`` did not make."""
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise _bad_cursor() from error
    if not isinstance(keys, list) or [type(key) for key in keys] != list(shape):
        raise _bad_cursor()
    return tuple(keys)


def _bad_cursor() -> Invalid:
    return Invalid(
        Text(zh="翻页位置已失效", en="This page position is no longer valid"),
        remedy=Text(zh="请从第一页重新打开", en="Open the list from its first page again"),
    )
