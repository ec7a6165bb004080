"""Machines that stand in halls: how one is enrolled, and how its place is said."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tongban.kernel.errors import Text

KINDS = ("kiosk", "window", "screen")
CODE_LIFETIME = timedelta(minutes=15)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which people take for one another."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A machine as the pack lists it."""

    code: str
    kind: str
    name: str
    name_en: str


def read_devices(row: Mapping[str, Any]) -> tuple[DeviceRow, ...] | None:
    """The machines of a hall's row; ``None`` when one is incomplete, of no known kind, or listed twice."""
    found = tuple(
        DeviceRow(*(str(device.get(key) or "") for key in ("code", "kind", "name", "name_en")))
        for device in row.get("devices") or ()
    )
    whole = all(device.code and device.name and device.name_en and device.kind in KINDS for device in found)
    return found if whole and len({device.code for device in found}) == len(found) else None


def draw_code(choose: Callable[[str], str]) -> str:
    """A one-time code as it is typed on the machine: eight letters and digits, 40 bits."""
    return "".join(choose(_ALPHABET) for _place in range(8))


def normalise_code(typed: str) -> str:
    """What somebody typed, as the code was drawn: blanks and dashes do not count, nor does case."""
    return "".join(char for char in typed.upper() if char in _ALPHABET)


def digest_of(token: str) -> str:
    """A machine's token or one-time code as it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def place_of(hall: Text, spot: Text) -> Text:
    """Where somebody stands: the hall, then the spot in it."""
    return Text(zh=f"{hall.zh} {spot.zh}", en=f"{spot.en}, {hall.en}")
