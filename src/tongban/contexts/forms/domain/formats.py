"""String formats of forms beyond JSON Schema's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tongban.kernel import credit_code, resident_id

_MOBILE = re.compile(r"1[0-9]{10}", re.ASCII)
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}", re.ASCII)


def is_phone(text: str) -> bool:
    """True for a mainland mobile number or a landline with its area code."""
    return bool(_MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text))


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "resident-id": resident_id.is_valid,
    "credit-code": credit_code.is_valid,
    "phone": is_phone,
    "mobile": lambda text: bool(_MOBILE.fullmatch(text)),
}
