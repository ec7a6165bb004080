"""Recovery slips: what the printed code looks like, and how it is read from what people type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters that nobody takes for one another on paper: no 0 and O, no 1, I and L. Ten of them carry 49 bits."""
LENGTH = 10
LIFETIME = timedelta(minutes=30)
SLIPS_A_DAY = 5
"""How many slips one account gets in a day: more is no help to its holder, but to somebody else."""


def make_code(choose: Callable[[str], str]) -> str:
    """A fresh code; ``choose`` picks one character of an alphabet at random."""
    return "".join(choose(ALPHABET) for _position in range(LENGTH))


def in_groups(code: str) -> str:
    """The code as it is printed: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def normalise_code(text: str) -> str:
    """What was typed, as a code is kept: narrowed, raised, without blanks and hyphens."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
