"""Codes of service items and case numbers, in the standard's and the deployed lengths.

A code that fits no known form, or whose check character fails, is kept as given and flagged: a city's export decides
its codes, not we.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tongban.kernel import credit_code

CodeForm = Literal["basic", "implementation", "handling-item", "other"]


@dataclass(frozen=True, slots=True)
class ServiceCode:
    """A service item's code and the parts it states.

    ``form``: basic (12 characters or fewer), implementation (31), handling-item (33) or other.
    ``warnings``: stable words for what does not fit, empty for a sound code.
    """

    text: str
    form: CodeForm
    credit_code: str = ""
    level: str = ""
    basic: str = ""
    handling_item: str = ""
    warnings: tuple[str, ...] = ()


def parse_implementation_code(text: str) -> ServiceCode:
    """The parts of a code: credit code 18 + level 1 + basic 12, with two more for a handling item.

    Source: GB/T 39046—2020 and deployed catalogues; see the field lists in the reference documentation.
    """
    code = text.strip()
    if len(code) in (31, 33) and re.fullmatch(r"[0-9A-Z]+", code):
        warnings = () if credit_code.is_valid(code[:18]) else ("credit-code-check-failed",)
        form: CodeForm = "implementation" if len(code) == 31 else "handling-item"
        return ServiceCode(code, form, code[:18], code[18], code[19:31], code[31:], warnings)
    if len(code) <= 12 and re.fullmatch(r"[0-9A-Z]+", code):
        return ServiceCode(code, "basic", basic=code)
    return ServiceCode(code, "other", warnings=("unknown-code-form",))


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number: the item's code, the day it was received, and the serial of that day."""

    implementation: str
    received_date: date
    serial: int

    def __str__(self) -> str:
        return make_case_number(self.implementation, self.received_date, self.serial)


def make_case_number(implementation: str, received_date: date, serial: int) -> str:
    """Implementation code + yyyyMMdd + serial of at least four digits, widened when a day needs more.

    A longer item code keeps its handling item so that the number stays unique. Raises: ValueError for a serial below 1.
    """
    if serial < 1:
        raise ValueError("serials start at 1")
    return f"{implementation}{received_date:%Y%m%d}{serial:04d}"


def parse_case_number(text: str, *, implementation_length: int = 31) -> CaseNumber:
    """The parts of a case number. Units: ``implementation_length`` characters.

    Raises: ValueError when it does not fit.
    """
    rest = text[implementation_length:]
    if len(rest) < 12 or not (rest.isascii() and rest.isdigit()):
        raise ValueError("a case number is an item code, eight digits of a date and a serial of four or more")
    day = date(int(rest[:4]), int(rest[4:6]), int(rest[6:8]))
    return CaseNumber(text[:implementation_length], day, int(rest[8:]))
