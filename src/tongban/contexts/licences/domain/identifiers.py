"""Licence identifiers 证照标识 and licence numbers 证照编号.

The field lists are reconstructed from implementations of GB/T 36902–36904; a correction is made here alone.
"""

from __future__ import annotations

import re
from datetime import date

from tongban.kernel.check_characters import mod_37_36

ROOT = "1.2.156.3005.2"
_TOKEN = re.compile(r"\{(yyyy|division|serial:(\d+))\}")


def make_identifier(*, type_code: str, issuer_code: str, serial: str, version: int) -> str:
    """``1.2.156.3005.2.{type}.{issuer}.{serial}.{version 3}.{check}``.

    The check character is ISO 7064 MOD 37,36 over the four middle segments without the dots. Raises: ValueError for a
    character outside 0-9A-Z or a version outside 1–999.
    """
    if not 1 <= version <= 999:
        raise ValueError("a licence has versions 1 to 999")
    segments = [type_code, issuer_code, serial, f"{version:03d}"]
    return ".".join([ROOT, *segments, mod_37_36("".join(segments))])


def is_identifier(text: str) -> bool:
    """Whether the text has the form and its check character fits."""
    if not text.startswith(ROOT + "."):
        return False
    parts = text[len(ROOT) + 1 :].split(".")
    if len(parts) != 5:
        return False
    try:
        return mod_37_36("".join(parts[:4])) == parts[4]
    except ValueError:
        return False


def make_number(pattern: str, *, issued: date, serial: int, division: str) -> str:
    """A licence number from its type's pattern: ``{yyyy}``, ``{division}`` and ``{serial:n}``; the rest is literal.

    A serial longer than its width widens the number rather than repeat one.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] == "yyyy":
            return f"{issued:%Y}"
        return division if match[1] == "division" else str(serial).zfill(int(match[2]))

    return _TOKEN.sub(value, pattern)
