"""Numbers that identify persons and organisations, never twice the same."""

from __future__ import annotations

import random
from datetime import date

from tongban.kernel import credit_code, resident_id

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Numbers:
    """Gives out identity numbers and credit codes."""

    def __init__(self, rng: random.Random, taken: set[str]) -> None:
        self._rng = rng
        self._taken = taken

    def identity(self, division: str, birth_date: date, sex: str) -> str:
        """An unused GB 11643 number; the sequence number is odd for men and even for women."""
        stem = f"{division}{birth_date:%Y%m%d}"
        while True:
            sequence = 2 * int(self._rng.random() * 499) + (1 if sex == "1" else 2)
            first = f"{stem}{sequence:03d}"
            number = first + resident_id.check_character(first)
            if number not in self._taken:
                self._taken.add(number)
                return number

    def credit(self, kind: str, district: str) -> str:
        """An unused GB 32100 code."""
        prefix = {"10": "91", "50": "92", "20": "12"}[kind]
        while True:
            body = "MA" + "".join(_BODY_ALPHABET[int(self._rng.random() * 31)] for _ in range(6))
            first = f"{prefix}{district}{body}{organisation_check(body)}"
            code = first + credit_code.check_character(first)
            if code not in self._taken:
                self._taken.add(code)
                return code


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code. Source: GB 11714."""
    total = sum(
        _ALPHABET.index(character) * weight for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0X987654321"[total % 11]
