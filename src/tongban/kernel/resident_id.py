"""Resident identity numbers: check character, what they state, how they are masked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

_FORM = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = tuple(2**position % 11 for position in range(17, 0, -1))
_CHARACTERS = "10X98765432"


@dataclass(frozen=True, slots=True)
class ResidentId:
    """What an identity number states about its holder."""

    number: str
    division: str
    birth_date: date
    sex: Literal["male", "female"]


def check_character(first_17: str) -> str:
    """The eighteenth character. Raises: ValueError unless given 17 digits. Source: GB 11643 (ISO 7064 MOD 11-2)."""
    if len(first_17) != 17 or not (first_17.isascii() and first_17.isdigit()):
        raise ValueError("a resident identity number starts with 17 digits")
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHARACTERS[total % 11]


def parse(number: str) -> ResidentId:
    """The parts of a well-formed number. Raises: ValueError naming what is wrong."""
    if not _FORM.fullmatch(number):
        raise ValueError("a resident identity number has 17 digits and a digit or X")
    if check_character(number[:17]) != number[17]:
        raise ValueError("the check character does not fit")
    birth_date = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return ResidentId(number, number[:6], birth_date, "male" if int(number[16]) % 2 else "female")


def is_valid(number: str) -> bool:
    """Whether the number is well formed, its date exists and its check character fits."""
    try:
        parse(number)
    except ValueError:
        return False
    return True


def normalise(text: str) -> str:
    """Typed input as a number: full-width digits narrowed, blanks and hyphens dropped, x raised."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def mask(number: str) -> str:
    """The number as pages show it: first three and last four characters; of shorter ones at most half."""
    if len(number) >= 14:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    ends = min(len(number) // 4, 2)
    return f"{number[:ends]}{'*' * (len(number) - 2 * ends)}{number[len(number) - ends :]}"
