"""Unified social credit codes of organisations."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(3**position % 31 for position in range(17))


def check_character(first_17: str) -> str:
    """The eighteenth character. Raises: ValueError for another length or alphabet. Source: GB 32100 (MOD 31-3)."""
    if len(first_17) != 17:
        raise ValueError("a credit code starts with 17 characters")
    total = 0
    for character, weight in zip(first_17, _WEIGHTS, strict=True):
        value = _ALPHABET.find(character)
        if value < 0:
            raise ValueError(f"{character!r} does not occur in credit codes")
        total += value * weight
    return _ALPHABET[(31 - total % 31) % 31]


def is_valid(code: str) -> bool:
    """Whether the code has 18 characters of the alphabet and its check character fits."""
    if len(code) != 18:
        return False
    try:
        return check_character(code[:17]) == code[17]
    except ValueError:
        return False


def mask(code: str) -> str:
    """The code as pages show it: first two and last four characters."""
    return code if len(code) <= 6 else f"{code[:2]}{'*' * (len(code) - 6)}{code[-4:]}"
