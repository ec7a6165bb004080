"""What a licence is worth today, and what may become of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

State = Literal["issued", "suspended", "revoked"]
Standing = Literal["valid", "not-yet-valid", "expired", "suspended", "revoked"]

TRANSITIONS: dict[State, frozenset[State]] = {
    "issued": frozenset({"suspended", "revoked"}),
    "suspended": frozenset({"issued", "revoked"}),
    "revoked": frozenset(),
}


def may_become(state: State, wanted: State) -> bool:
    """Whether a licence in one state may take another."""
    return wanted in TRANSITIONS[state]


def standing_on(state: State, *, valid_from: date, valid_to: date | None, day: date) -> Standing:
    """What a licence is worth on a day. Both dates belong to its validity."""
    if state != "issued":
        return state
    if day < valid_from:
        return "not-yet-valid"
    if valid_to is not None and day > valid_to:
        return "expired"
    return "valid"


def end_of_validity(valid_from: date, years: int | None) -> date | None:
    """The last day of a validity of so many years; ``None`` without an end. 29 February ends on 28 February."""
    if years is None:
        return None
    last_year = valid_from.year + years
    try:
        anniversary = valid_from.replace(year=last_year)
    except ValueError:
        return date(last_year, 2, 28)
    return date.fromordinal(anniversary.toordinal() - 1)


def mask_name(name: str) -> str:
    """A name as strangers see it: family name, and stars for the rest."""
    return name[:1] + "*" * max(len(name) - 1, 0)


def mask_text(text: str) -> str:
    """A value as strangers see it: the last four characters at most, never more than a third."""
    shown = min(4, len(text) // 3)
    return "*" * (len(text) - shown) + (text[-shown:] if shown else "")
