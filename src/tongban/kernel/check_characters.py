"""ISO 7064 check characters that national codes use."""

from __future__ import annotations

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mod_37_36(text: str) -> str:
    """The check character of MOD 37,36. Raises: ValueError for a character outside 0-9A-Z.

    Source: ISO 7064, used by e-licence identifiers.
    """
    product = 36
    for character in text:
        value = ALPHANUMERIC.find(character)
        if value < 0:
            raise ValueError(f"{character!r} is not in 0-9A-Z")
        total = (product + value) % 36 or 36
        product = total * 2 % 37
    return ALPHANUMERIC[(37 - product) % 36]
