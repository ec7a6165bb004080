"""Case numbers 办件编号: the item's implementation code, the day of receipt, a serial of that day.

Basis for codes outside the standard's 31 characters: a code of 33 keeps its handling item; a code of another length
or with signs in it is kept whole, without its signs, so that a number can be read out, typed and put in an address.
The serial is counted on that prefix, so numbers stay unique even where two codes differ in signs alone.
Source: GB/T 39046-2020 (length of the implementation code); deployed systems for the rest.
"""

from __future__ import annotations

import re
from datetime import date

from tongban.kernel.service_codes import make_case_number

_MAX_PREFIX = 60


def number_prefix(service_code: str) -> str:
    """What a case number of this item starts with: its code in capitals, without signs. Never empty."""
    return re.sub(r"[^0-9A-Z]", "", service_code.upper())[:_MAX_PREFIX] or "0"


def case_number(service_code: str, received_date: date, serial: int) -> str:
    """The number of the day's `serial`-th case of an item; the serial widens past 9,999."""
    return make_case_number(number_prefix(service_code), received_date, serial)


def spaced(number: str) -> str:
    """A case number as it is shown: the day and serial apart from the item's code."""
    match = re.fullmatch(r"(.+)(\d{8})(\d{4,})", number)
    return f"{match[2]}-{match[3]}" if match else number
